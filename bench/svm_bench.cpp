// SPDX-License-Identifier: Apache-2.0
// What an Svm costs that nobody uses yet, and what snapshots cost however large its state is.
#include "fathom/svm.hpp"
#include "world.hpp"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <vector>

namespace {

using namespace fathom;
using namespace fathom::bench;
using Clock = std::chrono::steady_clock;

double microseconds_since(Clock::time_point begin) {
    return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

Svm created() {
    auto svm = Svm::create({});
    if (!svm) die("cannot create an Svm: ", svm.error().message);
    return *std::move(svm);
}

std::size_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t all = 0;
    std::size_t resident = 0;
    file >> all >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

void measure_creation() {
    constexpr int kRounds = 200;
    (void)created();
    double best = 1e9;
    for (int i = 0; i < kRounds; ++i) {
        const auto begin = Clock::now();
        const Svm svm = created();
        best = std::min(best, microseconds_since(begin));
    }
    std::printf("Svm::create: %.0f us (target: 500)\n", best);
}

void measure_memory() {
    constexpr std::size_t kCount = 1000;
    std::vector<Svm> idle;
    idle.reserve(kCount);
    const std::size_t before = resident_bytes();
    for (std::size_t i = 0; i < kCount; ++i) idle.push_back(created());
    const std::size_t after = resident_bytes();
    std::printf("1000 idle Svm: %.1f KB each (target: 200)\n",
                static_cast<double>(after - before) / kCount / 1000);
}

Pubkey numbered(std::uint64_t number) {
    Pubkey key;
    for (std::size_t word = 0; word < 4; ++word) {
        number = number * 6364136223846793005 + 1442695040888963407;
        store_le(key.bytes.data() + 8 * word, number);
    }
    return key;
}

/// Ten nested snapshots, each with ten accounts changed, and back again.
void measure_snapshots(std::uint64_t accounts) {
    constexpr std::uint64_t kNested = 10;
    constexpr std::uint64_t kChanged = 10;
    constexpr int kRounds = 50;
    Svm svm = created();
    const auto account = [](Lamports lamports) {
        return Account{.lamports = lamports, .data = {}, .owner = {}};
    };
    for (std::uint64_t i = 0; i < accounts; ++i) svm.set_account(numbered(i), account(1));
    double best_snapshot = 1e9;
    double best_revert = 1e9;
    for (int round = 0; round < kRounds; ++round) {
        std::vector<Snapshot> snapshots;
        double snapshot_time = 0;
        for (std::uint64_t depth = 0; depth < kNested; ++depth) {
            const auto begin = Clock::now();
            snapshots.push_back(svm.snapshot());
            snapshot_time += microseconds_since(begin);
            for (std::uint64_t i = 0; i < kChanged; ++i) {
                svm.set_account(numbered(i * 7 % accounts), account(2 + depth));
            }
        }
        const auto begin = Clock::now();
        while (!snapshots.empty()) {
            if (!svm.revert(snapshots.back())) die("a snapshot is gone");
            snapshots.pop_back();
        }
        best_revert = std::min(best_revert, microseconds_since(begin) / kNested);
        best_snapshot = std::min(best_snapshot, snapshot_time / kNested);
        if (svm.account(numbered(0))->lamports != 1) die("a snapshot does not lead back");
    }
    std::printf("%8llu accounts: snapshot %.2f us, revert of ten changes %.2f us\n",
                static_cast<unsigned long long>(accounts), best_snapshot, best_revert);
}

} // namespace

int main() {
    measure_creation();
    measure_memory();
    for (const std::uint64_t accounts : {1'000, 10'000, 100'000, 1'000'000}) {
        measure_snapshots(accounts);
    }
    return 0;
}

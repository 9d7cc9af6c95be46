// SPDX-License-Identifier: Apache-2.0
// What a block costs besides its transactions: Proof of History, and the lattice hash of accounts.
//
// Every way that the processor has is measured, in turn, in several rounds; the fastest round
// counts, as a busy machine only ever adds time. All of it is one thread's.
#include "fathom/crypto/lthash_batch.hpp"
#include "fathom/crypto/sha256_chains.hpp"
#include "fathom/harness/recorded_block.hpp"
#include "fathom/ledger/poh.hpp"
#include "fathom/types/account_lt_hash.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace {

using namespace fathom;
using namespace fathom::crypto;

constexpr int kRounds = 7;
constexpr double kRoundSeconds = 0.05;

/// Processor time, so that waiting for the processor does not count.
double now_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Seconds that one call of `work` takes.
template <class Work> double best_time(const Work& work) {
    const double start = now_seconds();
    work();
    const double once = std::max(now_seconds() - start, 1e-9);
    const auto repeats = std::max<std::size_t>(1, static_cast<std::size_t>(kRoundSeconds / once));
    double best = std::numeric_limits<double>::max();
    for (int round = 0; round < kRounds; ++round) {
        const double begin = now_seconds();
        for (std::size_t i = 0; i < repeats; ++i) work();
        best = std::min(best, (now_seconds() - begin) / static_cast<double>(repeats));
    }
    return best;
}

void check(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "ledger_bench: %s\n", what);
    std::exit(1);
}

std::vector<Sha256Chain> make_chains(std::size_t number, std::uint64_t hashes) {
    std::vector<Sha256Chain> chains(number);
    for (std::size_t i = 0; i < number; ++i) {
        chains[i].value[0] = static_cast<std::uint8_t>(i);
        chains[i].count = hashes;
    }
    return chains;
}

void poh_rows() {
    constexpr std::uint64_t kHashes = 5000;
    const auto million = [](double seconds, std::size_t number) {
        return static_cast<double>(number * kHashes) / seconds * 1e-6;
    };
    std::printf("Proof of History: million hashes a second, and how many single streams that is\n");
    const double single = million(best_time([] {
                                      auto chain = make_chains(1, kHashes);
                                      sha256_chains(chain);
                                  }),
                                  1);
    std::printf("  %-34s %8.2f\n", "one stream, Fathom", single);
    Sha256Digest value{};
    const double general = million(best_time([&] {
                                       for (std::uint64_t i = 0; i < kHashes; ++i) {
                                           value = sha256(value);
                                       }
                                   }),
                                   1);
    std::printf("  %-34s %8.2f   %5.2f\n", "one stream, Fathom's sha256()", general,
                general / single);
    const double openssl = million(best_time([&] {
                                       for (std::uint64_t i = 0; i < kHashes; ++i) {
                                           SHA256(value.data(), value.size(), value.data());
                                       }
                                   }),
                                   1);
    std::printf("  %-34s %8.2f   %5.2f\n", "one stream, OpenSSL's SHA256()", openssl,
                openssl / single);
    for (const auto engine : available_sha256_chain_engines()) {
        for (const std::size_t number : {1u, 4u, 16u, 64u}) {
            const double rate = million(best_time([&] {
                                            auto chains = make_chains(number, kHashes);
                                            sha256_chains_with(engine, chains);
                                        }),
                                        number);
            const std::string name = std::to_string(number) + " chains, " +
                                     std::string(sha256_chain_engine_name(engine));
            std::printf(
                "  %-34s %8.2f   %5.2f of our chain, %5.2f of sha256(), %5.2f of OpenSSL's\n",
                name.c_str(), rate, rate / single, rate / general, rate / openssl);
        }
    }
}

struct Accounts {
    std::vector<Pubkey> addresses;
    std::vector<Account> accounts;
};

Accounts made_up(std::size_t number, std::size_t size) {
    Accounts made;
    for (std::size_t i = 0; i < number; ++i) {
        Pubkey address;
        store_le(address.bytes.data(), i);
        made.addresses.push_back(address);
        Account account;
        account.lamports = i + 1;
        account.data = AccountData(Bytes(size, static_cast<std::uint8_t>(i)));
        made.accounts.push_back(account);
    }
    return made;
}

Accounts recorded(const harness::RecordedBlock& block) {
    Accounts list;
    for (const auto& each : block.accounts) {
        list.addresses.push_back(each.address);
        list.accounts.push_back(each.account);
    }
    return list;
}

struct Parts {
    std::array<std::uint8_t, 8> lamports;
    std::array<std::uint8_t, 65> rest;
};

/// One engine's way, and one account after the other.
void lthash_row(const char* name, const Accounts& accounts) {
    const std::size_t number = accounts.accounts.size();
    std::vector<Parts> parts(number);
    std::vector<LtHashElement> elements;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < number; ++i) {
        const Account& account = accounts.accounts[i];
        store_le(parts[i].lamports.data(), account.lamports);
        parts[i].rest[0] = account.executable ? 1 : 0;
        std::ranges::copy(account.owner.bytes, parts[i].rest.begin() + 1);
        std::ranges::copy(accounts.addresses[i].bytes, parts[i].rest.begin() + 33);
        elements.push_back({{parts[i].lamports, account.data.view(), parts[i].rest}});
        bytes += account.data.size();
    }
    const auto show = [&](std::string_view way, double seconds) {
        std::printf("  %-26s %-18.*s %9.0f ns an account %8.3f GB/s\n", name,
                    static_cast<int>(way.size()), way.data(),
                    seconds * 1e9 / static_cast<double>(number),
                    static_cast<double>(bytes) / seconds * 1e-9);
    };
    LtHash expected;
    const double singly = best_time([&] {
        expected = {};
        for (const LtHashElement& element : elements) {
            Blake3 hasher;
            for (const ByteView part : element.parts) hasher.update(part);
            expected += LtHash::of(hasher);
        }
    });
    show("one at a time", singly);
    for (const LtHashEngine engine : available_lthash_engines()) {
        LtHash sum;
        const double seconds = best_time([&] {
            sum = {};
            lthash_apply_with(engine, sum, elements);
        });
        check(sum == expected, "engines disagree");
        show(lthash_engine_name(engine), seconds);
    }
    std::vector<AccountChange> changes;
    for (std::size_t i = 0; i < number; ++i) {
        changes.push_back({&accounts.addresses[i], nullptr, &accounts.accounts[i]});
    }
    LtHash sum;
    const double seconds = best_time([&] {
        sum = {};
        apply_account_changes(sum, changes);
    });
    check(sum == expected, "accounts are other elements");
    show("accounts, best", seconds);
}

void block_rows(const char* folder) {
    const auto block = harness::load_recorded_block(folder);
    if (!block) {
        std::fprintf(stderr, "ledger_bench: %s\n", block.error().message.c_str());
        std::exit(1);
    }
    lthash_row("accounts of a block", recorded(*block));
    if (!block->parent || !block->parent->bank.blockhash_queue.last_hash) return;
    const Hash start = *block->parent->bank.blockhash_queue.last_hash;
    const double seconds = best_time([&] {
        check(!ledger::find_invalid_entry(start, block->entries), "the block's hashes are wrong");
    });
    std::uint64_t hashes = 0;
    for (const auto& entry : block->entries) hashes += entry.num_hashes;
    std::printf("Proof of History of a block: %.1f ms for %llu hashes, %.2f million a second\n",
                seconds * 1e3, static_cast<unsigned long long>(hashes),
                static_cast<double>(hashes) / seconds * 1e-6);
}

} // namespace

int main(int argc, char** argv) {
    poh_rows();
    std::printf("Lattice hash: time of an account, and account data a second\n");
    lthash_row("no data", made_up(2000, 0));
    lthash_row("165 bytes (token)", made_up(2000, 165));
    lthash_row("200 bytes (stake)", made_up(2000, 200));
    lthash_row("1024 bytes", made_up(1000, 1024));
    lthash_row("3762 bytes (vote)", made_up(500, 3762));
    lthash_row("10 KiB", made_up(200, 10240));
    lthash_row("1 MiB", made_up(4, 1 << 20));
    if (argc > 1) block_rows(argv[1]);
    return 0;
}

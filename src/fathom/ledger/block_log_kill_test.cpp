// SPDX-License-Identifier: Apache-2.0
// A process that appends is killed at random moments, again and again; nothing it was told is kept
// is ever lost. FATHOM_KILLS sets how often (20).
#include "fathom/ledger/block_log.hpp"
#include "tests/support/log_folder.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <random>

namespace fathom::ledger {
namespace {

using tests::numbered_hash;

const LogStart kStart{numbered_hash(1), 0, numbered_hash(0), numbered_hash(0)};
constexpr std::uint64_t kEnoughBytes = std::uint64_t{24} << 20;

/// Number n is block n + 1, the child of block n.
BlockRecord record_of(std::size_t number) {
    const Hash before = numbered_hash(number);
    const Hash own = numbered_hash(number + 1);
    return {number + 1, number, before, before, own, own, std::nullopt};
}

/// Its bytes follow from its number; up to 256 KiB. Quickly made, so that kills meet writes.
Bytes bytes_of(std::size_t number) {
    Bytes bytes(8 + std::mt19937_64(number)() % 262144, static_cast<std::uint8_t>(number));
    store_le(bytes.data(), number);
    return bytes;
}

/// Between the two processes.
struct Progress {
    std::atomic<std::uint64_t> started{0};
    std::atomic<std::uint64_t> kept{0}; ///< records that append has answered for
};

[[noreturn]] void append_until_killed(const std::filesystem::path& path, Progress& progress) {
    auto log = BlockLog::open(path, {.sync = BlockLogOptions::Sync::OnRequest});
    if (!log) ::_exit(1);
    progress.started = 1;
    for (;;) {
        const std::size_t number = log->records().size();
        const Bytes bytes = bytes_of(number);
        if (!log->append(record_of(number), std::vector<ByteView>{bytes})) ::_exit(2);
        progress.kept = number + 1;
    }
}

void kill_while_appending(const std::filesystem::path& path, Progress& progress,
                          std::uint64_t microseconds) {
    progress.started = 0;
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) append_until_killed(path, progress);
    int status = 0;
    while (progress.started == 0 && ::waitpid(child, &status, WNOHANG) == 0) ::usleep(50);
    ::usleep(static_cast<useconds_t>(microseconds));
    ::kill(child, SIGKILL);
    if (progress.started != 0) ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << status;
}

void expect_blocks_from(const BlockLog& log, std::size_t first) {
    for (std::size_t number = first; number < log.records().size(); ++number) {
        ASSERT_EQ(log.records()[number].record, record_of(number));
        const auto block = log.read(number);
        ASSERT_TRUE(block) << block.error().message();
        const auto components = block->components();
        ASSERT_TRUE(components);
        ASSERT_EQ(components->size(), 1u);
        const Bytes expected = bytes_of(number);
        ASSERT_TRUE(std::ranges::equal((*components)[0], expected)) << number;
    }
}

std::uint64_t rounds() {
    const char* text = std::getenv("FATHOM_KILLS");
    return text == nullptr ? 20 : std::strtoull(text, nullptr, 10);
}

TEST(BlockLog, KillsLoseNothingThatWasAppended) {
    void* shared = ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(shared, MAP_FAILED);
    auto& progress = *new (shared) Progress;
    const tests::LogFolder folder;
    const auto path = folder.path("log");
    std::mt19937_64 random(2026);
    std::size_t torn = 0;
    std::size_t before = 0;
    for (std::uint64_t round = 0; round < rounds(); ++round) {
        if (!std::filesystem::exists(path)) {
            ASSERT_TRUE(BlockLog::create(path, kStart));
            before = 0;
            progress.kept = 0;
        }
        ASSERT_NO_FATAL_FAILURE(kill_while_appending(path, progress, random() % 4000));
        const auto log = BlockLog::open(path);
        ASSERT_TRUE(log) << log.error().message();
        const std::size_t now = log->records().size();
        EXPECT_GE(now, std::max<std::size_t>(before, progress.kept));
        EXPECT_LE(now, std::max<std::size_t>(before, progress.kept) + 1);
        ASSERT_NO_FATAL_FAILURE(expect_blocks_from(*log, before));
        torn += log->torn_bytes() != 0 ? 1 : 0;
        before = now;
        if (std::filesystem::file_size(path) > kEnoughBytes) std::filesystem::remove(path);
    }
    RecordProperty("torn", static_cast<int>(torn));
    std::printf("%llu kills, %zu in the middle of a record\n",
                static_cast<unsigned long long>(rounds()), torn);
    ::munmap(shared, sizeof(Progress));
}

} // namespace
} // namespace fathom::ledger

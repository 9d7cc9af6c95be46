// SPDX-License-Identifier: Apache-2.0
// The pool hands out zeroed memory, also to nested programs.
#include "fathom/invoke/program_memory.hpp"
#include "fathom/sbpf/version.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace fathom::invoke {
namespace {

bool is_zero(ByteView bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

TEST(ProgramMemoryPool, ClearsWhatAProgramWrote) {
    ProgramMemoryPool pool;
    const std::uint8_t* first = nullptr;
    {
        auto lease = pool.take(32 * 1024);
        lease.open();
        std::ranges::fill(lease.stack(), std::uint8_t{0xaa});
        std::ranges::fill(lease.heap(), std::uint8_t{0xaa});
        first = lease.stack().data();
    }
    const auto lease = pool.take(32 * 1024);
    EXPECT_EQ(lease.stack().data(), first);
    EXPECT_EQ(lease.stack().size(), sbpf::kStackSize);
    EXPECT_EQ(lease.heap().size(), 32u * 1024);
    EXPECT_TRUE(is_zero(lease.stack()));
    EXPECT_TRUE(is_zero(lease.heap()));
}

TEST(ProgramMemoryPool, ClearsThePagesThatWereWritten) {
    ProgramMemoryPool pool;
    {
        auto lease = pool.take(400 * 1024);
        lease.stack()[0] = 1;
        lease.stack()[3 * 4096 - 1] = 1;
        lease.stack()[63 * 4096] = 1;
        lease.heap()[7] = 1;
        lease.heap()[lease.heap().size() - 1] = 1; // behind page 63: one bit for all of it
        lease.set_written({.stack = 1u | 4u | 1ull << 63, .heap = 1u | 1ull << 63});
    }
    const auto lease = pool.take(400 * 1024);
    EXPECT_TRUE(is_zero(lease.stack()));
    EXPECT_TRUE(is_zero(lease.heap()));
}

TEST(ProgramMemoryPool, GivesNestedProgramsMemoryOfTheirOwn) {
    ProgramMemoryPool pool;
    auto outer = pool.take(1024);
    outer.open();
    outer.stack()[5] = 1;
    const std::uint8_t* inner_stack = nullptr;
    {
        const auto inner = pool.take(1024);
        inner_stack = inner.stack().data();
        EXPECT_NE(inner_stack, outer.stack().data());
    }
    EXPECT_EQ(outer.stack()[5], 1);
    EXPECT_EQ(pool.take(1024).stack().data(), inner_stack);
}

TEST(ProgramMemoryPool, GrowsForALargerHeap) {
    ProgramMemoryPool pool;
    {
        const auto small = pool.take(32 * 1024);
    }
    const auto large = pool.take(1024 * 1024);
    EXPECT_TRUE(is_zero(large.heap()));
}

} // namespace
} // namespace fathom::invoke

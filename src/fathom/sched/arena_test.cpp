// SPDX-License-Identifier: Apache-2.0
// Pieces do not overlap, are aligned, and are there again after a reset.
#include "fathom/sched/arena.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace fathom::sched {
namespace {

TEST(Arena, PiecesAreAlignedAndDoNotOverlap) {
    Arena arena;
    std::vector<unsigned char*> pieces;
    for (std::size_t i = 0; i < 2'000; ++i) {
        const std::size_t alignment = std::size_t{1} << (i % 7);
        auto* piece = static_cast<unsigned char*>(arena.allocate(100, alignment));
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(piece) % alignment, 0U);
        std::memset(piece, static_cast<int>(i % 251), 100);
        pieces.push_back(piece);
    }
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        for (std::size_t j = 0; j < 100; ++j) ASSERT_EQ(pieces[i][j], i % 251);
    }
}

TEST(Arena, AfterAResetTheSameTaskNeedsNoMore) {
    Arena arena;
    const auto task = [&] {
        for (int i = 0; i < 1'000; ++i) (void)arena.allocate(90);
        arena.reset();
    };
    task();
    const std::size_t held = arena.capacity();
    for (int round = 0; round < 10; ++round) task();
    EXPECT_EQ(arena.capacity(), held);
}

TEST(Arena, HugePieceIsNotKept) {
    Arena arena;
    (void)arena.allocate(100'000'000);
    arena.reset();
    EXPECT_LE(arena.capacity(), 16U * 1024 * 1024);
}

TEST(Arena, ServesStandardContainers) {
    Arena arena;
    for (int round = 0; round < 3; ++round) {
        {
            std::pmr::vector<std::uint64_t> numbers(&arena);
            for (std::uint64_t i = 0; i < 10'000; ++i) numbers.push_back(i);
            EXPECT_EQ(numbers[9'999], 9'999U);
        }
        arena.reset();
    }
}

TEST(Arena, ResetOfAnUnusedOneDoesNothing) {
    Arena arena;
    arena.reset();
    EXPECT_EQ(arena.capacity(), 0U);
}

} // namespace
} // namespace fathom::sched

// SPDX-License-Identifier: Apache-2.0
// Costs, orders and results: Agave syscalls/src/mem_ops.rs and its tests.
#include "fathom/syscalls/functions.hpp"
#include "tests/support/syscall_fixture.hpp"

#include <numeric>

namespace fathom::syscalls {
namespace {

class MemoryOps : public tests::SyscallFixture {
protected:
    void SetUp() override {
        Bytes counted(24);
        std::iota(counted.begin(), counted.end(), std::uint8_t{0});
        put(kHeap, counted);
        put(kRodata, counted);
    }
    [[nodiscard]] std::int32_t compare(std::uint64_t left, std::uint64_t right, std::uint64_t n) {
        expect_value(sol_memcmp_(context(), left, right, n, kHeap + 64), 0);
        return get<std::int32_t>(kHeap + 64);
    }
};

TEST_F(MemoryOps, CostIsAPartOfTheLengthAndAtLeastTheBase) {
    const auto cost_of = [&](std::uint64_t length) {
        set_remaining(1'000'000);
        return units_of([&] { return sol_memset_(context(), kHeap, 0, length); });
    };
    EXPECT_EQ(cost_of(0), 10u);
    EXPECT_EQ(cost_of(250 * 11 - 1), 10u);
    EXPECT_EQ(cost_of(250 * 11), 11u);
}

TEST_F(MemoryOps, EveryOneIsPaidFirst) {
    set_remaining(9);
    expect_error(sol_memcpy_(context(), kHeap, kHeap, 1),
                 InstructionError::ComputationalBudgetExceeded);
    expect_error(sol_memmove_(context(), kNowhere, kHeap, 1),
                 InstructionError::ComputationalBudgetExceeded);
    expect_error(sol_memcmp_(context(), kNowhere, kHeap, 1, kHeap),
                 InstructionError::ComputationalBudgetExceeded);
    expect_error(sol_memset_(context(), kNowhere, 0, 1),
                 InstructionError::ComputationalBudgetExceeded);
}

TEST_F(MemoryOps, CopyRefusesOverlapOfGuestRanges) {
    expect_error(sol_memcpy_(context(), kHeap + 2, kHeap + 4, 4), SyscallErrorKind::CopyOverlapping,
                 "Overlapping copy");
    expect_error(sol_memcpy_(context(), kHeap + 4, kHeap + 2, 4), SyscallErrorKind::CopyOverlapping,
                 "Overlapping copy");
    expect_error(sol_memcpy_(context(), kNowhere, kNowhere, 1), SyscallErrorKind::CopyOverlapping,
                 "Overlapping copy");
}

TEST_F(MemoryOps, CopyMovesTouchingRanges) {
    expect_value(sol_memcpy_(context(), kHeap, kHeap + 4, 4), 0);
    EXPECT_EQ(get_bytes(kHeap, 8), (Bytes{4, 5, 6, 7, 4, 5, 6, 7}));
}

TEST_F(MemoryOps, MoveHandlesOverlap) {
    expect_value(sol_memmove_(context(), kHeap + 4, kHeap + 2, 4), 0);
    EXPECT_EQ(get_bytes(kHeap, 10), (Bytes{0, 1, 2, 3, 2, 3, 4, 5, 8, 9}));
}

TEST_F(MemoryOps, MoveMapsTheTargetFirst) {
    expect_violation(sol_memmove_(context(), kNowhere, kNowhere + 0x100000000, 4),
                     vm::Access::Store, kNowhere, 4);
    expect_violation(sol_memmove_(context(), kRodata, kHeap, 4), vm::Access::Store, kRodata, 4);
    expect_violation(sol_memmove_(context(), kHeap, kNowhere, 4), vm::Access::Load, kNowhere, 4);
}

TEST_F(MemoryOps, NothingIsMovedFromAnywhere) {
    expect_value(sol_memmove_(context(), kNowhere, kNowhere, 0), 0);
    expect_value(sol_memset_(context(), kNowhere, 1, 0), 0);
}

TEST_F(MemoryOps, RangeAcrossTheEndOfARegionFaults) {
    expect_violation(sol_memset_(context(), kHeap + kHeapSize - 1, 0, 2), vm::Access::Store,
                     kHeap + kHeapSize - 1, 2);
}

TEST_F(MemoryOps, SetUsesTheLowByte) {
    expect_value(sol_memset_(context(), kHeap + 1, 0x1ff, 2), 0);
    EXPECT_EQ(get_bytes(kHeap, 4), (Bytes{0, 0xff, 0xff, 3}));
}

TEST_F(MemoryOps, CompareGivesTheFirstDifference) {
    EXPECT_EQ(compare(kHeap + 4, kRodata + 4, 4), 0);
    EXPECT_EQ(compare(kHeap + 3, kRodata + 4, 4), -1);
    EXPECT_EQ(compare(kHeap + 5, kRodata + 4, 4), 1);
    put(kHeap + 20, Bytes{255});
    EXPECT_EQ(compare(kHeap, kRodata, 24), 255 - 20);
    EXPECT_EQ(compare(kNowhere, kNowhere, 0), 0);
}

TEST_F(MemoryOps, CompareMapsLeftRightResult) {
    expect_violation(sol_memcmp_(context(), kNowhere, kNowhere + 8, 4, kNowhere), vm::Access::Load,
                     kNowhere, 4);
    expect_violation(sol_memcmp_(context(), kHeap, kNowhere + 8, 4, kNowhere), vm::Access::Load,
                     kNowhere + 8, 4);
    expect_violation(sol_memcmp_(context(), kHeap, kHeap, 4, kRodata), vm::Access::Store, kRodata,
                     4);
    expect_error(sol_memcmp_(context(), kHeap, kHeap, 4, kHeap + 2),
                 SyscallErrorKind::UnalignedPointer, "Unaligned pointer");
}

} // namespace
} // namespace fathom::syscalls

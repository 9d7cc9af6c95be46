// SPDX-License-Identifier: Apache-2.0
// Costs, orders and results: Agave syscalls/src/lib.rs.
#include "fathom/syscalls/functions.hpp"
#include "tests/support/syscall_fixture.hpp"

namespace fathom::syscalls {
namespace {

class Control : public tests::SyscallFixture {};

TEST_F(Control, AbortIsFreeAndFatal) {
    set_remaining(0);
    expect_error(syscalls::abort(context()), SyscallErrorKind::Abort, "SBF program panicked");
}

TEST_F(Control, PanicNamesFileLineAndColumn) {
    expect_error(sol_panic_(context(), place("Gaggablaghblagh!"), 16, 42, 84),
                 SyscallErrorKind::Panic, "SBF program Panicked in Gaggablaghblagh! at 42:84");
}

TEST_F(Control, PanicCostsTheLengthOfTheName) {
    const auto file = place("Gaggablaghblagh!");
    set_remaining(15);
    expect_error(sol_panic_(context(), file, 16, 42, 84),
                 InstructionError::ComputationalBudgetExceeded);
    set_remaining(16);
    expect_error(sol_panic_(context(), file, 16, 42, 84), SyscallErrorKind::Panic,
                 "SBF program Panicked in Gaggablaghblagh! at 42:84");
    expect_error(sol_panic_(context(), kNowhere, 0, 1, 2), SyscallErrorKind::Panic,
                 "SBF program Panicked in  at 1:2");
}

TEST_F(Control, TopLevelHasHeightOne) {
    EXPECT_EQ(units_of([&] { return sol_get_stack_height(context()); }), 100u);
    expect_value(sol_get_stack_height(context()), 1);
}

TEST_F(Control, RemainingUnitsAreThoseAfterTheCharge) {
    set_remaining(1000);
    expect_value(sol_remaining_compute_units(context()), 900);
    set_remaining(99);
    expect_error(sol_remaining_compute_units(context()),
                 InstructionError::ComputationalBudgetExceeded);
}

TEST_F(Control, AllocationStepsThroughTheHeapInEights) {
    set_remaining(0);
    expect_value(sol_alloc_free_(context(), 1, 0), kHeap);
    expect_value(sol_alloc_free_(context(), 9, 0), kHeap + 8);
    expect_value(sol_alloc_free_(context(), 0, 0), kHeap + 24);
    expect_value(sol_alloc_free_(context(), 1, 0), kHeap + 24);
}

TEST_F(Control, AllocationEndsWithTheHeap) {
    expect_value(sol_alloc_free_(context(), kHeapSize + 1, 0), 0);
    expect_value(sol_alloc_free_(context(), kHeapSize - 7, 0), kHeap);
    expect_value(sol_alloc_free_(context(), 1, 0), 0);
    expect_value(sol_alloc_free_(context(), ~0ull, 0), 0);
    expect_value(sol_alloc_free_(context(), (1ull << 63) - 1, 0), 0);
}

TEST_F(Control, FreeingDoesNothing) {
    expect_value(sol_alloc_free_(context(), 8, kHeap), 0);
    expect_value(sol_alloc_free_(context(), 8, 0), kHeap);
}

TEST_F(Control, LoaderV1AllocatesWithoutAlignment) {
    loader_ = ids::kBpfLoaderDeprecated;
    expect_value(sol_alloc_free_(context(), 3, 0), kHeap);
    expect_value(sol_alloc_free_(context(), 3, 0), kHeap + 3);
}

class Stakes final : public invoke::EpochStakes {
public:
    std::uint64_t total() const override { return 200'000; }
    std::uint64_t of_vote_account(const Pubkey& vote_account) const override {
        return vote_account == tests::key_of(7) ? 55'000 : 0;
    }
};

TEST_F(Control, EpochStakeIsTotalForNull) {
    const Stakes stakes;
    environment_.epoch_stakes = &stakes;
    EXPECT_EQ(units_of([&] { return sol_get_epoch_stake(context(), 0); }), 100u);
    expect_value(sol_get_epoch_stake(context(), 0), 200'000);
}

TEST_F(Control, EpochStakeOfAVoteAccount) {
    const Stakes stakes;
    environment_.epoch_stakes = &stakes;
    const auto known = place(tests::key_of(7).view());
    EXPECT_EQ(units_of([&] { return sol_get_epoch_stake(context(), known); }), 110u);
    expect_value(sol_get_epoch_stake(context(), known), 55'000);
    expect_value(sol_get_epoch_stake(context(), place(tests::key_of(8).view())), 0);
    expect_violation(sol_get_epoch_stake(context(), kNowhere), vm::Access::Load, kNowhere, 32);
    set_remaining(109);
    expect_error(sol_get_epoch_stake(context(), kNowhere),
                 InstructionError::ComputationalBudgetExceeded);
}

TEST_F(Control, NoStakesAreNone) {
    expect_value(sol_get_epoch_stake(context(), 0), 0);
}

} // namespace
} // namespace fathom::syscalls

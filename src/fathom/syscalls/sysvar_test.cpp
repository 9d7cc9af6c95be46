// SPDX-License-Identifier: Apache-2.0
// Costs, orders and layouts: Agave syscalls/src/sysvar.rs and its tests; SIMD-0127.
#include "fathom/syscalls/functions.hpp"
#include "fathom/types/sysvars.hpp"
#include "tests/support/syscall_fixture.hpp"

namespace fathom::syscalls {
namespace {

class Sysvars : public tests::SyscallFixture {
protected:
    void SetUp() override {
        put(kInput, Bytes(128, 0xee));
        const Clock clock{1, 2, 3, 4, 5};
        const EpochSchedule schedule{1, 2, true, 3, 4};
        const Rent rent{1, 2.0, 1};
        const LastRestartSlot restart{1};
        EpochRewards rewards;
        rewards.distribution_starting_block_height = 42;
        rewards.num_partitions = 2;
        rewards.parent_blockhash.bytes.fill(3);
        rewards.total_points = (uint128_t{7} << 64) | 4;
        rewards.total_rewards = 100;
        rewards.distributed_rewards = 10;
        rewards.active = true;
        add(ids::kClock, clock.encode());
        add(ids::kEpochSchedule, schedule.encode());
        add(ids::kRent, rent.encode());
        add(ids::kEpochRewards, rewards.encode());
        add(ids::kLastRestartSlot, restart.encode());
        add(ids::kFees, Fees{9}.encode());
    }
    void add(const Pubkey& id, const Bytes& data) {
        environment_.sysvars.add(id, AccountData(data));
    }
    [[nodiscard]] std::vector<std::uint64_t> words(std::size_t count) {
        std::vector<std::uint64_t> values;
        for (std::size_t i = 0; i < count; ++i) {
            values.push_back(get<std::uint64_t>(kInput + i * 8));
        }
        return values;
    }
    using Words = std::vector<std::uint64_t>;
};

TEST_F(Sysvars, ClockIsItsFiveFields) {
    EXPECT_EQ(units_of([&] { return sol_get_clock_sysvar(context(), kInput); }), 140u);
    EXPECT_EQ(words(5), (Words{1, 2, 3, 4, 5}));
}

TEST_F(Sysvars, EpochScheduleHasZeroPadding) {
    EXPECT_EQ(units_of([&] { return sol_get_epoch_schedule_sysvar(context(), kInput); }), 140u);
    EXPECT_EQ(words(5), (Words{1, 2, 1, 3, 4}));
}

TEST_F(Sysvars, RentHasZeroPadding) {
    EXPECT_EQ(units_of([&] { return sol_get_rent_sysvar(context(), kInput); }), 124u);
    EXPECT_EQ(words(3), (Words{1, 0x4000000000000000, 1}));
}

TEST_F(Sysvars, EpochRewardsIsNinetySixBytes) {
    EXPECT_EQ(units_of([&] { return sol_get_epoch_rewards_sysvar(context(), kInput); }), 196u);
    constexpr std::uint64_t kThrees = 0x0303030303030303;
    EXPECT_EQ(words(12), (Words{42, 2, kThrees, kThrees, kThrees, kThrees, 4, 7, 100, 10, 1, 0}));
}

TEST_F(Sysvars, EpochRewardsNeedsSixteenByteAlignment) {
    expect_error(sol_get_epoch_rewards_sysvar(context(), kInput + 8),
                 SyscallErrorKind::UnalignedPointer, "Unaligned pointer");
    expect_value(sol_get_clock_sysvar(context(), kInput + 8), 0);
    expect_error(sol_get_clock_sysvar(context(), kInput + 4), SyscallErrorKind::UnalignedPointer,
                 "Unaligned pointer");
}

TEST_F(Sysvars, FeesAndRestartSlotAreOneNumber) {
    EXPECT_EQ(units_of([&] { return sol_get_fees_sysvar(context(), kInput); }), 108u);
    EXPECT_EQ(words(1), Words{9});
    EXPECT_EQ(units_of([&] { return sol_get_last_restart_slot(context(), kInput); }), 108u);
    EXPECT_EQ(words(1), Words{1});
}

TEST_F(Sysvars, MissingOneFailsAfterTheMemoryChecks) {
    environment_.sysvars = {};
    expect_violation(sol_get_clock_sysvar(context(), kNowhere), vm::Access::Store, kNowhere, 40);
    expect_error(sol_get_clock_sysvar(context(), kInput), InstructionError::UnsupportedSysvar);
}

TEST_F(Sysvars, LoaderV1IsUnalignedAfterTheCharge) {
    loader_ = ids::kBpfLoaderDeprecated;
    expect_error(sol_get_clock_sysvar(context(), kInput), SyscallErrorKind::UnalignedPointer,
                 "Unaligned pointer");
    expect_error(sol_get_sysvar(context(), kNowhere, kNowhere, 0, 1),
                 SyscallErrorKind::UnalignedPointer, "Unaligned pointer");
    set_remaining(0);
    expect_error(sol_get_clock_sysvar(context(), kInput),
                 InstructionError::ComputationalBudgetExceeded);
}

TEST_F(Sysvars, RestrictedProgramsMustNotWriteThemToTheInput) {
    activate(Feature::syscall_parameter_address_restrictions);
    expect_error(sol_get_clock_sysvar(context(), kInput), SyscallErrorKind::InvalidPointer,
                 "Invalid pointer");
    expect_error(sol_get_sysvar(context(), kNowhere, kInput, 0, 1),
                 SyscallErrorKind::InvalidPointer, "Invalid pointer");
    expect_value(sol_get_clock_sysvar(context(), kHeap), 0);
}

TEST_F(Sysvars, SliceIsOfTheAccountData) {
    const auto id = place(ids::kRent.view());
    expect_value(sol_get_sysvar(context(), id, kInput, 0, 17), 0);
    EXPECT_EQ(get_bytes(kInput, 18),
              (Bytes{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 1, 0xee}));
    expect_value(sol_get_sysvar(context(), id, kInput, 15, 2), 0);
    EXPECT_EQ(get_bytes(kInput, 2), (Bytes{0x40, 1}));
}

TEST_F(Sysvars, SliceBeyondTheDataIsOne) {
    const auto id = place(ids::kRent.view());
    expect_value(sol_get_sysvar(context(), id, kInput, 17, 0), 0);
    expect_value(sol_get_sysvar(context(), id, kInput, 17, 1), 1);
    expect_value(sol_get_sysvar(context(), id, kInput, 18, 0), 1);
}

TEST_F(Sysvars, SliceOfAnUnknownSysvarIsTwo) {
    expect_value(sol_get_sysvar(context(), place(ids::kFees.view()), kInput, 0, 1), 2);
    expect_value(sol_get_sysvar(context(), place(ids::kSlotHashes.view()), kInput, 0, 1), 2);
    expect_value(sol_get_sysvar(context(), place(tests::key_of(1).view()), kInput, 500, 1), 2);
}

TEST_F(Sysvars, SliceCostsByLength) {
    const auto id = place(ids::kRent.view());
    const auto cost_of = [&](std::uint64_t length) {
        return units_of([&] { return sol_get_sysvar(context(), id, kInput, 0, length); });
    };
    EXPECT_EQ(cost_of(0), 110u);
    EXPECT_EQ(cost_of(2749), 110u);
    EXPECT_EQ(cost_of(2750), 111u);
}

TEST_F(Sysvars, SliceErrorsComeInOrder) {
    const auto id = place(ids::kRent.view());
    expect_violation(sol_get_sysvar(context(), kNowhere, kNowhere + 64, ~0ull, 8),
                     vm::Access::Store, kNowhere + 64, 8);
    expect_violation(sol_get_sysvar(context(), kNowhere, kInput, ~0ull, 8), vm::Access::Load,
                     kNowhere, 32);
    expect_error(sol_get_sysvar(context(), id, kInput, ~0ull, 8),
                 InstructionError::ArithmeticOverflow);
}

} // namespace
} // namespace fathom::syscalls

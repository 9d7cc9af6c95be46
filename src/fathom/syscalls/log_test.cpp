// SPDX-License-Identifier: Apache-2.0
// Costs, orders and lines: Agave syscalls/src/logging.rs.
#include "fathom/syscalls/functions.hpp"
#include "tests/support/syscall_fixture.hpp"

namespace fathom::syscalls {
namespace {

class Log : public tests::SyscallFixture {
protected:
    [[nodiscard]] std::string line() const {
        return logs_.lines().size() == 1 ? logs_.lines()[0] : std::to_string(logs_.lines().size());
    }
};

TEST_F(Log, MessageGetsThePrefix) {
    expect_value(sol_log_(context(), place("Gaggablaghblagh!"), 16), 0);
    EXPECT_EQ(line(), "Program log: Gaggablaghblagh!");
}

TEST_F(Log, MessageCostsItsLengthAndAtLeastTheBase) {
    EXPECT_EQ(units_of([&] { return sol_log_(context(), kHeap, 0); }), 100u);
    EXPECT_EQ(units_of([&] { return sol_log_(context(), kHeap, 100); }), 100u);
    EXPECT_EQ(units_of([&] { return sol_log_(context(), kHeap, 101); }), 101u);
}

TEST_F(Log, MessageIsPaidBeforeItIsMapped) {
    set_remaining(99);
    expect_error(sol_log_(context(), kNowhere, 1), InstructionError::ComputationalBudgetExceeded);
    EXPECT_EQ(invocation().remaining(), 0u);
    set_remaining(100);
    expect_violation(sol_log_(context(), kNowhere, 1), vm::Access::Load, kNowhere, 1);
}

TEST_F(Log, MessageMustBeUtf8) {
    const Bytes text{0xe2, 0x98};
    expect_error(sol_log_(context(), place(text), 2), SyscallErrorKind::InvalidString,
                 "incomplete utf-8 byte sequence from index 0: [226, 152]");
    EXPECT_TRUE(logs_.lines().empty());
}

TEST_F(Log, NumbersAreHexadecimal) {
    EXPECT_EQ(units_of([&] { return sol_log_64_(context(), 1, 2, 3, 4, 0xabcdef); }), 100u);
    EXPECT_EQ(line(), "Program log: 0x1, 0x2, 0x3, 0x4, 0xabcdef");
}

TEST_F(Log, PubkeyIsBase58AndNeedsNoAlignment) {
    put(kHeap + 1, ids::kVoteProgram.view());
    EXPECT_EQ(units_of([&] { return sol_log_pubkey(context(), kHeap + 1); }), 100u);
    EXPECT_EQ(line(), "Program log: Vote111111111111111111111111111111111111111");
    expect_violation(sol_log_pubkey(context(), kNowhere), vm::Access::Load, kNowhere, 32);
}

TEST_F(Log, RemainingUnitsAreThoseAfterTheCharge) {
    set_remaining(1100);
    expect_value(sol_log_compute_units_(context()), 0);
    EXPECT_EQ(line(), "Program consumption: 1000 units remaining");
}

TEST_F(Log, DataIsBase64) {
    const auto fields = place_slices({as_bytes("foo"), as_bytes(""), as_bytes("fo")});
    expect_value(sol_log_data(context(), fields, 3), 0);
    EXPECT_EQ(line(), "Program data: Zm9v  Zm8=");
}

TEST_F(Log, DataCostsBaseThenSlicesThenBytes) {
    const auto fields = place_slices({as_bytes("foo"), as_bytes("quux")});
    EXPECT_EQ(units_of([&] { return sol_log_data(context(), fields, 2); }), 100u + 200 + 7);
    EXPECT_EQ(units_of([&] { return sol_log_data(context(), fields, 0); }), 100u);
}

TEST_F(Log, DataSlicesAreMappedAfterTheBaseCharge) {
    set_remaining(100);
    expect_violation(sol_log_data(context(), kNowhere, 1), vm::Access::Load, kNowhere, 16);
    set_remaining(99);
    expect_error(sol_log_data(context(), kNowhere, 1),
                 InstructionError::ComputationalBudgetExceeded);
}

TEST_F(Log, DataBytesAreMappedAfterTheirCharge) {
    const std::uint64_t slice[] = {kNowhere, 50};
    const auto fields = place_value(slice);
    set_remaining(249);
    expect_error(sol_log_data(context(), fields, 1), InstructionError::ComputationalBudgetExceeded);
    set_remaining(250);
    expect_violation(sol_log_data(context(), fields, 1), vm::Access::Load, kNowhere, 50);
}

TEST_F(Log, DataLengthsAddUpWithoutWrapping) {
    const std::uint64_t slices[] = {kHeap, ~0ull, kHeap, 2};
    expect_error(sol_log_data(context(), place_value(slices), 2),
                 InstructionError::ComputationalBudgetExceeded);
}

} // namespace
} // namespace fathom::syscalls

// SPDX-License-Identifier: Apache-2.0
// Price, order of checks and results of modular exponentiation: SIMD-0529 and Agave 4.3
// syscalls/src/lib.rs.
#include "fathom/syscalls/functions.hpp"
#include "tests/support/syscall_fixture.hpp"

namespace fathom::syscalls {
namespace {

class BigModExp : public tests::SyscallFixture {
protected:
    struct Call {
        std::uint64_t base, base_length, exponent, exponent_length, modulus, modulus_length;
    };
    Value run(const Call& call, std::uint64_t result = kInput) {
        return sol_big_mod_exp(context(), place_value(call), result);
    }
    std::uint64_t price(std::uint64_t base_length, ByteView exponent,
                        std::uint64_t modulus_length) {
        const Call call{kInput,          base_length, place(exponent),
                        exponent.size(), kInput,      modulus_length};
        return units_of([&] { return run(call); });
    }
};

TEST_F(BigModExp, WritesThePowerLittleEndian) {
    const Call call{place(Bytes{2}), 1, place(Bytes{2}), 1, place(Bytes{7, 0}), 2};
    put(kInput, Bytes{9, 9, 9});
    expect_value(run(call), 0);
    EXPECT_EQ(get_bytes(kInput, 3), (Bytes{4, 0, 9}));
}

TEST_F(BigModExp, ResultMayLieOverAnInput) {
    put(kInput, Bytes{7, 0});
    const Call call{place(Bytes{2}), 1, place(Bytes{2}), 1, kInput, 2};
    expect_value(run(call), 0);
    EXPECT_EQ(get_bytes(kInput, 2), (Bytes{4, 0}));
}

TEST_F(BigModExp, ShortExponentsCostSeventyFive) {
    // ceil(256²/4 + 96·256 - 3072 = 37888 times 75 / 189) for RSA-2048 with 65537.
    EXPECT_EQ(price(256, Bytes{1, 0, 1}, 256), 422u + 15'035);
    EXPECT_EQ(price(1, Bytes{}, 1), 422u + 1);
    EXPECT_EQ(price(0, Bytes{0}, 0), 422u);
    EXPECT_EQ(price(64, Bytes{2}, 3), 422u + 1626);
}

TEST_F(BigModExp, ExponentOneIsPricedAsAReduction) {
    // The table in the discussion of SIMD-0529: 512-bit base 748, 4096-bit base 9281 units.
    EXPECT_EQ(price(64, Bytes{1}, 32), 748u);
    EXPECT_EQ(price(512, Bytes{1, 0, 0}, 256), 9281u);
}

TEST_F(BigModExp, LongExponentsCostTheirHighestBit) {
    EXPECT_EQ(price(32, Bytes(32, 0xff), 32), 422u + (1024 * 255 + 188) / 189);
    Bytes above(40, 0);
    EXPECT_EQ(price(32, above, 32), 422u + (1024 * 75 + 188) / 189);
    above[8] = 0x10;
    EXPECT_EQ(price(32, above, 32), 422u + (1024 * 75 + 188) / 189);
    above[39] = 1;
    EXPECT_EQ(price(32, above, 32), 422u + (1024 * 312 + 188) / 189);
    EXPECT_EQ(price(32, Bytes(64, 0), 32), 422u + (1024 * 256 + 188) / 189);
}

TEST_F(BigModExp, BaseIsPaidBeforeTheParametersAreRead) {
    set_remaining(421);
    expect_error(sol_big_mod_exp(context(), kNowhere, kNowhere),
                 InstructionError::ComputationalBudgetExceeded);
    set_remaining(422);
    expect_violation(sol_big_mod_exp(context(), kNowhere, kNowhere), vm::Access::Load, kNowhere,
                     48);
    expect_error(sol_big_mod_exp(context(), kHeap + 4, kNowhere),
                 InstructionError::ComputationalBudgetExceeded);
    set_remaining(422);
    expect_error(sol_big_mod_exp(context(), kHeap + 4, kNowhere),
                 SyscallErrorKind::UnalignedPointer, "Unaligned pointer");
}

TEST_F(BigModExp, LengthsAreCheckedBeforePointers) {
    for (const Call& call : {Call{kNowhere, 513, kNowhere, 1, kNowhere, 1},
                             Call{kNowhere, 1, kNowhere, 513, kNowhere, 1},
                             Call{kNowhere, 1, kNowhere, 1, kNowhere, 513}}) {
        expect_error(run(call), SyscallErrorKind::InvalidLength, "InvalidLength");
    }
}

TEST_F(BigModExp, ExponentIsReadThenTheRestIsPaidThenBaseAndModulusAreRead) {
    const auto one = place(Bytes{3});
    expect_violation(run({kNowhere, 1, kNowhere, 1, kNowhere, 1}), vm::Access::Load, kNowhere, 1);
    set_remaining(422 + 406);
    expect_error(run({kNowhere, 32, one, 1, kNowhere, 1}),
                 InstructionError::ComputationalBudgetExceeded);
    set_remaining(422 + 407);
    expect_violation(run({kNowhere, 32, one, 1, kNowhere + 1, 1}), vm::Access::Load, kNowhere, 32);
    set_remaining(10'000);
    expect_violation(run({one, 1, one, 1, kNowhere, 2}), vm::Access::Load, kNowhere, 2);
}

TEST_F(BigModExp, BadModulusIsRefusedBeforeTheResultIsMapped) {
    const auto three = place(Bytes{3});
    for (const std::uint8_t modulus : Bytes{0, 1, 2}) {
        expect_error(run({three, 1, three, 1, place(Bytes{modulus}), 1}, kNowhere),
                     SyscallErrorKind::InvalidAttribute, "InvalidAttribute");
    }
    expect_error(run({three, 1, three, 1, three, 0}, kNowhere), SyscallErrorKind::InvalidAttribute,
                 "InvalidAttribute");
    expect_violation(run({three, 1, three, 1, three, 1}, kNowhere), vm::Access::Store, kNowhere, 1);
}

} // namespace
} // namespace fathom::syscalls

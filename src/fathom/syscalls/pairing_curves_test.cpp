// SPDX-License-Identifier: Apache-2.0
// What the syscalls on alt_bn128, BLS12-381 and Poseidon check and charge before they compute:
// Agave syscalls/src/lib.rs.
#include "fathom/syscalls/functions.hpp"
#include "tests/support/syscall_fixture.hpp"

namespace fathom::syscalls {
namespace {

class PairingCurves : public tests::SyscallFixture {
protected:
    static void expect_invalid_attribute(const Value& value) {
        expect_error(value, SyscallErrorKind::InvalidAttribute, "InvalidAttribute");
    }
    [[nodiscard]] std::uint64_t bn_units(std::uint64_t operation, std::uint64_t length) {
        return units_of(
            [&] { return sol_alt_bn128_group_op(context(), operation, kHeap, length, kInput); });
    }
    [[nodiscard]] std::uint64_t compression_units(std::uint64_t operation) {
        return units_of(
            [&] { return sol_alt_bn128_compression(context(), operation, kHeap, 64, kInput); });
    }
    [[nodiscard]] std::uint64_t bls_units(std::uint64_t curve, std::uint64_t operation) {
        return units_of(
            [&] { return sol_curve_group_op(context(), curve, operation, kHeap, kHeap, kInput); });
    }
};

TEST_F(PairingCurves, Bn254OperationsHaveTheirCosts) {
    activate(Feature::enable_alt_bn128_g2_syscalls);
    EXPECT_EQ(bn_units(0, 128), 334u);
    EXPECT_EQ(bn_units(2, 96), 3840u);
    EXPECT_EQ(bn_units(4, 256), 535u);
    EXPECT_EQ(bn_units(6, 160), 15'670u);
    EXPECT_EQ(bn_units(0x84, 256), 535u);
}

TEST_F(PairingCurves, Bn254PairingCostsByPairsAndBytes) {
    EXPECT_EQ(bn_units(3, 0), 36'364u + 85 + 32);
    EXPECT_EQ(bn_units(3, 192), 36'364u + 85 + 192 + 32);
    EXPECT_EQ(bn_units(3, 3 * 192 + 1), 36'364u + 2 * 12'121 + 85 + 3 * 192 + 1 + 32);
}

TEST_F(PairingCurves, Bn254OperationsWithoutTheirGatesDoNotExist) {
    for (const std::uint64_t operation : {1, 4, 5, 6, 7, 0x80, 0x82, 0x83, 0x84, 0x86, 0x100}) {
        expect_invalid_attribute(
            sol_alt_bn128_group_op(context(), operation, kNowhere, 1, kNowhere));
    }
    for (const std::uint64_t operation : {4, 0x80, 0x81, 0x82, 0x83}) {
        expect_invalid_attribute(
            sol_alt_bn128_compression(context(), operation, kNowhere, 1, kNowhere));
    }
    activate(Feature::alt_bn128_little_endian);
    EXPECT_EQ(bn_units(0x82, 96), 3840u);
    EXPECT_EQ(compression_units(0x81), 498u);
    expect_invalid_attribute(sol_alt_bn128_group_op(context(), 0x84, kNowhere, 1, kNowhere));
}

TEST_F(PairingCurves, Bn254CompressionHasItsCosts) {
    EXPECT_EQ(compression_units(0), 130u);
    EXPECT_EQ(compression_units(1), 498u);
    EXPECT_EQ(compression_units(2), 186u);
    EXPECT_EQ(compression_units(3), 13'710u);
}

TEST_F(PairingCurves, Bn254ResultIsMappedBeforeTheInput) {
    expect_violation(sol_alt_bn128_group_op(context(), 0, kNowhere, 128, kNowhere + 8),
                     vm::Access::Store, kNowhere + 8, 64);
    expect_violation(sol_alt_bn128_group_op(context(), 0, kNowhere, 128, kInput), vm::Access::Load,
                     kNowhere, 128);
    expect_violation(sol_alt_bn128_group_op(context(), 3, kNowhere, 1, kNowhere + 8),
                     vm::Access::Store, kNowhere + 8, 32);
    expect_violation(sol_alt_bn128_compression(context(), 2, kNowhere, 1, kNowhere + 8),
                     vm::Access::Store, kNowhere + 8, 64);
    expect_violation(sol_alt_bn128_compression(context(), 3, kNowhere, 64, kInput),
                     vm::Access::Load, kNowhere, 64);
}

TEST_F(PairingCurves, BlsGroupOperationsHaveTheirCosts) {
    activate(Feature::enable_bls12_381_syscall);
    EXPECT_EQ(bls_units(5, 0), 128u);
    EXPECT_EQ(bls_units(0x85, 1), 129u);
    EXPECT_EQ(bls_units(5, 2), 4627u);
    EXPECT_EQ(bls_units(6, 0), 203u);
    EXPECT_EQ(bls_units(0x86, 1), 204u);
    EXPECT_EQ(bls_units(6, 2), 8255u);
    expect_invalid_attribute(sol_curve_group_op(context(), 5, 3, kHeap, kHeap, kInput));
}

TEST_F(PairingCurves, BlsInputsAreMappedInOrder) {
    activate(Feature::enable_bls12_381_syscall);
    expect_violation(sol_curve_group_op(context(), 5, 2, kNowhere, kNowhere + 1, kInput),
                     vm::Access::Load, kNowhere, 32);
    expect_violation(sol_curve_group_op(context(), 6, 0, kHeap, kNowhere + 1, kInput),
                     vm::Access::Load, kNowhere + 1, 192);
    expect_violation(sol_curve_validate_point(context(), 5, kNowhere), vm::Access::Load, kNowhere,
                     96);
    expect_violation(sol_curve_decompress(context(), 5, kNowhere, kInput), vm::Access::Load,
                     kNowhere, 48);
    expect_violation(sol_curve_decompress(context(), 0x86, kNowhere, kInput), vm::Access::Load,
                     kNowhere, 96);
    expect_violation(sol_curve_pairing_map(context(), 4, 2, kHeap, kNowhere, kInput),
                     vm::Access::Load, kNowhere, 384);
}

TEST_F(PairingCurves, BlsValidationDecompressionAndPairingHaveTheirCosts) {
    activate(Feature::enable_bls12_381_syscall);
    const auto pairing = [&](std::uint64_t count) {
        return units_of(
            [&] { return sol_curve_pairing_map(context(), 0x84, count, kHeap, kHeap, kInput); });
    };
    EXPECT_EQ(units_of([&] { return sol_curve_validate_point(context(), 5, kHeap); }), 1565u);
    EXPECT_EQ(units_of([&] { return sol_curve_validate_point(context(), 6, kHeap); }), 1968u);
    EXPECT_EQ(units_of([&] { return sol_curve_decompress(context(), 5, kHeap, kInput); }), 2100u);
    EXPECT_EQ(units_of([&] { return sol_curve_decompress(context(), 6, kHeap, kInput); }), 3050u);
    EXPECT_EQ(pairing(0), 25'445u);
    EXPECT_EQ(pairing(1), 25'445u);
    EXPECT_EQ(pairing(3), 25'445u + 2 * 13'023);
}

TEST_F(PairingCurves, BlsIdsOfOtherKindsAreInvalid) {
    expect_invalid_attribute(sol_curve_decompress(context(), 4, kNowhere, kNowhere));
    expect_invalid_attribute(sol_curve_pairing_map(context(), 5, 1, kNowhere, kNowhere, kNowhere));
}

TEST_F(PairingCurves, PoseidonParametersAreCheckedFirstAndFree) {
    set_remaining(0);
    expect_error(sol_poseidon(context(), 1, 2, kNowhere, 13, kNowhere),
                 SyscallErrorKind::PoseidonParameters, "Invalid parameters.");
    expect_error(sol_poseidon(context(), 0, 2, kNowhere, 13, kNowhere),
                 SyscallErrorKind::PoseidonParameters, "Invalid endianness.");
    expect_error(sol_poseidon(context(), 0, 1, kNowhere, 13, kNowhere),
                 SyscallErrorKind::InvalidLength, "InvalidLength");
    EXPECT_EQ(logs_.lines(),
              std::vector<std::string>{"Poseidon hashing 13 sequences is not supported"});
}

TEST_F(PairingCurves, PoseidonCostIsQuadratic) {
    const auto cost_of = [&](std::uint64_t count) {
        return units_of([&] { return sol_poseidon(context(), 0, 0, kHeap, count, kInput); });
    };
    EXPECT_EQ(cost_of(1), 603u);
    EXPECT_EQ(cost_of(2), 786u);
    EXPECT_EQ(cost_of(12), 542u + 61 * 144);
}

TEST_F(PairingCurves, PoseidonMapsResultThenSlicesThenInputs) {
    const std::uint64_t slice[] = {kNowhere + 1, 32};
    const auto inputs = place_value(slice);
    expect_violation(sol_poseidon(context(), 0, 0, kNowhere, 1, kNowhere + 8), vm::Access::Store,
                     kNowhere + 8, 32);
    expect_violation(sol_poseidon(context(), 0, 0, kNowhere, 1, kInput), vm::Access::Load, kNowhere,
                     16);
    expect_violation(sol_poseidon(context(), 0, 0, inputs, 1, kInput), vm::Access::Load,
                     kNowhere + 1, 32);
}

} // namespace
} // namespace fathom::syscalls

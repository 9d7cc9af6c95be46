// SPDX-License-Identifier: Apache-2.0
// What the syscalls on alt_bn128, BLS12-381 and Poseidon check, charge and write: Agave
// syscalls/src/lib.rs.
#include "fathom/syscalls/functions.hpp"
#include "tests/support/syscall_fixture.hpp"
#include "tests/support/test_vectors.hpp"

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

using tests::from_hex;
using tests::to_hex;

std::string zeros(std::size_t bytes) {
    return std::string(2 * bytes, '0');
}
std::string number(std::size_t bytes, std::uint8_t value) {
    return zeros(bytes - 1) + to_hex({&value, 1});
}
/// `value` as little-endian number.
std::string number_le(std::size_t bytes, std::uint8_t value) {
    return to_hex({&value, 1}) + zeros(bytes - 1);
}

/// Fills what results go to, so that untouched memory shows.
class PairingResults : public PairingCurves {
protected:
    static constexpr std::uint64_t kResult = kInput + 64;

    [[nodiscard]] std::string group_op(std::uint64_t operation, const std::string& input,
                                       std::size_t result_size) {
        const Bytes bytes = from_hex(input);
        const std::uint64_t address = place(bytes);
        return written(
            [&] {
                return sol_alt_bn128_group_op(context(), operation, address, bytes.size(), kResult);
            },
            result_size);
    }
    [[nodiscard]] std::string compression(std::uint64_t operation, const std::string& input,
                                          std::size_t result_size) {
        const Bytes bytes = from_hex(input);
        const std::uint64_t address = place(bytes);
        return written(
            [&] {
                return sol_alt_bn128_compression(context(), operation, address, bytes.size(),
                                                 kResult);
            },
            result_size);
    }
    [[nodiscard]] std::string bls_op(std::uint64_t curve, std::uint64_t operation,
                                     const std::string& left, const std::string& right) {
        const std::uint64_t left_address = place(from_hex(left));
        const std::uint64_t right_address = place(from_hex(right));
        return written(
            [&] {
                return sol_curve_group_op(context(), curve, operation, left_address, right_address,
                                          kResult);
            },
            right.size() / 2);
    }

    /// The result in hexadecimal, or "1" if that is r0 and nothing was written.
    template <class Call> [[nodiscard]] std::string written(Call&& call, std::size_t size) {
        put(kResult, Bytes(size + 1, 0xee));
        const Value value = call();
        if (!value) return "error: " + value.error().text();
        const Bytes bytes = get_bytes(kResult, size);
        EXPECT_EQ(get<std::uint8_t>(kResult + size), 0xee);
        if (*value == 0) return to_hex(bytes);
        EXPECT_EQ(bytes, Bytes(size, 0xee));
        return std::to_string(*value);
    }
};

// The generator (1, 2).
const std::string kBnG1 = number(32, 1) + number(32, 2);
const std::string kBnG1Little = number_le(32, 1) + number_le(32, 2);

TEST_F(PairingResults, Bn254AdditionWritesThePoint) {
    EXPECT_EQ(group_op(0, kBnG1 + zeros(64), 64), kBnG1);
    EXPECT_EQ(group_op(0, kBnG1, 64), kBnG1);
    EXPECT_EQ(group_op(0, number(32, 1) + number(32, 1), 64), "1");
    EXPECT_EQ(group_op(0, zeros(129), 64), "1");
    activate(Feature::alt_bn128_little_endian);
    EXPECT_EQ(group_op(0x80, kBnG1Little + zeros(64), 64), kBnG1Little);
    EXPECT_EQ(group_op(0x80, kBnG1Little, 64), "1");
}

TEST_F(PairingResults, Bn254MultiplicationWritesThePoint) {
    EXPECT_EQ(group_op(2, kBnG1 + number(32, 1), 64), kBnG1);
    EXPECT_EQ(group_op(2, kBnG1 + number(32, 0), 64), zeros(64));
    EXPECT_EQ(group_op(2, zeros(97), 64), "1");
}

TEST_F(PairingResults, Bn254PairingWritesANumberInItsByteOrder) {
    EXPECT_EQ(group_op(3, kBnG1 + zeros(128), 32), number(32, 1));
    EXPECT_EQ(group_op(3, zeros(191), 32), "1");
    activate(Feature::alt_bn128_little_endian);
    EXPECT_EQ(group_op(0x83, kBnG1Little + zeros(128), 32), number_le(32, 1));
}

TEST_F(PairingResults, Bn254TwistOperationsWriteThePoint) {
    activate(Feature::enable_alt_bn128_g2_syscalls);
    EXPECT_EQ(group_op(4, zeros(256), 128), zeros(128));
    EXPECT_EQ(group_op(0x84, zeros(255), 128), "1");
    EXPECT_EQ(group_op(6, zeros(160), 128), zeros(128));
    EXPECT_EQ(group_op(0x86, number(128, 1) + zeros(32), 128), "1");
}

TEST_F(PairingResults, Bn254CompressionGoesBothWays) {
    EXPECT_EQ(compression(0, kBnG1, 32), number(32, 1));
    EXPECT_EQ(compression(1, number(32, 1), 64), kBnG1);
    EXPECT_EQ(compression(1, number(32, 4), 64), "1");
    EXPECT_EQ(compression(2, zeros(128), 64), zeros(64));
    EXPECT_EQ(compression(3, zeros(64), 128), zeros(128));
    EXPECT_EQ(compression(3, zeros(63), 128), "1");
    activate(Feature::alt_bn128_little_endian);
    EXPECT_EQ(compression(0x81, number_le(32, 1), 64), kBnG1Little);
}

TEST_F(PairingResults, Bn254ResultMayOverwriteTheInput) {
    put(kResult, from_hex(kBnG1));
    expect_value(sol_alt_bn128_group_op(context(), 0, kResult, 64, kResult + 32), 0);
    EXPECT_EQ(to_hex(get_bytes(kResult + 32, 64)), kBnG1);
}

const std::string kBlsG1X = "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
                            "6c55e83ff97a1aeffb3af00adb22c6bb";
const std::string kBlsG1 = kBlsG1X +
                           "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3ed"
                           "d03cc744a2888ae40caa232946c5e7e1";
const std::string kBlsG1Identity = "40" + zeros(95);
const std::string kBlsG2Identity = "40" + zeros(191);

TEST_F(PairingResults, BlsGroupOperationsWriteThePoint) {
    activate(Feature::enable_bls12_381_syscall);
    EXPECT_EQ(bls_op(0x85, 0, kBlsG1Identity, kBlsG1), kBlsG1);
    EXPECT_EQ(bls_op(0x85, 1, kBlsG1, kBlsG1), kBlsG1Identity);
    EXPECT_EQ(bls_op(0x85, 2, number(32, 1), kBlsG1), kBlsG1);
    EXPECT_EQ(bls_op(0x85, 0, zeros(96), kBlsG1), "1");
    EXPECT_EQ(bls_op(5, 0, kBlsG1, kBlsG1), "1");
    EXPECT_EQ(bls_op(0x86, 0, kBlsG2Identity, kBlsG2Identity), kBlsG2Identity);
    EXPECT_EQ(bls_op(0x86, 2, number(32, 7), kBlsG2Identity), kBlsG2Identity);
    EXPECT_EQ(bls_op(0x86, 1, kBlsG2Identity, zeros(192)), "1");
    EXPECT_EQ(bls_op(0x86, 2, std::string(64, 'f'), kBlsG2Identity), "1");
}

TEST_F(PairingResults, BlsValidationSaysZeroForAPoint) {
    activate(Feature::enable_bls12_381_syscall);
    const auto g1 = place(from_hex(kBlsG1));
    const auto g2 = place(from_hex(kBlsG2Identity));
    expect_value(sol_curve_validate_point(context(), 0x85, g1), 0);
    expect_value(sol_curve_validate_point(context(), 5, g1), 1);
    expect_value(sol_curve_validate_point(context(), 0x86, g2), 0);
    expect_value(sol_curve_validate_point(context(), 6, g2), 1);
}

TEST_F(PairingResults, BlsDecompressionWritesThePoint) {
    activate(Feature::enable_bls12_381_syscall);
    const auto decompress = [&](std::uint64_t curve, const std::string& input, std::size_t size) {
        const auto address = place(from_hex(input));
        return written([&] { return sol_curve_decompress(context(), curve, address, kResult); },
                       size);
    };
    EXPECT_EQ(decompress(0x85, "97" + kBlsG1X.substr(2), 96), kBlsG1);
    EXPECT_EQ(decompress(0x85, kBlsG1X, 96), "1");
    EXPECT_EQ(decompress(0x86, "c0" + zeros(95), 192), kBlsG2Identity);
    EXPECT_EQ(decompress(6, "c0" + zeros(95), 192), "1");
}

TEST_F(PairingResults, BlsPairingOfIdentitiesIsOneUpToEightPairs) {
    activate(Feature::enable_bls12_381_syscall);
    std::string many_g1;
    std::string many_g2;
    for (int i = 0; i < 9; ++i) {
        many_g1 += kBlsG1;
        many_g2 += kBlsG2Identity;
    }
    const auto g1 = place(from_hex(many_g1));
    const auto g2 = place(from_hex(many_g2));
    const auto pair = [&](std::uint64_t curve, std::uint64_t count) {
        return written(
            [&] { return sol_curve_pairing_map(context(), curve, count, g1, g2, kResult); }, 576);
    };
    EXPECT_EQ(pair(0x84, 0), number(576, 1));
    EXPECT_EQ(pair(4, 0), number_le(576, 1));
    EXPECT_EQ(pair(0x84, 2), number(576, 1));
    EXPECT_EQ(pair(4, 2), "1");
    EXPECT_EQ(pair(0x84, 8), number(576, 1));
    EXPECT_EQ(pair(0x84, 9), "1");
}

// The digest of 32 bytes of 01 and 32 bytes of 02 in the documentation of solana-poseidon.
TEST_F(PairingResults, PoseidonWritesTheDigest) {
    const auto inputs = place_slices({Bytes(32, 1), Bytes(32, 2)});
    const auto hash = [&](std::uint64_t endianness) {
        return written([&] { return sol_poseidon(context(), 0, endianness, inputs, 2, kResult); },
                       32);
    };
    EXPECT_EQ(hash(0), "0d54e1938f8a8c1c7deb5e0355f26319207b84fe9ca2ce1b26e735c829821990");
    EXPECT_EQ(hash(1), "90198229c835e7261bcea29cfe847b201963f255035eeb7d1c8c8a8f93e1540d");
}

TEST_F(PairingResults, PoseidonTakesShortInputsUntilPaddingIsEnforced) {
    const auto inputs = place_slices({Bytes(31, 1)});
    const auto hash = [&](std::uint64_t count) {
        return written([&] { return sol_poseidon(context(), 0, 0, inputs, count, kResult); }, 32);
    };
    EXPECT_EQ(hash(1).size(), 64u);
    EXPECT_EQ(hash(0), "1");
    activate(Feature::poseidon_enforce_padding);
    EXPECT_EQ(hash(1), "1");
}

} // namespace
} // namespace fathom::syscalls

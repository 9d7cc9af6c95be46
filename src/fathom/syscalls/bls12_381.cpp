// SPDX-License-Identifier: Apache-2.0
#include "fathom/syscalls/bls12_381.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/crypto/bls12_381.hpp"
#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/curve_ids.hpp"
#include "fathom/syscalls/translate.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace fathom::syscalls {

namespace {

constexpr std::uint64_t kScalarSize = 32;

/// Sizes and costs of one of the two groups.
struct Group {
    std::uint64_t point_size;
    std::uint64_t compressed_size;
    ComputeUnits validate;
    ComputeUnits decompress;
    std::array<ComputeUnits, 3> operations; // add, subtract, multiply
};

constexpr Group kG1{96,
                    48,
                    cost::kBls12G1Validate,
                    cost::kBls12G1Decompress,
                    {cost::kBls12G1Add, cost::kBls12G1Subtract, cost::kBls12G1Multiply}};
constexpr Group kG2{192,
                    96,
                    cost::kBls12G2Validate,
                    cost::kBls12G2Decompress,
                    {cost::kBls12G2Add, cost::kBls12G2Subtract, cost::kBls12G2Multiply}};

const Group& group_of(u64 curve) {
    return without_byte_order(curve) == kBls12G1 ? kG1 : kG2;
}

/// Input that is invalid; r0 says so and nothing is written.
constexpr std::uint64_t kBad = 1;

crypto::ByteOrder byte_order(u64 curve) {
    return (curve & kBigEndian) != 0 ? crypto::ByteOrder::Big : crypto::ByteOrder::Little;
}

template <class Encoded>
Value write_result(SyscallContext& context, u64 result, const std::optional<Encoded>& value) {
    if (!value) return kBad;
    const auto target = FATHOM_TRY(map_output(context, output_value<Encoded>(result)));
    std::ranges::copy(*value, target.begin());
    return 0;
}

/// `left` has the size of a scalar or of a point, as the operation wants; `right` that of a point.
std::optional<crypto::Bls12G1> compute_in_g1(u64 operation, ByteView left, ByteView right,
                                             crypto::ByteOrder order) {
    const auto point = right.first<96>();
    switch (operation) {
    case kGroupAdd: return crypto::bls12_381_g1_add(left.first<96>(), point, order);
    case kGroupSubtract: return crypto::bls12_381_g1_subtract(left.first<96>(), point, order);
    default: return crypto::bls12_381_g1_multiply(left.first<kScalarSize>(), point, order);
    }
}

std::optional<crypto::Bls12G2> compute_in_g2(u64 operation, ByteView left, ByteView right,
                                             crypto::ByteOrder order) {
    const auto point = right.first<192>();
    switch (operation) {
    case kGroupAdd: return crypto::bls12_381_g2_add(left.first<192>(), point, order);
    case kGroupSubtract: return crypto::bls12_381_g2_subtract(left.first<192>(), point, order);
    default: return crypto::bls12_381_g2_multiply(left.first<kScalarSize>(), point, order);
    }
}

} // namespace

Value bls12_validate_point(SyscallContext& context, u64 curve, u64 point) {
    const Group& group = group_of(curve);
    FATHOM_CHECK(context.charge(group.validate));
    const auto bytes = FATHOM_TRY(load_bytes(context, point, group.point_size));
    const bool is_valid =
        &group == &kG1 ? crypto::bls12_381_g1_is_valid(bytes.first<96>(), byte_order(curve))
                       : crypto::bls12_381_g2_is_valid(bytes.first<192>(), byte_order(curve));
    return is_valid ? 0 : kBad;
}

Value bls12_group_op(SyscallContext& context, u64 curve, u64 operation, u64 left, u64 right,
                     u64 result) {
    const Group& group = group_of(curve);
    if (operation > kGroupMultiply) return fail(SyscallErrorKind::InvalidAttribute);
    FATHOM_CHECK(context.charge(group.operations[operation]));
    const std::uint64_t left_size = operation == kGroupMultiply ? kScalarSize : group.point_size;
    const auto left_bytes = FATHOM_TRY(load_bytes(context, left, left_size));
    const auto right_bytes = FATHOM_TRY(load_bytes(context, right, group.point_size));
    const auto order = byte_order(curve);
    if (&group == &kG1) {
        return write_result(context, result,
                            compute_in_g1(operation, left_bytes, right_bytes, order));
    }
    return write_result(context, result, compute_in_g2(operation, left_bytes, right_bytes, order));
}

Value sol_curve_decompress(SyscallContext& context, u64 curve, u64 point, u64 result) {
    if (!is_bls12_group(curve)) return fail(SyscallErrorKind::InvalidAttribute);
    const Group& group = group_of(curve);
    FATHOM_CHECK(context.charge(group.decompress));
    const auto bytes = FATHOM_TRY(load_bytes(context, point, group.compressed_size));
    const auto order = byte_order(curve);
    if (&group == &kG1) {
        return write_result(context, result,
                            crypto::bls12_381_g1_decompress(bytes.first<48>(), order));
    }
    return write_result(context, result, crypto::bls12_381_g2_decompress(bytes.first<96>(), order));
}

Value sol_curve_pairing_map(SyscallContext& context, u64 curve, u64 count, u64 g1_points,
                            u64 g2_points, u64 result) {
    if (without_byte_order(curve) != kBls12) return fail(SyscallErrorKind::InvalidAttribute);
    const auto others =
        saturating_mul(cost::kBls12PairingOther, saturating_sub<std::uint64_t>(count, 1));
    FATHOM_CHECK(context.charge(saturating_add(cost::kBls12PairingFirst, others)));
    const auto* g1 =
        FATHOM_TRY(translate_slice(context, vm::Access::Load, g1_points, count, kG1.point_size, 1));
    const auto* g2 =
        FATHOM_TRY(translate_slice(context, vm::Access::Load, g2_points, count, kG2.point_size, 1));
    if (count > crypto::kBls12MaxPairs) return kBad;
    return write_result(context, result,
                        crypto::bls12_381_pairing({g1, count * kG1.point_size},
                                                  {g2, count * kG2.point_size}, byte_order(curve)));
}

} // namespace fathom::syscalls

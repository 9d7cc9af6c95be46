// SPDX-License-Identifier: Apache-2.0
#include "fathom/syscalls/bls12_381.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/curve_ids.hpp"
#include "fathom/syscalls/translate.hpp"

#include <array>

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

} // namespace

Value bls12_validate_point(SyscallContext& context, u64 curve, u64 point) {
    const Group& group = group_of(curve);
    FATHOM_CHECK(context.charge(group.validate));
    FATHOM_CHECK(load_bytes(context, point, group.point_size));
    return fail_unsupported("bls12_381");
}

Value bls12_group_op(SyscallContext& context, u64 curve, u64 operation, u64 left, u64 right, u64) {
    const Group& group = group_of(curve);
    if (operation > kGroupMultiply) return fail(SyscallErrorKind::InvalidAttribute);
    FATHOM_CHECK(context.charge(group.operations[operation]));
    const bool is_scalar_first = operation == kGroupMultiply;
    FATHOM_CHECK(load_bytes(context, left, is_scalar_first ? kScalarSize : group.point_size));
    FATHOM_CHECK(load_bytes(context, right, group.point_size));
    return fail_unsupported("bls12_381");
}

Value sol_curve_decompress(SyscallContext& context, u64 curve, u64 point, u64) {
    if (!is_bls12_group(curve)) return fail(SyscallErrorKind::InvalidAttribute);
    const Group& group = group_of(curve);
    FATHOM_CHECK(context.charge(group.decompress));
    FATHOM_CHECK(load_bytes(context, point, group.compressed_size));
    return fail_unsupported("bls12_381");
}

Value sol_curve_pairing_map(SyscallContext& context, u64 curve, u64 count, u64 g1_points,
                            u64 g2_points, u64) {
    if (without_byte_order(curve) != kBls12) return fail(SyscallErrorKind::InvalidAttribute);
    const auto others =
        saturating_mul(cost::kBls12PairingOther, saturating_sub<std::uint64_t>(count, 1));
    FATHOM_CHECK(context.charge(saturating_add(cost::kBls12PairingFirst, others)));
    FATHOM_CHECK(translate_slice(context, vm::Access::Load, g1_points, count, kG1.point_size, 1));
    FATHOM_CHECK(translate_slice(context, vm::Access::Load, g2_points, count, kG2.point_size, 1));
    return fail_unsupported("bls12_381");
}

} // namespace fathom::syscalls

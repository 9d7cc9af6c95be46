// SPDX-License-Identifier: Apache-2.0
// Syscalls on points of Curve25519, as Edwards points and as Ristretto elements; BLS12-381 ids are
// passed on.
#include "fathom/base/integers.hpp"
#include "fathom/crypto/edwards25519.hpp"
#include "fathom/crypto/multiscalar25519.hpp"
#include "fathom/crypto/ristretto255.hpp"
#include "fathom/crypto/scalar25519.hpp"
#include "fathom/syscalls/bls12_381.hpp"
#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/curve_ids.hpp"
#include "fathom/syscalls/functions.hpp"
#include "fathom/syscalls/translate.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace fathom::syscalls {

namespace {

using crypto::EdwardsPoint;
using crypto::RistrettoPoint;
using crypto::Scalar25519;
using Encoded = std::array<std::uint8_t, 32>;

constexpr std::uint64_t kBad = 1;
constexpr std::uint64_t kMaxMsmPoints = 512;

struct CurveCosts {
    ComputeUnits validate;
    std::array<ComputeUnits, 3> operations; // add, subtract, multiply
    ComputeUnits msm_base;
    ComputeUnits msm_increment;
};

template <class Point> constexpr CurveCosts kCosts{};
template <>
constexpr CurveCosts kCosts<EdwardsPoint>{
    cost::kEdwardsValidate,
    {cost::kEdwardsAdd, cost::kEdwardsSubtract, cost::kEdwardsMultiply},
    cost::kEdwardsMsmBase,
    cost::kEdwardsMsmIncrement};
template <>
constexpr CurveCosts kCosts<RistrettoPoint>{
    cost::kRistrettoValidate,
    {cost::kRistrettoAdd, cost::kRistrettoSubtract, cost::kRistrettoMultiply},
    cost::kRistrettoMsmBase,
    cost::kRistrettoMsmIncrement};

/// A curve or operation that does not exist.
Value reject(SyscallContext& context) {
    if (context.feature(Feature::abort_on_invalid_curve)) {
        return fail(SyscallErrorKind::InvalidAttribute);
    }
    return kBad;
}

Value write_point(SyscallContext& context, u64 address, const std::optional<Encoded>& point) {
    if (!point) return kBad;
    const auto target = FATHOM_TRY(map_output(context, output_value<Encoded>(address)));
    std::ranges::copy(*point, target.begin());
    return 0;
}

template <class Point> Value validate(SyscallContext& context, u64 point) {
    FATHOM_CHECK(context.charge(kCosts<Point>.validate));
    const auto bytes = FATHOM_TRY(load_value<Encoded>(context, point));
    return Point::decompress(bytes.data()) ? 0 : kBad;
}

template <class Point>
std::optional<Encoded> compute(u64 operation, const Encoded& left, const Encoded& right) {
    const auto second = Point::decompress(right.data());
    if (!second) return std::nullopt;
    if (operation == kGroupMultiply) {
        const auto scalar = Scalar25519::from_canonical_bytes(left.data());
        if (!scalar) return std::nullopt;
        return (*scalar * *second).compress();
    }
    const auto first = Point::decompress(left.data());
    if (!first) return std::nullopt;
    return (operation == kGroupAdd ? *first + *second : *first - *second).compress();
}

template <class Point>
Value group_op(SyscallContext& context, u64 operation, u64 left, u64 right, u64 result) {
    if (operation > kGroupMultiply) return reject(context);
    FATHOM_CHECK(context.charge(kCosts<Point>.operations[operation]));
    const auto left_bytes = FATHOM_TRY(load_value<Encoded>(context, left));
    const auto right_bytes = FATHOM_TRY(load_value<Encoded>(context, right));
    return write_point(context, result, compute<Point>(operation, left_bytes, right_bytes));
}

template <class Point>
std::optional<Encoded> compute_msm(const HostSlice<Encoded>& scalar_bytes,
                                   const HostSlice<Encoded>& point_bytes) {
    std::vector<Scalar25519> scalars;
    std::vector<Point> points;
    for (std::size_t i = 0; i < scalar_bytes.size(); ++i) {
        const auto scalar = Scalar25519::from_canonical_bytes(scalar_bytes[i].data());
        const auto point = Point::decompress(point_bytes[i].data());
        if (!scalar || !point) return std::nullopt;
        scalars.push_back(*scalar);
        points.push_back(*point);
    }
    return crypto::multiscalar_multiply(scalars, points).compress();
}

template <class Point>
Value multiscalar_mul(SyscallContext& context, u64 scalars, u64 points, u64 count, u64 result) {
    const CurveCosts& costs = kCosts<Point>;
    FATHOM_CHECK(context.charge(costs.msm_base +
                                costs.msm_increment * saturating_sub<std::uint64_t>(count, 1)));
    const auto scalar_bytes = FATHOM_TRY(load_slice<Encoded>(context, scalars, count));
    const auto point_bytes = FATHOM_TRY(load_slice<Encoded>(context, points, count));
    return write_point(context, result, compute_msm<Point>(scalar_bytes, point_bytes));
}

/// BLS12-381 ids before their gate, in the syscalls that have a gate of their own.
bool is_gated(const SyscallContext& context, u64 curve) {
    return is_bls12_group(curve) && !context.feature(Feature::enable_bls12_381_syscall);
}

} // namespace

Value sol_curve_validate_point(SyscallContext& context, u64 curve, u64 point) {
    if (is_gated(context, curve)) return fail(SyscallErrorKind::InvalidAttribute);
    if (curve == kCurve25519Edwards) return validate<EdwardsPoint>(context, point);
    if (curve == kCurve25519Ristretto) return validate<RistrettoPoint>(context, point);
    if (is_bls12_group(curve)) return bls12_validate_point(context, curve, point);
    return reject(context);
}

Value sol_curve_group_op(SyscallContext& context, u64 curve, u64 operation, u64 left, u64 right,
                         u64 result) {
    if (is_gated(context, curve)) return fail(SyscallErrorKind::InvalidAttribute);
    if (curve == kCurve25519Edwards) {
        return group_op<EdwardsPoint>(context, operation, left, right, result);
    }
    if (curve == kCurve25519Ristretto) {
        return group_op<RistrettoPoint>(context, operation, left, right, result);
    }
    if (is_bls12_group(curve)) {
        return bls12_group_op(context, curve, operation, left, right, result);
    }
    return reject(context);
}

Value sol_curve_multiscalar_mul(SyscallContext& context, u64 curve, u64 scalars, u64 points,
                                u64 count, u64 result) {
    if (count > kMaxMsmPoints) return fail(SyscallErrorKind::InvalidLength);
    if (curve == kCurve25519Edwards) {
        return multiscalar_mul<EdwardsPoint>(context, scalars, points, count, result);
    }
    if (curve == kCurve25519Ristretto) {
        return multiscalar_mul<RistrettoPoint>(context, scalars, points, count, result);
    }
    return reject(context);
}

} // namespace fathom::syscalls

// SPDX-License-Identifier: Apache-2.0
// Encodings of BLS12-381 points and the operations over them.
#include "fathom/crypto/bls12_381.hpp"

#include "fathom/crypto/bls12_381_pairing.hpp"
#include "fathom/crypto/field_encoding.hpp"

#include <algorithm>

namespace fathom::crypto {
namespace {

using bls12_381::Fp;
using bls12_381::Fp2;
using bls12_381::G1;
using bls12_381::G2;

static_assert(kBls12MaxPairs == bls12_381::kMaxPairs);

constexpr std::uint8_t kCompressedFlag = 0x80;
constexpr std::uint8_t kIdentityFlag = 0x40;
constexpr std::uint8_t kLargerFlag = 0x20;
constexpr std::uint8_t kFlags = kCompressedFlag | kIdentityFlag | kLargerFlag;

template <class Field> constexpr std::size_t kPointSize = 2 * kEncodedSize<Field>;

constexpr const Fp& coefficient_b(const Fp*) {
    return bls12_381::kG1B;
}
constexpr const Fp2& coefficient_b(const Fp2*) {
    return bls12_381::kG2B;
}
template <class Field> constexpr Field kB = coefficient_b(static_cast<const Field*>(nullptr));

/// blst refuses (0, ±2), a point of order three; no point of the twist has x = 0.
template <class Field> bool is_acceptable(const AffinePoint<Field>& point) {
    return point.is_identity || !point.x.is_zero();
}

/// The flag byte and nothing but `flags` is set.
template <class Field> bool is_only_flags(ByteView bytes, std::uint8_t flags, ByteOrder order) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] != (i == top_byte<Field>(order) ? flags : 0)) return false;
    }
    return true;
}

/// A point on the curve, in the group or not.
template <class Field>
std::optional<AffinePoint<Field>> decode_on_curve(const std::uint8_t* bytes, ByteOrder order) {
    const auto flags = static_cast<std::uint8_t>(bytes[top_byte<Field>(order)] & kFlags);
    if ((flags & (kCompressedFlag | kLargerFlag)) != 0) return std::nullopt;
    if (flags == kIdentityFlag) {
        if (!is_only_flags<Field>({bytes, kPointSize<Field>}, flags, order)) return std::nullopt;
        return AffinePoint<Field>{};
    }
    const auto x = FieldEncoding<Field>::decode(bytes, order);
    const auto y = FieldEncoding<Field>::decode(bytes + kEncodedSize<Field>, order);
    if (!x || !y) return std::nullopt;
    const auto point = AffinePoint<Field>::at(*x, *y);
    if (!point.is_on_curve(kB<Field>) || !is_acceptable(point)) return std::nullopt;
    return point;
}

template <class Field>
std::optional<AffinePoint<Field>> decode_in_group(const std::uint8_t* bytes, ByteOrder order) {
    const auto point = decode_on_curve<Field>(bytes, order);
    if (!point || !bls12_381::is_in_group(*point)) return std::nullopt;
    return point;
}

template <class Field> auto encode(const AffinePoint<Field>& point, ByteOrder order) {
    std::array<std::uint8_t, kPointSize<Field>> bytes{};
    if (point.is_identity) {
        bytes[top_byte<Field>(order)] = kIdentityFlag;
        return bytes;
    }
    FieldEncoding<Field>::encode(point.x, bytes.data(), order);
    FieldEncoding<Field>::encode(point.y, bytes.data() + kEncodedSize<Field>, order);
    return bytes;
}

template <class Field> using Encoded = std::optional<std::array<std::uint8_t, kPointSize<Field>>>;

enum class Sign : std::uint8_t { Plus, Minus };

/// left ± right.
template <class Field>
Encoded<Field> combine(const std::uint8_t* left, const std::uint8_t* right, Sign sign,
                       ByteOrder order) {
    const auto p = decode_on_curve<Field>(left, order);
    const auto q = decode_on_curve<Field>(right, order);
    if (!p || !q) return std::nullopt;
    const JacobianPoint<Field> sum = JacobianPoint<Field>(*p) + (sign == Sign::Plus ? *q : -*q);
    return encode(sum.to_affine(), order);
}

template <class Field>
Encoded<Field> multiply_encoded(const std::uint8_t* scalar, const std::uint8_t* point,
                                ByteOrder order) {
    const auto integer = load_limbs<4>(scalar, order);
    if (detail::compare_limbs(integer, bls12_381::kOrder) >= 0) return std::nullopt;
    const auto decoded = decode_in_group<Field>(point, order);
    if (!decoded) return std::nullopt;
    return encode(bls12_381::multiply_in_group(*decoded, integer).to_affine(), order);
}

template <class Field> Encoded<Field> decompress(const std::uint8_t* input, ByteOrder order) {
    std::array<std::uint8_t, kEncodedSize<Field>> bytes;
    std::copy_n(input, bytes.size(), bytes.begin());
    std::uint8_t& top = bytes[top_byte<Field>(order)];
    const auto flags = static_cast<std::uint8_t>(top & kFlags);
    if ((flags & kCompressedFlag) == 0) return std::nullopt;
    if ((flags & kIdentityFlag) != 0) {
        const std::uint8_t expected = kCompressedFlag | kIdentityFlag;
        if (!is_only_flags<Field>(bytes, expected, order)) return std::nullopt;
        return encode(AffinePoint<Field>{}, order);
    }
    top = static_cast<std::uint8_t>(top & ~kFlags);
    const auto x = FieldEncoding<Field>::decode(bytes.data(), order);
    if (!x) return std::nullopt;
    const auto y = (x->square() * *x + kB<Field>).square_root();
    if (!y) return std::nullopt;
    const bool is_wanted = y->is_larger_half() == ((flags & kLargerFlag) != 0);
    const auto point = AffinePoint<Field>::at(*x, is_wanted ? *y : -*y);
    if (!is_acceptable(point) || !bls12_381::is_in_group(point)) return std::nullopt;
    return encode(point, order);
}

Bls12Gt encode_gt(const bls12_381::Fp12& value, ByteOrder order) {
    Bls12Gt bytes;
    std::uint8_t* target = bytes.data();
    for (const auto* half : {&value.c0, &value.c1}) {
        for (const Fp2* coefficient : {&half->c0, &half->c1, &half->c2}) {
            FieldEncoding<Fp2>::encode(*coefficient, target, ByteOrder::Little);
            target += kEncodedSize<Fp2>;
        }
    }
    if (order == ByteOrder::Big) std::ranges::reverse(bytes);
    return bytes;
}

} // namespace

bool bls12_381_g1_is_valid(Bls12G1View point, ByteOrder order) {
    return decode_in_group<Fp>(point.data(), order).has_value();
}

bool bls12_381_g2_is_valid(Bls12G2View point, ByteOrder order) {
    return decode_in_group<Fp2>(point.data(), order).has_value();
}

std::optional<Bls12G1> bls12_381_g1_add(Bls12G1View left, Bls12G1View right, ByteOrder order) {
    return combine<Fp>(left.data(), right.data(), Sign::Plus, order);
}

std::optional<Bls12G1> bls12_381_g1_subtract(Bls12G1View left, Bls12G1View right, ByteOrder order) {
    return combine<Fp>(left.data(), right.data(), Sign::Minus, order);
}

std::optional<Bls12G2> bls12_381_g2_add(Bls12G2View left, Bls12G2View right, ByteOrder order) {
    return combine<Fp2>(left.data(), right.data(), Sign::Plus, order);
}

std::optional<Bls12G2> bls12_381_g2_subtract(Bls12G2View left, Bls12G2View right, ByteOrder order) {
    return combine<Fp2>(left.data(), right.data(), Sign::Minus, order);
}

std::optional<Bls12G1> bls12_381_g1_multiply(Bls12ScalarView scalar, Bls12G1View point,
                                             ByteOrder order) {
    return multiply_encoded<Fp>(scalar.data(), point.data(), order);
}

std::optional<Bls12G2> bls12_381_g2_multiply(Bls12ScalarView scalar, Bls12G2View point,
                                             ByteOrder order) {
    return multiply_encoded<Fp2>(scalar.data(), point.data(), order);
}

std::optional<Bls12G1> bls12_381_g1_decompress(Bls12G1CompressedView point, ByteOrder order) {
    return decompress<Fp>(point.data(), order);
}

std::optional<Bls12G2> bls12_381_g2_decompress(Bls12G2CompressedView point, ByteOrder order) {
    return decompress<Fp2>(point.data(), order);
}

std::optional<Bls12Gt> bls12_381_pairing(ByteView g1_points, ByteView g2_points, ByteOrder order) {
    const std::size_t count = g1_points.size() / kPointSize<Fp>;
    if (count > kBls12MaxPairs) return std::nullopt;
    if (g1_points.size() != count * kPointSize<Fp>) return std::nullopt;
    if (g2_points.size() != count * kPointSize<Fp2>) return std::nullopt;
    std::array<bls12_381::Pair, kBls12MaxPairs> pairs;
    for (std::size_t i = 0; i < count; ++i) {
        const auto p = decode_in_group<Fp>(g1_points.data() + i * kPointSize<Fp>, order);
        const auto q = decode_in_group<Fp2>(g2_points.data() + i * kPointSize<Fp2>, order);
        if (!p || !q) return std::nullopt;
        pairs[i] = {*p, *q};
    }
    const auto product = bls12_381::miller_loop(std::span(pairs.data(), count));
    return encode_gt(bls12_381::final_exponentiation(product), order);
}

} // namespace fathom::crypto

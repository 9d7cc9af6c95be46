// SPDX-License-Identifier: Apache-2.0
// Encodings of BN254 points and the operations over them.
#include "fathom/crypto/bn254.hpp"

#include "fathom/crypto/bn254_pairing.hpp"
#include "fathom/crypto/field_encoding.hpp"

#include <algorithm>

namespace fathom::crypto {
namespace {

using bn254::Fp;
using bn254::Fp2;
using bn254::G1;
using bn254::G2;

constexpr std::uint8_t kLargerFlag = 0x80;
constexpr std::uint8_t kIdentityFlag = 0x40;
constexpr std::uint8_t kFlags = kLargerFlag | kIdentityFlag;
constexpr std::size_t kPairSize = sizeof(Bn254G1) + sizeof(Bn254G2);

/// A coordinate, and what its flag bits said.
template <class Field> struct Flagged {
    Field value;
    std::uint8_t flags;
};

/// A coordinate whose top bits are flags; nullopt also if both are set.
template <class Field>
std::optional<Flagged<Field>> decode_flagged(const std::uint8_t* bytes, ByteOrder order) {
    std::array<std::uint8_t, kEncodedSize<Field>> body;
    std::copy_n(bytes, body.size(), body.begin());
    std::uint8_t& top = body[top_byte<Field>(order)];
    const auto flags = static_cast<std::uint8_t>(top & kFlags);
    if (flags == kFlags) return std::nullopt;
    top = static_cast<std::uint8_t>(top & ~kFlags);
    const auto value = FieldEncoding<Field>::decode(body.data(), order);
    if (!value) return std::nullopt;
    return Flagged<Field>{*value, flags};
}

/// Coordinates below the modulus, on the curve or not.
template <class Field>
std::optional<AffinePoint<Field>> decode_unchecked(const std::uint8_t* bytes, ByteOrder order) {
    if (is_all_zero({bytes, 2 * kEncodedSize<Field>})) return AffinePoint<Field>{};
    const auto x = FieldEncoding<Field>::decode(bytes, order);
    const auto y = decode_flagged<Field>(bytes + kEncodedSize<Field>, order);
    if (!x || !y) return std::nullopt;
    if (y->flags == kIdentityFlag) return AffinePoint<Field>{};
    return AffinePoint<Field>::at(*x, y->value);
}

std::optional<G1> decode_g1(const std::uint8_t* bytes, ByteOrder order) {
    const auto point = decode_unchecked<Fp>(bytes, order);
    if (!point || !point->is_on_curve(bn254::kG1B)) return std::nullopt;
    return point;
}

/// On the twist, perhaps not in the subgroup.
std::optional<G2> decode_twist(const std::uint8_t* bytes, ByteOrder order) {
    const auto point = decode_unchecked<Fp2>(bytes, order);
    if (!point || !point->is_on_curve(bn254::kG2B)) return std::nullopt;
    return point;
}

std::optional<G2> decode_g2(const std::uint8_t* bytes, ByteOrder order) {
    const auto point = decode_twist(bytes, order);
    if (!point || !bn254::is_in_g2(*point)) return std::nullopt;
    return point;
}

template <class Field> auto encode_point(const AffinePoint<Field>& point, ByteOrder order) {
    std::array<std::uint8_t, 2 * kEncodedSize<Field>> bytes;
    FieldEncoding<Field>::encode(point.x, bytes.data(), order);
    FieldEncoding<Field>::encode(point.y, bytes.data() + kEncodedSize<Field>, order);
    return bytes;
}

/// Input of a fixed size; big-endian input of the older operations may be short.
template <std::size_t Size>
std::optional<std::array<std::uint8_t, Size>> padded(ByteView input, ByteOrder order) {
    const bool fits = order == ByteOrder::Big ? input.size() <= Size : input.size() == Size;
    if (!fits) return std::nullopt;
    std::array<std::uint8_t, Size> bytes{};
    std::ranges::copy(input, bytes.begin());
    return bytes;
}

template <class Field>
auto multiply_encoded(const AffinePoint<Field>& point, const std::uint8_t* scalar,
                      ByteOrder order) {
    return encode_point(multiply(point, load_limbs<4>(scalar, order)).to_affine(), order);
}

template <class Field>
auto add_encoded(const AffinePoint<Field>& p, const AffinePoint<Field>& q, ByteOrder order) {
    return encode_point((JacobianPoint<Field>(p) + q).to_affine(), order);
}

template <class Field>
std::optional<std::array<std::uint8_t, kEncodedSize<Field>>> compress(ByteView input,
                                                                      ByteOrder order) {
    if (input.size() != 2 * kEncodedSize<Field>) return std::nullopt;
    std::array<std::uint8_t, kEncodedSize<Field>> bytes{};
    if (is_all_zero(input)) return bytes;
    const auto point = decode_unchecked<Field>(input.data(), order);
    if (!point) return std::nullopt;
    FieldEncoding<Field>::encode(point->x, bytes.data(), order);
    std::uint8_t& top = bytes[top_byte<Field>(order)];
    if (point->is_identity) {
        top |= kIdentityFlag;
    } else if (point->y.is_larger_half()) {
        top |= kLargerFlag;
    }
    return bytes;
}

template <class Field>
std::optional<std::array<std::uint8_t, 2 * kEncodedSize<Field>>>
decompress(ByteView input, ByteOrder order, const Field& b) {
    if (input.size() != kEncodedSize<Field>) return std::nullopt;
    if (is_all_zero(input)) return std::array<std::uint8_t, 2 * kEncodedSize<Field>>{};
    const auto x = decode_flagged<Field>(input.data(), order);
    if (!x) return std::nullopt;
    if (x->flags == kIdentityFlag) return encode_point(AffinePoint<Field>{}, order);
    const auto y = (x->value.square() * x->value + b).square_root();
    if (!y) return std::nullopt;
    const bool wants_larger = x->flags == kLargerFlag;
    const bool is_wanted = y->is_larger_half() == wants_larger;
    return encode_point(AffinePoint<Field>::at(x->value, is_wanted ? *y : -*y), order);
}

} // namespace

std::optional<Bn254G1> bn254_g1_add(ByteView input, ByteOrder order) {
    const auto bytes = padded<128>(input, order);
    if (!bytes) return std::nullopt;
    const auto p = decode_g1(bytes->data(), order);
    const auto q = decode_g1(bytes->data() + 64, order);
    if (!p || !q) return std::nullopt;
    return add_encoded(*p, *q, order);
}

std::optional<Bn254G1> bn254_g1_multiply(ByteView input, ByteOrder order) {
    const auto bytes = padded<96>(input, order);
    if (!bytes) return std::nullopt;
    const auto point = decode_g1(bytes->data(), order);
    if (!point) return std::nullopt;
    return multiply_encoded(*point, bytes->data() + 64, order);
}

std::optional<Bn254G2> bn254_g2_add(ByteView input, ByteOrder order) {
    if (input.size() != 256) return std::nullopt;
    const auto p = decode_twist(input.data(), order);
    const auto q = decode_twist(input.data() + 128, order);
    if (!p || !q) return std::nullopt;
    return add_encoded(*p, *q, order);
}

std::optional<Bn254G2> bn254_g2_multiply(ByteView input, ByteOrder order) {
    if (input.size() != 160) return std::nullopt;
    const auto point = decode_g2(input.data(), order);
    if (!point) return std::nullopt;
    return multiply_encoded(*point, input.data() + 128, order);
}

std::optional<bool> bn254_pairing_is_one(ByteView input, ByteOrder order) {
    if (input.size() % kPairSize != 0) return std::nullopt;
    bn254::Fp12 product = bn254::Fp12::one();
    while (!input.empty()) {
        std::array<bn254::Pair, bn254::kMaxPairsPerLoop> pairs;
        std::size_t count = 0;
        for (; count < pairs.size() && !input.empty(); input = input.subspan(kPairSize)) {
            const auto p = decode_g1(input.data(), order);
            const auto q = decode_g2(input.data() + sizeof(Bn254G1), order);
            if (!p || !q) return std::nullopt;
            pairs[count++] = {*p, *q};
        }
        product = product * bn254::miller_loop(std::span(pairs.data(), count));
    }
    return bn254::final_exponentiation(product) == bn254::Fp12::one();
}

std::optional<Bn254G1Compressed> bn254_g1_compress(ByteView input, ByteOrder order) {
    return compress<Fp>(input, order);
}

std::optional<Bn254G2Compressed> bn254_g2_compress(ByteView input, ByteOrder order) {
    return compress<Fp2>(input, order);
}

std::optional<Bn254G1> bn254_g1_decompress(ByteView input, ByteOrder order) {
    return decompress<Fp>(input, order, bn254::kG1B);
}

std::optional<Bn254G2> bn254_g2_decompress(ByteView input, ByteOrder order) {
    return decompress<Fp2>(input, order, bn254::kG2B);
}

} // namespace fathom::crypto

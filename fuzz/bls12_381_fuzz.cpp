// SPDX-License-Identifier: Apache-2.0
// Fuzz target: any bytes through the BLS12-381 operations; both byte orders and the group laws
// agree.
#include "fathom/base/assert.hpp"
#include "fathom/crypto/bls12_381.hpp"
#include "fathom/crypto/bls12_381_pairing.hpp"
#include "fathom/crypto/field_encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace {

using namespace fathom;
using namespace fathom::crypto;
using bls12_381::Fp;
using bls12_381::Fp2;

constexpr auto kBig = ByteOrder::Big;
constexpr auto kLittle = ByteOrder::Little;

/// Every run of `size` bytes reversed: from one byte order to the other.
template <std::size_t Size>
std::array<std::uint8_t, Size> swapped(std::span<const std::uint8_t, Size> bytes,
                                       std::size_t size) {
    std::array<std::uint8_t, Size> result;
    std::ranges::copy(bytes, result.begin());
    for (std::size_t i = 0; i + size <= Size; i += size) {
        std::reverse(result.begin() + static_cast<std::ptrdiff_t>(i),
                     result.begin() + static_cast<std::ptrdiff_t>(i + size));
    }
    return result;
}

template <std::size_t Size>
void check_orders(const std::optional<std::array<std::uint8_t, Size>>& big,
                  const std::optional<std::array<std::uint8_t, Size>>& little, std::size_t size) {
    FATHOM_ASSERT(big.has_value() == little.has_value());
    if (big) FATHOM_ASSERT(swapped(std::span<const std::uint8_t, Size>(*big), size) == *little);
}

/// The point of the curve with the x of the bytes, in the group or not; nullopt if there is none.
template <class Field>
std::optional<AffinePoint<Field>> point_with_x(const std::uint8_t* bytes, const Field& b) {
    std::array<std::uint8_t, kEncodedSize<Field>> masked;
    std::copy_n(bytes, masked.size(), masked.begin());
    masked[0] &= 0x0f;
    if (masked.size() > 48) masked[48] &= 0x0f;
    const auto x = FieldEncoding<Field>::decode(masked.data(), kBig);
    if (!x) return std::nullopt;
    const auto y = (x->square() * *x + b).square_root();
    if (!y) return std::nullopt;
    return AffinePoint<Field>::at(*x, *y);
}

/// Group membership and multiples by the endomorphisms against plain multiples.
template <class Field> void check_group(const AffinePoint<Field>& point, const Limbs<4>& scalar) {
    const bool is_member = multiply(point, bls12_381::kOrder).is_identity();
    FATHOM_ASSERT(bls12_381::is_in_group(point) == is_member);
    if (is_member) {
        FATHOM_ASSERT(bls12_381::multiply_in_group(point, scalar) == multiply(point, scalar));
    }
}

/// A point of G1: the bytes' point times z + 1, which clears the cofactor.
bls12_381::G1 into_g1(const bls12_381::G1& point) {
    const std::array<std::uint64_t, 1> factor{bls12_381::kZ + 1};
    const auto cleared = multiply(point, factor).to_affine();
    FATHOM_ASSERT(bls12_381::is_in_group(cleared));
    return cleared;
}

const bls12_381::G2& g2_generator() {
    static const bls12_381::G2 generator = bls12_381::G2::at(
        {Fp::from_hex("024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d177"
                      "0bac0326a805bbefd48056c8c121bdb8"),
         Fp::from_hex("13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049"
                      "334cf11213945d57e5ac7d055d042b7e")},
        {Fp::from_hex("0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c"
                      "923ac9cc3baca289e193548608b82801"),
         Fp::from_hex("0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab"
                      "3f370d275cec1da1aaa9075ff05f79be")});
    return generator;
}

/// e(kP, G)·e(-P, kG) = 1.
void check_pairing(const bls12_381::G1& p, const Limbs<4>& k) {
    const std::array<bls12_381::Pair, 2> pairs{
        bls12_381::Pair{bls12_381::multiply_in_group(p, k).to_affine(), g2_generator()},
        bls12_381::Pair{-p, bls12_381::multiply_in_group(g2_generator(), k).to_affine()}};
    const auto product = bls12_381::final_exponentiation(bls12_381::miller_loop(pairs));
    FATHOM_ASSERT(product == bls12_381::Fp12::one());
}

void check_encodings(ByteView bytes) {
    const auto g1 = bytes.first<96>();
    const auto other_g1 = bytes.subspan<96, 96>();
    const auto g2 = bytes.first<192>();
    const auto scalar = bytes.last<32>();
    FATHOM_ASSERT(bls12_381_g1_is_valid(g1, kBig) ==
                  bls12_381_g1_is_valid(swapped(g1, 48), kLittle));
    FATHOM_ASSERT(bls12_381_g2_is_valid(g2, kBig) ==
                  bls12_381_g2_is_valid(swapped(g2, 96), kLittle));
    check_orders(bls12_381_g1_add(g1, other_g1, kBig),
                 bls12_381_g1_add(swapped(g1, 48), swapped(other_g1, 48), kLittle), 48);
    check_orders(bls12_381_g1_multiply(scalar, g1, kBig),
                 bls12_381_g1_multiply(swapped(scalar, 32), swapped(g1, 48), kLittle), 48);
    check_orders(bls12_381_g2_multiply(scalar, g2, kBig),
                 bls12_381_g2_multiply(swapped(scalar, 32), swapped(g2, 96), kLittle), 96);
    const auto small_g1 = bytes.first<48>();
    check_orders(bls12_381_g1_decompress(small_g1, kBig),
                 bls12_381_g1_decompress(swapped(small_g1, 48), kLittle), 48);
    const auto small_g2 = bytes.first<96>();
    check_orders(bls12_381_g2_decompress(small_g2, kBig),
                 bls12_381_g2_decompress(swapped(small_g2, 96), kLittle), 96);
    static_cast<void>(bls12_381_pairing(g1, bytes.subspan<32, 192>(), kBig));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 192 + 32) return 0;
    const ByteView bytes(data, size);
    check_encodings(bytes);
    auto scalar = load_limbs<4>(bytes.last<32>().data(), kBig);
    scalar[3] %= bls12_381::kOrder[3];
    const auto g2 = point_with_x<Fp2>(data, bls12_381::kG2B);
    if (g2) check_group(*g2, scalar);
    const auto g1 = point_with_x<Fp>(data, bls12_381::kG1B);
    if (!g1) return 0;
    check_group(*g1, scalar);
    const auto member = into_g1(*g1);
    check_group(member, scalar);
    check_pairing(member, scalar);
    return 0;
}

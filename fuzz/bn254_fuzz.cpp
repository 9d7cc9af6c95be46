// SPDX-License-Identifier: Apache-2.0
// Fuzz target: any bytes through the BN254 operations; both byte orders and the group laws agree.
#include "fathom/base/assert.hpp"
#include "fathom/crypto/bn254.hpp"
#include "fathom/crypto/bn254_pairing.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace {

using namespace fathom;
using namespace fathom::crypto;

constexpr std::size_t kSize = 256 + 64;

/// Every run of `size` bytes reversed: from one byte order to the other.
template <class Container> Container swapped(const Container& bytes, std::size_t size) {
    Container result = bytes;
    for (std::size_t i = 0; i + size <= result.size(); i += size) {
        std::reverse(result.begin() + static_cast<std::ptrdiff_t>(i),
                     result.begin() + static_cast<std::ptrdiff_t>(i + size));
    }
    return result;
}

Bytes joined(ByteView first, ByteView second) {
    Bytes bytes(first.begin(), first.end());
    bytes.insert(bytes.end(), second.begin(), second.end());
    return bytes;
}

/// The same of one operation in both byte orders.
template <class Result>
void check_orders(const std::optional<Result>& big, const std::optional<Result>& little,
                  std::size_t size) {
    FATHOM_ASSERT(big.has_value() == little.has_value());
    if (big) FATHOM_ASSERT(swapped(*big, size) == *little);
}

void check_g1(ByteView bytes, ByteView scalar) {
    const Bytes pair(bytes.begin(), bytes.begin() + 128);
    const auto sum = bn254_g1_add(pair, ByteOrder::Big);
    check_orders(sum, bn254_g1_add(swapped(pair, 32), ByteOrder::Little), 32);
    const auto compressed = bn254_g1_compress(bytes.first(64), ByteOrder::Big);
    check_orders(
        compressed,
        bn254_g1_compress(swapped(Bytes(bytes.begin(), bytes.begin() + 64), 32), ByteOrder::Little),
        32);
    const auto point = bn254_g1_decompress(bytes.first(32), ByteOrder::Big);
    if (!point) return;
    const auto back = bn254_g1_compress(*point, ByteOrder::Big);
    FATHOM_ASSERT(back && bn254_g1_decompress(*back, ByteOrder::Big) == point);
    const auto multiple = bn254_g1_multiply(joined(*point, scalar), ByteOrder::Big);
    FATHOM_ASSERT(multiple.has_value());
    const auto twice = bn254_g1_add(joined(*multiple, *multiple), ByteOrder::Big);
    const auto doubled = bn254_g1_add(joined(*point, *point), ByteOrder::Big);
    FATHOM_ASSERT(twice && bn254_g1_multiply(joined(*doubled, scalar), ByteOrder::Big) == twice);
}

/// Whether the bytes are in the subgroup, by the order and by the endomorphism.
bool check_g2(ByteView bytes, ByteView scalar) {
    const Bytes pair(bytes.begin(), bytes.begin() + 256);
    const auto sum = bn254_g2_add(pair, ByteOrder::Big);
    check_orders(sum, bn254_g2_add(swapped(pair, 64), ByteOrder::Little), 64);
    const auto point = bn254_g2_decompress(bytes.first(64), ByteOrder::Big);
    if (!point) return false;
    FATHOM_ASSERT(bn254_g2_add(joined(*point, Bytes(128)), ByteOrder::Big) == point);
    const auto x = bn254::Fp2{*bn254::Fp::from_bytes(point->data() + 32, ByteOrder::Big),
                              *bn254::Fp::from_bytes(point->data(), ByteOrder::Big)};
    const auto y = bn254::Fp2{*bn254::Fp::from_bytes(point->data() + 96, ByteOrder::Big),
                              *bn254::Fp::from_bytes(point->data() + 64, ByteOrder::Big)};
    if (x.is_zero() && y.is_zero()) return true;
    const auto decoded = bn254::G2::at(x, y);
    const bool is_member = multiply(decoded, bn254::Fr::kModulus).is_identity();
    FATHOM_ASSERT(bn254::is_in_g2(decoded) == is_member);
    const auto multiple = bn254_g2_multiply(joined(*point, scalar), ByteOrder::Big);
    FATHOM_ASSERT(multiple.has_value() == is_member);
    return is_member;
}

/// e(kP, G)·e(-P, kG) = 1 for the point that the bytes decompress to.
void check_pairing(ByteView bytes, ByteView scalar) {
    const auto point = bn254_g1_decompress(bytes.first(32), ByteOrder::Big);
    if (!point) return;
    const bn254::G2 generator = bn254::G2::at(
        {bn254::Fp::from_hex("1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"),
         bn254::Fp::from_hex("198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2")},
        {bn254::Fp::from_hex("12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa"),
         bn254::Fp::from_hex("090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b")});
    const auto k = load_limbs<4>(scalar.data(), ByteOrder::Big);
    const auto x = bn254::Fp::from_bytes(point->data(), ByteOrder::Big);
    const auto y = bn254::Fp::from_bytes(point->data() + 32, ByteOrder::Big);
    const auto p = x->is_zero() && y->is_zero() ? bn254::G1{} : bn254::G1::at(*x, *y);
    const std::array<bn254::Pair, 2> pairs{bn254::Pair{multiply(p, k).to_affine(), generator},
                                           bn254::Pair{-p, multiply(generator, k).to_affine()}};
    FATHOM_ASSERT(bn254::final_exponentiation(bn254::miller_loop(pairs)) == bn254::Fp12::one());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView all(data, size);
    for (const auto order : {ByteOrder::Big, ByteOrder::Little}) {
        static_cast<void>(bn254_pairing_is_one(all.first(std::min<std::size_t>(size, 384)), order));
        static_cast<void>(bn254_g1_add(all, order));
        static_cast<void>(bn254_g1_multiply(all, order));
        static_cast<void>(bn254_g2_decompress(all, order));
    }
    if (size < kSize) return 0;
    const ByteView scalar = all.subspan(256, 32);
    check_g1(all, scalar);
    check_g2(all, scalar);
    check_pairing(all.subspan(32), scalar);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// The curve BN254 (alt_bn128): its fields, groups and constants.
#pragma once

#include "fathom/crypto/montgomery.hpp"
#include "fathom/crypto/short_weierstrass.hpp"
#include "fathom/crypto/tower/fp12.hpp"
#include "fathom/crypto/tower/fp2.hpp"

#include <cstdint>

namespace fathom::crypto::bn254 {

struct FpParameters {
    static constexpr Limbs<4> kModulus{0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d,
                                       0x30644e72e131a029};
};
struct FrParameters {
    static constexpr Limbs<4> kModulus{0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d,
                                       0x30644e72e131a029};
};

/// Coordinates.
using Fp = MontgomeryField<FpParameters>;
/// Scalars: integers modulo the order of both groups.
using Fr = MontgomeryField<FrParameters>;
using Fp2 = tower::Fp2<Fp>;

/// The parameter x of the family: p = 36x⁴ + 36x³ + 24x² + 6x + 1.
inline constexpr std::uint64_t kX = 4965661367192848881;

/// Fp6 = Fp2[v]/(v³ - ξ) with ξ = 9 + u.
struct Tower {
    using Fp2 = bn254::Fp2;

    static Fp2 times_xi(const Fp2& a) {
        const Fp2 nine = a.doubled().doubled().doubled() + a;
        return {nine.c0 - a.c1, nine.c1 + a.c0};
    }

    static constexpr Fp2 kFrobenius[6] = {
        Fp2::one(),
        {Fp::from_hex("1284b71c2865a7dfe8b99fdd76e68b605c521e08292f2176d60b35dadcc9e470"),
         Fp::from_hex("246996f3b4fae7e6a6327cfe12150b8e747992778eeec7e5ca5cf05f80f362ac")},
        {Fp::from_hex("2fb347984f7911f74c0bec3cf559b143b78cc310c2c3330c99e39557176f553d"),
         Fp::from_hex("16c9e55061ebae204ba4cc8bd75a079432ae2a1d0b7c9dce1665d51c640fcba2")},
        {Fp::from_hex("063cf305489af5dcdc5ec698b6e2f9b9dbaae0eda9c95998dc54014671a0135a"),
         Fp::from_hex("07c03cbcac41049a0704b5a7ec796f2b21807dc98fa25bd282d37f632623b0e3")},
        {Fp::from_hex("05b54f5e64eea80180f3c0b75a181e84d33365f7be94ec72848a1f55921ea762"),
         Fp::from_hex("2c145edbe7fd8aee9f3a80b03b0b1c923685d2ea1bdec763c13b4711cd2b8126")},
        {Fp::from_hex("0183c1e74f798649e93a3661a4353ff4425c459b55aa1bd32ea2c810eab7692f"),
         Fp::from_hex("12acf2ca76fd0675a27fb246c7729f7db080cb99678e2ac024c6b8ee6e0c2c4b")}};
};
using Fp12 = tower::Fp12<Tower>;

/// y² = x³ + 3, of prime order.
using G1 = AffinePoint<Fp>;
inline constexpr Fp kG1B = Fp::from_u64(3);

/// y² = x³ + 3/ξ over Fp2, a D-type twist; the group is its subgroup of order r.
using G2 = AffinePoint<Fp2>;
inline constexpr Fp2 kG2B{
    Fp::from_hex("2b149d40ceb8aaae81be18991be06ac3b5b4c5e559dbefa33267e6dc24a138e5"),
    Fp::from_hex("009713b03af0fed4cd2cafadeed8fdf4a74fa084e52d1852e4a2bd0685c315d2")};

/// The endomorphism ψ of the twist: untwist, p-th power, twist. On G2 it multiplies by p.
[[nodiscard]] inline G2 frobenius(const G2& point) {
    return {point.x.conjugate() * Tower::kFrobenius[2], point.y.conjugate() * Tower::kFrobenius[3],
            point.is_identity};
}
[[nodiscard]] inline JacobianPoint<Fp2> frobenius(const JacobianPoint<Fp2>& point) {
    return {point.x.conjugate() * Tower::kFrobenius[2], point.y.conjugate() * Tower::kFrobenius[3],
            point.z.conjugate()};
}

/// Whether a point of the twist is in G2.
[[nodiscard]] bool is_in_g2(const G2& point);

} // namespace fathom::crypto::bn254

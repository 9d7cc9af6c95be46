// SPDX-License-Identifier: Apache-2.0
// The curve BLS12-381: its fields, groups, constants and multiples of points.
#pragma once

#include "fathom/crypto/montgomery.hpp"
#include "fathom/crypto/short_weierstrass.hpp"
#include "fathom/crypto/tower/fp12.hpp"
#include "fathom/crypto/tower/fp2.hpp"

#include <cstdint>

namespace fathom::crypto::bls12_381 {

struct FpParameters {
    static constexpr Limbs<6> kModulus{0xb9feffffffffaaab, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624,
                                       0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a};
};

/// Coordinates.
using Fp = MontgomeryField<FpParameters>;
using Fp2 = tower::Fp2<Fp>;

/// The order r = z⁴ - z² + 1 of both groups.
inline constexpr Limbs<4> kOrder{0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805,
                                 0x73eda753299d7d48};

/// The parameter of the family is -z.
inline constexpr std::uint64_t kZ = 0xd201000000010000;

/// Fp6 = Fp2[v]/(v³ - ξ) with ξ = 1 + u.
struct Tower {
    using Fp2 = bls12_381::Fp2;

    static Fp2 times_xi(const Fp2& a) { return {a.c0 - a.c1, a.c0 + a.c1}; }

    static constexpr Fp2 kFrobenius[6] = {
        Fp2::one(),
        {Fp::from_hex("1904d3bf02bb0667c231beb4202c0d1f0fd603fd3cbd5f4f7b2443d784bab9c4"
                      "f67ea53d63e7813d8d0775ed92235fb8"),
         Fp::from_hex("00fc3e2b36c4e03288e9e902231f9fb854a14787b6c7b36fec0c8ec971f63c5f"
                      "282d5ac14d6c7ec22cf78a126ddc4af3")},
        {Fp::zero(), Fp::from_hex("1a0111ea397fe699ec02408663d4de85aa0d857d89759ad4897d29650fb85f9b"
                                  "409427eb4f49fffd8bfd00000000aaac")},
        {Fp::from_hex("06af0e0437ff400b6831e36d6bd17ffe48395dabc2d3435e77f76e17009241c5"
                      "ee67992f72ec05f4c81084fbede3cc09"),
         Fp::from_hex("06af0e0437ff400b6831e36d6bd17ffe48395dabc2d3435e77f76e17009241c5"
                      "ee67992f72ec05f4c81084fbede3cc09")},
        {Fp::from_hex("1a0111ea397fe699ec02408663d4de85aa0d857d89759ad4897d29650fb85f9b"
                      "409427eb4f49fffd8bfd00000000aaad"),
         Fp::zero()},
        {Fp::from_hex("05b2cfd9013a5fd8df47fa6b48b1e045f39816240c0b8fee8beadf4d8e9c0566"
                      "c63a3e6e257f87329b18fae980078116"),
         Fp::from_hex("144e4211384586c16bd3ad4afa99cc9170df3560e77982d0db45f3536814f0bd"
                      "5871c1908bd478cd1ee605167ff82995")}};
};
using Fp12 = tower::Fp12<Tower>;

/// y² = x³ + 4; the group is its subgroup of order r.
using G1 = AffinePoint<Fp>;
inline constexpr Fp kG1B = Fp::from_u64(4);

/// y² = x³ + 4ξ over Fp2, an M-type twist; the group is its subgroup of order r.
using G2 = AffinePoint<Fp2>;
inline constexpr Fp2 kG2B{Fp::from_u64(4), Fp::from_u64(4)};

/// Whether a point of the curve, or of the twist, is in the group.
[[nodiscard]] bool is_in_group(const G1& point);
[[nodiscard]] bool is_in_group(const G2& point);

/// Multiples of points of the groups by an integer below r; wrong for other points.
[[nodiscard]] JacobianPoint<Fp> multiply_in_group(const G1& point, const Limbs<4>& integer);
[[nodiscard]] JacobianPoint<Fp2> multiply_in_group(const G2& point, const Limbs<4>& integer);

/// The effective cofactor of RFC 9380 (G.3) times a point of the twist: a point of the group.
[[nodiscard]] JacobianPoint<Fp2> clear_cofactor(const JacobianPoint<Fp2>& point);

} // namespace fathom::crypto::bls12_381

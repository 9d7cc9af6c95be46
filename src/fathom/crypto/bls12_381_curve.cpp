// SPDX-License-Identifier: Apache-2.0
// Group membership and multiples on BLS12-381, by the endomorphisms of the curve and its twist.
#include "fathom/crypto/bls12_381_curve.hpp"

#include "fathom/base/integers.hpp"

#include <array>
#include <span>

namespace fathom::crypto::bls12_381 {
namespace {

/// A cube root of one.
constexpr Fp kBeta = Fp::from_hex("00000000000000005f19672fdf76ce51ba69c6076a0f77eaddb3a93be6f89688"
                                  "de17d813620a00022e01fffffffefffe");

/// ξ^-((p-1)/3) and ξ^-((p-1)/2).
constexpr Fp2 kPsiX{Fp::zero(),
                    Fp::from_hex("1a0111ea397fe699ec02408663d4de85aa0d857d89759ad4897d29650fb85f9b"
                                 "409427eb4f49fffd8bfd00000000aaad")};
constexpr Fp2 kPsiY{Fp::from_hex("135203e60180a68ee2e9c448d77a2cd91c3dedd930b1cf60ef396489f61eb45e"
                                 "304466cf3e67fa0af1ee7b04121bdea2"),
                    Fp::from_hex("06af0e0437ff400b6831e36d6bd17ffe48395dabc2d3435e77f76e17009241c5"
                                 "ee67992f72ec05f4c81084fbede3cc09")};

/// (βx, -y): on G1 it multiplies by z².
JacobianPoint<Fp> times_z_squared_in_group(const JacobianPoint<Fp>& point) {
    return {point.x * kBeta, -point.y, point.z};
}

/// -ψ, where ψ untwists, takes p-th powers and twists: on G2 it multiplies by z.
JacobianPoint<Fp2> times_z_in_group(const JacobianPoint<Fp2>& point) {
    return {point.x.conjugate() * kPsiX, -(point.y.conjugate() * kPsiY), point.z.conjugate()};
}

/// z has six bits set, so that plain doubling and adding is best.
template <class Field> JacobianPoint<Field> times_z(const JacobianPoint<Field>& point) {
    JacobianPoint<Field> result = point;
    for (int bit = 62; bit >= 0; --bit) {
        result = result.doubled();
        if (((kZ >> bit) & 1) != 0) result = result + point;
    }
    return result;
}

/// The digits of an integer below z⁴ in base z, lowest first.
std::array<std::uint64_t, 4> digits_in_base_z(Limbs<4> integer) {
    std::array<std::uint64_t, 4> digits{};
    for (std::uint64_t& digit : digits) {
        for (std::size_t i = 4; i-- > 0;) {
            const uint128_t dividend = (uint128_t{digit} << 64) | integer[i];
            integer[i] = static_cast<std::uint64_t>(dividend / kZ);
            digit = static_cast<std::uint64_t>(dividend % kZ);
        }
    }
    return digits;
}

} // namespace

/// φ(x, y) = (βx, y) has φ² + φ + 1 = 0; -z² is a root modulo r, and the resultant z⁴ - z² + 1 of
/// X + z² and X² + X + 1 is r itself, prime to the cofactor (Scott, 2021).
bool is_in_group(const G1& point) {
    const JacobianPoint<Fp> p(point);
    return times_z(times_z(p)) == times_z_squared_in_group(p);
}

/// ψ² - (1 - z)ψ + p = 0 on the twist, and -z is a root modulo r; the resultant of X + z and that
/// polynomial is a multiple of r and prime to the cofactor (Scott, 2021).
bool is_in_group(const G2& point) {
    const JacobianPoint<Fp2> q(point);
    return times_z(q) == times_z_in_group(q);
}

JacobianPoint<Fp> multiply_in_group(const G1& point, const Limbs<4>& integer) {
    const auto digit = digits_in_base_z(integer);
    const uint128_t low = uint128_t{digit[1]} * kZ + digit[0];
    const uint128_t high = uint128_t{digit[3]} * kZ + digit[2];
    const auto words = [](uint128_t value) {
        return Limbs<2>{static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(value >> 64)};
    };
    std::array<OddMultiples<Fp>, 2> tables{odd_multiples(JacobianPoint<Fp>(point)), {}};
    for (std::size_t i = 0; i < tables[0].size(); ++i) {
        tables[1][i] = times_z_squared_in_group(tables[0][i]);
    }
    return multiply_sum(tables, std::array{signed_digits(words(low)), signed_digits(words(high))});
}

JacobianPoint<Fp2> multiply_in_group(const G2& point, const Limbs<4>& integer) {
    const auto digit = digits_in_base_z(integer);
    std::array<OddMultiples<Fp2>, 4> tables{odd_multiples(JacobianPoint<Fp2>(point)), {}, {}, {}};
    std::array<SignedDigits, 4> signed_digit;
    for (std::size_t n = 0; n < tables.size(); ++n) {
        signed_digit[n] = signed_digits(std::span(&digit[n], 1));
        if (n == 0) continue;
        for (std::size_t i = 0; i < tables[n].size(); ++i) {
            tables[n][i] = times_z_in_group(tables[n - 1][i]);
        }
    }
    return multiply_sum(tables, signed_digit);
}

/// (z² + z - 1)·P - (z + 1)·ψ(P) + ψ²(2P) (Budroni and Pintore, 2017), the parameter being -z. Off
/// the group -ψ is no multiplication, but it is still the endomorphism that is meant.
JacobianPoint<Fp2> clear_cofactor(const JacobianPoint<Fp2>& point) {
    const auto minus_psi = times_z_in_group;
    const JacobianPoint<Fp2> next = times_z(point) + point;
    return times_z(next) + -point + minus_psi(next) + minus_psi(minus_psi(point.doubled()));
}

} // namespace fathom::crypto::bls12_381

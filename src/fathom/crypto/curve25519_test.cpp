// SPDX-License-Identifier: Apache-2.0
// The scalar field, edwards25519 and ristretto255: encodings at the edges and group laws.
#include "fathom/crypto/multiscalar25519.hpp"
#include "tests/support/test_vectors.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace fathom::crypto {
namespace {

using tests::from_hex;
using tests::to_hex;

std::optional<EdwardsPoint> edwards(const std::string& hex) {
    return EdwardsPoint::decompress(from_hex(hex).data());
}

std::optional<RistrettoPoint> ristretto(const std::string& hex) {
    return RistrettoPoint::decompress(from_hex(hex).data());
}

/// y + p for a small y, little-endian, with or without the sign bit.
Bytes non_canonical(std::uint8_t y, bool sign) {
    Bytes bytes(32, 0xff);
    bytes[0] = static_cast<std::uint8_t>(0xed + y);
    bytes[31] = sign ? 0xff : 0x7f;
    return bytes;
}

/// Distinct scalars without a pattern that arithmetic could hide behind.
Scalar25519 some_scalar(std::uint64_t index) {
    Bytes wide(64);
    for (std::size_t i = 0; i < 64; i += 8) {
        store_le(wide.data() + i, (index + 1) * 0x9e3779b97f4a7c15 * (2 * i + 3));
    }
    return Scalar25519::from_wide_bytes(wide.data());
}

const char* const kOrder = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
const char* const kOrderMinusOne =
    "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
const char* const kSmallOrder[8] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"};

TEST(Scalar25519, CanonicalMeansBelowTheOrder) {
    EXPECT_TRUE(Scalar25519::from_canonical_bytes(from_hex(kOrderMinusOne).data()).has_value());
    EXPECT_FALSE(Scalar25519::from_canonical_bytes(from_hex(kOrder).data()).has_value());
    EXPECT_FALSE(Scalar25519::from_canonical_bytes(Bytes(32, 0xff).data()).has_value());
}

TEST(Scalar25519, ReducesTheOrderToZeroAndAllOnesToItsRemainder) {
    EXPECT_TRUE(Scalar25519::from_bytes_reduced(from_hex(kOrder).data()).is_zero());
    // 2^512 - 1 = R² - 1 with R = 2^256 mod l, the constant of every Montgomery implementation.
    EXPECT_EQ(to_hex(Scalar25519::from_wide_bytes(Bytes(64, 0xff).data()).to_bytes()),
              "000f9c44e31106a447938568a71b0ed065bef517d273ecce3d9a307c1b419903");
}

TEST(Scalar25519, FieldLaws) {
    const Scalar25519 one = Scalar25519::from_u64(1);
    for (std::uint64_t i = 0; i < 20; ++i) {
        const Scalar25519 a = some_scalar(i);
        const Scalar25519 b = some_scalar(i + 100);
        EXPECT_EQ(a * a.invert(), one);
        EXPECT_EQ(a + b - b, a);
        EXPECT_EQ((a + b) * (a - b), a * a - b * b);
        EXPECT_TRUE((a + -a).is_zero());
    }
    EXPECT_TRUE((-Scalar25519{}).is_zero());
    EXPECT_TRUE(Scalar25519{}.invert().is_zero());
}

TEST(Scalar25519, NonAdjacentFormSumsToTheScalar) {
    for (const unsigned width : {2u, 5u, 8u}) {
        const Scalar25519 scalar = some_scalar(width);
        const NonAdjacentForm digits = non_adjacent_form(scalar, width);
        Scalar25519 sum;
        for (std::size_t i = digits.size(); i-- != 0;) {
            const Scalar25519 magnitude =
                Scalar25519::from_u64(static_cast<std::uint64_t>(std::abs(int{digits[i]})));
            sum = sum + sum;
            sum = digits[i] < 0 ? sum - magnitude : sum + magnitude;
        }
        EXPECT_EQ(sum, scalar) << width;
    }
}

/// The quadratic character by Euler's criterion: (p-1)/2 is 4·(p-5)/8 + 2.
int euler(const Field25519& a) {
    if (a.is_zero()) return 0;
    return a.pow_p58().square_times(2) * a.square() == Field25519::one() ? 1 : -1;
}

TEST(Field25519, LegendreAgreesWithEuler) {
    for (std::uint64_t i = 0; i < 300; ++i) {
        const Field25519 a = Field25519::from_bytes(some_scalar(i).to_bytes().data());
        EXPECT_EQ(a.legendre(), euler(a)) << i;
    }
}

TEST(Field25519, LegendreOfSmallValuesPowersOfTwoAndMultiplesOfP) {
    for (std::size_t bit = 0; bit < 255; ++bit) {
        for (const std::uint64_t factor : {1u, 3u, 5u}) {
            Field25519 a = Field25519::zero();
            a.limb[bit / 51] = factor << (bit % 51);
            EXPECT_EQ(a.legendre(), euler(a)) << bit << ' ' << factor;
        }
    }
    EXPECT_EQ(Field25519::from_bytes(non_canonical(0, false).data()).legendre(), 0);
    EXPECT_EQ(kSqrtMinusOne.legendre(), -1);
    EXPECT_EQ((-Field25519::one()).legendre(), 1);
}

TEST(Field25519, SquareRatioFollowsRfc9496AtZero) {
    const Field25519 zero = Field25519::zero();
    const Field25519 one = Field25519::one();
    EXPECT_TRUE(sqrt_ratio(zero, one).is_square);
    EXPECT_TRUE(is_square_ratio(zero, zero));
    EXPECT_TRUE(sqrt_ratio(zero, zero).is_square);
    EXPECT_FALSE(sqrt_ratio(one, zero).is_square);
    EXPECT_FALSE(is_square_ratio(one, zero));
    EXPECT_TRUE(sqrt_ratio(one, zero).root.is_zero());
}

TEST(Edwards25519, BasePointHasTheOrder) {
    const EdwardsPoint base = EdwardsPoint::base();
    EXPECT_EQ(to_hex(base.compress()),
              "5866666666666666666666666666666666666666666666666666666666666666");
    const auto minus_one = Scalar25519::from_canonical_bytes(from_hex(kOrderMinusOne).data());
    EXPECT_TRUE((*minus_one * base + base).is_identity());
}

TEST(Edwards25519, NonCanonicalYIsTakenModuloP) {
    for (std::uint8_t y = 0; y < 19; ++y) {
        for (const bool sign : {false, true}) {
            Bytes canonical(32);
            canonical[0] = y;
            canonical[31] = sign ? 0x80 : 0;
            const Bytes unreduced = non_canonical(y, sign);
            const auto expected = EdwardsPoint::decompress(canonical.data());
            const auto point = EdwardsPoint::decompress(unreduced.data());
            ASSERT_EQ(point.has_value(), expected.has_value()) << int{y};
            EXPECT_EQ(is_on_curve(unreduced.data()), expected.has_value());
            if (point) {
                EXPECT_EQ(*point, *expected);
            }
        }
    }
}

TEST(Edwards25519, SignOfZeroIsIgnored) {
    Bytes signed_identity(32);
    signed_identity[0] = 1;
    signed_identity[31] = 0x80;
    const auto point = EdwardsPoint::decompress(signed_identity.data());
    ASSERT_TRUE(point.has_value());
    EXPECT_TRUE(point->is_identity());
    EXPECT_TRUE(is_on_curve(signed_identity.data()));
}

TEST(Edwards25519, SmallOrderPointsAreKnownAsSuch) {
    for (const char* hex : kSmallOrder) {
        const auto point = edwards(hex);
        ASSERT_TRUE(point.has_value()) << hex;
        EXPECT_TRUE(point->is_small_order()) << hex;
        EXPECT_TRUE(point->times_cofactor().is_identity());
        EXPECT_EQ(to_hex(point->compress()), hex);
    }
    EXPECT_FALSE(EdwardsPoint::base().is_small_order());
}

TEST(Edwards25519, MixedOrderIsKept) {
    const auto torsion = edwards(kSmallOrder[4]);
    ASSERT_TRUE(torsion.has_value());
    const EdwardsPoint mixed = EdwardsPoint::base() + *torsion;
    EXPECT_FALSE(mixed.is_small_order());
    const auto minus_one = Scalar25519::from_canonical_bytes(from_hex(kOrderMinusOne).data());
    const EdwardsPoint order_times = *minus_one * mixed + mixed;
    EXPECT_FALSE(order_times.is_identity());
    EXPECT_TRUE(order_times.is_small_order());
    EXPECT_EQ(mixed - *torsion, EdwardsPoint::base());
}

TEST(Edwards25519, IdentityIsNeutral) {
    const EdwardsPoint identity = EdwardsPoint::identity();
    const EdwardsPoint base = EdwardsPoint::base();
    EXPECT_EQ(base + identity, base);
    EXPECT_EQ(identity + base, base);
    EXPECT_TRUE((base - base).is_identity());
    EXPECT_TRUE((Scalar25519{} * base).is_identity());
    EXPECT_EQ(to_hex(identity.compress()), kSmallOrder[0]);
}

TEST(Edwards25519, AdditionMatchesMultiplication) {
    const EdwardsPoint base = EdwardsPoint::base();
    EdwardsPoint sum = EdwardsPoint::identity();
    for (std::uint64_t i = 0; i < 40; ++i) {
        EXPECT_EQ(Scalar25519::from_u64(i) * base, sum) << i;
        sum = sum + base;
    }
    EXPECT_EQ(base.doubled(), base + base);
}

TEST(Edwards25519, OnCurveAgreesWithDecompression) {
    std::size_t on_curve = 0;
    for (std::uint64_t i = 0; i < 500; ++i) {
        const auto bytes = some_scalar(i).to_bytes();
        const bool decompresses = EdwardsPoint::decompress(bytes.data()).has_value();
        ASSERT_EQ(is_on_curve(bytes.data()), decompresses) << i;
        on_curve += decompresses ? 1 : 0;
    }
    EXPECT_GT(on_curve, 150u);
    EXPECT_LT(on_curve, 350u);
}

TEST(Edwards25519, DoubleMultiplicationIsTheSumOfTwo) {
    const EdwardsPoint point = some_scalar(7) * EdwardsPoint::base();
    const Scalar25519 a = some_scalar(8);
    const Scalar25519 b = some_scalar(9);
    EXPECT_EQ(double_multiply_base(a, point, b), a * point + b * EdwardsPoint::base());
    EXPECT_TRUE(double_multiply_base({}, point, {}).is_identity());
}

/// By additions alone, which no vector code takes part in.
EdwardsPoint double_and_add(const Scalar25519& scalar, const EdwardsPoint& point) {
    EdwardsPoint sum = EdwardsPoint::identity();
    for (std::size_t i = 256; i-- > 0;) {
        sum = sum + sum;
        if ((scalar.word[i / 64] >> (i % 64) & 1) != 0) sum = sum + point;
    }
    return sum;
}

TEST(Edwards25519, MultiplesAgreeWithDoublingAndAdding) {
    const EdwardsPoint base = EdwardsPoint::base();
    const Scalar25519 minus_one = Scalar25519{} - Scalar25519::from_u64(1);
    std::vector<EdwardsPoint> points{base, -base, EdwardsPoint::identity(), base + base};
    for (const auto& hex : kSmallOrder) {
        if (const auto torsion = edwards(hex)) points.push_back(base + *torsion);
        if (const auto torsion = edwards(hex)) points.push_back(*torsion);
    }
    std::vector<Scalar25519> scalars{
        {}, Scalar25519::from_u64(1), Scalar25519::from_u64(15), minus_one, some_scalar(3)};
    for (std::uint64_t i = 0; i < 8; ++i) scalars.push_back(some_scalar(100 + i));
    for (const EdwardsPoint& point : points) {
        for (std::size_t i = 0; i < scalars.size(); ++i) {
            const Scalar25519& other = scalars[(3 * i + 1) % scalars.size()];
            const EdwardsPoint expected = double_and_add(scalars[i], point);
            ASSERT_EQ(scalars[i] * point, expected) << i;
            ASSERT_EQ(double_multiply_base(scalars[i], point, other),
                      expected + double_and_add(other, base))
                << i;
        }
    }
}

TEST(Ristretto255, MultiplesOfTheGeneratorAsRfc9496) {
    const RistrettoPoint base = RistrettoPoint::base();
    EXPECT_EQ(to_hex(RistrettoPoint::identity().compress()), std::string(64, '0'));
    EXPECT_EQ(to_hex(base.compress()),
              "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76");
    EXPECT_EQ(to_hex((base + base).compress()),
              "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919");
    EXPECT_EQ(to_hex((Scalar25519::from_u64(3) * base).compress()),
              "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259");
}

TEST(Ristretto255, RefusesTheBadEncodingsOfRfc9496) {
    const char* const refused[] = {
        // Non-canonical field encodings.
        "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        // Negative field elements.
        "0100000000000000000000000000000000000000000000000000000000000000",
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
        // Non-square x².
        "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
        // s = -1.
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};
    for (const char* hex : refused) EXPECT_FALSE(ristretto(hex).has_value()) << hex;
}

TEST(Ristretto255, HashToGroupAsRfc9496) {
    const Bytes uniform =
        from_hex("5d1be09e3d0c82fc538112490e35701979d99e06ca3e2b5b54bffe8b4dc772c1"
                 "4d98b696a1bbfb5ca32c436cc61c16563790306c79eaca7705668b47dffe5bb6");
    EXPECT_EQ(to_hex(RistrettoPoint::from_uniform_bytes(uniform.data()).compress()),
              "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46");
}

TEST(Ristretto255, TorsionIsInvisible) {
    const RistrettoPoint point = some_scalar(1) * RistrettoPoint::base();
    for (const std::size_t i : {0u, 1u, 2u, 3u}) {
        const RistrettoPoint shifted{point.representative + *edwards(kSmallOrder[i])};
        EXPECT_EQ(shifted, point);
        EXPECT_EQ(shifted.compress(), point.compress());
    }
}

TEST(Ristretto255, DecodingInvertsEncoding) {
    for (std::uint64_t i = 0; i < 50; ++i) {
        const RistrettoPoint point = some_scalar(i) * RistrettoPoint::base();
        const auto encoded = point.compress();
        const auto decoded = RistrettoPoint::decompress(encoded.data());
        ASSERT_TRUE(decoded.has_value());
        EXPECT_EQ(*decoded, point);
        EXPECT_EQ(decoded->compress(), encoded);
    }
}

TEST(Multiscalar25519, AgreesWithOneByOneOnBothSidesOfTheThreshold) {
    std::vector<Scalar25519> scalars;
    std::vector<RistrettoPoint> points;
    RistrettoPoint sum = RistrettoPoint::identity();
    const RistrettoPoint base = RistrettoPoint::base();
    RistrettoPoint point = base;
    for (std::uint64_t i = 0; i <= 600; ++i) {
        if (i < 4 || i == 159 || i == 160 || i == 512 || i == 600) {
            EXPECT_EQ(multiscalar_multiply(scalars, points), sum) << i;
        }
        // Zero, one and the largest scalar in between.
        const Scalar25519 scalar = i % 7 == 3   ? Scalar25519::from_u64(i % 2)
                                   : i % 7 == 5 ? -Scalar25519::from_u64(1)
                                                : some_scalar(i);
        scalars.push_back(scalar);
        points.push_back(point);
        sum = sum + scalar * point;
        point = point + point + base;
    }
}

TEST(Multiscalar25519, EdwardsSumOfNothingIsTheIdentity) {
    EXPECT_TRUE(
        multiscalar_multiply(std::span<const Scalar25519>{}, std::span<const EdwardsPoint>{})
            .is_identity());
}

} // namespace
} // namespace fathom::crypto

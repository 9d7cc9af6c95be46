// SPDX-License-Identifier: Apache-2.0
// Montgomery fields: the ends of the range, and the compiled against the evaluated arithmetic.
#include "fathom/crypto/bls12_381_curve.hpp"
#include "fathom/crypto/bn254_curve.hpp"
#include "tests/support/test_vectors.hpp"

#include <gtest/gtest.h>

#include <random>

namespace fathom::crypto {
namespace {

template <class Field> class PrimeField : public testing::Test {
protected:
    static Field minus_one() { return -Field::one(); }

    static Field random() {
        typename Field::Integer integer;
        for (std::uint64_t& word : integer) word = generator()();
        return Field::reduced(integer);
    }

    static std::mt19937_64& generator() {
        static std::mt19937_64 engine(20260731);
        return engine;
    }
};

using Fields = testing::Types<bn254::Fp, bn254::Fr, bls12_381::Fp>;
TYPED_TEST_SUITE(PrimeField, Fields);

TYPED_TEST(PrimeField, HoldsTheModulusMinusOneButNotTheModulus) {
    auto integer = TypeParam::kModulus;
    EXPECT_FALSE(TypeParam::from_integer(integer).has_value());
    --integer[0];
    const auto element = TypeParam::from_integer(integer);
    ASSERT_TRUE(element.has_value());
    EXPECT_EQ(element->to_integer(), integer);
    EXPECT_EQ(*element, this->minus_one());
}

TYPED_TEST(PrimeField, ReducesAnyIntegerThatFitsTheLimbs) {
    EXPECT_TRUE(TypeParam::reduced(TypeParam::kModulus).is_zero());
    typename TypeParam::Integer ones;
    ones.fill(~std::uint64_t{0});
    TypeParam expected = TypeParam::zero();
    for (std::size_t i = 0; i < 64 * ones.size(); ++i) {
        expected = expected.doubled() + TypeParam::one();
    }
    EXPECT_EQ(TypeParam::reduced(ones), expected);
}

TYPED_TEST(PrimeField, WrapsAtTheModulus) {
    EXPECT_TRUE((this->minus_one() + TypeParam::one()).is_zero());
    EXPECT_EQ(TypeParam::zero() - TypeParam::one(), this->minus_one());
    EXPECT_TRUE((-TypeParam::zero()).is_zero());
    EXPECT_EQ(this->minus_one() * this->minus_one(), TypeParam::one());
    EXPECT_EQ(this->minus_one() + this->minus_one(), -TypeParam::from_u64(2));
}

TYPED_TEST(PrimeField, InverseUndoesMultiplication) {
    for (int i = 0; i < 20; ++i) {
        const TypeParam a = this->random();
        EXPECT_EQ(a * a.inverse(), TypeParam::one());
    }
    EXPECT_TRUE(TypeParam::zero().inverse().is_zero());
}

TYPED_TEST(PrimeField, MultiplicationAgreesWithThePortableOne) {
    constexpr auto modulus = TypeParam::kModulus;
    const auto inverse = detail::negative_inverse(modulus[0]);
    for (int i = 0; i < 2000; ++i) {
        auto a = this->random().to_integer();
        auto b = this->random().to_integer();
        if (i % 8 == 0) a.fill(0);
        if (i % 8 == 1) a = detail::subtract_limbs(modulus, {1}).value;
        if (i % 16 < 2) b = detail::subtract_limbs(modulus, {1}).value;
        // (a/R)·(b/R)·R is what two elements of limbs a and b multiply to.
        const auto portable = detail::montgomery_multiply(a, b, modulus, inverse);
        typename TypeParam::Integer one{1};
        const auto unscale = [&](const auto& limbs) {
            return *TypeParam::from_integer(
                detail::montgomery_multiply(limbs, one, modulus, inverse));
        };
        EXPECT_EQ(unscale(a) * unscale(b), unscale(portable));
    }
}

TYPED_TEST(PrimeField, AdditionAgreesWithThePortableOne) {
    constexpr auto modulus = TypeParam::kModulus;
    for (int i = 0; i < 2000; ++i) {
        const TypeParam a = i % 7 == 0 ? this->minus_one() : this->random();
        const TypeParam b = i % 5 == 0 ? -a : this->random();
        const auto sum =
            detail::subtract_once(detail::add_limbs(a.to_integer(), b.to_integer()), modulus);
        EXPECT_EQ((a + b).to_integer(), sum);
        EXPECT_EQ(a + b - b, a);
        EXPECT_EQ(b - (a + b), -a);
    }
}

TYPED_TEST(PrimeField, BytesGoBothWaysInBothOrders) {
    const TypeParam a = this->random();
    std::array<std::uint8_t, TypeParam::kBytes> little;
    std::array<std::uint8_t, TypeParam::kBytes> big;
    a.to_bytes(little.data(), ByteOrder::Little);
    a.to_bytes(big.data(), ByteOrder::Big);
    EXPECT_EQ(TypeParam::from_bytes(little.data(), ByteOrder::Little), a);
    EXPECT_EQ(TypeParam::from_bytes(big.data(), ByteOrder::Big), a);
    EXPECT_TRUE(std::equal(little.begin(), little.end(), big.rbegin()));
}

TEST(MontgomeryField, SquareRootsExistForHalfOfTheElements) {
    using bn254::Fp;
    const Fp four = Fp::from_u64(4);
    const auto root = four.square_root();
    ASSERT_TRUE(root.has_value());
    EXPECT_TRUE(*root == Fp::from_u64(2) || *root == -Fp::from_u64(2));
    EXPECT_FALSE((-four).square_root().has_value());
    EXPECT_TRUE(Fp::zero().square_root()->is_zero());
}

TEST(MontgomeryField, LargerHalfBeginsAboveHalfOfTheModulus) {
    using bls12_381::Fp;
    const Fp half = Fp::from_u64(2).inverse(); // (p+1)/2
    EXPECT_TRUE(half.is_larger_half());
    EXPECT_FALSE((half - Fp::one()).is_larger_half());
    EXPECT_FALSE(Fp::zero().is_larger_half());
}

template <class Fp2> void expect_square_roots(const Fp2& a) {
    const auto root = a.square().square_root();
    ASSERT_TRUE(root.has_value());
    EXPECT_TRUE(*root == a || *root == -a);
}

TEST(QuadraticExtension, TakesSquareRootsAlsoOnTheAxes) {
    using bn254::Fp;
    using bn254::Fp2;
    expect_square_roots(Fp2{Fp::from_u64(3), Fp::from_u64(5)});
    expect_square_roots(Fp2{Fp::from_u64(3), Fp::zero()});
    expect_square_roots(Fp2{Fp::zero(), Fp::from_u64(5)});
    expect_square_roots(Fp2{Fp::from_u64(7), -Fp::from_u64(7)});
    EXPECT_TRUE(Fp2::zero().square_root()->is_zero());
    // 9 + u is what the tower adjoins roots of.
    EXPECT_FALSE((Fp2{Fp::from_u64(9), Fp::one()}).square_root().has_value());
}

template <std::size_t N> Limbs<N> divided(Limbs<N> integer, std::uint64_t divisor) {
    uint128_t rest = 0;
    for (std::size_t i = N; i-- > 0;) {
        rest = (rest << 64) | integer[i];
        integer[i] = static_cast<std::uint64_t>(rest / divisor);
        rest %= divisor;
    }
    return integer;
}

/// ξ^(i·(p-1)/6) for i from 0 to 5.
template <class Curve> void expect_frobenius_constants() {
    using Fp2 = typename Curve::Fp2;
    using Fp = typename Fp2::Base;
    const auto exponent =
        divided(detail::subtract_limbs(Fp::kModulus, typename Fp::Integer{1}).value, 6);
    const Fp2 step = Curve::times_xi(Fp2::one()).power(exponent);
    Fp2 power = Fp2::one();
    for (const Fp2& constant : Curve::kFrobenius) {
        EXPECT_EQ(constant, power);
        power = power * step;
    }
}

TEST(Tower, FrobeniusConstantsArePowersOfTheNonResidue) {
    expect_frobenius_constants<bn254::Tower>();
    expect_frobenius_constants<bls12_381::Tower>();
}

template <class Curve> tower::Fp12<Curve> some_element() {
    using Fp2 = typename Curve::Fp2;
    using Fp = typename Fp2::Base;
    const auto pair = [](std::uint64_t n) { return Fp2{Fp::from_u64(n * n), Fp::from_u64(n + 2)}; };
    return {{pair(2), pair(3), pair(5)}, {pair(7), pair(11), pair(13)}};
}

template <class Curve> void expect_tower_identities() {
    using Fp2 = typename Curve::Fp2;
    using Fp12 = tower::Fp12<Curve>;
    const Fp12 a = some_element<Curve>();
    EXPECT_EQ(a.square(), a * a);
    EXPECT_EQ(a * a.inverse(), Fp12::one());
    EXPECT_EQ((a * a.square()).frobenius(), a.frobenius() * a.frobenius().square());
    Fp12 b = a;
    for (int i = 0; i < 6; ++i) b = b.frobenius();
    EXPECT_EQ(b, a.conjugate());
    const Fp12 half = a.conjugate() * a.inverse();
    const Fp12 cyclotomic = half.frobenius().frobenius() * half;
    EXPECT_EQ(cyclotomic.cyclotomic_square(), cyclotomic * cyclotomic);
    EXPECT_EQ(cyclotomic.cyclotomic_power(11),
              cyclotomic.square().square().square() * cyclotomic.square() * cyclotomic);
    EXPECT_EQ(cyclotomic * cyclotomic.conjugate(), Fp12::one());
    const Fp2& x = a.c1.c2;
    const Fp2& y = a.c0.c1;
    const Fp2& z = a.c1.c0;
    const Fp2 zero = Fp2::zero();
    EXPECT_EQ(a.times_034(x, y, z), (a * Fp12{{x, zero, zero}, {y, z, zero}}));
    EXPECT_EQ(a.times_014(x, y, z), (a * Fp12{{x, y, zero}, {zero, z, zero}}));
}

TEST(Tower, ArithmeticShortcutsAgreeWithPlainProducts) {
    expect_tower_identities<bn254::Tower>();
    expect_tower_identities<bls12_381::Tower>();
}

TEST(ShortWeierstrass, SignedDigitsSumUpToTheInteger) {
    const std::vector<Limbs<4>> integers{
        {0, 0, 0, 0},
        {1, 0, 0, 0},
        {16, 0, 0, 0},
        {0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff},
        {0x123456789abcdef0, 0xfedcba9876543210, 0x0f1e2d3c4b5a6978, 0xf000000000000001}};
    for (const auto& integer : integers) {
        const SignedDigits digits = signed_digits(integer);
        bn254::Fr sum = bn254::Fr::zero();
        for (std::size_t i = digits.size(); i-- > 0;) {
            const int digit = digits[i];
            const auto size = bn254::Fr::from_u64(static_cast<std::uint64_t>(std::abs(digit)));
            sum = sum.doubled() + (digit < 0 ? -size : size);
            EXPECT_TRUE(digit == 0 || (digit % 2 != 0 && std::abs(digit) <= 15));
        }
        EXPECT_EQ(sum, bn254::Fr::reduced(integer));
    }
}

} // namespace
} // namespace fathom::crypto

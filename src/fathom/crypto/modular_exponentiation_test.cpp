// SPDX-License-Identifier: Apache-2.0
// Expected values: SIMD-0529, solana-sdk big-mod-exp's cases, Ethereum's modexp precompile cases,
// and identities of arithmetic.
#include "fathom/crypto/modular_exponentiation.hpp"
#include "tests/support/test_vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

namespace fathom::crypto {
namespace {

using tests::from_hex;

std::optional<Bytes> compute(ByteView base, ByteView exponent, ByteView modulus) {
    Bytes result(modulus.size(), 0xee);
    if (!modular_exponentiation(result, base, exponent, modulus)) return std::nullopt;
    return result;
}
std::optional<Bytes> compute_hex(const char* base, const char* exponent, const char* modulus) {
    return compute(from_hex(base), from_hex(exponent), from_hex(modulus));
}
Bytes reversed(Bytes bytes) {
    std::ranges::reverse(bytes);
    return bytes;
}
bool is_refused(const Bytes& modulus) {
    const bool one = modulus.size() > 0 && modulus[0] == 1 &&
                     std::ranges::count(modulus, 0) == std::ssize(modulus) - 1;
    return modulus.empty() || modulus[0] % 2 == 0 || one;
}

TEST(ModularExponentiation, ZeroModulusIsRefused) {
    EXPECT_EQ(compute_hex("00", "", "00"), std::nullopt);
    EXPECT_EQ(compute_hex("00", "", "0000"), std::nullopt);
    EXPECT_EQ(compute_hex("", "", ""), std::nullopt);
}
TEST(ModularExponentiation, ModulusOneIsRefused) {
    EXPECT_EQ(compute_hex("00", "", "01"), std::nullopt);
    EXPECT_EQ(compute_hex("00", "", "0100"), std::nullopt);
}
TEST(ModularExponentiation, EvenModulusIsRefused) {
    EXPECT_EQ(compute_hex("00", "", "02"), std::nullopt);
    EXPECT_EQ(compute_hex("00", "", "020100"), std::nullopt);
}
TEST(ModularExponentiation, LongerThan512BytesIsRefused) {
    const Bytes longer(513, 0);
    Bytes odd(512, 0xff);
    EXPECT_EQ(compute(longer, {}, odd), std::nullopt);
    EXPECT_EQ(compute({}, longer, odd), std::nullopt);
    odd.push_back(0);
    EXPECT_EQ(compute({}, {}, odd), std::nullopt);
}
TEST(ModularExponentiation, ResultOfAnotherLengthIsRefused) {
    Bytes result(2);
    EXPECT_FALSE(modular_exponentiation(result, {}, {}, Bytes{3}));
}
TEST(ModularExponentiation, ExponentZeroGivesOne) {
    EXPECT_EQ(compute_hex("", "", "03"), from_hex("01"));
    EXPECT_EQ(compute_hex("00", "0000", "0300"), from_hex("0100"));
    EXPECT_EQ(compute(Bytes(512, 0xff), Bytes(512, 0), Bytes(512, 0xff))->front(), 1);
}
TEST(ModularExponentiation, BaseZeroGivesZero) {
    EXPECT_EQ(compute_hex("0000", "02", "0300"), from_hex("0000"));
    EXPECT_EQ(compute_hex("", "02", "0300"), from_hex("0000"));
}
TEST(ModularExponentiation, BaseEqualToModulusGivesZero) {
    EXPECT_EQ(compute_hex("07", "02", "07"), from_hex("00"));
    EXPECT_EQ(compute_hex("0700", "01", "0700"), from_hex("0000"));
}
TEST(ModularExponentiation, BaseAboveModulusIsReduced) {
    EXPECT_EQ(compute_hex("00e1f505", "01", "b315"), from_hex("5d11"));
    EXPECT_EQ(compute_hex("0a01", "0100", "0701"), from_hex("0300"));
}
TEST(ModularExponentiation, ZerosAboveANumberChangeNothing) {
    EXPECT_EQ(compute_hex("02", "02", "03000000"), from_hex("01000000"));
    EXPECT_EQ(compute_hex("020000000000000000000000", "03", "0700"), from_hex("0100"));
    EXPECT_EQ(compute_hex("05", "0200000000000000000000000000", "07"), from_hex("04"));
}
TEST(ModularExponentiation, ExampleOfSimd0529) {
    EXPECT_EQ(compute_hex("03", "2efcfffffeffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                          "2ffcfffffeffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
              from_hex("0100000000000000000000000000000000000000000000000000000000000000"));
}
TEST(ModularExponentiation, MinusOneAlternatesAtEveryLength) {
    for (std::size_t size = 1; size <= 512; size += size < 80 ? 1 : 27) {
        Bytes modulus(size, 0xff);
        Bytes minus_one = modulus;
        minus_one[0] = 0xfe;
        Bytes one(size, 0);
        one[0] = 1;
        const Bytes odd(9, 0xff);
        EXPECT_EQ(compute(minus_one, odd, modulus), minus_one);
        EXPECT_EQ(compute(minus_one, Bytes{2, 7}, modulus), one);
    }
}
TEST(ModularExponentiation, PowersAddAtEveryWindow) {
    // 2^a modulo 2^4096 - 1 is a power of two again, with the exponent modulo 4096.
    const Bytes modulus(512, 0xff);
    for (std::size_t size = 1; size <= 512; size += 29) {
        Bytes exponent(size);
        for (std::size_t i = 0; i < size; ++i) exponent[i] = static_cast<std::uint8_t>(37 * i + 91);
        const std::size_t bit = (exponent[0] + (size > 1 ? 256u * exponent[1] : 0u)) % 4096;
        Bytes expected(512, 0);
        expected[bit / 8] = static_cast<std::uint8_t>(1u << (bit % 8));
        EXPECT_EQ(compute(Bytes{2}, exponent, modulus), expected) << size;
    }
}

TEST(ModularExponentiation, SolanaSdkCases) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/bigmodexp/solana_sdk_big_mod_exp_cases.json");
    for (const auto& test : tests::read_json(path)) {
        const Bytes modulus = reversed(tests::hex_field(test, "Modulus"));
        const auto result = compute(reversed(tests::hex_field(test, "Base")),
                                    reversed(tests::hex_field(test, "Exponent")), modulus);
        ASSERT_EQ(result.has_value(), !is_refused(modulus));
        if (result) {
            EXPECT_EQ(*result, reversed(tests::hex_field(test, "Expected")));
        }
    }
}

/// Three lengths of 32 bytes, then the numbers, all big-endian; what is missing is zero.
void expect_ethereum_case(const nlohmann::json& test) {
    Bytes input = tests::hex_field(test, "Input");
    std::size_t at = 96;
    std::size_t field = 0;
    const auto next = [&] {
        const std::size_t offset = 32 * field++;
        const std::size_t length = input[offset + 30] * 256u + input[offset + 31];
        if (input.size() < at + length) input.resize(at + length);
        const auto start = input.begin() + static_cast<std::ptrdiff_t>(at);
        at += length;
        return reversed(Bytes(start, start + static_cast<std::ptrdiff_t>(length)));
    };
    const Bytes base = next();
    const Bytes exponent = next();
    const Bytes modulus = next();
    const auto result = compute(base, exponent, modulus);
    const bool is_long = std::max({base.size(), exponent.size(), modulus.size()}) > 512;
    ASSERT_EQ(result.has_value(), !is_long && !is_refused(modulus)) << test.at("Name");
    if (result) {
        EXPECT_EQ(*result, reversed(tests::hex_field(test, "Expected"))) << test.at("Name");
    }
}

TEST(ModularExponentiation, EthereumCases) {
    for (const char* name : {"ethereum_modexp.json", "ethereum_modexp_eip2565.json"}) {
        FATHOM_REQUIRE_SHARED(path, std::string("data/crypto/bigmodexp/") + name);
        for (const auto& test : tests::read_json(path)) expect_ethereum_case(test);
    }
}

} // namespace
} // namespace fathom::crypto

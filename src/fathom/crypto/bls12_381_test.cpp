// SPDX-License-Identifier: Apache-2.0
// BLS12-381: vectors of the syscall crate, go-ethereum and zkcrypto, and encodings at the edges.
#include "fathom/crypto/bls12_381.hpp"
#include "fathom/crypto/bls12_381_pairing.hpp"
#include "fathom/crypto/field_encoding.hpp"
#include "tests/support/test_vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace fathom::crypto {
namespace {

using tests::from_hex;
using tests::to_hex;

constexpr auto kBig = ByteOrder::Big;
constexpr auto kLittle = ByteOrder::Little;

/// The generators in the order of Zcash; of G2 x.c1, x.c0, y.c1, y.c0.
const std::string kG1X = "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
                         "6c55e83ff97a1aeffb3af00adb22c6bb";
const std::string kG1Y = "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3ed"
                         "d03cc744a2888ae40caa232946c5e7e1";
const std::string kG1 = kG1X + kG1Y;
const std::string kG2 = "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049"
                        "334cf11213945d57e5ac7d055d042b7e"
                        "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d177"
                        "0bac0326a805bbefd48056c8c121bdb8"
                        "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab"
                        "3f370d275cec1da1aaa9075ff05f79be"
                        "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c"
                        "923ac9cc3baca289e193548608b82801";
const std::string kModulus = "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
                             "1eabfffeb153ffffb9feffffffffaaab";
const std::string kOrder = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
const std::string kOrderMinusOne =
    "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000";
const std::string kZero(96, '0');
const std::string kG1Identity = "4" + std::string(191, '0');
const std::string kG2Identity = "4" + std::string(383, '0');

std::string scalar(std::uint64_t value) {
    std::array<std::uint8_t, 32> bytes{};
    store_le(bytes.data() + 24, __builtin_bswap64(value));
    return to_hex(bytes);
}

template <std::size_t Size> std::span<const std::uint8_t, Size> fixed(ByteView bytes) {
    EXPECT_EQ(bytes.size(), Size);
    return bytes.first<Size>();
}

template <std::size_t Size>
std::string text(const std::optional<std::array<std::uint8_t, Size>>& bytes) {
    return bytes ? to_hex(*bytes) : "invalid";
}

std::string with_flags(std::string hex, std::uint8_t flags) {
    Bytes bytes = from_hex(hex);
    bytes[0] |= flags;
    return to_hex(bytes);
}

/// Every run of `size` bytes reversed: from one byte order to the other.
Bytes swapped(Bytes bytes, std::size_t size) {
    for (std::size_t i = 0; i + size <= bytes.size(); i += size) {
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                     bytes.begin() + static_cast<std::ptrdiff_t>(i + size));
    }
    return bytes;
}

bool is_valid_g1(const std::string& point) {
    const Bytes bytes = from_hex(point);
    const bool is_valid = bls12_381_g1_is_valid(fixed<96>(bytes), kBig);
    EXPECT_EQ(bls12_381_g1_is_valid(fixed<96>(swapped(bytes, 48)), kLittle), is_valid);
    return is_valid;
}
bool is_valid_g2(const std::string& point) {
    const Bytes bytes = from_hex(point);
    const bool is_valid = bls12_381_g2_is_valid(fixed<192>(bytes), kBig);
    EXPECT_EQ(bls12_381_g2_is_valid(fixed<192>(swapped(bytes, 96)), kLittle), is_valid);
    return is_valid;
}

std::string add_g1(const std::string& left, const std::string& right) {
    return text(bls12_381_g1_add(fixed<96>(from_hex(left)), fixed<96>(from_hex(right)), kBig));
}
std::string subtract_g1(const std::string& left, const std::string& right) {
    return text(bls12_381_g1_subtract(fixed<96>(from_hex(left)), fixed<96>(from_hex(right)), kBig));
}
std::string add_g2(const std::string& left, const std::string& right) {
    return text(bls12_381_g2_add(fixed<192>(from_hex(left)), fixed<192>(from_hex(right)), kBig));
}
std::string subtract_g2(const std::string& left, const std::string& right) {
    return text(
        bls12_381_g2_subtract(fixed<192>(from_hex(left)), fixed<192>(from_hex(right)), kBig));
}
std::string multiply_g1(const std::string& factor, const std::string& point) {
    return text(
        bls12_381_g1_multiply(fixed<32>(from_hex(factor)), fixed<96>(from_hex(point)), kBig));
}
std::string multiply_g2(const std::string& factor, const std::string& point) {
    return text(
        bls12_381_g2_multiply(fixed<32>(from_hex(factor)), fixed<192>(from_hex(point)), kBig));
}
std::string decompress_g1(const std::string& point) {
    return text(bls12_381_g1_decompress(fixed<48>(from_hex(point)), kBig));
}
std::string decompress_g2(const std::string& point) {
    return text(bls12_381_g2_decompress(fixed<96>(from_hex(point)), kBig));
}
std::string pairing(const std::string& g1_points, const std::string& g2_points) {
    return text(bls12_381_pairing(from_hex(g1_points), from_hex(g2_points), kBig));
}

const std::string kGtOne = std::string(1151, '0') + "1";

/// Points of the curve and of the twist outside the groups: the cofactors are large.
bls12_381::G1 curve_point() {
    using bls12_381::Fp;
    for (std::uint64_t i = 1;; ++i) {
        const Fp x = Fp::from_u64(i);
        if (const auto y = (x.square() * x + bls12_381::kG1B).square_root()) {
            return bls12_381::G1::at(x, *y);
        }
    }
}
bls12_381::G2 twist_point() {
    using bls12_381::Fp;
    for (std::uint64_t i = 0;; ++i) {
        const bls12_381::Fp2 x{Fp::one(), Fp::from_u64(i)};
        if (const auto y = (x.square() * x + bls12_381::kG2B).square_root()) {
            return bls12_381::G2::at(x, *y);
        }
    }
}

template <class Field> std::string encode(const AffinePoint<Field>& point) {
    std::array<std::uint8_t, 2 * kEncodedSize<Field>> bytes;
    FieldEncoding<Field>::encode(point.x, bytes.data(), kBig);
    FieldEncoding<Field>::encode(point.y, bytes.data() + kEncodedSize<Field>, kBig);
    return to_hex(bytes);
}

// The vectors of solana-bls12-381-syscall, named <group>_<operation>_<what>.
class SyscallVector {
public:
    SyscallVector(const nlohmann::json& json, ByteOrder order)
        : json_(json), order_(order), suffix_(order == kBig ? "_be" : "_le"),
          input_(tests::hex_field(json, ("input" + suffix_).c_str())) {}

    std::string expected() const {
        if (json_.contains("expected"))
            return json_.at("expected").get<bool>() ? "valid" : "invalid";
        return json_.value("output" + suffix_, std::string("invalid"));
    }

    std::string result(const std::string& name) const {
        if (name.starts_with("PAIRING")) return pair();
        const bool is_g1 = name.starts_with("G1");
        const std::string operation = name.substr(3, name.find('_', 3) - 3);
        return is_g1 ? in_g1(operation) : in_g2(operation);
    }

private:
    template <std::size_t Size> std::span<const std::uint8_t, Size> part(std::size_t at) const {
        return fixed<Size>(ByteView(input_).subspan(at, Size));
    }

    std::string pair() const {
        const std::size_t count = input_.size() / 288;
        const ByteView bytes(input_);
        return text(bls12_381_pairing(bytes.first(96 * count), bytes.subspan(96 * count), order_));
    }

    std::string in_g1(const std::string& operation) const {
        if (operation == "ADD") return text(bls12_381_g1_add(part<96>(0), part<96>(96), order_));
        if (operation == "SUB") {
            return text(bls12_381_g1_subtract(part<96>(0), part<96>(96), order_));
        }
        if (operation == "MUL") {
            return text(bls12_381_g1_multiply(part<32>(96), part<96>(0), order_));
        }
        if (operation == "DECOMPRESS") return text(bls12_381_g1_decompress(part<48>(0), order_));
        return bls12_381_g1_is_valid(part<96>(0), order_) ? "valid" : "invalid";
    }

    std::string in_g2(const std::string& operation) const {
        if (operation == "ADD") return text(bls12_381_g2_add(part<192>(0), part<192>(192), order_));
        if (operation == "SUB") {
            return text(bls12_381_g2_subtract(part<192>(0), part<192>(192), order_));
        }
        if (operation == "MUL") {
            return text(bls12_381_g2_multiply(part<32>(192), part<192>(0), order_));
        }
        if (operation == "DECOMPRESS") return text(bls12_381_g2_decompress(part<96>(0), order_));
        return bls12_381_g2_is_valid(part<192>(0), order_) ? "valid" : "invalid";
    }

    const nlohmann::json& json_;
    ByteOrder order_;
    std::string suffix_;
    Bytes input_;
};

TEST(Bls12, AgreesWithTheSyscallVectors) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/bls12_381/solana_bls12_381_syscall_vectors.json");
    for (const auto& json : tests::read_json(path)) {
        const auto name = json.at("case").get<std::string>();
        for (const auto order : {kBig, kLittle}) {
            const SyscallVector vector(json, order);
            EXPECT_EQ(vector.result(name), vector.expected()) << name;
        }
    }
}

/// From EIP-2537: coordinates padded to 64 bytes, c0 first, all zeros for the identity. nullopt if
/// the padding is not zero.
std::optional<std::string> from_ethereum(const std::string& hex, std::size_t coordinates) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < coordinates; ++i) {
        if (hex.substr(128 * i, 32) != std::string(32, '0')) return std::nullopt;
        parts.push_back(hex.substr(128 * i + 32, 96));
    }
    if (coordinates == 4) {
        std::swap(parts[0], parts[1]);
        std::swap(parts[2], parts[3]);
    }
    std::string point;
    for (const auto& part : parts) point += part;
    if (point == std::string(point.size(), '0')) point[0] = '4';
    return point;
}

const std::string kEthereum = "data/crypto/bls12_381/ethereum_";

TEST(Bls12, AddsInG1AsTheEthereumVectorsSay) {
    FATHOM_REQUIRE_SHARED(path, kEthereum + "blsG1Add.json");
    for (const auto& vector : tests::read_json(path)) {
        const auto input = vector.at("Input").get<std::string>();
        EXPECT_EQ(add_g1(*from_ethereum(input, 2), *from_ethereum(input.substr(256), 2)),
                  *from_ethereum(vector.at("Expected"), 2))
            << vector.at("Name");
    }
}

TEST(Bls12, AddsInG2AsTheEthereumVectorsSay) {
    FATHOM_REQUIRE_SHARED(path, kEthereum + "blsG2Add.json");
    for (const auto& vector : tests::read_json(path)) {
        const auto input = vector.at("Input").get<std::string>();
        EXPECT_EQ(add_g2(*from_ethereum(input, 4), *from_ethereum(input.substr(512), 4)),
                  *from_ethereum(vector.at("Expected"), 4))
            << vector.at("Name");
    }
}

/// Scalars there need not be reduced; here they must.
TEST(Bls12, MultipliesInG1AsTheEthereumVectorsSay) {
    FATHOM_REQUIRE_SHARED(path, kEthereum + "blsG1Mul.json");
    for (const auto& vector : tests::read_json(path)) {
        const auto input = vector.at("Input").get<std::string>();
        const auto factor = input.substr(256);
        const auto expected =
            factor < kOrder ? *from_ethereum(vector.at("Expected"), 2) : "invalid";
        EXPECT_EQ(multiply_g1(factor, *from_ethereum(input, 2)), expected) << vector.at("Name");
    }
}

TEST(Bls12, MultipliesInG2AsTheEthereumVectorsSay) {
    FATHOM_REQUIRE_SHARED(path, kEthereum + "blsG2Mul.json");
    for (const auto& vector : tests::read_json(path)) {
        const auto input = vector.at("Input").get<std::string>();
        const auto factor = input.substr(512);
        const auto expected =
            factor < kOrder ? *from_ethereum(vector.at("Expected"), 4) : "invalid";
        EXPECT_EQ(multiply_g2(factor, *from_ethereum(input, 4)), expected) << vector.at("Name");
    }
}

/// "one", "other" or "invalid"; nullopt if a point cannot be converted.
std::optional<std::string> pairing_from_ethereum(const std::string& input) {
    std::string g1_points;
    std::string g2_points;
    for (std::size_t i = 0; i < input.size(); i += 768) {
        const auto g1 = from_ethereum(input.substr(i), 2);
        const auto g2 = from_ethereum(input.substr(i + 256), 4);
        if (!g1 || !g2) return std::nullopt;
        g1_points += *g1;
        g2_points += *g2;
    }
    const std::string value = pairing(g1_points, g2_points);
    return value == kGtOne ? "one" : value == "invalid" ? value : "other";
}

TEST(Bls12, PairsAsTheEthereumVectorsSay) {
    FATHOM_REQUIRE_SHARED(path, kEthereum + "blsPairing.json");
    for (const auto& vector : tests::read_json(path)) {
        const auto input = vector.at("Input").get<std::string>();
        const bool is_one = vector.at("Expected").get<std::string>().ends_with('1');
        const std::string expected = input.size() / 768 > 8 ? "invalid" : is_one ? "one" : "other";
        EXPECT_EQ(pairing_from_ethereum(input), expected) << vector.at("Name");
    }
}

TEST(Bls12, RefusesWhatTheEthereumVectorsRefuse) {
    FATHOM_REQUIRE_SHARED(g1_path, kEthereum + "fail-blsG1Mul.json");
    FATHOM_REQUIRE_SHARED(g2_path, kEthereum + "fail-blsG2Mul.json");
    FATHOM_REQUIRE_SHARED(add_path, kEthereum + "fail-blsG2Add.json");
    FATHOM_REQUIRE_SHARED(add_g1_path, kEthereum + "fail-blsG1Add.json");
    FATHOM_REQUIRE_SHARED(pairing_path, kEthereum + "fail-blsPairing.json");
    for (const auto& vector : tests::read_json(g1_path)) {
        const auto input = vector.at("Input").get<std::string>();
        if (input.size() != 320) continue;
        if (const auto point = from_ethereum(input, 2)) {
            EXPECT_FALSE(is_valid_g1(*point));
        }
    }
    for (const auto& vector : tests::read_json(g2_path)) {
        const auto input = vector.at("Input").get<std::string>();
        if (const auto point = from_ethereum(input, 4)) {
            EXPECT_FALSE(is_valid_g2(*point));
        }
    }
    for (const auto& vector : tests::read_json(add_path)) {
        const auto input = vector.at("Input").get<std::string>();
        if (input.size() != 1024) continue;
        const auto left = from_ethereum(input, 4);
        const auto right = from_ethereum(input.substr(512), 4);
        if (left && right) {
            EXPECT_EQ(add_g2(*left, *right), "invalid");
        }
    }
    for (const auto& vector : tests::read_json(add_g1_path)) {
        const auto input = vector.at("Input").get<std::string>();
        if (input.size() != 512) continue;
        const auto left = from_ethereum(input, 2);
        const auto right = from_ethereum(input.substr(256), 2);
        if (left && right) {
            EXPECT_EQ(add_g1(*left, *right), "invalid");
        }
    }
    for (const auto& vector : tests::read_json(pairing_path)) {
        const auto input = vector.at("Input").get<std::string>();
        if (input.empty() || input.size() % 768 != 0) continue;
        EXPECT_EQ(pairing_from_ethereum(input).value_or("invalid"), "invalid");
    }
}

/// The files hold the identity and then the multiples 1 to 999 of the generator. All are added up;
/// every thirtieth is decompressed.
TEST(Bls12, ReadsTheZkcryptoMultiplesOfTheG1Generator) {
    const std::string folder = "data/crypto/bls12_381/zkcrypto/";
    FATHOM_REQUIRE_SHARED(path, folder + "g1_uncompressed_valid_test_vectors.dat");
    FATHOM_REQUIRE_SHARED(small_path, folder + "g1_compressed_valid_test_vectors.dat");
    const Bytes points = tests::read_bytes(path);
    const Bytes small = tests::read_bytes(small_path);
    ASSERT_EQ(points.size(), 96'000u);
    std::string sum = kG1Identity;
    for (std::size_t i = 0; i < 1000; ++i) {
        ASSERT_EQ(to_hex(ByteView(points).subspan(96 * i, 96)), sum) << i;
        if (i % 30 == 0) {
            EXPECT_EQ(decompress_g1(to_hex(ByteView(small).subspan(48 * i, 48))), sum);
        }
        sum = add_g1(sum, kG1);
    }
}

TEST(Bls12, ReadsTheZkcryptoMultiplesOfTheG2Generator) {
    const std::string folder = "data/crypto/bls12_381/zkcrypto/";
    FATHOM_REQUIRE_SHARED(path, folder + "g2_uncompressed_valid_test_vectors.dat");
    FATHOM_REQUIRE_SHARED(small_path, folder + "g2_compressed_valid_test_vectors.dat");
    const Bytes points = tests::read_bytes(path);
    const Bytes small = tests::read_bytes(small_path);
    ASSERT_EQ(points.size(), 192'000u);
    std::string sum = kG2Identity;
    for (std::size_t i = 0; i < 1000; ++i) {
        ASSERT_EQ(to_hex(ByteView(points).subspan(192 * i, 192)), sum) << i;
        if (i % 30 == 0) {
            EXPECT_EQ(decompress_g2(to_hex(ByteView(small).subspan(96 * i, 96))), sum);
        }
        sum = add_g2(sum, kG2);
    }
}

TEST(Bls12, HashedPointsOfWycheproofAreInG2) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/bls12_381/wycheproof_bls_hash_to_g2_test.json");
    const auto file = tests::read_json(path);
    for (const auto& group : file.at("testGroups")) {
        for (const auto& test : group.at("tests")) {
            const std::string point = decompress_g2(test.at("expected"));
            ASSERT_NE(point, "invalid");
            EXPECT_TRUE(is_valid_g2(point));
        }
    }
}

TEST(Bls12, GeneratorsAreValidAndSoIsTheIdentity) {
    EXPECT_TRUE(is_valid_g1(kG1));
    EXPECT_TRUE(is_valid_g2(kG2));
    EXPECT_TRUE(is_valid_g1(kG1Identity));
    EXPECT_TRUE(is_valid_g2(kG2Identity));
}

TEST(Bls12, IdentityHasItsFlagAndNothingElse) {
    EXPECT_FALSE(is_valid_g1(kZero + kZero));
    EXPECT_FALSE(is_valid_g1(with_flags(kG1, 0x40)));
    EXPECT_FALSE(is_valid_g1("40" + std::string(188, '0') + "01"));
    EXPECT_FALSE(is_valid_g1("41" + std::string(190, '0')));
    EXPECT_FALSE(is_valid_g1("60" + std::string(190, '0')));
    EXPECT_FALSE(is_valid_g1("c0" + std::string(190, '0')));
    EXPECT_FALSE(is_valid_g2("40" + std::string(380, '0') + "01"));
    EXPECT_FALSE(is_valid_g2("c0" + std::string(382, '0')));
    EXPECT_EQ(subtract_g1(kG1, kG1), kG1Identity);
    EXPECT_EQ(subtract_g2(kG2, kG2), kG2Identity);
}

TEST(Bls12, UncompressedPointsCarryNoOtherFlag) {
    for (const auto flags : std::to_array<std::uint8_t>({0x80, 0x20, 0xa0})) {
        EXPECT_FALSE(is_valid_g1(with_flags(kG1, flags)));
        EXPECT_FALSE(is_valid_g2(with_flags(kG2, flags)));
        EXPECT_EQ(add_g1(with_flags(kG1, flags), kG1), "invalid");
        EXPECT_FALSE(is_valid_g1(kG1X + with_flags(kG1Y, flags)));
    }
}

TEST(Bls12, CoordinatesAreBelowTheModulus) {
    EXPECT_FALSE(is_valid_g1(kModulus + kG1Y));
    EXPECT_FALSE(is_valid_g1(kG1X + kModulus));
    EXPECT_FALSE(is_valid_g2(kModulus + kG2.substr(96)));
    EXPECT_EQ(add_g1(kG1X + kModulus, kG1), "invalid");
    EXPECT_EQ(decompress_g1(with_flags(kModulus, 0x80)), "invalid");
    EXPECT_EQ(decompress_g2(with_flags(kZero, 0x80) + kModulus), "invalid");
}

TEST(Bls12, PointsOutsideTheGroupCanOnlyBeAdded) {
    const std::string g1 = encode(curve_point());
    const std::string g2 = encode(twist_point());
    EXPECT_FALSE(is_valid_g1(g1));
    EXPECT_FALSE(is_valid_g2(g2));
    EXPECT_EQ(add_g1(g1, kG1Identity), g1);
    EXPECT_EQ(subtract_g2(add_g2(g2, kG2), kG2), g2);
    EXPECT_EQ(multiply_g1(scalar(1), g1), "invalid");
    EXPECT_EQ(multiply_g2(scalar(1), g2), "invalid");
    EXPECT_EQ(pairing(g1, kG2), "invalid");
    EXPECT_EQ(pairing(kG1, g2), "invalid");
    EXPECT_EQ(pairing(kG1Identity, g2), "invalid");
}

TEST(Bls12, GroupTestsAgreeWithTheOrder) {
    const auto g1 = curve_point();
    EXPECT_FALSE(multiply(g1, bls12_381::kOrder).is_identity());
    EXPECT_FALSE(bls12_381::is_in_group(g1));
    // (z + 1)·P is in G1 for every P of the curve, as the curve's exponent is (z + 1)·r.
    const std::array<std::uint64_t, 1> cofactor{bls12_381::kZ + 1};
    const auto cleared = multiply(g1, cofactor).to_affine();
    EXPECT_FALSE(cleared.is_identity);
    EXPECT_TRUE(multiply(cleared, bls12_381::kOrder).is_identity());
    EXPECT_TRUE(bls12_381::is_in_group(cleared));
    EXPECT_FALSE(multiply(twist_point(), bls12_381::kOrder).is_identity());
    EXPECT_FALSE(bls12_381::is_in_group(twist_point()));
}

// blst's deserialisation refuses x = 0 even where it does not test the group (e1.c).
TEST(Bls12, PointOfOrderThreeIsRefusedEvenInAdditions) {
    const std::string point = kZero + std::string(95, '0') + "2";
    EXPECT_EQ(add_g1(point, kG1), "invalid");
    EXPECT_EQ(subtract_g1(kG1, point), "invalid");
    EXPECT_EQ(decompress_g1(with_flags(kZero, 0x80)), "invalid");
}

TEST(Bls12, ScalarsAreBelowTheOrder) {
    EXPECT_EQ(multiply_g1(kOrder, kG1), "invalid");
    EXPECT_EQ(multiply_g2(kOrder, kG2), "invalid");
    EXPECT_EQ(add_g1(multiply_g1(kOrderMinusOne, kG1), kG1), kG1Identity);
    EXPECT_EQ(add_g2(multiply_g2(kOrderMinusOne, kG2), kG2), kG2Identity);
    EXPECT_EQ(multiply_g1(std::string(64, 'f'), kG1Identity), "invalid");
}

TEST(Bls12, ScalarsFollowTheByteOrder) {
    const Bytes point = swapped(from_hex(kG1), 48);
    const Bytes five = swapped(from_hex(scalar(5)), 32);
    EXPECT_EQ(text(bls12_381_g1_multiply(fixed<32>(five), fixed<96>(point), kLittle)),
              to_hex(swapped(from_hex(multiply_g1(scalar(5), kG1)), 48)));
}

TEST(Bls12, MultiplesByEndomorphismsAgreeWithPlainOnes) {
    const auto g1 = bls12_381::G1::at(*bls12_381::Fp::from_bytes(from_hex(kG1X).data(), kBig),
                                      *bls12_381::Fp::from_bytes(from_hex(kG1Y).data(), kBig));
    constexpr std::uint64_t z = bls12_381::kZ;
    const std::vector<Limbs<4>> integers{{0, 0, 0, 0},
                                         {z - 1, 0, 0, 0},
                                         {z, 0, 0, 0},
                                         {~0ull, ~0ull, 0, 0},
                                         {~0ull, ~0ull, ~0ull, 0x73eda753299d7d47},
                                         {5, 7, 11, 0x1234567812345678}};
    for (const auto& integer : integers) {
        EXPECT_EQ(bls12_381::multiply_in_group(g1, integer), multiply(g1, integer));
    }
}

TEST(Bls12, CompressedPointsNeedTheirFlag) {
    EXPECT_EQ(decompress_g1(with_flags(kG1X, 0x80)), kG1);
    EXPECT_EQ(decompress_g2(with_flags(kG2.substr(0, 192), 0x80)), kG2);
    EXPECT_EQ(decompress_g1(kG1X), "invalid");
    EXPECT_EQ(decompress_g2(kG2.substr(0, 192)), "invalid");
}

TEST(Bls12, SignFlagChoosesTheLargerRoot) {
    EXPECT_EQ(decompress_g1(with_flags(kG1X, 0xa0)), subtract_g1(kG1Identity, kG1));
    EXPECT_EQ(decompress_g2(with_flags(kG2.substr(0, 192), 0xa0)), subtract_g2(kG2Identity, kG2));
}

TEST(Bls12, CompressedIdentityHasNoSign) {
    EXPECT_EQ(decompress_g1("c0" + std::string(94, '0')), kG1Identity);
    EXPECT_EQ(decompress_g2("c0" + std::string(190, '0')), kG2Identity);
    EXPECT_EQ(decompress_g1("e0" + std::string(94, '0')), "invalid");
    EXPECT_EQ(decompress_g1("40" + std::string(94, '0')), "invalid");
    EXPECT_EQ(decompress_g1("c0" + std::string(92, '0') + "01"), "invalid");
}

TEST(Bls12, DecompressionRefusesPointsOutsideTheGroup) {
    const std::string g1 = encode(curve_point()).substr(0, 96);
    const std::string g2 = encode(twist_point()).substr(0, 192);
    EXPECT_EQ(decompress_g1(with_flags(g1, 0x80)), "invalid");
    EXPECT_EQ(decompress_g2(with_flags(g2, 0x80)), "invalid");
}

TEST(Bls12, PairingOfNothingOrOfAnIdentityIsOne) {
    EXPECT_EQ(pairing("", ""), kGtOne);
    EXPECT_EQ(pairing(kG1Identity, kG2), kGtOne);
    EXPECT_EQ(pairing(kG1, kG2Identity), kGtOne);
    EXPECT_EQ(pairing(kG1 + kG1Identity, kG2 + kG2), pairing(kG1, kG2));
}

TEST(Bls12, PairingIsBilinear) {
    const std::string left = pairing(multiply_g1(scalar(77), kG1), multiply_g2(scalar(1000), kG2));
    EXPECT_EQ(left, pairing(multiply_g1(scalar(77'000), kG1), kG2));
    EXPECT_EQ(left, pairing(kG1, multiply_g2(scalar(77'000), kG2)));
    EXPECT_NE(left, pairing(kG1, multiply_g2(scalar(77'001), kG2)));
    EXPECT_EQ(pairing(kG1 + subtract_g1(kG1Identity, kG1), kG2 + kG2), kGtOne);
}

TEST(Bls12, PairingTakesEightPairs) {
    std::string g1;
    std::string g2;
    for (int i = 0; i < 8; ++i) {
        g1 += kG1;
        g2 += kG2;
    }
    EXPECT_EQ(pairing(g1, g2), pairing(multiply_g1(scalar(8), kG1), kG2));
    EXPECT_EQ(pairing(g1 + kG1, g2 + kG2), "invalid");
    EXPECT_EQ(pairing(g1, kG2), "invalid");
    EXPECT_EQ(pairing(kG1.substr(2), kG2), "invalid");
}

TEST(Bls12, GtBigEndianIsTheReverseOfLittleEndian) {
    const auto little =
        bls12_381_pairing(swapped(from_hex(kG1), 48), swapped(from_hex(kG2), 96), kLittle);
    ASSERT_TRUE(little.has_value());
    Bytes big(little->rbegin(), little->rend());
    EXPECT_EQ(to_hex(big), pairing(kG1, kG2));
}

} // namespace
} // namespace fathom::crypto

// SPDX-License-Identifier: Apache-2.0
// secp256k1 recovery and P-256 verification: which inputs are refused where, and outside vectors.
#include "fathom/crypto/keccak.hpp"
#include "fathom/crypto/keccak256.hpp"
#include "fathom/crypto/secp256k1.hpp"
#include "fathom/crypto/secp256r1.hpp"
#include "fathom/crypto/sha256.hpp"
#include "tests/support/test_vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace fathom::crypto {
namespace {

using tests::from_hex;
using tests::hex_field;
using tests::read_json;
using tests::to_hex;

const char* const kOrderK1 = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
const char* const kOrderR1 = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const char* const kHalfOrderPlusOneR1 =
    "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a9";
const std::string kZero(64, '0');
const std::string kOne = std::string(62, '0') + "01";

Secp256k1Error recovery_error(std::uint64_t recovery_id, const std::string& signature) {
    const Bytes hash(32, 1);
    const auto key = secp256k1_recover(hash.data(), recovery_id, from_hex(signature).data());
    EXPECT_FALSE(key.has_value());
    return key.has_value() ? Secp256k1Error{} : key.error();
}

TEST(Secp256k1, RefusesRecoveryIdsAboveThreeFirst) {
    EXPECT_EQ(recovery_error(4, kOrderK1 + kOne), Secp256k1Error::InvalidRecoveryId);
    EXPECT_EQ(recovery_error(std::uint64_t{1} << 32, kOne + kOne),
              Secp256k1Error::InvalidRecoveryId);
}

TEST(Secp256k1, RefusesRAndSThatReachTheOrder) {
    EXPECT_EQ(recovery_error(0, kOrderK1 + kOne), Secp256k1Error::MalformedSignature);
    EXPECT_EQ(recovery_error(0, kOne + kOrderK1), Secp256k1Error::MalformedSignature);
    EXPECT_FALSE(secp256k1_signature_parses(from_hex(kOne + kOrderK1).data()));
}

TEST(Secp256k1, ZeroParsesButDoesNotRecover) {
    EXPECT_TRUE(secp256k1_signature_parses(from_hex(kZero + kZero).data()));
    EXPECT_EQ(recovery_error(0, kZero + kOne), Secp256k1Error::RecoveryFailed);
    EXPECT_EQ(recovery_error(0, kOne + kZero), Secp256k1Error::RecoveryFailed);
}

TEST(Secp256k1, RefusesXBeyondTheFieldAndXWithoutAPoint) {
    // With bit 1 of the id, x is r + n, which must stay below p: this r is p - n. No point has x
    // = 5.
    const std::string large_r = "000000000000000000000000000000014551231950b75fc4402da1722fc9baee";
    EXPECT_EQ(recovery_error(2, large_r + kOne), Secp256k1Error::RecoveryFailed);
    EXPECT_EQ(recovery_error(0, std::string(63, '0') + "5" + kOne), Secp256k1Error::RecoveryFailed);
}

TEST(Secp256k1, RecoversTheAddressOfTheEthereumVector) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/secp256k1/ethereum_ecRecover.json");
    const auto item = read_json(path).at(0);
    const Bytes input = hex_field(item, "Input");
    const auto key = secp256k1_recover(input.data(), input[63] - 27u, input.data() + 64);
    ASSERT_TRUE(key.has_value());
    const auto digest = keccak256(*key);
    EXPECT_EQ("000000000000000000000000" + to_hex(ByteView(digest).subspan(12)),
              item.at("Expected").get<std::string>());
}

/// Whether one of the four ids recovers this key.
bool recovers(const Sha256Digest& hash, const Bytes& signature, const Bytes& key64) {
    for (std::uint64_t id = 0; id < 4; ++id) {
        const auto key = secp256k1_recover(hash.data(), id, signature.data());
        if (key && std::equal(key->begin(), key->end(), key64.begin(), key64.end())) return true;
    }
    return false;
}

TEST(Secp256k1, WycheproofSignaturesRecoverTheirKeyExactlyIfValid) {
    FATHOM_REQUIRE_SHARED(
        path, "data/crypto/secp256k1/wycheproof_ecdsa_secp256k1_sha256_p1363_test.json");
    std::size_t count = 0;
    const auto file = read_json(path);
    for (const auto& group : file.at("testGroups")) {
        Bytes key = hex_field(group.at("publicKey"), "uncompressed");
        key.erase(key.begin());
        for (const auto& item : group.at("tests")) {
            const Bytes signature = hex_field(item, "sig");
            if (signature.size() != 64) continue;
            EXPECT_EQ(recovers(sha256(hex_field(item, "msg")), signature, key),
                      item.at("result") == "valid")
                << item.at("tcId");
            ++count;
        }
    }
    EXPECT_GT(count, 150u);
}

/// The integer at `offset` of a DER signature as 32 bytes, and `offset` behind it; nullopt if it is
/// not written as DER demands, negative or longer than 32 bytes.
std::optional<Bytes> der_integer(const Bytes& der, std::size_t& offset) {
    if (offset + 2 > der.size() || der[offset] != 2 || der[offset + 1] == 0) return std::nullopt;
    const std::size_t size = der[offset + 1];
    const auto start = der.begin() + static_cast<std::ptrdiff_t>(offset) + 2;
    offset += 2 + size;
    if (size > 33 || offset > der.size() || start[0] >= 0x80) return std::nullopt;
    if (size > 1 && start[0] == 0 && start[1] < 0x80) return std::nullopt;
    const std::size_t leading = size == 33 ? 1 : 0;
    if (leading == 1 && start[0] != 0) return std::nullopt;
    Bytes integer(32);
    std::copy_n(start + static_cast<std::ptrdiff_t>(leading), size - leading,
                integer.end() - static_cast<std::ptrdiff_t>(size - leading));
    return integer;
}

/// r ‖ s of a DER signature; nullopt if it is not DER or its integers do not fit.
std::optional<Bytes> from_der(const Bytes& der) {
    if (der.size() < 2 || der[0] != 0x30 || der[1] != der.size() - 2) return std::nullopt;
    std::size_t offset = 2;
    auto r = der_integer(der, offset);
    const auto s = r ? der_integer(der, offset) : std::nullopt;
    if (!s || offset != der.size()) return std::nullopt;
    r->insert(r->end(), s->begin(), s->end());
    return r;
}

Sha256Digest sha3_256(ByteView bytes) {
    KeccakSponge sponge(136, 0x06);
    sponge.absorb(bytes);
    Sha256Digest digest;
    sponge.squeeze(digest);
    return digest;
}

TEST(Secp256k1, WycheproofSignaturesOverSha3RecoverTheirKeyExactlyIfValid) {
    FATHOM_REQUIRE_SHARED(path,
                          "data/crypto/secp256k1/wycheproof_ecdsa_secp256k1_sha3_256_test.json");
    std::size_t valid = 0;
    std::size_t invalid = 0;
    const auto file = read_json(path);
    for (const auto& group : file.at("testGroups")) {
        Bytes key = hex_field(group.at("publicKey"), "uncompressed");
        key.erase(key.begin());
        for (const auto& item : group.at("tests")) {
            const bool is_valid = item.at("result") == "valid";
            const auto signature = from_der(hex_field(item, "sig"));
            ASSERT_TRUE(signature || !is_valid) << item.at("tcId");
            if (!signature) continue;
            EXPECT_EQ(recovers(sha3_256(hex_field(item, "msg")), *signature, key), is_valid)
                << item.at("tcId");
            ++(is_valid ? valid : invalid);
        }
    }
    EXPECT_EQ(valid, 131u);
    EXPECT_GT(invalid, 20u);
}

Bytes compressed(const Bytes& uncompressed) {
    Bytes key(uncompressed.begin(), uncompressed.begin() + 33);
    key[0] = static_cast<std::uint8_t>(2 + uncompressed[64] % 2);
    return key;
}

/// The base point of P-256.
const Bytes kBaseR1 =
    from_hex("036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");

Secp256r1Error verify_error(const Bytes& key, const std::string& signature) {
    const auto verdict = secp256r1_verify(key.data(), from_hex(signature).data(), {});
    EXPECT_FALSE(verdict.has_value());
    return verdict.has_value() ? Secp256r1Error{} : verdict.error();
}

TEST(Secp256r1, RefusesRAndSOutOfRangeBeforeTheKey) {
    const Bytes bad_key(33, 0xff);
    using enum Secp256r1Error;
    EXPECT_EQ(verify_error(bad_key, kZero + kOne), SignatureOutOfRange);
    EXPECT_EQ(verify_error(bad_key, kOne + kZero), SignatureOutOfRange);
    EXPECT_EQ(verify_error(bad_key, kOrderR1 + kOne), SignatureOutOfRange);
    EXPECT_EQ(verify_error(bad_key, kOne + kHalfOrderPlusOneR1), SignatureOutOfRange);
}

TEST(Secp256r1, RefusesKeysThatAreNotCompressedPoints) {
    using enum Secp256r1Error;
    Bytes uncompressed_tag = kBaseR1;
    uncompressed_tag[0] = 4;
    EXPECT_EQ(verify_error(uncompressed_tag, kOne + kOne), InvalidPublicKey);
    EXPECT_EQ(verify_error(Bytes(33, 0), kOne + kOne), InvalidPublicKey);
    Bytes beyond_field(33, 0xff);
    beyond_field[0] = 2;
    EXPECT_EQ(verify_error(beyond_field, kOne + kOne), InvalidPublicKey);
    EXPECT_EQ(verify_error(kBaseR1, kOne + kOne), VerificationFailed);
}

TEST(Secp256r1, WycheproofWithLowS) {
    FATHOM_REQUIRE_SHARED(
        path, "data/crypto/secp256r1/wycheproof_ecdsa_secp256r1_sha256_p1363_test.json");
    std::size_t accepted = 0;
    std::size_t high_s = 0;
    const auto file = read_json(path);
    for (const auto& group : file.at("testGroups")) {
        const Bytes key = compressed(hex_field(group.at("publicKey"), "uncompressed"));
        for (const auto& item : group.at("tests")) {
            const Bytes signature = hex_field(item, "sig");
            if (signature.size() != 64) continue;
            const auto verdict =
                secp256r1_verify(key.data(), signature.data(), hex_field(item, "msg"));
            const bool valid = item.at("result") == "valid";
            const bool low = to_hex(ByteView(signature).subspan(32)) < kHalfOrderPlusOneR1;
            EXPECT_EQ(verdict.has_value(), valid && low) << item.at("tcId");
            accepted += valid && low ? 1 : 0;
            high_s += valid && !low ? 1 : 0;
        }
    }
    EXPECT_GT(accepted, 50u);
    EXPECT_GT(high_s, 20u);
}

/// What must come of a signature that is valid but for the rule on s.
bool is_low(const Bytes& signature) {
    return to_hex(ByteView(signature).subspan(32)) < kHalfOrderPlusOneR1;
}

TEST(Secp256r1, WycheproofOfDerSignaturesWithLowS) {
    FATHOM_REQUIRE_SHARED(path,
                          "data/crypto/secp256r1/wycheproof_ecdsa_secp256r1_sha256_test.json");
    std::size_t valid = 0;
    std::size_t invalid = 0;
    const auto file = read_json(path);
    for (const auto& group : file.at("testGroups")) {
        const Bytes key = compressed(hex_field(group.at("publicKey"), "uncompressed"));
        for (const auto& item : group.at("tests")) {
            const bool is_valid = item.at("result") == "valid";
            const auto signature = from_der(hex_field(item, "sig"));
            ASSERT_TRUE(signature || !is_valid) << item.at("tcId");
            if (!signature) continue;
            const auto verdict =
                secp256r1_verify(key.data(), signature->data(), hex_field(item, "msg"));
            EXPECT_EQ(verdict.has_value(), is_valid && is_low(*signature)) << item.at("tcId");
            ++(is_valid ? valid : invalid);
        }
    }
    EXPECT_EQ(valid, 136u);
    EXPECT_GT(invalid, 20u);
}

// Digest, r, s, x, y. The precompile of Ethereum takes a high s.
TEST(Secp256r1, EthereumVectorsWithLowS) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/secp256r1/ethereum_p256Verify.json");
    std::size_t accepted = 0;
    for (const auto& item : read_json(path)) {
        const Bytes input = hex_field(item, "Input");
        ASSERT_EQ(input.size(), 160u);
        const bool is_valid = !item.at("Expected").get<std::string>().empty();
        const Bytes signature(input.begin() + 32, input.begin() + 96);
        Bytes tagged(input.begin() + 95, input.end());
        const auto verdict =
            secp256r1_verify_digest(compressed(tagged).data(), signature.data(), input.data());
        EXPECT_EQ(verdict.has_value(), is_valid && is_low(signature)) << item.at("Name");
        accepted += verdict.has_value() ? 1 : 0;
    }
    EXPECT_EQ(accepted, 232u);
}

} // namespace
} // namespace fathom::crypto

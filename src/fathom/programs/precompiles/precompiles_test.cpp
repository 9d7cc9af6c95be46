// SPDX-License-Identifier: Apache-2.0
// Tests of the precompiles' data layouts, rules and error codes. Expectations follow Agave
// precompiles/src.
#include "fathom/base/text.hpp"
#include "fathom/crypto/ed25519.hpp"
#include "fathom/crypto/keccak256.hpp"
#include "fathom/crypto/secp256k1.hpp"
#include "fathom/programs/builtins.hpp"
#include "fathom/programs/precompiles/precompiles.hpp"
#include "fathom/types/program_ids.hpp"
#include "tests/support/program_fixture.hpp"

#include <gtest/gtest.h>

namespace fathom::programs::precompile {
namespace {

using namespace fathom::tests;

constexpr int kOk = -1;
constexpr int kInvalidPublicKey = 0;
constexpr int kInvalidRecoveryId = 1;
constexpr int kInvalidSignature = 2;
constexpr int kInvalidDataOffsets = 3;
constexpr int kInvalidInstructionDataSize = 4;
constexpr std::uint16_t kSelf = 0xffff;

using Verify = Result<void, InstructionError> (*)(ByteView, std::span<const ByteView>,
                                                  const FeatureSet&);

/// The custom code, or kOk.
int code_of(Verify verify, const Bytes& data, const std::vector<Bytes>& others = {}) {
    std::vector<ByteView> datas;
    for (const Bytes& other : others) datas.emplace_back(other);
    const auto result = verify(data, datas, FeatureSet{});
    if (result) return kOk;
    EXPECT_EQ(result.error().kind, InstructionError::Custom);
    return static_cast<int>(result.error().custom_code);
}

struct Offsets {
    std::uint16_t signature = 16;
    std::uint16_t signature_instruction = kSelf;
    std::uint16_t key = 16 + 64;
    std::uint16_t key_instruction = kSelf;
    std::uint16_t message = 16 + 64 + 32;
    std::uint16_t message_size = 5;
    std::uint16_t message_instruction = kSelf;
};

Wire header(std::uint8_t count, const Offsets& at) {
    return Wire()
        .u8(count)
        .u8(0xcc)
        .u16(at.signature)
        .u16(at.signature_instruction)
        .u16(at.key)
        .u16(at.key_instruction)
        .u16(at.message)
        .u16(at.message_size)
        .u16(at.message_instruction);
}

class Ed25519Precompile : public ::testing::Test {
protected:
    Bytes seed_ = Bytes(32, 7);
    std::string_view message_ = "hello";
    crypto::Ed25519PublicKey key_ = crypto::ed25519_public_key(seed_.data());
    crypto::Ed25519Signature signature_ = crypto::ed25519_sign(seed_.data(), as_bytes(message_));

    [[nodiscard]] Bytes data(const Offsets& at = {}, std::uint8_t count = 1) const {
        return header(count, at).raw(signature_).raw(key_).raw(as_bytes(message_));
    }
    [[nodiscard]] int code(const Bytes& bytes, const std::vector<Bytes>& others = {}) const {
        return code_of(verify_ed25519, bytes, others);
    }
};

TEST_F(Ed25519Precompile, AcceptsASignatureInItsOwnData) {
    EXPECT_EQ(code(data()), kOk);
}

TEST_F(Ed25519Precompile, FindsPartsInOtherInstructions) {
    const Bytes other = Wire().raw(signature_).raw(key_).raw(as_bytes(message_));
    const Bytes own = header(1, {.signature = 0,
                                 .signature_instruction = 1,
                                 .key = 64,
                                 .key_instruction = 1,
                                 .message = 96,
                                 .message_instruction = 1});
    EXPECT_EQ(code(own, {{}, other}), kOk);
    EXPECT_EQ(code(own, {other}), kInvalidDataOffsets);
}

TEST_F(Ed25519Precompile, ChecksTheCountAgainstTheData) {
    EXPECT_EQ(code({}), kInvalidInstructionDataSize);
    EXPECT_EQ(code({0}), kInvalidInstructionDataSize);
    EXPECT_EQ(code({0, 0}), kOk);
    EXPECT_EQ(code({0, 0, 0}), kInvalidInstructionDataSize);
    EXPECT_EQ(code({1, 0}), kInvalidInstructionDataSize);
    EXPECT_EQ(code(Bytes(15, 1)), kInvalidInstructionDataSize);
    EXPECT_EQ(code(data({}, 10)), kInvalidInstructionDataSize);
}

TEST_F(Ed25519Precompile, EveryBadRangeIsInvalidDataOffsets) {
    EXPECT_EQ(code(data({.signature = 60})), kInvalidDataOffsets);
    EXPECT_EQ(code(data({.key = 90})), kInvalidDataOffsets);
    EXPECT_EQ(code(data({.message_size = 6})), kInvalidDataOffsets);
    EXPECT_EQ(code(data({.message = 0xffff, .message_size = 0})), kInvalidDataOffsets);
    EXPECT_EQ(code(data({.signature_instruction = 0})), kInvalidDataOffsets);
}

TEST_F(Ed25519Precompile, LooksAtSignatureThenKeyThenMessage) {
    // No point has this y.
    key_.fill(0);
    key_[0] = 2;
    EXPECT_EQ(code(data({.message_size = 6})), kInvalidPublicKey);
    signature_[63] = 0xe0;
    EXPECT_EQ(code(data({.key = 90})), kInvalidSignature);
    EXPECT_EQ(code(data({.message_size = 6})), kInvalidSignature);
}

TEST_F(Ed25519Precompile, RefusesAnotherMessage) {
    message_ = "hullo";
    EXPECT_EQ(code(data()), kInvalidSignature);
}

class Secp256k1Precompile : public ::testing::Test {
protected:
    static constexpr std::uint8_t kDataStart = 12;
    /// Any r and s recover some key, whose address then is the right one.
    Bytes signature_ = made_signature();
    std::uint8_t recovery_id_ = 0;
    std::string_view message_ = "hello";

    struct At {
        std::uint16_t signature = kDataStart;
        std::uint8_t signature_instruction = 0;
        std::uint16_t address = kDataStart + 65;
        std::uint8_t address_instruction = 0;
        std::uint16_t message = kDataStart + 85;
        std::uint16_t message_size = 5;
        std::uint8_t message_instruction = 0;
    };

    static Bytes made_signature() {
        // r is the x of the base point, s is 1.
        Bytes signature =
            *base::from_hex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
        signature.resize(64);
        signature[63] = 1;
        return signature;
    }
    [[nodiscard]] Bytes address() const {
        const auto digest = crypto::keccak256(as_bytes("hello"));
        const auto key = crypto::secp256k1_recover(digest.data(), 0, made_signature().data());
        const auto hashed = crypto::keccak256(*key);
        return {hashed.begin() + 12, hashed.end()};
    }
    [[nodiscard]] Bytes data(const At& at, std::uint8_t count = 1) const {
        return Wire()
            .u8(count)
            .u16(at.signature)
            .u8(at.signature_instruction)
            .u16(at.address)
            .u8(at.address_instruction)
            .u16(at.message)
            .u16(at.message_size)
            .u8(at.message_instruction)
            .raw(signature_)
            .u8(recovery_id_)
            .raw(address())
            .raw(as_bytes(message_));
    }
    /// The data is instruction 0 of the message.
    [[nodiscard]] int code(const Bytes& bytes) const {
        return code_of(verify_secp256k1, bytes, {bytes});
    }
};

TEST_F(Secp256k1Precompile, AcceptsTheAddressOfTheRecoveredKey) {
    EXPECT_EQ(code(data({})), kOk);
    message_ = "hullo";
    EXPECT_EQ(code(data({})), kInvalidSignature);
}

TEST_F(Secp256k1Precompile, ChecksTheCountAgainstTheData) {
    EXPECT_EQ(code({}), kInvalidInstructionDataSize);
    EXPECT_EQ(code({0}), kOk);
    EXPECT_EQ(code({0, 0}), kInvalidInstructionDataSize);
    EXPECT_EQ(code(Bytes(11, 1)), kInvalidInstructionDataSize);
    EXPECT_EQ(code(data({}, 10)), kInvalidInstructionDataSize);
}

TEST_F(Secp256k1Precompile, IndicesAreAbsoluteAndFailDifferently) {
    EXPECT_EQ(code(data({.signature_instruction = 0xff})), kInvalidInstructionDataSize);
    EXPECT_EQ(code(data({.address_instruction = 0xff})), kInvalidDataOffsets);
    EXPECT_EQ(code(data({.message_instruction = 1})), kInvalidDataOffsets);
}

TEST_F(Secp256k1Precompile, EveryBadRangeIsAnInvalidSignature) {
    const auto end = static_cast<std::uint16_t>(data({}).size());
    EXPECT_EQ(code(data({.signature = static_cast<std::uint16_t>(end - 64)})), kInvalidSignature);
    EXPECT_EQ(code(data({.address = static_cast<std::uint16_t>(end - 19)})), kInvalidSignature);
    EXPECT_EQ(code(data({.message_size = 6})), kInvalidSignature);
}

TEST_F(Secp256k1Precompile, LooksAtSignatureThenRecoveryIdThenAddress) {
    recovery_id_ = 4;
    EXPECT_EQ(code(data({.address_instruction = 9})), kInvalidRecoveryId);
    signature_.assign(64, 0xff);
    EXPECT_EQ(code(data({.address_instruction = 9})), kInvalidSignature);
}

class Secp256r1Precompile : public ::testing::Test {
protected:
    // RFC 6979 A.2.5, P-256, SHA-256, message "sample": r. The low s, n - s, follows.
    Bytes signature_ =
        *base::from_hex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716");
    Bytes key_ =
        *base::from_hex("0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6");
    std::string_view message_ = "sample";

    Secp256r1Precompile() {
        signature_.resize(64);
        const Bytes order =
            *base::from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
        const Bytes s =
            *base::from_hex("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
        unsigned borrow = 0;
        for (std::size_t i = 32; i-- > 0;) {
            const unsigned difference = 256u + order[i] - s[i] - borrow;
            signature_[32 + i] = static_cast<std::uint8_t>(difference);
            borrow = difference < 256 ? 1 : 0;
        }
    }
    static Offsets at() { return {.key = 16 + 64, .message = 16 + 64 + 33, .message_size = 6}; }
    [[nodiscard]] Bytes data(const Offsets& offsets, std::uint8_t count = 1) const {
        return header(count, offsets).raw(signature_).raw(key_).raw(as_bytes(message_));
    }
    [[nodiscard]] int code(const Bytes& bytes) const { return code_of(verify_secp256r1, bytes); }
};

TEST_F(Secp256r1Precompile, AcceptsTheVectorOfRfc6979) {
    EXPECT_EQ(code(data(at())), kOk);
    message_ = "sbmple";
    EXPECT_EQ(code(data(at())), kInvalidSignature);
}

TEST_F(Secp256r1Precompile, ChecksTheCountAgainstTheData) {
    EXPECT_EQ(code({}), kInvalidInstructionDataSize);
    EXPECT_EQ(code({1}), kInvalidInstructionDataSize);
    EXPECT_EQ(code({0, 0}), kInvalidInstructionDataSize);
    EXPECT_EQ(code(Bytes(2 + 14 * 9, 9)), kInvalidInstructionDataSize);
    EXPECT_EQ(code(Bytes(15, 1)), kInvalidInstructionDataSize);
}

TEST_F(Secp256r1Precompile, EveryBadRangeComesBeforeEveryBadValue) {
    signature_.assign(64, 0xff);
    key_.assign(33, 0xff);
    Offsets offsets = at();
    offsets.message_size = 7;
    EXPECT_EQ(code(data(offsets)), kInvalidDataOffsets);
    offsets = at();
    offsets.key = 90;
    EXPECT_EQ(code(data(offsets)), kInvalidDataOffsets);
}

TEST_F(Secp256r1Precompile, ChecksTheSignaturesRangeBeforeTheKey) {
    key_.assign(33, 0xff);
    EXPECT_EQ(code(data(at())), kInvalidPublicKey);
    signature_.assign(64, 0);
    EXPECT_EQ(code(data(at())), kInvalidSignature);
}

TEST(Precompiles, AreAlwaysActive) {
    const auto active = precompiles(FeatureSet{});
    ASSERT_EQ(active.size(), 3u);
    EXPECT_EQ(active[0].id, ids::kSecp256k1Program);
    EXPECT_EQ(active[1].id, ids::kEd25519Program);
    EXPECT_EQ(active[2].id, ids::kSecp256r1Program);
}

} // namespace
} // namespace fathom::programs::precompile

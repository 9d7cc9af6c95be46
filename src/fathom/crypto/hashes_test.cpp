// SPDX-License-Identifier: Apache-2.0
// Known answers of every hash function, and agreement of streaming with one-shot hashing.
#include "fathom/crypto/blake3.hpp"
#include "fathom/crypto/blake3_compress.hpp"
#include "fathom/crypto/keccak256.hpp"
#include "fathom/crypto/keccak_rounds.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/crypto/sha256_blocks.hpp"
#include "fathom/crypto/sha3.hpp"
#include "fathom/crypto/sha512.hpp"
#include "fathom/crypto/x86/cpu.hpp"
#include "tests/support/test_vectors.hpp"

#include <gtest/gtest.h>

namespace fathom::crypto {
namespace {

using tests::hex_field;
using tests::read_json;
using tests::to_hex;

Bytes counting_bytes(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i % 251);
    return bytes;
}

/// Calls check(message, digest) for each record of a CAVP response file.
template <class Check> std::size_t for_each_cavp(const std::filesystem::path& path, Check check) {
    std::ifstream file(path);
    std::string key;
    std::string equals;
    std::string value;
    std::size_t bits = 0;
    std::size_t count = 0;
    Bytes message;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        words >> key >> equals >> value;
        if (key == "Len") bits = std::stoul(value);
        if (key == "Msg") message = tests::from_hex(value);
        if (key != "MD") continue;
        message.resize(bits / 8);
        check(message, value);
        key.clear();
        ++count;
    }
    return count;
}

/// Digest of the input cut into pieces of growing size.
template <class Hash> auto hash_in_pieces(ByteView bytes) {
    Hash hash;
    for (std::size_t size = 1; !bytes.empty(); size = size * 3 % 401 + 1) {
        const std::size_t taken = std::min(size, bytes.size());
        hash.update(bytes.first(taken));
        bytes = bytes.subspan(taken);
    }
    return hash.finish();
}

TEST(Sha256, KnownAnswers) {
    EXPECT_EQ(to_hex(sha256({})),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, CavpVectors) {
    for (const char* name : {"cavp_SHA256ShortMsg.rsp", "cavp_SHA256LongMsg.rsp"}) {
        FATHOM_REQUIRE_SHARED(path, std::string("data/crypto/sha256/") + name);
        const std::size_t count =
            for_each_cavp(path, [](ByteView message, const std::string& digest) {
                ASSERT_EQ(to_hex(sha256(message)), digest);
                ASSERT_EQ(to_hex(hash_in_pieces<Sha256>(message)), digest);
            });
        EXPECT_GE(count, 64u);
    }
}

TEST(Sha256, ExtensionsAgreeWithPortableCode) {
    if (!x86::kCpu.sha_ni) GTEST_SKIP() << "needs a processor with the SHA extensions";
    const Bytes blocks = counting_bytes(64 * 7);
    std::array<std::uint32_t, 8> portable{1, 2, 3, 4, 5, 6, 7, 0xffffffff};
    std::array<std::uint32_t, 8> extended = portable;
    detail::sha256_blocks_portable(portable.data(), blocks.data(), 7);
    detail::sha256_blocks_ni(extended.data(), blocks.data(), 7);
    EXPECT_EQ(portable, extended);
}

TEST(Sha512, KnownAnswers) {
    EXPECT_EQ(to_hex(sha512({})),
              "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
              "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
    EXPECT_EQ(to_hex(sha512(as_bytes("abc"))),
              "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
              "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Sha512, CavpVectors) {
    for (const char* name : {"cavp_SHA512ShortMsg.rsp", "cavp_SHA512LongMsg.rsp"}) {
        FATHOM_REQUIRE_SHARED(path, std::string("data/crypto/sha512/") + name);
        const std::size_t count =
            for_each_cavp(path, [](ByteView message, const std::string& digest) {
                ASSERT_EQ(to_hex(sha512(message)), digest);
                ASSERT_EQ(to_hex(hash_in_pieces<Sha512>(message)), digest);
            });
        EXPECT_GE(count, 128u);
    }
}

TEST(Keccak256, KnownAnswersWithOriginalPadding) {
    EXPECT_EQ(to_hex(keccak256({})),
              "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    EXPECT_EQ(to_hex(keccak256(as_bytes("abc"))),
              "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
}

TEST(Keccak256, OutsideVectors) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/keccak256/firedancer_vectors.json");
    for (const auto& item : read_json(path)) {
        const Bytes message = hex_field(item, "msg");
        const auto expected = item.at("keccak256").get<std::string>();
        EXPECT_EQ(to_hex(keccak256(message)), expected);
        EXPECT_EQ(to_hex(hash_in_pieces<Keccak256>(message)), expected);
    }
}

TEST(Keccak256, WidePermutationAgreesWithPortableCode) {
    if (!x86::kCpu.avx512) GTEST_SKIP() << "needs a processor with AVX-512";
    KeccakState portable;
    for (std::size_t i = 0; i < portable.size(); ++i) portable[i] = i * 0x9e3779b97f4a7c15;
    KeccakState wide = portable;
    detail::keccak_rounds(portable);
    detail::keccak_f1600_avx512(wide);
    EXPECT_EQ(wide, portable);
}

TEST(Sha3, KnownAnswersOfSha3And512Bits) {
    EXPECT_EQ(to_hex(sha3_512({})),
              "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
              "15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26");
    EXPECT_EQ(to_hex(sha3_512(as_bytes("abc"))),
              "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
              "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0");
}

TEST(Sha3, ShakeGivesTheSameBytesInAnyPieces) {
    Shake256 whole;
    Bytes expected(300);
    whole.squeeze(expected);
    EXPECT_EQ(to_hex(ByteView(expected).first(32)),
              "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f");
    Shake256 pieces;
    Bytes output(300);
    pieces.squeeze(MutableByteView(output).first(7));
    pieces.squeeze(MutableByteView(output).subspan(7, 129));
    pieces.squeeze(MutableByteView(output).subspan(136));
    EXPECT_EQ(output, expected);
}

TEST(Blake3, KnownAnswers) {
    EXPECT_EQ(to_hex(blake3({})),
              "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
    EXPECT_EQ(to_hex(blake3(as_bytes("abc"))),
              "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85");
}

TEST(Blake3, OfficialVectorsAtEveryTreeShape) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/blake3/test_vectors.json");
    const auto file = read_json(path);
    for (const auto& item : file.at("cases")) {
        const Bytes message = counting_bytes(item.at("input_len").get<std::size_t>());
        const auto expected = item.at("hash").get<std::string>();
        Bytes output(expected.size() / 2);
        blake3_xof(message, output);
        EXPECT_EQ(to_hex(output), expected);
        EXPECT_EQ(to_hex(hash_in_pieces<Blake3>(message)), expected.substr(0, 64));
    }
}

TEST(Blake3, WideCodeAgreesWithPortableCode) {
    if (!x86::kCpu.avx512) GTEST_SKIP() << "needs a processor with AVX-512";
    const Bytes message = counting_bytes(16 * 1024 + 64);
    const std::array<std::uint32_t, 8> chaining{1, 2, 3, 4, 5, 6, 7, 0xffffffff};
    // The counters of the lanes carry into the upper word.
    const std::uint64_t counter = 0xfffffff8;
    Bytes blocks(16 * 64);
    detail::blake3_output_lanes_avx512({chaining.data(), message.data() + 5, counter, 57, 11},
                                       blocks.data());
    for (std::size_t lane = 0; lane < 16; ++lane) {
        const detail::Blake3Input input{chaining.data(), message.data() + 5, counter + lane, 57,
                                        11};
        const auto expected = detail::blake3_compress_portable(input);
        EXPECT_EQ(detail::blake3_compress_avx512(input), expected);
        EXPECT_EQ(std::memcmp(blocks.data() + 64 * lane, expected.data(), 64), 0) << lane;
    }
    detail::Blake3Lanes lanes{{}, 3, counter, 1, 4, 1, 2};
    for (std::size_t i = 0; i < 16; ++i) lanes.input[i] = message.data() + 777 * i;
    std::array<std::uint32_t, 128> values;
    detail::blake3_hash_lanes_avx512(lanes, values.data());
    for (std::size_t lane = 0; lane < 16; ++lane) {
        std::array<std::uint32_t, 16> state{};
        std::copy_n(detail::kBlake3Initial.begin(), 8, state.begin());
        for (std::size_t block = 0; block < 3; ++block) {
            const std::uint32_t flags = 4u + (block == 0 ? 1u : 0u) + (block == 2 ? 2u : 0u);
            state = detail::blake3_compress_portable(
                {state.data(), lanes.input[lane] + 64 * block, counter + lane, 64, flags});
        }
        EXPECT_EQ(std::memcmp(values.data() + 8 * lane, state.data(), 32), 0) << lane;
    }
}

TEST(Blake3, AbsorbingGoesOnAfterADigest) {
    const Bytes message = counting_bytes(5000);
    Blake3 hash;
    hash.update(ByteView(message).first(3000));
    EXPECT_EQ(hash.finish(), blake3(ByteView(message).first(3000)));
    hash.update(ByteView(message).subspan(3000));
    EXPECT_EQ(hash.finish(), blake3(message));
}

} // namespace
} // namespace fathom::crypto

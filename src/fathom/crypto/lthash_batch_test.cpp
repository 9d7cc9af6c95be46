// SPDX-License-Identifier: Apache-2.0
// Many elements of a lattice hash: every engine against one element at a time.
#include "fathom/crypto/lthash_batch.hpp"
#include "tests/support/test_vectors.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace fathom::crypto {
namespace {

Bytes random_bytes(std::mt19937_64& random, std::size_t size) {
    Bytes bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    return bytes;
}

/// In three parts, cut anywhere.
LtHashElement element_of(std::mt19937_64& random, ByteView bytes, bool is_removed = false) {
    const std::size_t first = random() % (bytes.size() + 1);
    const std::size_t second = first + random() % (bytes.size() - first + 1);
    return {{bytes.first(first), bytes.subspan(first, second - first), bytes.subspan(second)},
            is_removed};
}

class LtHashBatch : public testing::TestWithParam<LtHashEngine> {
protected:
    static LtHash applied(std::span<const LtHashElement> elements, LtHash set = {}) {
        lthash_apply_with(GetParam(), set, elements);
        return set;
    }
};

TEST_P(LtHashBatch, OneElementOfEachLengthOfTheTree) {
    std::mt19937_64 random(1);
    // Around every boundary of blocks and chunks, and of what goes a way of its own.
    std::vector<std::size_t> sizes;
    for (std::size_t block = 0; block <= 34; ++block) {
        for (std::size_t size : {64 * block, 64 * block + 1, 64 * block + 63}) {
            sizes.push_back(size);
        }
    }
    for (std::size_t chunks = 2; chunks <= 18; ++chunks) {
        for (std::size_t size : {1024 * chunks - 1, 1024 * chunks, 1024 * chunks + 1}) {
            sizes.push_back(size);
        }
    }
    for (const std::size_t size : sizes) {
        const Bytes bytes = random_bytes(random, size);
        const LtHashElement element = element_of(random, bytes);
        EXPECT_EQ(applied({&element, 1}), LtHash::of(bytes)) << size;
    }
}

TEST_P(LtHashBatch, ElementsOfMixedLengthsAddedAndRemoved) {
    std::mt19937_64 random(2);
    for (const std::size_t number : {2u, 7u, 8u, 15u, 16u, 17u, 40u, 300u}) {
        std::vector<Bytes> bytes;
        std::vector<LtHashElement> elements;
        LtHash expected = LtHash::of(as_bytes("before"));
        const LtHash before = expected;
        for (std::size_t i = 0; i < number; ++i) {
            const std::size_t most = random() % 8 == 0 ? 30000 : 700;
            bytes.push_back(random_bytes(random, random() % most));
        }
        for (const Bytes& each : bytes) {
            const bool is_removed = random() % 2 == 0;
            elements.push_back(element_of(random, each, is_removed));
            if (is_removed) {
                expected -= LtHash::of(each);
            } else {
                expected += LtHash::of(each);
            }
        }
        EXPECT_EQ(applied(elements, before), expected) << number;
    }
}

TEST_P(LtHashBatch, AddingAndRemovingTheSameIsNothing) {
    const Bytes bytes(5000, 7);
    const LtHashElement added{{bytes, {}, {}}, false};
    const LtHashElement removed{{ByteView(), ByteView(), bytes}, true};
    const std::vector<LtHashElement> elements{added, removed};
    EXPECT_EQ(applied(elements), LtHash());
    EXPECT_EQ(applied({}), LtHash());
}

TEST_P(LtHashBatch, OutsideVectors) {
    FATHOM_REQUIRE_SHARED(path, "data/crypto/lthash/vectors.json");
    const auto file = tests::read_json(path);
    for (const auto& vector : file.at("vectors")) {
        const auto input = vector.at("input").get<std::string>();
        const LtHashElement element{{as_bytes(input), {}, {}}};
        EXPECT_EQ(tests::to_hex(applied({&element, 1}).to_bytes()), vector.at("lthash_le_hex"));
    }
}

std::string engine_name(const testing::TestParamInfo<LtHashEngine>& instance) {
    switch (instance.param) {
    case LtHashEngine::Portable: return "Portable";
    case LtHashEngine::Avx2: return "Avx2";
    case LtHashEngine::Avx512: return "Avx512";
    }
    return "";
}

INSTANTIATE_TEST_SUITE_P(Engines, LtHashBatch, testing::ValuesIn(available_lthash_engines()),
                         engine_name);

} // namespace
} // namespace fathom::crypto

// SPDX-License-Identifier: Apache-2.0
// Chains of SHA-256: every engine against OpenSSL, one hash after the other.
#include "fathom/crypto/sha256_chains.hpp"

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <random>
#include <string>

namespace fathom::crypto {
namespace {

Sha256Digest openssl_chain(Sha256Digest value, std::uint64_t count) {
    for (; count != 0; --count) {
        Sha256Digest next;
        SHA256(value.data(), value.size(), next.data());
        value = next;
    }
    return value;
}

std::vector<Sha256Chain> random_chains(std::size_t number, std::uint64_t seed, std::uint64_t most) {
    std::mt19937_64 random(seed);
    std::vector<Sha256Chain> chains(number);
    for (Sha256Chain& chain : chains) {
        for (auto& byte : chain.value) byte = static_cast<std::uint8_t>(random());
        chain.count = random() % (most + 1);
    }
    return chains;
}

class Sha256Chains : public testing::TestWithParam<Sha256ChainEngine> {};

TEST_P(Sha256Chains, EveryNumberOfChainsGivesWhatOpensslGives) {
    for (std::size_t number = 0; number <= 40; ++number) {
        auto chains = random_chains(number, number, 9);
        const auto starts = chains;
        sha256_chains_with(GetParam(), chains);
        for (std::size_t i = 0; i < number; ++i) {
            EXPECT_EQ(chains[i].value, openssl_chain(starts[i].value, starts[i].count))
                << i << " of " << number;
            EXPECT_EQ(chains[i].count, starts[i].count) << i << " of " << number;
        }
    }
}

TEST_P(Sha256Chains, LongAndShortChainsTogether) {
    auto chains = random_chains(23, 7, 60);
    chains[3].count = 1000;
    chains[11].count = 0;
    const auto starts = chains;
    sha256_chains_with(GetParam(), chains);
    for (std::size_t i = 0; i < chains.size(); ++i) {
        EXPECT_EQ(chains[i].value, openssl_chain(starts[i].value, starts[i].count)) << i;
    }
}

std::string engine_name(const testing::TestParamInfo<Sha256ChainEngine>& instance) {
    switch (instance.param) {
    case Sha256ChainEngine::Portable: return "Portable";
    case Sha256ChainEngine::Avx2: return "Avx2";
    case Sha256ChainEngine::Avx512: return "Avx512";
    case Sha256ChainEngine::ShaNi: return "ShaNi";
    }
    return "";
}

INSTANTIATE_TEST_SUITE_P(Engines, Sha256Chains, testing::ValuesIn(available_sha256_chain_engines()),
                         engine_name);

TEST(Sha256ChainsAtRunTime, TheChosenEngineGivesWhatOpensslGives) {
    auto chains = random_chains(5, 3, 20);
    const auto starts = chains;
    sha256_chains(chains);
    for (std::size_t i = 0; i < chains.size(); ++i) {
        EXPECT_EQ(chains[i].value, openssl_chain(starts[i].value, starts[i].count));
    }
}

} // namespace
} // namespace fathom::crypto

// SPDX-License-Identifier: Apache-2.0
// What is recorded of balances. Expected: agave svm/src/transaction_balances.rs.
#include "tests/support/processor_fixture.hpp"

#include <gtest/gtest.h>

namespace fathom {
namespace {

using namespace literals;

constexpr Pubkey kToken = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"_pubkey;
constexpr Pubkey kToken2022 = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"_pubkey;

class BalancesTest : public tests::ProcessorFixture {
protected:
    BalancesTest() {
        options_.collect_balances = true;
        put_program(kProgram);
        put(kToken, ids::kBpfLoader, {});
        put(kMint, kToken, mint(6));
    }

    inline static const Pubkey kMint = key_of(21);
    inline static const Pubkey kTokens = key_of(22);

    static Bytes mint(std::uint8_t decimals, std::size_t size = 82) {
        Bytes data(size);
        data[44] = decimals;
        data[45] = 1;
        if (size > 165) data[165] = 1;
        return data;
    }
    static Bytes tokens(std::uint64_t amount, std::size_t size = 165) {
        Bytes data(size);
        std::ranges::copy(kMint.bytes, data.begin());
        std::ranges::copy(kBob.bytes, data.begin() + 32);
        store_le(data.data() + 64, amount);
        data[108] = 1;
        if (size > 165) data[165] = 2;
        return data;
    }
    /// Calls a program that does nothing and names these accounts.
    RecordedBalances balances(const std::vector<Pubkey>& keys) {
        std::vector<AccountMeta> metas;
        for (const Pubkey& key : keys) metas.push_back({key, false, false});
        const auto effects = run(legacy({call(kProgram, metas)}));
        EXPECT_TRUE(effects.balances);
        return effects.balances.value_or(RecordedBalances{});
    }
};

TEST_F(BalancesTest, AreNotRecordedUnlessAskedFor) {
    options_.collect_balances = false;
    EXPECT_FALSE(run(legacy({transfer(kPayer, kBob, kSol)})).balances);
}

TEST_F(BalancesTest, LamportsOfEveryKeyBeforeTheFeeAndAfterEverything) {
    const auto effects = run(legacy({transfer(kPayer, kBob, kSol)}));
    ASSERT_TRUE(effects.balances);
    EXPECT_EQ(effects.balances->before.lamports, (std::vector<Lamports>{10 * kSol, 0, 1}));
    EXPECT_EQ(effects.balances->after.lamports, (std::vector<Lamports>{9 * kSol - 5'000, kSol, 1}));
}

TEST_F(BalancesTest, AfterAFailureOnlyTheFeeIsGone) {
    const auto effects = run(legacy({transfer(kPayer, kBob, 20 * kSol)}));
    ASSERT_TRUE(effects.balances);
    EXPECT_EQ(effects.balances->after.lamports, (std::vector<Lamports>{10 * kSol - 5'000, 0, 1}));
}

TEST_F(BalancesTest, TokensOfAnInitializedAccountWithItsMint) {
    put(kTokens, kToken, tokens(77));
    const auto recorded = balances({kTokens, kToken});
    ASSERT_EQ(recorded.before.tokens.size(), 1U);
    const TokenBalance& balance = recorded.before.tokens[0];
    EXPECT_EQ(balance.amount, 77U);
    EXPECT_EQ(balance.mint, kMint);
    EXPECT_EQ(balance.owner, kBob);
    EXPECT_EQ(balance.program_id, kToken);
    EXPECT_EQ(balance.decimals, 6);
    EXPECT_EQ(recorded.after.tokens, recorded.before.tokens);
}

TEST_F(BalancesTest, NoTokensIfTheTransactionNamesNoTokenProgram) {
    put(kTokens, kToken, tokens(77));
    EXPECT_TRUE(balances({kTokens}).before.tokens.empty());
}

TEST_F(BalancesTest, NoTokensOfAnUninitializedAccount) {
    Bytes data = tokens(77);
    data[108] = 0;
    put(kTokens, kToken, data);
    EXPECT_TRUE(balances({kTokens, kToken}).before.tokens.empty());
}

TEST_F(BalancesTest, NoTokensIfTheMintBelongsToAnotherProgram) {
    put(kTokens, kToken, tokens(77));
    put(kMint, kToken2022, mint(6));
    EXPECT_TRUE(balances({kTokens, kToken}).before.tokens.empty());
}

TEST_F(BalancesTest, ExtendedAccountsAreThoseOfToken2022) {
    put(kMint, kToken2022, mint(9, 200));
    put(kTokens, kToken2022, tokens(5, 182));
    ASSERT_EQ(balances({kTokens, kToken}).before.tokens.size(), 1U);
    // 355 bytes are a multisig, whatever they say.
    put(kTokens, kToken2022, tokens(5, 355));
    EXPECT_TRUE(balances({kTokens, kToken}).before.tokens.empty());
    put(kMint, kToken, mint(9, 200));
    put(kTokens, kToken, tokens(5, 182));
    EXPECT_TRUE(balances({kTokens, kToken}).before.tokens.empty());
}

} // namespace
} // namespace fathom

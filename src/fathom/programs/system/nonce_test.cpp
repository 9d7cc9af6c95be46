// SPDX-License-Identifier: Apache-2.0
// Tests of the System program's nonce instructions. Expectations follow Agave
// programs/system/src/system_instruction.rs.
#include "fathom/programs/system/nonce.hpp"
#include "fathom/types/nonce.hpp"
#include "tests/support/program_fixture.hpp"

namespace fathom::programs::system {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace fathom::tests;

class NonceInstructions : public ProgramFixture {
protected:
    static constexpr std::uint32_t kAdvance = 4, kWithdraw = 5, kInitialize = 6, kAuthorize = 7,
                                   kUpgrade = 12;

    const Pubkey nonce_ = test_key(1);
    const Pubkey authority_ = test_key(2);
    const Pubkey to_ = test_key(3);
    Hash old_hash_;

    NonceInstructions() {
        old_hash_.bytes.fill(0x0d);
        RecentBlockhashes hashes;
        hashes.entries.push_back({environment_.blockhash, 5000});
        set_sysvar(ids::kRecentBlockhashes, hashes.encode());
    }
    [[nodiscard]] Hash current_nonce() const {
        return durable_nonce_from_blockhash(environment_.blockhash);
    }
    /// An initialized account: version, state tag, authority, nonce, fee.
    void put_nonce(const Hash& nonce, Lamports lamports, std::uint32_t version = 1) {
        const Bytes data = Wire().u32(version).u32(1).key(authority_).hash(nonce).u64(5000);
        put(nonce_, lamports, data);
    }
    void put_uninitialized(Lamports lamports) { put(nonce_, lamports, Bytes(80)); }
    [[nodiscard]] Bytes initialized(const Pubkey& authority, const Hash& nonce,
                                    std::uint64_t fee) const {
        return Wire().u32(1).u32(1).key(authority).hash(nonce).u64(fee);
    }

    ProgramOutcome advance(const AccountMeta& nonce, const AccountMeta& authority) {
        return run(ids::kSystemProgram, Wire().u32(kAdvance),
                   {nonce, readonly(ids::kRecentBlockhashes), authority});
    }
    ProgramOutcome withdraw(Lamports lamports, const AccountMeta& nonce,
                            const AccountMeta& authority) {
        return run(ids::kSystemProgram, Wire().u32(kWithdraw).u64(lamports),
                   {nonce, writable(to_), readonly(ids::kRecentBlockhashes), readonly(ids::kRent),
                    authority});
    }
    ProgramOutcome initialize(const AccountMeta& nonce) {
        return run(ids::kSystemProgram, Wire().u32(kInitialize).key(authority_),
                   {nonce, readonly(ids::kRecentBlockhashes), readonly(ids::kRent)});
    }
    ProgramOutcome authorize(const AccountMeta& nonce, const AccountMeta& authority) {
        return run(ids::kSystemProgram, Wire().u32(kAuthorize).key(to_), {nonce, authority});
    }
};

TEST_F(NonceInstructions, AdvanceWritesTheNextNonceAndFee) {
    environment_.blockhash_lamports_per_signature = 77;
    put_nonce(old_hash_, 10);
    EXPECT_EQ(advance(writable(nonce_), readonly_signer(authority_)).status, "ok");
    EXPECT_EQ(data_of(nonce_), initialized(authority_, current_nonce(), 77));
}

TEST_F(NonceInstructions, AdvanceMakesALegacyNonceCurrent) {
    put_nonce(old_hash_, 10, 0);
    EXPECT_EQ(advance(writable(nonce_), readonly_signer(authority_)).status, "ok");
    EXPECT_EQ(data_of(nonce_), initialized(authority_, current_nonce(), 5000));
}

TEST_F(NonceInstructions, AdvanceChecksTheSysvarAccountBeforeAnythingElse) {
    EXPECT_EQ(run(ids::kSystemProgram, Wire().u32(kAdvance), {}).status, "MissingAccount");
    EXPECT_EQ(run(ids::kSystemProgram, Wire().u32(kAdvance), {readonly(nonce_)}).status,
              "MissingAccount");
    EXPECT_EQ(
        run(ids::kSystemProgram, Wire().u32(kAdvance), {readonly(nonce_), readonly(to_)}).status,
        "InvalidArgument");
}

TEST_F(NonceInstructions, AdvanceNeedsARecentBlockhash) {
    set_sysvar(ids::kRecentBlockhashes, RecentBlockhashes{}.encode());
    const auto outcome = advance(readonly(nonce_), readonly(authority_));
    EXPECT_EQ(outcome.status, "Custom(6)");
    EXPECT_THAT(outcome.logs, ElementsAre("Advance nonce account: recent blockhash list is empty"));
}

TEST_F(NonceInstructions, AdvanceNeedsAWritableAccount) {
    const auto outcome = advance(readonly(nonce_), readonly(authority_));
    EXPECT_EQ(outcome.status, "InvalidArgument");
    EXPECT_THAT(outcome.logs, ElementsAre("Advance nonce account: Account " + nonce_.to_base58() +
                                          " must be writeable"));
}

TEST_F(NonceInstructions, AdvanceRefusesDataThatIsNoNonce) {
    put(nonce_, 10, Bytes(7));
    EXPECT_EQ(advance(writable(nonce_), readonly(authority_)).status, "InvalidAccountData");
}

TEST_F(NonceInstructions, AdvanceRefusesAnUninitializedNonce) {
    put_uninitialized(10);
    const auto outcome = advance(writable(nonce_), readonly(authority_));
    EXPECT_EQ(outcome.status, "InvalidAccountData");
    EXPECT_THAT(outcome.logs, ElementsAre("Advance nonce account: Account " + nonce_.to_base58() +
                                          " state is invalid"));
}

TEST_F(NonceInstructions, AdvanceNeedsTheAuthoritysSignatureBeforeTheNonceIsCompared) {
    put_nonce(current_nonce(), 10);
    const auto outcome = advance(writable(nonce_), readonly(authority_));
    EXPECT_EQ(outcome.status, "MissingRequiredSignature");
    EXPECT_THAT(outcome.logs, ElementsAre("Advance nonce account: Account " +
                                          authority_.to_base58() + " must be a signer"));
}

TEST_F(NonceInstructions, AdvanceWorksOncePerBlockhash) {
    put_nonce(current_nonce(), 10);
    const auto outcome = advance(writable(nonce_), readonly_signer(authority_));
    EXPECT_EQ(outcome.status, "Custom(7)");
    EXPECT_THAT(outcome.logs,
                ElementsAre("Advance nonce account: nonce can only advance once per slot"));
}

TEST_F(NonceInstructions, WithdrawEverythingEndsTheNonce) {
    put_nonce(old_hash_, 1000);
    EXPECT_EQ(withdraw(1000, writable(nonce_), readonly_signer(authority_)).status, "ok");
    EXPECT_EQ(lamports_of(nonce_), 0u);
    EXPECT_EQ(lamports_of(to_), 1000u);
    // Only the two tags are written.
    Bytes expected = Wire().u32(1).u32(0).key(authority_).hash(old_hash_).u64(5000);
    EXPECT_EQ(data_of(nonce_), expected);
}

TEST_F(NonceInstructions, WithdrawEverythingOfAFreshNonceIsRefusedBeforeTheSignature) {
    put_nonce(current_nonce(), 1000);
    const auto outcome = withdraw(1000, writable(nonce_), readonly(authority_));
    EXPECT_EQ(outcome.status, "Custom(7)");
    EXPECT_THAT(outcome.logs,
                ElementsAre("Withdraw nonce account: nonce can only advance once per slot"));
}

TEST_F(NonceInstructions, WithdrawEverythingNeedsTheAuthority) {
    put_nonce(old_hash_, 1000);
    const auto outcome = withdraw(1000, writable(nonce_), readonly(authority_));
    EXPECT_EQ(outcome.status, "MissingRequiredSignature");
    EXPECT_THAT(outcome.logs, ElementsAre("Withdraw nonce account: Account " +
                                          authority_.to_base58() + " must sign"));
}

TEST_F(NonceInstructions, WithdrawLeavesTheRentExemptMinimum) {
    const Lamports minimum = rent_for(80);
    put_nonce(current_nonce(), minimum + 10);
    const auto outcome = withdraw(11, writable(nonce_), readonly(authority_));
    EXPECT_EQ(outcome.status, "InsufficientFunds");
    EXPECT_THAT(outcome.logs, ElementsAre("Withdraw nonce account: insufficient lamports " +
                                          std::to_string(minimum + 10) + ", need " +
                                          std::to_string(minimum + 11)));
    EXPECT_EQ(withdraw(10, writable(nonce_), readonly(authority_)).status,
              "MissingRequiredSignature");
    EXPECT_EQ(withdraw(10, writable(nonce_), readonly_signer(authority_)).status, "ok");
    EXPECT_EQ(lamports_of(nonce_), minimum);
}

TEST_F(NonceInstructions, WithdrawSumsThatOverflowAreInsufficientFundsWithoutALine) {
    put_nonce(old_hash_, 1000);
    const auto outcome = withdraw(~0ull, writable(nonce_), readonly_signer(authority_));
    EXPECT_EQ(outcome.status, "InsufficientFunds");
    EXPECT_THAT(outcome.logs, IsEmpty());
}

TEST_F(NonceInstructions, WithdrawFromAnUninitializedNonceNeedsItsOwnSignature) {
    put_uninitialized(1000);
    const auto too_much = withdraw(1001, writable(nonce_), readonly(authority_));
    EXPECT_EQ(too_much.status, "InsufficientFunds");
    EXPECT_THAT(too_much.logs,
                ElementsAre("Withdraw nonce account: insufficient lamports 1000, need 1001"));
    EXPECT_EQ(withdraw(1, writable(nonce_), readonly_signer(authority_)).status,
              "MissingRequiredSignature");
    EXPECT_EQ(withdraw(1, writable_signer(nonce_), readonly(authority_)).status, "ok");
}

TEST_F(NonceInstructions, WithdrawChecksAccountsInOrder) {
    const Bytes data = Wire().u32(kWithdraw).u64(1);
    const AccountMeta hashes = readonly(ids::kRecentBlockhashes);
    EXPECT_EQ(run(ids::kSystemProgram, data, {writable(nonce_)}).status, "MissingAccount");
    EXPECT_EQ(
        run(ids::kSystemProgram, data, {writable(nonce_), writable(to_), readonly(to_)}).status,
        "InvalidArgument");
    EXPECT_EQ(run(ids::kSystemProgram, data, {writable(nonce_), writable(to_), hashes}).status,
              "MissingAccount");
    EXPECT_EQ(
        run(ids::kSystemProgram, data, {writable(nonce_), writable(to_), hashes, hashes}).status,
        "InvalidArgument");
    const auto outcome = withdraw(1, readonly(nonce_), readonly(authority_));
    EXPECT_EQ(outcome.status, "InvalidArgument");
    EXPECT_THAT(outcome.logs, ElementsAre("Withdraw nonce account: Account " + nonce_.to_base58() +
                                          " must be writeable"));
}

TEST_F(NonceInstructions, InitializeNeedsNoSignature) {
    put_uninitialized(rent_for(80));
    EXPECT_EQ(initialize(writable(nonce_)).status, "ok");
    EXPECT_EQ(data_of(nonce_), initialized(authority_, current_nonce(), 5000));
}

TEST_F(NonceInstructions, InitializeNeedsRent) {
    put_uninitialized(rent_for(80) - 1);
    const auto outcome = initialize(writable(nonce_));
    EXPECT_EQ(outcome.status, "InsufficientFunds");
    EXPECT_THAT(outcome.logs, ElementsAre("Initialize nonce account: insufficient lamports " +
                                          std::to_string(rent_for(80) - 1) + ", need " +
                                          std::to_string(rent_for(80))));
}

TEST_F(NonceInstructions, InitializeRefusesAnInitializedNonce) {
    put_nonce(old_hash_, rent_for(80));
    const auto outcome = initialize(writable(nonce_));
    EXPECT_EQ(outcome.status, "InvalidAccountData");
    EXPECT_THAT(outcome.logs, ElementsAre("Initialize nonce account: Account " +
                                          nonce_.to_base58() + " state is invalid"));
}

TEST_F(NonceInstructions, InitializeNeedsRoomForTheState) {
    put(nonce_, rent_for(80), Bytes(79));
    EXPECT_EQ(initialize(writable(nonce_)).status, "AccountDataTooSmall");
}

TEST_F(NonceInstructions, InitializeNeedsARecentBlockhashBeforeRent) {
    set_sysvar(ids::kRecentBlockhashes, RecentBlockhashes{}.encode());
    const auto outcome = run(ids::kSystemProgram, Wire().u32(kInitialize).key(authority_),
                             {readonly(nonce_), readonly(ids::kRecentBlockhashes)});
    EXPECT_EQ(outcome.status, "Custom(6)");
    EXPECT_THAT(outcome.logs,
                ElementsAre("Initialize nonce account: recent blockhash list is empty"));
}

TEST_F(NonceInstructions, AuthorizeKeepsEverythingElse) {
    put_nonce(old_hash_, 10, 0);
    EXPECT_EQ(authorize(writable(nonce_), readonly_signer(authority_)).status, "ok");
    const Bytes expected = Wire().u32(0).u32(1).key(to_).hash(old_hash_).u64(5000);
    EXPECT_EQ(data_of(nonce_), expected);
}

TEST_F(NonceInstructions, AuthorizeChecksInOrder) {
    put_uninitialized(10);
    const auto not_writable = authorize(readonly(nonce_), readonly(authority_));
    EXPECT_EQ(not_writable.status, "InvalidArgument");
    EXPECT_THAT(not_writable.logs, ElementsAre("Authorize nonce account: Account " +
                                               nonce_.to_base58() + " must be writeable"));
    const auto uninitialized = authorize(writable(nonce_), readonly(authority_));
    EXPECT_EQ(uninitialized.status, "InvalidAccountData");
    EXPECT_THAT(uninitialized.logs, ElementsAre("Authorize nonce account: Account " +
                                                nonce_.to_base58() + " state is invalid"));
    put_nonce(old_hash_, 10);
    const auto not_signed = authorize(writable(nonce_), readonly(authority_));
    EXPECT_EQ(not_signed.status, "MissingRequiredSignature");
    EXPECT_THAT(not_signed.logs, ElementsAre("Authorize nonce account: Account " +
                                             authority_.to_base58() + " must sign"));
}

TEST_F(NonceInstructions, UpgradeMovesALegacyNonceIntoTheNonceDomain) {
    put_nonce(old_hash_, 10, 0);
    EXPECT_EQ(run(ids::kSystemProgram, Wire().u32(kUpgrade), {writable(nonce_)}).status, "ok");
    EXPECT_EQ(data_of(nonce_),
              initialized(authority_, durable_nonce_from_blockhash(old_hash_), 5000));
}

TEST_F(NonceInstructions, UpgradeChecksInOrder) {
    put(nonce_, 10, Bytes(80), authority_);
    const Bytes data = Wire().u32(kUpgrade);
    EXPECT_EQ(run(ids::kSystemProgram, data, {readonly(nonce_)}).status, "InvalidAccountOwner");
    put_nonce(old_hash_, 10);
    EXPECT_EQ(run(ids::kSystemProgram, data, {readonly(nonce_)}).status, "InvalidArgument");
    EXPECT_EQ(run(ids::kSystemProgram, data, {writable(nonce_)}).status, "InvalidArgument");
    put(nonce_, 10, Bytes(80));
    EXPECT_EQ(run(ids::kSystemProgram, data, {writable(nonce_)}).status, "InvalidArgument");
    put(nonce_, 10, Bytes(3));
    EXPECT_EQ(run(ids::kSystemProgram, data, {writable(nonce_)}).status, "InvalidAccountData");
}

} // namespace
} // namespace fathom::programs::system

// SPDX-License-Identifier: Apache-2.0
// Tests of the System program's account instructions. Expectations follow Agave
// programs/system/src/system_processor.rs.
#include "fathom/programs/system/execute.hpp"
#include "fathom/types/pda.hpp"
#include "tests/support/program_fixture.hpp"

namespace fathom::programs::system {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace fathom::tests;

class SystemProgram : public ProgramFixture {
protected:
    static constexpr std::uint32_t kCreateAccount = 0, kAssign = 1, kTransfer = 2,
                                   kCreateAccountWithSeed = 3, kAllocate = 8, kAllocateWithSeed = 9,
                                   kAssignWithSeed = 10, kTransferWithSeed = 11,
                                   kCreateAccountAllowPrefund = 13;

    const Pubkey from_ = test_key(1);
    const Pubkey to_ = test_key(2);
    const Pubkey base_ = test_key(3);
    const Pubkey owner_ = test_key(9);
    const std::string to_text_ = "Address { address: " + to_.to_base58() + ", base: None }";

    ProgramOutcome run_system(const Bytes& data, std::vector<AccountMeta> accounts) {
        return run(ids::kSystemProgram, data, std::move(accounts));
    }
    Bytes create(std::uint32_t tag, Lamports lamports, std::uint64_t space) const {
        return Wire().u32(tag).u64(lamports).u64(space).key(owner_);
    }
    Bytes create_with_seed(std::string_view seed, Lamports lamports, std::uint64_t space) const {
        return Wire()
            .u32(kCreateAccountWithSeed)
            .key(base_)
            .text(seed)
            .u64(lamports)
            .u64(space)
            .key(owner_);
    }
    Pubkey seed_address(std::string_view seed) const {
        return *fathom::create_with_seed(base_, as_bytes(seed), owner_);
    }
    std::string seeded_text(const Pubkey& address) const {
        return "Address { address: " + address.to_base58() + ", base: Some(" + base_.to_base58() +
               ") }";
    }
};

TEST_F(SystemProgram, CreatesAnAccountFor150Units) {
    put(from_, 100);
    const auto outcome =
        run_system(create(kCreateAccount, 50, 4), {writable_signer(from_), writable_signer(to_)});
    EXPECT_EQ(outcome.status, "ok");
    EXPECT_EQ(outcome.units, 150u);
    EXPECT_THAT(outcome.logs, IsEmpty());
    EXPECT_EQ(lamports_of(from_), 50u);
    EXPECT_EQ(lamports_of(to_), 50u);
    EXPECT_EQ(data_of(to_), Bytes(4));
    EXPECT_EQ(account(to_).owner, owner_);
}

TEST_F(SystemProgram, RefusesToRunWithoutUnits) {
    budget_.compute_unit_limit = 149;
    const auto outcome = run_system(create(kCreateAccount, 50, 4), {});
    EXPECT_EQ(outcome.status, "ComputationalBudgetExceeded");
    EXPECT_EQ(outcome.units, 149u);
}

TEST_F(SystemProgram, RefusesUnknownShortAndOversizedInstructions) {
    EXPECT_EQ(run_system(Wire().u32(14), {}).status, "InvalidInstructionData");
    EXPECT_EQ(run_system({}, {}).status, "InvalidInstructionData");
    EXPECT_EQ(run_system(Wire().u32(kTransfer).u32(1), {}).status, "InvalidInstructionData");
    // A seed that ends behind the 1232nd byte is not read, however long the data is.
    const std::string seed(1232 - 4 - 32 - 8 - 8 - 8 - 32 + 1, 's');
    EXPECT_EQ(run_system(create_with_seed(seed, 1, 1), {}).status, "InvalidInstructionData");
    EXPECT_EQ(run_system(create_with_seed(seed.substr(1), 1, 1), {}).status, "MissingAccount");
}

TEST_F(SystemProgram, RefusesASeedThatIsNotUtf8) {
    EXPECT_EQ(run_system(create_with_seed("\xff", 1, 1), {}).status, "InvalidInstructionData");
}

TEST_F(SystemProgram, IgnoresTrailingBytes) {
    put(from_, 100);
    EXPECT_EQ(run_system(Wire().u32(kTransfer).u64(1).zeros(2000),
                         {writable_signer(from_), writable(to_)})
                  .status,
              "ok");
}

TEST_F(SystemProgram, CreateNeedsTwoAccounts) {
    EXPECT_EQ(run_system(create(kCreateAccount, 50, 4), {writable_signer(from_)}).status,
              "MissingAccount");
}

TEST_F(SystemProgram, CreateRefusesAnAccountWithLamportsFirst) {
    put(from_, 100);
    put(to_, 1);
    const auto outcome =
        run_system(create(kCreateAccount, 50, 4), {writable_signer(from_), writable(to_)});
    EXPECT_EQ(outcome.status, "Custom(0)");
    EXPECT_THAT(outcome.logs,
                ElementsAre("Create Account: account " + to_text_ + " already in use"));
}

TEST_F(SystemProgram, CreateNeedsTheNewAccountsSignature) {
    put(from_, 100);
    put(to_, 0, Bytes(1));
    const auto outcome =
        run_system(create(kCreateAccount, 50, 4), {writable_signer(from_), writable(to_)});
    EXPECT_EQ(outcome.status, "MissingRequiredSignature");
    EXPECT_THAT(outcome.logs, ElementsAre("Allocate: 'to' account " + to_text_ + " must sign"));
}

TEST_F(SystemProgram, CreateRefusesAnAccountWithData) {
    put(from_, 100);
    put(to_, 0, Bytes(1));
    const auto outcome = run_system(create(kCreateAccount, 50, kMaxAccountDataLen + 1),
                                    {writable_signer(from_), writable_signer(to_)});
    EXPECT_EQ(outcome.status, "Custom(0)");
    EXPECT_THAT(outcome.logs, ElementsAre("Allocate: account " + to_text_ + " already in use"));
}

TEST_F(SystemProgram, CreateRefusesAnAccountOfAnotherOwner) {
    put(from_, 100);
    put(to_, 0, {}, owner_);
    EXPECT_EQ(
        run_system(create(kCreateAccount, 50, 4), {writable_signer(from_), writable_signer(to_)})
            .status,
        "Custom(0)");
}

TEST_F(SystemProgram, CreateRefusesMoreThanTenMebibytes) {
    put(from_, 100);
    const auto outcome = run_system(create(kCreateAccount, 50, kMaxAccountDataLen + 1),
                                    {writable_signer(from_), writable_signer(to_)});
    EXPECT_EQ(outcome.status, "Custom(3)");
    EXPECT_THAT(outcome.logs, ElementsAre("Allocate: requested 10485761, max allowed 10485760"));
    EXPECT_EQ(run_system(create(kCreateAccount, 50, kMaxAccountDataLen),
                         {writable_signer(from_), writable_signer(to_)})
                  .status,
              "ok");
}

TEST_F(SystemProgram, CreateRefusesAReadOnlyTarget) {
    put(from_, 100);
    EXPECT_EQ(
        run_system(create(kCreateAccount, 50, 4), {writable_signer(from_), readonly_signer(to_)})
            .status,
        "ReadonlyDataModified");
}

TEST_F(SystemProgram, CreateNeedsThePayersSignature) {
    put(from_, 100);
    const auto outcome =
        run_system(create(kCreateAccount, 50, 4), {writable(from_), writable_signer(to_)});
    EXPECT_EQ(outcome.status, "MissingRequiredSignature");
    EXPECT_THAT(outcome.logs,
                ElementsAre("Transfer: `from` account " + from_.to_base58() + " must sign"));
}

TEST_F(SystemProgram, CreateFromAnAccountToItselfFailsAtTheTransfer) {
    put(from_, 0);
    EXPECT_EQ(
        run_system(create(kCreateAccount, 0, 4), {writable_signer(from_), writable_signer(from_)})
            .status,
        "InvalidArgument");
}

TEST_F(SystemProgram, CreatesAnAccountWithSeed) {
    const Pubkey to = seed_address("seed");
    put(from_, 100);
    EXPECT_EQ(run_system(create_with_seed("seed", 50, 4),
                         {writable_signer(from_), writable(to), readonly_signer(base_)})
                  .status,
              "ok");
    EXPECT_EQ(lamports_of(to), 50u);
    EXPECT_EQ(account(to).owner, owner_);
}

TEST_F(SystemProgram, CreateWithSeedNeedsTheBasesSignature) {
    const Pubkey to = seed_address("seed");
    put(from_, 100);
    const auto outcome = run_system(create_with_seed("seed", 50, 4),
                                    {writable_signer(from_), writable_signer(to), readonly(base_)});
    EXPECT_EQ(outcome.status, "MissingRequiredSignature");
    EXPECT_THAT(outcome.logs,
                ElementsAre("Allocate: 'to' account " + seeded_text(to) + " must sign"));
}

TEST_F(SystemProgram, CreateWithSeedRefusesAnotherAddress) {
    put(from_, 100);
    const auto outcome =
        run_system(create_with_seed("seed", 50, 4), {writable_signer(from_), writable(to_)});
    EXPECT_EQ(outcome.status, "Custom(5)");
    EXPECT_THAT(outcome.logs,
                ElementsAre("Create: address " + to_.to_base58() +
                            " does not match derived address " + seed_address("seed").to_base58()));
}

TEST_F(SystemProgram, SeedsAboveThirtyTwoBytesGiveThePubkeyErrorsNumber) {
    const auto outcome = run_system(create_with_seed(std::string(33, 's'), 50, 4),
                                    {writable_signer(from_), writable(to_)});
    EXPECT_EQ(outcome.status, "Custom(0)");
    EXPECT_THAT(outcome.logs, IsEmpty());
}

TEST_F(SystemProgram, OwnersThatEndLikeADerivedAddressGiveThePubkeyErrorsNumber) {
    Pubkey owner = owner_;
    const std::string_view marker = "ProgramDerivedAddress";
    std::copy(marker.begin(), marker.end(), owner.bytes.end() - 21);
    const Bytes data = Wire().u32(kAssignWithSeed).key(base_).text("").key(owner);
    EXPECT_EQ(run_system(data, {writable(to_)}).status, "Custom(2)");
}

TEST_F(SystemProgram, Assigns) {
    put(to_, 1);
    EXPECT_EQ(run_system(Wire().u32(kAssign).key(owner_), {writable_signer(to_)}).status, "ok");
    EXPECT_EQ(account(to_).owner, owner_);
}

TEST_F(SystemProgram, AssignToTheSameOwnerNeedsNothing) {
    EXPECT_EQ(run_system(Wire().u32(kAssign).key(ids::kSystemProgram), {readonly(to_)}).status,
              "ok");
}

TEST_F(SystemProgram, AssignNeedsASignature) {
    const auto outcome = run_system(Wire().u32(kAssign).key(owner_), {writable(to_)});
    EXPECT_EQ(outcome.status, "MissingRequiredSignature");
    EXPECT_THAT(outcome.logs, ElementsAre("Assign: account " + to_text_ + " must sign"));
}

TEST_F(SystemProgram, AssignRefusesAForeignAccount) {
    put(to_, 1, {}, owner_);
    EXPECT_EQ(run_system(Wire().u32(kAssign).key(base_), {writable_signer(to_)}).status,
              "ModifiedProgramId");
}

TEST_F(SystemProgram, Allocates) {
    EXPECT_EQ(run_system(Wire().u32(kAllocate).u64(7), {writable_signer(to_)}).status, "ok");
    EXPECT_EQ(data_of(to_), Bytes(7));
    EXPECT_EQ(account(to_).owner, ids::kSystemProgram);
}

TEST_F(SystemProgram, AllocatesAndAssignsWithSeed) {
    const Pubkey to = seed_address("x");
    EXPECT_EQ(run_system(Wire().u32(kAllocateWithSeed).key(base_).text("x").u64(7).key(owner_),
                         {writable(to), readonly_signer(base_)})
                  .status,
              "ok");
    EXPECT_EQ(data_of(to), Bytes(7));
    EXPECT_EQ(account(to).owner, owner_);
}

TEST_F(SystemProgram, AssignsWithSeed) {
    const Pubkey to = seed_address("x");
    EXPECT_EQ(run_system(Wire().u32(kAssignWithSeed).key(base_).text("x").key(owner_),
                         {writable(to), readonly_signer(base_)})
                  .status,
              "ok");
    EXPECT_EQ(account(to).owner, owner_);
}

TEST_F(SystemProgram, TransfersEverythingButNotMore) {
    put(from_, 100);
    const std::vector<AccountMeta> accounts{writable_signer(from_), writable(to_)};
    const auto outcome = run_system(Wire().u32(kTransfer).u64(101), accounts);
    EXPECT_EQ(outcome.status, "Custom(1)");
    EXPECT_THAT(outcome.logs, ElementsAre("Transfer: insufficient lamports 100, need 101"));
    EXPECT_EQ(run_system(Wire().u32(kTransfer).u64(100), accounts).status, "ok");
    EXPECT_EQ(lamports_of(from_), 0u);
    EXPECT_EQ(lamports_of(to_), 100u);
}

TEST_F(SystemProgram, TransferOfNothingStillNeedsASignature) {
    EXPECT_EQ(run_system(Wire().u32(kTransfer).u64(0), {writable(from_), writable(to_)}).status,
              "MissingRequiredSignature");
}

TEST_F(SystemProgram, TransferRefusesASourceWithData) {
    put(from_, 100, Bytes(1));
    const auto outcome =
        run_system(Wire().u32(kTransfer).u64(1), {writable_signer(from_), writable(to_)});
    EXPECT_EQ(outcome.status, "InvalidArgument");
    EXPECT_THAT(outcome.logs, ElementsAre("Transfer: `from` must not carry data"));
}

TEST_F(SystemProgram, TransferRefusesAForeignSource) {
    put(from_, 100, {}, owner_);
    EXPECT_EQ(
        run_system(Wire().u32(kTransfer).u64(1), {writable_signer(from_), writable(to_)}).status,
        "ExternalAccountLamportSpend");
}

TEST_F(SystemProgram, TransferRefusesReadOnlyAccountsEvenForNothing) {
    put(from_, 100);
    EXPECT_EQ(
        run_system(Wire().u32(kTransfer).u64(0), {readonly_signer(from_), writable(to_)}).status,
        "ReadonlyLamportChange");
    EXPECT_EQ(
        run_system(Wire().u32(kTransfer).u64(0), {writable_signer(from_), readonly(to_)}).status,
        "ReadonlyLamportChange");
}

TEST_F(SystemProgram, TransfersToItself) {
    put(from_, 100);
    EXPECT_EQ(
        run_system(Wire().u32(kTransfer).u64(10), {writable_signer(from_), writable_signer(from_)})
            .status,
        "ok");
    EXPECT_EQ(lamports_of(from_), 100u);
}

TEST_F(SystemProgram, TransfersWithSeed) {
    const Pubkey from = seed_address("s");
    put(from, 100);
    const Bytes data = Wire().u32(kTransferWithSeed).u64(30).text("s").key(owner_);
    EXPECT_EQ(run_system(data, {writable(from), readonly_signer(base_)}).status, "MissingAccount");
    EXPECT_EQ(run_system(data, {writable(from), readonly_signer(base_), writable(to_)}).status,
              "ok");
    EXPECT_EQ(lamports_of(to_), 30u);
    const auto unsigned_base = run_system(data, {writable(from), readonly(base_), writable(to_)});
    EXPECT_EQ(unsigned_base.status, "MissingRequiredSignature");
    EXPECT_THAT(unsigned_base.logs,
                ElementsAre("Transfer: 'from' account " + base_.to_base58() + " must sign"));
}

TEST_F(SystemProgram, TransferWithSeedRefusesAnotherAddress) {
    put(from_, 100);
    const Bytes data = Wire().u32(kTransferWithSeed).u64(30).text("s").key(owner_);
    const auto outcome = run_system(data, {writable(from_), readonly_signer(base_), writable(to_)});
    EXPECT_EQ(outcome.status, "Custom(5)");
    EXPECT_THAT(outcome.logs,
                ElementsAre("Transfer: 'from' address " + from_.to_base58() +
                            " does not match derived address " + seed_address("s").to_base58()));
}

TEST_F(SystemProgram, CreateAllowPrefundIsGated) {
    put(from_, 100);
    EXPECT_EQ(run_system(create(kCreateAccountAllowPrefund, 50, 4),
                         {writable_signer(to_), writable_signer(from_)})
                  .status,
              "InvalidInstructionData");
}

TEST_F(SystemProgram, CreateAllowPrefundAddsToWhatIsThere) {
    activate(Feature::create_account_allow_prefund);
    put(from_, 100);
    put(to_, 7);
    const Bytes data = create(kCreateAccountAllowPrefund, 50, 4);
    EXPECT_EQ(run_system(data, {writable_signer(to_)}).status, "MissingAccount");
    EXPECT_EQ(run_system(data, {writable_signer(to_), writable_signer(from_)}).status, "ok");
    EXPECT_EQ(lamports_of(to_), 57u);
    EXPECT_EQ(account(to_).owner, owner_);
}

TEST_F(SystemProgram, CreateAllowPrefundWithoutLamportsNeedsNoPayer) {
    activate(Feature::create_account_allow_prefund);
    put(to_, 7);
    EXPECT_EQ(run_system(create(kCreateAccountAllowPrefund, 0, 4), {writable_signer(to_)}).status,
              "ok");
    EXPECT_EQ(lamports_of(to_), 7u);
}

} // namespace
} // namespace fathom::programs::system

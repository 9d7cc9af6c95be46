// SPDX-License-Identifier: Apache-2.0
// Tests of deployment, upgrade and extension by loader v3. Expectations follow Agave
// programs/bpf_loader/src/lib.rs and program-runtime/src/deploy.rs.
#include "fathom/programs/bpf_loader/deploy.hpp"
#include "tests/support/loader_fixture.hpp"

namespace fathom::programs::bpf_loader {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace fathom::tests;

class LoaderDeployment : public LoaderFixture {
protected:
    static constexpr std::uint32_t kDeploy = 2, kUpgrade = 3, kExtend = 6;

    std::vector<AccountMeta> deploy_accounts() const {
        return {writable_signer(payer_),
                writable(programdata_),
                writable(program_),
                writable(buffer_),
                readonly(ids::kRent),
                readonly(ids::kClock),
                readonly(ids::kSystemProgram),
                readonly_signer(authority_)};
    }
    std::vector<AccountMeta> upgrade_accounts() const {
        return {writable(programdata_),     writable(program_),   writable(buffer_),
                writable(spill_),           readonly(ids::kRent), readonly(ids::kClock),
                readonly_signer(authority_)};
    }
    std::vector<AccountMeta> extend_accounts() const {
        return {writable(programdata_), writable(program_), readonly(ids::kSystemProgram),
                writable_signer(payer_)};
    }
    void put_new_program() { put(program_, rent_for(36), Bytes(36), loader_); }
    Bytes deploy(std::uint64_t max_data_len) const { return Wire().u32(kDeploy).u64(max_data_len); }
    Bytes extend(std::uint32_t bytes) const { return Wire().u32(kExtend).u32(bytes); }

    void expect(const ProgramOutcome& outcome, const std::string& status,
                const std::string& line) const {
        EXPECT_EQ(outcome.status, status);
        EXPECT_THAT(outcome.logs, ElementsAre(line));
    }
    /// The same with one account changed.
    static std::vector<AccountMeta> with(std::vector<AccountMeta> accounts, std::size_t index,
                                         const AccountMeta& meta) {
        accounts[index] = meta;
        return accounts;
    }
    static std::vector<AccountMeta> first(std::vector<AccountMeta> accounts, std::size_t count) {
        accounts.resize(count);
        return accounts;
    }
};

TEST_F(LoaderDeployment, DeploysABuffer) {
    const Bytes program = elf();
    put(payer_, 10'000'000'000);
    put_new_program();
    put_buffer(authority_, program, 500);
    const std::uint64_t length = kProgramDataMetadata + program.size() + 10;
    const auto outcome = run_loader(deploy(program.size() + 10), deploy_accounts());
    ASSERT_EQ(outcome.status, "ok");
    EXPECT_EQ(outcome.units, 2370u + 150u);
    EXPECT_THAT(outcome.logs, ElementsAre("Program 11111111111111111111111111111111 invoke [2]",
                                          "Program 11111111111111111111111111111111 success",
                                          "Deployed program " + program_.to_base58()));
    EXPECT_EQ(lamports_of(payer_), 10'000'000'000 + 500 - rent_for(length));
    EXPECT_EQ(lamports_of(programdata_), rent_for(length));
    EXPECT_EQ(lamports_of(buffer_), 0u);
    EXPECT_EQ(data_of(programdata_),
              Bytes(Wire().u32(3).u64(100).u8(1).key(authority_).raw(program).zeros(10)));
    EXPECT_EQ(account(programdata_).owner, loader_);
    EXPECT_EQ(data_of(program_), Bytes(Wire().u32(2).key(programdata_)));
    EXPECT_TRUE(account(program_).executable);
    EXPECT_EQ(data_of(buffer_), Bytes(Wire().u32(1).u8(1).key(authority_)));

    ASSERT_EQ(outcome.deployed.size(), 1u);
    const auto& entry = outcome.deployed.at(program_);
    EXPECT_EQ(entry->state, invoke::ProgramState::Loaded);
    EXPECT_EQ(entry->owner, loader_);
    EXPECT_EQ(entry->account_size, 36 + length);
    EXPECT_EQ(entry->deployment_slot, 100u);
    EXPECT_EQ(entry->effective_slot, 101u);
}

TEST_F(LoaderDeployment, DeployChecksItsAccountsInOrder) {
    EXPECT_EQ(run_loader(deploy(1), first(deploy_accounts(), 3)).status, "MissingAccount");
    EXPECT_EQ(run_loader(deploy(1), first(deploy_accounts(), 4)).status, "MissingAccount");
    EXPECT_EQ(run_loader(deploy(1), with(deploy_accounts(), 4, readonly(other_))).status,
              "InvalidArgument");
    EXPECT_EQ(run_loader(deploy(1), with(deploy_accounts(), 5, readonly(other_))).status,
              "InvalidArgument");
    EXPECT_EQ(run_loader(deploy(1), first(deploy_accounts(), 7)).status, "MissingAccount");
}

TEST_F(LoaderDeployment, DeployChecksTheProgramAccount) {
    put_buffer(authority_, elf());
    put_program(programdata_);
    expect(run_loader(deploy(1), deploy_accounts()), "AccountAlreadyInitialized",
           "Program account already initialized");
    put(program_, rent_for(36), Bytes(35), loader_);
    expect(run_loader(deploy(1), deploy_accounts()), "AccountDataTooSmall",
           "Program account too small");
    put(program_, rent_for(36) - 1, Bytes(36), loader_);
    expect(run_loader(deploy(1), deploy_accounts()), "ExecutableAccountNotRentExempt",
           "Program account not rent-exempt");
}

TEST_F(LoaderDeployment, DeployChecksTheBuffer) {
    put_new_program();
    put(buffer_, 1, Bytes(40), other_);
    expect(run_loader(deploy(1), with(deploy_accounts(), 3, readonly(buffer_))), "InvalidArgument",
           "Buffer account not writeable");
    expect(run_loader(deploy(1), deploy_accounts()), "IncorrectProgramId",
           "Buffer account not owned by loader");
    put(buffer_, 1, Bytes(40), loader_);
    expect(run_loader(deploy(1), deploy_accounts()), "InvalidArgument", "Invalid Buffer account");
    put_buffer(other_, elf());
    expect(run_loader(deploy(1), deploy_accounts()), "IncorrectAuthority",
           "Buffer and upgrade authority don't match");
    put_buffer(std::nullopt, elf());
    expect(run_loader(deploy(1), deploy_accounts()), "IncorrectAuthority",
           "Buffer and upgrade authority don't match");
    put_buffer(authority_, {});
    expect(run_loader(deploy(1), with(deploy_accounts(), 7, readonly(authority_))),
           "MissingRequiredSignature", "Upgrade authority did not sign");
    expect(run_loader(deploy(1), deploy_accounts()), "InvalidAccountData",
           "Buffer account too small");
}

TEST_F(LoaderDeployment, DeployChecksLengthsAndTheDerivedAddress) {
    put_new_program();
    put_buffer(authority_, Bytes(10));
    expect(run_loader(deploy(9), deploy_accounts()), "AccountDataTooSmall",
           "Max data length is too small to hold Buffer data");
    expect(run_loader(deploy(kMaxAccountDataLen - 44), deploy_accounts()), "InvalidArgument",
           "Max data length is too large");
    expect(run_loader(deploy(~0ull), deploy_accounts()), "InvalidArgument",
           "Max data length is too large");
    expect(run_loader(deploy(10), with(deploy_accounts(), 1, writable(other_))), "InvalidArgument",
           "ProgramData address is not derived");
}

TEST_F(LoaderDeployment, DeployLogsWhyAProgramIsRefused) {
    put(payer_, 10'000'000'000);
    put_new_program();
    put_buffer(authority_, Bytes(64));
    const auto outcome = run_loader(deploy(64), deploy_accounts());
    EXPECT_EQ(outcome.status, "InvalidAccountData");
    ASSERT_EQ(outcome.logs.size(), 3u);
    EXPECT_THAT(outcome.logs[2], ::testing::StartsWith("Failed to parse ELF file"));
    EXPECT_THAT(outcome.deployed, IsEmpty());
}

TEST_F(LoaderDeployment, DeployRefusesVersionsThatTheDeploymentRulesExclude) {
    put(payer_, 10'000'000'000);
    put_new_program();
    environment_.deployment.min_version = sbpf::Version::V3;
    const Bytes old_program = elf(0, sbpf::Version::V0);
    put_buffer(authority_, old_program);
    const auto refused = run_loader(deploy(old_program.size()), deploy_accounts());
    EXPECT_EQ(refused.status, "InvalidAccountData");
    EXPECT_EQ(refused.logs.back(), "Detected sbpf_version required by the executable which are "
                                   "not enabled");
    const Bytes new_program = elf(0, sbpf::Version::V3);
    put_buffer(authority_, new_program);
    EXPECT_EQ(run_loader(deploy(new_program.size()), deploy_accounts()).status, "ok");
}

TEST_F(LoaderDeployment, UpgradesAProgram) {
    const Bytes old_program = elf(0);
    const Bytes new_program = elf(1);
    Bytes padded = old_program;
    padded.resize(padded.size() + 20, 0xee);
    put_programdata(7, authority_, padded);
    put_program(programdata_);
    put_buffer(authority_, new_program, 900);
    const auto outcome = run_loader(Wire().u32(kUpgrade), upgrade_accounts());
    expect(outcome, "ok", "Upgraded program " + program_.to_base58());
    EXPECT_EQ(data_of(programdata_),
              Bytes(Wire().u32(3).u64(100).u8(1).key(authority_).raw(new_program).zeros(20)));
    EXPECT_EQ(lamports_of(spill_), 900u);
    EXPECT_EQ(lamports_of(buffer_), 0u);
    EXPECT_EQ(lamports_of(programdata_), rent_for(data_of(programdata_).size()));
    EXPECT_EQ(data_of(buffer_).size(), kBufferMetadata);
    EXPECT_EQ(outcome.deployed.at(program_)->account_size, 36 + data_of(programdata_).size());
    EXPECT_EQ(outcome.deployed.at(program_)->effective_slot, 101u);
}

TEST_F(LoaderDeployment, UpgradeChecksTheProgramAccount) {
    const Bytes data = Wire().u32(kUpgrade);
    put(program_, 1, Bytes(36), other_);
    EXPECT_EQ(run_loader(data, first(upgrade_accounts(), 2)).status, "MissingAccount");
    EXPECT_EQ(run_loader(data, first(upgrade_accounts(), 6)).status, "MissingAccount");
    expect(run_loader(data, with(upgrade_accounts(), 1, readonly(program_))), "InvalidArgument",
           "Program account not writeable");
    expect(run_loader(data, upgrade_accounts()), "IncorrectProgramId",
           "Program account not owned by loader");
    put(program_, 1, Bytes(36), loader_);
    expect(run_loader(data, upgrade_accounts()), "InvalidAccountData", "Invalid Program account");
    put_program(other_);
    expect(run_loader(data, upgrade_accounts()), "InvalidArgument",
           "Program and ProgramData account mismatch");
}

TEST_F(LoaderDeployment, UpgradeChecksTheProgramData) {
    const Bytes data = Wire().u32(kUpgrade);
    const Bytes program = elf();
    put_program(programdata_);
    put_buffer(authority_, program, 0);
    put_programdata(100, std::nullopt, Bytes(program.size() - 1));
    expect(run_loader(data, upgrade_accounts()), "AccountDataTooSmall",
           "ProgramData account not large enough");
    put_programdata(100, std::nullopt, program);
    account(programdata_).lamports -= 1;
    expect(run_loader(data, upgrade_accounts()), "InsufficientFunds",
           "Buffer account balance too low to fund upgrade");
    put(programdata_, rent_for(1000), Bytes(1000), loader_);
    expect(run_loader(data, upgrade_accounts()), "InvalidAccountData",
           "Invalid ProgramData account");
    put_programdata(100, std::nullopt, program);
    expect(run_loader(data, upgrade_accounts()), "InvalidArgument",
           "Program was deployed in this block already");
    put_programdata(99, std::nullopt, program);
    expect(run_loader(data, upgrade_accounts()), "Immutable", "Program not upgradeable");
    put_programdata(99, other_, program);
    expect(run_loader(data, upgrade_accounts()), "IncorrectAuthority",
           "Incorrect upgrade authority provided");
}

TEST_F(LoaderDeployment, UpgradeCannotSpillIntoTheProgramData) {
    put_programdata(7, authority_, elf());
    put_program(programdata_);
    put_buffer(authority_, elf());
    EXPECT_EQ(run_loader(Wire().u32(kUpgrade), with(upgrade_accounts(), 3, writable(programdata_)))
                  .status,
              "AccountBorrowFailed");
}

TEST_F(LoaderDeployment, ExtendsAProgramWithoutItsAuthority) {
    const Bytes program = elf();
    put(payer_, 1'000'000'000);
    put_programdata(7, authority_, program);
    put_program(programdata_);
    const Lamports before = lamports_of(programdata_);
    const auto outcome = run_loader(extend(10), extend_accounts());
    EXPECT_EQ(outcome.status, "ok");
    EXPECT_THAT(outcome.logs, ElementsAre("Program 11111111111111111111111111111111 invoke [2]",
                                          "Program 11111111111111111111111111111111 success",
                                          "Extended ProgramData account by 10 bytes"));
    EXPECT_EQ(data_of(programdata_),
              Bytes(Wire().u32(3).u64(100).u8(1).key(authority_).raw(program).zeros(10)));
    EXPECT_EQ(lamports_of(programdata_), rent_for(kProgramDataMetadata + program.size() + 10));
    EXPECT_GT(lamports_of(programdata_), before);
    EXPECT_EQ(outcome.deployed.at(program_)->account_size,
              36 + kProgramDataMetadata + program.size() + 10);
}

TEST_F(LoaderDeployment, ExtendNeedsNoPayerIfTheBalanceSuffices) {
    put_programdata(7, authority_, elf());
    put_program(programdata_);
    account(programdata_).lamports += 1'000'000'000;
    expect(run_loader(extend(10), first(extend_accounts(), 2)), "ok",
           "Extended ProgramData account by 10 bytes");
}

TEST_F(LoaderDeployment, ExtendNeedsAPayerIfItDoesNot) {
    put_programdata(7, authority_, elf());
    put_program(programdata_);
    EXPECT_EQ(run_loader(extend(10), first(extend_accounts(), 3)).status, "MissingAccount");
}

TEST_F(LoaderDeployment, ExtendAcceptsVersionsThatCanNoLongerBeDeployed) {
    activate(Feature::disable_sbpf_v0_v1_v2_deployment);
    environment_.deployment.min_version = sbpf::Version::V3;
    put(payer_, 1'000'000'000);
    put_programdata(7, authority_, elf(0, sbpf::Version::V0));
    put_program(programdata_);
    EXPECT_EQ(run_loader(extend(10), extend_accounts()).status, "ok");
}

TEST_F(LoaderDeployment, ExtendChecksInOrder) {
    put(programdata_, 1, Bytes(45), other_);
    put(program_, 1, Bytes(36), other_);
    expect(run_loader(extend(0), {}), "InvalidInstructionData",
           "Additional bytes must be greater than 0");
    EXPECT_EQ(run_loader(extend(1), {}).status, "MissingAccount");
    expect(run_loader(extend(1), with(extend_accounts(), 0, readonly(programdata_))),
           "InvalidAccountOwner", "ProgramData owner is invalid");
    put_programdata(100, std::nullopt, Bytes(1));
    expect(run_loader(extend(1), with(extend_accounts(), 0, readonly(programdata_))),
           "InvalidArgument", "ProgramData is not writable");
    EXPECT_EQ(run_loader(extend(1), with(extend_accounts(), 1, writable(programdata_))).status,
              "AccountBorrowFailed");
    expect(run_loader(extend(1), with(extend_accounts(), 1, readonly(program_))), "InvalidArgument",
           "Program account is not writable");
    expect(run_loader(extend(1), extend_accounts()), "InvalidAccountOwner",
           "Program account not owned by loader");
    put(program_, 1, Bytes(36), loader_);
    expect(run_loader(extend(1), extend_accounts()), "InvalidAccountData",
           "Invalid Program account");
    put_program(other_);
    expect(run_loader(extend(1), extend_accounts()), "InvalidArgument",
           "Program account does not match ProgramData account");
    put_program(programdata_);
    expect(run_loader(extend(kMaxAccountDataLen), extend_accounts()), "InvalidRealloc",
           "Extended ProgramData length of 10485806 bytes exceeds max account data length of "
           "10485760 bytes");
    expect(run_loader(extend(1), extend_accounts()), "InvalidArgument",
           "Program was extended in this block already");
    put_programdata(99, std::nullopt, Bytes(1));
    expect(run_loader(extend(1), extend_accounts()), "Immutable",
           "Cannot extend ProgramData accounts that are not upgradeable");
    put(programdata_, 1, Bytes(45), loader_);
    expect(run_loader(extend(1), extend_accounts()), "InvalidAccountData",
           "ProgramData state is invalid");
}

TEST_F(LoaderDeployment, SmallExtensionsAreRefusedUnlessTheyReachTheMaximum) {
    activate(Feature::loader_v3_minimum_extend_program_size);
    put(payer_, 1'000'000'000'000);
    put_program(programdata_);
    put_programdata(7, authority_, elf());
    expect(run_loader(extend(10'239), extend_accounts()), "InvalidArgument",
           "ExtendProgram requires a minimum of 10240 additional bytes or to extend to maximum "
           "size, but only 10239 were requested");
    EXPECT_EQ(run_loader(extend(10'240), extend_accounts()).status, "ok");
    Bytes nearly_full = elf();
    nearly_full.resize(kMaxAccountDataLen - kProgramDataMetadata - 3);
    put_programdata(7, authority_, nearly_full);
    EXPECT_EQ(run_loader(extend(2), extend_accounts()).status, "InvalidArgument");
    EXPECT_EQ(run_loader(extend(3), extend_accounts()).status, "ok");
}

TEST_F(LoaderDeployment, RunsProgramsByTheirCacheEntry) {
    put_program(programdata_);
    expect(run(program_, {}, {}), "UnsupportedProgramId", "Program is not cached");
    auto entry = std::make_shared<invoke::ProgramCacheEntry>();
    entry->owner = loader_;
    entry->state = invoke::ProgramState::FailedVerification;
    cached_[program_] = entry;
    expect(run(program_, {}, {}), "UnsupportedProgramId", "Program is not deployed");
    entry = std::make_shared<invoke::ProgramCacheEntry>();
    entry->owner = loader_;
    entry->state = invoke::ProgramState::Loaded;
    entry->executable = *environment_.execution.load(elf(5));
    entry->deployment_slot = 100;
    entry->effective_slot = 101;
    cached_[program_] = entry;
    expect(run(program_, {}, {}), "UnsupportedProgramId", "Program is not deployed");
    entry->deployment_slot = 99;
    entry->effective_slot = 100;
    const auto outcome = run(program_, {}, {});
    EXPECT_EQ(outcome.status, "Custom(5)");
    EXPECT_THAT(outcome.logs, ElementsAre("Program " + program_.to_base58() +
                                          " consumed 2 of 1400000 compute units"));
}

TEST_F(LoaderDeployment, OldLoadersRefuseToManage) {
    const auto v2 = run(ids::kBpfLoader, {}, {});
    expect(v2, "UnsupportedProgramId",
           "BPF loader management instructions are no longer supported");
    EXPECT_EQ(v2.units, 570u);
    const auto v1 = run(ids::kBpfLoaderDeprecated, {}, {});
    expect(v1, "UnsupportedProgramId", "Deprecated loader is no longer supported");
    EXPECT_EQ(v1.units, 1140u);
}

TEST_F(LoaderDeployment, ComputeBudgetOnlyCosts) {
    const auto outcome = run(ids::kComputeBudgetProgram, {1, 2, 3}, {});
    EXPECT_EQ(outcome.status, "ok");
    EXPECT_EQ(outcome.units, 150u);
}

TEST_F(LoaderDeployment, ZkTokenProofSucceedsAndIsRefusedForCostingNothing) {
    EXPECT_EQ(run(ids::kZkTokenProofProgram, {}, {}).status,
              "BuiltinProgramsMustConsumeComputeUnits");
}

} // namespace
} // namespace fathom::programs::bpf_loader

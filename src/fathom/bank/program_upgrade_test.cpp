// SPDX-License-Identifier: Apache-2.0
// Programs replaced by what lies in a buffer: what changes, and everything that prevents it.
#include "fathom/bank/program_upgrade.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"
#include "fathom/svm/environment.hpp"
#include "fathom/types/pda.hpp"
#include "fathom/types/program_ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

namespace fathom::bank {
namespace {

Pubkey key(std::uint8_t number) {
    Pubkey pubkey;
    pubkey.bytes.fill(number);
    return pubkey;
}

class ProgramUpgradeTest : public testing::Test {
protected:
    ProgramUpgradeTest() {
        const ByteView seed = program_.view();
        programdata_ = find_program_address({&seed, 1}, ids::kBpfLoaderUpgradeable)->first;
        elf_ = sbpf::write_elf(*sbpf::assemble(".version v0\n.globl entrypoint\nentrypoint:\n"
                                               "mov64 r0, 0\nexit\n"))
                   .value();
    }

    void put(const Pubkey& at, const Pubkey& owner, Bytes data, Lamports lamports = 1'000'000,
             bool executable = false) {
        Account account;
        account.lamports = lamports;
        account.owner = owner;
        account.data = AccountData(data);
        account.executable = executable;
        accounts_->put(at, std::move(account));
    }
    void put_buffer(std::optional<Pubkey> authority) {
        Bytes data(37);
        data[0] = 1;
        if (authority) {
            data[4] = 1;
            std::ranges::copy(authority->bytes, data.begin() + 5);
        }
        data.insert(data.end(), elf_.begin(), elf_.end());
        put(buffer_, ids::kBpfLoaderUpgradeable, data, 777);
    }
    void put_v3_program(std::optional<Pubkey> authority) {
        Bytes state(36);
        state[0] = 2;
        std::ranges::copy(programdata_.bytes, state.begin() + 4);
        put(program_, ids::kBpfLoaderUpgradeable, state, 55, true);
        Bytes data(45 + 100);
        data[0] = 3;
        if (authority) {
            data[12] = 1;
            std::ranges::copy(authority->bytes, data.begin() + 13);
        }
        put(programdata_, ids::kBpfLoaderUpgradeable, data, 66);
    }
    [[nodiscard]] UpgradeContext context() const {
        return {.accounts = *accounts_, .rent = rent_, .slot = 9, .runtime = runtime_};
    }
    [[nodiscard]] std::optional<UpgradeFailure> replacing(bool allow_prefunded = false) const {
        const auto upgrade =
            replace_loader_v2_program(context(), program_, buffer_, allow_prefunded);
        return upgrade ? std::nullopt : std::optional(upgrade.error());
    }
    [[nodiscard]] std::optional<UpgradeFailure> upgrading() const {
        const auto upgrade = upgrade_loader_v3_program(context(), program_, buffer_);
        return upgrade ? std::nullopt : std::optional(upgrade.error());
    }

    const Pubkey program_ = key(1);
    const Pubkey buffer_ = key(2);
    const Pubkey authority_ = key(3);
    Pubkey programdata_;
    Bytes elf_;
    Rent rent_;
    invoke::ProgramRuntime runtime_ = svm::make_execution_runtime(FeatureSet::all());
    std::shared_ptr<ForkAccounts> accounts_ =
        std::make_shared<ForkAccounts>(std::make_shared<RootedAccounts>());
};

TEST_F(ProgramUpgradeTest, LoaderV2ProgramBecomesOneOfV3WithoutAuthority) {
    put(program_, ids::kBpfLoader, Bytes(50), 1, true);
    put_buffer(authority_);
    const auto upgrade = replace_loader_v2_program(context(), program_, buffer_, false);
    ASSERT_TRUE(upgrade);
    ASSERT_EQ(upgrade->accounts.size(), 3U);
    const Account& program = upgrade->accounts[0].account;
    EXPECT_EQ(upgrade->accounts[0].key, program_);
    EXPECT_TRUE(program.executable);
    EXPECT_EQ(program.owner, ids::kBpfLoaderUpgradeable);
    EXPECT_EQ(program.lamports, rent_.minimum_balance(36));
    EXPECT_EQ(Pubkey::from_bytes(program.data.data() + 4), programdata_);
    const Account& data = upgrade->accounts[1].account;
    EXPECT_EQ(upgrade->accounts[1].key, programdata_);
    EXPECT_EQ(data.lamports, rent_.minimum_balance(45 + elf_.size()));
    EXPECT_EQ(load_le<Slot>(data.data.data() + 4), 9U);
    EXPECT_EQ(data.data.view()[12], 0);
    EXPECT_TRUE(std::ranges::equal(data.data.view().subspan(45), elf_));
    EXPECT_EQ(upgrade->accounts[2].key, buffer_);
    EXPECT_EQ(upgrade->accounts[2].account.lamports, 0U);
}

TEST_F(ProgramUpgradeTest, LoaderV2ProgramMustBeThereExecutableAndOfThatLoader) {
    put_buffer({});
    EXPECT_EQ(replacing(), UpgradeFailure::AccountNotFound);
    put(program_, ids::kBpfLoaderUpgradeable, Bytes(50), 1, true);
    EXPECT_EQ(replacing(), UpgradeFailure::IncorrectOwner);
    put(program_, ids::kBpfLoader, Bytes(50), 1, false);
    EXPECT_EQ(replacing(), UpgradeFailure::ProgramAccountNotExecutable);
}

TEST_F(ProgramUpgradeTest, LamportsAtTheDataAddressStandInTheWayUnlessAllowed) {
    put(program_, ids::kBpfLoader, Bytes(50), 1, true);
    put_buffer({});
    put(programdata_, ids::kSystemProgram, {}, 5);
    EXPECT_EQ(replacing(false), UpgradeFailure::ProgramHasDataAccount);
    EXPECT_EQ(replacing(true), std::nullopt);
    put(programdata_, key(8), {}, 5);
    EXPECT_EQ(replacing(true), UpgradeFailure::ProgramHasDataAccount);
}

TEST_F(ProgramUpgradeTest, BufferMustBeOneAndHoldAProgram) {
    put(program_, ids::kBpfLoader, Bytes(50), 1, true);
    EXPECT_EQ(replacing(), UpgradeFailure::AccountNotFound);
    put(buffer_, key(8), Bytes(100));
    EXPECT_EQ(replacing(), UpgradeFailure::IncorrectOwner);
    put(buffer_, ids::kBpfLoaderUpgradeable, Bytes(36));
    EXPECT_EQ(replacing(), UpgradeFailure::InvalidBufferAccount);
    put(buffer_, ids::kBpfLoaderUpgradeable, Bytes(100));
    EXPECT_EQ(replacing(), UpgradeFailure::InvalidBufferAccount);
    elf_.assign(200, 0);
    put_buffer({});
    EXPECT_EQ(replacing(), UpgradeFailure::InvalidProgram);
}

TEST_F(ProgramUpgradeTest, LoaderV3ProgramKeepsItsAuthority) {
    put_v3_program(authority_);
    put_buffer(authority_);
    const auto upgrade = upgrade_loader_v3_program(context(), program_, buffer_);
    ASSERT_TRUE(upgrade);
    ASSERT_EQ(upgrade->accounts.size(), 2U);
    const Account& data = upgrade->accounts[0].account;
    EXPECT_EQ(upgrade->accounts[0].key, programdata_);
    EXPECT_EQ(data.data.view()[12], 1);
    EXPECT_EQ(Pubkey::from_bytes(data.data.data() + 13), authority_);
    EXPECT_EQ(data.lamports, rent_.minimum_balance(45 + elf_.size()));
    EXPECT_EQ(upgrade->accounts[1].account.lamports, 0U);
}

TEST_F(ProgramUpgradeTest, BufferOfAnotherAuthorityIsRefusedUnlessTheProgramHasNone) {
    put_v3_program(authority_);
    put_buffer(key(9));
    EXPECT_EQ(upgrading(), UpgradeFailure::UpgradeAuthorityMismatch);
    put_v3_program({});
    EXPECT_EQ(upgrading(), std::nullopt);
}

TEST_F(ProgramUpgradeTest, LoaderV3ProgramMustBeWhole) {
    put_buffer({});
    EXPECT_EQ(upgrading(), UpgradeFailure::AccountNotFound);
    put_v3_program({});
    put(programdata_, ids::kBpfLoaderUpgradeable, Bytes(145));
    EXPECT_EQ(upgrading(), UpgradeFailure::InvalidProgramDataAccount);
    put(programdata_, key(8), Bytes(145));
    EXPECT_EQ(upgrading(), UpgradeFailure::IncorrectOwner);
    put(programdata_, key(8), {}, 0);
    accounts_->put(programdata_, Account{});
    EXPECT_EQ(upgrading(), UpgradeFailure::ProgramHasNoDataAccount);
    Bytes elsewhere(36);
    elsewhere[0] = 2;
    put(program_, ids::kBpfLoaderUpgradeable, elsewhere, 1, true);
    EXPECT_EQ(upgrading(), UpgradeFailure::InvalidProgramAccount);
    put(program_, ids::kBpfLoaderUpgradeable, elsewhere, 1, false);
    EXPECT_EQ(upgrading(), UpgradeFailure::ProgramAccountNotExecutable);
    put(program_, ids::kBpfLoader, elsewhere, 1, true);
    EXPECT_EQ(upgrading(), UpgradeFailure::IncorrectOwner);
}

} // namespace
} // namespace fathom::bank

// SPDX-License-Identifier: Apache-2.0
// Tests of the choice of native programs in place of ELF files.
#include "fathom/svm/genesis.hpp"
#include "fathom/svm/instruction_run.hpp"
#include "fathom/types/program_ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace fathom::svm {
namespace {

class NoAccounts final : public AccountSource {
public:
    [[nodiscard]] std::optional<Account> get(const Pubkey&) const override { return std::nullopt; }
};

constexpr NativePrograms kAll = {
    .stake = false, .config = true, .address_lookup_table = true, .feature_gate = true};

bool has_account(const std::vector<AccountChange>& accounts, const Pubkey& key) {
    return std::ranges::find(accounts, key, &AccountChange::key) != accounts.end();
}

InstructionEffects revoke_nothing(const NativePrograms& native, const Pubkey& owner) {
    InstructionRequest request;
    request.instruction = {.program_id = ids::kFeatureProgram, .accounts = {}, .data = {0}};
    request.native = native;
    Account program;
    program.lamports = 1;
    program.owner = owner;
    program.executable = true;
    request.accounts.push_back({ids::kFeatureProgram, program});
    SlotEnvironment slot;
    slot.features = FeatureSet::all();
    return *run_instruction(request, slot, NoAccounts());
}

TEST(NativePrograms, HaveAccountsOnlyWhereChosen) {
    EXPECT_FALSE(has_account(builtin_accounts(FeatureSet::all()), ids::kConfigProgram));
    EXPECT_TRUE(has_account(builtin_accounts(FeatureSet::all(), kAll), ids::kConfigProgram));
}

TEST(NativePrograms, RunInPlaceOfAnElf) {
    for (const Pubkey& owner : {ids::kNativeLoader, ids::kBpfLoader}) {
        const auto effects = revoke_nothing(kAll, owner);
        EXPECT_EQ(effects.error, InstructionError(InstructionError::NotEnoughAccountKeys));
        ASSERT_EQ(effects.logs.size(), 4u);
        EXPECT_EQ(effects.logs[1], "Program log: Instruction: RevokePendingActivation");
        EXPECT_EQ(effects.logs[2], "Program log: Error: NotEnoughAccountKeys");
    }
}

TEST(NativePrograms, DoNotRunUnlessChosen) {
    EXPECT_EQ(revoke_nothing({}, ids::kNativeLoader).error,
              InstructionError(InstructionError::UnsupportedProgramId));
}

} // namespace
} // namespace fathom::svm

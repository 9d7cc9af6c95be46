// SPDX-License-Identifier: Apache-2.0
// Runs the native Stake program and the ELF that it stands for on the same instructions: errors,
// log lines, return data and accounts must be the same.
#include "fathom/base/text.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/harness/instruction_fixture.hpp"
#include "fathom/harness/tar_reader.hpp"
#include "fathom/svm/genesis.hpp"
#include "fathom/svm/instruction_run.hpp"
#include "fathom/types/program_ids.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace fathom::harness {
namespace {

/// The ELF is loaded for each of them, which takes its time.
constexpr std::size_t kStride = 32;

class NoAccounts final : public AccountSource {
public:
    [[nodiscard]] std::optional<Account> get(const Pubkey&) const override { return std::nullopt; }
};

/// The fixture's instruction with its accounts, in a slot in which deployed programs are visible.
svm::InstructionRequest request_of(const InstructionFixture& fixture) {
    svm::InstructionRequest request;
    request.instruction = fixture.instruction;
    for (const FixtureAccount& entry : fixture.accounts) {
        const bool is_absent_clock = entry.key == ids::kClock && entry.account.lamports == 0;
        if (entry.key == ids::kStakeProgram || is_absent_clock) continue;
        Account account = entry.account;
        if (auto clock = Clock::decode(account.data.view()); entry.key == ids::kClock && clock) {
            clock->slot = std::max<Slot>(clock->slot, 1);
            std::ranges::copy(clock->encode(), account.data.mutable_view().begin());
        }
        request.accounts.push_back({entry.key, std::move(account)});
    }
    Clock clock;
    clock.slot = 10;
    request.accounts.push_back({ids::kClock, svm::sysvar_account(ids::kClock, clock.encode())});
    request.accounts.push_back({ids::kRent, svm::sysvar_account(ids::kRent, Rent{}.encode())});
    request.accounts.push_back(
        {ids::kEpochRewards, svm::sysvar_account(ids::kEpochRewards, EpochRewards{}.encode())});
    return request;
}

/// All that can be seen, the units and what states them aside.
std::string seen(const svm::InstructionEffects& effects) {
    std::string text = effects.error ? effects.error->text() : "ok";
    for (const std::string& line : effects.logs) {
        if (!line.ends_with(" compute units")) text += "\n" + line;
    }
    if (effects.error) return text;
    if (effects.return_data) text += "\n" + base::to_hex(effects.return_data->data);
    for (const AccountChange& change : effects.accounts) {
        text += "\n" + change.key.to_base58() + " " + std::to_string(change.account.lamports) +
                " " + change.account.owner.to_base58() + " " +
                base::to_hex(change.account.data.view());
    }
    return text;
}

std::string outcome(svm::InstructionRequest& request, const SlotEnvironment& slot, bool is_native) {
    request.native.stake = is_native;
    const auto ran = svm::run_instruction(request, slot, NoAccounts());
    return ran ? seen(*ran) : ran.error().message;
}

void compare_all(const SlotEnvironment& slot) {
    FATHOM_REQUIRE_SHARED(archive, "data/fixtures/instr/firedancer-test-vectors/stake.tar.zst");
    FATHOM_REQUIRE_SHARED(elf, "data/elf/core/core_bpf_stake-5.1.0.so");
    Account program;
    program.lamports = 1;
    program.data = AccountData(*read_file(elf));
    program.owner = ids::kBpfLoader;
    program.executable = true;
    const Bytes bytes = *read_file(archive);
    std::size_t seen_files = 0;
    std::size_t compared = 0;
    const auto files = read_tar(bytes);
    ASSERT_TRUE(files.has_value());
    for (const TarFile& file : *files) {
        if (!file.name.ends_with(".fix") || ++seen_files % kStride != 0) continue;
        auto request = request_of(*parse_protosol_fixture(file.bytes));
        request.accounts.push_back({ids::kStakeProgram, program});
        const std::string expected = outcome(request, slot, false);
        // The heap has no counterpart.
        if (expected.contains("memory allocation failed")) continue;
        EXPECT_EQ(outcome(request, slot, true), expected) << file.name;
        ++compared;
    }
    EXPECT_GT(compared, 5000u / kStride);
}

TEST(NativeStake, DoesWhatItsElfDoes) {
    SlotEnvironment slot;
    slot.features = FeatureSet::all();
    compare_all(slot);
}

TEST(NativeStake, DoesWhatItsElfDoesWithoutARegionPerAccount) {
    SlotEnvironment slot;
    slot.features = FeatureSet::all();
    slot.features.deactivate(Feature::virtual_address_space_adjustments);
    compare_all(slot);
}

} // namespace
} // namespace fathom::harness

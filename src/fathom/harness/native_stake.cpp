// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/native_stake.hpp"

#include "fathom/base/text.hpp"
#include "fathom/svm/genesis.hpp"
#include "fathom/svm/instruction_run.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>

namespace fathom::harness {
namespace {

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

} // namespace

Account stake_program_account(ByteView elf) {
    Account program;
    program.lamports = 1;
    program.data = AccountData(elf);
    program.owner = ids::kBpfLoader;
    program.executable = true;
    return program;
}

StakeOutcomes run_stake_both_ways(const InstructionFixture& fixture, const Account& program,
                                  const SlotEnvironment& slot) {
    auto request = request_of(fixture);
    request.accounts.push_back({ids::kStakeProgram, program});
    StakeOutcomes outcomes;
    outcomes.elf = outcome(request, slot, false);
    outcomes.native = outcome(request, slot, true);
    return outcomes;
}

} // namespace fathom::harness

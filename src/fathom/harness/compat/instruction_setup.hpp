// SPDX-License-Identifier: Apache-2.0
// One instruction with everything around it that the harnesses of the conformance interface share:
// a message of its own, an environment, programs, and a transaction in which it runs.
#pragma once

#include "fathom/harness/compat/messages.hpp"
#include "fathom/invoke/invoke_context.hpp"
#include "fathom/svm/environment.hpp"

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace fathom::harness::compat {

/// The instruction as a legacy message without a payer: keys once, writable signers first, then
/// read-only signers, writable and read-only others, each group in order of the keys; flags of
/// repeats joined; a called program demoted.
struct CompiledInstruction {
    std::vector<Pubkey> keys;
    std::array<bool, 256> is_signer{};
    std::array<bool, 256> is_writable{};
    Bytes accounts;
    std::uint8_t program_index = 0;
};

/// nullopt: more keys than an index can name.
[[nodiscard]] std::optional<CompiledInstruction> compile(const Instruction& instruction);

/// Which programs exist. All: builtins and every program among the accounts of loaders v1 to v3.
enum class ProgramsOf : bool { Nobody, All };

/// What happens to the instruction. Run: its program must exist, precompiles do. BegunOnly: its
/// program must have an account, there are no precompiles.
enum class Use : bool { BegunOnly, Run };

struct SetupOptions {
    ProgramsOf programs = ProgramsOf::All;
    Use use = Use::Run;
};

/// Everything an InvokeContext refers to, in one place that does not move.
class InstructionSetup {
public:
    /// Null where the reference would stop, which no fixture shows: no Rent (or Clock, where there
    /// are programs), an account twice where there are programs, a program that is no program.
    [[nodiscard]] static std::unique_ptr<InstructionSetup> create(const InstructionInput& input,
                                                                  const SetupOptions& options);
    InstructionSetup(const InstructionSetup&) = delete;
    InstructionSetup& operator=(const InstructionSetup&) = delete;

    [[nodiscard]] const invoke::Environment& environment() const { return environment_; }
    [[nodiscard]] const CompiledInstruction& message() const { return message_; }
    [[nodiscard]] invoke::TransactionContext& transaction() { return *transaction_; }
    [[nodiscard]] invoke::InvokeContext& context() { return *context_; }
    /// How programs receive their input.
    [[nodiscard]] invoke::SerializationOptions serialization() const;
    /// Runs the instruction as a message. `units` receives what it used.
    [[nodiscard]] Result<void, InstructionError> process(ComputeUnits& units);
    /// Starts the instruction without running it. False where the reference would stop.
    [[nodiscard]] bool begin();

private:
    class NoStakes final : public invoke::EpochStakes {
    public:
        [[nodiscard]] std::uint64_t total() const override { return 0; }
        [[nodiscard]] std::uint64_t of_vote_account(const Pubkey&) const override { return 0; }
    };

    explicit InstructionSetup(const InstructionInput& input) : input_(input) {}
    void build_environment(const SetupOptions& options);
    [[nodiscard]] bool load_programs();
    /// Owner of the program's account if there is no account.
    [[nodiscard]] std::optional<Pubkey> loader_of_program(Use use) const;
    [[nodiscard]] std::vector<invoke::KeyedAccount> load_accounts(const Pubkey& loader) const;

    const InstructionInput& input_;
    NoStakes stakes_;
    CompiledInstruction message_;
    invoke::Environment environment_;
    invoke::ProgramEntries builtins_;
    std::optional<invoke::ProgramCacheForBatch> programs_;
    std::optional<invoke::TransactionContext> transaction_;
    std::optional<invoke::InvokeContext> context_;
};

} // namespace fathom::harness::compat

// SPDX-License-Identifier: Apache-2.0
#include "fuzz/support/native_seeds.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/harness/vector.hpp"
#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/bincode_reader.hpp"
#include "fathom/programs/builtins.hpp"
#include "fathom/svm/environment.hpp"
#include "fathom/svm/sanitized_transaction.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

namespace fathom::fuzzing {
namespace {

constexpr std::size_t kSeedsPerVariant = 12;

using invoke::InstructionAccount;
using invoke::KeyedAccount;

class NoStakes final : public invoke::EpochStakes {
public:
    [[nodiscard]] std::uint64_t total() const override { return 0; }
    [[nodiscard]] std::uint64_t of_vote_account(const Pubkey&) const override { return 0; }
};

const NoStakes kNoStakes;

/// Programs are native, whatever their accounts hold.
constexpr NativePrograms kAllNative{
    .stake = true, .config = true, .address_lookup_table = true, .feature_gate = true};

uint128_t sum_of_lamports(std::span<const KeyedAccount> accounts) {
    uint128_t sum = 0;
    for (const KeyedAccount& each : accounts) sum += each.account.lamports;
    return sum;
}

} // namespace

/// An instruction with all that it needs.
struct NativeFuzzer::Seed {
    std::shared_ptr<const invoke::Environment> environment;
    std::shared_ptr<const invoke::ProgramEntries> builtins;
    Slot slot = 0;
    std::vector<KeyedAccount> accounts;
    std::uint16_t program = 0;
    std::vector<InstructionAccount> instruction_accounts;
    Bytes data;

    struct Outcome {
        Result<void, InstructionError> result;
        std::uint64_t units = 0;
        std::vector<KeyedAccount> accounts;
    };

    [[nodiscard]] Outcome run() const {
        invoke::ExecutionBudget budget;
        invoke::TransactionContext transaction(
            accounts, environment->sysvars.rent().value_or(Rent{}),
            budget.max_instruction_stack_depth, budget.max_instruction_trace_length, 1);
        invoke::ProgramCacheForBatch cache(slot, builtins.get());
        invoke::LogCollector logs;
        invoke::InvokeContext context(transaction, cache, *environment, &logs, budget);
        FATHOM_ASSERT(
            transaction.configure_top_level_instruction(0, program, instruction_accounts, data));
        Outcome outcome;
        outcome.result = context.process_instruction(outcome.units);
        FATHOM_ASSERT(outcome.units <= budget.compute_unit_limit);
        outcome.accounts = transaction.take_accounts();
        return outcome;
    }

    void change(programs::BincodeReader& reader) {
        const std::uint8_t kind = reader.u8();
        const std::uint8_t place = reader.u8();
        KeyedAccount* const account =
            accounts.empty() ? nullptr : &accounts[place % accounts.size()];
        switch (kind % 8) {
        case 0:
            if (!data.empty()) data[place % data.size()] = reader.u8();
            break;
        case 1: data.resize(reader.u16() % 1300); break;
        case 2:
            if (!instruction_accounts.empty()) {
                instruction_accounts[place % instruction_accounts.size()].index_in_transaction =
                    static_cast<std::uint16_t>(reader.u8() % accounts.size());
            }
            break;
        case 3:
            if (!instruction_accounts.empty()) {
                const std::uint8_t flags = reader.u8();
                auto& changed = instruction_accounts[place % instruction_accounts.size()];
                changed.is_signer = (flags & 1) != 0;
                changed.is_writable = (flags & 2) != 0;
            }
            break;
        case 4: {
            const std::uint16_t at = reader.u16();
            const std::uint8_t value = reader.u8();
            AccountData& bytes = account->account.data;
            if (!bytes.empty()) bytes.mutable_view()[at % bytes.size()] = value;
            break;
        }
        case 5: account->account.data.resize(reader.u16()); break;
        case 6: account->account.lamports = reader.u64() >> 8; break;
        default: account->account.owner = accounts[reader.u8() % accounts.size()].key; break;
        }
    }
};

namespace {

/// Environments of vectors are few: one for each feature set and set of sysvars.
struct BuiltEnvironment {
    std::shared_ptr<const invoke::Environment> environment;
    std::shared_ptr<const invoke::ProgramEntries> builtins;
};

BuiltEnvironment environment_of(const harness::Vector& vector) {
    svm::EnvironmentBuilder builder({}, kAllNative);
    const auto& built =
        builder.build(vector.environment, vector.accounts, kNoStakes, EngineChoice::Interpreter);
    return {std::make_shared<const invoke::Environment>(built),
            std::make_shared<const invoke::ProgramEntries>(builder.builtins())};
}

std::string_view name_of(std::uint32_t tag, std::string& room) {
    room = std::to_string(tag);
    return room;
}

} // namespace

NativeFuzzer::NativeFuzzer(const Pubkey& program) {
    const char* const shared = std::getenv("FATHOM_SHARED");
    const std::filesystem::path folder =
        std::filesystem::path(shared ? shared : FATHOM_SOURCE_DIR "/../shared") / "vectors";
    auto opened = harness::VectorFolder::open(folder);
    if (!opened || !std::filesystem::exists(folder)) {
        std::fprintf(stderr, "there is no %s: nothing to begin from\n", folder.c_str());
        return;
    }
    std::map<std::uint32_t, std::size_t> found;     // by the first four bytes of the data
    std::map<std::uint32_t, std::size_t> succeeded; // the same
    for (const char* const file : {"native", "stakevote", "loader", "zk_proofs"}) {
        const auto text = harness::read_file(folder / (std::string(file) + ".jsonl.zst"));
        if (!text) continue;
        std::string_view rest = as_text(*text);
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            const std::string_view line = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            const auto vector = harness::parse_vector(line, **opened);
            if (!vector) continue;
            auto view = svm::admit(vector->transaction, vector->environment.features,
                                   svm::AdmissionLimits::Ignore);
            if (!view || !view->lookups().empty()) continue;
            const auto transaction = svm::resolve(*std::move(view), vector->environment.features,
                                                  vector->accounts, nullptr, 0);
            if (!transaction) continue;
            for (const CompiledInstructionView& instruction : transaction->view.instructions()) {
                if (transaction->keys[instruction.program_id_index] != program) continue;
                std::uint32_t tag = 0;
                std::memcpy(&tag, instruction.data.data(),
                            std::min<std::size_t>(4, instruction.data.size()));
                if (found[tag] >= kSeedsPerVariant) continue;
                auto seed = std::make_unique<Seed>();
                const BuiltEnvironment built = environment_of(*vector);
                seed->environment = built.environment;
                seed->builtins = built.builtins;
                if (const auto& clock = built.environment->sysvars.clock())
                    seed->slot = clock->slot;
                for (const Pubkey& key : transaction->keys) {
                    seed->accounts.push_back({key, vector->accounts.get(key).value_or(Account{})});
                }
                seed->program = instruction.program_id_index;
                for (const std::uint8_t account : instruction.accounts) {
                    seed->instruction_accounts.push_back({account, transaction->is_signer[account],
                                                          transaction->is_writable[account]});
                }
                seed->data.assign(instruction.data.begin(), instruction.data.end());
                if (seed->run().result) ++succeeded[tag];
                ++found[tag];
                seeds_.push_back(std::move(seed));
            }
        }
    }
    std::string variants;
    std::string room;
    for (const auto& [tag, count] : succeeded) variants += " " + std::string(name_of(tag, room));
    std::fprintf(stderr, "%zu instructions to begin from; variants that succeed as they are:%s\n",
                 seeds_.size(), variants.c_str());
}

NativeFuzzer::~NativeFuzzer() = default;

void NativeFuzzer::run(ByteView input) const {
    if (seeds_.empty()) return;
    programs::BincodeReader reader(input);
    Seed seed = *seeds_[reader.u16() % seeds_.size()];
    for (int i = 0; i < 32 && reader.position() < input.size(); ++i) seed.change(reader);
    const Seed::Outcome first = seed.run();
    const Seed::Outcome second = seed.run();
    FATHOM_ASSERT(first.result == second.result && first.units == second.units);
    for (std::size_t i = 0; i < first.accounts.size(); ++i) {
        FATHOM_ASSERT(first.accounts[i].account == second.accounts[i].account);
    }
    if (!first.result) return;
    FATHOM_ASSERT(sum_of_lamports(first.accounts) == sum_of_lamports(seed.accounts));
    for (std::size_t i = 0; i < first.accounts.size(); ++i) {
        const bool is_writable =
            std::ranges::any_of(seed.instruction_accounts, [&](const InstructionAccount& account) {
                return account.index_in_transaction == i && account.is_writable;
            });
        // The runtime itself keeps the index of the running instruction in there.
        const bool is_kept = first.accounts[i].key == ids::kInstructionsSysvar;
        FATHOM_ASSERT(is_writable || is_kept ||
                      first.accounts[i].account == seed.accounts[i].account);
    }
}

} // namespace fathom::fuzzing

// SPDX-License-Identifier: Apache-2.0
// Fuzz target: any instruction of any native program on any accounts. Nothing may crash, success
// keeps the sum of lamports, and units never exceed the limit.
//
// Input: program, features, number of accounts; per account a key, an owner, flags, lamports and
// data with a u16 length; the rest is instruction data.
#include "fathom/base/assert.hpp"
#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/bincode_reader.hpp"
#include "fathom/programs/builtins.hpp"
#include "fathom/types/program_ids.hpp"

#include <array>
#include <memory>
#include <vector>

using namespace fathom;

namespace {

constexpr Slot kSlot = 100;

/// Sysvars, programs, and keys that mean nothing.
Pubkey key_of(std::uint8_t selector) {
    constexpr std::array kKnown{ids::kClock,         ids::kRent,
                                ids::kSlotHashes,    ids::kRecentBlockhashes,
                                ids::kSystemProgram, ids::kVoteProgram,
                                ids::kBpfLoader,     ids::kBpfLoaderUpgradeable,
                                ids::kNativeLoader,  ids::kZkElGamalProofProgram};
    if (selector < kKnown.size()) return kKnown[selector];
    Pubkey key;
    key.bytes.fill(selector);
    return key;
}

invoke::Environment make_environment(bool has_all_features) {
    invoke::Environment environment;
    if (has_all_features) environment.features = FeatureSet::all();
    const auto syscalls = std::make_shared<const vm::SyscallTable>(std::vector<vm::Syscall>{});
    environment.execution.syscalls = syscalls;
    environment.deployment.syscalls = syscalls;
    environment.deployment.reject_broken_elfs = true;
    const auto add = [&](const Pubkey& id, const Bytes& data) {
        environment.sysvars.add(id, AccountData(data));
    };
    add(ids::kClock, Clock{.slot = kSlot, .epoch = 3, .leader_schedule_epoch = 4}.encode());
    add(ids::kRent, Rent{}.encode());
    add(ids::kEpochSchedule, EpochSchedule{}.encode());
    SlotHashes hashes;
    for (Slot slot = kSlot; slot-- > 40;) hashes.entries.emplace_back(slot, Hash{});
    add(ids::kSlotHashes, hashes.encode());
    RecentBlockhashes blockhashes;
    blockhashes.entries.push_back({Hash{}, 5000});
    add(ids::kRecentBlockhashes, blockhashes.encode());
    return environment;
}

struct Input {
    Pubkey program;
    bool has_all_features = false;
    std::vector<invoke::KeyedAccount> accounts;
    std::vector<invoke::InstructionAccount> instruction_accounts;
    ByteView data;
};

std::uint16_t place(std::vector<invoke::KeyedAccount>& accounts, invoke::KeyedAccount account) {
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        if (accounts[i].key == account.key) return static_cast<std::uint16_t>(i);
    }
    accounts.push_back(std::move(account));
    return static_cast<std::uint16_t>(accounts.size() - 1);
}

Input read_input(ByteView bytes) {
    programs::BincodeReader reader(bytes);
    Input input;
    const auto builtins = programs::builtins();
    input.program = builtins[reader.u8() % builtins.size()].id;
    for (const programs::Builtin& builtin : builtins) {
        Account account{.lamports = 1, .data = {}, .owner = ids::kNativeLoader};
        place(input.accounts, {builtin.id, std::move(account)});
    }
    input.has_all_features = reader.u8() % 2 == 1;
    const unsigned count = reader.u8() % 10;
    for (unsigned i = 0; i < count; ++i) {
        const Pubkey key = key_of(reader.u8());
        const Pubkey owner = key_of(reader.u8());
        const std::uint8_t flags = reader.u8();
        const Lamports lamports = reader.u64();
        const ByteView data = reader.take(reader.u16());
        Account account{.lamports = lamports, .data = AccountData(data), .owner = owner};
        account.executable = (flags & 4) != 0;
        const std::uint16_t index = place(input.accounts, {key, std::move(account)});
        input.instruction_accounts.push_back({index, (flags & 1) != 0, (flags & 2) != 0});
    }
    input.data = bytes.subspan(reader.position());
    return input;
}

uint128_t sum_of_lamports(const std::vector<invoke::KeyedAccount>& accounts) {
    uint128_t sum = 0;
    for (const auto& account : accounts) sum += account.account.lamports;
    return sum;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input = read_input({data, size});
    const invoke::Environment environment = make_environment(input.has_all_features);
    invoke::ExecutionBudget budget;
    const uint128_t before = sum_of_lamports(input.accounts);
    invoke::TransactionContext transaction(input.accounts, Rent{},
                                           budget.max_instruction_stack_depth,
                                           budget.max_instruction_trace_length, 1);
    invoke::ProgramCacheForBatch cache(kSlot);
    for (const programs::Builtin& builtin : programs::builtins()) {
        invoke::ProgramCacheEntry entry;
        entry.state = invoke::ProgramState::Builtin;
        entry.owner = ids::kNativeLoader;
        entry.builtin = builtin.function;
        cache.insert(builtin.id, std::make_shared<const invoke::ProgramCacheEntry>(entry));
    }
    invoke::LogCollector logs;
    invoke::InvokeContext context(transaction, cache, environment, &logs, budget);
    const auto program = transaction.find_account(input.program);
    FATHOM_ASSERT(program);
    FATHOM_ASSERT(transaction.configure_top_level_instruction(
        0, *program, input.instruction_accounts, input.data));
    std::uint64_t units = 0;
    const auto result = context.process_instruction(units);
    FATHOM_ASSERT(units <= budget.compute_unit_limit);
    if (result) FATHOM_ASSERT(sum_of_lamports(transaction.take_accounts()) == before);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// The harnesses of the conformance interface: what they report, and in which numbers. Expected
// values: agave svm/src/conformance and runtime/src/conformance, and the costs of the instructions.
#include "fathom/base/text.hpp"
#include "fathom/crypto/xxh64.hpp"
#include "fathom/harness/compat/harnesses.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/programs/system/instruction.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"
#include "fathom/sbpf/program.hpp"
#include "tests/support/compat_messages.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace fathom::harness::compat {
namespace {

using tests::ReadMessage;
using tests::write_instruction_context;
namespace system = programs::system;

Pubkey key_of(std::uint8_t value) {
    Pubkey key;
    key.bytes.fill(value);
    return key;
}

const Pubkey kFrom = key_of(1);
const Pubkey kTo = key_of(2);
const Pubkey kProgram = key_of(9);

AccountChange wallet(const Pubkey& key, Lamports lamports) {
    Account account;
    account.lamports = lamports;
    return {key, std::move(account)};
}

AccountChange owned(const Pubkey& key, const Pubkey& owner, Bytes data = {}) {
    AccountChange entry = wallet(key, 1'000'000);
    entry.account.owner = owner;
    entry.account.data = AccountData(data);
    return entry;
}

std::vector<AccountChange> with_sysvars(std::vector<AccountChange> accounts, Slot slot = 10) {
    accounts.push_back(tests::sysvar_entry(ids::kClock, tests::clock_at(slot).encode()));
    accounts.push_back(tests::sysvar_entry(ids::kRent, Rent{}.encode()));
    return accounts;
}

Instruction no_op(std::vector<AccountMeta> metas = {}, Bytes data = {}) {
    return {.program_id = kProgram, .accounts = std::move(metas), .data = std::move(data)};
}

// --- one instruction ---

ReadMessage run_instruction(const Instruction& instruction, std::vector<AccountChange> accounts,
                            ComputeUnits units, const FeatureSet& features = FeatureSet::all()) {
    const auto effects = run_instruction_context(
        write_instruction_context(instruction, with_sysvars(std::move(accounts)), units, features)
            .view());
    EXPECT_TRUE(effects.has_value());
    return ReadMessage(effects.value_or(Bytes()));
}

TEST(InstructionHarness, TransfersAndReportsEveryAccountOfTheMessage) {
    const auto effects = run_instruction(system::transfer(kFrom, kTo, 1'000),
                                         {wallet(kFrom, 6'000), wallet(kTo, 1'000)}, 150);
    EXPECT_EQ(effects.number(proto::InstrEffects::result), 0u);
    EXPECT_EQ(effects.number(proto::InstrEffects::cu_avail), 0u);
    const auto accounts = effects.accounts(proto::InstrEffects::modified_accounts);
    ASSERT_EQ(accounts.size(), 3u); // the program, too
    EXPECT_EQ(accounts.at(kFrom).lamports, 5'000u);
    EXPECT_EQ(accounts.at(kTo).lamports, 2'000u);
    EXPECT_EQ(accounts.at(ids::kSystemProgram).owner, ids::kNativeLoader);
    EXPECT_TRUE(accounts.at(ids::kSystemProgram).executable);
}

TEST(InstructionHarness, NumbersErrorsFromOne) {
    auto instruction = system::transfer(kFrom, kTo, 1'000);
    instruction.accounts[0].is_signer = false;
    const auto effects =
        run_instruction(instruction, {wallet(kFrom, 6'000), wallet(kTo, 1'000)}, 1'000);
    EXPECT_EQ(effects.number(proto::InstrEffects::result), 8u); // MissingRequiredSignature
    EXPECT_EQ(effects.number(proto::InstrEffects::cu_avail), 850u);
}

TEST(InstructionHarness, ReportsCustomCodes) {
    const auto effects = run_instruction(system::transfer(kFrom, kTo, 10'000),
                                         {wallet(kFrom, 6'000), wallet(kTo, 1'000)}, 1'000);
    EXPECT_EQ(effects.number(proto::InstrEffects::result), 26u);
    EXPECT_EQ(effects.number(proto::InstrEffects::custom_err), 1u); // ResultWithNegativeLamports
}

TEST(InstructionHarness, CustomCodesOfPrecompilesAreZero) {
    const auto effects = run_instruction(
        {.program_id = ids::kEd25519Program, .accounts = {}, .data = {1}}, {}, 1'000);
    EXPECT_EQ(effects.number(proto::InstrEffects::result), 26u);
    EXPECT_EQ(effects.number(proto::InstrEffects::custom_err), 0u);
}

TEST(InstructionHarness, FlagsOfRepeatsAreJoined) {
    auto instruction = system::transfer(kFrom, kTo, 1'000);
    instruction.accounts[0].is_signer = false;
    instruction.accounts.push_back({kFrom, true, false});
    const auto effects =
        run_instruction(instruction, {wallet(kFrom, 6'000), wallet(kTo, 1'000)}, 1'000);
    EXPECT_EQ(effects.number(proto::InstrEffects::result), 0u);
}

TEST(InstructionHarness, ExhaustionHidesDataWhereAccountsHaveRegions) {
    const auto run = [&](const FeatureSet& features) {
        return run_instruction(system::transfer(kFrom, kTo, 1),
                               {wallet(kFrom, 6'000), owned(kTo, kProgram, {1, 2, 3})}, 149,
                               features);
    };
    FeatureSet features = FeatureSet::all();
    auto effects = run(features);
    EXPECT_EQ(effects.number(proto::InstrEffects::result), 38u); // ComputationalBudgetExceeded
    EXPECT_TRUE(
        effects.accounts(proto::InstrEffects::modified_accounts).at(kTo).data.view().empty());
    features.deactivate(Feature::virtual_address_space_adjustments);
    effects = run(features);
    EXPECT_EQ(effects.accounts(proto::InstrEffects::modified_accounts).at(kTo).data.size(), 3u);
}

TEST(InstructionHarness, RefusesWhatTheReferenceStopsAt) {
    const auto refused = [](const Instruction& instruction, std::vector<AccountChange> accounts) {
        return !run_instruction_context(
            write_instruction_context(instruction, std::move(accounts), 1'000, FeatureSet::all())
                .view());
    };
    const auto transfer = system::transfer(kFrom, kTo, 1);
    const auto clock = tests::sysvar_entry(ids::kClock, tests::clock_at(10).encode());
    const auto rent = tests::sysvar_entry(ids::kRent, Rent{}.encode());
    EXPECT_FALSE(refused(transfer, {clock, rent}));
    EXPECT_TRUE(refused(transfer, {clock}));
    EXPECT_TRUE(refused(transfer, {rent}));
    EXPECT_TRUE(refused(transfer, {clock, rent, wallet(kFrom, 1), wallet(kFrom, 1)}));
    EXPECT_TRUE(refused(no_op(), {clock, rent, wallet(kProgram, 1)})); // no program
    auto gone = clock;
    gone.account.lamports = 0;
    EXPECT_TRUE(refused(transfer, {gone, rent}));
}

const Bytes& program_that_returns_zero() {
    static const Bytes kElf =
        sbpf::write_elf(
            sbpf::assemble(".globl entrypoint\nentrypoint:\n mov64 r0, 0\n exit\n").value())
            .value();
    return kElf;
}

TEST(InstructionHarness, ProgramDeployedInThisSlotIsNotVisible) {
    // A program of loader v2 counts as deployed in slot 0.
    const auto result_at = [](Slot slot) {
        const auto context = write_instruction_context(
            no_op(),
            with_sysvars({owned(kProgram, ids::kBpfLoader, program_that_returns_zero())}, slot),
            1'000, FeatureSet::all());
        return ReadMessage(run_instruction_context(context.view()).value())
            .number(proto::InstrEffects::result);
    };
    EXPECT_EQ(result_at(0), 31u); // UnsupportedProgramId
    EXPECT_EQ(result_at(1), 0u);
}

// --- laid out for the program ---

TEST(SerializationHarness, HashesTheWholeInput) {
    const auto context = write_instruction_context(
        no_op({}, {7, 8}), with_sysvars({owned(kProgram, ids::kBpfLoader)}), 0, FeatureSet());
    const ReadMessage effects(run_serialization_context(context.view()).value());
    Bytes input(8); // no accounts
    input.insert(input.end(), {2, 0, 0, 0, 0, 0, 0, 0, 7, 8});
    input.insert(input.end(), 32, 9); // the program
    EXPECT_EQ(effects.number(proto::VMSerializationEffects::serialized_memory_hash),
              crypto::xxh64(input));
    ASSERT_EQ(effects.count(proto::VMSerializationEffects::vm_input_memory_regions), 1u);
    const auto region = effects.message(proto::VMSerializationEffects::vm_input_memory_regions);
    EXPECT_EQ(region.number(proto::VMInputMemoryRegion::vm_address), 4ull << 32);
    EXPECT_EQ(region.number(proto::VMInputMemoryRegion::region_size), input.size());
    EXPECT_EQ(region.number(proto::VMInputMemoryRegion::is_writable), 1u);
}

TEST(SerializationHarness, SaysWhereThePartsOfAnAccountLie) {
    const auto context = write_instruction_context(
        no_op({{kTo, false, true}}),
        with_sysvars({owned(kProgram, ids::kBpfLoader), owned(kTo, kProgram, Bytes(5))}), 0,
        FeatureSet());
    const ReadMessage effects(run_serialization_context(context.view()).value());
    const auto place = effects.message(proto::VMSerializationEffects::serialized_account_metadata);
    constexpr std::uint64_t kRecord = (4ull << 32) + 8; // behind the number of accounts
    EXPECT_EQ(place.number(proto::VMSerializedAccountMetadata::original_data_len), 5u);
    EXPECT_EQ(place.number(proto::VMSerializedAccountMetadata::vm_key_addr), kRecord + 8);
    EXPECT_EQ(place.number(proto::VMSerializedAccountMetadata::vm_owner_addr), kRecord + 40);
    EXPECT_EQ(place.number(proto::VMSerializedAccountMetadata::vm_lamports_addr), kRecord + 72);
    EXPECT_EQ(place.number(proto::VMSerializedAccountMetadata::vm_data_addr), kRecord + 88);
}

TEST(SerializationHarness, MoreThan255AccountsAreAnError) {
    const auto context = write_instruction_context(
        no_op(std::vector<AccountMeta>(256, {kTo, false, false})),
        with_sysvars({owned(kProgram, ids::kBpfLoader), wallet(kTo, 1)}), 0, FeatureSet());
    const ReadMessage effects(run_serialization_context(context.view()).value());
    EXPECT_EQ(effects.number(proto::VMSerializationEffects::has_error), 1u);
    EXPECT_EQ(effects.count(proto::VMSerializationEffects::serialized_memory_hash), 0u);
}

// --- one syscall, one run ---

struct MachineContext {
    std::string_view function;
    std::vector<std::uint64_t> arguments; // r1 and on
    std::uint64_t heap_size = 0;
    Bytes heap_prefix = {};
    Bytes stack_prefix = {};
    Bytes text = {};
    std::uint64_t version = 0;
    Bytes call_whitelist = {};
    std::uint64_t entry_pc = 0;
    ComputeUnits units = 10'000;
    FeatureSet features = FeatureSet::all();
    Bytes return_data = {};
};

Bytes write(const MachineContext& context) {
    WireWriter machine;
    machine.number(proto::VmContext::heap_max, context.heap_size);
    machine.bytes(proto::VmContext::rodata, context.text);
    for (std::size_t i = 0; i < context.arguments.size(); ++i) {
        machine.number(proto::VmContext::r1 + i, context.arguments[i]);
    }
    machine.number(proto::VmContext::entry_pc, context.entry_pc);
    machine.bytes(proto::VmContext::call_whitelist, context.call_whitelist);
    machine.number(proto::VmContext::sbpf_version, context.version);
    if (!context.return_data.empty()) {
        WireWriter data;
        data.bytes(proto::ReturnData::program_id, key_of(5).view());
        data.bytes(proto::ReturnData::data, context.return_data);
        machine.element(proto::VmContext::return_data, data);
    }
    WireWriter invocation;
    invocation.bytes(proto::SyscallInvocation::function_name, as_bytes(context.function));
    invocation.bytes(proto::SyscallInvocation::heap_prefix, context.heap_prefix);
    invocation.bytes(proto::SyscallInvocation::stack_prefix, context.stack_prefix);
    WireWriter out;
    out.element(proto::SyscallContext::vm_ctx, machine);
    out.element(proto::SyscallContext::instr_ctx,
                write_instruction_context(no_op({}, {1, 2, 3}),
                                          with_sysvars({owned(kProgram, ids::kBpfLoader)}),
                                          context.units, context.features));
    out.element(proto::SyscallContext::syscall_invocation, invocation);
    return out.take();
}

constexpr std::uint64_t kHeap = 3ull << 32;

TEST(SyscallHarness, ShowsMemoryAndUnits) {
    const Bytes context = write({.function = "sol_memset_",
                                 .arguments = {kHeap + 1, 0xab, 2},
                                 .heap_size = 4,
                                 .heap_prefix = {1, 2, 3, 4, 5, 6}});
    const ReadMessage effects(run_syscall_context(context).value());
    EXPECT_EQ(effects.number(proto::SyscallEffects::error), 0u);
    EXPECT_EQ(effects.bytes(proto::SyscallEffects::heap), (Bytes{1, 0xab, 0xab, 4}));
    EXPECT_EQ(effects.bytes(proto::SyscallEffects::stack).size(), 256u * 1024);
    EXPECT_EQ(effects.number(proto::SyscallEffects::cu_avail), 10'000u - 10);
    EXPECT_EQ(effects.number(proto::SyscallEffects::pc), 0u);
}

TEST(SyscallHarness, NumbersErrorsByTheirKind) {
    const auto error_of = [](const MachineContext& context) {
        const ReadMessage effects(run_syscall_context(write(context)).value());
        return std::pair(effects.number(proto::SyscallEffects::error_kind),
                         effects.number(proto::SyscallEffects::error));
    };
    EXPECT_EQ(error_of({.function = "abort", .arguments = {}}), (std::pair{2ul, 2ul}));
    EXPECT_EQ(error_of({.function = "sol_memset_", .arguments = {kHeap, 0, 1}}),
              (std::pair{1ul, 12ul})); // AccessViolation
    EXPECT_EQ(error_of({.function = "abort", .arguments = {}, .units = 0}), (std::pair{2ul, 2ul}));
    EXPECT_EQ(error_of({.function = "sol_memset_", .arguments = {kHeap, 0, 1}, .units = 1}),
              (std::pair{3ul, 38ul})); // ComputationalBudgetExceeded
}

TEST(SyscallHarness, FailureHidesRegionsWhereAccountsHaveThem) {
    const auto regions = [](std::string_view function, const FeatureSet& features) {
        const ReadMessage effects(
            run_syscall_context(
                write({.function = function, .arguments = {}, .features = features}))
                .value());
        return effects.count(proto::SyscallEffects::input_data_regions);
    };
    EXPECT_EQ(regions("sol_get_stack_height", FeatureSet::all()), 1u);
    EXPECT_EQ(regions("abort", FeatureSet::all()), 0u);
    EXPECT_EQ(regions("abort", FeatureSet()), 1u);
}

TEST(SyscallHarness, ReturnDataThatWasThereIsThere) {
    const Bytes context = write({.function = "sol_get_return_data",
                                 .arguments = {kHeap, 0, kHeap},
                                 .return_data = {1, 2, 3}});
    const ReadMessage effects(run_syscall_context(context).value());
    EXPECT_EQ(effects.number(proto::SyscallEffects::r0), 3u);
}

TEST(SyscallHarness, RefusesUnknownFunctionsAndLargeHeaps) {
    EXPECT_FALSE(run_syscall_context(write({.function = "sol_nothing_", .arguments = {}})));
    EXPECT_FALSE(run_syscall_context(
        write({.function = "abort", .arguments = {}, .heap_size = 256 * 1024 + 1})));
    EXPECT_FALSE(run_syscall_context(
        write({.function = "abort", .arguments = {}, .return_data = Bytes(1025, 1)})));
}

/// mov64 r0, 42; exit.
const Bytes kAnswer = {0xb7, 0, 0, 0, 42, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0};

TEST(InterpreterHarness, RunsTextAndShowsRegisters) {
    const Bytes context = write({.function = "", .arguments = {77, 78}, .text = kAnswer});
    const ReadMessage effects(run_interpreter_context(context).value());
    EXPECT_EQ(effects.number(proto::SyscallEffects::error), 0u);
    EXPECT_EQ(effects.number(proto::SyscallEffects::r0), 42u);
    EXPECT_EQ(effects.number(proto::SyscallEffects::r1), 4ull << 32); // the input
    EXPECT_EQ(effects.number(proto::SyscallEffects::r2), 78u);
    EXPECT_EQ(effects.number(proto::SyscallEffects::r10), (2ull << 32) + 4096);
    EXPECT_EQ(effects.number(proto::SyscallEffects::cu_avail), 10'000u - 2);
    EXPECT_EQ(effects.number(proto::SyscallEffects::pc), 1u); // of exit
    EXPECT_EQ(effects.bytes(proto::SyscallEffects::rodata), kAnswer);
}

TEST(InterpreterHarness, StackEndsWithItsLastByteSet) {
    const Bytes context =
        write({.function = "", .arguments = {}, .stack_prefix = {0, 5, 0, 0}, .text = kAnswer});
    const ReadMessage effects(run_interpreter_context(context).value());
    EXPECT_EQ(effects.bytes(proto::SyscallEffects::stack), (Bytes{0, 5}));
}

TEST(InterpreterHarness, RefusedTextIsMinusTwo) {
    for (const Bytes& text : {Bytes{1, 2, 3}, Bytes{}, Bytes(8, 0xff)}) {
        const Bytes context = write({.function = "", .arguments = {}, .text = text});
        const ReadMessage effects(run_interpreter_context(context).value());
        EXPECT_EQ(effects.number(proto::SyscallEffects::error), static_cast<std::uint64_t>(-2));
    }
}

TEST(InterpreterHarness, ExhaustionShowsNothingElse) {
    const Bytes loop = {0x05, 0, 0xff, 0xff, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0};
    const Bytes context = write({.function = "", .arguments = {}, .text = loop, .units = 100});
    const ReadMessage effects(run_interpreter_context(context).value());
    EXPECT_EQ(effects.number(proto::SyscallEffects::error), 9u);
    EXPECT_EQ(effects.number(proto::SyscallEffects::cu_avail), 0u);
    EXPECT_EQ(effects.count(proto::SyscallEffects::rodata), 0u);
}

TEST(InterpreterHarness, CallsGoWhereTheWhitelistSays) {
    // call slot 2 by its key; exit; mov64 r0, 42; exit.
    Bytes text = {0x85, 0x10, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0};
    store_le(&text[4], sbpf::function_key(2));
    text.insert(text.end(), kAnswer.begin(), kAnswer.end());
    const auto run = [&](Bytes whitelist) {
        return ReadMessage(
            run_interpreter_context(
                write({.function = "", .arguments = {}, .text = text, .call_whitelist = whitelist}))
                .value());
    };
    EXPECT_EQ(run({0b100}).number(proto::SyscallEffects::r0), 42u);
    EXPECT_EQ(run({0b010}).number(proto::SyscallEffects::error), 15u); // UnsupportedInstruction
}

TEST(InterpreterHarness, SyscallsDoNothing) {
    Bytes text = {0x85, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0};
    store_le(&text[4], sbpf::murmur3_32(as_bytes("abort")));
    const ReadMessage effects(
        run_interpreter_context(write({.function = "", .arguments = {}, .text = text})).value());
    EXPECT_EQ(effects.number(proto::SyscallEffects::error), 0u);
    EXPECT_EQ(effects.number(proto::SyscallEffects::cu_avail), 10'000u - 2);
}

// --- ELF files ---

TEST(ElfHarness, NumbersErrorsFromOne) {
    const auto code_of = [](ByteView elf) {
        const Bytes context = WireWriter().bytes(proto::ELFLoaderCtx::elf_data, elf).take();
        return ReadMessage(run_elf_context(context).value())
            .number(proto::ELFLoaderEffects::err_code);
    };
    EXPECT_EQ(code_of(Bytes(64)), 1u);       // FailedToParse
    EXPECT_EQ(code_of(Bytes{1, 2, 3}), 21u); // ValueOutOfBounds: no room for a version
    EXPECT_FALSE(run_elf_context({}));
}

TEST(ElfHarness, DescribesALoadedProgram) {
    const Bytes context =
        WireWriter().bytes(proto::ELFLoaderCtx::elf_data, program_that_returns_zero()).take();
    const ReadMessage effects(run_elf_context(context).value());
    EXPECT_EQ(effects.number(proto::ELFLoaderEffects::err_code), 0u);
    EXPECT_EQ(effects.number(proto::ELFLoaderEffects::text_cnt), 2u);
    EXPECT_EQ(effects.number(proto::ELFLoaderEffects::entry_pc), 0u);
    EXPECT_EQ(effects.number(proto::ELFLoaderEffects::calldests_hash),
              crypto::xxh64(Bytes(8))); // slot 0 alone
}

// --- transactions ---

struct Transaction {
    Bytes header = {1, 0, 1};
    std::vector<Pubkey> keys = {kFrom, kTo, ids::kSystemProgram};
    std::vector<std::uint64_t> accounts = {0, 1};
    std::uint64_t program = 2;
    Bytes data = {2, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0};
    Hash blockhash = {};
};

WireWriter write(const Transaction& transaction) {
    WireWriter header;
    header.number(proto::MessageHeader::num_required_signatures, transaction.header[0]);
    header.number(proto::MessageHeader::num_readonly_signed_accounts, transaction.header[1]);
    header.number(proto::MessageHeader::num_readonly_unsigned_accounts, transaction.header[2]);
    WireWriter instruction;
    instruction.number(proto::CompiledInstruction::program_id_index, transaction.program);
    instruction.packed(proto::CompiledInstruction::accounts, transaction.accounts);
    instruction.bytes(proto::CompiledInstruction::data, transaction.data);
    WireWriter message;
    message.boolean(proto::TransactionMessage::is_legacy, true);
    message.element(proto::TransactionMessage::header, header);
    for (const Pubkey& key : transaction.keys) {
        message.element(proto::TransactionMessage::account_keys, key.view());
    }
    message.bytes(proto::TransactionMessage::recent_blockhash, transaction.blockhash.view());
    message.element(proto::TransactionMessage::instructions, instruction);
    WireWriter out;
    out.element(proto::SanitizedTransaction::message, message);
    return out;
}

constexpr Lamports kRich = 1'000'000'000;

ReadMessage run_transaction(const Transaction& transaction, std::vector<AccountChange> accounts) {
    WireWriter context;
    context.element(proto::TxnContext::tx, write(transaction));
    accounts.push_back(owned(ids::kSystemProgram, ids::kNativeLoader));
    for (const AccountChange& account : with_sysvars(std::move(accounts))) {
        context.element(proto::TxnContext::account_shared_data, write_account(account));
    }
    WireWriter entry;
    entry.bytes(proto::BlockhashQueueEntry::blockhash, Hash{}.view());
    entry.number(proto::BlockhashQueueEntry::lamports_per_signature, 5'000);
    WireWriter bank;
    bank.element(proto::TxnBank::blockhash_queue, entry);
    bank.element(proto::TxnBank::features, tests::write_feature_set(FeatureSet::all()));
    context.element(proto::TxnContext::bank, bank);
    const auto result = run_transaction_context(context.view());
    EXPECT_TRUE(result.has_value());
    return ReadMessage(result.value_or(Bytes()));
}

TEST(TransactionHarness, ReportsFeesUnitsAndWritableAccounts) {
    const auto result = run_transaction({}, {wallet(kFrom, kRich), wallet(kTo, kRich)});
    EXPECT_EQ(result.number(proto::TxnResult::executed), 1u);
    EXPECT_EQ(result.number(proto::TxnResult::txn_error), 0u);
    EXPECT_EQ(result.number(proto::TxnResult::executed_units), 150u);
    const auto fee = result.message(proto::TxnResult::fee_details);
    EXPECT_EQ(fee.number(proto::FeeDetails::transaction_fee), 5'000u);
    const auto accounts = result.accounts(proto::TxnResult::modified_accounts);
    ASSERT_EQ(accounts.size(), 2u);
    EXPECT_EQ(accounts.at(kFrom).lamports, kRich - 5'000 - 100);
    EXPECT_EQ(accounts.at(kTo).lamports, kRich + 100);
    EXPECT_EQ(result.count(proto::TxnResult::rollback_accounts), 0u);
}

TEST(TransactionHarness, FailureShowsMemoryAndWhatItLeaves) {
    Transaction transaction;
    transaction.data = {2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    const auto result = run_transaction(transaction, {wallet(kFrom, kRich), wallet(kTo, kRich)});
    EXPECT_EQ(result.number(proto::TxnResult::executed), 1u);
    EXPECT_EQ(result.number(proto::TxnResult::txn_error), 9u);
    EXPECT_EQ(result.number(proto::TxnResult::instruction_error), 26u);
    EXPECT_EQ(result.number(proto::TxnResult::instruction_error_index), 0u);
    EXPECT_EQ(result.number(proto::TxnResult::custom_error), 1u);
    EXPECT_EQ(result.accounts(proto::TxnResult::modified_accounts).size(), 2u);
    const auto rollback = result.accounts(proto::TxnResult::rollback_accounts);
    ASSERT_EQ(rollback.size(), 1u);
    EXPECT_EQ(rollback.at(kFrom).lamports, kRich - 5'000);
}

TEST(TransactionHarness, FeesOnlyShowsRollbackAlone) {
    Transaction transaction;
    transaction.keys[2] = kProgram; // no account
    const auto result = run_transaction(transaction, {wallet(kFrom, kRich)});
    EXPECT_EQ(result.number(proto::TxnResult::executed), 1u);
    EXPECT_EQ(result.number(proto::TxnResult::txn_error), 4u); // ProgramAccountNotFound
    EXPECT_EQ(result.count(proto::TxnResult::modified_accounts), 0u);
    EXPECT_EQ(result.count(proto::TxnResult::rollback_accounts), 1u);
}

TEST(TransactionHarness, UnprocessableIsNotExecuted) {
    Transaction transaction;
    transaction.blockhash.bytes.fill(3);
    const auto result = run_transaction(transaction, {wallet(kFrom, kRich)});
    EXPECT_EQ(result.number(proto::TxnResult::executed), 0u);
    EXPECT_EQ(result.number(proto::TxnResult::txn_error), 8u); // BlockhashNotFound
    EXPECT_EQ(result.count(proto::TxnResult::fee_details), 0u);
}

TEST(TransactionHarness, RefusesWhatIsLargerThanAPacket) {
    Transaction transaction;
    transaction.data = Bytes(1'300);
    WireWriter context;
    context.element(proto::TxnContext::tx, write(transaction));
    context.element(proto::TxnContext::bank, WireWriter());
    EXPECT_FALSE(run_transaction_context(context.view()));
}

// --- cost ---

TEST(CostHarness, EstimatesTheTransferOfTheReferencesTest) {
    Transaction transaction;
    transaction.data = {2, 0, 0, 0};
    WireWriter context;
    context.element(proto::CostContext::tx, write(transaction));
    context.element(proto::CostContext::features, tests::write_feature_set(FeatureSet::all()));
    const ReadMessage cost(run_cost_context(context.view()).value());
    EXPECT_EQ(cost.number(proto::CostResult::has_cost), 1u);
    EXPECT_EQ(cost.number(proto::CostResult::signature_cost), 720u);
    EXPECT_EQ(cost.number(proto::CostResult::write_lock_cost), 600u);
    EXPECT_EQ(cost.number(proto::CostResult::data_bytes_cost), 1u);
    EXPECT_EQ(cost.number(proto::CostResult::programs_execution_cost), 3'000u);
    EXPECT_EQ(cost.number(proto::CostResult::loaded_accounts_data_size_cost), 16'384u);
    EXPECT_EQ(cost.number(proto::CostResult::total_cost), 720u + 600 + 1 + 3'000 + 16'384);
}

TEST(CostHarness, ActualModeTakesWhatIsGiven) {
    WireWriter context;
    context.element(proto::CostContext::tx, write(Transaction{}));
    context.number(proto::CostContext::mode, proto::TxnCostMode::ACTUAL);
    context.number(proto::CostContext::actual_programs_execution_cost, 5'000);
    context.number(proto::CostContext::actual_loaded_accounts_data_size_bytes, 65'536);
    const ReadMessage cost(run_cost_context(context.view()).value());
    EXPECT_EQ(cost.number(proto::CostResult::programs_execution_cost), 5'000u);
    EXPECT_EQ(cost.number(proto::CostResult::loaded_accounts_data_size_cost), 16u);
}

TEST(CostHarness, RefusesMissingAndOversizedTransactions) {
    EXPECT_FALSE(run_cost_context({}));
    Transaction transaction;
    transaction.data = Bytes(1'300);
    WireWriter context;
    context.element(proto::CostContext::tx, write(transaction));
    EXPECT_FALSE(run_cost_context(context.view()));
}

// --- feature gates ---

TEST(FeatureSupport, EveryGateIsEitherHardcodedOrSupported) {
    const FeatureSupport support = feature_support();
    std::set<std::uint64_t> all(support.hardcoded.begin(), support.hardcoded.end());
    all.insert(support.supported.begin(), support.supported.end());
    EXPECT_EQ(all.size(), support.hardcoded.size() + support.supported.size());
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
        EXPECT_TRUE(all.contains(feature_number(static_cast<Feature>(i))));
    }
}

TEST(FeatureSupport, NumberThatTwoPlaceholdersShareMeansBoth) {
    const std::uint64_t number = feature_number(Feature::disable_sbpf_v0_execution);
    ASSERT_EQ(number, feature_number(Feature::reenable_sbpf_v0_execution));
    WireWriter message;
    message.fixed64(proto::FeatureSet::features, number);
    FeatureSet features;
    ASSERT_TRUE(read_features(message.view(), features).has_value());
    EXPECT_TRUE(features.is_active(Feature::disable_sbpf_v0_execution));
    EXPECT_TRUE(features.is_active(Feature::reenable_sbpf_v0_execution));
}

TEST(FeatureSupport, SwitchableGatesAreThoseThatTheSourceAsksAbout) {
    const std::filesystem::path root = std::filesystem::path(FATHOM_SOURCE_DIR) / "src/fathom";
    constexpr std::string_view kMention = "Feature::";
    constexpr std::string_view kNameLetters = "abcdefghijklmnopqrstuvwxyz0123456789_";
    std::set<std::string> mentioned;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        const std::string path = entry.path().string();
        // No harness executes whole blocks, so it does not matter what a bank asks about.
        if (!path.ends_with("pp") || path.ends_with("_test.cpp") ||
            path.find("/harness/") != std::string::npos ||
            path.find("/bank/") != std::string::npos) {
            continue;
        }
        std::stringstream text;
        text << std::ifstream(entry.path()).rdbuf();
        const std::string content = text.str();
        for (std::size_t at = content.find(kMention); at != std::string::npos;
             at = content.find(kMention, at)) {
            at += kMention.size();
            const std::size_t end = content.find_first_not_of(kNameLetters, at);
            if (end != at) mentioned.insert(content.substr(at, end - at));
        }
    }
    std::set<std::string> listed;
    for (const Feature feature : switchable_features()) {
        listed.emplace(feature_name(feature));
    }
    EXPECT_EQ(listed, mentioned);
}

} // namespace
} // namespace fathom::harness::compat

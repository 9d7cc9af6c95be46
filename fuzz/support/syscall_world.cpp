// SPDX-License-Identifier: Apache-2.0
// The world that a fuzzed syscall finds itself in.
#include "fuzz/support/syscall_world.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/programs/bincode_reader.hpp"
#include "fathom/programs/builtins.hpp"
#include "fathom/syscalls/registry.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/sysvars.hpp"

#include <algorithm>
#include <cstring>

namespace fathom::fuzzing {
namespace {

constexpr std::uint64_t kRodataSize = 512;
constexpr std::uint64_t kHeapSize = 32 * 1024;
constexpr std::uint64_t kInputGuess = 0x5000; // about where a small input ends

Pubkey key_of(std::uint8_t fill) {
    Pubkey key;
    key.bytes.fill(fill);
    return key;
}

/// A kind, and what it needs: a small number, an address in a region, an address near a region's
/// end, or eight bytes as they are.
std::uint64_t read_value(programs::BincodeReader& reader) {
    switch (reader.u8() % 9) {
    case 0: return reader.u8();
    case 1: return sbpf::kBytecodeStart + reader.u8();
    case 2: return sbpf::kHeapStart + reader.u16();
    case 3: return sbpf::kInputStart + reader.u16();
    case 4: return sbpf::kHeapStart + kHeapSize - reader.u8();
    case 5: return sbpf::kBytecodeStart + kRodataSize - reader.u8();
    case 6: return sbpf::kInputStart + kInputGuess - reader.u16();
    case 7: return reader.u16();
    default: return reader.u64();
    }
}

invoke::Environment make_environment(const SyscallInput& input) {
    invoke::Environment environment;
    environment.features = input.has_all_features ? FeatureSet::all() : FeatureSet::mainnet();
    environment.execution.syscalls = syscalls::make_table(environment.features, false);
    environment.deployment.syscalls = syscalls::make_table(environment.features, true);
    const auto add = [&](const Pubkey& id, const Bytes& data) {
        environment.sysvars.add(id, AccountData(data));
    };
    add(ids::kClock, Clock{.slot = 100, .epoch = 3, .leader_schedule_epoch = 4}.encode());
    add(ids::kRent, Rent{}.encode());
    add(ids::kEpochSchedule, EpochSchedule{}.encode());
    SlotHashes hashes;
    for (Slot slot = 100; slot-- > 40;) hashes.entries.emplace_back(slot, Hash{});
    add(ids::kSlotHashes, hashes.encode());
    return environment;
}

std::vector<invoke::KeyedAccount> make_accounts(const Pubkey& loader) {
    const Pubkey program = key_of(0xaa);
    return {{program, {1, AccountData{}, loader, true}},
            {key_of(1), {1'000'000, AccountData{}, ids::kSystemProgram}},
            {key_of(2), {500'000, AccountData(Bytes(100, 2)), program}},
            {key_of(3), {7, AccountData(Bytes(10, 3)), key_of(0xee)}},
            {ids::kSystemProgram, {1, AccountData{}, ids::kNativeLoader, true}}};
}

constexpr invoke::InstructionAccount kInstructionAccounts[] = {
    {1, true, true}, {2, false, true}, {3, false, false}, {2, false, true}, {4, false, false}};

vm::Executable make_executable() {
    return {sbpf::Program::from_text(Bytes{0x95, 0, 0, 0, 0, 0, 0, 0}, sbpf::Version::V0),
            std::make_shared<vm::SyscallTable>(std::vector<vm::Syscall>{}),
            {}};
}

} // namespace

SyscallInput SyscallInput::read(ByteView bytes) {
    programs::BincodeReader reader(bytes);
    SyscallInput input;
    const std::uint8_t flags = reader.u8();
    input.has_all_features = (flags & 1) != 0;
    input.is_loader_v1 = (flags & 2) != 0;
    input.has_account_regions = (flags & 4) != 0;
    input.is_rust = (flags & 8) != 0;
    input.which = reader.u8();
    input.units = reader.u32() % 4'000'000;
    for (std::uint64_t& value : input.registers) value = read_value(reader);
    const unsigned count = reader.u8() % 8;
    for (unsigned i = 0; i < count; ++i) {
        const std::uint64_t at = reader.u16() % (kHeapSize - 8);
        input.words.push_back({at, read_value(reader)});
    }
    input.heap = bytes.subspan(std::min(reader.position(), bytes.size()));
    return input;
}

SyscallWorld::SyscallWorld(const SyscallInput& input)
    : input_(input), registers_(input.registers), environment_(make_environment(input)),
      instruction_data_(24, 9), rodata_(kRodataSize, 0x5a), heap_(kHeapSize / 8),
      executable_(make_executable()) {
    const Pubkey loader = input.is_loader_v1 ? ids::kBpfLoaderDeprecated : ids::kBpfLoader;
    transaction_ = std::make_unique<invoke::TransactionContext>(
        make_accounts(loader), Rent{}, budget_.max_instruction_stack_depth,
        budget_.max_instruction_trace_length, 2);
    for (const programs::Builtin& builtin : programs::builtins()) {
        programs_.insert(builtin.id,
                         std::make_shared<invoke::ProgramCacheEntry>(
                             invoke::ProgramCacheEntry{.state = invoke::ProgramState::Builtin,
                                                       .owner = ids::kNativeLoader,
                                                       .builtin = builtin.function,
                                                       .executable = nullptr}));
    }
    invocation_ = std::make_unique<invoke::InvokeContext>(*transaction_, programs_, environment_,
                                                          &logs_, budget_);
    invocation_->meter().remaining = input.units;
    FATHOM_ASSERT(transaction_->configure_top_level_instruction(
        0, 0,
        std::vector<invoke::InstructionAccount>(std::begin(kInstructionAccounts),
                                                std::end(kInstructionAccounts)),
        instruction_data_));
    FATHOM_ASSERT(invocation_->push());
    const invoke::SerializationOptions options{
        .address_space_adjustments = input.has_account_regions,
        .direct_mapping = input.has_account_regions && input.has_all_features};
    FATHOM_ASSERT(
        invoke::serialize_input(invocation_->current_instruction().value(), options, serialized_));
    transaction_->enable_access_handler(options.address_space_adjustments, options.direct_mapping);
    const std::size_t filled = std::min<std::size_t>(input.heap.size(), kHeapSize);
    if (filled != 0) std::memcpy(heap_.data(), input.heap.data(), filled);
    placed_ = kHeapSize / 2;
    std::vector<vm::MemoryRegion> regions{
        vm::MemoryRegion::readonly(rodata_, sbpf::kBytecodeStart),
        vm::MemoryRegion::writable({reinterpret_cast<std::uint8_t*>(heap_.data()), kHeapSize},
                                   sbpf::kHeapStart)};
    regions.insert(regions.end(), serialized_.regions.begin(), serialized_.regions.end());
    auto map = vm::MemoryMap::create(std::move(regions),
                                     input.has_account_regions ? vm::MapLayout::Unaligned
                                                               : vm::MapLayout::Aligned,
                                     sbpf::Version::V0, transaction_.get());
    FATHOM_ASSERT(map);
    map_.emplace(*std::move(map));
    invocation_->set_program_memory({.map = &*map_,
                                     .accounts = serialized_.accounts,
                                     .heap_position = 0,
                                     .heap_size = kHeapSize});
    machine_.emplace(executable_, *map_, invocation_->meter(), invocation_.get());
}

template <class T> std::uint64_t SyscallWorld::place(std::span<const T> values) {
    placed_ = (placed_ + 15) / 16 * 16;
    const std::uint64_t at = placed_;
    FATHOM_ASSERT(at + values.size_bytes() <= kHeapSize);
    std::memcpy(reinterpret_cast<std::uint8_t*>(heap_.data()) + at, values.data(),
                values.size_bytes());
    placed_ += values.size_bytes();
    return sbpf::kHeapStart + at;
}

std::uint64_t SyscallWorld::place_c_call(std::uint64_t& infos) {
    const std::array<std::uint64_t, 2> keys = {serialized_.accounts[0].vm_key_addr,
                                               serialized_.accounts[1].vm_key_addr};
    // CAccountMeta and CAccountInfo, as words, so that padding is zero.
    const std::array<std::uint64_t, 4> metas = {keys[0], 0x101, keys[1], 1};
    const std::array<std::uint8_t, 12> data = {2, 0, 0, 0, 5};
    const std::array<syscalls::CInstruction, 1> instruction = {
        {{serialized_.accounts[4].vm_key_addr, place<std::uint64_t>(metas), keys.size(),
          place<std::uint8_t>(data), data.size()}}};
    std::vector<std::uint64_t> list;
    for (const invoke::SerializedAccount& account : serialized_.accounts) {
        list.insert(list.end(),
                    {account.vm_key_addr, account.vm_lamports_addr, account.original_data_len,
                     account.vm_data_addr, account.vm_owner_addr, 0, 0x100});
    }
    infos = place<std::uint64_t>(list);
    return place<syscalls::CInstruction>(instruction);
}

std::uint64_t SyscallWorld::place_rust_call(std::uint64_t& infos) {
    const std::array<syscalls::RustAccountMeta, 2> metas = {{{key_of(1), 1, 1}, {key_of(2), 0, 1}}};
    const std::array<std::uint8_t, 12> data = {2, 0, 0, 0, 5};
    const std::array<syscalls::RustInstruction, 1> instruction = {
        {{{place<syscalls::RustAccountMeta>(metas), metas.size(), metas.size()},
          {place<std::uint8_t>(data), data.size(), data.size()},
          ids::kSystemProgram}}};
    std::vector<std::uint64_t> list; // RustAccountInfo
    for (const invoke::SerializedAccount& account : serialized_.accounts) {
        const std::array<std::uint64_t, 4> lamports = {1, 1, 0, account.vm_lamports_addr};
        const std::array<std::uint64_t, 5> bytes = {1, 1, 0, account.vm_data_addr,
                                                    account.original_data_len};
        const std::uint64_t lamports_at = place<std::uint64_t>(lamports);
        list.insert(list.end(), {account.vm_key_addr, lamports_at, place<std::uint64_t>(bytes),
                                 account.vm_owner_addr, 0, 0x100});
    }
    infos = place<std::uint64_t>(list);
    return place<syscalls::RustInstruction>(instruction);
}

void SyscallWorld::prepare_call() {
    std::uint64_t infos = 0;
    const std::uint64_t instruction = input_.is_rust ? place_rust_call(infos) : place_c_call(infos);
    if (registers_[0] == 0) registers_[0] = instruction;
    if (registers_[1] == 0) registers_[1] = infos;
    if (registers_[2] == 0) registers_[2] = serialized_.accounts.size();
    placed_ = kHeapSize / 2;
}

void SyscallWorld::apply_words() {
    for (const SyscallInput::Word& word : input_.words) {
        store_le(reinterpret_cast<std::uint8_t*>(heap_.data()) + word.place, word.value);
    }
}

uint128_t SyscallWorld::lamports() const {
    uint128_t sum = 0;
    for (std::uint16_t i = 0; i < transaction_->number_of_accounts(); ++i) {
        sum += transaction_->account(i).lamports;
    }
    return sum;
}

SyscallOutcome SyscallWorld::call(std::string_view name) {
    apply_words();
    SyscallOutcome outcome;
    const vm::Syscall* const syscall =
        environment_.execution.syscalls->find(sbpf::murmur3_32(as_bytes(name)));
    if (!syscall) return outcome; // not with these features
    const Bytes rodata_before = rodata_;
    const std::uint64_t units_before = invocation_->remaining();
    const uint128_t lamports_before = lamports();
    outcome.result = syscall->function(*machine_, registers_[0], registers_[1], registers_[2],
                                       registers_[3], registers_[4]);
    outcome.remaining = invocation_->remaining();
    FATHOM_ASSERT(outcome.remaining <= units_before);
    FATHOM_ASSERT(rodata_ == rodata_before);
    FATHOM_ASSERT(invocation_->stack_height() == 1);
    if (outcome.result.failed) {
        outcome.error = invocation_->take_syscall_failure().text();
    } else {
        FATHOM_ASSERT(lamports() == lamports_before);
    }
    const auto* const heap = reinterpret_cast<const std::uint8_t*>(heap_.data());
    outcome.memory.assign(heap, heap + kHeapSize);
    outcome.memory.insert(outcome.memory.end(), serialized_.buffer.begin(),
                          serialized_.buffer.end());
    outcome.logs = logs_.take();
    return outcome;
}

int fuzz_syscalls(ByteView bytes, std::span<const std::string_view> family) {
    const SyscallInput input = SyscallInput::read(bytes);
    const std::string_view name = family[input.which % family.size()];
    const auto run = [&] {
        SyscallWorld world(input);
        if (name.starts_with("sol_invoke_signed")) world.prepare_call();
        return world.call(name);
    };
    FATHOM_ASSERT(run() == run());
    return 0;
}

} // namespace fathom::fuzzing

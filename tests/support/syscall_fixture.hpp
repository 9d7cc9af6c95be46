// SPDX-License-Identifier: Apache-2.0
// A program in the middle of its run, made by hand: what a test of one syscall needs.
#pragma once

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/sbpf/program.hpp"
#include "fathom/syscalls/context.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/vm/machine.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::tests {

/// A key whose bytes are all `byte`.
[[nodiscard]] inline Pubkey key_of(std::uint8_t byte) {
    Pubkey key;
    key.bytes.fill(byte);
    return key;
}

/// Read-only memory at 1 << 32, heap at 3 << 32, writable input at 4 << 32. The program is account
/// 0; its loader is v2 unless set otherwise before the first use.
class SyscallFixture : public ::testing::Test {
protected:
    static constexpr std::uint64_t kRodata = 0x100000000;
    static constexpr std::uint64_t kHeap = 0x300000000;
    static constexpr std::uint64_t kInput = 0x400000000;
    static constexpr std::uint64_t kHeapSize = 32 * 1024;
    static constexpr std::uint64_t kRodataSize = 4096;
    static constexpr std::uint64_t kInputSize = 4096;
    /// In no region.
    static constexpr std::uint64_t kNowhere = 0x900000000;

    Pubkey program_id_ = key_of(0xaa);
    Pubkey loader_ = ids::kBpfLoader;
    invoke::Environment environment_;
    invoke::ExecutionBudget budget_;
    invoke::LogCollector logs_;
    invoke::ProgramCacheForBatch programs_{10};
    /// Further accounts of the transaction, from index 1.
    std::vector<invoke::KeyedAccount> accounts_;
    /// Of the running instruction.
    std::vector<invoke::InstructionAccount> instruction_accounts_;
    std::vector<std::uint8_t> instruction_data_;

    /// Everything above is fixed from now on, except for the environment's features and sysvars.
    virtual void start() {
        if (invocation_) return;
        begin_instruction();
        set_memory({vm::MemoryRegion::readonly(bytes_of(rodata_).first(kRodataSize), kRodata),
                    vm::MemoryRegion::writable(bytes_of(heap_).first(kHeapSize), kHeap),
                    vm::MemoryRegion::writable(bytes_of(input_).first(kInputSize), kInput)},
                   vm::MapLayout::Aligned, {});
    }

    [[nodiscard]] syscalls::SyscallContext& context() {
        start();
        return *context_;
    }
    [[nodiscard]] invoke::InvokeContext& invocation() {
        start();
        return *invocation_;
    }
    [[nodiscard]] vm::Machine& machine() {
        start();
        return *machine_;
    }
    void activate(Feature feature) { environment_.features.activate(feature); }

    void set_remaining(std::uint64_t units) { invocation().meter().remaining = units; }
    /// Units that `call` takes.
    template <class Call> [[nodiscard]] std::uint64_t units_of(Call&& call) {
        const std::uint64_t before = invocation().remaining();
        static_cast<void>(call());
        return before - invocation().remaining();
    }

    // Guest memory, written from outside without permissions.

    [[nodiscard]] virtual std::uint8_t* host(std::uint64_t address) {
        if (address >= kInput) return bytes_of(input_).data() + (address - kInput);
        if (address >= kHeap) return bytes_of(heap_).data() + (address - kHeap);
        return bytes_of(rodata_).data() + (address - kRodata);
    }
    void put(std::uint64_t address, ByteView bytes) {
        if (!bytes.empty()) std::memcpy(host(address), bytes.data(), bytes.size());
    }
    template <class T> void put_value(std::uint64_t address, const T& value) {
        store_le(host(address), value);
    }
    template <class T> [[nodiscard]] T get(std::uint64_t address) {
        return load_le<T>(host(address));
    }
    [[nodiscard]] Bytes get_bytes(std::uint64_t address, std::uint64_t length) {
        return {host(address), host(address) + length};
    }
    /// Puts bytes at a fresh place in the heap.
    [[nodiscard]] std::uint64_t place(ByteView bytes, std::uint64_t alignment = 16) {
        next_place_ = (next_place_ + alignment - 1) / alignment * alignment;
        const std::uint64_t address = next_place_;
        next_place_ += bytes.size();
        EXPECT_LE(next_place_, kHeap + kHeapSize);
        put(address, bytes);
        return address;
    }
    [[nodiscard]] std::uint64_t place(std::string_view text) { return place(as_bytes(text)); }
    template <class T> [[nodiscard]] std::uint64_t place_value(const T& value) {
        return place({reinterpret_cast<const std::uint8_t*>(&value), sizeof(T)});
    }
    /// Puts the texts and, behind them, the slices that name them; address of the slices.
    [[nodiscard]] std::uint64_t place_slices(std::initializer_list<ByteView> texts) {
        std::vector<std::uint64_t> slices;
        for (const ByteView text : texts) {
            slices.push_back(place(text));
            slices.push_back(text.size());
        }
        return place({reinterpret_cast<const std::uint8_t*>(slices.data()), slices.size() * 8});
    }

    // Expectations.

    static void expect_value(const syscalls::Value& value, std::uint64_t expected) {
        ASSERT_TRUE(value.has_value()) << value.error().text();
        EXPECT_EQ(*value, expected);
    }
    template <class Outcome>
    static void expect_error(const Outcome& outcome, InstructionError::Kind kind) {
        ASSERT_FALSE(outcome.has_value());
        ASSERT_NE(outcome.error().instruction_error(), nullptr) << outcome.error().text();
        EXPECT_EQ(outcome.error().instruction_error()->kind, kind);
    }
    template <class Outcome>
    static void expect_error(const Outcome& outcome, invoke::SyscallErrorKind kind,
                             std::string_view text) {
        ASSERT_FALSE(outcome.has_value());
        ASSERT_NE(outcome.error().syscall_error(), nullptr) << outcome.error().text();
        EXPECT_EQ(outcome.error().syscall_error()->kind, kind);
        EXPECT_EQ(outcome.error().text(), text);
    }
    template <class Outcome>
    static void expect_violation(const Outcome& outcome, vm::Access access, std::uint64_t address,
                                 std::uint64_t length) {
        ASSERT_FALSE(outcome.has_value());
        ASSERT_NE(outcome.error().fault(), nullptr) << outcome.error().text();
        const vm::Fault& fault = *outcome.error().fault();
        EXPECT_EQ(fault.kind, vm::FaultKind::AccessViolation);
        EXPECT_EQ(fault.access, access);
        EXPECT_EQ(fault.address, address);
        EXPECT_EQ(fault.length, length);
    }

    // For fixtures with a memory of their own.

    /// One transaction of `instruction_count` instructions, the first of which runs.
    void begin_instruction(std::size_t instruction_count = 1) {
        accounts_.insert(
            accounts_.begin(),
            {.key = program_id_,
             .account = {.lamports = 1, .data = {}, .owner = loader_, .executable = true}});
        transaction_ = std::make_unique<invoke::TransactionContext>(
            std::move(accounts_), Rent{}, budget_.max_instruction_stack_depth,
            budget_.max_instruction_trace_length, instruction_count);
        invocation_ = std::make_unique<invoke::InvokeContext>(*transaction_, programs_,
                                                              environment_, &logs_, budget_);
        ASSERT_TRUE(transaction_->configure_top_level_instruction(0, 0, instruction_accounts_,
                                                                  instruction_data_));
        ASSERT_TRUE(invocation_->push());
    }
    void set_memory(std::vector<vm::MemoryRegion> regions, vm::MapLayout layout,
                    std::span<const invoke::SerializedAccount> accounts) {
        auto map = vm::MemoryMap::create(std::move(regions), layout, sbpf::Version::V0,
                                         transaction_.get());
        ASSERT_TRUE(map.has_value()) << map.error().text();
        map_.emplace(std::move(*map));
        invocation_->set_program_memory(
            {.map = &*map_, .accounts = accounts, .heap_position = 0, .heap_size = kHeapSize});
        machine_.emplace(executable_, *map_, invocation_->meter(), invocation_.get());
        context_.emplace(*machine_);
    }
    [[nodiscard]] static MutableByteView bytes_of(std::vector<std::uint64_t>& words) {
        return {reinterpret_cast<std::uint8_t*>(words.data()), words.size() * 8};
    }

    std::vector<std::uint64_t> rodata_ = std::vector<std::uint64_t>(kRodataSize / 8);
    std::vector<std::uint64_t> heap_ = std::vector<std::uint64_t>(kHeapSize / 8);
    std::vector<std::uint64_t> input_ = std::vector<std::uint64_t>(kInputSize / 8);
    std::uint64_t next_place_ = kHeap;
    std::unique_ptr<invoke::TransactionContext> transaction_;
    std::unique_ptr<invoke::InvokeContext> invocation_;
    vm::Executable executable_{
        sbpf::Program::from_text(Bytes{0x95, 0, 0, 0, 0, 0, 0, 0}, sbpf::Version::V0),
        std::make_shared<vm::SyscallTable>(std::vector<vm::Syscall>{}),
        {}};
    std::optional<vm::MemoryMap> map_;
    std::optional<vm::Machine> machine_;
    std::optional<syscalls::SyscallContext> context_;
};

} // namespace fathom::tests

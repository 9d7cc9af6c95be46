// SPDX-License-Identifier: Apache-2.0
// One call of one syscall by a program in the middle of its run, chosen by bytes: features, loader,
// units, memory, registers.
//
// Input: flags (bit 0 all features, bit 1 loader v1, bit 2 accounts in their own regions, bit 3 the
// CPI structs are Rust's); which syscall of the family; units (u32, up to 4 million); five
// registers; a number of words to put into memory, each a place (u16, in the heap) and a value; the
// rest fills the heap. A register or value is a kind and what the kind needs: see
// SyscallInput::value.
//
// Accounts: 0 the program, 1 a signing payer, 2 the program's own, 3 read-only and nobody's, 4 the
// System program; 1, 2, 3, 2 again and 4 are the instruction's.
#pragma once

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/invoke/serialization.hpp"
#include "fathom/sbpf/program.hpp"
#include "fathom/syscalls/cpi_abi.hpp"
#include "fathom/vm/machine.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::fuzzing {

struct SyscallInput {
    bool has_all_features = false;
    bool is_loader_v1 = false;
    bool has_account_regions = false;
    bool is_rust = false;
    std::uint8_t which = 0;
    std::uint64_t units = 0;
    std::array<std::uint64_t, 5> registers{};
    struct Word {
        std::uint64_t place;
        std::uint64_t value;
    };
    std::vector<Word> words;
    ByteView heap;

    [[nodiscard]] static SyscallInput read(ByteView bytes);
};

/// What a call did. Equal inputs give equal ones.
struct SyscallOutcome {
    vm::SyscallResult result{};
    std::string error;
    std::uint64_t remaining = 0;
    Bytes memory; // heap, then input
    std::vector<std::string> logs;

    [[nodiscard]] bool operator==(const SyscallOutcome& other) const {
        return result.value == other.result.value && result.failed == other.result.failed &&
               error == other.error && remaining == other.remaining && memory == other.memory &&
               logs == other.logs;
    }
};

class SyscallWorld {
public:
    explicit SyscallWorld(const SyscallInput& input);
    SyscallWorld(const SyscallWorld&) = delete;
    SyscallWorld& operator=(const SyscallWorld&) = delete;

    /// Lays out a call of the System program, a transfer, in the form that the input says, and
    /// makes the registers point at it where the input leaves them zero.
    void prepare_call();
    /// Checks what every syscall keeps: the meter never grows, memory that is not writable stays.
    [[nodiscard]] SyscallOutcome call(std::string_view name);

private:
    template <class T> [[nodiscard]] std::uint64_t place(std::span<const T> values);
    [[nodiscard]] std::uint64_t place_c_call(std::uint64_t& infos);
    [[nodiscard]] std::uint64_t place_rust_call(std::uint64_t& infos);
    void apply_words();
    [[nodiscard]] uint128_t lamports() const;

    const SyscallInput& input_;
    std::array<std::uint64_t, 5> registers_;
    invoke::Environment environment_;
    invoke::ExecutionBudget budget_;
    invoke::LogCollector logs_;
    invoke::ProgramCacheForBatch programs_{100};
    Bytes instruction_data_;
    std::unique_ptr<invoke::TransactionContext> transaction_;
    std::unique_ptr<invoke::InvokeContext> invocation_;
    invoke::SerializedInput serialized_;
    Bytes rodata_;
    std::vector<std::uint64_t> heap_; // words, because guests may rely on its alignment
    std::uint64_t placed_ = 0;        // bytes of the heap
    vm::Executable executable_;
    std::optional<vm::MemoryMap> map_;
    std::optional<vm::Machine> machine_;
};

/// Runs the input twice against one syscall of the family.
int fuzz_syscalls(ByteView bytes, std::span<const std::string_view> family);

} // namespace fathom::fuzzing

/// A libFuzzer target for the syscalls with these names.
#define FATHOM_SYSCALL_FUZZER(...)                                                                 \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {            \
        static constexpr std::string_view kFamily[] = {__VA_ARGS__};                               \
        return fathom::fuzzing::fuzz_syscalls({data, size}, kFamily);                              \
    }

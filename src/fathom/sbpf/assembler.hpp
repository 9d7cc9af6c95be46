// SPDX-License-Identifier: Apache-2.0
// Assembler: text to an Assembly, which elf_writer.hpp turns into a loadable ELF.
//
// The instruction dialect is the one of the sbpf crate (mnemonics with or without their 64 suffix,
// `ldxdw r1, [r2+0x10]`, `jeq r1, 5, +2`, labels, `call label`, `syscall name`). On top of it:
//
//   .version v0        instruction set (v0 to v4); otherwise AssemblyOptions decides
//   .text / .rodata    section of what follows; a source starts in .text
//   .globl name        marks a label as a function
//   .equ NAME, value   constant; names that it uses must be defined above it
//   .ascii .asciz      text; .asciz adds a zero byte
//   .byte .short .word .quad   1, 2, 4, 8 bytes each; .quad may hold an address
//   .space n[, byte]   n bytes
//   .align n           zero bytes up to a multiple of n, a power of two up to 4096
//   .fill n, value     n instructions, each the 8 bytes of value
//
// A number is decimal, 0x hexadecimal, 0b binary or a quoted character. Wherever a number stands, a
// sum of numbers and names may stand; "." is the current address. `lddw r1, name` takes the address
// of data or code (on v2, which has no lddw, it becomes mov32 and hor64). `call name` is a call to
// the label of that name or, failing that, to the syscall if the name is "abort" or begins with
// "sol_". Comments begin with #, ; or //.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/sbpf/program.hpp"
#include "fathom/sbpf/version.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::sbpf {

/// The first thing in the source that makes no sense. Line and column count from 1.
struct AssemblyError {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    std::string message;

    /// "line 3, column 8: expected a register, found '7'".
    [[nodiscard]] std::string text() const;
};

struct AssemblyOptions {
    /// Used unless the source has a .version directive.
    Version version = Version::V0;
};

enum class Section : std::uint8_t { Text, Rodata };

struct CodeLabel {
    std::string name;
    std::uint32_t slot = 0;
    /// Called, exported, taken the address of, or named entrypoint or function_*.
    bool is_function = false;
};

struct DataSymbol {
    std::string name;
    std::uint32_t offset = 0;
};

struct CallUse {
    std::uint32_t slot = 0;
    std::uint32_t target_slot = 0;
};

struct SyscallUse {
    std::uint32_t slot = 0;
    /// Empty if the source gave the key as a number.
    std::string name;
    std::uint32_t key = 0;
};

/// A place that holds an address: in the text the two immediates of the lddw (or of v2's mov32 and
/// hor64) at `offset`, in read-only data the 8 bytes at `offset`.
struct AddressUse {
    Section section = Section::Text;
    std::uint32_t offset = 0;
    Section target = Section::Rodata;
    std::uint32_t target_offset = 0;
};

/// A program that knows no addresses yet. In `text`, calls are relative (src = 1, imm = target -
/// slot - 1), syscalls are the key (src = 0), and address fields are zero.
struct Assembly {
    Version version = Version::V0;
    Bytes text;
    Bytes rodata;
    std::uint32_t entry_slot = 0;
    std::vector<CodeLabel> labels; // ascending by slot
    std::vector<DataSymbol> symbols;
    std::vector<CallUse> calls;
    std::vector<SyscallUse> syscalls;
    std::vector<AddressUse> addresses;
    /// Source line of every text slot; 0 for the second slot of an lddw.
    std::vector<std::uint32_t> lines;
};

/// Never throws; sections are limited to 10 MiB each.
[[nodiscard]] Result<Assembly, AssemblyError> assemble(std::string_view source,
                                                       const AssemblyOptions& options = {});

/// The program as a loader would leave it, without the way through an ELF. Before V3 its read-only
/// data lies right behind the text.
[[nodiscard]] Program to_program(const Assembly& assembly);

/// Stores an address in an instruction pair: imm of the first slot low, of the second high.
void patch_address(MutableByteView text, std::uint32_t offset, std::uint64_t address);

} // namespace fathom::sbpf

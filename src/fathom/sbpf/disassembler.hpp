// SPDX-License-Identifier: Apache-2.0
// Disassembler: one instruction, or a whole program with labels, as text that the assembler takes.
#pragma once

#include "fathom/sbpf/program.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace fathom::sbpf {

struct DisassemblyOptions {
    /// Syscalls to print by name instead of by key.
    std::span<const std::string_view> syscall_names = {};
    /// Begin with a .version line, so that the text alone says how to assemble it.
    bool has_version_line = false;
};

/// One instruction, the sbpf crate's way. `second` is the slot after it, whose immediate is the
/// upper half of an lddw's. Jump and call targets are relative numbers. What this version does not
/// know prints as a .quad with its bytes. Fields that the instruction does not use are not shown.
[[nodiscard]] std::string disassemble_instruction(const RawInstruction& instruction,
                                                  Version version,
                                                  const RawInstruction& second = {});

/// The whole text, any bytes. Labels are the names of functions, function_N for unnamed ones and
/// lbb_N for other jump targets, where N is the slot. Assembling the result gives the same text,
/// instruction for instruction, for programs that have one: a slot that no instruction line can
/// express is a .quad, and bytes after the last whole slot are a .byte line. Before V3, calls by
/// key come back as calls if the key is in the function registry, else as syscalls.
[[nodiscard]] std::string disassemble(const Program& program,
                                      const DisassemblyOptions& options = {});

} // namespace fathom::sbpf

// SPDX-License-Identifier: Apache-2.0
// Relocation of programs before V3: calls get keys, addresses move to where the program is mapped.
#pragma once

#include "fathom/sbpf/elf_parser.hpp"
#include "fathom/sbpf/function_registry.hpp"

namespace fathom::sbpf {

/// Replaces the distance in every `call` of the text by the key of the function it leads to.
[[nodiscard]] Result<void, ElfError> relocate_calls(MutableByteView text,
                                                    FunctionRegistry& registry);

struct RelocationInput {
    const ElfFile& elf;
    const ElfSectionHeader& text;
    /// Refuse calls to symbols that are neither functions nor syscalls.
    bool reject_unresolved;
};

/// Applies the dynamic relocations to `image`, a copy of the whole file.
[[nodiscard]] Result<void, ElfError>
apply_relocations(const RelocationInput& input, MutableByteView image, FunctionRegistry& registry);

} // namespace fathom::sbpf

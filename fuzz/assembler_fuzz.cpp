// SPDX-License-Identifier: Apache-2.0
// Fuzz target: any text into the assembler; what assembles becomes an ELF that must load the way
// the assembly says, and a listing that must assemble to the same text.
#include "fathom/base/assert.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/disassembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"

#include <string>

using namespace fathom;

namespace {

void check_elf(const sbpf::Assembly& assembly) {
    const auto elf = sbpf::write_elf(assembly);
    if (!elf) return;
    const auto program = sbpf::Program::load(*elf, {});
    if (!program) return;
    FATHOM_ASSERT(program->version() == assembly.version);
    FATHOM_ASSERT(program->entry_pc() == assembly.entry_slot);
    // The strict form pads the text to whole slots.
    FATHOM_ASSERT(program->slot_count() == assembly.text.size() / 8 ||
                  program->slot_count() == (assembly.text.size() + 7) / 8);
    (void)sbpf::verify(*program);
}

Bytes program_text(const sbpf::Program& program) {
    return {program.text().begin(), program.text().end()};
}

/// The text that the program's listing assembles to.
Bytes listed_text(const sbpf::Program& program) {
    const std::string listing = sbpf::disassemble(program, {.has_version_line = true});
    const auto assembly = sbpf::assemble(listing);
    FATHOM_ASSERT(assembly);
    const sbpf::Program again = sbpf::to_program(*assembly);
    const auto twice = sbpf::assemble(sbpf::disassemble(again, {.has_version_line = true}));
    FATHOM_ASSERT(twice);
    FATHOM_ASSERT(program_text(sbpf::to_program(*twice)) == program_text(again));
    return program_text(again);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view source = as_text({data, size});
    const auto assembly = sbpf::assemble(source);
    if (!assembly) {
        FATHOM_ASSERT(assembly.error().line >= 1 && assembly.error().column >= 1);
        return 0;
    }
    if (assembly->text.size() > 1 << 16) return 0;
    check_elf(*assembly);
    // Before V3, the first listing may write calls in another way that means the same; after that,
    // nothing changes.
    const sbpf::Program program = sbpf::to_program(*assembly);
    const Bytes listed = listed_text(program);
    if (sbpf::static_syscalls(assembly->version)) FATHOM_ASSERT(listed == program_text(program));
    return 0;
}

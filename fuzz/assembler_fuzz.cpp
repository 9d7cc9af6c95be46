// SPDX-License-Identifier: Apache-2.0
// Fuzz target: any text into the assembler; what assembles becomes an ELF that must load the way
// the assembly says, and a listing that must assemble to the same text.
#include "fathom/base/assert.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/disassembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"

#include <vector>

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
    const sbpf::Program program = sbpf::to_program(*assembly);
    const std::string listing = sbpf::disassemble(program, {.has_version_line = true});
    const auto again = sbpf::assemble(listing);
    FATHOM_ASSERT(again);
    FATHOM_ASSERT(sbpf::disassemble(sbpf::to_program(*again), {.has_version_line = true}) ==
                  listing);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Fuzz target: any bytes as text of any version into the disassembler; the listing must assemble,
// and to the same bytes wherever calls are no keys.
#include "fathom/base/assert.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/disassembler.hpp"

#include <algorithm>

using namespace fathom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto version = static_cast<sbpf::Version>(data[0] % 5);
    const ByteView text(data + 1, size - 1);
    const auto program = sbpf::Program::from_text({text.begin(), text.end()}, version);
    const std::string listing = sbpf::disassemble(program);
    const auto assembly = sbpf::assemble(listing, {.version = version});
    FATHOM_ASSERT(assembly);
    FATHOM_ASSERT(assembly->text.size() == text.size());
    // Before V3 an internal call by key comes back relative, and src of a call has no meaning.
    if (sbpf::static_syscalls(version)) {
        FATHOM_ASSERT(std::ranges::equal(assembly->text, text));
    }
    for (std::uint64_t pc = 0; pc + 1 < program.slot_count(); ++pc) {
        (void)sbpf::disassemble_instruction(program.instruction(pc), version,
                                            program.instruction(pc + 1));
    }
    return 0;
}

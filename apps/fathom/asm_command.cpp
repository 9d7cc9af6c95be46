// SPDX-License-Identifier: Apache-2.0
// fathom asm: assembles a source file into a loadable ELF.
#include "commands.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"

#include <cstdio>
#include <string_view>

namespace fathom::app {

int run_asm_command(const AsmCommand& command) {
    const auto source = harness::read_file(command.source);
    if (!source) {
        std::fprintf(stderr, "fathom asm: %s\n", source.error().message.c_str());
        return kBadInput;
    }
    const auto assembly =
        sbpf::assemble({reinterpret_cast<const char*>(source->data()), source->size()},
                       {.version = command.version});
    if (!assembly) {
        std::fprintf(stderr, "%s:%u:%u: %s\n", command.source.c_str(), assembly.error().line,
                     assembly.error().column, assembly.error().message.c_str());
        return kFailed;
    }
    const auto elf = sbpf::write_elf(*assembly);
    if (!elf) {
        std::fprintf(stderr, "%s: %s\n", command.source.c_str(), elf.error().message.c_str());
        return kFailed;
    }
    if (const auto written = harness::write_file(command.output, *elf); !written) {
        std::fprintf(stderr, "fathom asm: %s\n", written.error().message.c_str());
        return kBadInput;
    }
    return kOk;
}

} // namespace fathom::app

// SPDX-License-Identifier: Apache-2.0
// fathom disasm: a program's instructions as text, or its control flow as a graph.
#include "commands.hpp"
#include "fathom/base/text.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/sbpf/control_flow.hpp"
#include "fathom/sbpf/disassembler.hpp"
#include "fathom/syscalls/registry.hpp"

#include <cinttypes>
#include <cstdio>
#include <string_view>

namespace fathom::app {
namespace {

void print_raw(const sbpf::Program& program) {
    const ByteView text = program.text();
    for (std::uint64_t pc = 0; pc < program.slot_count(); ++pc) {
        const sbpf::RawInstruction second =
            pc + 1 < program.slot_count() ? program.instruction(pc + 1) : sbpf::RawInstruction{};
        const std::string line =
            sbpf::disassemble_instruction(program.instruction(pc), program.version(), second);
        std::printf("%6" PRIu64 "  %s  %s\n", pc, base::to_hex(text.subspan(8 * pc, 8)).c_str(),
                    line.c_str());
    }
    const ByteView tail = text.subspan(8 * program.slot_count());
    if (!tail.empty()) {
        std::printf("%6" PRIu64 "  %s\n", program.slot_count(), base::to_hex(tail).c_str());
    }
}

} // namespace

int run_disasm_command(const DisasmCommand& command) {
    const auto elf = harness::read_file(command.program);
    if (!elf) {
        std::fprintf(stderr, "fathom disasm: %s\n", elf.error().message.c_str());
        return kBadInput;
    }
    const auto table = syscalls::make_table(FeatureSet::all(), /*for_deployment=*/false);
    const auto program = sbpf::Program::load(*elf, {.syscall_keys = table->keys()});
    if (!program) {
        std::fprintf(stderr, "fathom disasm: %s: %s: %s\n", command.program.c_str(),
                     std::string(program.error().name()).c_str(), program.error().text().c_str());
        return kFailed;
    }
    if (command.raw) {
        print_raw(*program);
        return kOk;
    }
    std::vector<std::string_view> names;
    for (const vm::Syscall& syscall : table->syscalls()) names.push_back(syscall.name);
    const std::string text =
        command.has_graph
            ? sbpf::control_flow_dot(*program, sbpf::function_names(*program, *elf), names)
            : sbpf::disassemble(*program, {.syscall_names = names, .has_version_line = true});
    std::fwrite(text.data(), 1, text.size(), stdout);
    return kOk;
}

} // namespace fathom::app

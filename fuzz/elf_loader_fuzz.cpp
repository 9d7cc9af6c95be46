// SPDX-License-Identifier: Apache-2.0
// Any bytes as an ELF file: the loader and the verifier return, and what they accept is coherent.
#include "fathom/base/assert.hpp"
#include "fathom/sbpf/program.hpp"

namespace {

using namespace fathom;
using namespace fathom::sbpf;

void check(const Program& program, std::size_t file_size) {
    FATHOM_ASSERT(program.entry_pc() < program.slot_count());
    FATHOM_ASSERT(program.rodata().size() <= file_size);
    for (const Function& function : program.functions()) {
        FATHOM_ASSERT(function.pc < program.slot_count());
        FATHOM_ASSERT(program.find_function(function.key) == function.pc);
    }
    for (std::uint64_t pc = 0; pc < program.slot_count(); ++pc) (void)program.instruction(pc);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView file(data, size);
    const std::uint32_t keys[] = {0x207559bd};
    for (const bool reject : {false, true}) {
        const LoadConfig config = {.min_version = Version::V0,
                                   .max_version = Version::V4,
                                   .reject_broken_elfs = reject,
                                   .syscall_keys = keys};
        const auto program = load_and_verify(file, config);
        if (program) {
            check(*program, size);
        } else {
            FATHOM_ASSERT(!load_error_text(program.error()).empty());
            FATHOM_ASSERT(!load_error_name(program.error()).empty());
        }
    }
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Any bytes as the text of each version: the verifier returns, and every jump it accepts stays
// inside.
#include "fathom/base/assert.hpp"
#include "fathom/sbpf/program.hpp"

namespace {

using namespace fathom;
using namespace fathom::sbpf;

/// What interpreters rely on, restated without the verifier's table.
void check(const Program& program) {
    const auto count = static_cast<std::int64_t>(program.slot_count());
    for (std::int64_t pc = 0; pc < count; ++pc) {
        const RawInstruction insn = program.instruction(static_cast<std::uint64_t>(pc));
        const Op op = decode_table(program.version())[insn.opcode];
        FATHOM_ASSERT(op != Op::Invalid);
        FATHOM_ASSERT(insn.src <= 10 && insn.dst <= 10);
        const Form form = info(op).form;
        if (form == Form::WideImm) {
            ++pc;
            FATHOM_ASSERT(pc < count);
        }
        if (form == Form::Jump || form == Form::JumpImm || form == Form::JumpReg) {
            const std::int64_t target = pc + 1 + insn.offset;
            FATHOM_ASSERT(target >= 0 && target < count);
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const Version version :
         {Version::V0, Version::V1, Version::V2, Version::V3, Version::V4}) {
        const Program program = Program::from_text(Bytes(data, data + size), version);
        const auto result = verify(program);
        if (result) {
            check(program);
        } else {
            FATHOM_ASSERT(!result.error().text().empty());
        }
    }
    return 0;
}

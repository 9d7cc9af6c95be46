// SPDX-License-Identifier: Apache-2.0
// Programs, memory layouts and budgets that the bytes choose, each of them valid: every engine must
// be where the naive interpreter is, at every block boundary it is stopped at.
#include "fathom/base/assert.hpp"
#include "fathom/harness/lockstep.hpp"
#include "fathom/harness/random_program.hpp"
#include "fathom/vm/jit/jit_program.hpp"

#include <array>
#include <cstdio>

namespace {

using namespace fathom;

constexpr std::array kEngines = {vm::Engine::Interpreter, vm::Engine::Jit};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 4) return 0;
    const auto version = static_cast<sbpf::Version>(data[0] % 4);
    const std::size_t length = 4 + data[1] % 128;
    harness::RandomProgram generator(harness::Choices(ByteView(data + 2, size - 2)), version,
                                     length);
    sbpf::Program program = generator.generate();
    FATHOM_ASSERT(sbpf::verify(program).has_value());
    harness::LabOptions options = generator.options();
    options.jit = {.masks_speculation = (data[1] & 0x80) != 0, .audits_code = true};
    const harness::EngineLab lab(std::move(program), std::move(options));
    const std::array<std::uint64_t, 2> budgets = {generator.below(64), generator.below(1000)};
    harness::Lockstep lockstep(kEngines);
    const auto difference =
        lockstep.compare(lab, lab.entry(), {.steps = 300, .stops = 8, .budget = 2'000}, budgets);
    if (difference) {
        std::fprintf(stderr, "engine %d budget %llu\nexpected %s\nactual   %s\n",
                     static_cast<int>(difference->engine),
                     static_cast<unsigned long long>(difference->budget),
                     harness::describe(difference->expected).c_str(),
                     harness::describe(difference->actual).c_str());
        __builtin_trap();
    }
    // Machine code that the auditor refuses is not installed: that must not happen.
    FATHOM_ASSERT(!vm::jit::JitProgram::is_supported() || lab.executable().compiled() != nullptr);
    return 0;
}

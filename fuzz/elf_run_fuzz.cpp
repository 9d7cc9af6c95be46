// SPDX-License-Identifier: Apache-2.0
// Any bytes as an ELF file: what loads and verifies runs, with small budgets, and every engine ends
// as the naive interpreter does.
#include "fathom/harness/lockstep.hpp"

#include <array>

namespace {

using namespace fathom;

constexpr std::array kEngines = {vm::Engine::Interpreter, vm::Engine::Jit};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto syscalls = harness::test_syscalls();
    auto program = sbpf::load_and_verify(ByteView(data, size), {.syscall_keys = syscalls->keys()});
    if (!program) return 0;
    const harness::EngineLab lab(*std::move(program), {.jit = {.audits_code = true}});
    harness::Lockstep lockstep(kEngines);
    constexpr std::array<std::uint64_t, 3> kBudgets = {0, 1, 17};
    if (lockstep.compare(lab, lab.entry(), {.steps = 100, .stops = 4, .budget = 500}, kBudgets)) {
        __builtin_trap();
    }
    return 0;
}

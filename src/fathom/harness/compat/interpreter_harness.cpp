// SPDX-License-Identifier: Apache-2.0
// A run of bare text. Agave's tree has no such harness any more; the rules are those of the last
// one that was published (solfuzz-agave src/vm_interp.rs), with the error numbers of today.
#include "fathom/base/flat_map.hpp"
#include "fathom/harness/compat/harnesses.hpp"
#include "fathom/harness/compat/machine_setup.hpp"
#include "field_numbers.hpp"

#include <algorithm>

namespace fathom::harness::compat {
namespace {

constexpr std::uint64_t kVerifierRefused = static_cast<std::uint64_t>(-2);

vm::SyscallResult do_nothing(vm::Machine&, std::uint64_t, std::uint64_t, std::uint64_t,
                             std::uint64_t, std::uint64_t) {
    return {};
}

/// The names of a table, nothing behind them.
std::shared_ptr<const vm::SyscallTable> stubs_of(const vm::SyscallTable& table) {
    std::vector<vm::Syscall> stubs;
    for (const vm::Syscall& syscall : table.syscalls()) {
        stubs.push_back({.name = syscall.name, .function = do_nothing});
    }
    return std::make_shared<const vm::SyscallTable>(std::move(stubs));
}

/// The slots that may be called; the first of two with one key stays.
std::vector<sbpf::Function> functions_of(ByteView whitelist, std::uint64_t slot_count,
                                         std::uint64_t entry_pc) {
    FlatSet<std::uint32_t> keys;
    std::vector<sbpf::Function> functions;
    const auto add = [&](std::uint32_t key, std::uint64_t pc) {
        if (keys.insert(key).second) functions.push_back({key, static_cast<std::uint32_t>(pc), {}});
    };
    add(sbpf::kEntrypointKey, entry_pc);
    for (std::uint64_t pc = 0; pc < slot_count && pc / 8 < whitelist.size(); ++pc) {
        if (whitelist[pc / 8] >> (pc % 8) & 1) add(sbpf::function_key(pc), pc);
    }
    return functions;
}

ByteView without_zeros_at_end(ByteView bytes) {
    while (!bytes.empty() && bytes.back() == 0) bytes = bytes.first(bytes.size() - 1);
    return bytes;
}

Bytes write_effects(const vm::RunResult& result, const MachineInput& input,
                    const MachineSetup& memory, ComputeUnits left) {
    using namespace proto;
    WireWriter effects;
    effects.number(SyscallEffects::frame_count, result.call_depth);
    if (!result.value) {
        const auto kind = result.value.error().kind;
        effects.number(SyscallEffects::error, static_cast<std::uint64_t>(kind) + 1);
        // What had happened by then depends on the engine.
        if (kind == vm::FaultKind::ExceededMaxInstructions) return effects.take();
    } else {
        effects.number(SyscallEffects::r0, result.registers[0]);
        for (std::uint64_t i = 1; i <= 10; ++i) {
            effects.number(SyscallEffects::r1 + i - 1, result.registers[i]);
        }
    }
    effects.number(SyscallEffects::cu_avail, left);
    effects.number(SyscallEffects::pc, result.pc);
    effects.bytes(SyscallEffects::heap, memory.heap());
    effects.bytes(SyscallEffects::stack, without_zeros_at_end(memory.stack()));
    effects.bytes(SyscallEffects::rodata, input.rodata);
    memory.write_input_regions(effects);
    return effects.take();
}

} // namespace

std::optional<Bytes> run_interpreter_context(ByteView context) {
    auto input = read_syscall_input(context);
    if (!input || input->machine.version > 2) return std::nullopt;
    auto& accounts = input->instruction.accounts;
    const Pubkey& program = input->instruction.instruction.program_id;
    if (std::ranges::find(accounts, program, &AccountChange::key) == accounts.end()) {
        accounts.push_back({program, {}});
    }
    const MachineInput& machine_input = input->machine;
    const auto setup = InstructionSetup::create(
        input->instruction, {.programs = ProgramsOf::Nobody, .use = Use::BegunOnly});
    if (!setup) return std::nullopt;

    const std::uint64_t slots = machine_input.rodata.size() / 8;
    const std::uint64_t entry_pc = std::min(machine_input.entry_pc, slots == 0 ? 0 : slots - 1);
    const auto& runtime = setup->environment().execution;
    const vm::Executable executable(
        sbpf::Program::from_text(Bytes(machine_input.rodata.begin(), machine_input.rodata.end()),
                                 static_cast<sbpf::Version>(machine_input.version), entry_pc,
                                 functions_of(machine_input.call_whitelist, slots, entry_pc)),
        stubs_of(*runtime.syscalls), runtime.vm);
    if (!sbpf::verify(executable.program())) {
        return WireWriter().number(proto::SyscallEffects::error, kVerifierRefused).take();
    }
    const auto memory = MachineSetup::create(*setup, machine_input, executable,
                                             std::min(machine_input.heap_size, kMaxHeap));
    if (!memory) return std::nullopt;

    vm::RunState start;
    std::copy_n(machine_input.registers.begin(), 10, start.registers.begin());
    start.registers[1] = sbpf::kInputStart;
    start.registers[10] = executable.initial_frame_pointer();
    start.pc = entry_pc;
    vm::Machine machine(executable, memory->map(), setup->context().meter(), &setup->context());
    const vm::RunResult result = machine.run_from(vm::Engine::Interpreter, start);
    return write_effects(result, machine_input, *memory, setup->context().remaining());
}

} // namespace fathom::harness::compat

// SPDX-License-Identifier: Apache-2.0
// Source: agave svm/src/conformance/{syscall,err}.rs.
#include "fathom/harness/compat/harnesses.hpp"
#include "fathom/harness/compat/machine_setup.hpp"
#include "field_numbers.hpp"

namespace fathom::harness::compat {
namespace {

/// How an error is numbered.
struct NumberedError {
    std::uint64_t error = 0;
    std::uint64_t kind = proto::ErrKind::UNSPECIFIED;
};

NumberedError number(const invoke::ProgramError& error) {
    if (const auto* instruction = error.instruction_error()) {
        return {static_cast<std::uint64_t>(instruction->kind) + 1, proto::ErrKind::INSTRUCTION};
    }
    if (const auto* fault = error.fault()) {
        return {static_cast<std::uint64_t>(fault->kind) + 1, proto::ErrKind::EBPF};
    }
    const auto kind = error.syscall_error()->kind;
    if (kind == invoke::SyscallErrorKind::PoseidonParameters) {
        return {~std::uint64_t{0}, proto::ErrKind::SYSCALL};
    }
    return {static_cast<std::uint64_t>(kind) + 1, proto::ErrKind::SYSCALL};
}

const vm::Syscall* find_syscall(const vm::SyscallTable& table, ByteView name) {
    for (const vm::Syscall& syscall : table.syscalls()) {
        if (syscall.name == as_text(name)) return &syscall;
    }
    return nullptr;
}

bool is_call(ByteView name) {
    return as_text(name) == "sol_invoke_signed_c" || as_text(name) == "sol_invoke_signed_rust";
}

struct Outcome {
    std::uint64_t value = 0;
    std::optional<NumberedError> error;
};

Outcome call(const vm::Syscall& syscall, vm::Machine& machine, invoke::InvokeContext& context,
             const std::array<std::uint64_t, 12>& r) {
    const vm::SyscallResult result = syscall.function(machine, r[1], r[2], r[3], r[4], r[5]);
    if (!result.failed) return {.value = result.value, .error = std::nullopt};
    return {.value = 0, .error = number(context.take_syscall_failure())};
}

} // namespace

std::optional<Bytes> run_syscall_context(ByteView context) {
    using namespace proto;
    const auto input = read_syscall_input(context);
    if (!input || input->machine.heap_size > kMaxHeap) return std::nullopt;
    const MachineInput& machine_input = input->machine;
    const auto programs =
        is_call(machine_input.function_name) ? ProgramsOf::All : ProgramsOf::Nobody;
    const auto setup =
        InstructionSetup::create(input->instruction, {.programs = programs, .use = Use::BegunOnly});
    if (!setup) return std::nullopt;
    const vm::Syscall* const syscall =
        find_syscall(*setup->environment().execution.syscalls, machine_input.function_name);
    if (!syscall) return std::nullopt;
    if (machine_input.return_data) {
        if (machine_input.return_data->data.size() > invoke::kMaxReturnData) return std::nullopt;
        setup->transaction().set_return_data(machine_input.return_data->program,
                                             machine_input.return_data->data);
    }

    const auto& runtime = setup->environment().execution;
    const vm::Executable executable(
        sbpf::Program::from_text(Bytes(machine_input.rodata.begin(), machine_input.rodata.end()),
                                 sbpf::Version::V0),
        runtime.syscalls, runtime.vm);
    const auto memory =
        MachineSetup::create(*setup, machine_input, executable, machine_input.heap_size);
    if (!memory) return std::nullopt;
    vm::Machine machine(executable, memory->map(), setup->context().meter(), &setup->context());
    Outcome outcome = call(*syscall, machine, setup->context(), machine_input.registers);

    WireWriter effects;
    // A call that failed leaves regions behind that say nothing.
    const bool hides_regions = outcome.error && setup->serialization().address_space_adjustments;
    if (!hides_regions) memory->write_input_regions(effects);
    const ComputeUnits left = setup->context().remaining();
    const auto popped = setup->context().pop();
    if (!popped && !outcome.error) outcome = {.value = 0, .error = number(popped.error())};

    if (outcome.error) {
        effects.number(SyscallEffects::error, outcome.error->error);
        effects.number(SyscallEffects::error_kind, outcome.error->kind);
    }
    effects.number(SyscallEffects::r0, outcome.value);
    effects.number(SyscallEffects::cu_avail, left);
    effects.bytes(SyscallEffects::heap, memory->heap());
    effects.bytes(SyscallEffects::stack, memory->stack());
    effects.bytes(SyscallEffects::rodata, machine_input.rodata);
    return effects.take();
}

} // namespace fathom::harness::compat

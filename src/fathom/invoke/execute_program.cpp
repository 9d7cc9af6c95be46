// SPDX-License-Identifier: Apache-2.0
// One run of a program in the virtual machine, from its input to its outcome (Agave
// program-runtime/src/vm.rs).
#include "fathom/base/integers.hpp"
#include "fathom/invoke/invoke_context.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/vm/tracer.hpp"

#include <string>
#include <utility>

namespace fathom::invoke {

namespace {

/// Each 32 KiB of heap beyond the first cost eight units.
std::uint64_t heap_cost(std::uint32_t heap_size) {
    constexpr std::uint64_t kPageSize = 32 * 1024;
    constexpr std::uint64_t kCostPerPage = 8;
    const std::uint64_t pages = (heap_size + kPageSize - 1) / kPageSize;
    return saturating_sub<std::uint64_t>(pages, 1) * kCostPerPage;
}

ProgramError setup_failure(InvokeContext& context, const std::string& reason) {
    if (context.logs()) context.log("Failed to create SBF VM: " + reason);
    return InstructionError::ProgramEnvironmentSetupFailure;
}

/// In the lease's list, for its capacity; the map gives it back.
std::vector<vm::MemoryRegion> program_regions(const vm::Executable& executable,
                                              const ProgramMemoryPool::Lease& memory) {
    std::vector<vm::MemoryRegion> regions = std::move(memory.regions());
    regions.clear();
    regions.push_back(executable.rodata_region());
    regions.push_back(executable.stack_region(memory.stack()));
    regions.push_back(vm::MemoryRegion::writable(memory.heap(), sbpf::kHeapStart));
    regions.insert(regions.end(), memory.input().regions.begin(), memory.input().regions.end());
    return regions;
}

/// The guest memory of the current frame, for as long as the program runs.
class MemoryScope {
public:
    MemoryScope(InvokeContext& context, ProgramMemory memory) : context_(context) {
        context_.set_program_memory(memory);
    }
    MemoryScope(const MemoryScope&) = delete;
    MemoryScope& operator=(const MemoryScope&) = delete;
    ~MemoryScope() { context_.clear_program_memory(); }

private:
    InvokeContext& context_;
};

void log_outcome(InvokeContext& context, const Pubkey& program, std::uint64_t used,
                 std::uint64_t available) {
    LogCollector* const logs = context.logs();
    if (!logs) return;
    logs->program_consumed(program, used, available);
    const ByteView data = context.transaction().return_data();
    if (!data.empty()) logs->program_return(program, data);
}

/// Position of the account whose reserved guest addresses contain `address`.
std::optional<std::size_t> account_at(std::span<const SerializedAccount> accounts,
                                      std::uint64_t room, std::uint64_t address) {
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        const std::uint64_t offset = address - accounts[i].vm_data_addr;
        if (address >= accounts[i].vm_data_addr && offset < accounts[i].original_data_len + room) {
            return i;
        }
    }
    return std::nullopt;
}

/// With a region per account, an access that its region forbids says what the program did wrong.
Result<void, ProgramError> explain_violation(InvokeContext& context, const vm::Fault& fault,
                                             std::span<const SerializedAccount> accounts,
                                             std::uint64_t room) {
    const auto position = account_at(accounts, room, fault.address);
    if (!position) return std::unexpected(ProgramError(fault));
    const auto instruction = FATHOM_TRY(context.current_instruction());
    const auto account = FATHOM_TRY(instruction.borrow_account(*position));
    const SerializedAccount& record = accounts[*position];
    if (saturating_add(fault.address, fault.length) >
        record.vm_data_addr + record.original_data_len + room) {
        return std::unexpected(ProgramError(fault));
    }
    const auto changeable = account.can_data_be_changed();
    if (changeable) return std::unexpected(ProgramError(InstructionError::InvalidRealloc));
    // A load: the program expected more data than there is.
    if (fault.access == vm::Access::Load) {
        return std::unexpected(ProgramError(InstructionError::AccountDataTooSmall));
    }
    return std::unexpected(ProgramError(changeable.error()));
}

Result<void, ProgramError> outcome_of_fault(InvokeContext& context, const vm::Fault& fault,
                                            std::span<const SerializedAccount> accounts,
                                            bool is_loader_v1) {
    const bool is_syscall = fault.kind == vm::FaultKind::SyscallError;
    if (!is_syscall && context.feature(Feature::deplete_cu_meter_on_vm_failure)) {
        context.meter().remaining = 0;
    }
    ProgramError error = is_syscall ? context.take_syscall_failure() : ProgramError(fault);
    const vm::Fault* const cause = error.fault();
    if (cause && cause->kind == vm::FaultKind::AccessViolation &&
        context.feature(Feature::virtual_address_space_adjustments)) {
        return explain_violation(context, *cause, accounts,
                                 is_loader_v1 ? 0 : kMaxAccountDataGrowthPerInstruction);
    }
    return std::unexpected(std::move(error));
}

Result<vm::RunResult, ProgramError> run_machine(InvokeContext& context, vm::Machine& machine,
                                                std::uint64_t instruction_data_addr) {
    ProgramObserver* const observer = context.environment().observer;
    if (!observer) {
        return machine.run(context.environment().engine, sbpf::kInputStart, instruction_data_addr);
    }
    const auto instruction = FATHOM_TRY(context.current_instruction());
    vm::StepObserver& steps = observer->begin(instruction.program_key(),
                                              instruction.index_in_trace(), machine.executable());
    vm::RunResult result =
        vm::run_observed(machine, sbpf::kInputStart, instruction_data_addr, steps);
    observer->end();
    return result;
}

/// Charges for the heap, sets the machine up and runs it.
Result<void, ProgramError> run(InvokeContext& context, const vm::Executable& executable,
                               const Pubkey& program, bool is_loader_v1,
                               ProgramMemoryPool::Lease& memory) {
    const SerializedInput& input = memory.input();
    const std::uint64_t available = context.remaining();
    const std::uint32_t heap_size = context.budget().heap_size;
    if (const auto charged = context.consume(heap_cost(heap_size)); !charged) {
        return std::unexpected(setup_failure(context, charged.error().text()));
    }
    auto map =
        vm::MemoryMap::create(program_regions(executable, memory), executable.config().layout,
                              executable.program().version(), &context.transaction());
    if (!map) return std::unexpected(setup_failure(context, map.error().text()));
    const MemoryScope scope(
        context,
        {.map = &*map, .accounts = input.accounts, .heap_position = 0, .heap_size = heap_size});

    const std::uint64_t before = context.remaining();
    memory.open();
    vm::Machine machine(executable, *map, context.meter(), &context);
    const vm::RunResult result =
        FATHOM_TRY(run_machine(context, machine, input.instruction_data_addr));
    memory.set_written(map->written());
    memory.regions() = map->release_regions();
    log_outcome(context, program, saturating_sub(before, context.remaining()), available);
    if (!result.value) {
        return outcome_of_fault(context, result.value.error(), input.accounts, is_loader_v1);
    }
    if (*result.value != 0) {
        return std::unexpected(ProgramError(InstructionError::from_program_result(*result.value)));
    }
    return {};
}

} // namespace

Result<void, ProgramError> execute_program(InvokeContext& context,
                                           const vm::Executable& executable) {
    const auto instruction = FATHOM_TRY(context.current_instruction());
    const Pubkey owner = FATHOM_TRY(instruction.program_owner());
    const SerializationOptions options{
        .address_space_adjustments = context.feature(Feature::virtual_address_space_adjustments),
        .direct_mapping = context.feature(Feature::account_data_direct_mapping),
        .direct_account_pointers =
            context.feature(Feature::direct_account_pointers_in_program_input)};
    auto memory = context.memory_pool().take(context.budget().heap_size);
    const SerializedInput& input = memory.input();
    FATHOM_CHECK(serialize_input(instruction, options, memory.input()));
    context.transaction().enable_access_handler(options.address_space_adjustments,
                                                options.direct_mapping);
    FATHOM_CHECK(run(context, executable, instruction.program_key(),
                     owner == ids::kBpfLoaderDeprecated, memory));
    FATHOM_CHECK(deserialize_input(instruction, options, input.buffer, input.accounts));
    return {};
}

} // namespace fathom::invoke

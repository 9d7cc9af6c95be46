// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/compat/machine_setup.hpp"

#include "field_numbers.hpp"

#include <algorithm>

namespace fathom::harness::compat {
namespace {

Bytes memory_beginning_with(ByteView prefix, std::uint64_t size) {
    Bytes memory(size);
    const std::size_t count = std::min<std::size_t>(prefix.size(), memory.size());
    std::copy_n(prefix.begin(), count, memory.begin());
    return memory;
}

} // namespace

std::unique_ptr<MachineSetup> MachineSetup::create(InstructionSetup& setup,
                                                   const MachineInput& machine,
                                                   const vm::Executable& executable,
                                                   std::uint64_t heap_size) {
    if (!setup.begin()) return nullptr;
    const auto instruction = setup.context().current_instruction();
    std::unique_ptr<MachineSetup> memory(new MachineSetup);
    const auto options = setup.serialization();
    if (!instruction || !invoke::serialize_input(*instruction, options, memory->serialized_)) {
        return nullptr;
    }
    setup.transaction().enable_access_handler(options.address_space_adjustments,
                                              options.direct_mapping);
    memory->stack_ = memory_beginning_with(machine.stack_prefix, sbpf::kStackSize);
    memory->heap_ = memory_beginning_with(machine.heap_prefix, heap_size);
    std::vector<vm::MemoryRegion> regions{
        executable.rodata_region(), executable.stack_region(memory->stack_),
        vm::MemoryRegion::writable(memory->heap_, sbpf::kHeapStart)};
    const auto& input = memory->serialized_.regions;
    regions.insert(regions.end(), input.begin(), input.end());
    auto map = vm::MemoryMap::create(std::move(regions), executable.config().layout,
                                     executable.program().version(), &setup.transaction());
    if (!map) return nullptr;
    memory->map_.emplace(*std::move(map));
    setup.context().set_program_memory({.map = &*memory->map_,
                                        .accounts = memory->serialized_.accounts,
                                        .heap_position = 0,
                                        .heap_size = heap_size});
    return memory;
}

void MachineSetup::write_input_regions(WireWriter& effects) const {
    using namespace proto;
    std::vector<const vm::MemoryRegion*> regions;
    for (const vm::MemoryRegion& region : map_->regions()) {
        if (region.vm_addr >= sbpf::kInputStart) regions.push_back(&region);
    }
    std::ranges::stable_sort(regions, {}, [](const auto* region) { return region->vm_addr; });
    for (const vm::MemoryRegion* const region : regions) {
        WireWriter written;
        written.number(InputDataRegion::offset, region->vm_addr - sbpf::kInputStart);
        written.bytes(InputDataRegion::content, ByteView(region->host, region->length));
        written.boolean(InputDataRegion::is_writable, region->is_writable);
        effects.element(SyscallEffects::input_data_regions, written);
    }
}

} // namespace fathom::harness::compat

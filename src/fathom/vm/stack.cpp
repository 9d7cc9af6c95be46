// SPDX-License-Identifier: Apache-2.0
// Recognises the stack that Executable::stack_region makes.
#include "fathom/vm/stack.hpp"

namespace fathom::vm {

std::uint8_t* standard_stack(Machine& machine) {
    const MemoryRegion* region = machine.memory().find_region(sbpf::kStackStart);
    const std::uint64_t stride = machine.executable().frame_stride();
    const std::uint64_t gap = stride == 2 * sbpf::kStackFrameSize ? sbpf::kStackFrameSize : 0;
    if (!region || region->vm_addr != sbpf::kStackStart || !region->is_writable ||
        region->length < sbpf::kStackSize || region->gap_size != gap) {
        return nullptr;
    }
    return region->host;
}

} // namespace fathom::vm

// SPDX-License-Identifier: Apache-2.0
// Allocates and clears the memory of running programs.
#include "fathom/invoke/program_memory.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/sbpf/version.hpp"

#include <algorithm>
#include <cstring>

namespace fathom::invoke {

namespace {

constexpr std::uint64_t kMaxHeapSize = 256 * 1024;

} // namespace

ProgramMemoryPool::Lease::~Lease() {
    std::memset(stack_.data(), 0, touched_stack_);
    std::memset(heap_.data(), 0, touched_heap_);
    --pool_.in_use_;
}

void ProgramMemoryPool::Lease::set_touched(std::uint64_t stack_bytes, std::uint64_t heap_bytes) {
    touched_stack_ = std::min<std::uint64_t>(stack_bytes, stack_.size());
    touched_heap_ = std::min<std::uint64_t>(heap_bytes, heap_.size());
}

ProgramMemoryPool::Lease ProgramMemoryPool::take(std::uint64_t heap_size) {
    if (in_use_ == blocks_.size()) blocks_.emplace_back();
    Block& block = blocks_[in_use_];
    if (!block.memory || block.heap_capacity < heap_size) {
        block.heap_capacity = std::max(heap_size, kMaxHeapSize);
        // calloc: fresh pages are zero already and cost nothing until they are used.
        block.memory.reset(
            static_cast<std::uint8_t*>(std::calloc(sbpf::kStackSize + block.heap_capacity, 1)));
        FATHOM_ASSERT(block.memory);
    }
    ++in_use_;
    std::uint8_t* const memory = block.memory.get();
    return Lease(*this, {memory, sbpf::kStackSize}, {memory + sbpf::kStackSize, heap_size});
}

} // namespace fathom::invoke

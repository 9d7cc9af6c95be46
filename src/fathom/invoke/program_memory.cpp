// SPDX-License-Identifier: Apache-2.0
// Allocates and clears the memory of running programs.
#include "fathom/invoke/program_memory.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/sbpf/version.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace fathom::invoke {

namespace {

constexpr std::uint64_t kMaxHeapSize = 256 * 1024;
/// Larger inputs give their buffers back, so that idle pools stay small.
constexpr std::size_t kKeptInput = 256 * 1024;

/// Clears what the set bits stand for.
void clear_pages(MutableByteView bytes, std::uint64_t pages) {
    constexpr std::uint64_t kPage = vm::WrittenPages::kPageSize;
    while (pages != 0) {
        const auto first = static_cast<unsigned>(std::countr_zero(pages));
        const auto count = static_cast<unsigned>(std::countr_one(pages >> first));
        const std::uint64_t begin = std::min<std::uint64_t>(first * kPage, bytes.size());
        const std::uint64_t end =
            first + count == 64
                ? bytes.size()
                : std::min<std::uint64_t>((first + count) * kPage + vm::WrittenPages::kBehind,
                                          bytes.size());
        std::memset(bytes.data() + begin, 0, end - begin);
        if (first + count == 64) return;
        pages &= ~std::uint64_t{0} << (first + count);
    }
}

[[maybe_unused]] bool is_zero(ByteView bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

} // namespace

ProgramMemoryPool::Lease::~Lease() {
    clear_pages(stack_, written_.stack);
    clear_pages(heap_, written_.heap);
    FATHOM_DASSERT(is_zero(stack_) && is_zero(heap_));
    if (block_.input.buffer.capacity() > kKeptInput) block_.input.buffer = Bytes();
    --pool_.in_use_;
}

ProgramMemoryPool::Lease ProgramMemoryPool::take(std::uint64_t heap_size) {
    if (in_use_ == blocks_.size()) blocks_.push_back(std::make_unique<Block>());
    Block& block = *blocks_[in_use_];
    if (!block.memory || block.heap_capacity < heap_size) {
        block.heap_capacity = std::max(heap_size, kMaxHeapSize);
        // calloc: fresh pages are zero already and cost nothing until they are used.
        block.memory.reset(
            static_cast<std::uint8_t*>(std::calloc(sbpf::kStackSize + block.heap_capacity, 1)));
        FATHOM_ASSERT(block.memory);
    }
    ++in_use_;
    std::uint8_t* const memory = block.memory.get();
    return Lease(*this, block, {memory, sbpf::kStackSize}, {memory + sbpf::kStackSize, heap_size});
}

} // namespace fathom::invoke

// SPDX-License-Identifier: Apache-2.0
// How often the process has asked for memory: replaces the global operator new. Include it in one
// source of a test program that is there for that.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace fathom::tests {

inline std::atomic<std::uint64_t>& allocation_count() {
    static std::atomic<std::uint64_t> count{0};
    return count;
}

inline void* counted_allocation(std::size_t size, std::size_t alignment) {
    allocation_count().fetch_add(1, std::memory_order_relaxed);
    void* memory = nullptr;
    if (posix_memalign(&memory, std::max(alignment, sizeof(void*)), size) != 0) std::abort();
    return memory;
}

} // namespace fathom::tests

void* operator new(std::size_t size) {
    return fathom::tests::counted_allocation(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return fathom::tests::counted_allocation(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}

// SPDX-License-Identifier: Apache-2.0
// Stacks and heaps of running programs: allocated once, zero whenever a program receives them.
#pragma once

#include "fathom/base/bytes.hpp"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

namespace fathom::invoke {

/// One per worker, or one per transaction. Not thread-safe. Leases end in reverse order of their
/// start, as nested programs do.
class ProgramMemoryPool {
public:
    /// One program's stack and heap, all zero at the start. Gives them back on destruction.
    class Lease {
    public:
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease();

        [[nodiscard]] MutableByteView stack() const { return stack_; }
        [[nodiscard]] MutableByteView heap() const { return heap_; }
        /// Bytes from the low ends that may have been written; all of them unless said otherwise.
        /// Only these are cleared.
        void set_touched(std::uint64_t stack_bytes, std::uint64_t heap_bytes);

    private:
        friend class ProgramMemoryPool;
        Lease(ProgramMemoryPool& pool, MutableByteView stack, MutableByteView heap)
            : pool_(pool), stack_(stack), heap_(heap), touched_stack_(stack.size()),
              touched_heap_(heap.size()) {}

        ProgramMemoryPool& pool_;
        MutableByteView stack_;
        MutableByteView heap_;
        std::uint64_t touched_stack_;
        std::uint64_t touched_heap_;
    };

    ProgramMemoryPool() = default;
    ProgramMemoryPool(const ProgramMemoryPool&) = delete;
    ProgramMemoryPool& operator=(const ProgramMemoryPool&) = delete;

    [[nodiscard]] Lease take(std::uint64_t heap_size);

private:
    struct Free {
        void operator()(std::uint8_t* memory) const { std::free(memory); }
    };
    struct Block {
        std::unique_ptr<std::uint8_t, Free> memory; // stack, then heap
        std::uint64_t heap_capacity = 0;
    };

    std::vector<Block> blocks_;
    std::size_t in_use_ = 0;
};

} // namespace fathom::invoke

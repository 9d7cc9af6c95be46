// SPDX-License-Identifier: Apache-2.0
// Stacks and heaps of running programs: allocated once, zero whenever a program receives them.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/vm/memory_map.hpp"

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
        /// What may have been written; all of it unless said otherwise. Only that is cleared.
        void set_written(const vm::WrittenPages& pages) { written_ = pages; }

    private:
        friend class ProgramMemoryPool;
        Lease(ProgramMemoryPool& pool, MutableByteView stack, MutableByteView heap)
            : pool_(pool), stack_(stack), heap_(heap) {}

        ProgramMemoryPool& pool_;
        MutableByteView stack_;
        MutableByteView heap_;
        vm::WrittenPages written_{.stack = ~std::uint64_t{0}, .heap = ~std::uint64_t{0}};
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

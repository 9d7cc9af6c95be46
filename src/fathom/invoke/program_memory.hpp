// SPDX-License-Identifier: Apache-2.0
// What a running program needs beside its code: stack and heap, zero whenever a program receives
// them, its input and its list of regions. Allocated once and used again and again.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/invoke/serialization.hpp"
#include "fathom/vm/memory_map.hpp"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace fathom::invoke {

/// Memory of a running program: one per stack frame that runs in the virtual machine.
struct ProgramMemory {
    vm::MemoryMap* map = nullptr;
    std::span<const SerializedAccount> accounts;
    /// sol_alloc_free_: bytes handed out so far, of heap_size.
    std::uint64_t heap_position = 0;
    std::uint64_t heap_size = 0;
};

/// One per worker, or one per transaction. Not thread-safe. Leases end in reverse order of their
/// start, as nested programs do.
class ProgramMemoryPool {
public:
    class Lease;

private:
    struct Free {
        void operator()(std::uint8_t* memory) const { std::free(memory); }
    };
    struct Block {
        std::unique_ptr<std::uint8_t, Free> memory; // stack, then heap
        std::uint64_t heap_capacity = 0;
        SerializedInput input;
        std::vector<vm::MemoryRegion> regions;
    };

public:
    /// One program's memory, stack and heap all zero at the start. Gives it back on destruction.
    class Lease {
    public:
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease();

        [[nodiscard]] MutableByteView stack() const { return stack_; }
        [[nodiscard]] MutableByteView heap() const { return heap_; }
        /// Whatever the last program left in them, for their capacity.
        [[nodiscard]] SerializedInput& input() const { return block_.input; }
        [[nodiscard]] std::vector<vm::MemoryRegion>& regions() const { return block_.regions; }
        /// From here on all of it may be written.
        void open() { written_ = kEverything; }
        /// What has been written since then. Only that is cleared.
        void set_written(const vm::WrittenPages& pages) { written_ = pages; }

    private:
        friend class ProgramMemoryPool;
        static constexpr vm::WrittenPages kEverything{.stack = ~std::uint64_t{0},
                                                      .heap = ~std::uint64_t{0}};
        Lease(ProgramMemoryPool& pool, Block& block, MutableByteView stack, MutableByteView heap)
            : pool_(pool), block_(block), stack_(stack), heap_(heap) {}

        ProgramMemoryPool& pool_;
        Block& block_;
        MutableByteView stack_;
        MutableByteView heap_;
        vm::WrittenPages written_;
    };

    ProgramMemoryPool() = default;
    ProgramMemoryPool(const ProgramMemoryPool&) = delete;
    ProgramMemoryPool& operator=(const ProgramMemoryPool&) = delete;

    [[nodiscard]] Lease take(std::uint64_t heap_size);
    /// For the one transaction that runs: parallel to its instruction stack.
    [[nodiscard]] std::vector<std::optional<ProgramMemory>>& frames() { return frames_; }

private:
    std::vector<std::optional<ProgramMemory>> frames_;
    std::vector<std::unique_ptr<Block>> blocks_; // a lease's block stays where it is
    std::size_t in_use_ = 0;
};

} // namespace fathom::invoke

// SPDX-License-Identifier: Apache-2.0
// Guest addresses to host memory in three instructions: one remembered range for each of 64 groups
// of memory operations.
//
// Every load and store of a program is given a slot when it is decoded. A slot remembers the region
// its operation last touched, and the invariant below makes a hit exact for every width at once. A
// miss goes through the MemoryMap, which knows all rules, and refills the slot if it may.
//
// Invariant: for every slot and every address a with a - guest < load_limit (unsigned), the eight
// bytes at a lie in one live readable region of the map, at host + (a - guest); the same for
// store_limit and writable. So a limit is the length minus 7, or zero for a shorter or a forbidden
// range: accesses at the very end of a region miss, which is slower and never wrong.
//
// Slots are cold when a run begins, and much code runs once. So a miss first looks into a table of
// the ranges found lately, by bits of the address ("windows"), and copies what it finds there. The
// test is the same as a slot's own, with the whole address, so any address may share an entry.
//
// Written pages of the stack and the heap have to be known when the run ends: only they are
// cleared. So where a store may go there, a range is never more than what the map has been told of:
// on the stack everything below the end of the page that is stored to, in the heap that page (its
// allocator works downwards from the end and keeps its position at the beginning), each with the
// seven bytes behind it, and on a stack
// with gaps one frame in any case, so that an access that runs on from a frame into the next one's
// bytes misses and meets its rule in the map.
#pragma once

#include "fathom/vm/fault.hpp"
#include "fathom/vm/memory_map.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace fathom::vm {

struct TranslationSlot {
    std::uint64_t guest;
    std::uint8_t* host;
    std::uint64_t load_limit;
    std::uint64_t store_limit;
};

inline constexpr std::size_t kTranslationSlots = 64;
inline constexpr std::size_t kTranslationWindows = 64;

/// Which window an address belongs to: bits 32 to 34 and, so that neighbouring regions and frames
/// do not drive each other out, bits 12 to 14.
[[nodiscard]] constexpr std::size_t translation_window(std::uint64_t addr) {
    return (addr >> 29 & 0x38) | (addr >> 12 & 7);
}

/// Lies where the engine wants it; compiled code reads it and copies windows to slots.
struct TranslationTable {
    std::array<TranslationSlot, kTranslationSlots> slots;
    std::array<TranslationSlot, kTranslationWindows> windows;
};

/// What keeps the table of one run true.
class TranslationCache {
public:
    TranslationCache(MemoryMap& memory, TranslationTable& table) : table_(table), memory_(memory) {
        forget();
    }

    /// Host bytes behind an access that its slot does not cover, or null: fault() says why.
    [[nodiscard]] std::uint8_t* miss(TranslationSlot& slot, Access access, std::uint64_t addr,
                                     std::uint64_t size);
    [[nodiscard]] const Fault& fault() const { return fault_; }

    /// To be called after whatever may have changed the regions.
    void revalidate() {
        if (generation_ != memory_.generation()) [[unlikely]] {
            forget();
        }
    }

private:
    void forget();
    void forget(const MemoryRegion& region);
    [[nodiscard]] std::uint8_t* ask_map(TranslationSlot& slot, TranslationSlot& window,
                                        Access access, std::uint64_t addr, std::uint64_t size);
    [[nodiscard]] TranslationSlot range_around(const MemoryRegion& region,
                                               std::uint64_t addr) const;

    TranslationTable& table_;
    MemoryMap& memory_;
    std::uint64_t generation_ = 0;
    Fault fault_{.kind = FaultKind::AccessViolation};
};

} // namespace fathom::vm

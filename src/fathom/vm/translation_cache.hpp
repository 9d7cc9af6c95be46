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
// A gapped stack fills a slot with one frame only: an access that runs on into the next frame's
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
using TranslationSlots = std::array<TranslationSlot, kTranslationSlots>;

/// What keeps the slots of one run true. The slots lie where the engine wants them.
class TranslationCache {
public:
    TranslationCache(MemoryMap& memory, TranslationSlots& slots) : slots_(slots), memory_(memory) {
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
    void fill(TranslationSlot& slot, const MemoryRegion& region, std::uint64_t addr) const;

    TranslationSlots& slots_;
    MemoryMap& memory_;
    std::uint64_t generation_ = 0;
    Fault fault_{.kind = FaultKind::AccessViolation};
};

} // namespace fathom::vm

// SPDX-License-Identifier: Apache-2.0
// Misses of the translation cache: the map decides, then the slot is refilled.
#include "fathom/vm/translation_cache.hpp"

#include <algorithm>

namespace fathom::vm {
namespace {

/// Widest access of an instruction.
constexpr std::uint64_t kWidest = 8;

} // namespace

void TranslationCache::forget() {
    for (TranslationSlot& slot : slots_) slot = {};
    generation_ = memory_.generation();
}

std::uint8_t* TranslationCache::miss(TranslationSlot& slot, Access access, std::uint64_t addr,
                                     std::uint64_t size) {
    const auto host = memory_.translate_or_handle(access, addr, size);
    if (!host) {
        fault_ = host.error();
        return nullptr;
    }
    // The handler may have moved the region; other slots may still point at the old bytes.
    revalidate();
    if (const MemoryRegion* region = memory_.find_region(addr)) fill(slot, *region, addr);
    return *host;
}

void TranslationCache::fill(TranslationSlot& slot, const MemoryRegion& region,
                            std::uint64_t addr) const {
    std::uint64_t guest = region.vm_addr;
    std::uint64_t host_offset = 0;
    std::uint64_t length = region.length;
    if (region.gap_size) {
        const std::uint64_t frame = (addr - guest) / (2 * region.gap_size);
        guest += frame * 2 * region.gap_size;
        host_offset = frame * region.gap_size;
        length = std::min(region.gap_size, length - host_offset);
    }
    if (memory_.layout() == MapLayout::Aligned) {
        // The next window belongs to the next region, however long this one is.
        length = std::min(length, sbpf::kRegionSize - guest % sbpf::kRegionSize);
    }
    const std::uint64_t limit = length < kWidest ? 0 : length - (kWidest - 1);
    slot = {.guest = guest,
            .host = region.host + host_offset,
            .load_limit = limit,
            .store_limit = region.is_writable ? limit : 0};
}

} // namespace fathom::vm

// SPDX-License-Identifier: Apache-2.0
// Misses of the translation cache: the window, else the map decides and both are refilled.
#include "fathom/vm/translation_cache.hpp"

#include <algorithm>

namespace fathom::vm {
namespace {

/// Widest access of an instruction.
constexpr std::uint64_t kWidest = 8;

} // namespace

void TranslationCache::forget() {
    table_ = {};
    generation_ = memory_.generation();
}

std::uint8_t* TranslationCache::miss(TranslationSlot& slot, Access access, std::uint64_t addr,
                                     std::uint64_t size) {
    const bool is_load = access == Access::Load;
    const std::size_t index = (addr >> 32) % kTranslationWindows;
    TranslationSlot& window = is_load ? table_.load_windows[index] : table_.store_windows[index];
    const std::uint64_t distance = addr - window.guest;
    if (distance < (is_load ? window.load_limit : window.store_limit)) [[likely]] {
        slot = window;
        return window.host + distance;
    }
    return ask_map(slot, window, access, addr, size);
}

std::uint8_t* TranslationCache::ask_map(TranslationSlot& slot, TranslationSlot& window,
                                        Access access, std::uint64_t addr, std::uint64_t size) {
    const auto host = memory_.translate_or_handle(access, addr, size);
    if (!host) {
        fault_ = host.error();
        return nullptr;
    }
    // The handler may have moved the region; other slots may still point at the old bytes.
    revalidate();
    if (const MemoryRegion* region = memory_.find_region(addr)) {
        slot = range_around(*region, access, addr);
        window = slot;
    }
    return *host;
}

TranslationSlot TranslationCache::range_around(const MemoryRegion& region, Access access,
                                               std::uint64_t addr) const {
    std::uint64_t guest = region.vm_addr;
    std::uint64_t host_offset = 0;
    std::uint64_t length = region.length;
    const bool is_counted = guest == sbpf::kStackStart || guest == sbpf::kHeapStart;
    if (region.gap_size) {
        const std::uint64_t frame = (addr - guest) / (2 * region.gap_size);
        guest += frame * 2 * region.gap_size;
        host_offset = frame * region.gap_size;
        length = std::min(region.gap_size, length - host_offset);
    } else if (is_counted && access == Access::Store) {
        host_offset = (addr - guest) / WrittenPages::kPageSize * WrittenPages::kPageSize;
        guest += host_offset;
        length = std::min(WrittenPages::kPageSize, length - host_offset);
    }
    if (memory_.layout() == MapLayout::Aligned) {
        // The next window belongs to the next region, however long this one is.
        length = std::min(length, sbpf::kRegionSize - guest % sbpf::kRegionSize);
    }
    const std::uint64_t limit = length < kWidest ? 0 : length - (kWidest - 1);
    return {.guest = guest,
            .host = region.host + host_offset,
            .load_limit = limit,
            .store_limit = access == Access::Store && region.is_writable ? limit : 0};
}

} // namespace fathom::vm

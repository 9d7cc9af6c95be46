// SPDX-License-Identifier: Apache-2.0
// Misses of the translation cache: the window, else the map decides and both are refilled.
#include "fathom/vm/translation_cache.hpp"

#include <algorithm>

namespace fathom::vm {
namespace {

/// Widest access of an instruction.
constexpr std::uint64_t kWidest = 8;
static_assert(WrittenPages::kBehind == kWidest - 1);

} // namespace

void TranslationCache::forget() {
    table_ = {};
    generation_ = memory_.generation();
}

std::uint8_t* TranslationCache::miss(TranslationSlot& slot, Access access, std::uint64_t addr,
                                     std::uint64_t size) {
    TranslationSlot& window = table_.windows[translation_window(addr)];
    const std::uint64_t distance = addr - window.guest;
    if (distance < (access == Access::Load ? window.load_limit : window.store_limit)) [[likely]] {
        slot = window;
        return window.host + distance;
    }
    return ask_map(slot, window, access, addr, size);
}

std::uint8_t* TranslationCache::ask_map(TranslationSlot& slot, TranslationSlot& window,
                                        Access access, std::uint64_t addr, std::uint64_t size) {
    if (const MemoryRegion* region = memory_.find_region(addr)) {
        if (std::uint8_t* host = memory_.translate_in(*region, access, addr, size)) {
            slot = range_around(*region, addr);
            window = slot;
            return host;
        }
    }
    const auto host = memory_.translate_or_handle(access, addr, size);
    if (!host) {
        fault_ = host.error();
        return nullptr;
    }
    // The handler has changed this region and nothing else; slots may still point at the old bytes.
    const MemoryRegion& region = *memory_.find_region(addr);
    generation_ = memory_.generation();
    forget(region);
    slot = range_around(region, addr);
    window = slot;
    return *host;
}

void TranslationCache::forget(const MemoryRegion& region) {
    // Ranges never begin outside their region. Only limits are needed to shut a slot; the rest is
    // left, and no slot is asked whether it is open, so that nothing jumps here.
    const std::uint64_t begin = region.vm_addr;
    const std::uint64_t span = region.vm_end() - begin;
    const auto drop = [&](TranslationSlot& slot) {
        const std::uint64_t kept = slot.guest - begin < span ? 0 : ~std::uint64_t{0};
        slot.load_limit &= kept;
        slot.store_limit &= kept;
    };
    for (TranslationSlot& slot : table_.slots) drop(slot);
    for (TranslationSlot& slot : table_.windows) drop(slot);
}

TranslationSlot TranslationCache::range_around(const MemoryRegion& region,
                                               std::uint64_t addr) const {
    constexpr std::uint64_t kPage = WrittenPages::kPageSize;
    std::uint64_t begin = 0; // offsets in the region's host bytes
    std::uint64_t end = region.length;
    std::uint64_t guest = region.vm_addr;
    bool may_store = region.is_writable;
    if (region.gap_size) {
        const std::uint64_t frame = (addr - guest) / (2 * region.gap_size);
        guest += frame * 2 * region.gap_size;
        begin = frame * region.gap_size;
        end = std::min(begin + region.gap_size, end);
        may_store = may_store && memory_.is_noted_up_to(end);
    } else if (region.vm_addr == sbpf::kStackStart) {
        const std::uint64_t page_end = ((addr - guest) / kPage + 1) * kPage;
        if (memory_.is_noted_up_to(std::min(page_end, end))) {
            end = std::min(page_end + WrittenPages::kBehind, end);
        } else {
            may_store = false;
        }
    } else if (region.vm_addr == sbpf::kHeapStart) {
        const std::uint64_t page = (addr - guest) / kPage * kPage;
        if (memory_.is_noted_at(page)) {
            begin = page;
            guest += page;
            end = std::min(page + kPage + WrittenPages::kBehind, end);
        } else {
            may_store = false;
        }
    }
    std::uint64_t length = end - begin;
    if (memory_.layout() == MapLayout::Aligned) {
        // The next window belongs to the next region, however long this one is.
        length = std::min(length, sbpf::kRegionSize - guest % sbpf::kRegionSize);
    }
    const std::uint64_t limit = length < kWidest ? 0 : length - (kWidest - 1);
    return {.guest = guest,
            .host = region.host + begin,
            .load_limit = limit,
            .store_limit = may_store ? limit : 0};
}

} // namespace fathom::vm

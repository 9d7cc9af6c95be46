// SPDX-License-Identifier: Apache-2.0
// Guest address space of one running program: regions of host memory, translated with full checks.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/integers.hpp"
#include "fathom/base/result.hpp"
#include "fathom/sbpf/version.hpp"
#include "fathom/vm/fault.hpp"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace fathom::vm {

/// One contiguous piece of guest memory. Does not own its host bytes.
struct MemoryRegion {
    static constexpr std::uint16_t kNoPayload = 0xffff;

    std::uint64_t vm_addr = 0;
    std::uint8_t* host = nullptr;
    /// Mapped bytes. A gapped region covers twice as many guest addresses.
    std::uint64_t length = 0;
    /// 0: no gaps. Otherwise the size of a frame and of the gap after it, a power of two.
    std::uint64_t gap_size = 0;
    bool is_writable = false;
    /// For the access handler: which transaction account lies here, or kNoPayload.
    std::uint16_t payload = kNoPayload;

    [[nodiscard]] std::uint64_t vm_end() const {
        return saturating_add(vm_addr,
                              gap_size ? saturating_mul<std::uint64_t>(length, 2) : length);
    }
    /// Host bytes behind [addr, addr+len), or null. A gapped region tests only the first byte
    /// against the gaps (as the reference does): an access may run from one frame's end into the
    /// next frame's bytes.
    [[nodiscard]] std::uint8_t* translate(std::uint64_t addr, std::uint64_t len) const {
        if (addr < vm_addr) return nullptr;
        std::uint64_t offset = addr - vm_addr;
        if (gap_size) {
            if (offset & gap_size) return nullptr;
            const std::uint64_t within = gap_size - 1;
            offset = ((offset & ~within) >> 1) | (offset & within);
        }
        // The returned pointer has `len` bytes behind it: the end, computed without wrapping, is
        // compared with the mapped length.
        std::uint64_t end = 0;
        if (__builtin_add_overflow(offset, len, &end) || end > length) return nullptr;
        return host + offset;
    }

    [[nodiscard]] static MemoryRegion readonly(ByteView bytes, std::uint64_t vm_addr);
    [[nodiscard]] static MemoryRegion writable(MutableByteView bytes, std::uint64_t vm_addr,
                                               std::uint64_t gap_size = 0);
};

/// Called when a store does not fit a region as it stands, before the fault is raised: may grow,
/// unshare or move the region (account growth, copy on write). `reserved` is the guest space up to
/// the next region. Never called for loads' benefit: a load that misses stays a fault.
class AccessHandler {
public:
    virtual void on_violation(MemoryRegion& region, std::uint64_t reserved, Access access,
                              std::uint64_t addr, std::uint64_t len) = 0;

protected:
    ~AccessHandler() = default;
};

/// How an address finds its region. Aligned: by address >> 32, one region each. Unaligned: by the
/// greatest start at or below it (virtual_address_space_adjustments).
enum class MapLayout : std::uint8_t { Aligned, Unaligned };

/// Which pages of 4096 host bytes of the stack and the heap may have been written. Bit 63 stands
/// for the 64th page and everything behind it. A page's bit stands for the first bytes of the next
/// page, too, so that engines may let an access of any width begin anywhere in a page.
struct WrittenPages {
    static constexpr std::uint64_t kPageSize = 4096;
    static constexpr std::uint64_t kBehind = 7;

    std::uint64_t stack = 0;
    std::uint64_t heap = 0;

    /// The first `count` pages.
    [[nodiscard]] static constexpr std::uint64_t pages_up_to(std::uint64_t count) {
        return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    }
    /// Both included.
    [[nodiscard]] static constexpr std::uint64_t pages_between(std::uint64_t first,
                                                               std::uint64_t last) {
        return pages_up_to(last + 1) & ~std::uint64_t{0} << (first < 63 ? first : 63);
    }
};

/// Sorted regions with translation. Not thread-safe; one per invocation. Regions must outlive it.
class MemoryMap {
public:
    /// Aligned layout: what is above these bits says which region.
    static constexpr unsigned kRegionBits = 32;

    /// Error: InvalidMemoryRegion with the index, if regions overlap (or share an aligned window).
    /// `handler` may be null.
    [[nodiscard]] static Result<MemoryMap, Fault> create(std::vector<MemoryRegion> regions,
                                                         MapLayout layout, sbpf::Version version,
                                                         AccessHandler* handler);

    /// Host bytes behind [addr, addr+len) for `access`, without asking the handler
    /// (MemoryMapping::map of the reference). len 0 still needs a region.
    [[nodiscard]] Result<std::uint8_t*, Fault> translate(Access access, std::uint64_t addr,
                                                         std::uint64_t len) const;
    /// Same, but a failing access first goes to the handler and is then tried once more
    /// (map_with_access_violation_handler). What loads, stores and syscall outputs use.
    [[nodiscard]] Result<std::uint8_t*, Fault>
    translate_or_handle(Access access, std::uint64_t addr, std::uint64_t len);

    /// What translate() gives, or null instead of a fault.
    [[nodiscard]] std::uint8_t* host_of(Access access, std::uint64_t addr,
                                        std::uint64_t len) const {
        const MemoryRegion* const region = find(addr);
        return region ? translate_in(*region, access, addr, len) : nullptr;
    }
    /// Host bytes of an access that lies in `region`, which find_region has found for it, or null.
    [[nodiscard]] std::uint8_t* translate_in(const MemoryRegion& region, Access access,
                                             std::uint64_t addr, std::uint64_t len) const {
        if (access == Access::Store && !region.is_writable) return nullptr;
        std::uint8_t* const host = region.translate(addr, len);
        if (host && access == Access::Store) note_store(region, host, len);
        return host;
    }
    /// The region that may contain the address, or null.
    [[nodiscard]] MemoryRegion* find_region(std::uint64_t addr);
    [[nodiscard]] std::span<const MemoryRegion> regions() const { return regions_; }
    /// For whoever changes where a region points (CPI, growth): call this after the edit, so that
    /// cached translations are dropped. vm_addr and order must not change.
    void regions_changed() { ++generation_; }
    /// Gives the list back, for its capacity; the map is of no use afterwards.
    [[nodiscard]] std::vector<MemoryRegion> release_regions() { return std::move(regions_); }
    [[nodiscard]] std::span<MemoryRegion> mutable_regions() { return regions_; }
    /// Grows by one with every change of regions; an engine with cached translations compares it.
    [[nodiscard]] std::uint64_t generation() const { return generation_; }
    /// Where that number stands, for as long as the map stays where it is.
    [[nodiscard]] const std::uint64_t* generation_address() const { return &generation_; }
    [[nodiscard]] sbpf::Version version() const { return version_; }
    [[nodiscard]] MapLayout layout() const { return layout_; }

    /// Stores that went through a translation; on the stack a store stands for all pages below it.
    /// An engine that writes frames directly adds them.
    [[nodiscard]] const WrittenPages& written() const { return written_; }
    /// The first `count` frames of the stack may have been written.
    void note_frames(std::uint64_t count) { written_.stack |= WrittenPages::pages_up_to(count); }
    /// Whether all pages of the stack below an offset count as written.
    [[nodiscard]] bool is_noted_up_to(std::uint64_t offset) const {
        const std::uint64_t pages = WrittenPages::pages_up_to(
            (offset + WrittenPages::kPageSize - 1) / WrittenPages::kPageSize);
        return (written_.stack & pages) == pages;
    }
    /// Whether the page of the heap at an offset does.
    [[nodiscard]] bool is_noted_at(std::uint64_t offset) const {
        const std::uint64_t page = offset / WrittenPages::kPageSize;
        return (written_.heap & WrittenPages::pages_between(page, page)) != 0;
    }

    /// The fault that an access to [addr, addr+len) raises.
    [[nodiscard]] Fault violation(Access access, std::uint64_t addr, std::uint64_t len) const;

private:
    [[nodiscard]] const MemoryRegion* find(std::uint64_t addr) const {
        if (layout_ == MapLayout::Aligned) {
            const std::uint64_t index = addr >> kRegionBits;
            return index < regions_.size() ? &regions_[index] : nullptr;
        }
        // Halves what is left without a jump that depends on the address.
        const MemoryRegion* first = regions_.data();
        for (std::size_t left = regions_.size(); left > 1;) {
            const std::size_t half = left / 2;
            first += first[half].vm_addr <= addr ? half : 0;
            left -= half;
        }
        return regions_.empty() || first->vm_addr > addr ? nullptr : first;
    }
    void note_store(const MemoryRegion& region, const std::uint8_t* host, std::uint64_t len) const;

    std::vector<MemoryRegion> regions_;
    MapLayout layout_ = MapLayout::Aligned;
    sbpf::Version version_ = sbpf::Version::V0;
    AccessHandler* handler_ = nullptr;
    std::uint64_t generation_ = 0;
    mutable WrittenPages written_; // a translation for storing changes nothing else
};

} // namespace fathom::vm

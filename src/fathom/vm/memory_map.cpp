// SPDX-License-Identifier: Apache-2.0
// Layout and translation of guest memory (solana-sbpf src/memory_region.rs).
#include "fathom/vm/memory_map.hpp"

#include "fathom/base/integers.hpp"

#include <algorithm>
#include <limits>

namespace fathom::vm {
namespace {

constexpr unsigned kRegionBits = MemoryMap::kRegionBits;

/// Fills the windows below and between with empty regions, so that address >> 32 is the index.
Result<void, Fault> lay_out_aligned(std::vector<MemoryRegion>& regions) {
    for (std::size_t index = 0; index < regions.size(); ++index) {
        const std::uint64_t window = regions[index].vm_addr >> kRegionBits;
        if (window > index) {
            MemoryRegion empty;
            empty.vm_addr = static_cast<std::uint64_t>(index) << kRegionBits;
            regions.insert(regions.begin() + static_cast<std::ptrdiff_t>(index), empty);
        } else if (window < index) {
            return std::unexpected(Fault{.kind = FaultKind::InvalidMemoryRegion,
                                         .frame = static_cast<std::int64_t>(window)});
        }
    }
    return {};
}

Result<void, Fault> check_overlaps(std::span<const MemoryRegion> regions) {
    for (std::size_t index = 1; index < regions.size(); ++index) {
        if (regions[index - 1].vm_end() > regions[index].vm_addr) {
            return std::unexpected(Fault{.kind = FaultKind::InvalidMemoryRegion,
                                         .frame = static_cast<std::int64_t>(index)});
        }
    }
    return {};
}

bool leaves_window(const MemoryRegion& region) {
    const std::uint64_t last =
        saturating_add(region.vm_addr, saturating_sub<std::uint64_t>(region.length, 1));
    return last >> kRegionBits != region.vm_addr >> kRegionBits;
}

} // namespace

MemoryRegion MemoryRegion::readonly(ByteView bytes, std::uint64_t vm_addr) {
    MemoryRegion region;
    region.vm_addr = vm_addr;
    // Never written through: is_writable stays false.
    region.host = const_cast<std::uint8_t*>(bytes.data());
    region.length = bytes.size();
    return region;
}

MemoryRegion MemoryRegion::writable(MutableByteView bytes, std::uint64_t vm_addr,
                                    std::uint64_t gap_size) {
    MemoryRegion region;
    region.vm_addr = vm_addr;
    region.host = bytes.data();
    region.length = bytes.size();
    region.gap_size = gap_size;
    region.is_writable = true;
    return region;
}

Result<MemoryMap, Fault> MemoryMap::create(std::vector<MemoryRegion> regions, MapLayout layout,
                                           sbpf::Version version, AccessHandler* handler) {
    // They come in order from everyone but tests.
    if (!std::ranges::is_sorted(regions, {}, &MemoryRegion::vm_addr)) {
        std::ranges::stable_sort(regions, {}, &MemoryRegion::vm_addr);
    }
    if (layout == MapLayout::Aligned) {
        FATHOM_CHECK(lay_out_aligned(regions));
    } else {
        FATHOM_CHECK(check_overlaps(regions));
    }
    MemoryMap map;
    map.regions_ = std::move(regions);
    map.layout_ = layout;
    map.version_ = version;
    map.handler_ = handler;
    return map;
}

MemoryRegion* MemoryMap::find_region(std::uint64_t addr) {
    return const_cast<MemoryRegion*>(find(addr));
}

Result<std::uint8_t*, Fault> MemoryMap::translate(Access access, std::uint64_t addr,
                                                  std::uint64_t len) const {
    if (std::uint8_t* host = host_of(access, addr, len)) return host;
    return std::unexpected(violation(access, addr, len));
}

void MemoryMap::note_store(const MemoryRegion& region, const std::uint8_t* host,
                           std::uint64_t len) const {
    constexpr std::uint64_t kPage = WrittenPages::kPageSize;
    if (len == 0) return;
    const auto offset = static_cast<std::uint64_t>(host - region.host);
    if (region.vm_addr == sbpf::kStackStart) {
        written_.stack |= WrittenPages::pages_up_to((offset + len + kPage - 1) / kPage);
    } else if (region.vm_addr == sbpf::kHeapStart) {
        written_.heap |= WrittenPages::pages_between(offset / kPage, (offset + len - 1) / kPage);
    }
}

Result<std::uint8_t*, Fault> MemoryMap::translate_or_handle(Access access, std::uint64_t addr,
                                                            std::uint64_t len) {
    const MemoryRegion* found = find(addr);
    if (!found) return std::unexpected(violation(access, addr, len));
    if (std::uint8_t* host = translate_in(*found, access, addr, len)) return host;
    if (handler_) {
        // The handler works on a copy, which replaces the region only if the access then fits.
        const auto index = static_cast<std::size_t>(found - regions_.data());
        const std::uint64_t next = index + 1 < regions_.size()
                                       ? regions_[index + 1].vm_addr
                                       : std::numeric_limits<std::uint64_t>::max();
        MemoryRegion changed = *found;
        handler_->on_violation(changed, saturating_sub(next, changed.vm_addr), access, addr, len);
        if (changed.is_writable || access == Access::Load) {
            if (std::uint8_t* host = changed.translate(addr, len)) {
                if (changed.vm_addr != found->vm_addr || changed.vm_end() > next ||
                    (layout_ == MapLayout::Aligned && leaves_window(changed))) {
                    return std::unexpected(Fault{.kind = FaultKind::InvalidMemoryRegion,
                                                 .frame = static_cast<std::int64_t>(index)});
                }
                if (access == Access::Store) note_store(changed, host, len);
                regions_[index] = changed;
                regions_changed();
                return host;
            }
        }
    }
    return std::unexpected(violation(access, addr, len));
}

Fault MemoryMap::violation(Access access, std::uint64_t addr, std::uint64_t len) const {
    // Truncating division, so addresses just below the stack count as frame 0 and gaps are not
    // considered.
    const std::int64_t frame = saturating_sub(static_cast<std::int64_t>(addr),
                                              static_cast<std::int64_t>(sbpf::kStackStart)) /
                               static_cast<std::int64_t>(sbpf::kStackFrameSize);
    Fault fault{
        .kind = FaultKind::AccessViolation, .access = access, .address = addr, .length = len};
    if (!sbpf::manual_stack_frames(version_) && frame >= -1 &&
        frame <= static_cast<std::int64_t>(sbpf::kMaxCallDepth)) {
        fault.kind = FaultKind::StackAccessViolation;
        fault.frame = frame;
        return fault;
    }
    const MemoryRegion* region = find(addr);
    if (!region || addr < region->vm_addr || addr >= region->vm_end()) {
        fault.region = RegionName::Unallocated;
        return fault;
    }
    switch (addr & ~(sbpf::kRegionSize - 1)) {
    case sbpf::kBytecodeStart: fault.region = RegionName::Program; break;
    case sbpf::kStackStart: fault.region = RegionName::Stack; break;
    case sbpf::kHeapStart: fault.region = RegionName::Heap; break;
    case sbpf::kInputStart: fault.region = RegionName::Input; break;
    default: fault.region = RegionName::Allocated; break;
    }
    return fault;
}

} // namespace fathom::vm

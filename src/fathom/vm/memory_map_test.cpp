// SPDX-License-Identifier: Apache-2.0
// Layouts, region ends, stack gaps, choice of the fault, and the access handler.
// Expected values: solana-sbpf src/memory_region.rs.
#include "fathom/vm/memory_map.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace fathom::vm {
namespace {

using sbpf::kHeapStart;
using sbpf::kInputStart;
using sbpf::kStackStart;
using sbpf::Version;

constexpr std::array<std::uint64_t, 4> kSizes = {1, 2, 4, 8};

struct Memory {
    Bytes rodata = Bytes(64, 1);
    Bytes stack = Bytes(4 * 4096, 2);
    Bytes heap = Bytes(32, 3);
    Bytes input = Bytes(128, 4);

    MemoryMap map(MapLayout layout = MapLayout::Aligned, Version version = Version::V0,
                  std::uint64_t gap = 4096) {
        auto created = MemoryMap::create({MemoryRegion::writable(input, kInputStart),
                                          MemoryRegion::writable(heap, kHeapStart),
                                          MemoryRegion::writable(stack, kStackStart, gap),
                                          MemoryRegion::readonly(rodata, sbpf::kBytecodeStart)},
                                         layout, version, nullptr);
        return *created;
    }
};

Fault fault_of(const Result<std::uint8_t*, Fault>& result) {
    return result ? Fault{.kind = FaultKind::ElfError} : result.error();
}

/// Every offset around both ends of a region, every size: inside iff both ends are inside.
void expect_exact_ends(MemoryMap& map, std::uint64_t start, MutableByteView host,
                       bool is_writable) {
    for (const std::uint64_t size : kSizes) {
        for (const std::uint64_t anchor : {std::uint64_t{0}, std::uint64_t{host.size()}}) {
            for (std::int64_t delta = -9; delta <= 9; ++delta) {
                const std::uint64_t offset = anchor + static_cast<std::uint64_t>(delta);
                const bool inside = offset <= host.size() && offset + size <= host.size() &&
                                    offset + size >= offset;
                const auto loaded = map.translate(Access::Load, start + offset, size);
                EXPECT_EQ(loaded.has_value(), inside) << offset << " " << size;
                if (loaded) {
                    EXPECT_EQ(*loaded, host.data() + offset);
                }
                const auto stored = map.translate_or_handle(Access::Store, start + offset, size);
                EXPECT_EQ(stored.has_value(), inside && is_writable) << offset << " " << size;
            }
        }
    }
}

TEST(MemoryMap, BothEndsOfEveryRegionAreExactInTheAlignedLayout) {
    Memory memory;
    MemoryMap map = memory.map();
    expect_exact_ends(map, sbpf::kBytecodeStart, memory.rodata, false);
    expect_exact_ends(map, kHeapStart, memory.heap, true);
    expect_exact_ends(map, kInputStart, memory.input, true);
}

TEST(MemoryMap, BothEndsOfEveryRegionAreExactInTheUnalignedLayout) {
    Memory memory;
    MemoryMap map = memory.map(MapLayout::Unaligned, Version::V0, 0);
    expect_exact_ends(map, sbpf::kBytecodeStart, memory.rodata, false);
    expect_exact_ends(map, kStackStart, memory.stack, true);
    expect_exact_ends(map, kHeapStart, memory.heap, true);
    expect_exact_ends(map, kInputStart, memory.input, true);
}

TEST(MemoryMap, HugeLengthsAndAddressesDoNotWrapAround) {
    Memory memory;
    const MemoryMap map = memory.map();
    constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
    EXPECT_FALSE(map.translate(Access::Load, kHeapStart, kMax));
    EXPECT_FALSE(map.translate(Access::Load, kHeapStart + 1, kMax));
    EXPECT_FALSE(map.translate(Access::Load, kMax, 8));
    EXPECT_FALSE(map.translate(Access::Load, kMax - 7, 8));
    EXPECT_FALSE(map.translate(Access::Load, 1ull << 63, 1));
}

TEST(MemoryMap, AZeroLengthAccessNeedsARegionButMayStandAtItsEnd) {
    Memory memory;
    const MemoryMap map = memory.map();
    EXPECT_TRUE(map.translate(Access::Load, kHeapStart + 32, 0));
    EXPECT_FALSE(map.translate(Access::Load, kHeapStart + 33, 0));
    EXPECT_FALSE(map.translate(Access::Load, 9 * sbpf::kRegionSize, 0));
}

TEST(MemoryMap, AGapHidesEverySecondFrame) {
    Memory memory;
    const MemoryMap map = memory.map();
    for (std::uint64_t frame = 0; frame < 4; ++frame) {
        const std::uint64_t start = kStackStart + frame * 8192;
        const auto first = map.translate(Access::Store, start, 1);
        ASSERT_TRUE(first);
        EXPECT_EQ(*first, memory.stack.data() + frame * 4096);
        EXPECT_TRUE(map.translate(Access::Store, start + 4095, 1));
        EXPECT_FALSE(map.translate(Access::Store, start + 4096, 1));
        EXPECT_FALSE(map.translate(Access::Store, start + 8191, 1));
    }
}

TEST(MemoryMap, OnlyTheFirstByteIsTestedAgainstTheGap) {
    Memory memory;
    const MemoryMap map = memory.map();
    const auto straddling = map.translate(Access::Load, kStackStart + 4095, 8);
    ASSERT_TRUE(straddling);
    EXPECT_EQ(*straddling, memory.stack.data() + 4095);
    // Past the last frame there is nothing to run into.
    EXPECT_FALSE(map.translate(Access::Load, kStackStart + 3 * 8192 + 4095, 2));
    EXPECT_TRUE(map.translate(Access::Load, kStackStart + 3 * 8192 + 4095, 1));
}

TEST(MemoryMap, BytesOfAdjacentRegionsNeverCombine) {
    Bytes left(8, 1);
    Bytes right(8, 2);
    auto map = MemoryMap::create(
        {MemoryRegion::writable(left, kInputStart), MemoryRegion::writable(right, kInputStart + 8)},
        MapLayout::Unaligned, Version::V0, nullptr);
    ASSERT_TRUE(map);
    EXPECT_TRUE(map->translate(Access::Load, kInputStart, 8));
    EXPECT_FALSE(map->translate(Access::Load, kInputStart + 1, 8));
    EXPECT_FALSE(map->translate(Access::Load, kInputStart + 7, 2));
    EXPECT_EQ(*map->translate(Access::Load, kInputStart + 8, 8), right.data());
}

TEST(MemoryMap, RegionsAreSortedWhateverTheirOrder) {
    Memory memory;
    const MemoryMap map = memory.map();
    ASSERT_EQ(map.regions().size(), 5u); // the empty window 0 was filled in
    for (std::size_t i = 0; i < map.regions().size(); ++i)
        EXPECT_EQ(map.regions()[i].vm_addr, i * sbpf::kRegionSize);
    EXPECT_EQ(map.regions()[0].length, 0u);
}

TEST(MemoryMap, TwoRegionsInOneAlignedWindowAreRefusedByTheWindow) {
    Bytes bytes(16);
    const auto map = MemoryMap::create({MemoryRegion::writable(bytes, kHeapStart),
                                        MemoryRegion::writable(bytes, kHeapStart + 4096)},
                                       MapLayout::Aligned, Version::V0, nullptr);
    ASSERT_FALSE(map);
    EXPECT_EQ(map.error(), (Fault{.kind = FaultKind::InvalidMemoryRegion, .frame = 3}));
    EXPECT_EQ(map.error().text(), "Invalid memory region at index 3");
}

TEST(MemoryMap, OverlapInTheUnalignedLayoutIsRefusedByTheSecondRegionsIndex) {
    Bytes bytes(16);
    const auto map = MemoryMap::create({MemoryRegion::writable(bytes, kInputStart),
                                        MemoryRegion::writable(bytes, kInputStart + 15),
                                        MemoryRegion::readonly(bytes, 0)},
                                       MapLayout::Unaligned, Version::V3, nullptr);
    ASSERT_FALSE(map);
    EXPECT_EQ(map.error(), (Fault{.kind = FaultKind::InvalidMemoryRegion, .frame = 2}));
}

TEST(MemoryMap, AGappedRegionOccupiesTwiceItsLength) {
    Bytes stack(8192);
    Bytes other(16);
    const auto map = MemoryMap::create({MemoryRegion::writable(stack, kStackStart, 4096),
                                        MemoryRegion::writable(other, kStackStart + 16383)},
                                       MapLayout::Unaligned, Version::V0, nullptr);
    EXPECT_FALSE(map);
    EXPECT_TRUE(MemoryMap::create({MemoryRegion::writable(stack, kStackStart, 4096),
                                   MemoryRegion::writable(other, kStackStart + 16384)},
                                  MapLayout::Unaligned, Version::V0, nullptr));
}

TEST(MemoryMap, AnAccessNearTheStackIsAStackViolationCountedInFramesWithoutGaps) {
    Memory memory;
    const MemoryMap map = memory.map();
    const auto frame_at = [&](std::uint64_t address) {
        return map.violation(Access::Store, address, 4);
    };
    const Fault expected{.kind = FaultKind::StackAccessViolation,
                         .access = Access::Store,
                         .address = kStackStart + 3 * 4096 + 17,
                         .length = 4,
                         .frame = 3};
    EXPECT_EQ(frame_at(kStackStart + 3 * 4096 + 17), expected);
    EXPECT_EQ(expected.text(),
              "Access violation in stack frame 3 at address 0x200003011 of size 4");
    // Division truncates: the 4095 bytes below the stack are frame 0, the 4096 below those -1.
    EXPECT_EQ(frame_at(kStackStart - 1).frame, 0);
    EXPECT_EQ(frame_at(kStackStart - 4096).frame, -1);
    EXPECT_EQ(frame_at(kStackStart - 8191).frame, -1);
    EXPECT_EQ(frame_at(kStackStart - 8192).kind, FaultKind::AccessViolation);
    EXPECT_EQ(frame_at(kStackStart + 64 * 4096 + 4095).frame, 64);
    EXPECT_EQ(frame_at(kStackStart + 65 * 4096).kind, FaultKind::AccessViolation);
}

TEST(MemoryMap, VersionsThatMoveTheFramePointerHaveNoStackViolations) {
    Memory memory;
    for (const Version version : {Version::V1, Version::V2}) {
        const MemoryMap map = memory.map(MapLayout::Aligned, version, 0);
        const Fault fault = fault_of(map.translate(Access::Load, kStackStart + 4 * 4096, 1));
        EXPECT_EQ(fault.kind, FaultKind::AccessViolation);
        EXPECT_EQ(fault.region, RegionName::Unallocated);
        const Fault inside = fault_of(map.translate(Access::Load, kStackStart + 4 * 4096 - 1, 2));
        EXPECT_EQ(inside.region, RegionName::Stack);
    }
}

TEST(MemoryMap, AnAccessViolationNamesTheRegionThatHoldsItsFirstByte) {
    Memory memory;
    const MemoryMap map = memory.map();
    const auto text = [&](Access access, std::uint64_t address, std::uint64_t length) {
        return map.violation(access, address, length).text();
    };
    EXPECT_EQ(text(Access::Store, sbpf::kBytecodeStart + 8, 1),
              "Access violation writing 1 bytes at address 0x100000008 (in program region)");
    EXPECT_EQ(text(Access::Load, kHeapStart + 31, 2),
              "Access violation reading 2 bytes at address 0x30000001f (in heap region)");
    EXPECT_EQ(text(Access::Load, kInputStart + 127, 8),
              "Access violation reading 8 bytes at address 0x40000007f (in input region)");
    EXPECT_EQ(text(Access::Load, kInputStart + 128, 8),
              "Access violation reading 8 bytes at address 0x400000080 (in unallocated region)");
    EXPECT_EQ(text(Access::Load, 0, 8),
              "Access violation reading 8 bytes at address 0x0 (in unallocated region)");
}

TEST(MemoryMap, ReadOnlyDataAtAddressZeroIsAnAllocatedRegion) {
    Bytes rodata(16);
    const auto map = MemoryMap::create({MemoryRegion::readonly(rodata, 0)}, MapLayout::Aligned,
                                       Version::V3, nullptr);
    ASSERT_TRUE(map);
    EXPECT_TRUE(map->translate(Access::Load, 8, 8));
    EXPECT_EQ(map->violation(Access::Store, 8, 8).region, RegionName::Allocated);
}

TEST(MemoryMap, AddressesPastTheLastWindowAreUnallocated) {
    Memory memory;
    const MemoryMap map = memory.map();
    const Fault fault = fault_of(map.translate(Access::Load, 5 * sbpf::kRegionSize + 8, 8));
    EXPECT_EQ(fault.kind, FaultKind::AccessViolation);
    EXPECT_EQ(fault.region, RegionName::Unallocated);
}

/// Grows the region to the end of the access, or does what the test says.
struct GrowingHandler final : AccessHandler {
    void on_violation(MemoryRegion& region, std::uint64_t space, Access access, std::uint64_t addr,
                      std::uint64_t len) override {
        ++calls;
        reserved = space;
        last_access = access;
        if (is_idle) return;
        region.host = backing.data();
        region.is_writable = true;
        region.length = addr + len - region.vm_addr;
        region.vm_addr += displacement;
    }
    Bytes backing = Bytes(64, 9);
    std::uint64_t calls = 0;
    std::uint64_t reserved = 0;
    std::uint64_t displacement = 0;
    Access last_access = Access::Load;
    bool is_idle = false;
};

class HandledMap : public ::testing::Test {
protected:
    MemoryMap map() {
        return *MemoryMap::create({MemoryRegion::readonly(account_, kInputStart),
                                   MemoryRegion::readonly(tail_, kInputStart + 48)},
                                  MapLayout::Unaligned, Version::V0, &handler_);
    }
    Bytes account_ = Bytes(16, 1);
    Bytes tail_ = Bytes(16, 2);
    GrowingHandler handler_;
};

TEST_F(HandledMap, AStoreThatFitsAfterTheHandlerSucceedsAndTheRegionStaysChanged) {
    MemoryMap memory = map();
    const std::uint64_t before = memory.generation();
    const auto host = memory.translate_or_handle(Access::Store, kInputStart + 24, 8);
    ASSERT_TRUE(host);
    EXPECT_EQ(*host, handler_.backing.data() + 24);
    EXPECT_EQ(handler_.reserved, 48u);
    EXPECT_EQ(memory.regions()[0].length, 32u);
    EXPECT_NE(memory.generation(), before);
    EXPECT_TRUE(memory.translate_or_handle(Access::Store, kInputStart, 8));
    EXPECT_EQ(handler_.calls, 1u);
}

TEST_F(HandledMap, PlainTranslationNeverAsksTheHandler) {
    MemoryMap memory = map();
    EXPECT_FALSE(memory.translate(Access::Store, kInputStart, 8));
    EXPECT_EQ(handler_.calls, 0u);
}

TEST_F(HandledMap, AnAccessWithoutRegionNeverAsksTheHandler) {
    MemoryMap memory = map();
    EXPECT_FALSE(memory.translate_or_handle(Access::Store, kInputStart - 1, 1));
    EXPECT_EQ(handler_.calls, 0u);
}

TEST_F(HandledMap, AHandlerThatChangesNothingLeavesTheFault) {
    handler_.is_idle = true;
    MemoryMap memory = map();
    const std::uint64_t before = memory.generation();
    const Fault fault = fault_of(memory.translate_or_handle(Access::Store, kInputStart, 8));
    EXPECT_EQ(fault.region, RegionName::Input);
    EXPECT_EQ(fault.access, Access::Store);
    EXPECT_EQ(memory.generation(), before);
}

TEST_F(HandledMap, TheLastRegionMayGrowToTheEndOfTheAddressSpace) {
    MemoryMap memory = map();
    EXPECT_TRUE(memory.translate_or_handle(Access::Store, kInputStart + 48 + 16, 8));
    EXPECT_EQ(handler_.reserved, std::numeric_limits<std::uint64_t>::max() - kInputStart - 48);
}

TEST_F(HandledMap, ARegionThatGrewIntoTheNextIsRefusedByIndex) {
    MemoryMap memory = map();
    const Fault fault = fault_of(memory.translate_or_handle(Access::Store, kInputStart + 44, 8));
    EXPECT_EQ(fault, (Fault{.kind = FaultKind::InvalidMemoryRegion, .frame = 0}));
    EXPECT_EQ(memory.regions()[0].length, 16u);
}

TEST_F(HandledMap, ARegionThatMovedInGuestSpaceIsRefusedByIndex) {
    handler_.displacement = 1;
    MemoryMap memory = map();
    const Fault fault = fault_of(memory.translate_or_handle(Access::Store, kInputStart + 24, 4));
    // The access reaches one byte past the moved region's end only if the length is not adjusted.
    EXPECT_EQ(fault, (Fault{.kind = FaultKind::InvalidMemoryRegion, .frame = 0}));
}

} // namespace
} // namespace fathom::vm

// SPDX-License-Identifier: Apache-2.0
// What a miss remembers: ranges by their invariant, not by what a program happens to do with them.
#include "fathom/vm/translation_cache.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace fathom::vm {
namespace {

class Ranges : public ::testing::Test {
protected:
    void map(std::vector<MemoryRegion> regions, MapLayout layout) {
        auto created = MemoryMap::create(std::move(regions), layout, sbpf::Version::V0, nullptr);
        ASSERT_TRUE(created);
        map_ = std::move(*created);
        cache_.emplace(*map_, table_);
    }

    TranslationSlot& miss(Access access, std::uint64_t addr) {
        EXPECT_NE(cache_->miss(table_.slots[0], access, addr, 1), nullptr);
        return table_.slots[0];
    }

    std::optional<MemoryMap> map_;
    TranslationTable table_{};
    std::optional<TranslationCache> cache_;
    Bytes bytes_ = Bytes(3 * 4096);
};

TEST_F(Ranges, LastStartOfEightBytesIsInsideAndTheNextIsNot) {
    map({MemoryRegion::writable(bytes_, sbpf::kInputStart)}, MapLayout::Unaligned);
    const TranslationSlot& slot = miss(Access::Load, sbpf::kInputStart + 5);
    EXPECT_EQ(slot.guest, sbpf::kInputStart);
    EXPECT_EQ(slot.load_limit, bytes_.size() - 7);
    EXPECT_EQ(miss(Access::Store, sbpf::kInputStart + 5).store_limit, bytes_.size() - 7);
}

TEST_F(Ranges, AReadOnlyRegionIsNotRememberedForStores) {
    map({MemoryRegion::readonly(bytes_, sbpf::kBytecodeStart)}, MapLayout::Aligned);
    EXPECT_EQ(miss(Access::Load, sbpf::kBytecodeStart).store_limit, 0u);
}

TEST_F(Ranges, ALoadOpensNoPageForStoresThatNobodyHasCounted) {
    map({MemoryRegion::writable(bytes_, sbpf::kStackStart),
         MemoryRegion::writable(bytes_, sbpf::kHeapStart)},
        MapLayout::Aligned);
    EXPECT_EQ(miss(Access::Load, sbpf::kHeapStart + 16).store_limit, 0u);
    EXPECT_EQ(miss(Access::Load, sbpf::kStackStart + 16).store_limit, 0u);
}

TEST_F(Ranges, ARegionLongerThanItsAlignedWindowIsRememberedUpToTheWindowsEnd) {
    // Only the first bytes exist; nothing beyond them is touched.
    MemoryRegion region = MemoryRegion::writable(bytes_, sbpf::kInputStart);
    region.length = 3 * sbpf::kRegionSize;
    map({region}, MapLayout::Aligned);
    EXPECT_EQ(miss(Access::Load, sbpf::kInputStart).load_limit, sbpf::kRegionSize - 7);
}

TEST_F(Ranges, StoresToTheHeapAreRememberedByPage) {
    map({MemoryRegion::writable(bytes_, sbpf::kHeapStart)}, MapLayout::Aligned);
    const TranslationSlot& slot = miss(Access::Store, sbpf::kHeapStart + 5000);
    EXPECT_EQ(slot.guest, sbpf::kHeapStart + 4096);
    EXPECT_EQ(slot.host, bytes_.data() + 4096);
    EXPECT_EQ(slot.store_limit, 4096u); // an access may begin at the last byte
    EXPECT_EQ(map_->written().heap, 0b10u);
}

TEST_F(Ranges, AGappedStackIsRememberedByFrame) {
    map({MemoryRegion::writable(bytes_, sbpf::kStackStart, 4096)}, MapLayout::Aligned);
    const TranslationSlot& slot = miss(Access::Load, sbpf::kStackStart + 2 * 4096 + 9);
    EXPECT_EQ(slot.guest, sbpf::kStackStart + 2 * 4096);
    EXPECT_EQ(slot.host, bytes_.data() + 4096);
    EXPECT_EQ(slot.load_limit, 4096u - 7);
}

TEST_F(Ranges, RegionsShorterThanTheWidestAccessAreNotRemembered) {
    map({MemoryRegion::writable(MutableByteView(bytes_).first(7), sbpf::kInputStart)},
        MapLayout::Unaligned);
    EXPECT_EQ(miss(Access::Store, sbpf::kInputStart).store_limit, 0u);
    EXPECT_EQ(table_.slots[0].load_limit, 0u);
}

TEST_F(Ranges, ChangedRegionsAreForgotten) {
    map({MemoryRegion::writable(bytes_, sbpf::kInputStart)}, MapLayout::Unaligned);
    miss(Access::Load, sbpf::kInputStart);
    map_->regions_changed();
    cache_->revalidate();
    EXPECT_EQ(table_.slots[0].load_limit, 0u);
    EXPECT_EQ(table_.windows[translation_window(sbpf::kInputStart)].load_limit, 0u);
}

} // namespace
} // namespace fathom::vm

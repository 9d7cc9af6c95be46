// SPDX-License-Identifier: Apache-2.0
// The sysvar cache against Agave program-runtime/src/sysvar_cache.rs.
#include "fathom/invoke/sysvar_cache.hpp"
#include "fathom/types/program_ids.hpp"

#include <gtest/gtest.h>

namespace fathom::invoke {
namespace {

AccountData data_of(Bytes bytes, std::size_t size = 0) {
    bytes.resize(std::max(bytes.size(), size));
    return AccountData(bytes);
}

TEST(SysvarCache, IsEmptyAtFirst) {
    const SysvarCache cache;
    EXPECT_FALSE(cache.clock());
    EXPECT_EQ(cache.raw(ids::kClock), nullptr);
    EXPECT_FALSE(cache.has(ids::kFees));
    EXPECT_EQ(cache.slot_hashes(), nullptr);
}

TEST(SysvarCache, KeepsWholeAccountDataBesideTheValue) {
    SysvarCache cache;
    cache.add(ids::kClock, data_of(Clock{.slot = 7}.encode(), 80));
    ASSERT_TRUE(cache.clock());
    EXPECT_EQ(cache.clock()->slot, 7u);
    ASSERT_NE(cache.raw(ids::kClock), nullptr);
    EXPECT_EQ(cache.raw(ids::kClock)->size(), 80u);
}

TEST(SysvarCache, LeavesOutMalformedData) {
    SysvarCache cache;
    cache.add(ids::kRent, data_of(Bytes(16)));
    EXPECT_FALSE(cache.rent());
    EXPECT_EQ(cache.raw(ids::kRent), nullptr);
    EXPECT_FALSE(cache.has(ids::kRent));
}

TEST(SysvarCache, HasNoRawDataOfDeprecatedSysvars) {
    SysvarCache cache;
    cache.add(ids::kFees, data_of(Fees{.lamports_per_signature = 5000}.encode()));
    cache.add(ids::kRecentBlockhashes, data_of(RecentBlockhashes{}.encode()));
    EXPECT_TRUE(cache.has(ids::kFees));
    EXPECT_TRUE(cache.has(ids::kRecentBlockhashes));
    EXPECT_EQ(cache.raw(ids::kFees), nullptr);
    EXPECT_EQ(cache.raw(ids::kRecentBlockhashes), nullptr);
}

TEST(SysvarCache, KeepsEmptyListsApartFromAbsence) {
    SysvarCache cache;
    cache.add(ids::kSlotHashes, data_of(SlotHashes{}.encode(), 20'488));
    ASSERT_NE(cache.slot_hashes(), nullptr);
    EXPECT_TRUE(cache.slot_hashes()->entries.empty());
    EXPECT_EQ(cache.raw(ids::kSlotHashes)->size(), 20'488u);
    EXPECT_EQ(cache.raw(ids::kStakeHistory), nullptr);
}

TEST(SysvarCache, IgnoresOtherAccounts) {
    SysvarCache cache;
    cache.add(ids::kSlotHistory, data_of(Bytes(100)));
    EXPECT_FALSE(cache.has(ids::kSlotHistory));
}

} // namespace
} // namespace fathom::invoke

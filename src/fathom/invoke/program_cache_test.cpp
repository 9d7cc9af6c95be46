// SPDX-License-Identifier: Apache-2.0
// Visibility of programs against Agave
// program-runtime/src/{loaded_programs,program_cache_entry}.rs.
#include "fathom/invoke/program_cache.hpp"
#include "fathom/types/program_ids.hpp"
#include "tests/support/invocation.hpp"

#include <gtest/gtest.h>

namespace fathom::invoke {
namespace {

using tests::key_of;

std::shared_ptr<const ProgramCacheEntry> entry_of(ProgramState state, Slot deployed,
                                                  Slot effective) {
    auto entry = std::make_shared<ProgramCacheEntry>();
    entry->state = state;
    entry->owner = ids::kBpfLoaderUpgradeable;
    entry->account_size = 100;
    entry->deployment_slot = deployed;
    entry->effective_slot = effective;
    return entry;
}

TEST(ProgramCache, FindsNothingThatWasNotPutIn) {
    EXPECT_EQ(ProgramCacheForBatch(5).find(key_of(1)), nullptr);
}

TEST(ProgramCache, DelaysAProgramInTheSlotOfItsDeployment) {
    ProgramCacheForBatch programs(5);
    programs.insert(key_of(1), entry_of(ProgramState::Loaded, 5, 6));
    const auto found = programs.find(key_of(1));
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->state, ProgramState::DelayVisibility);
    EXPECT_EQ(found->owner, ids::kBpfLoaderUpgradeable);
    EXPECT_EQ(found->deployment_slot, 5u);
    EXPECT_EQ(found->effective_slot, 5u);
    EXPECT_EQ(found->account_size, 0u);
}

TEST(ProgramCache, ShowsAProgramFromTheNextSlotOn) {
    ProgramCacheForBatch programs(6);
    const auto entry = entry_of(ProgramState::Loaded, 5, 6);
    programs.insert(key_of(1), entry);
    EXPECT_EQ(programs.find(key_of(1)), entry);
}

TEST(ProgramCache, ShowsTombstonesAndBuiltinsAtOnce) {
    ProgramCacheForBatch programs(5);
    const auto closed = entry_of(ProgramState::Closed, 5, 5);
    const auto builtin = entry_of(ProgramState::Builtin, 5, 6);
    programs.insert(key_of(1), closed);
    programs.insert(key_of(2), builtin);
    EXPECT_EQ(programs.find(key_of(1)), closed);
    EXPECT_EQ(programs.find(key_of(2)), builtin);
}

TEST(ProgramCache, PrefersWhatTheTransactionModified) {
    ProgramCacheForBatch programs(9);
    const auto old_entry = entry_of(ProgramState::Loaded, 1, 2);
    const auto closed = entry_of(ProgramState::Closed, 9, 9);
    programs.insert(key_of(1), old_entry);
    programs.store_modified(key_of(1), closed);
    EXPECT_EQ(programs.find(key_of(1)), closed);
    programs.discard_modified();
    EXPECT_EQ(programs.find(key_of(1)), old_entry);
}

TEST(ProgramCache, KeepsModificationsOnCommit) {
    ProgramCacheForBatch programs(9);
    const auto closed = entry_of(ProgramState::Closed, 9, 9);
    programs.store_modified(key_of(1), closed);
    EXPECT_FALSE(programs.contains(key_of(1)));
    programs.commit_modified();
    EXPECT_TRUE(programs.contains(key_of(1)));
    EXPECT_TRUE(programs.modified().empty());
    EXPECT_EQ(programs.find(key_of(1)), closed);
}

} // namespace
} // namespace fathom::invoke

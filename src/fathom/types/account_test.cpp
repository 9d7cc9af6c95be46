// SPDX-License-Identifier: Apache-2.0
// Tests of account data: sharing, copy on write, growth.
#include "fathom/types/account.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace fathom {
namespace {

AccountData make(std::initializer_list<std::uint8_t> bytes) {
    return AccountData(ByteView(bytes.begin(), bytes.size()));
}

Bytes contents(const AccountData& data) {
    return {data.view().begin(), data.view().end()};
}

bool is_aligned(const AccountData& data) {
    return reinterpret_cast<std::uintptr_t>(data.data()) % 16 == 0;
}

TEST(AccountData, DefaultOwnsNothing) {
    AccountData data;
    EXPECT_TRUE(data.empty());
    EXPECT_EQ(data.data(), nullptr);
    EXPECT_FALSE(data.is_shared());
    EXPECT_TRUE(data.mutable_view().empty());
}

TEST(AccountData, EmptyBytesAllocateNothing) {
    EXPECT_EQ(AccountData(ByteView{}).data(), nullptr);
}

TEST(AccountData, CopySharesTheBuffer) {
    const AccountData first = make({1, 2, 3});
    const AccountData second = first;
    EXPECT_EQ(first.data(), second.data());
    EXPECT_TRUE(first.is_shared());
    EXPECT_TRUE(second.is_shared());
}

TEST(AccountData, LastHolderIsNotShared) {
    AccountData first = make({1});
    {
        const AccountData second = first;
        EXPECT_TRUE(first.is_shared());
    }
    EXPECT_FALSE(first.is_shared());
}

TEST(AccountData, WritingUnshares) {
    AccountData first = make({1, 2, 3});
    const AccountData second = first;
    first.mutable_view()[0] = 9;
    EXPECT_EQ(contents(first), (Bytes{9, 2, 3}));
    EXPECT_EQ(contents(second), (Bytes{1, 2, 3}));
    EXPECT_FALSE(first.is_shared());
    EXPECT_FALSE(second.is_shared());
}

TEST(AccountData, WritingAloneKeepsTheBuffer) {
    AccountData data = make({1, 2, 3});
    const std::uint8_t* before = data.data();
    data.mutable_view()[1] = 7;
    EXPECT_EQ(data.data(), before);
}

TEST(AccountData, ResizeOfASharedBufferLeavesTheOther) {
    AccountData first = make({1, 2, 3});
    const AccountData second = first;
    first.resize(2);
    first.resize(4);
    EXPECT_EQ(contents(first), (Bytes{1, 2, 0, 0}));
    EXPECT_EQ(contents(second), (Bytes{1, 2, 3}));
}

TEST(AccountData, GrowthAfterShrinkingIsZero) {
    AccountData data = make({1, 2, 3, 4});
    data.resize(1);
    data.resize(4);
    EXPECT_EQ(contents(data), (Bytes{1, 0, 0, 0}));
}

TEST(AccountData, GrowthIntoReservedSpaceIsZeroAndKeepsPointers) {
    AccountData data = make({1, 2});
    data.reserve(100);
    const std::uint8_t* before = data.data();
    std::memset(data.mutable_view().data(), 0xee, 2);
    data.resize(100);
    EXPECT_EQ(data.data(), before);
    EXPECT_EQ(data.view()[1], 0xee);
    EXPECT_TRUE(std::all_of(data.view().begin() + 2, data.view().end(),
                            [](auto byte) { return byte == 0; }));
}

TEST(AccountData, ReserveUnshares) {
    AccountData first = make({1, 2});
    const AccountData second = first;
    first.reserve(1);
    EXPECT_FALSE(first.is_shared());
    EXPECT_EQ(contents(first), (Bytes{1, 2}));
}

TEST(AccountData, ReserveOnEmptyKeepsItEmpty) {
    AccountData data;
    data.reserve(64);
    EXPECT_TRUE(data.empty());
    data.resize(64);
    EXPECT_EQ(contents(data), Bytes(64, 0));
}

TEST(AccountData, ResizeToZeroAndBack) {
    AccountData data = make({1, 2});
    data.resize(0);
    EXPECT_TRUE(data.empty());
    data.resize(2);
    EXPECT_EQ(contents(data), (Bytes{0, 0}));
}

TEST(AccountData, BuffersAreAlignedTo16) {
    for (std::uint64_t size = 1; size < 70; ++size) {
        AccountData data{Bytes(size, 1)};
        EXPECT_TRUE(is_aligned(data));
        data.resize(size + 1000);
        EXPECT_TRUE(is_aligned(data));
    }
}

TEST(AccountData, SelfAssignmentChangesNothing) {
    AccountData data = make({1, 2, 3});
    AccountData& same = data;
    data = same;
    EXPECT_EQ(contents(data), (Bytes{1, 2, 3}));
    data = std::move(same);
    EXPECT_EQ(contents(data), (Bytes{1, 2, 3}));
    EXPECT_FALSE(data.is_shared());
}

TEST(AccountData, AssignmentReleasesTheOldBuffer) {
    AccountData old = make({1});
    const AccountData witness = old;
    old = make({2});
    EXPECT_FALSE(witness.is_shared());
    EXPECT_EQ(contents(old), (Bytes{2}));
}

TEST(AccountData, MoveLeavesTheSourceEmptyAndUsable) {
    AccountData source = make({1, 2});
    const std::uint8_t* buffer = source.data();
    AccountData target = std::move(source);
    EXPECT_EQ(target.data(), buffer);
    EXPECT_TRUE(source.empty());
    source.assign(Bytes{5});
    EXPECT_EQ(contents(source), (Bytes{5}));
}

TEST(AccountData, AssignOfItsOwnBytesWorks) {
    AccountData data = make({1, 2, 3, 4});
    data.assign(data.view().subspan(1, 2));
    EXPECT_EQ(contents(data), (Bytes{2, 3}));
}

TEST(AccountData, AssignOfItsOwnSharedBytesWorks) {
    AccountData data = make({1, 2, 3, 4});
    const AccountData other = data;
    data.assign(data.view().subspan(1, 2));
    EXPECT_EQ(contents(data), (Bytes{2, 3}));
    EXPECT_EQ(contents(other), (Bytes{1, 2, 3, 4}));
}

TEST(AccountData, AssignOfNothingEmptiesOnlyThisOne) {
    AccountData data = make({1, 2});
    const AccountData other = data;
    data.assign({});
    EXPECT_TRUE(data.empty());
    EXPECT_EQ(contents(other), (Bytes{1, 2}));
    data.resize(2);
    EXPECT_EQ(contents(data), (Bytes{0, 0}));
    EXPECT_EQ(contents(other), (Bytes{1, 2}));
}

TEST(AccountData, EqualityIsByContents) {
    EXPECT_EQ(make({1, 2}), make({1, 2}));
    EXPECT_NE(make({1, 2}), make({1, 3}));
    EXPECT_NE(make({1, 2}), make({1}));
    AccountData emptied = make({1});
    emptied.resize(0);
    EXPECT_EQ(emptied, AccountData{});
}

TEST(AccountData, CopiesOnDifferentThreadsDoNotDisturbEachOther) {
    const AccountData origin{Bytes(1000, 1)};
    std::vector<std::thread> threads;
    std::vector<int> sums(4, 0);
    for (std::size_t t = 0; t < sums.size(); ++t) {
        threads.emplace_back([&, t] {
            for (int round = 0; round < 200; ++round) {
                AccountData copy = origin;
                copy.mutable_view()[0] = static_cast<std::uint8_t>(t);
                sums[t] += copy.view()[0] + copy.view()[999];
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (std::size_t t = 0; t < sums.size(); ++t)
        EXPECT_EQ(sums[t], 200 * (static_cast<int>(t) + 1));
    EXPECT_EQ(contents(origin), Bytes(1000, 1));
    EXPECT_FALSE(origin.is_shared());
}

TEST(Account, DefaultIsExemptAndOwnedByTheSystemProgram) {
    const Account account;
    EXPECT_EQ(account.lamports, 0u);
    EXPECT_EQ(account.owner, Pubkey{});
    EXPECT_EQ(account.rent_epoch, std::numeric_limits<Epoch>::max());
}

} // namespace
} // namespace fathom

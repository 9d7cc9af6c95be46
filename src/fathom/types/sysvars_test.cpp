// SPDX-License-Identifier: Apache-2.0
// Tests of sysvar layouts and arithmetic.
#include "fathom/base/text.hpp"
#include "fathom/types/sysvars.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

namespace fathom {
namespace {

Bytes from_hex(std::string_view text) {
    return base::from_hex(text).value();
}

Hash filled_hash(std::uint8_t byte) {
    Hash hash;
    hash.bytes.fill(byte);
    return hash;
}

/// Every strict prefix of `encoded` must be refused, and anything may follow it.
template <class Sysvar> void expect_exact_length(const Bytes& encoded) {
    for (std::size_t size = 0; size < encoded.size(); ++size) {
        EXPECT_FALSE(Sysvar::decode(ByteView(encoded).first(size))) << size;
    }
    Bytes longer = encoded;
    longer.resize(longer.size() + 100, 0xee);
    const auto decoded = Sysvar::decode(longer);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->encode(), encoded);
}

TEST(Clock, HasTheBincodeLayout) {
    const Clock clock{1, -2, 3, 4, -5};
    const Bytes encoded = from_hex("0100000000000000"
                                   "feffffffffffffff"
                                   "0300000000000000"
                                   "0400000000000000"
                                   "fbffffffffffffff");
    EXPECT_EQ(clock.encode(), encoded);
    EXPECT_EQ(Clock::decode(encoded), clock);
    EXPECT_EQ(encoded.size(), Clock::kSize);
    expect_exact_length<Clock>(encoded);
}

TEST(Rent, HasTheBincodeLayout) {
    const Bytes encoded = from_hex("980d000000000000"
                                   "0000000000000040"
                                   "32");
    EXPECT_EQ(Rent{}.encode(), encoded);
    EXPECT_EQ(encoded.size(), Rent::kSize);
    expect_exact_length<Rent>(encoded);
}

// The figures that clusters charge: 890880 for an empty account, 2039280 for 165 bytes.
TEST(Rent, MinimumBalanceAtThresholdTwo) {
    EXPECT_EQ(Rent{}.minimum_balance(0), 890880u);
    EXPECT_EQ(Rent{}.minimum_balance(165), 2039280u);
    EXPECT_EQ(Rent{}.minimum_balance(kMaxAccountDataLen), (128u + kMaxAccountDataLen) * 6960);
}

TEST(Rent, MinimumBalanceAtThresholdOne) {
    const Rent rent{6960, 1.0, 50};
    EXPECT_EQ(rent.minimum_balance(0), 890880u);
    EXPECT_EQ(rent.minimum_balance(165), 2039280u);
}

TEST(Rent, MinimumBalanceAtOtherThresholdsTruncates) {
    EXPECT_EQ((Rent{3, 1.5, 0}.minimum_balance(1)), 580u); // 129 · 3 · 1.5 = 580.5
    EXPECT_EQ((Rent{3, 0.0, 0}.minimum_balance(1)), 0u);
}

TEST(Rent, HostileThresholdsStayInRange) {
    EXPECT_EQ((Rent{3, std::nan(""), 0}.minimum_balance(1)), 0u);
    EXPECT_EQ((Rent{3, -1.0, 0}.minimum_balance(1)), 0u);
    EXPECT_EQ((Rent{3, INFINITY, 0}.minimum_balance(1)), ~std::uint64_t{0});
    EXPECT_EQ((Rent{3, 1e300, 0}.minimum_balance(1)), ~std::uint64_t{0});
}

TEST(Rent, HostilePricesAndLengthsSaturate) {
    const Rent rent{~std::uint64_t{0}, 2.0, 0};
    EXPECT_EQ(rent.minimum_balance(~std::uint64_t{0}), ~std::uint64_t{0});
}

TEST(Rent, ExemptFromTheMinimumOn) {
    EXPECT_FALSE(Rent{}.is_exempt(890879, 0));
    EXPECT_TRUE(Rent{}.is_exempt(890880, 0));
}

TEST(EpochSchedule, HasTheBincodeLayout) {
    const EpochSchedule schedule{432000, 432000, true, 14, 524256};
    const Bytes encoded = from_hex("8097060000000000"
                                   "8097060000000000"
                                   "01"
                                   "0e00000000000000"
                                   "e0ff070000000000");
    EXPECT_EQ(schedule.encode(), encoded);
    EXPECT_EQ(EpochSchedule::decode(encoded), schedule);
    EXPECT_EQ(encoded.size(), EpochSchedule::kSize);
    expect_exact_length<EpochSchedule>(encoded);
}

TEST(EpochSchedule, RefusesABooleanAboveOne) {
    Bytes encoded = EpochSchedule{}.encode();
    encoded[16] = 2;
    EXPECT_FALSE(EpochSchedule::decode(encoded));
}

TEST(EpochSchedule, WithoutWarmupEpochsAreEqual) {
    const EpochSchedule schedule;
    EXPECT_EQ(schedule.epoch(0), 0u);
    EXPECT_EQ(schedule.epoch(431999), 0u);
    EXPECT_EQ(schedule.epoch(432000), 1u);
}

// Warm-up epochs have 32, 64, 128, … slots: they start at 0, 32, 96, 224, …
TEST(EpochSchedule, WarmupEpochsDouble) {
    const EpochSchedule schedule{432000, 432000, true, 14, 524256};
    EXPECT_EQ(schedule.epoch(0), 0u);
    EXPECT_EQ(schedule.epoch(31), 0u);
    EXPECT_EQ(schedule.epoch(32), 1u);
    EXPECT_EQ(schedule.epoch(95), 1u);
    EXPECT_EQ(schedule.epoch(96), 2u);
    EXPECT_EQ(schedule.epoch(524255), 13u);
    EXPECT_EQ(schedule.epoch(524256), 14u);
    EXPECT_EQ(schedule.epoch(524256 + 432000), 15u);
}

TEST(EpochSchedule, HostileValuesDoNotTrap) {
    EXPECT_EQ((EpochSchedule{0, 0, false, 7, 0}.epoch(1000)), 7u);
    EXPECT_EQ((EpochSchedule{1, 0, false, ~std::uint64_t{0}, 0}.epoch(1000)), ~std::uint64_t{0});
    EXPECT_EQ((EpochSchedule{1, 0, true, 0, ~std::uint64_t{0}}.epoch(~std::uint64_t{0} - 1)), 58u);
}

TEST(EpochRewards, HasTheBincodeLayout) {
    EpochRewards rewards;
    rewards.distribution_starting_block_height = 1;
    rewards.num_partitions = 2;
    rewards.parent_blockhash = filled_hash(0xaa);
    rewards.total_points = static_cast<uint128_t>(3) << 64 | 4;
    rewards.total_rewards = 5;
    rewards.distributed_rewards = 6;
    rewards.active = true;
    const Bytes encoded =
        from_hex("0100000000000000"
                 "0200000000000000"
                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                 "04000000000000000300000000000000"
                 "0500000000000000"
                 "0600000000000000"
                 "01");
    EXPECT_EQ(rewards.encode(), encoded);
    EXPECT_EQ(encoded.size(), EpochRewards::kSize);
    expect_exact_length<EpochRewards>(encoded);
}

TEST(EpochRewards, RefusesABooleanAboveOne) {
    Bytes encoded = EpochRewards{}.encode();
    encoded.back() = 0xff;
    EXPECT_FALSE(EpochRewards::decode(encoded));
}

TEST(Fees, HasTheBincodeLayout) {
    const Bytes encoded = from_hex("8813000000000000");
    EXPECT_EQ(Fees{5000}.encode(), encoded);
    expect_exact_length<Fees>(encoded);
}

TEST(LastRestartSlot, HasTheBincodeLayout) {
    const Bytes encoded = from_hex("0807060504030201");
    EXPECT_EQ(LastRestartSlot{0x0102030405060708}.encode(), encoded);
    expect_exact_length<LastRestartSlot>(encoded);
}

SlotHashes some_slot_hashes() {
    return {{{9, filled_hash(9)}, {7, filled_hash(7)}, {4, filled_hash(4)}, {1, filled_hash(1)}}};
}

TEST(SlotHashes, HasTheBincodeLayout) {
    const SlotHashes hashes{{{2, filled_hash(0xbb)}}};
    const Bytes encoded =
        from_hex("0100000000000000"
                 "0200000000000000"
                 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
    EXPECT_EQ(hashes.encode(), encoded);
    expect_exact_length<SlotHashes>(some_slot_hashes().encode());
}

TEST(SlotHashes, FindsExactSlotsOnly) {
    const SlotHashes hashes = some_slot_hashes();
    for (const Slot slot : {9, 7, 4, 1}) {
        ASSERT_NE(hashes.find(slot), nullptr) << slot;
        EXPECT_EQ(*hashes.find(slot), filled_hash(static_cast<std::uint8_t>(slot)));
    }
    for (const Slot slot : {0, 2, 3, 5, 6, 8, 10}) EXPECT_EQ(hashes.find(slot), nullptr) << slot;
    EXPECT_EQ(SlotHashes{}.find(1), nullptr);
}

TEST(SlotHashes, FindInDisorderStaysInside) {
    const SlotHashes hashes{{{1, {}}, {9, {}}, {4, {}}}};
    for (Slot slot = 0; slot < 12; ++slot) {
        const Hash* found = hashes.find(slot);
        EXPECT_TRUE(found == nullptr || slot == 1 || slot == 9 || slot == 4);
    }
}

/// A count that promises more than follows.
Bytes with_count(std::uint64_t count, std::size_t following) {
    Bytes bytes(8 + following, 0);
    store_le(bytes.data(), count);
    return bytes;
}

TEST(SysvarSequences, HostileCountsAreRefusedWithoutAllocation) {
    const std::uint64_t counts[] = {2,
                                    513,
                                    std::uint64_t{1} << 32,
                                    (~std::uint64_t{0}) / 40 + 1,
                                    (~std::uint64_t{0}) / 32 + 1,
                                    ~std::uint64_t{0}};
    for (const std::uint64_t count : counts) {
        EXPECT_FALSE(SlotHashes::decode(with_count(count, 79))) << count;
        EXPECT_FALSE(RecentBlockhashes::decode(with_count(count, 79))) << count;
        EXPECT_FALSE(StakeHistory::decode(with_count(count, 63))) << count;
    }
}

TEST(SysvarSequences, ZeroPaddingIsIgnored) {
    EXPECT_TRUE(SlotHashes::decode(Bytes(20488, 0))->entries.empty());
    EXPECT_TRUE(StakeHistory::decode(Bytes(16392, 0))->entries.empty());
    EXPECT_TRUE(RecentBlockhashes::decode(Bytes(6008, 0))->entries.empty());
}

TEST(StakeHistory, HasTheBincodeLayout) {
    const StakeHistory history{{{5, {1, 2, 3}}}};
    const Bytes encoded = from_hex("0100000000000000"
                                   "0500000000000000"
                                   "0100000000000000"
                                   "0200000000000000"
                                   "0300000000000000");
    EXPECT_EQ(history.encode(), encoded);
    expect_exact_length<StakeHistory>(encoded);
}

TEST(RecentBlockhashes, HasTheBincodeLayout) {
    const RecentBlockhashes hashes{{{filled_hash(0xcc), 5000}}};
    const Bytes encoded =
        from_hex("0100000000000000"
                 "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
                 "8813000000000000");
    EXPECT_EQ(hashes.encode(), encoded);
    expect_exact_length<RecentBlockhashes>(encoded);
}

Bytes read_file(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

template <class Sysvar> void expect_recorded_account(const Bytes& data, std::size_t entries) {
    const auto decoded = Sysvar::decode(data);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->entries.size(), entries);
    Bytes encoded = decoded->encode();
    ASSERT_LE(encoded.size(), data.size());
    encoded.resize(data.size(), 0);
    EXPECT_EQ(encoded, data);
}

TEST(SlotHashes, RecordedAccountComesBack) {
    FATHOM_REQUIRE_SHARED(file, "data/fixtures/sysvar/firedancer/slot_hashes.bin");
    expect_recorded_account<SlotHashes>(read_file(file), SlotHashes::kMaxEntries);
}

TEST(StakeHistory, RecordedAccountComesBack) {
    FATHOM_REQUIRE_SHARED(file, "data/fixtures/sysvar/firedancer/stake_history.bin");
    const Bytes data = read_file(file);
    ASSERT_GE(data.size(), 8u);
    expect_recorded_account<StakeHistory>(data, load_le<std::uint64_t>(data.data()));
}

TEST(RecentBlockhashes, RecordedAccountComesBack) {
    FATHOM_REQUIRE_SHARED(file, "data/fixtures/sysvar/firedancer/recent_hashes.bin");
    expect_recorded_account<RecentBlockhashes>(read_file(file), RecentBlockhashes::kMaxEntries);
}

} // namespace
} // namespace fathom

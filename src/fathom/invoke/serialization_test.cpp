// SPDX-License-Identifier: Apache-2.0
// Program input against Agave program-runtime/src/serialization.rs: layouts, repeats, regions, and
// what is read back.
#include "fathom/invoke/serialization.hpp"
#include "tests/support/invocation.hpp"

#include <gtest/gtest.h>

namespace fathom::invoke {
namespace {

using tests::key_of;
using tests::TestInvocation;

const Pubkey kProgram = key_of(1);
constexpr std::uint64_t kStart = sbpf::kInputStart;
constexpr std::uint64_t kRoom = kMaxAccountDataGrowthPerInstruction;

constexpr SerializationOptions kCopied{};
constexpr SerializationOptions kRegions{.address_space_adjustments = true};
constexpr SerializationOptions kDirect{.address_space_adjustments = true, .direct_mapping = true};

template <class T> InstructionError error_of(const Result<T, InstructionError>& result) {
    return result ? InstructionError(InstructionError::GenericError) : result.error();
}

/// A writable account of the program, a read-only repeat of it, a foreign one, an empty one.
class SerializationTest : public testing::Test {
protected:
    void start(const Pubkey& loader) {
        invocation_.add({.key = key_of(10), .lamports = 5, .data = {1, 2, 3}, .owner = kProgram});
        invocation_.add({.key = key_of(11), .lamports = 6, .data = {4, 5}, .owner = key_of(9)});
        invocation_.add({.key = key_of(12), .owner = kProgram});
        invocation_.add({.key = kProgram, .owner = loader, .executable = true});
        invocation_.start();
        ASSERT_TRUE(invocation_.push(
            {.program_index = 3,
             .accounts = {{0, true, true}, {0, false, false}, {1, false, true}, {2, false, true}},
             .data = {0xaa, 0xbb}}));
    }
    SerializedInput serialize(const SerializationOptions& options) {
        SerializedInput input;
        EXPECT_TRUE(serialize_input(invocation_.current(), options, input));
        return input;
    }
    Result<void, InstructionError> read_back(const SerializedInput& input,
                                             const SerializationOptions& options) {
        return deserialize_input(invocation_.current(), options, input.buffer, input.accounts);
    }
    const Account& account(std::uint16_t index) { return invocation_.transaction().account(index); }

    TestInvocation invocation_;
};

std::uint64_t u64_at(const SerializedInput& input, std::uint64_t offset) {
    return load_le<std::uint64_t>(input.buffer.data() + offset);
}
Pubkey key_at(const SerializedInput& input, std::uint64_t offset) {
    return Pubkey::from_bytes(input.buffer.data() + offset);
}

TEST_F(SerializationTest, LaysOutTheNewerAbi) {
    start(ids::kBpfLoader);
    const SerializedInput input = serialize(kCopied);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(input.buffer.data()) % 16, 0u);
    EXPECT_EQ(u64_at(input, 0), 4u);
    EXPECT_EQ(Bytes(input.buffer.begin() + 8, input.buffer.begin() + 16),
              (Bytes{0xff, 1, 1, 0, 0, 0, 0, 0}));
    EXPECT_EQ(key_at(input, 16), key_of(10));
    EXPECT_EQ(key_at(input, 48), kProgram);
    EXPECT_EQ(u64_at(input, 80), 5u);
    EXPECT_EQ(u64_at(input, 88), 3u);
    EXPECT_EQ(input.buffer[96], 1);
    EXPECT_EQ(input.buffer[98], 3);
    // Data, reserve, padding to eight.
    const std::uint64_t rent_epoch = 96 + 3 + kRoom + 5;
    EXPECT_EQ(u64_at(input, rent_epoch), ~std::uint64_t{0});
    // The repeat.
    EXPECT_EQ(u64_at(input, rent_epoch + 8), 0u);
    EXPECT_EQ(input.buffer[rent_epoch + 16], 0xff);
    const std::uint64_t foreign = rent_epoch + 16;
    const std::uint64_t empty = foreign + 88 + 2 + kRoom + 6 + 8;
    EXPECT_EQ(key_at(input, empty + 8), key_of(12));
    const std::uint64_t data = empty + 88 + kRoom + 8;
    EXPECT_EQ(u64_at(input, data), 2u);
    EXPECT_EQ(input.instruction_data_addr, kStart + data + 8);
    EXPECT_EQ(input.buffer[data + 9], 0xbb);
    EXPECT_EQ(key_at(input, data + 10), kProgram);
    EXPECT_EQ(input.buffer.size(), data + 42);
    ASSERT_EQ(input.regions.size(), 1u);
    EXPECT_EQ(input.regions[0].vm_addr, kStart);
    EXPECT_EQ(input.regions[0].length, input.buffer.size());
    EXPECT_TRUE(input.regions[0].is_writable);
    EXPECT_EQ(input.regions[0].payload, vm::MemoryRegion::kNoPayload);
}

TEST_F(SerializationTest, LaysOutTheOlderAbi) {
    start(ids::kBpfLoaderDeprecated);
    const SerializedInput input = serialize(kCopied);
    EXPECT_EQ(u64_at(input, 0), 4u);
    EXPECT_EQ(Bytes(input.buffer.begin() + 8, input.buffer.begin() + 11), (Bytes{0xff, 1, 1}));
    EXPECT_EQ(key_at(input, 11), key_of(10));
    EXPECT_EQ(u64_at(input, 43), 5u);
    EXPECT_EQ(u64_at(input, 51), 3u);
    EXPECT_EQ(input.buffer[59], 1);
    EXPECT_EQ(key_at(input, 62), kProgram);
    EXPECT_EQ(input.buffer[94], 0);
    EXPECT_EQ(u64_at(input, 95), ~std::uint64_t{0});
    EXPECT_EQ(input.buffer[103], 0); // the repeat
    EXPECT_EQ(input.buffer[104], 0xff);
    const std::uint64_t data = 104 + 51 + 2 + 41 + 51 + 41;
    EXPECT_EQ(u64_at(input, data), 2u);
    EXPECT_EQ(input.instruction_data_addr, kStart + data + 8);
    EXPECT_EQ(input.buffer.size(), data + 8 + 2 + 32);
}

TEST_F(SerializationTest, GivesRepeatsTheAddressesOfTheFirst) {
    start(ids::kBpfLoader);
    const SerializedInput input = serialize(kCopied);
    ASSERT_EQ(input.accounts.size(), 4u);
    EXPECT_EQ(input.accounts[0].vm_addr, kStart + 8);
    EXPECT_EQ(input.accounts[0].vm_key_addr, kStart + 16);
    EXPECT_EQ(input.accounts[0].vm_owner_addr, kStart + 48);
    EXPECT_EQ(input.accounts[0].vm_lamports_addr, kStart + 80);
    EXPECT_EQ(input.accounts[0].vm_data_addr, kStart + 96);
    EXPECT_EQ(input.accounts[1].vm_addr, input.accounts[0].vm_addr);
    EXPECT_EQ(input.accounts[1].vm_data_addr, input.accounts[0].vm_data_addr);
    EXPECT_EQ(input.accounts[1].original_data_len, 3u);
}

TEST_F(SerializationTest, AppendsPointersToTheRecords) {
    start(ids::kBpfLoader);
    const std::uint64_t plain = serialize(kCopied).buffer.size();
    const SerializedInput input = serialize({.direct_account_pointers = true});
    const std::uint64_t pointers = (plain + 7) / 8 * 8;
    ASSERT_EQ(input.buffer.size(), pointers + 4 * 8);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(u64_at(input, pointers + 8 * i), input.accounts[i].vm_addr);
    }
}

TEST_F(SerializationTest, HasNoPointersInTheOlderAbi) {
    start(ids::kBpfLoaderDeprecated);
    EXPECT_EQ(serialize({.direct_account_pointers = true}).buffer, serialize(kCopied).buffer);
}

TEST_F(SerializationTest, CutsTheCopyIntoRegions) {
    start(ids::kBpfLoader);
    const SerializedInput input = serialize(kRegions);
    EXPECT_EQ(input.buffer, serialize(kCopied).buffer);
    ASSERT_EQ(input.regions.size(), 7u);
    const auto& own = input.regions[1];
    EXPECT_EQ(own.vm_addr, kStart + 96);
    EXPECT_EQ(own.host, input.buffer.data() + 96);
    EXPECT_EQ(own.length, 3 + kRoom);
    EXPECT_TRUE(own.is_writable);
    EXPECT_EQ(own.payload, 0);
    const auto& foreign = input.regions[3];
    EXPECT_FALSE(foreign.is_writable);
    EXPECT_EQ(foreign.payload, vm::MemoryRegion::kNoPayload);
    EXPECT_EQ(input.regions[5].length, kRoom);
    EXPECT_EQ(input.regions[6].vm_end(), kStart + input.buffer.size());
    for (std::size_t i = 1; i < input.regions.size(); ++i) {
        EXPECT_EQ(input.regions[i].vm_addr, input.regions[i - 1].vm_end());
    }
}

TEST_F(SerializationTest, LeavesDirectlyMappedDataWhereItIs) {
    start(ids::kBpfLoader);
    for (std::size_t i : {0, 2, 3}) {
        (void)invocation_.current().borrow_account(i)->raw_data().mutable_view();
    }
    const SerializedInput input = serialize(kDirect);
    ASSERT_EQ(input.regions.size(), 7u);
    EXPECT_EQ(input.regions[1].host, account(0).data.data());
    EXPECT_EQ(input.regions[1].length, 3u);
    EXPECT_TRUE(input.regions[1].is_writable);
    // Guest addresses are those of a copy with its reserve, then eight-byte alignment.
    EXPECT_EQ(input.regions[2].vm_addr, kStart + 96 + 3 + kRoom);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(input.regions[2].host) % 8,
              input.regions[2].vm_addr % 8);
    const SerializedInput copied = serialize(kCopied);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(input.accounts[i].vm_addr, copied.accounts[i].vm_addr);
        EXPECT_EQ(input.accounts[i].vm_data_addr, copied.accounts[i].vm_data_addr);
    }
    EXPECT_EQ(input.instruction_data_addr, copied.instruction_data_addr);
}

TEST_F(SerializationTest, MapsSharedDataReadonlyWithItsAccount) {
    start(ids::kBpfLoader);
    const AccountData other_owner = account(0).data;
    const SerializedInput input = serialize(kDirect);
    EXPECT_FALSE(input.regions[1].is_writable);
    EXPECT_EQ(input.regions[1].payload, 0);
}

TEST_F(SerializationTest, HasNoRegionForAnEmptyAccountInTheOlderAbi) {
    start(ids::kBpfLoaderDeprecated);
    for (const auto& options : {kRegions, kDirect}) {
        const SerializedInput input = serialize(options);
        // head | data | tail, head | data | tail, head | tail and instruction
        EXPECT_EQ(input.regions.size(), 6u);
        EXPECT_EQ(input.regions[1].length, 3u);
    }
}

TEST_F(SerializationTest, ReadsBackWhatTheProgramMayChange) {
    start(ids::kBpfLoader);
    SerializedInput input = serialize(kCopied);
    store_le<std::uint64_t>(input.buffer.data() + 80, 4);
    store_le<std::uint64_t>(input.buffer.data() + 88, 5);
    input.buffer[96] = 0;
    input.buffer[100] = 7;
    ASSERT_TRUE(read_back(input, kCopied));
    EXPECT_EQ(account(0).lamports, 4u);
    EXPECT_EQ(account(0).data, AccountData(Bytes{0, 2, 3, 0, 7}));
    EXPECT_EQ(account(1).lamports, 6u);
}

TEST_F(SerializationTest, ChangesTheOwnerLast) {
    start(ids::kBpfLoader);
    SerializedInput input = serialize(kCopied);
    std::ranges::fill(std::span(input.buffer).subspan(96, 3), std::uint8_t{0});
    std::memcpy(input.buffer.data() + 48, key_of(9).data(), 32);
    ASSERT_TRUE(read_back(input, kCopied));
    EXPECT_EQ(account(0).owner, key_of(9));
    EXPECT_EQ(account(0).data, AccountData(Bytes(3)));
}

TEST_F(SerializationTest, RefusesChangesOfForeignData) {
    start(ids::kBpfLoader);
    SerializedInput input = serialize(kCopied);
    const std::uint64_t data = input.accounts[2].vm_data_addr - kStart;
    input.buffer[data] = 0x77;
    EXPECT_EQ(error_of(read_back(input, kCopied)), InstructionError::ExternalAccountDataModified);
    input.buffer[data] = 4;
    EXPECT_TRUE(read_back(input, kCopied));
    store_le<std::uint64_t>(input.buffer.data() + data - 8, 1);
    EXPECT_EQ(error_of(read_back(input, kCopied)), InstructionError::ExternalAccountDataModified);
}

TEST_F(SerializationTest, RefusesGrowthBeyondTheReserve) {
    start(ids::kBpfLoader);
    for (const auto& options : {kCopied, kRegions, kDirect}) {
        SerializedInput input = serialize(options);
        store_le<std::uint64_t>(input.buffer.data() + 88, 3 + kRoom + 1);
        EXPECT_EQ(error_of(read_back(input, options)), InstructionError::InvalidRealloc);
    }
    SerializedInput input = serialize(kCopied);
    store_le<std::uint64_t>(input.buffer.data() + 88, 3 + kRoom);
    EXPECT_TRUE(read_back(input, kCopied));
    EXPECT_EQ(account(0).data.size(), 3 + kRoom);
}

TEST_F(SerializationTest, IgnoresLengthAndOwnerInTheOlderAbi) {
    start(ids::kBpfLoaderDeprecated);
    SerializedInput input = serialize(kCopied);
    store_le<std::uint64_t>(input.buffer.data() + 51, 100);
    std::memcpy(input.buffer.data() + 62, key_of(9).data(), 32);
    input.buffer[59] = 8;
    ASSERT_TRUE(read_back(input, kCopied));
    EXPECT_EQ(account(0).data, AccountData(Bytes{8, 2, 3}));
    EXPECT_EQ(account(0).owner, kProgram);
}

TEST_F(SerializationTest, TakesOnlyTheLengthOfDirectlyMappedData) {
    start(ids::kBpfLoader);
    SerializedInput input = serialize(kDirect);
    store_le<std::uint64_t>(input.buffer.data() + 88, 6);
    ASSERT_TRUE(read_back(input, kDirect));
    EXPECT_EQ(account(0).data, AccountData(Bytes{1, 2, 3, 0, 0, 0}));
    EXPECT_EQ(account(1).data, AccountData(Bytes{4, 5}));
}

TEST_F(SerializationTest, SkipsForeignDataThatItsRegionProtected) {
    start(ids::kBpfLoader);
    SerializedInput input = serialize(kRegions);
    input.buffer[input.accounts[2].vm_data_addr - kStart] = 0x77;
    input.buffer[96] = 9;
    ASSERT_TRUE(read_back(input, kRegions));
    EXPECT_EQ(account(1).data, AccountData(Bytes{4, 5}));
    EXPECT_EQ(account(0).data, AccountData(Bytes{9, 2, 3}));
}

TEST_F(SerializationTest, RefusesATruncatedBuffer) {
    start(ids::kBpfLoader);
    SerializedInput input = serialize(kCopied);
    for (const std::size_t size : {0, 47, 79, 87, 95, 98}) {
        const ByteView part = ByteView(input.buffer).first(size);
        EXPECT_EQ(error_of(deserialize_input(invocation_.current(), kCopied, part, input.accounts)),
                  InstructionError::InvalidArgument);
    }
}

TEST_F(SerializationTest, FailsOnABorrowedAccount) {
    start(ids::kBpfLoader);
    const auto held = invocation_.current().borrow_account(2);
    SerializedInput input;
    EXPECT_EQ(error_of(serialize_input(invocation_.current(), kCopied, input)),
              InstructionError::AccountBorrowFailed);
}

TEST(Serialization, TakesUpTo255Accounts) {
    for (const std::size_t count : {255, 256}) {
        TestInvocation invocation;
        invocation.add({.key = kProgram, .owner = ids::kBpfLoader});
        std::vector<InstructionAccount> accounts(count);
        invocation.start();
        ASSERT_TRUE(invocation.push({.accounts = accounts}));
        SerializedInput input;
        const auto serialized = serialize_input(invocation.current(), kCopied, input);
        EXPECT_EQ(serialized.has_value(), count == 255);
        if (!serialized) {
            EXPECT_EQ(serialized.error(), InstructionError::MaxAccountsExceeded);
        }
    }
}

} // namespace
} // namespace fathom::invoke

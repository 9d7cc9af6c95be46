// SPDX-License-Identifier: Apache-2.0
// Tests of the instructions sysvar's layout and limits.
#include "fathom/base/text.hpp"
#include "fathom/types/instructions_sysvar.hpp"

#include <gtest/gtest.h>

namespace fathom {
namespace {

Pubkey filled(std::uint8_t byte) {
    Pubkey key;
    key.bytes.fill(byte);
    return key;
}

/// Three keys: a writable signer, a writable, a read-only program.
struct Message {
    std::vector<Pubkey> keys = {filled(0x0a), filled(0x0b), filled(0x0c)};
    Bytes signers = {1, 0, 0};
    Bytes writables = {1, 1, 0};
    std::vector<CompiledInstructionView> instructions;

    [[nodiscard]] auto build() const {
        return build_instructions_sysvar({keys, signers, writables, instructions});
    }
};

TEST(InstructionsSysvar, EmptyMessageHasCountAndIndex) {
    EXPECT_EQ(Message{}.build().value(), Bytes(4, 0));
}

TEST(InstructionsSysvar, HasTheDocumentedLayout) {
    const Bytes accounts = {0, 2, 1};
    const Bytes data = {0xd0, 0xd1};
    Message message;
    message.instructions = {{2, {}, {}}, {2, accounts, data}};
    EXPECT_EQ(base::to_hex(message.build().value()),
              "0200"
              "0600"
              "2a00"
              // first: no accounts, no data
              "0000"
              "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c"
              "0000"
              // second
              "0300"
              "03"
              "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
              "00"
              "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c"
              "02"
              "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"
              "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c"
              "0200"
              "d0d1"
              "0000");
}

// The first instruction starts at 2 + 2·2 = 6 and takes 36 + 33·n + d bytes.
TEST(InstructionsSysvar, StartAt65535IsTheLast) {
    const Bytes data(65535 - 6 - 36, 0);
    Message message;
    message.instructions = {{2, {}, data}, {2, {}, {}}};
    const auto built = message.build();
    ASSERT_TRUE(built);
    EXPECT_EQ(load_le<std::uint16_t>(built->data() + 4), 65535);
    EXPECT_EQ(built->size(), 65535u + 36 + 2);
}

TEST(InstructionsSysvar, StartBeyond16BitsIsRefused) {
    const Bytes data(65535 - 6 - 36 + 1, 0);
    Message message;
    message.instructions = {{2, {}, data}, {2, {}, {}}};
    EXPECT_EQ(message.build().error(), InstructionsSysvarError::InstructionIndexOutOfBounds);
}

TEST(InstructionsSysvar, LastInstructionMayReachBeyond16Bits) {
    const Bytes accounts(2000, 0);
    Message message;
    message.instructions = {{2, accounts, {}}};
    EXPECT_EQ(message.build().value().size(), 2u + 2 + 36 + 33 * 2000 + 2);
}

TEST(InstructionsSysvar, IndicesBeyondTheKeysAreRefused) {
    const Bytes accounts = {0, 3};
    Message message;
    message.instructions = {{2, accounts, {}}};
    EXPECT_EQ(message.build().error(), InstructionsSysvarError::AccountIndexOutOfBounds);
    message.instructions = {{3, {}, {}}};
    EXPECT_EQ(message.build().error(), InstructionsSysvarError::AccountIndexOutOfBounds);
}

TEST(InstructionsSysvar, MissingFlagsAreRefused) {
    const Bytes accounts = {2};
    Message message;
    message.signers = {1, 0};
    message.instructions = {{0, accounts, {}}};
    EXPECT_EQ(message.build().error(), InstructionsSysvarError::AccountIndexOutOfBounds);
}

TEST(InstructionsSysvar, CurrentIndexIsTheLastTwoBytes) {
    Bytes data = {1, 2, 3, 4};
    EXPECT_TRUE(set_current_instruction_index(data, 0x0506));
    EXPECT_EQ(data, (Bytes{1, 2, 6, 5}));
}

TEST(InstructionsSysvar, CurrentIndexNeedsTwoBytes) {
    Bytes data = {1};
    EXPECT_FALSE(set_current_instruction_index(data, 1));
    EXPECT_FALSE(set_current_instruction_index({}, 1));
    EXPECT_EQ(data, (Bytes{1}));
}

} // namespace
} // namespace fathom

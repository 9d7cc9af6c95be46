// SPDX-License-Identifier: Apache-2.0
// Transactions of version 1 on the wire. Layouts: solana-sdk message/src/versions/v1/message.rs
// (its tests), agave transaction-view/src/{transaction_frame,transaction_config_frame}.rs.
#include "fathom/types/transaction.hpp"
#include "tests/support/wire.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace fathom {
namespace {

using Kind = TransactionParseError::Kind;
using tests::append_bytes;
using tests::append_word;

/// A transaction in the making, field by field.
struct Wire {
    Bytes version = {0x81};
    Bytes header = {1, 0, 1};
    Bytes mask = {0, 0, 0, 0};
    Bytes blockhash = Bytes(32, 0xab);
    Bytes counts = {1, 2}; // instructions, keys
    Bytes keys = Bytes(64, 0x4b);
    Bytes config;
    Bytes headers = {1, 1, 2, 0};
    Bytes payloads = {0, 0xde, 0xad};
    Bytes signatures = Bytes(64, 0x51);

    [[nodiscard]] Bytes bytes() const {
        Bytes out;
        for (const Bytes* part : {&version, &header, &mask, &blockhash, &counts, &keys, &config,
                                  &headers, &payloads, &signatures}) {
            append_bytes(out, *part);
        }
        return out;
    }
};

Kind kind_of(const Wire& wire) {
    const Bytes bytes = wire.bytes();
    const auto result = TransactionView::parse(bytes);
    EXPECT_FALSE(result);
    return result ? Kind{} : result.error().kind;
}

TEST(TransactionV1, FieldsAreViews) {
    const Bytes bytes = Wire{}.bytes();
    const auto view = TransactionView::parse(bytes);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->version(), TransactionVersion::V1);
    EXPECT_EQ(view->header().num_required_signatures, 1);
    EXPECT_EQ(view->header().num_readonly_unsigned_accounts, 1);
    EXPECT_EQ(view->recent_blockhash().bytes[0], 0xab);
    ASSERT_EQ(view->static_keys().size(), 2u);
    EXPECT_EQ(view->static_keys()[1].bytes[31], 0x4b);
    ASSERT_EQ(view->instructions().size(), 1u);
    EXPECT_EQ(view->instructions()[0].program_id_index, 1);
    EXPECT_TRUE(std::ranges::equal(view->instructions()[0].accounts, Bytes{0}));
    EXPECT_TRUE(std::ranges::equal(view->instructions()[0].data, Bytes{0xde, 0xad}));
    EXPECT_TRUE(view->lookups().empty());
    EXPECT_EQ(view->config(), TransactionConfig{});
}

TEST(TransactionV1, SignaturesComeLastAndAreNotSigned) {
    const Bytes bytes = Wire{}.bytes();
    const auto view = TransactionView::parse(bytes);
    ASSERT_TRUE(view);
    ASSERT_EQ(view->signatures().size(), 1u);
    EXPECT_EQ(view->signatures()[0].bytes[0], 0x51);
    EXPECT_EQ(view->message().size(), bytes.size() - 64);
    EXPECT_EQ(view->message()[0], 0x81);
}

TEST(TransactionV1, ConfigValuesStandInOrderOfTheirBits) {
    Wire wire;
    wire.mask = {0b11111, 0, 0, 0};
    append_word<std::uint64_t>(wire.config, 0x0102030405060708);
    append_word<std::uint32_t>(wire.config, 0x11223344);
    append_word<std::uint32_t>(wire.config, 77);
    append_word<std::uint32_t>(wire.config, 65536);
    const Bytes bytes = wire.bytes();
    const auto view = TransactionView::parse(bytes);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->config().priority_fee, 0x0102030405060708u);
    EXPECT_EQ(view->config().compute_unit_limit, 0x11223344u);
    EXPECT_EQ(view->config().loaded_accounts_data_size, 77u);
    EXPECT_EQ(view->config().heap_size, 65536u);
}

TEST(TransactionV1, AbsentConfigValuesTakeNoRoom) {
    Wire wire;
    wire.mask = {0b01000, 0, 0, 0};
    append_word<std::uint32_t>(wire.config, 77);
    const Bytes bytes = wire.bytes();
    const auto view = TransactionView::parse(bytes);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->config().loaded_accounts_data_size, 77u);
    EXPECT_FALSE(view->config().priority_fee || view->config().compute_unit_limit);
}

TEST(TransactionV1, FeeHasBothBitsOrNone) {
    for (const std::uint8_t mask : Bytes{0b01, 0b10}) {
        Wire wire;
        wire.mask = {mask, 0, 0, 0};
        wire.config = Bytes(4);
        EXPECT_EQ(kind_of(wire), Kind::BadConfig);
    }
}

TEST(TransactionV1, UnknownConfigBitsAreRefused) {
    for (int bit = 5; bit < 32; ++bit) {
        Wire wire;
        wire.mask = Bytes(4);
        store_le(wire.mask.data(), 1u << bit);
        wire.config = Bytes(4);
        EXPECT_EQ(kind_of(wire), Kind::BadConfig) << bit;
    }
}

TEST(TransactionV1, HeadersOfAllInstructionsComeBeforeTheirPayloads) {
    Wire wire;
    wire.counts = {2, 2};
    wire.headers = {1, 1, 2, 0, /**/ 1, 0, 1, 0};
    wire.payloads = {0, 0xde, 0xad, /**/ 0xff};
    const Bytes bytes = wire.bytes();
    const auto view = TransactionView::parse(bytes);
    ASSERT_TRUE(view);
    EXPECT_TRUE(std::ranges::equal(view->instructions()[0].data, Bytes{0xde, 0xad}));
    EXPECT_TRUE(view->instructions()[1].accounts.empty());
    EXPECT_TRUE(std::ranges::equal(view->instructions()[1].data, Bytes{0xff}));
}

TEST(TransactionV1, EveryTruncationIsRefused) {
    Wire wire;
    wire.mask = {0b11111, 0, 0, 0};
    wire.config = Bytes(20);
    const Bytes bytes = wire.bytes();
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        EXPECT_FALSE(TransactionView::parse(ByteView(bytes).first(size))) << size;
    }
}

TEST(TransactionV1, BytesBehindTheSignaturesAreRefused) {
    Wire wire;
    wire.signatures.push_back(0);
    EXPECT_EQ(kind_of(wire), Kind::TrailingBytes);
}

TEST(TransactionV1, CompiledMessageHasTheLayoutOfTheReferencesTest) {
    Pubkey payer;
    Pubkey program;
    Hash blockhash;
    payer.bytes.fill(1);
    program.bytes.fill(2);
    blockhash.bytes.fill(0xbb);
    const Instruction instructions[] = {{program, {}, {}}};
    const auto message =
        compile_v1_message(payer, instructions, blockhash,
                           {.priority_fee = 0x0102030405060708, .compute_unit_limit = 0x11223344});
    Bytes expected{0x81, 1, 0, 1, 7, 0, 0, 0}; // the program is read-only here
    append_bytes(expected, Bytes(32, 0xbb));
    append_bytes(expected, Bytes{1, 2});
    append_bytes(expected, Bytes(32, 1));
    append_bytes(expected, Bytes(32, 2));
    append_word<std::uint64_t>(expected, 0x0102030405060708);
    append_word<std::uint32_t>(expected, 0x11223344);
    append_bytes(expected, Bytes{1, 0, 0, 0});
    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(*message, expected);
}

TEST(TransactionV1, WhatIsCompiledParsesBackAndRebuilds) {
    Pubkey payer;
    payer.bytes.fill(1);
    std::vector<Instruction> instructions(3);
    for (std::uint8_t i = 0; i < 3; ++i) {
        instructions[i].program_id.bytes.fill(i + 2);
        instructions[i].accounts = {{payer, true, true}, {instructions[0].program_id}};
        instructions[i].data = Bytes(i * 500u, i);
    }
    const TransactionConfig config{.compute_unit_limit = 5, .heap_size = 1};
    const Bytes message = compile_v1_message(payer, instructions, Hash{}, config).value();
    const Bytes bytes = serialize_transaction(std::vector<Signature>(1), message);
    const auto view = TransactionView::parse(bytes);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->config(), config);
    EXPECT_TRUE(std::ranges::equal(view->message(), message));
    EXPECT_EQ(tests::rebuild_message(*view), message);
    EXPECT_TRUE(std::ranges::equal(view->instructions()[2].data, instructions[2].data));
}

TEST(TransactionV1, WhatHasNoRoomIsNotCompiled) {
    const Instruction many(Pubkey{}, std::vector<AccountMeta>(256), {});
    EXPECT_FALSE(compile_v1_message({}, std::vector{many}, {}, {}));
    EXPECT_FALSE(compile_v1_message({}, std::vector(65, Instruction{}), {}, {}));
    Instruction wide;
    for (std::uint8_t i = 0; i < 64; ++i) {
        wide.accounts.push_back({});
        wide.accounts.back().pubkey.bytes.fill(i + 1);
    }
    EXPECT_FALSE(compile_v1_message({}, std::vector{wide}, {}, {}));
}

TEST(MessageHash, IsThatOfTheReferencesTest) {
    using namespace fathom::literals;
    const Pubkey programs[] = {"4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM"_pubkey,
                               "8opHzTAnfzRpPEx21XtnrVTX28YQuCpAjcn1PczScKh"_pubkey};
    const Pubkey ids[] = {"CiDwVBFgWV9E5MvXWoLgnEgn2hK7rJikbvfWavzAQz3"_pubkey,
                          "GcdayuLaLyrdmUu324nahyv33G5poQdLUEZ1nEytDeP"_pubkey,
                          "LX3EUdRUBUa3TbsYXLEUdj9J3prXkWXvLYSWyYyc2Jj"_pubkey,
                          "QRSsyMWN1yHT9ir42bgNZUNZ4PdEhcSWCrL2AryKpy5"_pubkey};
    // Keys of one group stand in their own order there.
    std::vector<Pubkey> readonly{programs[0], programs[1], ids[2]};
    std::ranges::sort(readonly);
    const auto index_of = [&](const Pubkey& key) {
        const auto at = std::ranges::find(readonly, key) - readonly.begin();
        return static_cast<std::uint8_t>(at + 3);
    };
    Bytes message{2, 1, 3, 6};
    for (const Pubkey& key : {ids[1], ids[3], ids[0]}) append_bytes(message, key.view());
    for (const Pubkey& key : readonly) append_bytes(message, key.view());
    append_bytes(message, Bytes(32));
    message.push_back(4);
    for (const auto& [program, account] : {std::pair{index_of(programs[0]), std::uint8_t{2}},
                                           {index_of(programs[0]), 0},
                                           {index_of(programs[1]), index_of(ids[2])},
                                           {index_of(programs[1]), 1}}) {
        append_bytes(message, Bytes{program, 1, account, 4, 0, 0, 0, 0});
    }
    EXPECT_EQ(message_hash(message).to_base58(), "7VWCF4quo2CcWQFNUayZiorxpiR5ix8YzLebrXKf3fMF");
}

} // namespace
} // namespace fathom

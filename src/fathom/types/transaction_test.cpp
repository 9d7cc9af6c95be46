// SPDX-License-Identifier: Apache-2.0
// Tests of the transaction parser against well-formed and hostile bytes.
#include "fathom/types/transaction.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/support/wire.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>

namespace fathom {
namespace {

using Kind = TransactionParseError::Kind;
using tests::append_byte_string;
using tests::append_bytes;

/// A transaction in the making, field by field, so that a test can break any of them.
struct Wire {
    Bytes signature_count = {1};
    Bytes signatures = Bytes(64, 0x51);
    Bytes version;
    Bytes header = {1, 0, 1};
    Bytes key_count = {3};
    Bytes keys = Bytes(96, 0x4b);
    Bytes blockhash = Bytes(32, 0xb4);
    Bytes instruction_count = {2};
    Bytes instructions = {2, 2, 0, 1, 3, 0xd0, 0xd1, 0xd2, /**/ 2, 0, 0};
    Bytes lookups;
    Bytes trailer;

    [[nodiscard]] static Wire v0() {
        Wire wire;
        wire.version = {0x80};
        wire.lookups = {2};
        append_bytes(wire.lookups, Bytes(32, 0x71));
        append_bytes(wire.lookups, Bytes{2, 7, 8, 1, 9});
        append_bytes(wire.lookups, Bytes(32, 0x72));
        append_bytes(wire.lookups, Bytes{0, 0});
        return wire;
    }
    [[nodiscard]] Bytes bytes() const {
        Bytes out;
        for (const Bytes* part :
             {&signature_count, &signatures, &version, &header, &key_count, &keys, &blockhash,
              &instruction_count, &instructions, &lookups, &trailer}) {
            append_bytes(out, *part);
        }
        return out;
    }
};

/// What parsing says about `wire`; a success is a test failure.
TransactionParseError error_of(const Wire& wire) {
    const Bytes bytes = wire.bytes();
    const auto result = TransactionView::parse(bytes);
    EXPECT_FALSE(result);
    return result ? TransactionParseError{} : result.error();
}

Kind kind_of(const Wire& wire) {
    return error_of(wire).kind;
}

TEST(TransactionParse, LegacyFieldsAreViews) {
    const Bytes bytes = Wire{}.bytes();
    const auto view = TransactionView::parse(bytes);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->version(), TransactionVersion::Legacy);
    EXPECT_EQ(view->header().num_required_signatures, 1);
    EXPECT_EQ(view->header().num_readonly_signed_accounts, 0);
    EXPECT_EQ(view->header().num_readonly_unsigned_accounts, 1);
    ASSERT_EQ(view->signatures().size(), 1u);
    EXPECT_EQ(view->signatures()[0].bytes[63], 0x51);
    ASSERT_EQ(view->static_keys().size(), 3u);
    EXPECT_EQ(view->static_keys()[2].bytes[31], 0x4b);
    EXPECT_EQ(view->recent_blockhash().bytes[0], 0xb4);
    EXPECT_TRUE(view->lookups().empty());
    EXPECT_EQ(reinterpret_cast<const std::uint8_t*>(view->signatures().data()), bytes.data() + 1);
}

TEST(TransactionParse, InstructionsAreViews) {
    const Bytes bytes = Wire{}.bytes();
    const auto view = TransactionView::parse(bytes);
    ASSERT_TRUE(view);
    ASSERT_EQ(view->instructions().size(), 2u);
    const CompiledInstructionView& first = view->instructions()[0];
    EXPECT_EQ(first.program_id_index, 2);
    EXPECT_TRUE(std::ranges::equal(first.accounts, Bytes{0, 1}));
    EXPECT_TRUE(std::ranges::equal(first.data, Bytes{0xd0, 0xd1, 0xd2}));
    EXPECT_TRUE(view->instructions()[1].accounts.empty());
    EXPECT_TRUE(view->instructions()[1].data.empty());
}

TEST(TransactionParse, V0HasLookups) {
    const Bytes bytes = Wire::v0().bytes();
    const auto view = TransactionView::parse(bytes);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->version(), TransactionVersion::V0);
    ASSERT_EQ(view->lookups().size(), 2u);
    EXPECT_EQ(view->lookups()[0].account_key->bytes[0], 0x71);
    EXPECT_TRUE(std::ranges::equal(view->lookups()[0].writable_indexes, Bytes{7, 8}));
    EXPECT_TRUE(std::ranges::equal(view->lookups()[0].readonly_indexes, Bytes{9}));
    EXPECT_TRUE(view->lookups()[1].writable_indexes.empty());
}

TEST(TransactionParse, MessageIncludesTheVersionByte) {
    const Bytes bytes = Wire::v0().bytes();
    const auto view = TransactionView::parse(bytes);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->message()[0], 0x80);
    EXPECT_EQ(view->message().size(), bytes.size() - 65);
}

TEST(TransactionParse, CountsAreNotSanitized) {
    Wire wire;
    wire.signature_count = {0};
    wire.signatures = {};
    wire.header = {9, 8, 7};
    wire.key_count = {0};
    wire.keys = {};
    wire.instruction_count = {0};
    wire.instructions = {};
    EXPECT_TRUE(TransactionView::parse(wire.bytes()));
}

TEST(TransactionParse, SignaturesMayBeAsManyAsFit) {
    Wire wire;
    wire.signature_count = {127};
    wire.signatures = Bytes(127 * 64, 1);
    const Bytes bytes = wire.bytes();
    const auto view = TransactionView::parse(bytes);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->signatures().size(), 127u);
}

TEST(TransactionParse, EveryTruncationIsRefused) {
    for (const Wire& wire : {Wire{}, Wire::v0()}) {
        const Bytes bytes = wire.bytes();
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            // A buffer of exactly this size, so that a sanitizer sees any read beyond it.
            const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
            const auto result = TransactionView::parse(cut);
            ASSERT_FALSE(result) << size;
            EXPECT_TRUE(result.error().kind == Kind::Truncated ||
                        result.error().kind == Kind::TooManyItems)
                << size;
            EXPECT_LE(result.error().offset, size);
            EXPECT_FALSE(result.error().what.empty());
        }
    }
}

TEST(TransactionParse, TrailingBytesAreRefused) {
    for (Wire wire : {Wire{}, Wire::v0()}) {
        wire.trailer = {0};
        const TransactionParseError error = error_of(wire);
        EXPECT_EQ(error.kind, Kind::TrailingBytes);
        EXPECT_EQ(error.offset, wire.bytes().size() - 1);
    }
}

TEST(TransactionParse, LegacyWithLookupsHasTrailingBytes) {
    Wire wire = Wire::v0();
    wire.version = {};
    EXPECT_EQ(kind_of(wire), Kind::TrailingBytes);
}

TEST(TransactionParse, AnyOtherHighBitInFrontIsUnsupported) {
    for (const int first : {0x80, 0x82, 0xff}) {
        Wire wire;
        wire.signature_count = {static_cast<std::uint8_t>(first), 0x01};
        EXPECT_EQ(kind_of(wire), Kind::UnsupportedVersion) << first;
    }
}

TEST(TransactionParse, OtherMessageVersionsAreUnsupported) {
    for (const int version : {0x81, 0x82, 0xfe, 0xff}) {
        Wire wire = Wire::v0();
        wire.version = {static_cast<std::uint8_t>(version)};
        EXPECT_EQ(kind_of(wire), Kind::UnsupportedVersion) << version;
        EXPECT_EQ(error_of(wire).offset, 65u);
    }
}

TEST(TransactionParse, BlownUpCountsAreRefused) {
    const auto with = [](Bytes Wire::* field, Bytes value) {
        Wire wire = Wire::v0();
        wire.*field = std::move(value);
        return wire;
    };
    for (const Bytes& count : {Bytes{0x7f}, Bytes{0xff, 0x7f}, Bytes{0xff, 0xff, 0x03}}) {
        if (count.size() == 1) {
            EXPECT_EQ(kind_of(with(&Wire::signature_count, count)), Kind::TooManyItems);
        }
        EXPECT_EQ(kind_of(with(&Wire::key_count, count)), Kind::TooManyItems);
        EXPECT_EQ(kind_of(with(&Wire::instruction_count, count)), Kind::TooManyItems);
        EXPECT_EQ(kind_of(with(&Wire::lookups, count)), Kind::TooManyItems);
    }
}

TEST(TransactionParse, BlownUpInnerLengthsAreRefused) {
    for (const Bytes& length : {Bytes{0x7f}, Bytes{0xff, 0x7f}, Bytes{0xff, 0xff, 0x03}}) {
        Wire accounts;
        accounts.instruction_count = {1};
        accounts.instructions = {2};
        append_bytes(accounts.instructions, length);
        accounts.trailer = {0, 0};
        EXPECT_EQ(kind_of(accounts), Kind::Truncated);
        Wire data;
        data.instruction_count = {1};
        data.instructions = {2, 0};
        append_bytes(data.instructions, length);
        EXPECT_EQ(kind_of(data), Kind::Truncated);
        Wire lookup = Wire::v0();
        lookup.lookups = {1};
        append_bytes(lookup.lookups, Bytes(32, 0));
        append_bytes(lookup.lookups, length);
        lookup.trailer = {0, 0, 0};
        EXPECT_EQ(kind_of(lookup), Kind::Truncated);
    }
}

TEST(TransactionParse, NonCanonicalCountsAreRefused) {
    for (Bytes Wire::* field : {&Wire::key_count, &Wire::instruction_count}) {
        Wire wire;
        wire.*field = {0x83, 0x00};
        EXPECT_EQ(kind_of(wire), Kind::BadLength);
        wire.*field = {0x83, 0x80, 0x00};
        EXPECT_EQ(kind_of(wire), Kind::BadLength);
        wire.*field = {0xff, 0xff, 0x04};
        EXPECT_EQ(kind_of(wire), Kind::BadLength);
        wire.*field = {0xff, 0xff, 0xff};
        EXPECT_EQ(kind_of(wire), Kind::BadLength);
    }
}

TEST(TransactionParse, LengthCutByTheEndIsTruncated) {
    Wire wire;
    wire.instruction_count = {1};
    wire.instructions = {2, 0, 0x80};
    EXPECT_EQ(kind_of(wire), Kind::Truncated);
    wire.instructions = {2, 0, 0x80, 0x80};
    EXPECT_EQ(kind_of(wire), Kind::Truncated);
}

TEST(TransactionParse, LongInstructionDataIsAccepted) {
    Wire wire;
    wire.instruction_count = {1};
    wire.instructions = {2, 0, 0xff, 0xff, 0x03};
    append_bytes(wire.instructions, Bytes(65535, 0xdd));
    const Bytes bytes = wire.bytes();
    const auto view = TransactionView::parse(bytes);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->instructions()[0].data.size(), 65535u);
}

TEST(TransactionParse, RandomBytesNeverCrash) {
    std::mt19937_64 random(1);
    for (int round = 0; round < 20000; ++round) {
        Bytes bytes(random() % 300);
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
        if (!bytes.empty()) bytes[0] &= 0x03;
        const auto view = TransactionView::parse(bytes);
        if (view) {
            EXPECT_TRUE(std::ranges::equal(tests::rebuild_message(*view), view->message()));
        }
    }
}

TEST(TransactionParse, FlippedBytesNeverCrash) {
    const Bytes valid = Wire::v0().bytes();
    for (std::size_t i = 0; i < valid.size(); ++i) {
        for (const int value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
            Bytes bytes = valid;
            bytes[i] = static_cast<std::uint8_t>(value);
            const auto view = TransactionView::parse(bytes);
            if (view) {
                EXPECT_TRUE(std::ranges::equal(tests::rebuild_message(*view), view->message()));
            }
        }
    }
}

TEST(TransactionParse, RecordedTransactionsComeBack) {
    FATHOM_REQUIRE_SHARED(folder, "data/fixtures/txn_parse/firedancer");
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".bin") continue;
        std::ifstream stream(entry.path(), std::ios::binary);
        const Bytes bytes{std::istreambuf_iterator<char>(stream), {}};
        const auto view = TransactionView::parse(bytes);
        ASSERT_TRUE(view) << entry.path() << ": " << view.error().what << " at "
                          << view.error().offset;
        EXPECT_EQ(serialize_transaction(view->signatures(), tests::rebuild_message(*view)), bytes);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            EXPECT_FALSE(TransactionView::parse(ByteView(bytes).first(size)));
        }
        ++count;
    }
    EXPECT_EQ(count, 13u);
}

Pubkey filled(std::uint8_t byte) {
    Pubkey key;
    key.bytes.fill(byte);
    return key;
}

/// The compiled message as a parsed transaction without signatures.
struct Compiled {
    Bytes bytes;
    TransactionView view;
};

Compiled compile(const Pubkey& payer, const std::vector<Instruction>& instructions) {
    Hash blockhash;
    blockhash.bytes.fill(0xb0);
    const auto message = compile_legacy_message(payer, instructions, blockhash);
    Compiled compiled{serialize_transaction({}, message.value()), {}};
    compiled.view = TransactionView::parse(compiled.bytes).value();
    return compiled;
}

TEST(CompileMessage, OrdersKeysByPrivilege) {
    const Instruction instruction{filled(9),
                                  {{filled(1), false, false},
                                   {filled(2), false, true},
                                   {filled(3), true, false},
                                   {filled(4), true, true},
                                   {filled(5), false, true}},
                                  {1, 2}};
    const Compiled compiled = compile(filled(7), {instruction});
    const std::vector<Pubkey> expected = {filled(7), filled(4), filled(3), filled(2),
                                          filled(5), filled(1), filled(9)};
    EXPECT_TRUE(std::ranges::equal(compiled.view.static_keys(), expected));
    EXPECT_EQ(compiled.view.header().num_required_signatures, 3);
    EXPECT_EQ(compiled.view.header().num_readonly_signed_accounts, 1);
    EXPECT_EQ(compiled.view.header().num_readonly_unsigned_accounts, 2);
    const CompiledInstructionView& only = compiled.view.instructions()[0];
    EXPECT_EQ(only.program_id_index, 6);
    EXPECT_TRUE(std::ranges::equal(only.accounts, Bytes{5, 3, 2, 1, 4}));
    EXPECT_TRUE(std::ranges::equal(only.data, Bytes{1, 2}));
}

TEST(CompileMessage, JoinsTheFlagsOfRepeats) {
    const Instruction first{filled(9), {{filled(1), true, false}}, {}};
    const Instruction second{filled(9), {{filled(1), false, true}}, {}};
    const Compiled compiled = compile(filled(7), {first, second});
    EXPECT_EQ(compiled.view.static_keys().size(), 3u);
    EXPECT_EQ(compiled.view.header().num_required_signatures, 2);
    EXPECT_EQ(compiled.view.header().num_readonly_signed_accounts, 0);
}

TEST(CompileMessage, PayerStaysFirstWhateverItsFlags) {
    const Instruction instruction{
        filled(9), {{filled(1), true, true}, {filled(7), false, false}}, {}};
    const Compiled compiled = compile(filled(7), {instruction});
    EXPECT_EQ(compiled.view.static_keys()[0], filled(7));
    EXPECT_TRUE(std::ranges::equal(compiled.view.instructions()[0].accounts, Bytes{1, 0}));
}

TEST(CompileMessage, NoInstructionsLeaveThePayer) {
    const Compiled compiled = compile(filled(7), {});
    EXPECT_EQ(compiled.view.static_keys().size(), 1u);
    EXPECT_TRUE(compiled.view.instructions().empty());
    EXPECT_EQ(compiled.view.recent_blockhash().bytes[0], 0xb0);
}

Instruction with_accounts(std::size_t count, bool is_signer, bool is_writable) {
    Instruction instruction{filled(0xfe), {}, {}};
    for (std::size_t i = 0; i < count; ++i) {
        Pubkey key;
        store_le(key.bytes.data(), static_cast<std::uint64_t>(i + 1));
        instruction.accounts.push_back({key, is_signer, is_writable});
    }
    return instruction;
}

Result<Bytes> compile_one(const Instruction& instruction) {
    return compile_legacy_message(filled(7), {&instruction, 1}, Hash{});
}

TEST(CompileMessage, RefusesMoreThan256Keys) {
    EXPECT_TRUE(compile_one(with_accounts(254, false, true)));
    const auto result = compile_one(with_accounts(255, false, true));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, base::ErrorCode::Limit);
}

TEST(CompileMessage, RefusesSignersThatLookLikeAVersion) {
    EXPECT_TRUE(compile_one(with_accounts(126, true, false)));
    EXPECT_FALSE(compile_one(with_accounts(127, true, false)));
}

TEST(CompileMessage, RefusesDataThatNoLengthCanSay) {
    EXPECT_TRUE(compile_one({filled(9), {}, Bytes(65535)}));
    EXPECT_FALSE(compile_one({filled(9), {}, Bytes(65536)}));
}

TEST(CompileMessage, RefusesAccountsThatNoLengthCanSay) {
    Instruction instruction{filled(9), {}, {}};
    instruction.accounts.assign(65536, {filled(1), false, false});
    EXPECT_FALSE(compile_one(instruction));
}

TEST(SerializeTransaction, PutsSignaturesInFront) {
    const std::vector<Signature> signatures(2);
    const Bytes bytes = serialize_transaction(signatures, Bytes{0xaa});
    EXPECT_EQ(bytes.size(), 1u + 128 + 1);
    EXPECT_EQ(bytes.front(), 2);
    EXPECT_EQ(bytes.back(), 0xaa);
}

} // namespace
} // namespace fathom

// SPDX-License-Identifier: Apache-2.0
// Verdicts of a batch are those of crypto::ed25519_verify_strict, one signature at a time.
#include "fathom/crypto/ed25519.hpp"
#include "fathom/svm/signature_verification.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>

namespace fathom::svm {
namespace {

std::array<std::uint8_t, 32> seed_of(std::uint8_t signer) {
    std::array<std::uint8_t, 32> seed{};
    seed[0] = signer;
    return seed;
}
Pubkey key_of(std::uint8_t signer) {
    return {crypto::ed25519_public_key(seed_of(signer).data())};
}

/// A transaction of `signers` parties; the number makes its message differ.
Bytes make_transaction(std::uint8_t signers, std::uint8_t number) {
    Instruction instruction{.program_id = key_of(200), .accounts = {}, .data = {number}};
    for (std::uint8_t i = 1; i < signers; ++i) {
        instruction.accounts.push_back({key_of(i), true, false});
    }
    const Bytes message = *compile_legacy_message(key_of(0), {&instruction, 1}, Hash{});
    std::vector<Signature> signatures;
    for (std::uint8_t i = 0; i < signers; ++i) {
        signatures.push_back({crypto::ed25519_sign(seed_of(i).data(), message)});
    }
    return serialize_transaction(signatures, message);
}

/// Bytes that stay where they are, and views of them.
class Batch {
public:
    void add(Bytes bytes) {
        bytes_.push_back(std::move(bytes));
        views_.push_back(*TransactionView::parse(bytes_.back()));
    }
    [[nodiscard]] std::vector<bool> verify() const {
        std::vector<const TransactionView*> pointers;
        for (const TransactionView& view : views_) pointers.push_back(&view);
        return verify_signatures(pointers);
    }
    /// The same, one signature at a time.
    [[nodiscard]] std::vector<bool> verify_singly() const {
        std::vector<bool> verdicts;
        for (const TransactionView& view : views_) {
            bool holds = true;
            for (std::size_t i = 0; i < view.signatures().size(); ++i) {
                holds = holds && crypto::ed25519_verify_strict(view.static_keys()[i].bytes.data(),
                                                               view.signatures()[i].bytes.data(),
                                                               view.message());
            }
            verdicts.push_back(holds);
        }
        return verdicts;
    }

private:
    std::deque<Bytes> bytes_;
    std::deque<TransactionView> views_;
};

TEST(VerifySignatures, NothingToVerifyIsNothing) {
    EXPECT_TRUE(verify_signatures({}).empty());
}

TEST(VerifySignatures, OneOfOne) {
    Batch batch;
    batch.add(make_transaction(1, 0));
    EXPECT_EQ(batch.verify(), std::vector<bool>{true});
}

TEST(VerifySignatures, EverySignatureOfATransactionCounts) {
    for (std::size_t broken = 0; broken < 5; ++broken) {
        Batch batch;
        Bytes bytes = make_transaction(5, 0);
        bytes[1 + 64 * broken] ^= 1;
        batch.add(make_transaction(5, 1));
        batch.add(std::move(bytes));
        batch.add(make_transaction(5, 2));
        EXPECT_EQ(batch.verify(), (std::vector<bool>{true, false, true})) << broken;
    }
}

TEST(VerifySignatures, VerdictsGoToTheirTransactionsAcrossBuffers) {
    Batch batch;
    std::vector<bool> expected;
    for (std::uint8_t i = 0; i < 90; ++i) {
        Bytes bytes = make_transaction(static_cast<std::uint8_t>(1 + i % 4), i);
        const bool broken = i % 7 == 3;
        if (broken) bytes.back() ^= 1;
        expected.push_back(!broken);
        batch.add(std::move(bytes));
    }
    EXPECT_EQ(batch.verify(), expected);
}

TEST(VerifySignatures, HostileSignaturesAreJudgedAsAlone) {
    Batch batch;
    for (std::uint8_t i = 0; i < 40; ++i) {
        Bytes bytes = make_transaction(1, i);
        const auto signature = bytes.begin() + 1;
        switch (i % 5) {
        case 0: std::fill_n(signature, 32, std::uint8_t{0}); break;         // R of order four
        case 1: std::fill_n(signature + 32, 32, std::uint8_t{0xff}); break; // s above l
        case 2: *signature = static_cast<std::uint8_t>(*signature + i); break;
        case 3: std::fill_n(bytes.begin() + 69, 32, std::uint8_t{0xff}); break; // key
        default: break;
        }
        batch.add(std::move(bytes));
    }
    EXPECT_EQ(batch.verify(), batch.verify_singly());
    EXPECT_EQ(std::ranges::count(batch.verify(), true), 8);
}

TEST(VerifySignatures, MoreSignaturesThanKeysDoNotHold) {
    Bytes bytes = make_transaction(1, 0);
    // Three signatures for two keys.
    const Bytes one(bytes.begin() + 1, bytes.begin() + 65);
    bytes.insert(bytes.begin() + 1, one.begin(), one.end());
    bytes.insert(bytes.begin() + 1, one.begin(), one.end());
    bytes[0] = 3;
    Batch batch;
    batch.add(std::move(bytes));
    batch.add(make_transaction(1, 1));
    EXPECT_EQ(batch.verify(), (std::vector<bool>{false, true}));
}

} // namespace
} // namespace fathom::svm

// SPDX-License-Identifier: Apache-2.0
// A processor over accounts in memory, and transactions for it whose every part a test can choose.
#pragma once

#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"
#include "fathom/svm/genesis.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/types/compact_u16.hpp"
#include "fathom/types/nonce.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/transaction.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <string>

namespace fathom::tests {

class MemoryAccounts final : public AccountSource {
public:
    [[nodiscard]] std::optional<Account> get(const Pubkey& key) const override {
        const auto found = accounts_.find(key);
        if (found == accounts_.end() || found->second.lamports == 0) return std::nullopt;
        return found->second;
    }
    Account& operator[](const Pubkey& key) { return accounts_[key]; }
    void erase(const Pubkey& key) { accounts_.erase(key); }

private:
    std::map<Pubkey, Account> accounts_;
};

/// A lookup of a v0 message.
struct Lookup {
    Pubkey table;
    Bytes writable;
    Bytes readonly;
};

class ProcessorFixture : public ::testing::Test {
protected:
    static constexpr Lamports kSol = 1'000'000'000;
    static constexpr Slot kSlot = 1'000;

    ProcessorFixture() {
        slot_.features = FeatureSet::mainnet();
        slot_.blockhash.bytes.fill(0xb1);
        slot_.recent_blockhashes = {slot_.blockhash};
        options_.verify_signatures = false;
        for (auto& [key, account] : svm::builtin_accounts(FeatureSet::all())) {
            accounts_[key] = std::move(account);
        }
        Clock clock;
        clock.slot = kSlot;
        put_sysvar(ids::kClock, clock.encode());
        put_sysvar(ids::kRent, Rent{}.encode());
        put_sysvar(ids::kSlotHashes, SlotHashes{}.encode());
        RecentBlockhashes recent;
        recent.entries.push_back({slot_.blockhash, 5'000});
        put_sysvar(ids::kRecentBlockhashes, recent.encode());
        put_wallet(kPayer, 10 * kSol);
    }

    static Pubkey key_of(std::uint8_t value) {
        Pubkey key;
        key.bytes.fill(value);
        return key;
    }
    inline static const Pubkey kPayer = key_of(1);
    inline static const Pubkey kBob = key_of(2);
    inline static const Pubkey kProgram = key_of(9);
    inline static const Pubkey kTable = key_of(7);
    inline static const Pubkey kNonce = key_of(5);

    void put_sysvar(const Pubkey& key, ByteView data) {
        accounts_[key] = svm::sysvar_account(key, data);
    }
    void put_wallet(const Pubkey& key, Lamports lamports) {
        Account account;
        account.lamports = lamports;
        accounts_[key] = std::move(account);
    }
    Account& put(const Pubkey& key, const Pubkey& owner, ByteView data) {
        Account account;
        account.lamports = kSol;
        account.owner = owner;
        account.data = AccountData(data);
        return accounts_[key] = std::move(account);
    }
    /// A program of loader v2 that returns `status`.
    void put_program(const Pubkey& key, int status = 0) {
        const std::string source =
            ".globl entrypoint\nentrypoint:\n mov64 r0, " + std::to_string(status) + "\n exit\n";
        put(key, ids::kBpfLoader, sbpf::write_elf(sbpf::assemble(source).value()).value());
    }
    /// A table with addresses, active and last extended in `extended`.
    Account& put_table(std::vector<Pubkey> addresses, Slot extended = 1,
                       std::uint8_t start_index = 0,
                       Slot deactivated = std::numeric_limits<Slot>::max()) {
        Bytes data(56);
        data[0] = 1;
        store_le(&data[4], deactivated);
        store_le(&data[12], extended);
        data[20] = start_index;
        for (const Pubkey& key : addresses)
            data.insert(data.end(), key.bytes.begin(), key.bytes.end());
        return put(kTable, ids::kAddressLookupTableProgram, data);
    }
    /// An initialized nonce of the payer.
    void put_nonce(const Pubkey& key, const Hash& value, NonceState::Version version,
                   Lamports lamports = kSol) {
        const NonceState state{.version = version, .data = NonceData{kPayer, value, 5'000}};
        put(key, ids::kSystemProgram, state.encode()).lamports = lamports;
    }

    static Instruction call(const Pubkey& program, std::vector<AccountMeta> accounts = {},
                            Bytes data = {}) {
        return {program, std::move(accounts), std::move(data)};
    }
    static Instruction transfer(const Pubkey& from, const Pubkey& to, Lamports lamports) {
        Bytes data(12);
        data[0] = 2;
        store_le(&data[4], lamports);
        return call(ids::kSystemProgram, {{from, true, true}, {to, false, true}}, data);
    }
    static Instruction advance_nonce(const Pubkey& nonce, const Pubkey& authority) {
        return call(ids::kSystemProgram,
                    {{nonce, false, true}, {ids::kRecentBlockhashes}, {authority, true, false}},
                    {4, 0, 0, 0});
    }
    static Instruction budget(std::uint8_t tag, std::uint64_t value) {
        Bytes data(tag == 3 ? 9 : 5);
        data[0] = tag;
        std::memcpy(&data[1], &value, data.size() - 1);
        return call(ids::kComputeBudgetProgram, {}, data);
    }

    Bytes legacy(std::vector<Instruction> instructions, const Pubkey& payer = kPayer) const {
        const Bytes message = compile_legacy_message(payer, instructions,
                                                     message_blockhash_.value_or(slot_.blockhash))
                                  .value();
        return serialize_transaction(std::vector<Signature>(message[0]), message);
    }
    Bytes v0(std::vector<Instruction> instructions, const std::vector<Lookup>& lookups) const {
        Bytes message = compile_legacy_message(kPayer, instructions, slot_.blockhash).value();
        const std::vector<Signature> signatures(message[0]);
        message.insert(message.begin(), 0x80);
        types::append_compact_u16(message, static_cast<std::uint16_t>(lookups.size()));
        for (const Lookup& lookup : lookups) {
            message.insert(message.end(), lookup.table.bytes.begin(), lookup.table.bytes.end());
            for (const Bytes* const list : {&lookup.writable, &lookup.readonly}) {
                types::append_compact_u16(message, static_cast<std::uint16_t>(list->size()));
                message.insert(message.end(), list->begin(), list->end());
            }
        }
        return serialize_transaction(signatures, message);
    }

    std::vector<TransactionEffects> run_batch(const std::vector<Bytes>& transactions) {
        const std::vector<ByteView> views(transactions.begin(), transactions.end());
        Processor processor({.engine = EngineChoice::Interpreter});
        return processor.execute(views, slot_, accounts_, options_);
    }
    TransactionEffects run(const Bytes& transaction) {
        return std::move(run_batch({transaction}).front());
    }
    TransactionEffects run(std::vector<Instruction> instructions) {
        return run(legacy(std::move(instructions)));
    }

    MemoryAccounts accounts_;
    SlotEnvironment slot_;
    ExecutionOptions options_;
    /// nullopt: the latest.
    std::optional<Hash> message_blockhash_;
};

} // namespace fathom::tests

// SPDX-License-Identifier: Apache-2.0
// Runs single instructions of native programs: accounts by key, sysvars, features, and what came of
// it.
#pragma once

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/builtins.hpp"
#include "fathom/types/program_ids.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fathom::tests {

/// A key whose bytes are all `byte`: on no list, never a program.
[[nodiscard]] inline Pubkey test_key(std::uint8_t byte) {
    Pubkey key;
    key.bytes.fill(byte);
    return key;
}

[[nodiscard]] inline AccountMeta readonly(const Pubkey& key) {
    return {.pubkey = key, .is_signer = false, .is_writable = false};
}
[[nodiscard]] inline AccountMeta readonly_signer(const Pubkey& key) {
    return {.pubkey = key, .is_signer = true, .is_writable = false};
}
[[nodiscard]] inline AccountMeta writable(const Pubkey& key) {
    return {.pubkey = key, .is_signer = false, .is_writable = true};
}
[[nodiscard]] inline AccountMeta writable_signer(const Pubkey& key) {
    return {.pubkey = key, .is_signer = true, .is_writable = true};
}

/// Appends values as bincode does, for instruction data and account state.
class Wire {
public:
    template <class T> Wire& le(T value) {
        const auto* at = reinterpret_cast<const std::uint8_t*>(&value);
        bytes_.insert(bytes_.end(), at, at + sizeof value);
        return *this;
    }
    Wire& u8(std::uint8_t value) { return le(value); }
    Wire& u16(std::uint16_t value) { return le(value); }
    Wire& u32(std::uint32_t value) { return le(value); }
    Wire& u64(std::uint64_t value) { return le(value); }
    Wire& key(const Pubkey& value) { return raw(value.view()); }
    Wire& hash(const Hash& value) { return raw(value.view()); }
    Wire& text(std::string_view value) { return u64(value.size()).raw(as_bytes(value)); }
    Wire& raw(ByteView value) {
        bytes_.insert(bytes_.end(), value.begin(), value.end());
        return *this;
    }
    Wire& zeros(std::size_t count) {
        bytes_.resize(bytes_.size() + count);
        return *this;
    }
    [[nodiscard]] operator Bytes() const { return bytes_; }

private:
    Bytes bytes_;
};

/// What became of one instruction.
struct ProgramOutcome {
    /// "ok", the name of the InstructionError, or "Custom(n)".
    std::string status;
    std::uint64_t units = 0;
    /// Lines between the program's invoke line and its success or failure line.
    std::vector<std::string> logs;
    /// What the instruction deployed or closed.
    std::map<Pubkey, std::shared_ptr<const invoke::ProgramCacheEntry>> deployed;
};

/// Every builtin is in place, whatever its gate. Slot 100 of epoch 3 unless set otherwise.
class ProgramFixture : public ::testing::Test {
protected:
    ProgramFixture() {
        environment_.blockhash.bytes.fill(0xb1);
        environment_.blockhash_lamports_per_signature = 5000;
        set_clock({.slot = 100,
                   .epoch_start_timestamp = 1000,
                   .epoch = 3,
                   .leader_schedule_epoch = 4,
                   .unix_timestamp = 2000});
        set_rent({});
    }

    void activate(Feature feature) { environment_.features.activate(feature); }
    void set_clock(const Clock& clock) {
        clock_ = clock;
        set_sysvar(ids::kClock, clock.encode());
    }
    void set_rent(const Rent& rent) {
        rent_ = rent;
        set_sysvar(ids::kRent, rent.encode());
    }
    /// Puts the value into the cache and an account under its address.
    void set_sysvar(const Pubkey& id, const Bytes& data) {
        environment_.sysvars.add(id, AccountData(data));
        put(id, {.lamports = 1'000'000, .data = AccountData(data), .owner = ids::kSysvarOwner});
    }

    void put(const Pubkey& key, Account account) {
        for (auto& known : accounts_) {
            if (known.key == key) {
                known.account = std::move(account);
                return;
            }
        }
        accounts_.push_back({key, std::move(account)});
    }
    void put(const Pubkey& key, Lamports lamports, ByteView data = {},
             const Pubkey& owner = ids::kSystemProgram) {
        put(key, Account{.lamports = lamports, .data = AccountData(data), .owner = owner});
    }
    [[nodiscard]] Account& account(const Pubkey& key) {
        for (auto& known : accounts_) {
            if (known.key == key) return known.account;
        }
        ADD_FAILURE() << "no account " << key.to_base58();
        put(key, 0);
        return accounts_.back().account;
    }
    [[nodiscard]] Bytes data_of(const Pubkey& key) {
        const ByteView data = account(key).data.view();
        return {data.begin(), data.end()};
    }
    [[nodiscard]] Lamports lamports_of(const Pubkey& key) { return account(key).lamports; }
    [[nodiscard]] Lamports rent_for(std::uint64_t size) const {
        return rent_.minimum_balance(size);
    }

    /// Runs it as a top-level instruction. Accounts that it names and nobody put are empty. Changes
    /// stay if it succeeds.
    ProgramOutcome run(const Instruction& instruction) {
        for (const AccountMeta& meta : instruction.accounts) ensure(meta.pubkey);
        put_builtins();
        ensure(instruction.program_id);
        invoke::TransactionContext transaction(accounts_, rent_,
                                               budget_.max_instruction_stack_depth,
                                               budget_.max_instruction_trace_length, 1);
        invoke::ProgramCacheForBatch programs(clock_.slot);
        for (const programs::Builtin& builtin : programs::builtins()) {
            invoke::ProgramCacheEntry entry;
            entry.state = invoke::ProgramState::Builtin;
            entry.owner = ids::kNativeLoader;
            entry.builtin = builtin.function;
            programs.insert(builtin.id,
                            std::make_shared<const invoke::ProgramCacheEntry>(std::move(entry)));
        }
        for (const auto& [key, entry] : cached_) programs.insert(key, entry);
        invoke::LogCollector logs(std::nullopt);
        invoke::InvokeContext context(transaction, programs, environment_, &logs, budget_);
        return finish(transaction, programs, context, logs, configure(transaction, instruction));
    }
    ProgramOutcome run(const Pubkey& program, const Bytes& data,
                       std::vector<AccountMeta> accounts) {
        return run(
            Instruction{.program_id = program, .accounts = std::move(accounts), .data = data});
    }

    invoke::Environment environment_;
    invoke::ExecutionBudget budget_;
    Clock clock_;
    Rent rent_;
    std::vector<invoke::KeyedAccount> accounts_;
    /// Further entries of the program cache.
    std::map<Pubkey, std::shared_ptr<const invoke::ProgramCacheEntry>> cached_;

private:
    void ensure(const Pubkey& key) {
        for (const auto& known : accounts_) {
            if (known.key == key) return;
        }
        accounts_.push_back({key, {}});
    }
    void put_builtins() {
        for (const programs::Builtin& builtin : programs::builtins()) {
            put(builtin.id, {.lamports = 1,
                             .data = AccountData(as_bytes(builtin.name)),
                             .owner = ids::kNativeLoader,
                             .executable = true});
        }
    }
    [[nodiscard]] static Result<void, InstructionError>
    configure(invoke::TransactionContext& transaction, const Instruction& instruction) {
        std::vector<invoke::InstructionAccount> accounts;
        for (const AccountMeta& meta : instruction.accounts) {
            accounts.push_back(
                {*transaction.find_account(meta.pubkey), meta.is_signer, meta.is_writable});
        }
        return transaction.configure_top_level_instruction(
            0, *transaction.find_account(instruction.program_id), std::move(accounts),
            instruction.data);
    }
    [[nodiscard]] static std::string status_of(const Result<void, InstructionError>& result) {
        if (result) return "ok";
        if (result.error().kind != InstructionError::Custom) {
            return std::string(result.error().name());
        }
        return "Custom(" + std::to_string(result.error().custom_code) + ")";
    }
    ProgramOutcome finish(invoke::TransactionContext& transaction,
                          invoke::ProgramCacheForBatch& programs, invoke::InvokeContext& context,
                          invoke::LogCollector& logs, Result<void, InstructionError> configured) {
        ProgramOutcome outcome;
        const auto result = configured ? context.process_instruction(outcome.units) : configured;
        outcome.status = status_of(result);
        outcome.logs = logs.take();
        if (outcome.logs.size() >= 2) {
            outcome.logs.erase(outcome.logs.begin());
            outcome.logs.pop_back();
        }
        for (const auto& [key, entry] : programs.modified()) outcome.deployed[key] = entry;
        if (result) accounts_ = transaction.take_accounts();
        return outcome;
    }
};

} // namespace fathom::tests

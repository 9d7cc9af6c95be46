// SPDX-License-Identifier: Apache-2.0
// A transaction against a bank that consists of the context's accounts (agave
// runtime/src/bank.rs new_for_txn_tests, and solfuzz-agave src/txn.rs, which calls it).
#include "fathom/harness/compat/harnesses.hpp"
#include "fathom/harness/compat/messages.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/svm/sanitized_transaction.hpp"
#include "fathom/types/program_ids.hpp"
#include "field_numbers.hpp"

#include <algorithm>

namespace fathom::harness::compat {
namespace {

using base::Error;
using base::ErrorCode;

/// A blockhash is young enough for this many blocks after the newest.
constexpr std::size_t kMaxAge = 150;

struct TransactionInput {
    Bytes transaction;
    std::vector<AccountChange> accounts;
    SlotEnvironment slot;
    bool has_bank = false;
};

Result<void> read_blockhash(ByteView message, SlotEnvironment& slot) {
    using namespace proto;
    ByteView hash;
    slot.blockhash_lamports_per_signature = 0;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        if (field.tag == BlockhashQueueEntry::blockhash) hash = FATHOM_TRY(bytes_of(field));
        if (field.tag == BlockhashQueueEntry::lamports_per_signature) {
            slot.blockhash_lamports_per_signature = FATHOM_TRY(number_of(field));
        }
    }
    if (hash.size() != 32) {
        return std::unexpected(Error(ErrorCode::InvalidInput, "a hash that has not 32 bytes"));
    }
    slot.blockhash = Hash::from_bytes(hash.data());
    slot.recent_blockhashes.push_back(slot.blockhash);
    return {};
}

Result<void> read_bank(ByteView message, SlotEnvironment& slot) {
    using namespace proto;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case TxnBank::blockhash_queue:
            FATHOM_CHECK(read_blockhash(FATHOM_TRY(bytes_of(field)), slot));
            break;
        case TxnBank::total_epoch_stake: slot.stakes.total = FATHOM_TRY(number_of(field)); break;
        case TxnBank::features:
            FATHOM_CHECK(read_features(FATHOM_TRY(bytes_of(field)), slot.features));
            break;
        default: break;
        }
    }
    auto& hashes = slot.recent_blockhashes;
    if (hashes.size() > kMaxAge + 1) {
        hashes.erase(hashes.begin(), hashes.end() - (kMaxAge + 1));
    }
    return {};
}

Result<TransactionInput> read_transaction_input(ByteView message) {
    using namespace proto;
    TransactionInput input;
    input.slot.blockhash_lamports_per_signature = 0;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case TxnContext::tx:
            input.transaction = FATHOM_TRY(read_transaction(FATHOM_TRY(bytes_of(field))));
            break;
        case TxnContext::account_shared_data:
            input.accounts.push_back(FATHOM_TRY(read_account(FATHOM_TRY(bytes_of(field)))));
            break;
        case TxnContext::bank:
            FATHOM_CHECK(read_bank(FATHOM_TRY(bytes_of(field)), input.slot));
            input.has_bank = true;
            break;
        default: break;
        }
    }
    return input;
}

/// The first of each address, if it has lamports.
class BankAccounts final : public AccountSource {
public:
    explicit BankAccounts(std::span<const AccountChange> accounts) : accounts_(accounts) {}

    [[nodiscard]] std::optional<Account> get(const Pubkey& key) const override {
        const auto found = std::ranges::find(accounts_, key, &AccountChange::key);
        if (found == accounts_.end() || found->account.lamports == 0) return std::nullopt;
        return found->account;
    }

private:
    std::span<const AccountChange> accounts_;
};

/// What the harness itself looks up in the transaction.
struct Looked {
    Pubkey failed_program;
    ComputeUnits limit = 0;
};

Looked look_at(const TransactionInput& input, const TransactionEffects& effects) {
    Looked looked;
    const auto view = TransactionView::parse(input.transaction);
    if (!view) return looked;
    const std::size_t index = effects.error ? effects.error->index : 0;
    if (index < view->instructions().size()) {
        const std::size_t program = view->instructions()[index].program_id_index;
        if (program < view->static_keys().size()) {
            looked.failed_program = view->static_keys()[program];
        }
    }
    if (effects.commit == Commit::None) return looked;
    const auto requests = svm::parse_compute_budget(view->instructions(), view->static_keys());
    if (!requests) return looked;
    const auto limits = svm::judge_compute_budget(*requests, input.slot.features);
    if (limits) looked.limit = limits->compute_unit_limit;
    return looked;
}

void write_error(const TransactionError& error, const Pubkey& program, WireWriter& result) {
    using namespace proto;
    result.number(TxnResult::txn_error, static_cast<std::uint64_t>(error.kind) + 1);
    if (error.kind != TransactionError::InstructionError) return;
    const auto& inner = error.instruction_error;
    result.number(TxnResult::instruction_error, static_cast<std::uint64_t>(inner.kind) + 1);
    result.number(TxnResult::instruction_error_index, error.index);
    const bool is_precompile = program == ids::kEd25519Program ||
                               program == ids::kSecp256k1Program ||
                               program == ids::kSecp256r1Program;
    if (inner.kind == InstructionError::Custom && !is_precompile) {
        result.number(TxnResult::custom_error, inner.custom_code);
    }
}

Bytes write_result(const TransactionInput& input, TransactionEffects effects) {
    using namespace proto;
    const Looked looked = look_at(input, effects);
    WireWriter result;
    const bool was_processed = effects.commit != Commit::None;
    result.boolean(TxnResult::executed, was_processed);
    if (effects.error) write_error(*effects.error, looked.failed_program, result);
    if (!was_processed) return result.take();

    if (effects.return_data) result.bytes(TxnResult::return_data, effects.return_data->data);
    result.number(TxnResult::executed_units, effects.compute_units);
    WireWriter fee;
    fee.number(proto::FeeDetails::transaction_fee, effects.fee.transaction_fee);
    fee.number(proto::FeeDetails::prioritization_fee, effects.fee.prioritization_fee);
    result.element(TxnResult::fee_details, fee);
    result.number(TxnResult::loaded_accounts_data_size, effects.loaded_accounts_data_size);
    // Where an exhausted program stops inside account data depends on the engine.
    const bool hides_data =
        effects.error && effects.compute_units >= looked.limit &&
        input.slot.features.is_active(Feature::virtual_address_space_adjustments);
    for (AccountChange& account : effects.final_accounts) {
        if (hides_data) account.account.data = AccountData();
        result.element(TxnResult::modified_accounts, write_account(account));
    }
    if (effects.error) {
        for (const AccountChange& account : effects.accounts) {
            result.element(TxnResult::rollback_accounts, write_account(account));
        }
    }
    return result.take();
}

} // namespace

std::optional<Bytes> run_transaction_context(ByteView context) {
    const auto input = read_transaction_input(context);
    if (!input || !input->has_bank || input->transaction.empty()) return std::nullopt;
    const BankAccounts accounts(input->accounts);
    const auto clock_account = accounts.get(ids::kClock);
    const auto clock = clock_account ? Clock::decode(clock_account->data.view()) : std::nullopt;
    if (!clock || clock->slot == 0) return std::nullopt; // the bank has a parent

    Processor processor({.engine = EngineChoice::Interpreter});
    const ByteView transactions[] = {input->transaction};
    auto effects = processor.execute(transactions, input->slot, accounts,
                                     {.verify_signatures = false,
                                      .collect_inner_instructions = false,
                                      .collect_final_accounts = true,
                                      .log_bytes_limit = std::nullopt});
    return write_result(*input, std::move(effects.front()));
}

} // namespace fathom::harness::compat

// SPDX-License-Identifier: Apache-2.0
#include "fathom/svm/sanitized_transaction.hpp"

#include "fathom/base/flat_map.hpp"
#include "fathom/svm/address_lookup.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/reserved_keys.hpp"

#include <algorithm>

namespace fathom::svm {
namespace {

constexpr std::size_t kPacketSize = 1232;
constexpr std::size_t kMaxInstructions = 64;
constexpr std::size_t kMaxV1Size = 4096;
constexpr std::size_t kMaxV1Signatures = 12;
constexpr std::size_t kMaxV1Keys = 64;
constexpr std::size_t kMaxIndex = 256;

bool counts_are_consistent(const TransactionView& view) {
    const MessageHeader header = view.header();
    const std::size_t keys = view.static_keys().size();
    if (view.signatures().size() != header.num_required_signatures) return false;
    if (view.signatures().size() > keys) return false;
    if (std::size_t{header.num_required_signatures} + header.num_readonly_unsigned_accounts >
        keys) {
        return false;
    }
    return header.num_readonly_signed_accounts < header.num_required_signatures;
}

/// Static keys plus everything the lookups name, or nullopt if a lookup names nothing.
std::optional<std::size_t> count_keys(const TransactionView& view) {
    std::size_t total = view.static_keys().size();
    for (const AddressTableLookupView& lookup : view.lookups()) {
        const std::size_t named = lookup.writable_indexes.size() + lookup.readonly_indexes.size();
        if (named == 0) return std::nullopt;
        total += named;
    }
    return total;
}

bool instructions_are_consistent(const TransactionView& view, std::size_t key_count) {
    return std::ranges::all_of(view.instructions(), [&](const CompiledInstructionView& ix) {
        const bool program_ok =
            ix.program_id_index != 0 && ix.program_id_index < view.static_keys().size();
        return program_ok && std::ranges::all_of(ix.accounts, [&](std::uint8_t index) {
                   return index < key_count;
               });
    });
}

void mark_flags(SanitizedTransaction& transaction, std::size_t writable_lookups) {
    transaction.is_signer.reset();
    transaction.is_writable.reset();
    transaction.is_invoked.reset();
    transaction.is_instruction_account.reset();
    const MessageHeader header = transaction.view.header();
    const std::size_t signers = header.num_required_signatures;
    const std::size_t static_keys = transaction.view.static_keys().size();
    for (std::size_t i = 0; i < transaction.keys.size(); ++i) {
        transaction.is_signer[i] = i < signers;
        bool writable = false;
        if (i >= static_keys) {
            writable = i - static_keys < writable_lookups;
        } else if (i >= signers) {
            writable = i < static_keys - header.num_readonly_unsigned_accounts;
        } else {
            writable = i < signers - header.num_readonly_signed_accounts;
        }
        transaction.is_writable[i] = writable && !is_reserved(transaction.keys[i]);
    }
    const bool upgradeable_loader_present =
        std::ranges::find(transaction.keys, ids::kBpfLoaderUpgradeable) != transaction.keys.end();
    for (const CompiledInstructionView& ix : transaction.view.instructions()) {
        transaction.is_invoked[ix.program_id_index] = true;
        if (!upgradeable_loader_present) transaction.is_writable[ix.program_id_index] = false;
        for (const std::uint8_t index : ix.accounts) {
            transaction.is_instruction_account[index] = true;
        }
    }
}

/// Few keys are compared with one another, which needs no memory.
bool has_duplicates(std::span<const Pubkey> keys) {
    constexpr std::size_t kFew = 16;
    if (keys.size() <= kFew) {
        for (std::size_t i = 1; i < keys.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (keys[i] == keys[j]) return true;
            }
        }
        return false;
    }
    FlatSet<Pubkey, PubkeyHash> seen;
    seen.reserve(keys.size());
    return !std::ranges::all_of(keys, [&](const Pubkey& key) { return seen.insert(key).second; });
}

/// Limits that version 1 has of its own (solana-sdk message/src/versions/v1/message.rs validate).
bool is_within_v1_limits(const TransactionView& view) {
    return view.signatures().size() <= kMaxV1Signatures &&
           view.instructions().size() <= kMaxInstructions &&
           view.static_keys().size() <= kMaxV1Keys && !has_duplicates(view.static_keys()) &&
           is_valid_heap_size(view.config().heap_size.value_or(kMinHeapSize));
}

/// Agave accounts-db/src/account_locks.rs: the count comes before the duplicates.
Result<void, TransactionError> check_account_locks(std::span<const Pubkey> keys,
                                                   const FeatureSet& features) {
    const std::size_t limit =
        features.is_active(Feature::increase_tx_account_lock_limit) ? kMaxKeys : 64;
    if (keys.size() > limit) return std::unexpected(TransactionError::TooManyAccountLocks);
    if (has_duplicates(keys)) return std::unexpected(TransactionError::AccountLoadedTwice);
    return {};
}

Result<void, TransactionError> check_structure(const TransactionView& view,
                                               const FeatureSet& features) {
    if (features.is_active(Feature::limit_instruction_accounts) &&
        std::ranges::any_of(view.instructions(), [](const CompiledInstructionView& ix) {
            return ix.accounts.size() > 255;
        })) {
        return std::unexpected(TransactionError::SanitizeFailure);
    }
    if (view.version() == TransactionVersion::V1 && !is_within_v1_limits(view)) {
        return std::unexpected(TransactionError::SanitizeFailure);
    }
    if (!counts_are_consistent(view)) return std::unexpected(TransactionError::SanitizeFailure);
    const auto key_count = count_keys(view);
    if (!key_count || *key_count > kMaxIndex || view.static_keys().empty()) {
        return std::unexpected(TransactionError::SanitizeFailure);
    }
    if (!instructions_are_consistent(view, *key_count)) {
        return std::unexpected(TransactionError::SanitizeFailure);
    }
    return {};
}

} // namespace

std::optional<Pubkey> SanitizedTransaction::durable_nonce_account() const {
    constexpr std::uint8_t kAdvanceNonce[] = {4, 0, 0, 0};
    if (view.instructions().empty()) return std::nullopt;
    const CompiledInstructionView& first = view.instructions()[0];
    if (keys[first.program_id_index] != ids::kSystemProgram) return std::nullopt;
    if (first.data.size() < 4 ||
        !std::equal(kAdvanceNonce, kAdvanceNonce + 4, first.data.begin())) {
        return std::nullopt;
    }
    if (first.accounts.empty()) return std::nullopt;
    const std::uint8_t index = first.accounts[0];
    if (index >= view.static_keys().size() || !is_writable[index]) return std::nullopt;
    return keys[index];
}

bool SanitizedTransaction::first_instruction_has_signer(const Pubkey& key) const {
    if (view.instructions().empty()) return false;
    return std::ranges::any_of(view.instructions()[0].accounts, [&](std::uint8_t index) {
        return is_signer[index] && keys[index] == key;
    });
}

Result<void, TransactionError> admit(ByteView bytes, const FeatureSet& features,
                                     AdmissionLimits limits, TransactionView& view) {
    if (const auto parsed = view.assign(bytes); !parsed) {
        return std::unexpected(parsed.error().kind ==
                                       TransactionParseError::Kind::UnsupportedVersion
                                   ? TransactionError::UnsupportedVersion
                                   : TransactionError::SanitizeFailure);
    }
    const bool is_v1 = view.version() == TransactionVersion::V1;
    if (is_v1 && !features.is_active(Feature::enable_tx_v1)) {
        return std::unexpected(TransactionError::UnsupportedVersion);
    }
    const bool is_too_big = bytes.size() > (is_v1 ? kMaxV1Size : kPacketSize) ||
                            view.instructions().size() > kMaxInstructions;
    if (limits == AdmissionLimits::Enforce && is_too_big) {
        return std::unexpected(TransactionError::SanitizeFailure);
    }
    return check_structure(view, features);
}

Result<TransactionView, TransactionError> admit(ByteView bytes, const FeatureSet& features,
                                                AdmissionLimits limits) {
    TransactionView view;
    FATHOM_CHECK(admit(bytes, features, limits, view));
    return view;
}

Result<void, TransactionError> resolve(SanitizedTransaction& transaction,
                                       const FeatureSet& features, const AccountSource& accounts,
                                       const SlotHashes* slot_hashes, Slot current_slot) {
    const TransactionView& view = transaction.view;
    transaction.budget_requests = FATHOM_TRY(parse_compute_budget(view));
    transaction.keys = view.static_keys();
    std::size_t writable_lookups = 0;
    if (!view.lookups().empty()) {
        const LoadedAddresses loaded =
            FATHOM_TRY(resolve_lookups(view.lookups(), accounts, slot_hashes, current_slot));
        auto& keys = transaction.all_keys;
        keys.assign(view.static_keys().begin(), view.static_keys().end());
        keys.insert(keys.end(), loaded.writable.begin(), loaded.writable.end());
        keys.insert(keys.end(), loaded.readonly.begin(), loaded.readonly.end());
        transaction.keys = keys;
        writable_lookups = loaded.writable.size();
    }
    FATHOM_CHECK(check_account_locks(transaction.keys, features));
    mark_flags(transaction, writable_lookups);
    return {};
}

Result<SanitizedTransaction, TransactionError>
resolve(TransactionView view, const FeatureSet& features, const AccountSource& accounts,
        const SlotHashes* slot_hashes, Slot current_slot) {
    SanitizedTransaction transaction;
    transaction.view = std::move(view);
    FATHOM_CHECK(resolve(transaction, features, accounts, slot_hashes, current_slot));
    return transaction;
}

} // namespace fathom::svm

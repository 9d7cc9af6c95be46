// SPDX-License-Identifier: Apache-2.0
#include "fathom/svm/address_lookup.hpp"

#include "fathom/types/program_ids.hpp"

#include <limits>

namespace fathom::svm {
namespace {

constexpr std::size_t kMetaSize = 56;
constexpr std::uint32_t kLookupTableTag = 1;

/// The meta part of a lookup table account.
struct TableMeta {
    Slot deactivation_slot;
    Slot last_extended_slot;
    std::uint8_t last_extended_start_index;
};

std::optional<TableMeta> parse_meta(ByteView data) {
    if (data.size() < kMetaSize || (data.size() - kMetaSize) % 32 != 0) return std::nullopt;
    if (load_le<std::uint32_t>(data.data()) != kLookupTableTag) return std::nullopt;
    const std::uint8_t authority_tag = data[21]; // Option<Pubkey>: any other tag does not decode
    if (authority_tag > 1) return std::nullopt;
    return TableMeta{.deactivation_slot = load_le<Slot>(data.data() + 4),
                     .last_extended_slot = load_le<Slot>(data.data() + 12),
                     .last_extended_start_index = data[20]};
}

/// Active, or deactivated so recently that its slot hash is still known.
bool is_active(const TableMeta& meta, Slot current_slot, const SlotHashes& slot_hashes) {
    if (meta.deactivation_slot == std::numeric_limits<Slot>::max()) return true;
    if (meta.deactivation_slot == current_slot) return true;
    return slot_hashes.find(meta.deactivation_slot) != nullptr;
}

Result<void, TransactionError> append(std::vector<Pubkey>& out, ByteView indexes, ByteView table,
                                      std::size_t active_length) {
    for (const std::uint8_t index : indexes) {
        if (index >= active_length) {
            return std::unexpected(TransactionError::InvalidAddressLookupTableIndex);
        }
        out.push_back(Pubkey::from_bytes(table.data() + kMetaSize + 32u * index));
    }
    return {};
}

} // namespace

Result<LoadedAddresses, TransactionError>
resolve_lookups(std::span<const AddressTableLookupView> lookups, const AccountSource& accounts,
                const SlotHashes* slot_hashes, Slot current_slot) {
    LoadedAddresses loaded;
    if (lookups.empty()) return loaded;
    if (!slot_hashes) return std::unexpected(TransactionError::AccountNotFound);
    for (const AddressTableLookupView& lookup : lookups) {
        const auto account = accounts.get(*lookup.account_key);
        if (!account || account->lamports == 0) {
            return std::unexpected(TransactionError::AddressLookupTableNotFound);
        }
        if (account->owner != ids::kAddressLookupTableProgram) {
            return std::unexpected(TransactionError::InvalidAddressLookupTableOwner);
        }
        const ByteView table = account->data.view();
        const auto meta = parse_meta(table);
        if (!meta) return std::unexpected(TransactionError::InvalidAddressLookupTableData);
        if (!is_active(*meta, current_slot, *slot_hashes)) {
            return std::unexpected(TransactionError::AddressLookupTableNotFound);
        }
        const std::size_t length = (table.size() - kMetaSize) / 32;
        // Addresses appended in this very slot are not visible yet.
        const std::size_t active_length =
            current_slot > meta->last_extended_slot ? length : meta->last_extended_start_index;
        if (active_length > length) {
            return std::unexpected(TransactionError::InvalidAddressLookupTableData);
        }
        FATHOM_CHECK(append(loaded.writable, lookup.writable_indexes, table, active_length));
        FATHOM_CHECK(append(loaded.readonly, lookup.readonly_indexes, table, active_length));
    }
    return loaded;
}

} // namespace fathom::svm

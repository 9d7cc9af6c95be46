// SPDX-License-Identifier: Apache-2.0
// Writes a parsed transaction again from its parts, to show that the parts are the whole.
#pragma once

#include "fathom/types/compact_u16.hpp"
#include "fathom/types/transaction.hpp"

namespace fathom::tests {

inline void append_bytes(Bytes& out, ByteView bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

inline void append_byte_string(Bytes& out, ByteView bytes) {
    types::append_compact_u16(out, static_cast<std::uint16_t>(bytes.size()));
    append_bytes(out, bytes);
}

template <class T> void append_word(Bytes& out, T value) {
    const std::size_t at = out.size();
    out.resize(at + sizeof(T));
    store_le(out.data() + at, value);
}

/// The same of version 1.
inline Bytes rebuild_v1_message(const TransactionView& view) {
    const TransactionConfig& config = view.config();
    Bytes out{0x81, view.header().num_required_signatures,
              view.header().num_readonly_signed_accounts,
              view.header().num_readonly_unsigned_accounts};
    append_word<std::uint32_t>(
        out, (config.priority_fee ? 3u : 0u) | (config.compute_unit_limit ? 4u : 0u) |
                 (config.loaded_accounts_data_size ? 8u : 0u) | (config.heap_size ? 16u : 0u));
    append_bytes(out, view.recent_blockhash().view());
    out.push_back(static_cast<std::uint8_t>(view.instructions().size()));
    out.push_back(static_cast<std::uint8_t>(view.static_keys().size()));
    for (const Pubkey& key : view.static_keys()) append_bytes(out, key.view());
    if (config.priority_fee) append_word(out, *config.priority_fee);
    if (config.compute_unit_limit) append_word(out, *config.compute_unit_limit);
    if (config.loaded_accounts_data_size) append_word(out, *config.loaded_accounts_data_size);
    if (config.heap_size) append_word(out, *config.heap_size);
    for (const CompiledInstructionView& instruction : view.instructions()) {
        out.push_back(instruction.program_id_index);
        out.push_back(static_cast<std::uint8_t>(instruction.accounts.size()));
        append_word(out, static_cast<std::uint16_t>(instruction.data.size()));
    }
    for (const CompiledInstructionView& instruction : view.instructions()) {
        append_bytes(out, instruction.accounts);
        append_bytes(out, instruction.data);
    }
    return out;
}

/// The message bytes that `view` stands for.
inline Bytes rebuild_message(const TransactionView& view) {
    if (view.version() == TransactionVersion::V1) return rebuild_v1_message(view);
    const auto append_count = [](Bytes& out, std::size_t count) {
        types::append_compact_u16(out, static_cast<std::uint16_t>(count));
    };
    Bytes out;
    if (view.version() == TransactionVersion::V0) out.push_back(0x80);
    out.push_back(view.header().num_required_signatures);
    out.push_back(view.header().num_readonly_signed_accounts);
    out.push_back(view.header().num_readonly_unsigned_accounts);
    append_count(out, view.static_keys().size());
    for (const Pubkey& key : view.static_keys()) append_bytes(out, key.view());
    append_bytes(out, view.recent_blockhash().view());
    append_count(out, view.instructions().size());
    for (const CompiledInstructionView& instruction : view.instructions()) {
        out.push_back(instruction.program_id_index);
        append_byte_string(out, instruction.accounts);
        append_byte_string(out, instruction.data);
    }
    if (view.version() == TransactionVersion::Legacy) return out;
    append_count(out, view.lookups().size());
    for (const AddressTableLookupView& lookup : view.lookups()) {
        append_bytes(out, lookup.account_key->view());
        append_byte_string(out, lookup.writable_indexes);
        append_byte_string(out, lookup.readonly_indexes);
    }
    return out;
}

} // namespace fathom::tests

// SPDX-License-Identifier: Apache-2.0
// From the schema's transaction to the wire's (agave runtime/src/conformance).
#include "fathom/harness/compat/messages.hpp"
#include "fathom/types/compact_u16.hpp"
#include "field_numbers.hpp"

#include <algorithm>

namespace fathom::harness::compat {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kPacketSize = 1232;

std::unexpected<Error> bad(const char* what) {
    return std::unexpected(Error(ErrorCode::InvalidInput, what));
}

/// Bytes behind their count. What does not fit a packet is cut: the whole is refused later.
void append_counted(Bytes& out, std::size_t count, ByteView bytes) {
    types::append_compact_u16(out, static_cast<std::uint16_t>(std::min(count, kPacketSize + 1)));
    out.insert(out.end(), bytes.begin(), bytes.end());
}

Bytes cut_to_bytes(std::span<const std::uint64_t> numbers) {
    Bytes out;
    out.reserve(numbers.size());
    for (const std::uint64_t number : numbers) out.push_back(static_cast<std::uint8_t>(number));
    return out;
}

Result<Bytes> read_header(ByteView message) {
    Bytes counts(3);
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        if (field.tag >= 1 && field.tag <= 3) {
            counts[field.tag - 1] = static_cast<std::uint8_t>(FATHOM_TRY(number_of(field)));
        }
    }
    static_assert(proto::MessageHeader::num_required_signatures == 1);
    static_assert(proto::MessageHeader::num_readonly_signed_accounts == 2);
    static_assert(proto::MessageHeader::num_readonly_unsigned_accounts == 3);
    return counts;
}

Result<void> append_instruction(ByteView message, Bytes& out) {
    using namespace proto;
    std::uint8_t program = 0;
    std::vector<std::uint64_t> accounts;
    ByteView data;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case CompiledInstruction::program_id_index:
            program = static_cast<std::uint8_t>(FATHOM_TRY(number_of(field)));
            break;
        case CompiledInstruction::accounts: FATHOM_CHECK(append_numbers(field, accounts)); break;
        case CompiledInstruction::data: data = FATHOM_TRY(bytes_of(field)); break;
        default: break;
        }
    }
    out.push_back(program);
    append_counted(out, accounts.size(), cut_to_bytes(accounts));
    append_counted(out, data.size(), data);
    return {};
}

/// False if it names no table: then it is left out.
Result<bool> append_lookup(ByteView message, Bytes& out) {
    using namespace proto;
    ByteView table;
    std::vector<std::uint64_t> writable;
    std::vector<std::uint64_t> readonly;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case MessageAddressTableLookup::account_key: table = FATHOM_TRY(bytes_of(field)); break;
        case MessageAddressTableLookup::writable_indexes:
            FATHOM_CHECK(append_numbers(field, writable));
            break;
        case MessageAddressTableLookup::readonly_indexes:
            FATHOM_CHECK(append_numbers(field, readonly));
            break;
        default: break;
        }
    }
    if (table.size() != 32) return false;
    out.insert(out.end(), table.begin(), table.end());
    append_counted(out, writable.size(), cut_to_bytes(writable));
    append_counted(out, readonly.size(), cut_to_bytes(readonly));
    return true;
}

/// The parts of a message, each list without its count.
struct MessageParts {
    bool is_legacy = false;
    Bytes header = {1, 0, 0};
    std::size_t key_count = 0;
    Bytes keys;
    Bytes blockhash = Bytes(32);
    std::size_t instruction_count = 0;
    Bytes instructions;
    std::size_t lookup_count = 0;
    Bytes lookups;
};

Result<MessageParts> read_parts(ByteView message) {
    using namespace proto;
    MessageParts parts;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case TransactionMessage::is_legacy: parts.is_legacy = FATHOM_TRY(boolean_of(field)); break;
        case TransactionMessage::header:
            parts.header = FATHOM_TRY(read_header(FATHOM_TRY(bytes_of(field))));
            break;
        case TransactionMessage::account_keys: {
            const ByteView key = FATHOM_TRY(bytes_of(field));
            if (key.size() != 32) break;
            parts.keys.insert(parts.keys.end(), key.begin(), key.end());
            ++parts.key_count;
            break;
        }
        case TransactionMessage::recent_blockhash: {
            const ByteView hash = FATHOM_TRY(bytes_of(field));
            if (hash.size() == 32) parts.blockhash.assign(hash.begin(), hash.end());
            break;
        }
        case TransactionMessage::instructions:
            FATHOM_CHECK(append_instruction(FATHOM_TRY(bytes_of(field)), parts.instructions));
            ++parts.instruction_count;
            break;
        case TransactionMessage::address_table_lookups:
            if (FATHOM_TRY(append_lookup(FATHOM_TRY(bytes_of(field)), parts.lookups))) {
                ++parts.lookup_count;
            }
            break;
        default: break;
        }
    }
    // One signature at least; the highest bit would mean a version.
    parts.header[0] = std::clamp<std::uint8_t>(parts.header[0], 1, 127);
    return parts;
}

Bytes assemble(const MessageParts& parts) {
    Bytes out;
    if (!parts.is_legacy) out.push_back(0x80);
    out.insert(out.end(), parts.header.begin(), parts.header.end());
    append_counted(out, parts.key_count, parts.keys);
    out.insert(out.end(), parts.blockhash.begin(), parts.blockhash.end());
    append_counted(out, parts.instruction_count, parts.instructions);
    if (!parts.is_legacy) append_counted(out, parts.lookup_count, parts.lookups);
    return out;
}

} // namespace

Result<Bytes> read_transaction(ByteView message) {
    using namespace proto;
    std::optional<ByteView> inner;
    std::size_t count = 0;
    Bytes signatures;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        if (field.tag == SanitizedTransaction::message) inner = FATHOM_TRY(bytes_of(field));
        if (field.tag != SanitizedTransaction::signatures) continue;
        const ByteView signature = FATHOM_TRY(bytes_of(field));
        if (signature.size() != 64) return bad("a signature that has not 64 bytes");
        signatures.insert(signatures.end(), signature.begin(), signature.end());
        ++count;
    }
    if (!inner) return bad("a transaction without a message");
    if (count == 0) {
        signatures.resize(64);
        count = 1;
    }
    const Bytes body = assemble(FATHOM_TRY(read_parts(*inner)));
    if (signatures.size() + body.size() > kPacketSize) return bad("more than a packet");
    Bytes out;
    append_counted(out, count, signatures);
    out.insert(out.end(), body.begin(), body.end());
    if (out.size() > kPacketSize) return bad("more than a packet");
    return out;
}

} // namespace fathom::harness::compat

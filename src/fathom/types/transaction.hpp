// SPDX-License-Identifier: Apache-2.0
// A transaction on the wire: a zero-copy view of well-formed bytes, and a builder that writes them.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/pubkey.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace fathom {

/// First violated rule of the wire format. Text and byte offset say where.
struct TransactionParseError {
    enum class Kind : std::uint8_t {
        Truncated,
        TrailingBytes,
        BadLength,
        UnsupportedVersion,
        TooManyItems,
    };
    Kind kind;
    std::uint32_t offset;
    std::string_view what; // static text: which field
};

enum class TransactionVersion : std::uint8_t { Legacy, V0 };

struct MessageHeader {
    std::uint8_t num_required_signatures = 0;
    std::uint8_t num_readonly_signed_accounts = 0;
    std::uint8_t num_readonly_unsigned_accounts = 0;
};

/// One instruction of a message; spans point into the transaction's bytes.
struct CompiledInstructionView {
    std::uint8_t program_id_index = 0;
    ByteView accounts;
    ByteView data;
};

struct AddressTableLookupView {
    const Pubkey* account_key = nullptr;
    ByteView writable_indexes;
    ByteView readonly_indexes;
};

/// Well-formed transaction bytes, not yet sanitized: every length fits, nothing is left over, and
/// no index or signature count has been checked. Views the bytes given to parse(), which must
/// outlive it.
class TransactionView {
public:
    /// Legacy and v0. Never reads outside `bytes`; counts above what `bytes` can hold are refused.
    [[nodiscard]] static Result<TransactionView, TransactionParseError> parse(ByteView bytes);
    /// Same for a transaction that other bytes may follow, as in an entry: bytes() of the view says
    /// where it ends.
    [[nodiscard]] static Result<TransactionView, TransactionParseError>
    parse_prefix(ByteView bytes);

    [[nodiscard]] ByteView bytes() const { return bytes_; }
    /// The signed part: message bytes including the version byte.
    [[nodiscard]] ByteView message() const { return bytes_.subspan(message_offset_); }
    [[nodiscard]] TransactionVersion version() const { return version_; }
    [[nodiscard]] MessageHeader header() const { return header_; }
    [[nodiscard]] std::span<const Signature> signatures() const { return signatures_; }
    [[nodiscard]] std::span<const Pubkey> static_keys() const { return keys_; }
    [[nodiscard]] const Hash& recent_blockhash() const { return *recent_blockhash_; }
    [[nodiscard]] std::span<const CompiledInstructionView> instructions() const {
        return instructions_;
    }
    [[nodiscard]] std::span<const AddressTableLookupView> lookups() const { return lookups_; }

private:
    ByteView bytes_;
    std::size_t message_offset_ = 0;
    TransactionVersion version_ = TransactionVersion::Legacy;
    MessageHeader header_;
    std::span<const Signature> signatures_;
    std::span<const Pubkey> keys_;
    const Hash* recent_blockhash_ = nullptr;
    std::vector<CompiledInstructionView> instructions_;
    std::vector<AddressTableLookupView> lookups_;
};

struct AccountMeta {
    Pubkey pubkey;
    bool is_signer = false;
    bool is_writable = false;
};

/// An instruction by addresses, as clients write it.
struct Instruction {
    Pubkey program_id;
    std::vector<AccountMeta> accounts;
    Bytes data;
};

/// Serialized legacy message of `instructions`: payer first, then writable signers, read-only
/// signers, writable and read-only others, each group in order of first appearance. Flags of
/// repeats are joined. Error: more than 256 keys.
[[nodiscard]] Result<Bytes> compile_legacy_message(const Pubkey& payer,
                                                   std::span<const Instruction> instructions,
                                                   const Hash& recent_blockhash);

/// compact-u16 count, signatures, message.
[[nodiscard]] Bytes serialize_transaction(std::span<const Signature> signatures, ByteView message);

} // namespace fathom

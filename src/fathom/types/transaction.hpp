// SPDX-License-Identifier: Apache-2.0
// A transaction on the wire: a zero-copy view of well-formed bytes, and a builder that writes them.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <array>
#include <cstdint>
#include <optional>
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
        BadConfig,
    };
    Kind kind;
    std::uint32_t offset;
    std::string_view what; // static text: which field
};

enum class TransactionVersion : std::uint8_t { Legacy, V0, V1 };

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

/// What a message of version 1 asks for in its header (SIMD-0385). Absent: nothing, save for the
/// heap.
struct TransactionConfig {
    std::optional<Lamports> priority_fee = {}; // in total, not per compute unit
    std::optional<std::uint32_t> compute_unit_limit = {};
    std::optional<std::uint32_t> loaded_accounts_data_size = {};
    std::optional<std::uint32_t> heap_size = {};

    friend bool operator==(const TransactionConfig&, const TransactionConfig&) = default;
};

/// Well-formed transaction bytes, not yet sanitized: every length fits, nothing is left over, and
/// no index or signature count has been checked. Views the bytes given to parse(), which must
/// outlive it.
class TransactionView {
public:
    /// All versions, whatever the feature set. Never reads outside `bytes`; counts above what
    /// `bytes` can hold are refused.
    [[nodiscard]] static Result<TransactionView, TransactionParseError> parse(ByteView bytes);
    /// Same for a transaction that other bytes may follow, as in an entry: bytes() of the view says
    /// where it ends.
    [[nodiscard]] static Result<TransactionView, TransactionParseError>
    parse_prefix(ByteView bytes);
    /// parse() into a view that there is already, whose memory is used again. After an error it
    /// views nothing one may rely on.
    [[nodiscard]] Result<void, TransactionParseError> assign(ByteView bytes);

    [[nodiscard]] ByteView bytes() const { return bytes_; }
    /// The signed part: message bytes including the version byte.
    [[nodiscard]] ByteView message() const {
        return bytes_.subspan(message_offset_, message_size_);
    }
    [[nodiscard]] TransactionVersion version() const { return version_; }
    [[nodiscard]] MessageHeader header() const { return header_; }
    [[nodiscard]] std::span<const Signature> signatures() const { return signatures_; }
    [[nodiscard]] std::span<const Pubkey> static_keys() const { return keys_; }
    [[nodiscard]] const Hash& recent_blockhash() const { return *recent_blockhash_; }
    [[nodiscard]] std::span<const CompiledInstructionView> instructions() const {
        return instructions_;
    }
    [[nodiscard]] std::span<const AddressTableLookupView> lookups() const { return lookups_; }
    /// Nothing before version 1.
    [[nodiscard]] const TransactionConfig& config() const { return config_; }

private:
    [[nodiscard]] Result<void, TransactionParseError> assign_prefix(ByteView bytes);
    [[nodiscard]] Result<void, TransactionParseError> assign_v1(ByteView bytes);

    ByteView bytes_;
    std::size_t message_offset_ = 0;
    std::size_t message_size_ = 0;
    TransactionVersion version_ = TransactionVersion::Legacy;
    MessageHeader header_;
    std::span<const Signature> signatures_;
    std::span<const Pubkey> keys_;
    const Hash* recent_blockhash_ = nullptr;
    std::vector<CompiledInstructionView> instructions_;
    std::vector<AddressTableLookupView> lookups_;
    TransactionConfig config_;
};

/// What a bank remembers a message by: BLAKE3 of a fixed text and the signed part, the same for all
/// versions.
[[nodiscard]] Hash message_hash(ByteView message);

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

/// The same as a message of version 1. Error: more than 64 keys or instructions, or an instruction
/// with more than 255 accounts or 65535 data bytes.
[[nodiscard]] Result<Bytes> compile_v1_message(const Pubkey& payer,
                                               std::span<const Instruction> instructions,
                                               const Hash& recent_blockhash,
                                               const TransactionConfig& config);

/// compact-u16 count, signatures, message; of version 1: message, signatures.
[[nodiscard]] Bytes serialize_transaction(std::span<const Signature> signatures, ByteView message);

} // namespace fathom

// SPDX-License-Identifier: Apache-2.0
// Parsing and writing transactions in their wire form.
#include "fathom/types/transaction.hpp"

#include "fathom/types/compact_u16.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace fathom {

namespace {

using Kind = TransactionParseError::Kind;
template <class T> using Parsed = Result<T, TransactionParseError>;

constexpr std::uint8_t kVersionBit = 0x80;
constexpr std::size_t kMinInstructionSize = 3; // program index and two empty lengths
constexpr std::size_t kMinLookupSize = sizeof(Pubkey) + 2;
constexpr std::size_t kMaxKeys = 256;
/// Errors state offsets in 32 bits.
constexpr std::size_t kMaxOffset = std::numeric_limits<std::uint32_t>::max();

/// Keys, hashes and signatures are bytes without alignment, so wire bytes can be viewed as them.
template <class T> const T* view_as(ByteView bytes) {
    static_assert(alignof(T) == 1 && std::is_trivially_copyable_v<T>);
    return reinterpret_cast<const T*>(bytes.data());
}

/// Cursor over the wire bytes; every read is checked and names the field it failed at.
class WireReader {
public:
    explicit WireReader(ByteView bytes) : bytes_(bytes) {}

    [[nodiscard]] std::size_t offset() const { return offset_; }
    [[nodiscard]] std::size_t remaining() const { return bytes_.size() - offset_; }

    [[nodiscard]] std::unexpected<TransactionParseError> fail(Kind kind,
                                                              std::string_view what) const {
        return std::unexpected(
            TransactionParseError{kind, static_cast<std::uint32_t>(offset_), what});
    }
    Parsed<std::uint8_t> byte(std::string_view what) {
        if (remaining() == 0) return fail(Kind::Truncated, what);
        return bytes_[offset_++];
    }
    Parsed<ByteView> take(std::size_t size, std::string_view what) {
        if (remaining() < size) return fail(Kind::Truncated, what);
        const ByteView taken = bytes_.subspan(offset_, size);
        offset_ += size;
        return taken;
    }
    Parsed<std::uint16_t> length(std::string_view what) {
        const auto value = types::read_compact_u16(bytes_, offset_);
        if (!value) return fail(is_length_cut() ? Kind::Truncated : Kind::BadLength, what);
        return *value;
    }
    /// A length whose items take at least `item_size` bytes each.
    Parsed<std::uint16_t> count(std::size_t item_size, std::string_view what) {
        const std::uint16_t value = FATHOM_TRY(length(what));
        if (value > remaining() / item_size) return fail(Kind::TooManyItems, what);
        return value;
    }
    template <class T> Parsed<std::span<const T>> items(std::string_view what) {
        const std::uint16_t value = FATHOM_TRY(count(sizeof(T), what));
        const ByteView taken = FATHOM_TRY(take(value * sizeof(T), what));
        return std::span<const T>(view_as<T>(taken), value);
    }
    Parsed<ByteView> byte_string(std::string_view what) {
        const std::uint16_t size = FATHOM_TRY(length(what));
        return take(size, what);
    }

private:
    /// The bytes at the cursor could be the beginning of a valid length.
    [[nodiscard]] bool is_length_cut() const {
        if (remaining() > 2) return false;
        const ByteView rest = bytes_.subspan(offset_);
        return std::all_of(rest.begin(), rest.end(), [](auto byte) { return byte >= 0x80; });
    }

    ByteView bytes_;
    std::size_t offset_ = 0;
};

struct Prefix {
    TransactionVersion version;
    MessageHeader header;
};

Parsed<Prefix> parse_message_prefix(WireReader& reader) {
    const std::size_t start = reader.offset();
    std::uint8_t first = FATHOM_TRY(reader.byte("message version"));
    TransactionVersion version = TransactionVersion::Legacy;
    if ((first & kVersionBit) != 0) {
        if (first != kVersionBit) {
            return std::unexpected(TransactionParseError{
                Kind::UnsupportedVersion, static_cast<std::uint32_t>(start), "message version"});
        }
        version = TransactionVersion::V0;
        first = FATHOM_TRY(reader.byte("message header"));
    }
    const std::uint8_t readonly_signed = FATHOM_TRY(reader.byte("message header"));
    const std::uint8_t readonly_unsigned = FATHOM_TRY(reader.byte("message header"));
    return Prefix{version, {first, readonly_signed, readonly_unsigned}};
}

Parsed<std::vector<CompiledInstructionView>> parse_instructions(WireReader& reader) {
    const std::uint16_t count = FATHOM_TRY(reader.count(kMinInstructionSize, "instructions"));
    std::vector<CompiledInstructionView> instructions;
    instructions.reserve(count);
    for (std::uint16_t i = 0; i < count; ++i) {
        CompiledInstructionView instruction;
        instruction.program_id_index = FATHOM_TRY(reader.byte("instruction program index"));
        instruction.accounts = FATHOM_TRY(reader.byte_string("instruction accounts"));
        instruction.data = FATHOM_TRY(reader.byte_string("instruction data"));
        instructions.push_back(instruction);
    }
    return instructions;
}

Parsed<std::vector<AddressTableLookupView>> parse_lookups(WireReader& reader) {
    const std::uint16_t count = FATHOM_TRY(reader.count(kMinLookupSize, "address table lookups"));
    std::vector<AddressTableLookupView> lookups;
    lookups.reserve(count);
    for (std::uint16_t i = 0; i < count; ++i) {
        AddressTableLookupView lookup;
        lookup.account_key =
            view_as<Pubkey>(FATHOM_TRY(reader.take(sizeof(Pubkey), "lookup table address")));
        lookup.writable_indexes = FATHOM_TRY(reader.byte_string("lookup writable indexes"));
        lookup.readonly_indexes = FATHOM_TRY(reader.byte_string("lookup readonly indexes"));
        lookups.push_back(lookup);
    }
    return lookups;
}

} // namespace

Result<TransactionView, TransactionParseError> TransactionView::parse(ByteView bytes) {
    if (bytes.size() > kMaxOffset) {
        return WireReader(bytes).fail(Kind::TrailingBytes, "transaction");
    }
    TransactionView view = FATHOM_TRY(parse_prefix(bytes));
    if (view.bytes_.size() != bytes.size()) {
        const auto end = static_cast<std::uint32_t>(view.bytes_.size());
        return std::unexpected(TransactionParseError{Kind::TrailingBytes, end, "transaction"});
    }
    return view;
}

Result<TransactionView, TransactionParseError> TransactionView::parse_prefix(ByteView bytes) {
    WireReader reader(bytes.first(std::min(bytes.size(), kMaxOffset)));
    // A set high bit here is a version byte in front of everything (0x81, SIMD-0385) or nothing
    // known: agave transaction-view/src/transaction_frame.rs is_legacy_or_v0.
    if (!bytes.empty() && (bytes[0] & kVersionBit) != 0) {
        return reader.fail(Kind::UnsupportedVersion, "transaction version");
    }
    TransactionView view;
    view.signatures_ = FATHOM_TRY(reader.items<Signature>("signatures"));
    view.message_offset_ = reader.offset();
    const Prefix prefix = FATHOM_TRY(parse_message_prefix(reader));
    view.version_ = prefix.version;
    view.header_ = prefix.header;
    view.keys_ = FATHOM_TRY(reader.items<Pubkey>("account keys"));
    view.recent_blockhash_ = view_as<Hash>(FATHOM_TRY(reader.take(sizeof(Hash), "blockhash")));
    view.instructions_ = FATHOM_TRY(parse_instructions(reader));
    if (view.version_ == TransactionVersion::V0) {
        view.lookups_ = FATHOM_TRY(parse_lookups(reader));
    }
    view.bytes_ = bytes.first(reader.offset());
    return view;
}

namespace {

/// The keys of a message under construction, with their joined flags, in order of appearance.
class KeyTable {
public:
    /// False if there are more keys than an index can name.
    bool add(const Pubkey& key, bool is_signer, bool is_writable) {
        const auto known = std::find_if(metas_.begin(), metas_.end(), [&](const AccountMeta& meta) {
            return meta.pubkey == key;
        });
        if (known == metas_.end()) {
            metas_.push_back({key, is_signer, is_writable});
            return metas_.size() <= kMaxKeys;
        }
        known->is_signer |= is_signer;
        known->is_writable |= is_writable;
        return true;
    }
    /// Brings the keys into message order; the first one, the payer, stays first.
    void sort() {
        std::vector<AccountMeta> sorted;
        sorted.reserve(metas_.size());
        for (const auto& [is_signer, is_writable] :
             {std::pair{true, true}, {true, false}, {false, true}, {false, false}}) {
            for (const AccountMeta& meta : metas_) {
                if (meta.is_signer == is_signer && meta.is_writable == is_writable) {
                    sorted.push_back(meta);
                }
            }
        }
        metas_ = std::move(sorted);
    }
    [[nodiscard]] std::size_t count(bool is_signer, bool is_writable) const {
        return static_cast<std::size_t>(
            std::count_if(metas_.begin(), metas_.end(), [&](const AccountMeta& meta) {
                return meta.is_signer == is_signer && meta.is_writable == is_writable;
            }));
    }
    [[nodiscard]] std::uint8_t index_of(const Pubkey& key) const {
        const auto at = std::find_if(metas_.begin(), metas_.end(),
                                     [&](const AccountMeta& meta) { return meta.pubkey == key; });
        return static_cast<std::uint8_t>(at - metas_.begin());
    }
    [[nodiscard]] const std::vector<AccountMeta>& metas() const { return metas_; }

private:
    std::vector<AccountMeta> metas_;
};

std::unexpected<base::Error> too_large(const char* message) {
    return std::unexpected(base::Error(base::ErrorCode::Limit, message));
}

Result<KeyTable> collect_keys(const Pubkey& payer, std::span<const Instruction> instructions) {
    KeyTable keys;
    bool fits = keys.add(payer, true, true);
    for (const Instruction& instruction : instructions) {
        for (const AccountMeta& meta : instruction.accounts) {
            fits = fits && keys.add(meta.pubkey, meta.is_signer, meta.is_writable);
        }
        fits = fits && keys.add(instruction.program_id, false, false);
        if (!fits) return too_large("message: more than 256 account keys");
    }
    keys.sort();
    return keys;
}

void append(Bytes& out, ByteView bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

/// Counts of the three header bytes; the first must stay below the version bit.
Result<void> append_header(Bytes& out, const KeyTable& keys) {
    const std::size_t readonly_signers = keys.count(true, false);
    const std::size_t signers = readonly_signers + keys.count(true, true);
    const std::size_t readonly_others = keys.count(false, false);
    if (signers >= kVersionBit) return too_large("message: more than 127 signers");
    if (readonly_others > 255) return too_large("message: more than 255 read-only keys");
    out.push_back(static_cast<std::uint8_t>(signers));
    out.push_back(static_cast<std::uint8_t>(readonly_signers));
    out.push_back(static_cast<std::uint8_t>(readonly_others));
    return {};
}

} // namespace

Result<Bytes> compile_legacy_message(const Pubkey& payer, std::span<const Instruction> instructions,
                                     const Hash& recent_blockhash) {
    constexpr std::size_t kMaxLength = std::numeric_limits<std::uint16_t>::max();
    const KeyTable keys = FATHOM_TRY(collect_keys(payer, instructions));
    if (instructions.size() > kMaxLength) return too_large("message: more than 65535 instructions");
    Bytes out;
    FATHOM_CHECK(append_header(out, keys));
    types::append_compact_u16(out, static_cast<std::uint16_t>(keys.metas().size()));
    for (const AccountMeta& meta : keys.metas()) append(out, meta.pubkey.view());
    append(out, recent_blockhash.view());
    types::append_compact_u16(out, static_cast<std::uint16_t>(instructions.size()));
    for (const Instruction& instruction : instructions) {
        if (std::max(instruction.accounts.size(), instruction.data.size()) > kMaxLength) {
            return too_large("message: an instruction with more than 65535 accounts or data bytes");
        }
        out.push_back(keys.index_of(instruction.program_id));
        types::append_compact_u16(out, static_cast<std::uint16_t>(instruction.accounts.size()));
        for (const AccountMeta& meta : instruction.accounts) {
            out.push_back(keys.index_of(meta.pubkey));
        }
        types::append_compact_u16(out, static_cast<std::uint16_t>(instruction.data.size()));
        append(out, instruction.data);
    }
    return out;
}

Bytes serialize_transaction(std::span<const Signature> signatures, ByteView message) {
    Bytes out;
    out.reserve(3 + signatures.size() * sizeof(Signature) + message.size());
    types::append_compact_u16(out, static_cast<std::uint16_t>(signatures.size()));
    for (const Signature& signature : signatures) append(out, signature.view());
    append(out, message);
    return out;
}

} // namespace fathom

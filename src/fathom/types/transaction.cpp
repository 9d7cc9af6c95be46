// SPDX-License-Identifier: Apache-2.0
// Parsing and writing transactions in their wire form.
#include "fathom/types/transaction.hpp"

#include "fathom/crypto/blake3.hpp"
#include "fathom/types/compact_u16.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace fathom {

namespace {

using Kind = TransactionParseError::Kind;
template <class T> using Parsed = Result<T, TransactionParseError>;

constexpr std::uint8_t kVersionBit = 0x80;
constexpr std::uint8_t kVersion1 = 0x81;       // the first byte of the transaction
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
    template <class T> Parsed<T> number(std::string_view what) {
        return load_le<T>(FATHOM_TRY(take(sizeof(T), what)).data());
    }
    template <class T> Parsed<std::span<const T>> items(std::string_view what) {
        return items<T>(FATHOM_TRY(count(sizeof(T), what)), what);
    }
    template <class T> Parsed<std::span<const T>> items(std::size_t value, std::string_view what) {
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

Parsed<void> parse_instructions(WireReader& reader,
                                std::vector<CompiledInstructionView>& instructions) {
    const std::uint16_t count = FATHOM_TRY(reader.count(kMinInstructionSize, "instructions"));
    instructions.clear();
    instructions.reserve(count);
    for (std::uint16_t i = 0; i < count; ++i) {
        CompiledInstructionView instruction;
        instruction.program_id_index = FATHOM_TRY(reader.byte("instruction program index"));
        instruction.accounts = FATHOM_TRY(reader.byte_string("instruction accounts"));
        instruction.data = FATHOM_TRY(reader.byte_string("instruction data"));
        instructions.push_back(instruction);
    }
    return {};
}

Parsed<void> parse_lookups(WireReader& reader, std::vector<AddressTableLookupView>& lookups) {
    const std::uint16_t count = FATHOM_TRY(reader.count(kMinLookupSize, "address table lookups"));
    lookups.reserve(count);
    for (std::uint16_t i = 0; i < count; ++i) {
        AddressTableLookupView lookup;
        lookup.account_key =
            view_as<Pubkey>(FATHOM_TRY(reader.take(sizeof(Pubkey), "lookup table address")));
        lookup.writable_indexes = FATHOM_TRY(reader.byte_string("lookup writable indexes"));
        lookup.readonly_indexes = FATHOM_TRY(reader.byte_string("lookup readonly indexes"));
        lookups.push_back(lookup);
    }
    return {};
}

// --- version 1 (SIMD-0385; agave transaction-view/src/transaction_frame.rs try_new_as_v1) ---

/// Bits of the mask. The fee takes two words and has two bits, both set or none.
enum ConfigBit : std::uint32_t {
    kPriorityFee = 0b11,
    kComputeUnitLimit = 0b100,
    kLoadedAccountsDataSize = 0b1000,
    kHeapSize = 0b10000,
    kKnownConfig = 0b11111,
};

bool is_valid_config_mask(std::uint32_t mask) {
    const std::uint32_t fee = mask & kPriorityFee;
    return (mask & ~kKnownConfig) == 0 && (fee == 0 || fee == kPriorityFee);
}

Parsed<TransactionConfig> parse_config(WireReader& reader, std::uint32_t mask) {
    TransactionConfig config;
    const auto read_word = [&](ConfigBit bit) -> Parsed<std::optional<std::uint32_t>> {
        if ((mask & bit) == 0) return std::nullopt;
        return FATHOM_TRY(reader.number<std::uint32_t>("config value"));
    };
    if (mask & kPriorityFee)
        config.priority_fee = FATHOM_TRY(reader.number<Lamports>("config value"));
    config.compute_unit_limit = FATHOM_TRY(read_word(kComputeUnitLimit));
    config.loaded_accounts_data_size = FATHOM_TRY(read_word(kLoadedAccountsDataSize));
    config.heap_size = FATHOM_TRY(read_word(kHeapSize));
    return config;
}

/// Headers of all instructions, then their accounts and data.
Parsed<void> parse_v1_instructions(WireReader& reader, std::size_t count,
                                   std::vector<CompiledInstructionView>& instructions) {
    struct Header {
        std::uint8_t program = 0;
        std::uint8_t accounts = 0;
        std::array<std::uint8_t, 2> data_size{};
    };
    const auto headers = FATHOM_TRY(reader.items<Header>(count, "instruction headers"));
    instructions.clear();
    instructions.reserve(count);
    for (const Header& header : headers) {
        CompiledInstructionView instruction;
        instruction.program_id_index = header.program;
        instruction.accounts = FATHOM_TRY(reader.take(header.accounts, "instruction accounts"));
        instruction.data = FATHOM_TRY(
            reader.take(load_le<std::uint16_t>(header.data_size.data()), "instruction data"));
        instructions.push_back(instruction);
    }
    return {};
}

} // namespace

Result<TransactionView, TransactionParseError> TransactionView::parse(ByteView bytes) {
    TransactionView view;
    FATHOM_CHECK(view.assign(bytes));
    return view;
}

Result<TransactionView, TransactionParseError> TransactionView::parse_prefix(ByteView bytes) {
    TransactionView view;
    FATHOM_CHECK(view.assign_prefix(bytes));
    return view;
}

Result<void, TransactionParseError> TransactionView::assign(ByteView bytes) {
    if (bytes.size() > kMaxOffset) {
        return WireReader(bytes).fail(Kind::TrailingBytes, "transaction");
    }
    FATHOM_CHECK(assign_prefix(bytes));
    if (bytes_.size() != bytes.size()) {
        const auto end = static_cast<std::uint32_t>(bytes_.size());
        return std::unexpected(TransactionParseError{Kind::TrailingBytes, end, "transaction"});
    }
    return {};
}

Result<void, TransactionParseError> TransactionView::assign_prefix(ByteView bytes) {
    WireReader reader(bytes.first(std::min(bytes.size(), kMaxOffset)));
    lookups_.clear();
    config_ = {};
    // A set high bit here is a version byte in front of everything: agave
    // transaction-view/src/transaction_frame.rs is_legacy_or_v0.
    if (!bytes.empty() && bytes[0] == kVersion1) return assign_v1(bytes);
    if (!bytes.empty() && (bytes[0] & kVersionBit) != 0) {
        return reader.fail(Kind::UnsupportedVersion, "transaction version");
    }
    signatures_ = FATHOM_TRY(reader.items<Signature>("signatures"));
    message_offset_ = reader.offset();
    const Prefix prefix = FATHOM_TRY(parse_message_prefix(reader));
    version_ = prefix.version;
    header_ = prefix.header;
    keys_ = FATHOM_TRY(reader.items<Pubkey>("account keys"));
    recent_blockhash_ = view_as<Hash>(FATHOM_TRY(reader.take(sizeof(Hash), "blockhash")));
    FATHOM_CHECK(parse_instructions(reader, instructions_));
    if (version_ == TransactionVersion::V0) FATHOM_CHECK(parse_lookups(reader, lookups_));
    message_size_ = reader.offset() - message_offset_;
    bytes_ = bytes.first(reader.offset());
    return {};
}

Result<void, TransactionParseError> TransactionView::assign_v1(ByteView bytes) {
    WireReader reader(bytes.first(std::min(bytes.size(), kMaxOffset)));
    version_ = TransactionVersion::V1;
    message_offset_ = 0;
    const ByteView header = FATHOM_TRY(reader.take(4, "message header")).subspan(1);
    header_ = {header[0], header[1], header[2]};
    const auto mask = FATHOM_TRY(reader.number<std::uint32_t>("config mask"));
    recent_blockhash_ = view_as<Hash>(FATHOM_TRY(reader.take(sizeof(Hash), "blockhash")));
    const std::uint8_t instructions = FATHOM_TRY(reader.byte("instructions"));
    const std::uint8_t keys = FATHOM_TRY(reader.byte("account keys"));
    keys_ = FATHOM_TRY(reader.items<Pubkey>(keys, "account keys"));
    if (!is_valid_config_mask(mask)) return reader.fail(Kind::BadConfig, "config mask");
    config_ = FATHOM_TRY(parse_config(reader, mask));
    FATHOM_CHECK(parse_v1_instructions(reader, instructions, instructions_));
    message_size_ = reader.offset();
    signatures_ =
        FATHOM_TRY(reader.items<Signature>(header_.num_required_signatures, "signatures"));
    bytes_ = bytes.first(reader.offset());
    return {};
}

Hash message_hash(ByteView message) {
    crypto::Blake3 hash;
    hash.update(as_bytes("solana-tx-message-v1")).update(message);
    return {hash.finish()};
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

namespace {

template <class T> void append_number(Bytes& out, T value) {
    const std::size_t at = out.size();
    out.resize(at + sizeof(T));
    store_le(out.data() + at, value);
}

void append_config(Bytes& out, const TransactionConfig& config) {
    if (config.priority_fee) append_number(out, *config.priority_fee);
    for (const auto& word :
         {config.compute_unit_limit, config.loaded_accounts_data_size, config.heap_size}) {
        if (word) append_number(out, *word);
    }
}

std::uint32_t mask_of(const TransactionConfig& config) {
    return (config.priority_fee ? kPriorityFee : 0u) |
           (config.compute_unit_limit ? kComputeUnitLimit : 0u) |
           (config.loaded_accounts_data_size ? kLoadedAccountsDataSize : 0u) |
           (config.heap_size ? kHeapSize : 0u);
}

} // namespace

Result<Bytes> compile_v1_message(const Pubkey& payer, std::span<const Instruction> instructions,
                                 const Hash& recent_blockhash, const TransactionConfig& config) {
    constexpr std::size_t kMaxItems = 64;
    const KeyTable keys = FATHOM_TRY(collect_keys(payer, instructions));
    if (keys.metas().size() > kMaxItems) return too_large("message: more than 64 account keys");
    if (instructions.size() > kMaxItems) return too_large("message: more than 64 instructions");
    Bytes out{kVersion1};
    FATHOM_CHECK(append_header(out, keys));
    append_number(out, mask_of(config));
    append(out, recent_blockhash.view());
    out.push_back(static_cast<std::uint8_t>(instructions.size()));
    out.push_back(static_cast<std::uint8_t>(keys.metas().size()));
    for (const AccountMeta& meta : keys.metas()) append(out, meta.pubkey.view());
    append_config(out, config);
    for (const Instruction& instruction : instructions) {
        if (instruction.accounts.size() > 255 || instruction.data.size() > 65535) {
            return too_large("message: an instruction with more than 255 accounts or 65535 bytes");
        }
        out.push_back(keys.index_of(instruction.program_id));
        out.push_back(static_cast<std::uint8_t>(instruction.accounts.size()));
        append_number(out, static_cast<std::uint16_t>(instruction.data.size()));
    }
    for (const Instruction& instruction : instructions) {
        for (const AccountMeta& meta : instruction.accounts) {
            out.push_back(keys.index_of(meta.pubkey));
        }
        append(out, instruction.data);
    }
    return out;
}

Bytes serialize_transaction(std::span<const Signature> signatures, ByteView message) {
    Bytes out;
    out.reserve(3 + signatures.size() * sizeof(Signature) + message.size());
    if (!message.empty() && message[0] == kVersion1) {
        append(out, message);
        for (const Signature& signature : signatures) append(out, signature.view());
        return out;
    }
    types::append_compact_u16(out, static_cast<std::uint16_t>(signatures.size()));
    for (const Signature& signature : signatures) append(out, signature.view());
    append(out, message);
    return out;
}

} // namespace fathom

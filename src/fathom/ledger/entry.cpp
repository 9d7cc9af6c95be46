// SPDX-License-Identifier: Apache-2.0
// Entries on the wire (agave entry/src/entry.rs and block_component.rs) and their hashes.
#include "fathom/ledger/entry.hpp"

#include "fathom/crypto/sha256.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace fathom::ledger {
namespace {

using Kind = EntryParseError::Kind;
template <class T> using Parsed = Result<T, EntryParseError>;

constexpr std::size_t kMinEntrySize = 8 + sizeof(Hash) + 8;
/// One signature count, header, empty list of keys, blockhash, empty list of instructions.
constexpr std::size_t kMinTransactionSize = 1 + 3 + 1 + sizeof(Hash) + 1;
/// 40 MiB of entries of 64 bytes each, as Agave counts them before it reads any
/// (MaxDataShredsLen in entry/src/entry.rs).
constexpr std::uint64_t kMaxEntries = std::uint64_t{32768} * 1232 / 64;

class ComponentReader {
public:
    explicit ComponentReader(ByteView bytes) : bytes_(bytes) {}

    [[nodiscard]] std::size_t remaining() const { return bytes_.size() - offset_; }
    [[nodiscard]] std::unexpected<EntryParseError> fail(Kind kind) const {
        return std::unexpected(EntryParseError{kind, offset_, std::nullopt});
    }

    template <class T> Parsed<T> read() {
        if (remaining() < sizeof(T)) return fail(Kind::Truncated);
        const T value = load_le<T>(bytes_.data() + offset_);
        offset_ += sizeof(T);
        return value;
    }
    Parsed<ByteView> take(std::size_t size) {
        if (remaining() < size) return fail(Kind::Truncated);
        const ByteView taken = bytes_.subspan(offset_, size);
        offset_ += size;
        return taken;
    }
    Parsed<TransactionView> transaction() {
        auto view = TransactionView::parse_prefix(bytes_.subspan(offset_));
        if (!view) {
            return std::unexpected(
                EntryParseError{Kind::InvalidTransaction, offset_, view.error()});
        }
        offset_ += view->bytes().size();
        return *std::move(view);
    }

private:
    ByteView bytes_;
    std::size_t offset_ = 0;
};

Parsed<Entry> read_entry(ComponentReader& reader) {
    Entry entry;
    entry.num_hashes = FATHOM_TRY(reader.read<std::uint64_t>());
    entry.hash = FATHOM_TRY(reader.read<Hash>());
    const auto count = FATHOM_TRY(reader.read<std::uint64_t>());
    if (count > reader.remaining() / kMinTransactionSize) {
        return reader.fail(Kind::TooManyTransactions);
    }
    entry.transactions.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        entry.transactions.push_back(FATHOM_TRY(reader.transaction()));
    }
    return entry;
}

Parsed<BlockMarker> read_marker(ComponentReader& reader) {
    constexpr std::uint16_t kVersion = 1;
    constexpr std::uint8_t kVariants = 4;
    if (reader.remaining() == 0) return reader.fail(Kind::BlockAborted);
    BlockMarker marker;
    marker.version = FATHOM_TRY(reader.read<std::uint16_t>());
    if (marker.version != kVersion) return reader.fail(Kind::InvalidMarker);
    marker.variant = FATHOM_TRY(reader.read<std::uint8_t>());
    if (marker.variant >= kVariants) return reader.fail(Kind::InvalidMarker);
    const auto length = FATHOM_TRY(reader.read<std::uint16_t>());
    marker.payload = FATHOM_TRY(reader.take(length));
    return marker;
}

crypto::Sha256Digest hash_leaf(const Signature& signature) {
    constexpr std::array<std::uint8_t, 1> kLeaf{0};
    return crypto::Sha256().update(kLeaf).update(signature.view()).finish();
}

crypto::Sha256Digest hash_pair(const crypto::Sha256Digest& left,
                               const crypto::Sha256Digest& right) {
    constexpr std::array<std::uint8_t, 1> kNode{1};
    return crypto::Sha256().update(kNode).update(left).update(right).finish();
}

template <class T> void append(Bytes& out, const T& value) {
    const auto* first = reinterpret_cast<const std::uint8_t*>(&value);
    out.insert(out.end(), first, first + sizeof(T));
}

std::string_view kind_text(Kind kind) {
    switch (kind) {
    case Kind::Truncated: return "cut off";
    case Kind::TooManyEntries: return "more entries than bytes for them";
    case Kind::TooManyTransactions: return "more transactions than bytes for them";
    case Kind::InvalidTransaction: return "malformed transaction";
    case Kind::BlockAborted: return "empty entry batch: the leader gave the block up";
    case Kind::InvalidMarker: return "unknown block marker";
    }
    return "";
}

} // namespace

std::string EntryParseError::message() const {
    std::string text = "offset " + std::to_string(offset) + ": ";
    text += kind_text(kind);
    if (transaction) {
        text += " (";
        text += transaction->what;
        text += " at its byte " + std::to_string(transaction->offset) + ")";
    }
    return text;
}

Result<BlockComponent, EntryParseError> parse_component(ByteView bytes) {
    ComponentReader reader(bytes);
    const auto count = FATHOM_TRY(reader.read<std::uint64_t>());
    BlockComponent component;
    if (count == 0) {
        component.marker = FATHOM_TRY(read_marker(reader));
        return component;
    }
    if (count > std::min<std::uint64_t>(kMaxEntries, reader.remaining() / kMinEntrySize)) {
        return reader.fail(Kind::TooManyEntries);
    }
    component.entries.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        component.entries.push_back(FATHOM_TRY(read_entry(reader)));
    }
    return component;
}

Bytes serialize_entries(std::span<const Entry> entries) {
    Bytes out;
    append(out, std::uint64_t{entries.size()});
    for (const Entry& entry : entries) {
        append(out, entry.num_hashes);
        append(out, entry.hash);
        append(out, std::uint64_t{entry.transactions.size()});
        for (const TransactionView& transaction : entry.transactions) {
            const ByteView bytes = transaction.bytes();
            out.insert(out.end(), bytes.begin(), bytes.end());
        }
    }
    return out;
}

Hash signatures_root(std::span<const TransactionView> transactions) {
    std::vector<crypto::Sha256Digest> level;
    for (const TransactionView& transaction : transactions) {
        for (const Signature& signature : transaction.signatures()) {
            level.push_back(hash_leaf(signature));
        }
    }
    if (level.empty()) return {};
    while (level.size() > 1) {
        const std::size_t parents = (level.size() + 1) / 2;
        for (std::size_t i = 0; i < parents; ++i) {
            const auto& right = level[std::min(2 * i + 1, level.size() - 1)];
            level[i] = hash_pair(level[2 * i], right);
        }
        level.resize(parents);
    }
    return Hash{level.front()};
}

Hash next_hash(const Hash& start, std::uint64_t num_hashes,
               std::span<const TransactionView> transactions) {
    if (num_hashes == 0 && transactions.empty()) return start;
    crypto::Sha256Digest hash = start.bytes;
    for (std::uint64_t i = 1; i < num_hashes; ++i) hash = crypto::sha256(hash);
    if (transactions.empty()) return Hash{crypto::sha256(hash)};
    return Hash{
        crypto::Sha256().update(hash).update(signatures_root(transactions).view()).finish()};
}

} // namespace fathom::ledger

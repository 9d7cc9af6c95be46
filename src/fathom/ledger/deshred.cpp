// SPDX-License-Identifier: Apache-2.0
// Ordering, completeness and concatenation of data shreds (agave ledger/src/shredder.rs deshred,
// blockstore.rs get_completed_data_ranges).
#include "fathom/ledger/deshred.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace fathom::ledger {
namespace {

using Kind = DeshredError::Kind;

std::unexpected<DeshredError> fail(Kind kind, std::uint32_t index) {
    return std::unexpected(DeshredError{kind, index, std::nullopt, std::nullopt});
}

Result<std::vector<DataShred>, DeshredError> parse_all(std::span<const ByteView> packets,
                                                       LegacyShreds legacy) {
    std::vector<DataShred> shreds;
    shreds.reserve(packets.size());
    for (const ByteView packet : packets) {
        auto shred = parse_data_shred(packet, legacy);
        if (!shred) {
            const auto place = static_cast<std::uint32_t>(shreds.size());
            return std::unexpected(
                DeshredError{Kind::InvalidShred, place, shred.error(), std::nullopt});
        }
        if (!shreds.empty() && shred->slot != shreds.front().slot) {
            return fail(Kind::OtherSlot, shred->index);
        }
        if (!shreds.empty() && shred->parent != shreds.front().parent) {
            return fail(Kind::OtherParent, shred->index);
        }
        shreds.push_back(*shred);
    }
    if (shreds.empty()) return fail(Kind::Empty, 0);
    return shreds;
}

/// Every index from zero on once, and the last one, only, is marked as such.
Result<void, DeshredError> check_sequence(std::span<const DataShred> shreds) {
    std::uint32_t next = 0;
    bool is_behind_last = false;
    for (const DataShred& shred : shreds) {
        if (shred.index < next) return fail(Kind::Duplicate, shred.index);
        if (is_behind_last) return fail(Kind::BehindLast, shred.index);
        if (shred.index > next) return fail(Kind::Missing, next);
        is_behind_last = shred.is_last_in_slot;
        ++next;
    }
    if (!is_behind_last) return fail(Kind::MissingLast, next);
    return {};
}

std::string_view kind_text(Kind kind) {
    switch (kind) {
    case Kind::Empty: return "no shreds";
    case Kind::InvalidShred: return "invalid shred at place ";
    case Kind::OtherSlot: return "of another slot: shred ";
    case Kind::OtherParent: return "of another parent: shred ";
    case Kind::Duplicate: return "duplicate shred ";
    case Kind::Missing: return "missing shred ";
    case Kind::MissingLast: return "no last shred; missing from shred ";
    case Kind::BehindLast: return "behind the last shred: shred ";
    case Kind::InvalidEntries: return "entries in the range from shred ";
    }
    return "";
}

} // namespace

std::string DeshredError::message() const {
    std::string text(kind_text(kind));
    if (kind != Kind::Empty) text += std::to_string(index);
    if (shred) (text += ": ") += shred_error_text(*shred);
    if (entries) (text += ": ") += entries->message();
    return text;
}

Result<BlockBytes, DeshredError> deshred(std::span<const ByteView> packets, LegacyShreds legacy) {
    std::vector<DataShred> shreds = FATHOM_TRY(parse_all(packets, legacy));
    std::ranges::stable_sort(shreds, {}, &DataShred::index);
    FATHOM_CHECK(check_sequence(shreds));
    BlockBytes block;
    block.slot = shreds.front().slot;
    block.parent = shreds.front().parent;
    std::size_t size = 0;
    for (const DataShred& shred : shreds) size += shred.data.size();
    block.data.reserve(size);
    DataRange range;
    for (const DataShred& shred : shreds) {
        block.data.insert(block.data.end(), shred.data.begin(), shred.data.end());
        if (!shred.is_data_complete) continue;
        range.end_shred = shred.index + 1;
        range.size = block.data.size() - range.offset;
        block.ranges.push_back(range);
        range.first_shred = range.end_shred;
        range.offset = block.data.size();
    }
    if (shreds.back().is_merkle()) {
        auto root = merkle_root(shreds.back());
        if (!root) {
            const auto place = static_cast<std::uint32_t>(shreds.size() - 1);
            return std::unexpected(
                DeshredError{Kind::InvalidShred, place, root.error(), std::nullopt});
        }
        block.block_id = *root;
    }
    if (auto root = chained_merkle_root(shreds.front())) block.parent_block_id = *root;
    return block;
}

Result<std::vector<BlockComponent>, DeshredError> parse_components(const BlockBytes& block) {
    std::vector<BlockComponent> components;
    components.reserve(block.ranges.size());
    for (const DataRange& range : block.ranges) {
        auto component = parse_component(ByteView(block.data).subspan(range.offset, range.size));
        if (!component) {
            return std::unexpected(DeshredError{Kind::InvalidEntries, range.first_shred,
                                                std::nullopt, component.error()});
        }
        components.push_back(*std::move(component));
    }
    return components;
}

Result<std::vector<Entry>, DeshredError> parse_entries(const BlockBytes& block) {
    std::vector<BlockComponent> components = FATHOM_TRY(parse_components(block));
    std::vector<Entry> entries;
    for (BlockComponent& component : components) {
        std::ranges::move(component.entries, std::back_inserter(entries));
    }
    return entries;
}

} // namespace fathom::ledger

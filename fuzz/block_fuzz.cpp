// SPDX-License-Identifier: Apache-2.0
// Blocks from strangers: any component, shreds made of any fields, and whole blocks cut into shreds
// that arrive in any order, some of them changed.
#include "fathom/base/assert.hpp"
#include "fathom/ledger/deshred.hpp"
#include "fathom/ledger/poh.hpp"
#include "fathom/ledger/tick_rules.hpp"

#include <algorithm>
#include <array>

namespace {

using namespace fathom;
using namespace fathom::ledger;

constexpr std::size_t kShredSize = 1203;
constexpr std::size_t kHeaderSize = 88;
constexpr std::uint8_t kVariant = 0x96; // Merkle, a proof for 64 shreds

struct Fields {
    std::uint32_t index = 0;
    std::uint8_t flags = 0;
    std::uint8_t variant = kVariant;
};

Bytes make_shred(const Fields& fields, ByteView data) {
    Bytes shred(kShredSize);
    shred[64] = fields.variant;
    store_le<std::uint64_t>(shred.data() + 65, 9); // slot
    store_le(shred.data() + 73, fields.index);
    store_le<std::uint16_t>(shred.data() + 83, 1); // parent
    shred[85] = fields.flags;
    data = data.first(std::min<std::size_t>(data.size(), 700));
    store_le(shred.data() + 86, static_cast<std::uint16_t>(kHeaderSize + data.size()));
    std::ranges::copy(data, shred.begin() + kHeaderSize);
    return shred;
}

void check_entries(std::span<const Entry> entries) {
    std::uint64_t hashes = 0;
    const TickLimits limits{0, 4, 16, false};
    const bool is_in_order = check_ticks(entries, limits, true, hashes).has_value();
    if (!is_in_order) return;
    // Work is bounded by the rules of ticks.
    const auto alone = find_invalid_entry(Hash{}, entries);
    PohCheck check(Hash{}, entries, 3);
    for (std::size_t i = 0; i < check.groups(); ++i) check.run(i);
    FATHOM_ASSERT(check.first_invalid() == alone);
}

void any_component(ByteView bytes) {
    const auto component = parse_component(bytes);
    if (!component) {
        FATHOM_ASSERT(component.error().offset <= bytes.size());
        FATHOM_ASSERT(!component.error().message().empty());
        return;
    }
    FATHOM_ASSERT(component->entries.empty() == component->marker.has_value());
    if (component->marker) return;
    const Bytes written = serialize_entries(component->entries);
    FATHOM_ASSERT(written.size() <= bytes.size());
    FATHOM_ASSERT(std::ranges::equal(written, bytes.first(written.size())));
    check_entries(component->entries);
}

void deshred_all(const std::vector<Bytes>& shreds) {
    const std::vector<ByteView> views(shreds.begin(), shreds.end());
    for (const auto legacy : {LegacyShreds::Refuse, LegacyShreds::Sized, LegacyShreds::Unsized}) {
        for (const ByteView view : views) {
            const auto shred = parse_data_shred(view, legacy);
            if (!shred) continue;
            static_cast<void>(merkle_root(*shred));
            static_cast<void>(chained_merkle_root(*shred));
            static_cast<void>(shred->leader_signature());
        }
        const auto block = deshred(views, legacy);
        if (!block) {
            FATHOM_ASSERT(!block.error().message().empty());
            continue;
        }
        const auto entries = parse_entries(*block);
        if (entries) check_entries(*entries);
    }
}

/// Four bytes of fields, then data.
void any_shreds(ByteView bytes) {
    std::vector<Bytes> shreds;
    while (bytes.size() >= 4 && shreds.size() < 12) {
        const Fields fields{bytes[0] % 16u, bytes[1], bytes[2]};
        const std::size_t size = std::min<std::size_t>(bytes[3], bytes.size() - 4);
        shreds.push_back(make_shred(fields, bytes.subspan(4, size)));
        bytes = bytes.subspan(4 + size);
    }
    deshred_all(shreds);
    shreds.assign(1, Bytes(bytes.begin(), bytes.end()));
    deshred_all(shreds);
}

/// The block comes back whatever the order; with a changed byte it may be refused.
void cut_block(ByteView bytes) {
    if (bytes.size() < 8) return;
    const std::size_t piece = 1 + bytes[0];
    const std::size_t turn = bytes[1];
    const std::size_t place = bytes[2] * 4u + bytes[3];
    const std::uint8_t change = bytes[4];
    bytes = bytes.subspan(5);
    std::vector<Bytes> shreds;
    for (std::size_t at = 0; at < bytes.size() && shreds.size() < 40; at += piece) {
        const ByteView data = bytes.subspan(at, std::min(piece, bytes.size() - at));
        const bool is_last = at + piece >= bytes.size() || shreds.size() == 39;
        const std::uint8_t flags = is_last ? 0xc0 : 0;
        shreds.push_back(make_shred({static_cast<std::uint32_t>(shreds.size()), flags}, data));
    }
    std::rotate(shreds.begin(), shreds.begin() + static_cast<std::ptrdiff_t>(turn % shreds.size()),
                shreds.end());
    const std::vector<ByteView> views(shreds.begin(), shreds.end());
    const auto block = deshred(views);
    FATHOM_ASSERT(block && block->ranges.size() == 1);
    FATHOM_ASSERT(block->data.size() <= bytes.size());
    FATHOM_ASSERT(std::ranges::equal(block->data, bytes.first(block->data.size())));
    shreds[turn % shreds.size()][place % kShredSize] ^= change;
    deshred_all(shreds);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const ByteView bytes(data + 1, size - 1);
    switch (data[0] % 3) {
    case 0: any_component(bytes); break;
    case 1: any_shreds(bytes); break;
    default: cut_block(bytes); break;
    }
    return 0;
}

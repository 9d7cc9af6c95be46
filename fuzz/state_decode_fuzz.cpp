// SPDX-License-Identifier: Apache-2.0
// Any account data, read as the state of each program that has one: what decodes encodes to
// something that decodes to the same.
//
// Input: one byte that chooses the reader, then account data.
#include "fathom/base/assert.hpp"
#include "fathom/programs/address_lookup_table/state.hpp"
#include "fathom/programs/bpf_loader/state.hpp"
#include "fathom/programs/vote/state.hpp"
#include "fathom/svm/address_lookup.hpp"
#include "fathom/types/instructions_sysvar.hpp"
#include "fathom/types/nonce.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/stake_state.hpp"

#include <algorithm>
#include <array>
#include <optional>

using namespace fathom;

namespace {

using programs::address_lookup_table::LookupTable;
using programs::bpf_loader::LoaderState;
using programs::vote::VersionedVoteState;

void check_vote(ByteView data) {
    const Pubkey key{};
    (void)programs::vote::read_epoch_credits_of(data);
    (void)programs::vote::read_vote_state(data, key);
    const auto versioned = VersionedVoteState::decode(data, key);
    if (!versioned) return;
    const Bytes encoded = versioned->state.encode();
    const auto again = VersionedVoteState::decode(encoded, key);
    FATHOM_ASSERT(again && again->version == VersionedVoteState::Version::V4);
    FATHOM_ASSERT(again->state == versioned->state);
}

void check_loader(ByteView data) {
    const auto state = LoaderState::decode(data);
    if (!state) return;
    const auto again = LoaderState::decode(state->encode());
    FATHOM_ASSERT(again && *again == *state);
}

void check_nonce(ByteView data) {
    const auto state = NonceState::decode(data);
    if (!state) return;
    const Bytes encoded = state->encode();
    FATHOM_ASSERT(encoded.size() <= data.size());
    FATHOM_ASSERT(std::ranges::equal(encoded, data.first(encoded.size())));
}

void check_stake(ByteView data) {
    const auto state = StakeState::decode(data);
    if (!state) return;
    const Bytes encoded = state->encode();
    FATHOM_ASSERT(encoded.size() <= data.size());
    const auto again = StakeState::decode(encoded);
    FATHOM_ASSERT(again && again->encode() == encoded);
}

/// As the program reads it, and as the addresses of a transaction are looked up.
void check_lookup_table(ByteView data) {
    if (const auto table = LookupTable::decode(data)) {
        FATHOM_ASSERT(table->encode_meta().size() <= programs::address_lookup_table::kMetaSize);
        FATHOM_ASSERT(table->address_count * 32 <= data.size());
    }
    class OneAccount final : public AccountSource {
    public:
        explicit OneAccount(ByteView bytes) {
            account_.lamports = 1;
            account_.owner = ids::kAddressLookupTableProgram;
            account_.data = AccountData(bytes);
        }
        [[nodiscard]] std::optional<Account> get(const Pubkey&) const override { return account_; }

    private:
        Account account_;
    };
    constexpr Slot kSlot = 100;
    const Pubkey key{};
    constexpr std::array<std::uint8_t, 2> kWritable{0, 255};
    constexpr std::array<std::uint8_t, 1> kReadonly{1};
    const AddressTableLookupView lookup{&key, kWritable, kReadonly};
    SlotHashes hashes;
    hashes.entries = {{kSlot - 1, Hash{}}};
    const auto loaded =
        svm::resolve_lookups(std::span(&lookup, 1), OneAccount(data), &hashes, kSlot);
    if (loaded) FATHOM_ASSERT(loaded->writable.size() == 2 && loaded->readonly.size() == 1);
}

void check_instructions_sysvar(ByteView data) {
    Bytes copy(data.begin(), data.end());
    const bool has_room = set_current_instruction_index(copy, 7);
    FATHOM_ASSERT(has_room == (data.size() >= 2));
    FATHOM_ASSERT(copy.size() == data.size());
}

constexpr std::array<void (*)(ByteView), 6> kReaders{check_vote,         check_loader,
                                                     check_nonce,        check_stake,
                                                     check_lookup_table, check_instructions_sysvar};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    kReaders[data[0] % kReaders.size()](ByteView(data + 1, size - 1));
    return 0;
}

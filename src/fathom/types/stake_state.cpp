// SPDX-License-Identifier: Apache-2.0
// Bincode layout of stake accounts.
#include "fathom/types/stake_state.hpp"

namespace fathom {

namespace {

constexpr std::size_t kMetaAt = 4;
constexpr std::size_t kStakeAt = kMetaAt + 120;
constexpr std::size_t kFlagsAt = kStakeAt + 72;

std::size_t size_of(StakeState::Kind kind) {
    switch (kind) {
    case StakeState::Kind::Initialized: return kStakeAt;
    case StakeState::Kind::Stake: return kFlagsAt + 1;
    case StakeState::Kind::Uninitialized:
    case StakeState::Kind::RewardsPool: break;
    }
    return kMetaAt;
}

StakeMeta read_meta(const std::uint8_t* bytes) {
    return {.rent_exempt_reserve = load_le<std::uint64_t>(bytes),
            .authorized = {.staker = Pubkey::from_bytes(bytes + 8),
                           .withdrawer = Pubkey::from_bytes(bytes + 40)},
            .lockup = {.unix_timestamp = load_le<std::int64_t>(bytes + 72),
                       .epoch = load_le<std::uint64_t>(bytes + 80),
                       .custodian = Pubkey::from_bytes(bytes + 88)}};
}

void write_meta(std::uint8_t* bytes, const StakeMeta& meta) {
    store_le(bytes, meta.rent_exempt_reserve);
    store_le(bytes + 8, meta.authorized.staker);
    store_le(bytes + 40, meta.authorized.withdrawer);
    store_le(bytes + 72, meta.lockup.unix_timestamp);
    store_le(bytes + 80, meta.lockup.epoch);
    store_le(bytes + 88, meta.lockup.custodian);
}

Stake read_stake(const std::uint8_t* bytes) {
    return {.delegation = {.voter = Pubkey::from_bytes(bytes),
                           .stake = load_le<std::uint64_t>(bytes + 32),
                           .activation_epoch = load_le<std::uint64_t>(bytes + 40),
                           .deactivation_epoch = load_le<std::uint64_t>(bytes + 48),
                           .reserved = load_le<std::uint64_t>(bytes + 56)},
            .credits_observed = load_le<std::uint64_t>(bytes + 64)};
}

void write_stake(std::uint8_t* bytes, const Stake& stake) {
    store_le(bytes, stake.delegation.voter);
    store_le(bytes + 32, stake.delegation.stake);
    store_le(bytes + 40, stake.delegation.activation_epoch);
    store_le(bytes + 48, stake.delegation.deactivation_epoch);
    store_le(bytes + 56, stake.delegation.reserved);
    store_le(bytes + 64, stake.credits_observed);
}

} // namespace

std::optional<StakeState> StakeState::decode(ByteView account_data) {
    if (account_data.size() < kMetaAt) return std::nullopt;
    const std::uint8_t* bytes = account_data.data();
    const auto tag = load_le<std::uint32_t>(bytes);
    if (tag > static_cast<std::uint32_t>(Kind::RewardsPool)) return std::nullopt;
    StakeState state;
    state.kind = static_cast<Kind>(tag);
    const std::size_t size = size_of(state.kind);
    if (account_data.size() < size) return std::nullopt;
    if (size >= kStakeAt) state.meta = read_meta(bytes + kMetaAt);
    if (size > kFlagsAt) {
        state.stake = read_stake(bytes + kStakeAt);
        state.flags = bytes[kFlagsAt];
    }
    return state;
}

Bytes StakeState::encode() const {
    Bytes bytes(size_of(kind));
    store_le(bytes.data(), kind);
    if (bytes.size() >= kStakeAt) write_meta(bytes.data() + kMetaAt, meta);
    if (bytes.size() > kFlagsAt) {
        write_stake(bytes.data() + kStakeAt, stake);
        bytes[kFlagsAt] = flags;
    }
    return bytes;
}

} // namespace fathom

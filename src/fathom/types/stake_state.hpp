// SPDX-License-Identifier: Apache-2.0
// What stake accounts hold.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace fathom {

struct StakeAuthorized {
    Pubkey staker;
    Pubkey withdrawer;

    friend bool operator==(const StakeAuthorized&, const StakeAuthorized&) = default;
};

/// Holds lamports back until both times have passed; the custodian may lift it.
struct StakeLockup {
    UnixTimestamp unix_timestamp = 0;
    Epoch epoch = 0;
    Pubkey custodian;

    friend bool operator==(const StakeLockup&, const StakeLockup&) = default;
};

struct StakeMeta {
    Lamports rent_exempt_reserve = 0;
    StakeAuthorized authorized;
    StakeLockup lockup;

    friend bool operator==(const StakeMeta&, const StakeMeta&) = default;
};

struct StakeDelegation {
    static constexpr Epoch kNever = std::numeric_limits<Epoch>::max();

    Pubkey voter;
    Lamports stake = 0;
    /// kNever: a bootstrap stake, effective from the beginning.
    Epoch activation_epoch = 0;
    /// kNever: not deactivated.
    Epoch deactivation_epoch = kNever;
    /// Once a rate as a double; kept as it is.
    std::uint64_t reserved = 0;

    friend bool operator==(const StakeDelegation&, const StakeDelegation&) = default;
};

struct Stake {
    StakeDelegation delegation;
    std::uint64_t credits_observed = 0;

    friend bool operator==(const Stake&, const Stake&) = default;
};

/// StakeStateV2 (solana-stake-interface state.rs).
struct StakeState {
    enum class Kind : std::uint32_t { Uninitialized, Initialized, Stake, RewardsPool };
    /// Size of every stake account. The largest value takes three bytes less.
    static constexpr std::size_t kSize = 200;

    Kind kind = Kind::Uninitialized;
    /// Initialized and Stake only.
    StakeMeta meta;
    /// Stake only, like the flags.
    Stake stake;
    std::uint8_t flags = 0;

    /// Accepts data at least as long as the value; nullopt otherwise or on an unknown variant.
    [[nodiscard]] static std::optional<StakeState> decode(ByteView account_data);
    /// Exactly the value: 4, 124 or 197 bytes. Written over the front of the account data, it
    /// leaves what follows as it was.
    [[nodiscard]] Bytes encode() const;

    friend bool operator==(const StakeState&, const StakeState&) = default;
};

} // namespace fathom

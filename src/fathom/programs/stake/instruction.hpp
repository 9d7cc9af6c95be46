// SPDX-License-Identifier: Apache-2.0
// Instructions of the Stake program as read from instruction data.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/stake_state.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace fathom::programs::stake {

/// The order is the wire tag (solana-stake-interface instruction.rs).
enum class Kind : std::uint32_t {
    Initialize,
    Authorize,
    DelegateStake,
    Split,
    Withdraw,
    Deactivate,
    SetLockup,
    Merge,
    AuthorizeWithSeed,
    InitializeChecked,
    AuthorizeChecked,
    AuthorizeCheckedWithSeed,
    SetLockupChecked,
    GetMinimumDelegation,
    DeactivateDelinquent,
    Redelegate,
    MoveStake,
    MoveLamports,
};

enum class Role : std::uint32_t { Staker, Withdrawer };

/// What stays unset keeps its value.
struct LockupChange {
    std::optional<UnixTimestamp> unix_timestamp;
    std::optional<Epoch> epoch;
    std::optional<Pubkey> custodian;
};

/// Any of them; each kind reads its own members. Views the instruction data.
struct StakeInstruction {
    Kind kind = Kind::Initialize;
    StakeAuthorized authorized; // Initialize
    StakeLockup lockup;         // Initialize
    LockupChange lockup_change; // SetLockup, SetLockupChecked (without the custodian)
    Pubkey new_authority;       // Authorize, AuthorizeWithSeed
    Role role = Role::Staker;   // all kinds of Authorize
    std::string_view seed;      // AuthorizeWithSeed, AuthorizeCheckedWithSeed
    Pubkey seed_owner;          // the same
    Lamports lamports = 0;      // Split, Withdraw, MoveStake, MoveLamports

    /// nullopt: malformed. Ignores what follows.
    [[nodiscard]] static std::optional<StakeInstruction> decode(ByteView data);
};

} // namespace fathom::programs::stake

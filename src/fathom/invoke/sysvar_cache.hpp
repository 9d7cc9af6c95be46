// SPDX-License-Identifier: Apache-2.0
// The sysvars that programs can read without passing accounts: decoded values and raw account data.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/types/account.hpp"
#include "fathom/types/sysvars.hpp"

#include <memory>
#include <optional>

namespace fathom::invoke {

/// Immutable once filled; one per slot. A sysvar whose account is missing or malformed is absent.
class SysvarCache {
public:
    /// Reads one sysvar account; ids that are no cached sysvar are ignored.
    void add(const Pubkey& id, const AccountData& data);

    [[nodiscard]] const std::optional<Clock>& clock() const { return clock_; }
    [[nodiscard]] const std::optional<EpochSchedule>& epoch_schedule() const {
        return epoch_schedule_;
    }
    [[nodiscard]] const std::optional<EpochRewards>& epoch_rewards() const {
        return epoch_rewards_;
    }
    [[nodiscard]] const std::optional<Rent>& rent() const { return rent_; }
    [[nodiscard]] const std::optional<Fees>& fees() const { return fees_; }
    [[nodiscard]] const std::optional<LastRestartSlot>& last_restart_slot() const {
        return last_restart_slot_;
    }
    [[nodiscard]] const SlotHashes* slot_hashes() const { return slot_hashes_.get(); }
    [[nodiscard]] const StakeHistory* stake_history() const { return stake_history_.get(); }
    [[nodiscard]] const RecentBlockhashes* recent_blockhashes() const {
        return recent_blockhashes_.get();
    }
    /// Whole account data for sol_get_sysvar (clock, epoch_schedule, epoch_rewards, rent,
    /// slot_hashes, stake_history, last_restart_slot); null if unknown or absent.
    [[nodiscard]] const AccountData* raw(const Pubkey& id) const;
    /// True if any of the getters has a value for this sysvar.
    [[nodiscard]] bool has(const Pubkey& id) const;

private:
    std::optional<Clock> clock_;
    std::optional<EpochSchedule> epoch_schedule_;
    std::optional<EpochRewards> epoch_rewards_;
    std::optional<Rent> rent_;
    std::optional<Fees> fees_;
    std::optional<LastRestartSlot> last_restart_slot_;
    std::shared_ptr<const SlotHashes> slot_hashes_;
    std::shared_ptr<const StakeHistory> stake_history_;
    std::shared_ptr<const RecentBlockhashes> recent_blockhashes_;
    AccountData raw_clock_, raw_epoch_schedule_, raw_epoch_rewards_, raw_rent_, raw_slot_hashes_,
        raw_stake_history_, raw_last_restart_slot_;
};

} // namespace fathom::invoke

// SPDX-License-Identifier: Apache-2.0
// Fills the sysvar cache from accounts and finds raw data by address.
#include "fathom/invoke/sysvar_cache.hpp"

#include "fathom/types/program_ids.hpp"

#include <utility>

namespace fathom::invoke {

namespace {

template <class T> void keep(std::optional<T>& slot, const AccountData& data) {
    if (auto value = T::decode(data.view())) slot = std::move(value);
}

template <class T>
void keep_with_raw(std::optional<T>& slot, AccountData& raw, const AccountData& data) {
    if (auto value = T::decode(data.view())) {
        slot = std::move(value);
        raw = data;
    }
}

/// True if the data was well-formed.
template <class T> bool keep_shared(std::shared_ptr<const T>& slot, const AccountData& data) {
    auto value = T::decode(data.view());
    if (!value) return false;
    slot = std::make_shared<const T>(*std::move(value));
    return true;
}

} // namespace

void SysvarCache::add(const Pubkey& id, const AccountData& data) {
    if (id == ids::kClock) {
        keep_with_raw(clock_, raw_clock_, data);
    } else if (id == ids::kEpochSchedule) {
        keep_with_raw(epoch_schedule_, raw_epoch_schedule_, data);
    } else if (id == ids::kEpochRewards) {
        keep_with_raw(epoch_rewards_, raw_epoch_rewards_, data);
    } else if (id == ids::kRent) {
        keep_with_raw(rent_, raw_rent_, data);
    } else if (id == ids::kLastRestartSlot) {
        keep_with_raw(last_restart_slot_, raw_last_restart_slot_, data);
    } else if (id == ids::kSlotHashes) {
        if (keep_shared(slot_hashes_, data)) raw_slot_hashes_ = data;
    } else if (id == ids::kStakeHistory) {
        if (keep_shared(stake_history_, data)) raw_stake_history_ = data;
    } else if (id == ids::kFees) {
        keep(fees_, data);
    } else if (id == ids::kRecentBlockhashes) {
        keep_shared(recent_blockhashes_, data);
    }
}

const AccountData* SysvarCache::raw(const Pubkey& id) const {
    const auto if_present = [](bool is_present, const AccountData& data) {
        return is_present ? &data : nullptr;
    };
    if (id == ids::kClock) return if_present(clock_.has_value(), raw_clock_);
    if (id == ids::kEpochSchedule) {
        return if_present(epoch_schedule_.has_value(), raw_epoch_schedule_);
    }
    if (id == ids::kEpochRewards) {
        return if_present(epoch_rewards_.has_value(), raw_epoch_rewards_);
    }
    if (id == ids::kRent) return if_present(rent_.has_value(), raw_rent_);
    if (id == ids::kSlotHashes) return if_present(slot_hashes_ != nullptr, raw_slot_hashes_);
    if (id == ids::kStakeHistory) return if_present(stake_history_ != nullptr, raw_stake_history_);
    if (id == ids::kLastRestartSlot) {
        return if_present(last_restart_slot_.has_value(), raw_last_restart_slot_);
    }
    return nullptr;
}

bool SysvarCache::has(const Pubkey& id) const {
    if (id == ids::kFees) return fees_.has_value();
    if (id == ids::kRecentBlockhashes) return recent_blockhashes_ != nullptr;
    return raw(id) != nullptr;
}

} // namespace fathom::invoke

// SPDX-License-Identifier: Apache-2.0
// What a chain begins with, and the bank of its slot 0.
#pragma once

#include "fathom/bank/bank.hpp"
#include "fathom/bank/fee_rate_governor.hpp"
#include "fathom/bank/inflation.hpp"
#include "fathom/bank/runtime.hpp"
#include "fathom/bank/slot_params.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/native_programs.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/units.hpp"

#include <memory>
#include <vector>

namespace fathom::bank {

struct Genesis {
    /// What the first blockhash is: the hash of the genesis, or anything that names the chain.
    Hash hash;
    UnixTimestamp creation_time = 0;
    /// Programs, wallets, vote and stake accounts. Native programs, sysvars and features need not
    /// be among them. Of two with one key the later counts.
    std::vector<AccountChange> accounts;
    /// Active from slot 0 on; each gets an account that says so.
    FeatureSet features;
    std::uint64_t ticks_per_slot = 64;
    /// 0: anybody's ticks will do.
    std::uint64_t hashes_per_tick = 0;
    /// What holds until features shorten slots.
    SlotParams slot_params;
    FeeRateGovernor fee_rate_governor;
    Inflation inflation;
    EpochSchedule epoch_schedule;
    Rent rent;
};

/// The bank of slot 0, still without ticks. Its native programs are those of the runtime's
/// configuration. Follows agave runtime/src/bank.rs new_from_genesis.
[[nodiscard]] std::shared_ptr<Bank> make_genesis_bank(const Genesis& genesis,
                                                      std::shared_ptr<Runtime> runtime);

} // namespace fathom::bank

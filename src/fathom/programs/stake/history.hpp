// SPDX-License-Identifier: Apache-2.0
// The stake history as programs read it: entries by their place, not by a search.
#pragma once

#include "fathom/types/account.hpp"
#include "fathom/types/stake_activation.hpp"

#include <optional>

namespace fathom::programs::stake {

/// Takes for granted that entries go back from the epoch before the current one without a gap
/// (solana-stake-interface sysvar/stake_history.rs). An entry of another epoch in the place of the
/// one asked for is a mismatch, on which the ELF panics.
class HistoryByOffset final : public StakeHistorySource {
public:
    /// `data`: of the sysvar's account; null: there is none. Must outlive this.
    HistoryByOffset(const AccountData* data, Epoch current_epoch)
        : data_(data), current_epoch_(current_epoch) {}

    [[nodiscard]] std::optional<StakeHistoryEntry> find(Epoch epoch) override;

    [[nodiscard]] bool is_mismatched() const { return is_mismatched_; }

private:
    const AccountData* data_;
    Epoch current_epoch_;
    bool is_mismatched_ = false;
};

} // namespace fathom::programs::stake

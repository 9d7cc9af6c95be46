// SPDX-License-Identifier: Apache-2.0
// The stake history as programs read it: entries by their place, not by a search.
#pragma once

#include "fathom/types/account.hpp"
#include "fathom/types/stake_activation.hpp"

#include <optional>
#include <utility>

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

    struct Mismatch {
        Epoch found = 0;
        Epoch expected = 0;
    };
    /// The first one.
    [[nodiscard]] const std::optional<Mismatch>& mismatch() const { return mismatch_; }

private:
    const AccountData* data_;
    Epoch current_epoch_;
    std::optional<Mismatch> mismatch_;
};

} // namespace fathom::programs::stake

// SPDX-License-Identifier: Apache-2.0
// Tower rules (Agave programs/vote/src/vote_state/mod.rs and handler.rs).
#include "fathom/programs/vote/tower.hpp"

#include <algorithm>
#include <utility>

namespace fathom::programs::vote {

namespace {

using Outcome = Result<void, VoteError>;
using HashEntries = std::vector<std::pair<Slot, Hash>>;

std::uint8_t latency_of(Slot voted, Slot current) {
    return static_cast<std::uint8_t>(std::min<Slot>(saturating_sub(current, voted), 255));
}

/// Every slot that is new must be in the history, and the newest with this hash.
Outcome check_slots(const VoteState& state, const std::vector<Slot>& slots, const Hash& hash,
                    const HashEntries& history) {
    const auto last_voted = state.last_voted_slot();
    std::size_t i = 0;              // oldest vote first
    std::size_t j = history.size(); // oldest entry last
    while (i < slots.size() && j > 0) {
        if (last_voted && slots[i] <= *last_voted) {
            ++i;
        } else if (slots[i] != history[j - 1].first) {
            --j;
        } else {
            ++i;
            --j;
        }
    }
    if (j == history.size()) return std::unexpected(VoteError::VoteTooOld);
    if (i != slots.size()) return std::unexpected(VoteError::SlotsMismatch);
    if (history[j].second != hash) return std::unexpected(VoteError::SlotHashMismatch);
    return {};
}

void push_vote(VoteState& state, Slot slot, const Clock& clock) {
    const auto last_voted = state.last_voted_slot();
    if (last_voted && slot <= *last_voted) return;
    while (!state.votes.empty() && !state.votes.back().lockout.is_locked_out_at_slot(slot)) {
        state.votes.pop_back();
    }
    if (state.votes.size() == kMaxLockoutHistory) {
        const std::uint64_t credits = credits_for_vote(state, 0);
        state.root_slot = state.votes.front().slot();
        state.votes.erase(state.votes.begin());
        add_credits(state, clock.epoch, credits);
    }
    state.votes.push_back({.latency = latency_of(slot, clock.slot),
                           .lockout = {.slot = slot, .confirmation_count = 1}});
    // A vote is confirmed once more when the votes above it exceed its confirmations so far.
    for (std::size_t i = 0; i < state.votes.size(); ++i) {
        std::uint32_t& confirmations = state.votes[i].lockout.confirmation_count;
        if (state.votes.size() > i + confirmations) {
            confirmations = saturating_add<std::uint32_t>(confirmations, 1);
        }
    }
}

/// A root too old to be checked is replaced by the newest own vote up to it, else by the own root.
void adjust_root(const VoteState& state, std::optional<Slot>& root, Slot oldest_in_history) {
    if (!root || *root >= oldest_in_history) return;
    const Slot proposed = *root;
    root = state.root_slot;
    const auto vote = std::find_if(state.votes.rbegin(), state.votes.rend(),
                                   [&](const LandedVote& v) { return v.slot() <= proposed; });
    if (vote != state.votes.rend()) root = vote->slot();
}

/// Walks the proposed root and votes, oldest first, through the history.
class HistoryWalk {
public:
    HistoryWalk(const VoteState& state, const TowerUpdate& update, const HashEntries& history)
        : state_(state), lockouts_(update.lockouts), history_(history), root_(update.root),
          position_(history.size()), is_dropped_(update.lockouts.size()) {}

    [[nodiscard]] Outcome run() {
        while (index_ < lockouts_.size() && position_ > 0) FATHOM_CHECK(step());
        if (index_ != lockouts_.size()) return std::unexpected(VoteError::SlotsMismatch);
        return {};
    }
    /// Where the newest vote was found.
    [[nodiscard]] std::size_t position() const { return position_; }
    /// Votes that are too old to be checked and were not there before.
    [[nodiscard]] bool is_dropped(std::size_t index) const { return is_dropped_[index]; }

private:
    [[nodiscard]] Outcome step() {
        const Slot slot = root_ ? *root_ : lockouts_[index_].slot;
        if (!root_ && index_ > 0 && slot <= lockouts_[index_ - 1].slot) {
            return std::unexpected(VoteError::SlotsNotOrdered);
        }
        const Slot ancestor = history_[position_ - 1].first;
        if (slot < ancestor) return step_over_unknown(slot);
        if (slot > ancestor) {
            --position_;
        } else if (root_) {
            // Stays here: the first vote may be for the root's slot.
            root_.reset();
        } else {
            ++index_;
            --position_;
        }
        return {};
    }

    [[nodiscard]] Outcome step_over_unknown(Slot slot) {
        if (position_ != history_.size()) {
            return std::unexpected(root_ ? VoteError::RootOnDifferentFork
                                         : VoteError::SlotsMismatch);
        }
        if (slot >= history_.back().first) return std::unexpected(VoteError::AssertionFailed);
        if (root_) {
            root_.reset();
            return {};
        }
        is_dropped_[index_] = !state_.contains_slot(slot);
        ++index_;
        return {};
    }

    const VoteState& state_;
    const std::vector<Lockout>& lockouts_;
    const HashEntries& history_;
    std::optional<Slot> root_; // until it has been checked
    std::size_t index_ = 0;    // of the next vote
    std::size_t position_;     // entries of the history not passed yet
    std::vector<bool> is_dropped_;
};

/// Makes the update checkable and checks it against the history.
Outcome check_and_filter(const VoteState& state, TowerUpdate& update, const HashEntries& history) {
    if (update.lockouts.empty()) return std::unexpected(VoteError::EmptySlots);
    const Slot newest = update.lockouts.back().slot;
    const auto last_voted = state.last_voted_slot();
    if (last_voted && newest <= *last_voted) return std::unexpected(VoteError::VoteTooOld);
    if (history.empty()) return std::unexpected(VoteError::SlotsMismatch);
    const Slot oldest_in_history = history.back().first;
    if (newest < oldest_in_history) return std::unexpected(VoteError::VoteTooOld);
    adjust_root(state, update.root, oldest_in_history);

    HistoryWalk walk(state, update, history);
    FATHOM_CHECK(walk.run());
    // The reference asserts this; only a history out of order can break it.
    if (walk.position() >= history.size() || history[walk.position()].first != newest) {
        return std::unexpected(VoteError::AssertionFailed);
    }
    if (history[walk.position()].second != update.hash) {
        return std::unexpected(VoteError::SlotHashMismatch);
    }
    std::vector<Lockout> kept;
    for (std::size_t i = 0; i < update.lockouts.size(); ++i) {
        if (!walk.is_dropped(i)) kept.push_back(update.lockouts[i]);
    }
    update.lockouts = std::move(kept);
    return {};
}

Outcome check_vote_order(const std::vector<LandedVote>& votes, const std::optional<Slot>& root) {
    const LandedVote* previous = nullptr;
    for (const LandedVote& vote : votes) {
        if (vote.confirmation_count() == 0) return std::unexpected(VoteError::ZeroConfirmations);
        if (vote.confirmation_count() > kMaxLockoutHistory) {
            return std::unexpected(VoteError::ConfirmationTooLarge);
        }
        // Root 0 is what towers without a root send.
        if (root && vote.slot() <= *root && *root != 0) {
            return std::unexpected(VoteError::SlotSmallerThanRoot);
        }
        if (previous) {
            if (previous->slot() >= vote.slot()) {
                return std::unexpected(VoteError::SlotsNotOrdered);
            }
            if (previous->confirmation_count() <= vote.confirmation_count()) {
                return std::unexpected(VoteError::ConfirmationsNotOrdered);
            }
            if (vote.slot() > previous->lockout.last_locked_out_slot()) {
                return std::unexpected(VoteError::NewVoteStateLockoutMismatch);
            }
        }
        previous = &vote;
    }
    return {};
}

/// No vote of the old tower above the new root may be given up before its lockout ends. Latencies
/// of votes in both are the old ones.
Outcome compare_towers(const VoteState& state, std::size_t first_kept,
                       std::vector<LandedVote>& votes) {
    std::size_t old_index = first_kept;
    std::size_t new_index = 0;
    while (old_index < state.votes.size() && new_index < votes.size()) {
        const LandedVote& old_vote = state.votes[old_index];
        LandedVote& new_vote = votes[new_index];
        if (old_vote.slot() < new_vote.slot()) {
            if (old_vote.lockout.last_locked_out_slot() >= new_vote.slot()) {
                return std::unexpected(VoteError::LockoutConflict);
            }
            ++old_index;
        } else if (old_vote.slot() == new_vote.slot()) {
            if (new_vote.confirmation_count() < old_vote.confirmation_count()) {
                return std::unexpected(VoteError::ConfirmationRollBack);
            }
            new_vote.latency = old_vote.latency;
            ++old_index;
            ++new_index;
        } else {
            ++new_index;
        }
    }
    return {};
}

Outcome replace_tower(VoteState& state, std::vector<LandedVote> votes, const TowerUpdate& update,
                      const Clock& clock) {
    if (votes.empty()) return std::unexpected(VoteError::AssertionFailed);
    if (votes.size() > kMaxLockoutHistory) return std::unexpected(VoteError::TooManyVotes);
    if (state.root_slot && (!update.root || *update.root < *state.root_slot)) {
        return std::unexpected(VoteError::RootRollBack);
    }
    FATHOM_CHECK(check_vote_order(votes, update.root));

    std::size_t rooted = 0;
    std::uint64_t earned = 0;
    while (update.root && rooted < state.votes.size() &&
           state.votes[rooted].slot() <= *update.root) {
        earned += credits_for_vote(state, rooted++);
    }
    FATHOM_CHECK(compare_towers(state, rooted, votes));
    for (LandedVote& vote : votes) {
        if (vote.latency == 0) vote.latency = latency_of(vote.slot(), clock.slot);
    }
    if (state.root_slot != update.root) add_credits(state, clock.epoch, earned);
    if (update.timestamp) {
        FATHOM_CHECK(apply_timestamp(state, votes.back().slot(), *update.timestamp));
    }
    state.root_slot = update.root;
    state.votes = std::move(votes);
    return {};
}

} // namespace

std::uint64_t credits_for_vote(const VoteState& state, std::size_t index) {
    constexpr std::uint8_t kGraceSlots = 2;
    constexpr std::uint8_t kMaximum = 16;
    const std::uint8_t latency = index < state.votes.size() ? state.votes[index].latency : 0;
    if (latency == 0) return 1;
    if (latency <= kGraceSlots) return kMaximum;
    const unsigned late = latency - kGraceSlots;
    return late >= kMaximum ? 1 : kMaximum - late;
}

void add_credits(VoteState& state, Epoch epoch, std::uint64_t credits) {
    auto& history = state.epoch_credits;
    if (history.empty()) {
        history.push_back({.epoch = epoch});
    } else if (const EpochCredits last = history.back(); last.epoch != epoch) {
        if (last.credits != last.previous_credits) {
            history.push_back(
                {.epoch = epoch, .credits = last.credits, .previous_credits = last.credits});
        } else {
            history.back().epoch = epoch;
        }
        if (history.size() > kMaxEpochCreditsHistory) history.erase(history.begin());
    }
    history.back().credits = saturating_add(history.back().credits, credits);
}

Outcome apply_timestamp(VoteState& state, Slot slot, UnixTimestamp timestamp) {
    const BlockTimestamp& last = state.last_timestamp;
    const bool goes_back = slot < last.slot || timestamp < last.timestamp;
    const bool changes_its_mind =
        slot == last.slot && timestamp != last.timestamp && last.slot != 0;
    if (goes_back || changes_its_mind) return std::unexpected(VoteError::TimestampTooOld);
    state.last_timestamp = {.slot = slot, .timestamp = timestamp};
    return {};
}

Outcome apply_slot_votes(VoteState& state, const SlotVotes& votes, const SlotHashes& slot_hashes,
                         const Clock& clock) {
    if (votes.slots.empty()) return std::unexpected(VoteError::EmptySlots);
    const HashEntries& history = slot_hashes.entries;
    const Slot oldest = history.empty() ? 0 : history.back().first;
    std::vector<Slot> slots;
    std::ranges::copy_if(votes.slots, std::back_inserter(slots),
                         [&](Slot slot) { return slot >= oldest; });
    if (slots.empty()) return std::unexpected(VoteError::VotesTooOldAllFiltered);
    FATHOM_CHECK(check_slots(state, slots, votes.hash, history));
    for (const Slot slot : slots) push_vote(state, slot, clock);
    if (!votes.timestamp) return {};
    return apply_timestamp(state, *std::ranges::max_element(votes.slots), *votes.timestamp);
}

Outcome apply_tower_update(VoteState& state, TowerUpdate update, const SlotHashes& slot_hashes,
                           const Clock& clock) {
    FATHOM_CHECK(check_and_filter(state, update, slot_hashes.entries));
    std::vector<LandedVote> votes;
    votes.reserve(update.lockouts.size());
    for (const Lockout& lockout : update.lockouts) {
        votes.push_back({.latency = 0, .lockout = lockout});
    }
    return replace_tower(state, std::move(votes), update, clock);
}

} // namespace fathom::programs::vote

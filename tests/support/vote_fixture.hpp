// SPDX-License-Identifier: Apache-2.0
// Vote accounts and slot histories for tests.
#pragma once

#include "fathom/programs/vote/state.hpp"
#include "tests/support/program_fixture.hpp"

namespace fathom::tests {

/// Voter and withdrawer of account `vote_` in epoch 3, slot 100. SlotHashes hold 50 to 99.
class VoteFixture : public ProgramFixture {
protected:
    Pubkey vote_ = test_key(1);
    const Pubkey node_ = test_key(2);
    const Pubkey voter_ = test_key(3);
    const Pubkey withdrawer_ = test_key(4);
    const Pubkey other_ = test_key(5);

    VoteFixture() {
        put_slot_hashes(50, 99);
        EpochSchedule schedule;
        schedule.slots_per_epoch = 64;
        schedule.first_normal_slot = 0;
        set_sysvar(ids::kEpochSchedule, schedule.encode());
    }

    [[nodiscard]] static Hash hash_of(Slot slot) {
        Hash hash;
        hash.bytes.fill(static_cast<std::uint8_t>(slot));
        return hash;
    }
    /// Newest first, as the sysvar has them.
    void put_slot_hashes(Slot first, Slot last) {
        SlotHashes hashes;
        for (Slot slot = last + 1; slot-- > first;) {
            hashes.entries.emplace_back(slot, hash_of(slot));
        }
        set_sysvar(ids::kSlotHashes, hashes.encode());
    }
    [[nodiscard]] programs::vote::VoteState initial_state() const {
        programs::vote::VoteState state;
        state.node_pubkey = node_;
        state.authorized_withdrawer = withdrawer_;
        state.inflation_rewards_collector = vote_;
        state.block_revenue_collector = node_;
        state.inflation_rewards_commission_bps = 500;
        state.block_revenue_commission_bps = 10'000;
        state.authorized_voters = {{3, voter_}};
        return state;
    }
    /// Rent-exempt, plus `extra`.
    void put_vote_account(const programs::vote::VoteState& state, Lamports extra = 0) {
        Bytes data = state.encode();
        data.resize(programs::vote::VoteState::kSize);
        put(vote_, rent_for(data.size()) + extra, data, ids::kVoteProgram);
    }
    [[nodiscard]] programs::vote::VoteState stored_state() {
        return programs::vote::read_vote_state(data_of(vote_), vote_).value();
    }
    ProgramOutcome run_vote(const Bytes& data, std::vector<AccountMeta> accounts) {
        return run(ids::kVoteProgram, data, std::move(accounts));
    }
};

} // namespace fathom::tests

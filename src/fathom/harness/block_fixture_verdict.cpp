// SPDX-License-Identifier: Apache-2.0
// Whether a block fixture's bank is the one that it tells of.
#include "fathom/bank/bank_hash.hpp"
#include "fathom/harness/block_fixture.hpp"
#include "fathom/programs/vote/state.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace fathom::harness {
namespace {

using programs::vote::VoteState;

class Writer {
public:
    template <class T> Writer& number(T value) {
        bytes_.resize(bytes_.size() + sizeof(T));
        store_le(bytes_.data() + bytes_.size() - sizeof(T), value);
        return *this;
    }
    Writer& bytes(ByteView data) {
        bytes_.insert(bytes_.end(), data.begin(), data.end());
        return *this;
    }
    [[nodiscard]] const Bytes& take() const { return bytes_; }

private:
    Bytes bytes_;
};

/// The state as version 3 has it, which Agave wrote before SIMD-0185 (solana-vote-interface
/// vote_state_v3.rs), without prior voters.
Bytes encode_version_3(const VoteState& state) {
    constexpr std::uint32_t kVersion3 = 2;
    constexpr std::size_t kPriorVoters = 32;
    Writer out;
    out.number(kVersion3).bytes(state.node_pubkey.bytes).bytes(state.authorized_withdrawer.bytes);
    out.number(state.commission()).number<std::uint64_t>(state.votes.size());
    for (const auto& vote : state.votes) {
        out.number(vote.latency).number(vote.slot()).number(vote.confirmation_count());
    }
    out.number<std::uint8_t>(state.root_slot ? 1 : 0);
    if (state.root_slot) out.number(*state.root_slot);
    out.number<std::uint64_t>(state.authorized_voters.size());
    for (const auto& [epoch, voter] : state.authorized_voters) {
        out.number(epoch).bytes(voter.bytes);
    }
    out.bytes(Bytes(kPriorVoters * 48)).number<std::uint64_t>(kPriorVoters - 1);
    out.number<std::uint8_t>(1).number<std::uint64_t>(state.epoch_credits.size());
    for (const auto& entry : state.epoch_credits) {
        out.number(entry.epoch).number(entry.credits).number(entry.previous_credits);
    }
    out.number(state.last_timestamp.slot).number(state.last_timestamp.timestamp);
    return out.take();
}

Account as_version_3(const Pubkey& key, Account account) {
    const auto state = programs::vote::read_vote_state(account.data.view(), key);
    const Bytes encoded = encode_version_3(*state);
    std::ranges::fill(account.data.mutable_view(), std::uint8_t{0});
    std::ranges::copy(encoded, account.data.mutable_view().begin());
    return account;
}

/// Hash of the bank if the vote accounts that it wrote had been written in version 3.
Hash hash_with_version_3(const BlockFixture& fixture, const bank::Bank& bank) {
    crypto::LtHash sum = fixture.parent_lt_hash;
    for (const auto& [key, account] : bank.accounts().changes()) {
        if (const auto before = bank.accounts().get_before(key)) {
            sum -= bank::account_lt_hash(key, *before);
        }
        sum += bank::account_lt_hash(
            key, account.owner == ids::kVoteProgram ? as_version_3(key, account) : account);
    }
    const bank::BankState& state = bank.state();
    return bank::bank_hash({.parent_hash = state.parent_hash,
                            .signature_count = state.signature_count,
                            .last_blockhash = state.blockhashes.last_hash(),
                            .accounts = sum,
                            .parent_slot = state.parent_slot,
                            .slot = state.slot,
                            .hard_forks = {}});
}

bool writes_votes(const bank::Bank& bank) {
    return std::ranges::any_of(bank.accounts().changes(), [](const auto& entry) {
        return entry.second.owner == ids::kVoteProgram;
    });
}

} // namespace

/// Fixtures made before SIMD-0185 have votes written in version 3 of the vote state. Agave 4.3
/// writes version 4 (programs/vote/src/vote_state/handler.rs). Those are outdated that would have
/// the fixture's hash if this one had written version 3, too.
FixtureVerdict judge_block_fixture(const BlockFixture& fixture, const BlockRun& run) {
    FixtureVerdict verdict;
    if (!fixture.effects) return verdict;
    const BlockEffects& expected = *fixture.effects;
    const auto compare = [&](const char* what, const std::string& left, const std::string& right) {
        if (left == right) return true;
        verdict.notes.push_back(std::string(what) + ": expected " + left + ", found " + right);
        return false;
    };
    bool rest = compare("has_error", std::to_string(expected.has_error),
                        std::to_string(run.effects.has_error));
    rest &= compare("capitalization", std::to_string(expected.capitalization),
                    std::to_string(run.effects.capitalization));
    if (!(expected.leader_schedule == run.effects.leader_schedule)) {
        verdict.notes.emplace_back("leader schedule: another one");
        rest = false;
    }
    const bool hash =
        compare("bank hash", expected.bank_hash.to_base58(), run.effects.bank_hash.to_base58());
    // A vote once counted 3428 units, whatever it took (Agave 2.1
    // cost-model/src/block_cost_limits.rs SIMPLE_VOTE_USAGE_COST); 4.3 has no such constant. So
    // costs tell nothing where there are votes.
    const bool cost = writes_votes(*run.bank) || !expected.block_cost ||
                      compare("block cost", std::to_string(*expected.block_cost),
                              std::to_string(run.effects.block_cost.value_or(0)));
    verdict.is_equal = rest && hash && cost;
    if (rest && !hash && writes_votes(*run.bank) &&
        hash_with_version_3(fixture, *run.bank) == expected.bank_hash) {
        verdict.is_outdated = true;
        verdict.notes.emplace_back("equal if votes were written in version 3 of the vote state, "
                                   "as before SIMD-0185");
    }
    return verdict;
}

} // namespace fathom::harness

// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/block_fixture.hpp"

#include "fathom/base/bytes.hpp"
#include "fathom/crypto/xxh64.hpp"
#include "fathom/harness/compat/messages.hpp"
#include "fathom/harness/wire_reader.hpp"
#include "fathom/types/compact_u16.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <bit>
#include <set>
#include <utility>

namespace fathom::harness {

namespace {

using base::Error;
using base::ErrorCode;

Error bad(const char* what) {
    return Error(ErrorCode::InvalidInput, what);
}

template <class T> Result<T> to_bytes32(ByteView bytes) {
    T value;
    if (bytes.size() != value.bytes.size()) {
        return std::unexpected(bad("a key or hash that has not 32 bytes"));
    }
    std::ranges::copy(bytes, value.bytes.begin());
    return value;
}

Result<FixtureAccount> read_account(ByteView message) {
    FixtureAccount entry;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case 1: entry.key = FATHOM_TRY(to_bytes32<Pubkey>(field.bytes)); break;
        case 2: entry.account.lamports = field.number; break;
        case 3: entry.account.data = AccountData(field.bytes); break;
        case 4: entry.account.executable = field.number != 0; break;
        case 6: entry.account.owner = FATHOM_TRY(to_bytes32<Pubkey>(field.bytes)); break;
        default: break;
        }
    }
    return entry;
}

Result<FixtureVoter> read_voter(ByteView message) {
    FixtureVoter voter;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        if (field.tag == 1) voter.account = FATHOM_TRY(read_account(field.bytes));
        if (field.tag == 2) voter.stake = field.number;
    }
    return voter;
}

Result<void> read_slot_context(ByteView message, BlockFixture& fixture) {
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case 1: fixture.slot = field.number; break;
        case 2: fixture.block_height = field.number; break;
        case 3: fixture.poh = FATHOM_TRY(to_bytes32<Hash>(field.bytes)); break;
        case 4: fixture.parent_hash = FATHOM_TRY(to_bytes32<Hash>(field.bytes)); break;
        case 6: fixture.parent_slot = field.number; break;
        case 7: fixture.parent_lamports_per_signature = field.number; break;
        case 8: fixture.parent_capitalization = field.number; break;
        case 5:
        case 9:
            // Two generations of the layout; the one that has the hash's size is it.
            if (field.bytes.size() == crypto::LtHash::kSize) {
                fixture.parent_lt_hash = crypto::LtHash::from_bytes(
                    std::span<const std::uint8_t, crypto::LtHash::kSize>(field.bytes));
            }
            break;
        default: break;
        }
    }
    return {};
}

Result<void> read_epoch_context(ByteView message, BlockFixture& fixture) {
    const auto number = [](const WireField& field) { return std::bit_cast<double>(field.number); };
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case 1:
            for (const WireField& part : FATHOM_TRY(read_wire_fields(field.bytes))) {
                if (!part.is_bytes) fixture.features.push_back(part.number);
                for (std::size_t i = 0; i + 8 <= part.bytes.size(); i += 8) {
                    fixture.features.push_back(load_le<std::uint64_t>(part.bytes.data() + i));
                }
            }
            break;
        case 2: fixture.hashes_per_tick = field.number; break;
        case 3: fixture.ticks_per_slot = field.number; break;
        case 4: fixture.slots_per_year = number(field); break;
        case 5:
            fixture.inflation = bank::Inflation::fixed(0);
            fixture.inflation.taper = 0;
            for (const WireField& part : FATHOM_TRY(read_wire_fields(field.bytes))) {
                if (part.tag == 1) fixture.inflation.initial = number(part);
                if (part.tag == 2) fixture.inflation.terminal = number(part);
                if (part.tag == 3) fixture.inflation.taper = number(part);
                if (part.tag == 4) fixture.inflation.foundation = number(part);
                if (part.tag == 5) fixture.inflation.foundation_term = number(part);
            }
            break;
        case 6: fixture.genesis_creation_time = field.number; break;
        case 11: fixture.voters_t1.push_back(FATHOM_TRY(read_voter(field.bytes))); break;
        case 12: fixture.voters_t2.push_back(FATHOM_TRY(read_voter(field.bytes))); break;
        default: break;
        }
    }
    return {};
}

Result<void> read_context(ByteView message, BlockFixture& fixture) {
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case 1:
            fixture.transactions.push_back(FATHOM_TRY(compat::read_transaction(field.bytes)));
            break;
        case 2: fixture.accounts.push_back(FATHOM_TRY(read_account(field.bytes))); break;
        case 3: fixture.blockhashes.push_back(FATHOM_TRY(to_bytes32<Hash>(field.bytes))); break;
        case 4: FATHOM_CHECK(read_slot_context(field.bytes, fixture)); break;
        case 5: FATHOM_CHECK(read_epoch_context(field.bytes, fixture)); break;
        default: break;
        }
    }
    return {};
}

Result<BlockEffects> read_effects(ByteView message) {
    BlockEffects effects;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        if (field.tag == 1) effects.has_error = field.number != 0;
        if (field.tag == 2) effects.capitalization = field.number;
        if (field.tag == 3) effects.bank_hash = FATHOM_TRY(to_bytes32<Hash>(field.bytes));
        if (field.tag == 4) {
            effects.block_cost = 0;
            for (const WireField& part : FATHOM_TRY(read_wire_fields(field.bytes))) {
                if (part.tag == 1) effects.block_cost = part.number;
            }
        }
        if (field.tag != 5) continue;
        LeaderScheduleFacts& facts = effects.leader_schedule;
        for (const WireField& part : FATHOM_TRY(read_wire_fields(field.bytes))) {
            if (part.tag == 1) facts.epoch = part.number;
            if (part.tag == 2) facts.first_slot = part.number;
            if (part.tag == 3) facts.slots = part.number;
            if (part.tag == 4) facts.leaders = part.number;
            if (part.tag == 5) facts.length = part.number;
            if (part.tag == 6 && part.bytes.size() == facts.hash.size()) {
                std::ranges::copy(part.bytes, facts.hash.begin());
            }
        }
    }
    return effects;
}

FeatureSet to_feature_set(const std::vector<std::uint64_t>& ids) {
    FeatureSet features;
    const std::set<std::uint64_t> wanted(ids.begin(), ids.end());
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
        const auto feature = static_cast<Feature>(i);
        if (wanted.contains(load_le<std::uint64_t>(feature_id(feature).bytes.data()))) {
            features.activate(feature, 0);
        }
    }
    return features;
}

bank::EpochStakes to_epoch_stakes(const std::vector<FixtureVoter>& voters) {
    auto accounts = std::make_shared<bank::VoteAccounts>();
    for (const FixtureVoter& voter : voters) {
        auto vote = bank::VoteAccount::from(voter.account.key, voter.account.account);
        if (vote) accounts->emplace(voter.account.key, bank::StakedVoteAccount{voter.stake, vote});
    }
    return bank::EpochStakes::of(std::move(accounts));
}

template <class Value>
Value sysvar_or(const BlockFixture& fixture, const Pubkey& id, const Value& otherwise) {
    for (const FixtureAccount& entry : fixture.accounts) {
        if (entry.key != id || entry.account.lamports == 0) continue;
        if (const auto value = Value::decode(entry.account.data.view())) return *value;
    }
    return otherwise;
}

bank::BankState to_parent_state(const BlockFixture& fixture) {
    bank::BankState state;
    state.slot = fixture.parent_slot;
    state.parent_slot = fixture.parent_slot == 0 ? 0 : fixture.parent_slot - 1;
    state.block_height = fixture.block_height == 0 ? 0 : fixture.block_height - 1;
    state.hash = fixture.parent_hash;
    state.ticks_per_slot = fixture.ticks_per_slot;
    state.hashes_per_tick = fixture.hashes_per_tick;
    state.tick_height = fixture.slot * fixture.ticks_per_slot;
    state.genesis_creation_time = static_cast<UnixTimestamp>(fixture.genesis_creation_time);
    state.capitalization = fixture.parent_capitalization;
    state.fee_rate_governor.lamports_per_signature = fixture.parent_lamports_per_signature;
    state.inflation = fixture.inflation;
    state.epoch_schedule = sysvar_or(fixture, ids::kEpochSchedule, EpochSchedule{});
    state.rent = sysvar_or(fixture, ids::kRent, Rent{});
    state.features = to_feature_set(fixture.features);
    bank::SlotParams baseline;
    baseline.slots_per_year = fixture.slots_per_year;
    state.slot_params = bank::SlotParamsTable(state.features, state.epoch_schedule, baseline);
    for (const Hash& hash : fixture.blockhashes) {
        state.blockhashes.add(hash, fixture.parent_lamports_per_signature);
    }
    state.accounts_lt_hash = fixture.parent_lt_hash;
    const Epoch epoch = state.epoch_schedule.epoch(fixture.parent_slot);
    state.epoch_stakes[epoch] = to_epoch_stakes(fixture.voters_t2);
    state.epoch_stakes[epoch + 1] = to_epoch_stakes(fixture.voters_t1);
    return state;
}

/// Of the epoch whose schedule the block's stakes fix, which is what this layout reports.
LeaderScheduleFacts leader_schedule_facts(const bank::Bank& bank) {
    const bank::BankState& state = bank.state();
    LeaderScheduleFacts facts;
    facts.epoch = state.epoch_schedule.leader_schedule_epoch(bank.slot());
    facts.first_slot = state.epoch_schedule.first_slot(facts.epoch);
    facts.slots = state.epoch_schedule.slots_in_epoch(facts.epoch);
    const auto stakes = state.epoch_stakes.find(facts.epoch);
    if (stakes == state.epoch_stakes.end()) return facts;
    const auto schedule =
        bank::leader_schedule(*stakes->second.vote_accounts, facts.epoch, facts.slots);
    std::set<Pubkey> leaders;
    for (const bank::SlotLeader& leader : schedule) leaders.insert(leader.id);
    facts.leaders = leaders.size();
    facts.length = schedule.size() * bank::kConsecutiveLeaderSlots;
    Bytes keys;
    for (const Pubkey& key : leaders) keys.insert(keys.end(), key.bytes.begin(), key.bytes.end());
    Bytes places;
    for (const bank::SlotLeader& leader : schedule) {
        const auto place = std::distance(leaders.begin(), leaders.find(leader.id));
        places.resize(places.size() + 4);
        store_le(places.data() + places.size() - 4, static_cast<std::uint32_t>(place));
    }
    constexpr std::uint64_t kSeed = 0xDEADFACE;
    store_le(facts.hash.data(), crypto::xxh64(keys, kSeed));
    store_le(facts.hash.data() + 8, crypto::xxh64(places, kSeed));
    return facts;
}

} // namespace

Result<BlockFixture> parse_block_fixture(ByteView message, bool is_context) {
    BlockFixture fixture;
    if (is_context) {
        FATHOM_CHECK(read_context(message, fixture));
        return fixture;
    }
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        if (field.tag == 2) FATHOM_CHECK(read_context(field.bytes, fixture));
        if (field.tag == 3) fixture.effects = FATHOM_TRY(read_effects(field.bytes));
    }
    if (!fixture.effects) return std::unexpected(bad("a block fixture without effects"));
    return fixture;
}

Result<BlockRun> run_block_fixture(const BlockFixture& fixture,
                                   std::shared_ptr<bank::Runtime> runtime) {
    bank::BankState state = to_parent_state(fixture);
    auto accounts = std::make_shared<bank::ForkAccounts>(std::make_shared<bank::RootedAccounts>());
    bank::Stakes stakes(state.epoch_schedule.epoch(fixture.parent_slot),
                        sysvar_or(fixture, ids::kStakeHistory, StakeHistory{}));
    bank::StakeRules rules;
    rules.new_rate_epoch = 0;
    for (const FixtureAccount& entry : fixture.accounts) {
        accounts->put(entry.key, entry.account);
        if (entry.account.lamports > 0) stakes.update(entry.key, entry.account, rules);
    }
    accounts->make_root();
    const auto parent = std::make_shared<const bank::Bank>(std::move(state), std::move(stakes),
                                                           accounts, std::move(runtime));
    BlockRun run;
    run.bank = FATHOM_TRY(bank::Bank::child_of(parent, fixture.slot));
    const std::vector<ByteView> views(fixture.transactions.begin(), fixture.transactions.end());
    run.outcomes = run.bank->execute(views, {.verify_signatures = false, .count_costs = true});
    run.effects.block_cost = run.bank->costs().used();
    run.effects.has_error = std::ranges::any_of(
        run.outcomes, [](const auto& outcome) { return outcome.commit == Commit::None; });
    run.bank->finish_ticks(fixture.poh);
    run.effects.bank_hash = run.bank->freeze();
    run.effects.capitalization = run.bank->state().capitalization;
    run.effects.leader_schedule = leader_schedule_facts(*run.bank);
    return run;
}

} // namespace fathom::harness

// SPDX-License-Identifier: Apache-2.0
#include "tests/oracles/epochs/scenario.hpp"

#include "fathom/crypto/sha256.hpp"
#include "fathom/harness/chain/instructions.hpp"
#include "fathom/harness/chain/made_up_chain.hpp"
#include "fathom/programs/vote/state.hpp"
#include "fathom/types/program_ids.hpp"
#include "tests/oracles/epochs/stake_instructions.hpp"

#include <algorithm>
#include <limits>

namespace fathom::oracles {
namespace {

using programs::vote::VoteState;

constexpr Lamports kSol = 1'000'000'000;
constexpr std::size_t kTowerDepth = 31;
constexpr std::size_t kVoteStateV3Size = 3762;
constexpr Epoch kEpochs = 11;

constexpr Feature kGates[] = {
    Feature::reduce_stake_warmup_cooldown, Feature::upgrade_bpf_stake_program_to_v5_1,
    Feature::delay_commission_updates,     Feature::commission_rate_in_basis_points,
    Feature::custom_commission_collector,  Feature::relax_post_exec_min_balance_check,
    Feature::validator_admission_ticket,   Feature::full_inflation__devnet_and_testnet,
    Feature::block_revenue_sharing,        Feature::reduce_slot_time_to_350ms,
    Feature::reduce_slot_time_to_200ms,
};

/// Gates that change what an epoch boundary does in ways that this scenario does not draw.
constexpr Feature kNeverActive[] = {
    Feature::alpenglow,
    Feature::pico_inflation,
    Feature::full_inflation__mainnet__certusone__vote,
    Feature::full_inflation__mainnet__certusone__enable,
    Feature::reduce_slot_time_to_300ms,
    Feature::reduce_slot_time_to_250ms,
};

/// Bincode of version 3 (solana-vote-interface state/vote_state_v3.rs), without votes.
Bytes encode_version_3(const VoteState& state) {
    constexpr std::uint64_t kPriorVoters = 32;
    Fields fields;
    fields.u32(2).key(state.node_pubkey).key(state.authorized_withdrawer).u8(state.commission());
    fields.u64(0).u8(0).u64(state.authorized_voters.size());
    for (const auto& [epoch, voter] : state.authorized_voters) fields.u64(epoch).key(voter);
    for (std::uint64_t i = 0; i < kPriorVoters; ++i) fields.key({}).u64(0).u64(0);
    fields.u64(kPriorVoters - 1).u8(1).u64(state.epoch_credits.size());
    for (const auto& credits : state.epoch_credits) {
        fields.u64(credits.epoch).u64(credits.credits).u64(credits.previous_credits);
    }
    fields.u64(state.last_timestamp.slot);
    fields.u64(static_cast<std::uint64_t>(state.last_timestamp.timestamp));
    return fields.bytes();
}

Account pending_feature() {
    Account account;
    account.data.resize(9);
    account.lamports = kSol;
    account.owner = ids::kFeatureProgram;
    return account;
}

} // namespace

Scenario::Scenario(std::uint64_t seed)
    : random_(seed), seed_(seed), owner_(harness::numbered_keypair(seed, "owner", 0)) {
    const std::string name = "epochs " + std::to_string(seed);
    genesis_.hash =
        Hash{crypto::sha256({reinterpret_cast<const std::uint8_t*>(name.data()), name.size()})};
    genesis_.creation_time = 1'700'000'000;
    genesis_.epoch_schedule.slots_per_epoch = chance(50) ? 32 : 64;
    genesis_.epoch_schedule.leader_schedule_slot_offset =
        genesis_.epoch_schedule.slots_per_epoch / (chance(70) ? 1 : 2);
    if (genesis_.epoch_schedule.slots_per_epoch == 64 && chance(50)) {
        genesis_.epoch_schedule.warmup = true;
        genesis_.epoch_schedule.first_normal_epoch = 1;
        genesis_.epoch_schedule.first_normal_slot = 32;
    }
    genesis_.slot_params.stake_stores_per_block = 2 + random_.below(36);
    // Long ones, so that a percent of an epoch is more than a second.
    if (chance(40)) genesis_.slot_params.nanoseconds = 2'345'678'901;
    if (chance(60)) genesis_.slot_params.slots_per_year = 20'000.5;
    choose_gates();
    put(owner_.pubkey(), ids::kSystemProgram, {}, 0, 80'000'000 * kSol);
    make_validators();
    make_stakes();
}

void Scenario::choose_gates() {
    const FeatureSet mainnet = FeatureSet::mainnet();
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
        if (mainnet.is_active(static_cast<Feature>(i))) {
            genesis_.features.activate(static_cast<Feature>(i), 0);
        }
    }
    for (const Feature feature : kNeverActive) genesis_.features.deactivate(feature);
    for (const Feature feature : kGates) {
        auto when = static_cast<Gate::When>(random_.below(3));
        // Rewards of shorter slots are paid in one block.
        const bool is_slot_time = feature == Feature::reduce_slot_time_to_350ms ||
                                  feature == Feature::reduce_slot_time_to_200ms;
        if (is_slot_time && chance(70)) when = Gate::When::Never;
        gates_.push_back({feature, when});
        genesis_.features.deactivate(feature);
        if (when == Gate::When::Genesis) genesis_.features.activate(feature, 0);
        if (when == Gate::When::FirstBoundary) {
            genesis_.accounts.push_back({feature_id(feature), pending_feature()});
        }
    }
}

void Scenario::put(const Pubkey& key, const Pubkey& owner, Bytes data, std::size_t size,
                   Lamports lamports) {
    data.resize(size);
    Account account;
    account.lamports = lamports;
    account.data = AccountData(data);
    account.owner = owner;
    genesis_.accounts.push_back({key, std::move(account)});
}

Lamports Scenario::some_lamports() {
    Lamports scale = kSol;
    for (auto i = random_.below(6); i > 0; --i) scale *= 10;
    return scale + random_.below(scale * 9);
}

Scenario::Validator& Scenario::any_validator() {
    return validators_[random_.below(validators_.size())];
}

const Keypair& Scenario::any_stake() {
    return stakes_[random_.below(stakes_.size())];
}

void Scenario::make_validators() {
    const std::uint64_t count = 20 + random_.below(9);
    for (std::uint64_t i = 0; i < count; ++i) {
        Validator validator{.identity = harness::numbered_keypair(seed_, "node", i),
                            .vote = harness::numbered_keypair(seed_, "vote", i)};
        VoteState state;
        state.node_pubkey = validator.identity.pubkey();
        state.authorized_withdrawer = validator.identity.pubkey();
        state.inflation_rewards_collector = validator.vote.pubkey();
        state.block_revenue_collector = validator.identity.pubkey();
        constexpr std::uint16_t kCommissions[] = {0, 10'000, 500, 1'234, 9'999, 1, 20'000};
        state.inflation_rewards_commission_bps =
            chance(50) ? kCommissions[random_.below(std::size(kCommissions))]
                       : static_cast<std::uint16_t>(random_.below(10'001));
        state.block_revenue_commission_bps = 10'000;
        state.authorized_voters = {{0, validator.identity.pubkey()}};
        if (chance(50)) state.epoch_credits = {{0, 100 + random_.below(500), random_.below(100)}};
        if (chance(60)) state.last_timestamp = {0, genesis_.creation_time};
        const bool is_old = chance(25);
        if (!is_old && chance(85)) state.bls_pubkey.emplace().fill(static_cast<std::uint8_t>(i));
        put(validator.vote.pubkey(), ids::kVoteProgram,
            is_old ? encode_version_3(state) : state.encode(), kVoteStateV3Size,
            30'000'000 + random_.below(kSol));
        put(validator.identity.pubkey(), ids::kSystemProgram, {}, 0, 1'000 * kSol);
        validators_.push_back(std::move(validator));
    }
}

void Scenario::make_stakes() {
    const Lamports reserve = genesis_.rent.minimum_balance(StakeState::kSize);
    const std::uint64_t count = 66 + random_.below(20);
    for (std::uint64_t i = 0; i < count; ++i) {
        stakes_.push_back(harness::numbered_keypair(seed_, "stake", i));
        StakeState state;
        const Lamports lamports = some_lamports();
        state.kind = chance(90) ? StakeState::Kind::Stake : StakeState::Kind::Initialized;
        state.meta.rent_exempt_reserve = reserve;
        state.meta.authorized = {owner_.pubkey(), owner_.pubkey()};
        // Some with a vote account that never was.
        state.stake.delegation.voter =
            chance(97) ? any_validator().vote.pubkey() : stakes_.back().pubkey();
        state.stake.delegation.stake = lamports;
        state.stake.delegation.activation_epoch = i < 30 ? StakeDelegation::kNever : 0;
        if (chance(5)) state.stake.delegation.deactivation_epoch = random_.below(3);
        if (chance(30)) state.stake.credits_observed = random_.below(700);
        // Some could not bear their delegation if rent were asked for.
        put(stakes_.back().pubkey(), ids::kStakeProgram, state.encode(), StakeState::kSize,
            lamports + reserve - (chance(5) ? random_.below(reserve) : 0));
    }
}

Slot Scenario::last_slot() const {
    return genesis_.epoch_schedule.first_slot(kEpochs) + 12;
}

Slot Scenario::slot_after(Slot slot) {
    return slot + 1 + (chance(8) ? random_.below(4) : 0);
}

void Scenario::add(std::vector<Instruction> instructions, const std::vector<Keypair>& signers) {
    // Equal transactions would be repeats.
    instructions.push_back(make_transfer(owner_.pubkey(), owner_.pubkey(), ++serial_));
    if (auto built = build_transaction(owner_, instructions, blockhash_, signers)) {
        block_.push_back(*std::move(built));
    }
}

void Scenario::begin_epoch(Epoch epoch) {
    epoch_ = epoch;
    drift_ = static_cast<UnixTimestamp>(random_.below(120)) - 40;
    constexpr unsigned kRates[] = {0, 85, 95, 100, 100, 100};
    for (Validator& validator : validators_) {
        validator.rate = kRates[random_.below(std::size(kRates))];
    }
}

std::vector<Bytes> Scenario::transactions(const bank::Bank& bank) {
    block_.clear();
    blockhash_ = bank.state().blockhashes.last_hash();
    if (epoch_ != bank.epoch()) begin_epoch(bank.epoch());
    for (Validator& validator : validators_) {
        if (!validator.is_closed && chance(validator.rate)) vote(bank, validator);
    }
    for (auto i = random_.below(5); i > 0; --i) change_stake(bank);
    if (chance(30)) change_validator(bank);
    return block_;
}

/// The tower as a validator keeps it: expired votes go, the oldest of 31 becomes the root, deeper
/// ones are confirmed.
void Scenario::vote(const bank::Bank& bank, Validator& validator) {
    const Slot slot = bank.state().parent_slot;
    auto& tower = validator.tower;
    while (!tower.empty() && tower.back().first + (Slot{1} << tower.back().second) < slot) {
        tower.pop_back();
    }
    if (tower.size() == kTowerDepth) {
        validator.root = tower.front().first;
        tower.erase(tower.begin());
    }
    tower.emplace_back(slot, 1);
    for (std::size_t i = 0; i < tower.size(); ++i) {
        if (tower.size() > i + tower[i].second) ++tower[i].second;
    }
    constexpr std::uint32_t kTowerSync = 14;
    Fields data;
    data.u32(kTowerSync).u64(validator.root.value_or(std::numeric_limits<Slot>::max()));
    data.varint(tower.size());
    Slot before = validator.root.value_or(0);
    for (const auto& [voted, confirmations] : tower) {
        data.varint(voted - before).u8(static_cast<std::uint8_t>(confirmations));
        before = voted;
    }
    // A timestamp before the last one would be refused.
    auto& now = validator.time;
    now = std::max(now, genesis_.creation_time +
                            static_cast<UnixTimestamp>(
                                bank.slot() * genesis_.slot_params.nanoseconds / 1'000'000'000) +
                            drift_ + static_cast<UnixTimestamp>(random_.below(5)));
    data.key(Pubkey{bank.state().parent_hash.bytes}).u8(1);
    data.u64(static_cast<std::uint64_t>(now)).key({});
    add({{ids::kVoteProgram,
          {{validator.vote.pubkey(), false, true}, {validator.identity.pubkey(), true, false}},
          data.bytes()}},
        {validator.identity});
}

void Scenario::create_stake() {
    stakes_.push_back(harness::numbered_keypair(seed_, "new stake", stakes_.size()));
    const Keypair& stake = stakes_.back();
    add({harness::create_account(owner_.pubkey(), stake.pubkey(), some_lamports() / 100 + 2 * kSol,
                                 StakeState::kSize, ids::kStakeProgram),
         initialize_stake(stake.pubkey(), owner_.pubkey()),
         delegate_stake(stake.pubkey(), any_validator().vote.pubkey(), owner_.pubkey())},
        {stake});
}

void Scenario::split(const Pubkey& stake, Lamports lamports) {
    const Keypair part = harness::numbered_keypair(seed_, "new stake", stakes_.size());
    const Lamports reserve = genesis_.rent.minimum_balance(StakeState::kSize);
    add({harness::create_account(owner_.pubkey(), part.pubkey(), reserve, StakeState::kSize,
                                 ids::kStakeProgram),
         split_stake(stake, part.pubkey(), owner_.pubkey(), lamports)},
        {part});
    stakes_.push_back(part);
}

void Scenario::change_stake(const bank::Bank& bank) {
    if (chance(15)) return create_stake();
    const Pubkey stake = any_stake().pubkey();
    const auto account = bank.account(stake);
    if (!account) return;
    const auto state = StakeState::decode(account->data.view());
    if (!state) return;
    if (state->kind == StakeState::Kind::Initialized) {
        return add({delegate_stake(stake, any_validator().vote.pubkey(), owner_.pubkey())}, {});
    }
    if (state->kind == StakeState::Kind::Stake) change_delegated(stake, *state, account->lamports);
}

void Scenario::change_delegated(const Pubkey& stake, const StakeState& state, Lamports lamports) {
    const bool is_deactivated =
        state.stake.delegation.deactivation_epoch != StakeDelegation::kNever;
    const Pubkey other = any_stake().pubkey();
    switch (random_.below(8)) {
    case 0:
    case 1: return split(stake, chance(15) ? lamports : lamports / (2 + random_.below(3)));
    case 2:
        return add({is_deactivated
                        ? delegate_stake(stake, any_validator().vote.pubkey(), owner_.pubkey())
                        : deactivate_stake(stake, owner_.pubkey())},
                   {});
    case 3: return add({merge_stakes(stake, other, owner_.pubkey())}, {});
    case 4:
        return add({withdraw_stake(stake, owner_.pubkey(), owner_.pubkey(),
                                   chance(30) ? lamports : random_.below(kSol))},
                   {});
    case 5: return add({move_stake(stake, other, owner_.pubkey(), kSol + random_.below(kSol))}, {});
    case 6: return add({make_transfer(owner_.pubkey(), stake, 1 + random_.below(kSol))}, {});
    default:
        return add({deactivate_delinquent(stake, state.stake.delegation.voter,
                                          any_validator().vote.pubkey())},
                   {});
    }
}

void Scenario::change_validator(const bank::Bank& bank) {
    Validator& validator = any_validator();
    if (validator.is_closed) return reopen(validator);
    const Pubkey vote = validator.vote.pubkey();
    const Pubkey node = validator.identity.pubkey();
    const AccountMeta authority{node, true, false};
    const auto account = bank.account(vote);
    switch (account ? random_.below(6) : 6) {
    case 0:
    case 1:
        return add({{ids::kVoteProgram,
                     {{vote, false, true}, authority},
                     Fields().u32(5).u8(static_cast<std::uint8_t>(random_.below(101))).bytes()}},
                   {validator.identity});
    case 2:
        return add({{ids::kVoteProgram,
                     {{vote, false, true}, authority},
                     Fields()
                         .u32(18)
                         .u16(static_cast<std::uint16_t>(random_.below(10'001)))
                         .u32(0)
                         .bytes()}},
                   {validator.identity});
    case 3: {
        const Pubkey collector = chance(30)   ? vote
                                 : chance(50) ? any_validator().identity.pubkey()
                                              : owner_.pubkey();
        return add({{ids::kVoteProgram,
                     {{vote, false, true}, {collector, false, true}, authority},
                     Fields().u32(17).u32(0).bytes()}},
                   {validator.identity});
    }
    case 4:
        // Refused while it has voted lately.
        add({{ids::kVoteProgram,
              {{vote, false, true}, {owner_.pubkey(), false, true}, authority},
              Fields().u32(3).u64(account->lamports).bytes()}},
            {validator.identity});
        validator.is_closed = validator.rate == 0;
        return;
    case 5: return add({make_transfer(owner_.pubkey(), vote, 1 + random_.below(kSol))}, {});
    default: return reopen(validator);
    }
}

/// At the same address, with no credits.
void Scenario::reopen(Validator& validator) {
    const Pubkey vote = validator.vote.pubkey();
    const Pubkey node = validator.identity.pubkey();
    validator.is_closed = false;
    validator.tower.clear();
    validator.root.reset();
    add({harness::create_account(owner_.pubkey(), vote, kSol, kVoteStateV3Size, ids::kVoteProgram),
         {ids::kVoteProgram,
          {{vote, false, true},
           {ids::kRent, false, false},
           {ids::kClock, false, false},
           {node, true, false}},
          Fields().u32(0).key(node).key(node).key(node).u8(7).bytes()}},
        {validator.vote, validator.identity});
}

} // namespace fathom::oracles

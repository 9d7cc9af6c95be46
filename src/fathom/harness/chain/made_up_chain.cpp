// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/chain/made_up_chain.hpp"

#include "fathom/crypto/sha256.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/programs/vote/state.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"
#include "fathom/types/pda.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/stake_state.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace fathom::harness {
namespace {

constexpr Lamports kWalletLamports = 100'000'000'000;
constexpr Lamports kValidatorLamports = 1'000'000'000'000;
constexpr Lamports kStakeLamports = 5'000'000'000'000;
constexpr std::uint64_t kTokens = 1'000'000'000;
constexpr std::size_t kTokenAccountSize = 165;
constexpr std::size_t kMintSize = 82;
constexpr std::uint16_t kCommissionBasisPoints = 500;

Result<Bytes> assemble_file(const std::filesystem::path& path) {
    const Bytes source = FATHOM_TRY(read_file(path.string()));
    const auto assembly = sbpf::assemble(as_text(source));
    if (!assembly) {
        return std::unexpected(base::Error{base::ErrorCode::InvalidInput,
                                           path.string() + ": " + assembly.error().text()});
    }
    return sbpf::write_elf(*assembly);
}

Pubkey derived(std::initializer_list<ByteView> seeds, const Pubkey& program) {
    const std::vector<ByteView> list(seeds);
    const auto found = find_program_address(list, program);
    return found ? found->first : Pubkey{};
}

Bytes token_account(const Pubkey& mint, const Pubkey& owner) {
    Bytes data(kTokenAccountSize);
    std::ranges::copy(mint.bytes, data.begin());
    std::ranges::copy(owner.bytes, data.begin() + 32);
    store_le(data.data() + 64, kTokens);
    data[108] = 1; // initialized
    return data;
}

Bytes mint_account(const Pubkey& authority, std::uint64_t supply) {
    Bytes data(kMintSize);
    store_le<std::uint32_t>(data.data(), 1);
    std::ranges::copy(authority.bytes, data.begin() + 4);
    store_le(data.data() + 36, supply);
    data[44] = 6; // decimals
    data[45] = 1; // initialized
    return data;
}

} // namespace

Keypair numbered_keypair(std::uint64_t seed, std::string_view name, std::uint64_t index) {
    return Keypair::from_text(std::to_string(seed) + '/' + std::string(name) + '/' +
                              std::to_string(index));
}

Result<ChainPrograms> ChainPrograms::assemble(const std::filesystem::path& folder) {
    ChainPrograms programs;
    programs.token = FATHOM_TRY(assemble_file(folder / "token.s"));
    programs.counter = FATHOM_TRY(assemble_file(folder / "counter.s"));
    return programs;
}

MadeUpChain::MadeUpChain(const ChainOptions& options, const ChainPrograms& programs,
                         sched::WorkerPool& pool)
    : seed_(options.seed), minter_(numbered_keypair(options.seed, "minter", 0)),
      token_program_(numbered_keypair(options.seed, "token program", 0).pubkey()),
      counter_program_(numbered_keypair(options.seed, "counter program", 0).pubkey()) {
    genesis_.hash = Hash{crypto::sha256(as_bytes("genesis " + std::to_string(seed_)))};
    genesis_.creation_time = 1'700'000'000;
    genesis_.features = options.features;
    genesis_.ticks_per_slot = options.ticks_per_slot;
    genesis_.hashes_per_tick = options.hashes_per_tick;
    genesis_.slot_params.hashes_per_tick = options.hashes_per_tick;
    genesis_.epoch_schedule.slots_per_epoch = options.slots_per_epoch;
    genesis_.epoch_schedule.leader_schedule_slot_offset = options.slots_per_epoch;
    put(token_program_, ids::kBpfLoader, programs.token, 0, true);
    put(counter_program_, ids::kBpfLoader, programs.counter, 0, true);
    put(minter_.pubkey(), ids::kSystemProgram, {}, kWalletLamports);
    const std::size_t mints = std::max<std::size_t>(options.mints, 1);
    for (std::size_t i = 0; i < mints; ++i) {
        mints_.push_back(numbered_keypair(seed_, "mint", i).pubkey());
        put(mints_.back(), token_program_,
            mint_account(minter_.pubkey(), options.holders * kTokens));
    }
    make_holders(options.holders, pool);
    make_validators(options.validators);
}

void MadeUpChain::put(const Pubkey& key, const Pubkey& owner, ByteView data, Lamports lamports,
                      bool executable) {
    Account account;
    account.lamports = std::max(lamports, genesis_.rent.minimum_balance(data.size()));
    account.data = AccountData(data);
    account.owner = owner;
    account.executable = executable;
    genesis_.accounts.push_back({key, std::move(account)});
}

void MadeUpChain::make_holders(std::size_t count, sched::WorkerPool& pool) {
    std::vector<std::optional<Holder>> made(count);
    pool.parallel_for(count, [&](unsigned, std::size_t i) {
        Keypair wallet = numbered_keypair(seed_, "holder", i);
        const Pubkey counter =
            derived({as_bytes("counter"), wallet.pubkey().view()}, counter_program_);
        const Hash token = Hash{crypto::sha256(wallet.pubkey().view())};
        made[i].emplace(Holder{std::move(wallet), Pubkey{token.bytes}, counter});
    });
    holders_.reserve(count);
    for (auto& holder : made) {
        put(holder->wallet.pubkey(), ids::kSystemProgram, {}, kWalletLamports);
        put(holder->token_account, token_program_,
            token_account(mints_[mint_of(holders_.size())], holder->wallet.pubkey()));
        holders_.push_back(*std::move(holder));
    }
}

void MadeUpChain::make_validators(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        Keypair identity = numbered_keypair(seed_, "validator", i);
        const Pubkey vote = numbered_keypair(seed_, "vote account", i).pubkey();
        const Pubkey stake = numbered_keypair(seed_, "stake account", i).pubkey();
        put(identity.pubkey(), ids::kSystemProgram, {}, kValidatorLamports);

        programs::vote::VoteState state;
        state.node_pubkey = identity.pubkey();
        state.authorized_withdrawer = identity.pubkey();
        state.inflation_rewards_collector = vote;
        state.block_revenue_collector = identity.pubkey();
        state.inflation_rewards_commission_bps = kCommissionBasisPoints;
        state.block_revenue_commission_bps = 10'000;
        // Any key will do: nobody verifies it here, and without one there is no admission.
        state.bls_pubkey.emplace().fill(static_cast<std::uint8_t>(i + 1));
        state.authorized_voters = {{0, identity.pubkey()}};
        Bytes data = state.encode();
        data.resize(programs::vote::VoteState::kSize);
        put(vote, ids::kVoteProgram, data, kValidatorLamports);

        StakeState staked;
        staked.kind = StakeState::Kind::Stake;
        staked.meta.rent_exempt_reserve = genesis_.rent.minimum_balance(StakeState::kSize);
        staked.meta.authorized = {identity.pubkey(), identity.pubkey()};
        staked.stake.delegation.voter = vote;
        staked.stake.delegation.stake = kStakeLamports * (i + 1);
        staked.stake.delegation.activation_epoch = StakeDelegation::kNever;
        Bytes stake_data = staked.encode();
        stake_data.resize(StakeState::kSize);
        put(stake, ids::kStakeProgram, stake_data,
            kStakeLamports * (i + 1) + staked.meta.rent_exempt_reserve);
        validators_.push_back({std::move(identity), vote});
    }
}

} // namespace fathom::harness

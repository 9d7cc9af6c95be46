// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/chain/block_maker.hpp"

#include "fathom/harness/chain/instructions.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"
#include "fathom/types/nonce.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace fathom::harness {
namespace {

constexpr std::size_t kCrowdedAccounts = 4;
constexpr std::size_t kNonceAccounts = 6;
constexpr std::size_t kDevelopers = 3;
constexpr std::size_t kTowerHeight = 31;
constexpr std::size_t kBufferMetadata = 37;
constexpr std::size_t kProgramSize = 36;
constexpr std::uint64_t kMaxProgramLen = 1'000;
constexpr Lamports kTooMuch = 1'000'000'000'000'000'000;

Lamports rent_for(const bank::Bank& bank, std::size_t size) {
    return std::max<Lamports>(bank.state().rent.minimum_balance(size), 1);
}

/// A program that tells which version it is: version 0 succeeds, others fail with their number.
Bytes small_program(std::uint64_t version) {
    const auto assembly = sbpf::assemble(".version v3\n.globl entrypoint\nentrypoint:\nmov64 r0, " +
                                         std::to_string(version % 3) + "\nexit\n");
    if (!assembly) return {};
    return sbpf::write_elf(*assembly).value_or(Bytes{});
}

} // namespace

BlockMix BlockMix::market() {
    BlockMix mix;
    mix.transfers = 35;
    mix.crowd = 5;
    mix.token_transfers = 35;
    mix.hot_mint = 5;
    mix.program_calls = 20;
    return mix;
}

BlockMix BlockMix::transfers_only() {
    BlockMix mix;
    mix.transfers = 1;
    return mix;
}

BlockMix BlockMix::calls_only() {
    BlockMix mix;
    mix.token_transfers = 1;
    return mix;
}

BlockMix BlockMix::serial() {
    BlockMix mix;
    mix.one_mint = 1;
    return mix;
}

BlockMix BlockMix::trouble() {
    BlockMix mix = market();
    mix.transfers = 15;
    mix.crowd = 15;
    mix.token_transfers = 10;
    mix.hot_mint = 5;
    mix.program_calls = 10;
    mix.batches = 5;
    mix.failures = 8;
    mix.unpayable = 3;
    mix.stale = 2;
    mix.repeats = 5;
    mix.nonces = 12;
    mix.deployments = 12;
    mix.shortlived = 8;
    mix.votes = true;
    return mix;
}

struct BlockMaker::Draft {
    Keypair payer;
    std::vector<Instruction> instructions;
    std::vector<Keypair> signers = {};
    /// nullopt: the bank's last.
    std::optional<Hash> blockhash = {};
    /// Instead of all that: this transaction of the block.
    std::optional<std::size_t> again = {};
    /// Instead of all that: as it is.
    std::optional<Bytes> finished = {};
};

BlockMaker::BlockMaker(const MadeUpChain& chain, const BlockMix& mix, std::uint64_t seed,
                       sched::WorkerPool& pool)
    : chain_(chain), mix_(mix), random_(seed), pool_(pool), developers_(kDevelopers) {
    add_kind(mix.transfers, &BlockMaker::transfer);
    add_kind(mix.crowd, &BlockMaker::crowd);
    add_kind(mix.token_transfers, &BlockMaker::token_transfer);
    add_kind(mix.hot_mint, &BlockMaker::hot_mint);
    add_kind(mix.one_mint, &BlockMaker::one_mint);
    add_kind(mix.program_calls, &BlockMaker::program_call);
    add_kind(mix.batches, &BlockMaker::batch);
    add_kind(mix.failures, &BlockMaker::failure);
    add_kind(mix.unpayable, &BlockMaker::unpayable);
    add_kind(mix.stale, &BlockMaker::stale);
    add_kind(mix.repeats, &BlockMaker::repeat);
    add_kind(mix.nonces, &BlockMaker::nonce);
    add_kind(mix.deployments, &BlockMaker::deployment);
    add_kind(mix.shortlived, &BlockMaker::shortlived);
}

void BlockMaker::add_kind(unsigned weight, Kind kind) {
    weights_ += weight;
    if (weight > 0) kinds_.emplace_back(weights_, kind);
}

std::vector<Bytes> BlockMaker::make(const bank::Bank& bank, std::size_t transactions) {
    std::vector<Draft> drafts;
    drafts.reserve(transactions);
    if (mix_.votes) add_votes(bank, drafts);
    while (drafts.size() < transactions) {
        const auto draw = static_cast<unsigned>(random_.below(weights_));
        const auto kind =
            std::ranges::upper_bound(kinds_, draw, {}, &std::pair<unsigned, Kind>::first);
        ++serial_;
        Draft draft = (this->*kind->second)(bank);
        if (draft.again) draft.again = drafts.empty() ? 0 : *draft.again % drafts.size();
        drafts.push_back(std::move(draft));
    }
    std::vector<Bytes> block(drafts.size());
    const Hash& blockhash = bank.state().blockhashes.last_hash();
    pool_.parallel_for(drafts.size(), [&](unsigned, std::size_t i) {
        const Draft& draft = drafts[i];
        if (draft.finished || draft.again) return;
        block[i] = build_transaction(draft.payer, draft.instructions,
                                     draft.blockhash.value_or(blockhash), draft.signers)
                       .value_or(Bytes{});
    });
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        if (drafts[i].finished) block[i] = *std::move(drafts[i].finished);
        if (drafts[i].again) block[i] = block[*drafts[i].again]; // an earlier one, or empty
    }
    last_block_ = block;
    return block;
}

std::size_t BlockMaker::partner_of(std::size_t holder) {
    const std::size_t holders = chain_.holders().size();
    const std::size_t mints = chain_.mints().size();
    const std::size_t sharers = (holders - chain_.mint_of(holder) + mints - 1) / mints;
    const std::size_t other = chain_.mint_of(holder) + mints * random_.below(sharers);
    return other != holder ? other
                           : (holder + mints < holders ? holder + mints : chain_.mint_of(holder));
}

/// No two are equal: the amount counts up.
Instruction BlockMaker::some_transfer(std::size_t from) {
    const std::size_t holders = chain_.holders().size();
    const std::size_t to = (from + 1 + random_.below(holders - 1)) % holders;
    return make_transfer(chain_.holders()[from].wallet.pubkey(),
                         chain_.holders()[to].wallet.pubkey(), 1 + serial_ % 100'000);
}

BlockMaker::Draft BlockMaker::transfer(const bank::Bank&) {
    const std::size_t from = any_holder();
    return {.payer = chain_.holders()[from].wallet, .instructions = {some_transfer(from)}};
}

BlockMaker::Draft BlockMaker::crowd(const bank::Bank&) {
    const Keypair& from = chain_.holders()[any_holder()].wallet;
    const Pubkey& to = chain_.holders()[random_.below(kCrowdedAccounts)].wallet.pubkey();
    return {.payer = from,
            .instructions = {make_transfer(from.pubkey(), to, 1 + serial_ % 100'000)}};
}

BlockMaker::Draft BlockMaker::token_transfer(const bank::Bank&) {
    const std::size_t from = any_holder();
    const auto& holder = chain_.holders()[from];
    const auto& other = chain_.holders()[partner_of(from)];
    return {.payer = holder.wallet,
            .instructions = {harness::token_transfer(chain_.token_program(), holder.token_account,
                                                     other.token_account, holder.wallet.pubkey(),
                                                     1 + serial_ % 1'000)}};
}

BlockMaker::Draft BlockMaker::hot_mint(const bank::Bank&) {
    const std::size_t mints = chain_.mints().size();
    return mint_to(std::min(random_.below(mints), random_.below(mints)));
}

BlockMaker::Draft BlockMaker::one_mint(const bank::Bank&) {
    return mint_to(0);
}

BlockMaker::Draft BlockMaker::mint_to(std::size_t mint) {
    const std::size_t mints = chain_.mints().size();
    const std::size_t sharers = (chain_.holders().size() - mint + mints - 1) / mints;
    const auto& to = chain_.holders()[mint + mints * random_.below(sharers)];
    return {.payer = to.wallet,
            .instructions = {token_mint_to(chain_.token_program(), chain_.mints()[mint],
                                           to.token_account, chain_.minter().pubkey(),
                                           1 + serial_ % 100'000)},
            .signers = {chain_.minter()}};
}

BlockMaker::Draft BlockMaker::program_call(const bank::Bank&) {
    const auto& holder = chain_.holders()[any_holder()];
    Bytes data(8); // ignored by the program
    store_le(data.data(), serial_);
    return {.payer = holder.wallet,
            .instructions = {{chain_.counter_program(),
                              {{holder.counter, false, true},
                               {holder.wallet.pubkey(), true, true},
                               {ids::kSystemProgram, false, false}},
                              std::move(data)}}};
}

BlockMaker::Draft BlockMaker::batch(const bank::Bank&) {
    const std::size_t from = any_holder();
    Draft draft{.payer = chain_.holders()[from].wallet, .instructions = {}};
    const std::size_t count = 2 + random_.below(6);
    // Sometimes not enough: each transfer takes 150 units.
    draft.instructions.push_back(
        set_compute_unit_limit(static_cast<std::uint32_t>(300 + 150 * random_.below(10))));
    draft.instructions.push_back(set_compute_unit_price(1'000'000 * random_.below(5'000)));
    for (std::size_t i = 0; i < count; ++i) draft.instructions.push_back(some_transfer(from));
    return draft;
}

BlockMaker::Draft BlockMaker::failure(const bank::Bank&) {
    const std::size_t from = any_holder();
    const Pubkey& to = chain_.holders()[any_holder()].wallet.pubkey();
    return {
        .payer = chain_.holders()[from].wallet,
        .instructions = {some_transfer(from), make_transfer(chain_.holders()[from].wallet.pubkey(),
                                                            to, kTooMuch + serial_)}};
}

BlockMaker::Draft BlockMaker::unpayable(const bank::Bank&) {
    const Keypair nobody = numbered_keypair(0, "nobody", random_.below(1'000'000));
    const Pubkey& to = chain_.holders()[any_holder()].wallet.pubkey();
    return {.payer = nobody, .instructions = {make_transfer(nobody.pubkey(), to, serial_)}};
}

BlockMaker::Draft BlockMaker::stale(const bank::Bank&) {
    Hash never;
    store_le(never.bytes.data(), random_.next());
    const std::size_t from = any_holder();
    return {.payer = chain_.holders()[from].wallet,
            .instructions = {some_transfer(from)},
            .blockhash = never};
}

BlockMaker::Draft BlockMaker::repeat(const bank::Bank& bank) {
    Draft draft = transfer(bank);
    if (!last_block_.empty() && random_.below(2) == 0) {
        draft.finished = last_block_[random_.below(last_block_.size())];
    } else {
        draft.again = random_.next();
    }
    return draft;
}

/// Creates the account if there is none, and pays with it otherwise; every other time something
/// fails after the nonce has moved on.
BlockMaker::Draft BlockMaker::nonce(const bank::Bank& bank) {
    const std::size_t number = random_.below(std::min(kNonceAccounts, chain_.holders().size()));
    const Keypair& owner = chain_.holders()[number].wallet;
    const Keypair account = numbered_keypair(0, "nonce", number);
    const auto existing = bank.account(account.pubkey());
    if (!existing) {
        return {.payer = owner,
                .instructions = {create_account(owner.pubkey(), account.pubkey(),
                                                rent_for(bank, NonceState::kSize),
                                                NonceState::kSize, ids::kSystemProgram),
                                 initialize_nonce(account.pubkey(), owner.pubkey())},
                .signers = {account}};
    }
    const auto state = NonceState::decode(existing->data.view());
    const std::size_t from = any_holder();
    Draft draft = random_.below(2) == 0 ? Draft{.payer = chain_.holders()[from].wallet,
                                                .instructions = {some_transfer(from)}}
                                        : failure(bank);
    draft.instructions.insert(draft.instructions.begin(),
                              advance_nonce(account.pubkey(), owner.pubkey()));
    draft.signers.push_back(owner);
    if (state && state->data) draft.blockhash = state->data->durable_nonce;
    return draft;
}

/// An account that exists until the end of a block that empties it.
BlockMaker::Draft BlockMaker::shortlived(const bank::Bank& bank) {
    const Keypair account = numbered_keypair(0, "shortlived", random_.below(8));
    const auto existing = bank.account(account.pubkey());
    const std::size_t from = any_holder();
    const Keypair& holder = chain_.holders()[from].wallet;
    if (existing) {
        // The payer is another, so that nothing is left behind.
        return {
            .payer = holder,
            .instructions = {make_transfer(account.pubkey(), holder.pubkey(), existing->lamports),
                             some_transfer(from)},
            .signers = {account}};
    }
    return {.payer = holder,
            .instructions = {
                make_transfer(holder.pubkey(), account.pubkey(), rent_for(bank, 0) + serial_)}};
}

BlockMaker::Draft BlockMaker::deployment(const bank::Bank& bank) {
    const std::size_t number = random_.below(std::min(kDevelopers, chain_.holders().size()));
    Developer& developer = developers_[number];
    const Keypair program = numbered_keypair(number, "program", developer.generation);
    const Keypair buffer = numbered_keypair(number, "buffer", developer.generation);
    const auto existing = bank.account(program.pubkey());
    const bool is_open = existing && bank.account(programdata_address(program.pubkey()));
    if (existing && !is_open) {
        ++developer.generation; // closed for good; an address serves once
        return transfer(bank);
    }
    const bool has_buffer = bank.account(buffer.pubkey()).has_value();
    const std::uint64_t choice = random_.below(8);
    if (!is_open) return has_buffer ? deploy(bank, number) : write_buffer(bank, number);
    if (choice == 0) return write_buffer(bank, number);
    if (choice == 1) return close_or_upgrade(bank, number);
    const std::size_t from = any_holder();
    return {.payer = chain_.holders()[from].wallet,
            .instructions = {some_transfer(from), {program.pubkey(), {}, {}}}};
}

BlockMaker::Draft BlockMaker::write_buffer(const bank::Bank& bank, std::size_t number) {
    const Keypair& owner = chain_.holders()[number].wallet;
    const Keypair buffer = numbered_keypair(number, "buffer", developers_[number].generation);
    const Bytes elf = small_program(random_.next());
    const std::size_t size = kBufferMetadata + elf.size();
    return {.payer = owner,
            .instructions = {create_account(owner.pubkey(), buffer.pubkey(), rent_for(bank, size),
                                            size, ids::kBpfLoaderUpgradeable),
                             initialize_buffer(buffer.pubkey(), owner.pubkey()),
                             write_program(buffer.pubkey(), owner.pubkey(), 0, elf)},
            .signers = {buffer}};
}

BlockMaker::Draft BlockMaker::deploy(const bank::Bank& bank, std::size_t number) {
    const std::uint64_t generation = developers_[number].generation;
    const Keypair& owner = chain_.holders()[number].wallet;
    const Keypair program = numbered_keypair(number, "program", generation);
    const Keypair buffer = numbered_keypair(number, "buffer", generation);
    return {.payer = owner,
            .instructions = {create_account(owner.pubkey(), program.pubkey(),
                                            rent_for(bank, kProgramSize), kProgramSize,
                                            ids::kBpfLoaderUpgradeable),
                             deploy_program(owner.pubkey(), program.pubkey(), buffer.pubkey(),
                                            owner.pubkey(), kMaxProgramLen)},
            .signers = {program}};
}

BlockMaker::Draft BlockMaker::close_or_upgrade(const bank::Bank& bank, std::size_t number) {
    const std::uint64_t generation = developers_[number].generation;
    const Keypair& owner = chain_.holders()[number].wallet;
    const Pubkey program = numbered_keypair(number, "program", generation).pubkey();
    const Pubkey buffer = numbered_keypair(number, "buffer", generation).pubkey();
    Draft draft{.payer = owner, .instructions = {some_transfer(number)}};
    draft.instructions.push_back(
        bank.account(buffer) ? upgrade_program(program, buffer, owner.pubkey(), owner.pubkey())
                             : close_program(program, owner.pubkey(), owner.pubkey()));
    return draft;
}

void BlockMaker::add_votes(const bank::Bank& bank, std::vector<Draft>& drafts) {
    const Slot parent = bank.state().parent_slot;
    if (voted_.empty() || voted_.back() < parent) {
        voted_.push_back(parent);
        if (voted_.size() > kTowerHeight) {
            voted_root_ = voted_.front();
            voted_.erase(voted_.begin());
        }
    }
    for (std::size_t i = 0; i < chain_.validators().size(); ++i) drafts.push_back(vote(bank, i));
}

BlockMaker::Draft BlockMaker::vote(const bank::Bank& bank, std::size_t validator) {
    const auto& voter = chain_.validators()[validator];
    const UnixTimestamp now =
        chain_.genesis().creation_time + static_cast<UnixTimestamp>(bank.slot() * 2 / 5);
    return {.payer = voter.identity,
            .instructions = {tower_sync(voter.vote_account, voter.identity.pubkey(), voted_,
                                        voted_root_, bank.state().parent_hash, now)}};
}

} // namespace fathom::harness

// SPDX-License-Identifier: Apache-2.0
// Transactions for real programs: token programs, memo, stake, associated token accounts, a swap.
//
// Every row's transactions come back to where they began, fees apart, so that they may be repeated:
// payments there and back, an account that is created and closed. Swaps pay fees; they could go on
// for longer than anybody waits.
#include "fathom/harness/file.hpp"
#include "fathom/types/pda.hpp"
#include "fathom/types/program_ids.hpp"
#include "vm_rows.hpp"
#include "world.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace fathom::bench {
namespace {

constexpr Pubkey kToken2022 = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"_pubkey;
constexpr Pubkey kMemo = "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr"_pubkey;
constexpr Pubkey kAssociated = "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL"_pubkey;
constexpr std::uint64_t kPairs = 16;

using Elves = std::filesystem::path;

Pubkey named(std::string_view name) {
    return {digest(name).bytes};
}

const Pubkey& mint() {
    static const Pubkey key = named("fathom bench mint");
    return key;
}

Account owned(const Pubkey& owner, ByteView data, Lamports lamports = 5'000'000) {
    return {.lamports = lamports, .data = AccountData(data), .owner = owner};
}

/// spl_token::state::Mint: no authority, supply, 6 decimals, initialized, no freezing.
Bytes mint_data(std::uint64_t supply) {
    Bytes data(82);
    store_le(data.data() + 36, supply);
    data[44] = 6;
    data[45] = 1;
    return data;
}

/// False if the file is not there.
bool add_program(TransactionRow& row, const Pubkey& id, const std::filesystem::path& file) {
    auto elf = harness::read_file(file);
    if (!elf) {
        std::fprintf(stderr, "%s: skipped, %s\n", row.name.c_str(), elf.error().message.c_str());
        return false;
    }
    row.programs.emplace_back(id, *std::move(elf));
    return true;
}

/// kPairs there-and-back pairs, every pair with another amount.
template <class Make> void add_pairs(TransactionRow& row, const World& world, const Make& make) {
    for (std::uint64_t i = 0; i < 2 * kPairs; ++i) {
        const bool is_return = i % 2 == 1;
        const Party& from = is_return ? world.bob : world.alice;
        const Party& to = is_return ? world.alice : world.bob;
        const Instruction instruction = make(from, to, 1 + i / 2);
        row.transactions.push_back(
            signed_transaction(from, {&instruction, 1}, world.slot.blockhash));
    }
}

void add_token_accounts(TransactionRow& row, const World& world, const Pubkey& program) {
    for (const Party* party : {&world.alice, &world.bob}) {
        row.accounts.emplace_back(party->token_account,
                                  owned(program, token_account_data(mint(), party->key, kPlenty)));
    }
    row.accounts.emplace_back(mint(), owned(program, mint_data(2 * kPlenty)));
}

bool token_row(TransactionRow& row, const World& world, const Elves& elves, const char* file) {
    if (!add_program(row, kTokenProgram, elves / file)) return false;
    add_token_accounts(row, world, kTokenProgram);
    add_pairs(row, world, token_transfer);
    return true;
}

bool token_2022_row(TransactionRow& row, const World& world, const Elves& elves) {
    if (!add_program(row, kToken2022, elves / "programs/spl_token_2022-11.0.0-495e9d76.so.zst")) {
        return false;
    }
    add_token_accounts(row, world, kToken2022);
    // TransferChecked.
    add_pairs(row, world, [](const Party& from, const Party& to, std::uint64_t amount) {
        Bytes data(10);
        data[0] = 12;
        store_le(data.data() + 1, amount);
        data[9] = 6;
        return Instruction{kToken2022,
                           {{from.token_account, false, true},
                            {mint(), false, false},
                            {to.token_account, false, true},
                            {from.key, true, false}},
                           data};
    });
    return true;
}

bool memo_row(TransactionRow& row, const World& world, const Elves& elves) {
    if (!add_program(row, kMemo, elves / "core/spl_memo-3.0.0.so")) return false;
    add_pairs(row, world, [](const Party& from, const Party&, std::uint64_t amount) {
        const std::string text = "For the coffee at the corner, and the cake: share number " +
                                 std::to_string(1000 + amount) + " of many";
        return Instruction{kMemo, {{from.key, true, false}}, {text.begin(), text.end()}};
    });
    return true;
}

/// Stake's Authorize of a staker: from one party to the other and back.
bool stake_row(TransactionRow& row, const World& world, const Elves& elves) {
    if (!add_program(row, ids::kStakeProgram, elves / "core/core_bpf_stake-5.1.0.so")) return false;
    static const Pubkey stake = named("fathom bench stake");
    // StakeStateV2::Initialized: reserve, staker, withdrawer, no lockup.
    Bytes state(200);
    state[0] = 1;
    store_le<std::uint64_t>(state.data() + 4, 2'282'880);
    std::ranges::copy(world.alice.key.bytes, state.begin() + 12);
    std::ranges::copy(world.alice.key.bytes, state.begin() + 44);
    row.accounts.emplace_back(stake, owned(ids::kStakeProgram, state, 10'000'000'000));
    add_pairs(row, world, [](const Party& from, const Party& to, std::uint64_t) {
        Bytes data(40);
        data[0] = 1;
        std::ranges::copy(to.key.bytes, data.begin() + 4);
        return Instruction{
            ids::kStakeProgram,
            {{stake, false, true}, {ids::kClock, false, false}, {from.key, true, false}},
            data};
    });
    return true;
}

/// Creates an associated token account and closes it again, in one transaction.
bool associated_row(TransactionRow& row, const World& world, const Elves& elves) {
    if (!add_program(row, kAssociated, elves / "core/spl_associated_token_account-1.1.1.so") ||
        !add_program(row, kTokenProgram, elves / "core/spl_token-3.5.0.so")) {
        return false;
    }
    row.accounts.emplace_back(mint(), owned(kTokenProgram, mint_data(0)));
    const Pubkey& wallet = world.alice.key;
    const std::array<ByteView, 3> seeds = {wallet.view(), kTokenProgram.view(), mint().view()};
    const auto found = find_program_address(seeds, kAssociated);
    if (!found) die("no associated token address");
    const std::array instructions = {
        Instruction{kAssociated,
                    {{wallet, true, true},
                     {found->first, false, true},
                     {wallet, false, false},
                     {mint(), false, false},
                     {ids::kSystemProgram, false, false},
                     {kTokenProgram, false, false}},
                    {0}},
        Instruction{kTokenProgram,
                    {{found->first, false, true}, {wallet, false, true}, {wallet, true, false}},
                    {9}}};
    row.transactions.push_back(signed_transaction(world.alice, instructions, world.slot.blockhash));
    return true;
}

/// A swap of one token for another and back, in a pool whose price follows the product of its
/// vaults. The program is an SPL Token Swap of 2020 that serves only whom an identity validator has
/// attested; it is the one automated market maker among the files. States as it keeps them: the
/// pool is initialized, nonce, eight keys, curve, eight numbers of fees; the identity is its owner,
/// initialized, one attestation of a validator.
class Pool {
public:
    explicit Pool(const World& world) : trader_(world.alice) {
        for (std::uint8_t nonce = 255;; --nonce) {
            const std::array<ByteView, 2> seeds = {info_.view(), ByteView(&nonce, 1)};
            const auto found = create_program_address(seeds, program_);
            if (!found) continue;
            authority_ = *found;
            nonce_ = nonce;
            return;
        }
    }

    [[nodiscard]] const Pubkey& program() const { return program_; }

    void add_accounts(TransactionRow& row) const {
        row.accounts.emplace_back(info_, owned(program_, pool_state()));
        row.accounts.emplace_back(identity_, owned(named("fathom identities"), identity_state()));
        for (std::size_t side = 0; side < 2; ++side) {
            row.accounts.emplace_back(mints_[side], owned(kTokenProgram, mint_data(4 * kPlenty)));
            add_token_account(row, vaults_[side], mints_[side], authority_);
            add_token_account(row, wallets_[side], mints_[side], trader_.key);
        }
        Bytes shares = mint_data(kPlenty);
        shares[0] = 1; // has an authority
        std::ranges::copy(authority_.bytes, shares.begin() + 4);
        row.accounts.emplace_back(shares_, owned(kTokenProgram, shares));
        add_token_account(row, fees_, shares_, named("fathom pool owner"));
    }

    /// From wallet `side` to the other one.
    [[nodiscard]] Instruction swap(std::size_t side, std::uint64_t amount) const {
        Bytes data(17);
        data[0] = 1;
        store_le(data.data() + 1, amount);
        store_le<std::uint64_t>(data.data() + 9, 1); // at least
        return {program_,
                {{info_, false, false},
                 {authority_, false, false},
                 {wallets_[side], false, true},
                 {vaults_[side], false, true},
                 {vaults_[1 - side], false, true},
                 {wallets_[1 - side], false, true},
                 {shares_, false, true},
                 {fees_, false, true},
                 {identity_, false, false},
                 {kTokenProgram, false, false}},
                data};
    }

private:
    [[nodiscard]] Bytes pool_state() const {
        Bytes state = {1, nonce_};
        for (const Pubkey& key : {kTokenProgram, vaults_[0], vaults_[1], shares_, mints_[0],
                                  mints_[1], fees_, validator_}) {
            state.insert(state.end(), key.bytes.begin(), key.bytes.end());
        }
        state.push_back(0); // constant product
        // For trading, for the owner of it, for withdrawing, for the host of it.
        for (const std::uint64_t number : {25, 10'000, 5, 10'000, 0, 0, 20, 100}) {
            state.resize(state.size() + 8);
            store_le(state.data() + state.size() - 8, number);
        }
        return state;
    }

    [[nodiscard]] Bytes identity_state() const {
        Bytes state(98);
        std::ranges::copy(trader_.key.bytes, state.begin());
        state[32] = 1;
        state[33] = 1;
        std::ranges::copy(validator_.bytes, state.begin() + 34);
        return state;
    }

    /// The pool's authority may spend nearly anything of it.
    void add_token_account(TransactionRow& row, const Pubkey& key, const Pubkey& mint,
                           const Pubkey& owner) const {
        Bytes data = token_account_data(mint, owner, kPlenty);
        data[72] = 1;
        std::ranges::copy(authority_.bytes, data.begin() + 76);
        store_le<std::uint64_t>(data.data() + 121, std::uint64_t{1} << 63);
        row.accounts.emplace_back(key, owned(kTokenProgram, data));
    }

    const Party& trader_;
    Pubkey program_ = named("fathom bench swap");
    Pubkey info_ = named("fathom pool");
    Pubkey authority_;
    std::uint8_t nonce_ = 0;
    std::array<Pubkey, 2> mints_ = {named("fathom coin a"), named("fathom coin b")};
    std::array<Pubkey, 2> vaults_ = {named("fathom vault a"), named("fathom vault b")};
    std::array<Pubkey, 2> wallets_ = {named("fathom wallet a"), named("fathom wallet b")};
    Pubkey shares_ = named("fathom pool shares");
    Pubkey fees_ = named("fathom pool fees");
    Pubkey identity_ = named("fathom identity");
    Pubkey validator_ = named("fathom identity validator");
};

bool swap_row(TransactionRow& row, const World& world, const Elves& elves) {
    const Pool pool(world);
    if (!add_program(row, pool.program(), elves / "programs/spl_token_swap-e7d38a43.so.zst") ||
        !add_program(row, kTokenProgram, elves / "core/spl_token-3.5.0.so")) {
        return false;
    }
    pool.add_accounts(row);
    for (std::uint64_t i = 0; i < 2 * kPairs; ++i) {
        const Instruction instruction = pool.swap(i % 2, 1'000'000 + i / 2);
        row.transactions.push_back(
            signed_transaction(world.alice, {&instruction, 1}, world.slot.blockhash));
    }
    return true;
}

} // namespace

std::vector<TransactionRow> program_rows(const std::filesystem::path& elves) {
    const World world;
    std::vector<TransactionRow> rows;
    if (elves.empty()) return rows;
    const auto add = [&](const char* name, const auto& build) {
        TransactionRow row;
        row.group = "program";
        row.name = name;
        if (build(row)) rows.push_back(std::move(row));
    };
    add("Token 3.5 transfer", [&](TransactionRow& row) {
        return token_row(row, world, elves, "core/spl_token-3.5.0.so");
    });
    add("p-token transfer", [&](TransactionRow& row) {
        return token_row(row, world, elves, "core/spl_p_token-1.0.0.so");
    });
    add("Token-2022 transfer",
        [&](TransactionRow& row) { return token_2022_row(row, world, elves); });
    add("memo", [&](TransactionRow& row) { return memo_row(row, world, elves); });
    add("stake authorize", [&](TransactionRow& row) { return stake_row(row, world, elves); });
    add("ATA create and close",
        [&](TransactionRow& row) { return associated_row(row, world, elves); });
    add("token swap", [&](TransactionRow& row) { return swap_row(row, world, elves); });
    return rows;
}

} // namespace fathom::bench

// SPDX-License-Identifier: Apache-2.0
#include "fathom/svm/balances.hpp"

#include <algorithm>

namespace fathom::svm {
namespace {

using namespace literals;

constexpr Pubkey kToken = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"_pubkey;
constexpr Pubkey kToken2022 = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"_pubkey;

// Layouts of spl-generic-token; Token-2022's extended accounts and mints begin the same, and say
// behind the size of an account which of the two they are.
constexpr std::size_t kAccountSize = 165;
constexpr std::size_t kMintSize = 82;
constexpr std::size_t kMultisigSize = 355;
constexpr std::size_t kAccountState = 108;
constexpr std::size_t kMintDecimals = 44;
constexpr std::size_t kMintIsInitialized = 45;
constexpr std::uint8_t kIsMint = 1;
constexpr std::uint8_t kIsAccount = 2;

bool is_token_program(const Pubkey& key) {
    return key == kToken || key == kToken2022;
}

bool is_extended(ByteView data, const Pubkey& program, std::uint8_t kind) {
    return program == kToken2022 && data.size() > kAccountSize && data.size() != kMultisigSize &&
           data[kAccountSize] == kind;
}

bool is_token_account(ByteView data, const Pubkey& program) {
    return (data.size() == kAccountSize || is_extended(data, program, kIsAccount)) &&
           data[kAccountState] != 0;
}

bool is_mint(ByteView data, const Pubkey& program) {
    return (data.size() == kMintSize || is_extended(data, program, kIsMint)) &&
           data[kMintIsInitialized] != 0;
}

std::optional<TokenBalance> token_balance(const Account& account, std::size_t index,
                                          const AccountSource& accounts) {
    const ByteView data = account.data.view();
    if (!is_token_account(data, account.owner)) return std::nullopt;
    TokenBalance balance;
    balance.account_index = static_cast<std::uint8_t>(index); // below 128
    balance.mint = Pubkey::from_bytes(data.data());
    balance.owner = Pubkey::from_bytes(data.data() + 32);
    balance.amount = load_le<std::uint64_t>(data.data() + 64);
    balance.program_id = account.owner;
    Account room;
    const Account* const mint = accounts.peek(balance.mint, room);
    if (!mint || mint->owner != balance.program_id) return std::nullopt;
    if (!is_mint(mint->data.view(), balance.program_id)) return std::nullopt;
    balance.decimals = mint->data.view()[kMintDecimals];
    return balance;
}

} // namespace

Balances collect_balances(const SanitizedTransaction& transaction, const AccountSource& accounts) {
    Balances balances;
    balances.lamports.reserve(transaction.keys.size());
    const bool has_token_program = std::ranges::any_of(transaction.keys, is_token_program);
    for (std::size_t i = 0; i < transaction.keys.size(); ++i) {
        const Pubkey& key = transaction.keys[i];
        // A copy: looking up its mint may end the life of what was looked at.
        const auto account = accounts.get(key);
        balances.lamports.push_back(account ? account->lamports : 0);
        if (!account || !has_token_program || transaction.is_invoked[i] || is_token_program(key) ||
            !is_token_program(account->owner)) {
            continue;
        }
        if (const auto tokens = token_balance(*account, i, accounts)) {
            balances.tokens.push_back(*tokens);
        }
    }
    return balances;
}

std::optional<Account> ChangedAccounts::get(const Pubkey& key) const {
    Account room;
    const Account* const account = peek(key, room);
    if (!account) return std::nullopt;
    return *account;
}

const Account* ChangedAccounts::peek(const Pubkey& key, Account& room) const {
    const auto changed = std::ranges::find(changes_, key, &AccountChange::key);
    if (changed == changes_.end()) return before_.peek(key, room);
    return changed->account.lamports == 0 ? nullptr : &changed->account;
}

} // namespace fathom::svm

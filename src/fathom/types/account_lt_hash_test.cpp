// SPDX-License-Identifier: Apache-2.0
// Accounts in the lattice hash: the bytes they are, and those that are none.
#include "fathom/types/account_lt_hash.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace fathom {
namespace {

Pubkey key_of(std::uint8_t fill) {
    Pubkey key;
    key.bytes.fill(fill);
    return key;
}

Account account_of(Lamports lamports, std::size_t size) {
    Account account;
    account.lamports = lamports;
    account.owner = key_of(9);
    account.data = AccountData(Bytes(size, 5));
    account.executable = true;
    account.rent_epoch = 77; // does not count
    return account;
}

/// The order of agave's hash_account_helper, spelled out.
crypto::LtHash expected_hash(const Pubkey& address, const Account& account) {
    Bytes bytes(8);
    store_le(bytes.data(), account.lamports);
    const ByteView data = account.data.view();
    bytes.insert(bytes.end(), data.begin(), data.end());
    bytes.push_back(account.executable ? 1 : 0);
    bytes.insert(bytes.end(), account.owner.bytes.begin(), account.owner.bytes.end());
    bytes.insert(bytes.end(), address.bytes.begin(), address.bytes.end());
    return crypto::LtHash::of(bytes);
}

TEST(AccountLtHash, AccountsComeAndGo) {
    const Pubkey first = key_of(1);
    const Pubkey second = key_of(2);
    const Account before = account_of(10, 165);
    const Account after = account_of(11, 4000);
    crypto::LtHash set = expected_hash(first, before);
    const std::vector<AccountChange> changes{{&first, &before, &after},
                                             {&second, nullptr, &before}};
    apply_account_changes(set, changes);
    crypto::LtHash expected = expected_hash(first, after);
    expected += expected_hash(second, before);
    EXPECT_EQ(set, expected);
    const std::vector<AccountChange> back{{&first, &after, nullptr}, {&second, &before, nullptr}};
    apply_account_changes(set, back);
    EXPECT_EQ(set, crypto::LtHash());
}

TEST(AccountLtHash, ManyAccountsAddUp) {
    std::vector<Pubkey> addresses(700);
    std::vector<Account> accounts;
    std::vector<AccountChange> changes;
    crypto::LtHash expected;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        store_le(addresses[i].bytes.data(), i);
        accounts.push_back(account_of(i + 1, i));
        expected += expected_hash(addresses[i], accounts[i]);
    }
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        changes.push_back({&addresses[i], nullptr, &accounts[i]});
    }
    crypto::LtHash set;
    apply_account_changes(set, changes);
    EXPECT_EQ(set, expected);
}

TEST(AccountLtHash, AccountWithoutLamportsIsNone) {
    const Pubkey address = key_of(1);
    const Account empty = account_of(0, 100);
    crypto::LtHash set;
    const std::vector<AccountChange> changes{{&address, &empty, &empty},
                                             {&address, nullptr, &empty}};
    apply_account_changes(set, changes);
    EXPECT_EQ(set, crypto::LtHash());
}

TEST(AccountLtHash, ExecutableAndOwnerCount) {
    const Pubkey address = key_of(1);
    const Account account = account_of(1, 0);
    Account other = account;
    other.executable = false;
    EXPECT_NE(expected_hash(address, account), expected_hash(address, other));
    crypto::LtHash set;
    const AccountChange change{&address, &account, &other};
    apply_account_changes(set, {&change, 1});
    EXPECT_NE(set, crypto::LtHash());
    set += expected_hash(address, account);
    EXPECT_EQ(set, expected_hash(address, other));
}

} // namespace
} // namespace fathom

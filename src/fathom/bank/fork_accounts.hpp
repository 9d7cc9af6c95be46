// SPDX-License-Identifier: Apache-2.0
// Account state along a fork: what one block changed, over its parents, over what is rooted.
#pragma once

#include "fathom/base/flat_map.hpp"
#include "fathom/svm/account_source.hpp"
#include "fathom/types/account.hpp"
#include "fathom/types/pubkey.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>

namespace fathom::bank {

using AccountMap = FlatMap<Pubkey, Account, PubkeyHash>;

/// The accounts of the root, which all forks share, and the lock that guards the links between
/// layers. Any number of threads may read while one roots a block.
struct RootedAccounts {
    std::shared_mutex mutex;
    AccountMap accounts;
};

/// One block's layer. Accounts share their data with the layers below (copy on write), so a fork
/// costs what it changes.
class ForkAccounts final : public AccountSource {
public:
    explicit ForkAccounts(std::shared_ptr<RootedAccounts> rooted) : rooted_(std::move(rooted)) {}
    ForkAccounts(std::shared_ptr<RootedAccounts> rooted, std::shared_ptr<const ForkAccounts> parent)
        : rooted_(std::move(rooted)), parent_(std::move(parent)) {}

    /// A layer over this one, which must not change from now on.
    [[nodiscard]] static std::shared_ptr<ForkAccounts>
    child_of(const std::shared_ptr<const ForkAccounts>& parent);

    [[nodiscard]] std::optional<Account> get(const Pubkey& key) const override;
    /// As it was before this block.
    [[nodiscard]] std::optional<Account> get_before(const Pubkey& key) const;

    /// As long as somebody has this, no root moves, and any thread may use the functions below it.
    /// For those who read many accounts: a lock taken for each is one that all cores write.
    using Hold = std::shared_lock<std::shared_mutex>;
    [[nodiscard]] Hold hold() const { return Hold(rooted_->mutex); }
    [[nodiscard]] std::optional<Account> get_held(const Pubkey& key) const;
    /// The account itself, valid as long as it is held and this layer does not change. Null: none.
    [[nodiscard]] const Account* peek_held(const Pubkey& key) const;
    [[nodiscard]] std::optional<Account> get_before_held(const Pubkey& key) const;

    /// Zero lamports: gone. Not while another thread reads this layer.
    void put(const Pubkey& key, Account account) {
        changes_.insert_or_assign(key, std::move(account));
    }
    /// Room for so many more, which it will soon be given.
    void reserve(std::size_t count) { changes_.reserve(changes_.size() + count); }
    /// What this block changed; accounts without lamports are gone.
    [[nodiscard]] const AccountMap& changes() const { return changes_; }
    /// Null unless this block wrote the account.
    [[nodiscard]] const Account* changed(const Pubkey& key) const;

    /// Moves the changes of this layer and of those below it into the rooted accounts. Forks that
    /// do not descend from it must be given up.
    void make_root();

private:
    [[nodiscard]] const Account* find_locked(const Pubkey& key) const;

    std::shared_ptr<RootedAccounts> rooted_;
    std::shared_ptr<const ForkAccounts> parent_; // null: rooted_ lies below
    AccountMap changes_;
};

} // namespace fathom::bank

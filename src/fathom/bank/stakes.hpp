// SPDX-License-Identifier: Apache-2.0
// Who has staked with whom: the vote and stake accounts of a bank, kept beside its accounts.
//
// A bank needs them all at every epoch boundary and the vote accounts at every block, and cannot
// look for them in its accounts. Copies share what they do not change.
#pragma once

#include "fathom/base/flat_map.hpp"
#include "fathom/programs/vote/state.hpp"
#include "fathom/types/account.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/stake_activation.hpp"
#include "fathom/types/stake_state.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/units.hpp"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace fathom::bank {

/// A vote account as it was when it was written last.
struct VoteAccount {
    Account account;
    programs::vote::VoteState state;

    /// Null if the account is no initialized vote account. Of whatever size: those in a snapshot's
    /// epoch stakes may end where their value does (agave vote/src/vote_account.rs).
    [[nodiscard]] static std::shared_ptr<const VoteAccount> from(const Pubkey& key,
                                                                 const Account& account);
};

struct StakedVoteAccount {
    /// Effective stake delegated to it.
    Lamports stake = 0;
    std::shared_ptr<const VoteAccount> vote;
};

/// By address, so that whoever walks over them does so in the same order everywhere.
using VoteAccounts = std::map<Pubkey, StakedVoteAccount>;

/// The stakes that an epoch's leader schedule and clock follow.
struct EpochStakes {
    std::shared_ptr<const VoteAccounts> vote_accounts;
    Lamports total_stake = 0;

    [[nodiscard]] static EpochStakes of(std::shared_ptr<const VoteAccounts> vote_accounts);
};

/// A stake account with a delegation.
struct StakeAccount {
    Account account;
    StakeState state;
    [[nodiscard]] const StakeDelegation& delegation() const { return state.stake.delegation; }
    /// Null if there is none in it.
    [[nodiscard]] static std::shared_ptr<const StakeAccount> from(const Account& account);
};

/// How delegations warm up, which features decide.
struct StakeRules {
    std::optional<Epoch> new_rate_epoch;
    StakeMath math = StakeMath::Double;
};

/// agave runtime/src/stakes.rs Stakes.
class Stakes {
public:
    using StakeAccounts = std::map<Pubkey, std::shared_ptr<const StakeAccount>>;

    Stakes() = default;
    Stakes(Stakes&&) = default;
    Stakes& operator=(Stakes&&) = default;
    /// From the accounts' present state: effective stakes of `epoch`.
    Stakes(Epoch epoch, StakeHistory history) : epoch_(epoch), history_(std::move(history)) {}

    /// Follows an account that a transaction or a bank wrote. One that moves to an owner other
    /// than vote or stake stays as it was, which is how Agave has it
    /// (StakesCache::check_and_store).
    void update(const Pubkey& key, const Account& account, const StakeRules& rules);
    /// Puts a vote account in with a stake that is known. For states from elsewhere.
    void put_vote_account(const Pubkey& key, StakedVoteAccount account);

    /// For the bank that follows. This one must not change any more.
    [[nodiscard]] Stakes fork() const;

    [[nodiscard]] const VoteAccounts& vote_accounts() const { return *vote_accounts_; }
    /// As they are now, for good.
    [[nodiscard]] std::shared_ptr<const VoteAccounts> share_vote_accounts() {
        owns_vote_accounts_ = false;
        return vote_accounts_;
    }
    [[nodiscard]] const StakeAccounts& stake_accounts() const { return *stake_accounts_; }
    [[nodiscard]] const StakeHistory& history() const { return history_; }
    [[nodiscard]] Epoch epoch() const { return epoch_; }

    /// What the finished epoch adds to the history, with all that follows for the next one.
    struct Activation {
        StakeHistory history;
        std::shared_ptr<VoteAccounts> vote_accounts;
        std::map<Pubkey, Lamports> delegated;
    };
    [[nodiscard]] Activation calculate_activation(Epoch next_epoch, const StakeRules& rules) const;
    void activate(Epoch next_epoch, Activation activation);

private:
    Stakes(const Stakes&) = default;

    [[nodiscard]] Lamports effective(const StakeDelegation& delegation,
                                     const StakeRules& rules) const;
    void move_stake(const Pubkey& voter, Lamports add, Lamports subtract);
    [[nodiscard]] VoteAccounts& writable_vote_accounts();
    [[nodiscard]] StakeAccounts& writable_stake_accounts();
    void update_vote(const Pubkey& key, const Account& account);
    void update_stake(const Pubkey& key, const Account& account, const StakeRules& rules);
    void remove_stake(const Pubkey& key, const StakeRules& rules);

    Epoch epoch_ = 0;
    StakeHistory history_;
    /// Written only while owned, that is not seen by anybody else.
    std::shared_ptr<VoteAccounts> vote_accounts_ = std::make_shared<VoteAccounts>();
    std::shared_ptr<StakeAccounts> stake_accounts_ = std::make_shared<StakeAccounts>();
    bool owns_vote_accounts_ = true;
    bool owns_stake_accounts_ = true;
    /// Effective stake by vote account address, whether that account exists or not.
    std::map<Pubkey, Lamports> delegated_;
};

} // namespace fathom::bank

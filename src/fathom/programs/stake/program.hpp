// SPDX-License-Identifier: Apache-2.0
// One instruction of the Stake program in progress, seen as the ELF sees it: accounts in a buffer
// of its own, sysvars through syscalls.
#pragma once

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/core_program.hpp"
#include "fathom/programs/stake/error.hpp"
#include "fathom/types/account.hpp"
#include "fathom/types/stake_state.hpp"
#include "fathom/types/sysvars.hpp"

#include <map>
#include <optional>
#include <vector>

namespace fathom::programs::stake {

/// An account of the instruction. Lives as long as the instruction.
class AccountInfo {
public:
    AccountInfo(invoke::InvokeContext& context, const invoke::InstructionContext& instruction,
                std::size_t index);

    /// Where the instruction names it first.
    [[nodiscard]] std::size_t index() const { return index_; }
    [[nodiscard]] const Pubkey& key() const { return *key_; }
    [[nodiscard]] bool is_signer() const { return is_signer_; }
    [[nodiscard]] bool is_writable() const { return is_writable_; }
    [[nodiscard]] const Pubkey& owner() const { return account_->owner; }
    [[nodiscard]] Lamports lamports() const { return account_->lamports; }
    [[nodiscard]] ByteView data() const { return account_->data.view(); }

private:
    std::size_t index_;
    bool is_signer_;
    bool is_writable_;
    const Pubkey* key_;
    const Account* account_;
};

/// Keys that signed.
class Signers {
public:
    void insert(const Pubkey& key) { keys_.push_back(key); }
    [[nodiscard]] bool contains(const Pubkey& key) const;

private:
    std::vector<Pubkey> keys_;
};

class StakeProgram {
public:
    StakeProgram(invoke::InvokeContext& context, const invoke::InstructionContext& instruction)
        : core_(context, instruction) {}

    /// "Program log: …".
    template <class... Parts> void say(const Parts&... parts) const { core_.say(parts...); }

    /// The next account in order: NotEnoughAccountKeys after the last one.
    [[nodiscard]] Result<AccountInfo, Failure> next();
    [[nodiscard]] std::optional<AccountInfo> next_if_any();
    /// Of all accounts.
    [[nodiscard]] Signers signers() const;

    /// InvalidAccountOwner, then InvalidAccountData.
    [[nodiscard]] static Result<StakeState, Failure> state(const AccountInfo& account);

    // Sysvars. The runtime stops whoever asks for one that is missing.
    [[nodiscard]] Result<Clock, Failure> clock() const;
    [[nodiscard]] Result<Rent, Failure> rent() const;
    [[nodiscard]] Result<bool, Failure> is_distributing_rewards() const;
    /// How much of the delegation counts in the current epoch.
    [[nodiscard]] Result<StakeHistoryEntry, Failure> activation(const StakeDelegation& delegation,
                                                                const Clock& clock) const;

    // Changes. Accounts show them only after commit().

    /// AccountDataTooSmall.
    [[nodiscard]] Outcome set_state(const AccountInfo& account, const StakeState& state);
    void truncate(const AccountInfo& account) { changes_[account.index()].is_truncated = true; }
    /// InsufficientFunds, then ArithmeticOverflow. The two differ.
    [[nodiscard]] Outcome move_lamports(const AccountInfo& source, const AccountInfo& destination,
                                        Lamports lamports);
    /// Once, at the end: what may not be changed fails here, account by account.
    [[nodiscard]] Outcome commit();

    void set_return_data(ByteView data) const;

private:
    struct Change {
        std::optional<Lamports> lamports;
        Bytes state; // over the front of the data
        bool is_truncated = false;
    };

    [[nodiscard]] Outcome apply(std::size_t index, const Change& change) const;
    [[nodiscard]] Outcome apply_data(invoke::BorrowedAccount& account, const Change& change) const;

    CoreProgram core_;
    std::size_t next_ = 0;
    std::map<std::size_t, Change> changes_; // by index
};

} // namespace fathom::programs::stake

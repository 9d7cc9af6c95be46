// SPDX-License-Identifier: Apache-2.0
// Where accounts come from: the one thing an embedder must supply.
#pragma once

#include "fathom/types/account.hpp"
#include "fathom/types/pubkey.hpp"

#include <optional>

namespace fathom {

/// Read access to account state. Called from the thread that executes; an implementation that is
/// shared between threads must allow concurrent calls. Accounts with zero lamports do not exist:
/// return nullopt.
class AccountSource {
public:
    virtual ~AccountSource() = default;
    [[nodiscard]] virtual std::optional<Account> get(const Pubkey& key) const = 0;
    /// The same for one look: the source's own account, valid until it is called again or changes,
    /// or a copy in `room`. Null: no account. Sources that have their accounts in memory save a
    /// copy with it, and with that a reference count that other threads may write.
    [[nodiscard]] virtual const Account* peek(const Pubkey& key, Account& room) const {
        auto account = get(key);
        if (!account) return nullptr;
        room = *std::move(account);
        return &room;
    }
};

} // namespace fathom

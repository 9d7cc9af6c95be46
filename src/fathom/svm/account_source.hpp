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
};

} // namespace fathom

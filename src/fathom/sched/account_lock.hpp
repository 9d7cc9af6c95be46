// SPDX-License-Identifier: Apache-2.0
// What the scheduler knows of an account that a transaction names: its key, and whether it is
// written.
#pragma once

#include "fathom/types/pubkey.hpp"

namespace fathom::sched {

/// Readers of one key may run together; a writer runs alone.
struct AccountLock {
    Pubkey key;
    bool is_writable = false;

    friend bool operator==(const AccountLock&, const AccountLock&) = default;
};

} // namespace fathom::sched

// SPDX-License-Identifier: Apache-2.0
// The signatures of many transactions at once: a stage of its own, without state.
#pragma once

#include "fathom/types/transaction.hpp"

#include <span>
#include <vector>

namespace fathom::svm {

/// For each transaction, whether every signature is the one of the static key at its place over the
/// message, by the rules of ed25519_verify_strict. More signatures than keys do not hold; none do.
///
/// All signatures share the lanes of ed25519_verify_strict_each, whichever transaction they belong
/// to, and each is judged by itself, so that the answers do not depend on what else is in the
/// batch. No pointer is null.
[[nodiscard]] std::vector<bool>
verify_signatures(std::span<const TransactionView* const> transactions);

} // namespace fathom::svm

// SPDX-License-Identifier: Apache-2.0
// One hash of everything that a transaction did, to see that two ways of executing agree.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/types/pubkey.hpp"

namespace fathom::harness {

/// Every field, in the order of the struct: numbers little-endian in 8 bytes, lists and byte
/// strings behind their 8-byte counts, options behind a byte that says whether there is one.
[[nodiscard]] Bytes serialize_effects(const TransactionEffects& effects);
/// SHA-256 of that.
[[nodiscard]] Hash effects_digest(const TransactionEffects& effects);

} // namespace fathom::harness

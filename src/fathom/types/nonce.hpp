// SPDX-License-Identifier: Apache-2.0
// State of a durable nonce account.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <optional>

namespace fathom {

/// What an initialized nonce account holds.
struct NonceData {
    Pubkey authority;
    /// Stands in for the recent blockhash of transactions that use the nonce.
    Hash durable_nonce;
    Lamports lamports_per_signature = 0;

    friend bool operator==(const NonceData&, const NonceData&) = default;
};

struct NonceState {
    enum class Version : std::uint32_t {
        /// The stored nonce is a plain blockhash; it can pay fees but verifies no transaction.
        Legacy,
        Current,
    };
    /// Size of an initialized state, and of every nonce account.
    static constexpr std::size_t kSize = 80;

    Version version = Version::Current;
    /// nullopt: uninitialized.
    std::optional<NonceData> data;

    /// Accepts data at least as long as the value; nullopt otherwise or on an unknown variant.
    [[nodiscard]] static std::optional<NonceState> decode(ByteView account_data);
    /// Exactly the value: 8 bytes if uninitialized, else 80. Written over the front of the account
    /// data, it leaves what follows as it was.
    [[nodiscard]] Bytes encode() const;

    /// The data if a transaction with this blockhash may run on the nonce, else null.
    [[nodiscard]] const NonceData* verify_recent_blockhash(const Hash& recent_blockhash) const;
    /// The Current form of a Legacy initialized state; nullopt for any other.
    [[nodiscard]] std::optional<NonceState> upgraded() const;

    friend bool operator==(const NonceState&, const NonceState&) = default;
};

/// True if account data has the one size that a nonce account has.
[[nodiscard]] constexpr bool is_nonce_sized(ByteView account_data) {
    return account_data.size() == NonceState::kSize;
}

/// SHA-256 of "DURABLE_NONCE" and the blockhash: nonces and blockhashes can never be equal.
[[nodiscard]] Hash durable_nonce_from_blockhash(const Hash& blockhash);

} // namespace fathom

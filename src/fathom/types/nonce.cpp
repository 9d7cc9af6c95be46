// SPDX-License-Identifier: Apache-2.0
// Bincode layout of nonce accounts and the derivation of nonces.
#include "fathom/types/nonce.hpp"

#include "fathom/crypto/sha256.hpp"

namespace fathom {

namespace {

constexpr std::size_t kTagsSize = 8; // version and state, four bytes each
constexpr std::uint32_t kUninitialized = 0;
constexpr std::uint32_t kInitialized = 1;

} // namespace

std::optional<NonceState> NonceState::decode(ByteView account_data) {
    if (account_data.size() < kTagsSize) return std::nullopt;
    const std::uint8_t* bytes = account_data.data();
    const auto version_tag = load_le<std::uint32_t>(bytes);
    const auto state_tag = load_le<std::uint32_t>(bytes + 4);
    if (version_tag > static_cast<std::uint32_t>(Version::Current)) return std::nullopt;
    if (state_tag > kInitialized) return std::nullopt;
    NonceState state{static_cast<Version>(version_tag), std::nullopt};
    if (state_tag == kUninitialized) return state;
    if (account_data.size() < kSize) return std::nullopt;
    state.data = NonceData{Pubkey::from_bytes(bytes + 8), Hash::from_bytes(bytes + 40),
                           load_le<std::uint64_t>(bytes + 72)};
    return state;
}

Bytes NonceState::encode() const {
    Bytes bytes(data ? kSize : kTagsSize);
    store_le(bytes.data(), version);
    store_le(bytes.data() + 4, data ? kInitialized : kUninitialized);
    if (data) {
        store_le(bytes.data() + 8, data->authority);
        store_le(bytes.data() + 40, data->durable_nonce);
        store_le(bytes.data() + 72, data->lamports_per_signature);
    }
    return bytes;
}

const NonceData* NonceState::verify_recent_blockhash(const Hash& recent_blockhash) const {
    if (version == Version::Legacy || !data) return nullptr;
    return data->durable_nonce == recent_blockhash ? &*data : nullptr;
}

std::optional<NonceState> NonceState::upgraded() const {
    if (version != Version::Legacy || !data) return std::nullopt;
    NonceState current{Version::Current, data};
    current.data->durable_nonce = durable_nonce_from_blockhash(data->durable_nonce);
    return current;
}

Hash durable_nonce_from_blockhash(const Hash& blockhash) {
    crypto::Sha256 hasher;
    hasher.update(as_bytes("DURABLE_NONCE")).update(blockhash.view());
    return Hash{hasher.finish()};
}

} // namespace fathom

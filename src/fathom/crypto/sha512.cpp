// SPDX-License-Identifier: Apache-2.0
// SHA-512: buffering and padding around OpenSSL's compression function.
#include "fathom/crypto/sha512.hpp"

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>
#include <cstring>

namespace fathom::crypto {
namespace {

/// Absorbs whole blocks. OpenSSL's assembly is a third faster than compiled code here, and its
/// low-level interface, unlike EVP, has no lookup or allocation per message.
void compress(std::uint64_t* state, const std::uint8_t* blocks, std::size_t count) {
    SHA512_CTX context{};
    context.md_len = SHA512_DIGEST_LENGTH;
    std::copy_n(state, 8, context.h);
    SHA512_Update(&context, blocks, count * Sha512::kBlockSize);
    std::copy_n(context.h, 8, state);
}

} // namespace

Sha512& Sha512::update(ByteView bytes) {
    if (bytes.empty()) return *this;
    const std::size_t held = length_ % kBlockSize;
    length_ += bytes.size();
    if (held != 0) {
        const std::size_t taken = std::min(kBlockSize - held, bytes.size());
        std::memcpy(pending_.data() + held, bytes.data(), taken);
        bytes = bytes.subspan(taken);
        if (held + taken < kBlockSize) return *this;
        compress(state_.data(), pending_.data(), 1);
    }
    if (const std::size_t whole = bytes.size() / kBlockSize; whole != 0) {
        compress(state_.data(), bytes.data(), whole);
        bytes = bytes.subspan(whole * kBlockSize);
    }
    if (!bytes.empty()) std::memcpy(pending_.data(), bytes.data(), bytes.size());
    return *this;
}

Sha512Digest Sha512::finish() {
    std::size_t held = length_ % kBlockSize;
    pending_[held++] = 0x80;
    if (held > kBlockSize - 16) {
        std::memset(pending_.data() + held, 0, kBlockSize - held);
        compress(state_.data(), pending_.data(), 1);
        held = 0;
    }
    // The length field has 128 bits, the count of bytes 64: its upper bits move into the high word.
    std::memset(pending_.data() + held, 0, kBlockSize - 16 - held);
    store_le(pending_.data() + kBlockSize - 16, __builtin_bswap64(length_ >> 61));
    store_le(pending_.data() + kBlockSize - 8, __builtin_bswap64(length_ << 3));
    compress(state_.data(), pending_.data(), 1);
    Sha512Digest digest;
    for (std::size_t i = 0; i < state_.size(); ++i) {
        store_le(digest.data() + 8 * i, __builtin_bswap64(state_[i]));
    }
    return digest;
}

Sha512Digest sha512(ByteView bytes) {
    return Sha512().update(bytes).finish();
}

} // namespace fathom::crypto

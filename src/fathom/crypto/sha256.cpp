// SPDX-License-Identifier: Apache-2.0
// SHA-256: buffering, padding and the portable compression function.
#include "fathom/crypto/sha256.hpp"

#include "fathom/crypto/sha256_blocks.hpp"
#include "fathom/crypto/x86/cpu.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace fathom::crypto {
namespace detail {
namespace {

std::uint32_t load_be(const std::uint8_t* source) {
    return __builtin_bswap32(load_le<std::uint32_t>(source));
}

} // namespace

void sha256_blocks_portable(std::uint32_t* state, const std::uint8_t* blocks, std::size_t count) {
    for (; count != 0; --count, blocks += Sha256::kBlockSize) {
        std::uint32_t w[64];
        for (std::size_t i = 0; i < 16; ++i) w[i] = load_be(blocks + 4 * i);
        for (std::size_t i = 16; i < 64; ++i) {
            const std::uint32_t near = w[i - 2];
            const std::uint32_t far = w[i - 15];
            w[i] = w[i - 16] + w[i - 7] +
                   (std::rotr(near, 17) ^ std::rotr(near, 19) ^ (near >> 10)) +
                   (std::rotr(far, 7) ^ std::rotr(far, 18) ^ (far >> 3));
        }
        std::uint32_t v[8];
        std::copy_n(state, 8, v);
        for (std::size_t i = 0; i < 64; ++i) {
            const std::uint32_t choose = (v[4] & v[5]) ^ (~v[4] & v[6]);
            const std::uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
            const std::uint32_t first =
                v[7] + (std::rotr(v[4], 6) ^ std::rotr(v[4], 11) ^ std::rotr(v[4], 25)) + choose +
                kSha256Round[i] + w[i];
            const std::uint32_t second =
                (std::rotr(v[0], 2) ^ std::rotr(v[0], 13) ^ std::rotr(v[0], 22)) + majority;
            std::copy_backward(v, v + 7, v + 8);
            v[4] += first;
            v[0] = first + second;
        }
        for (std::size_t i = 0; i < 8; ++i) state[i] += v[i];
    }
}

namespace {

void compress(std::uint32_t* state, const std::uint8_t* blocks, std::size_t count) {
#if defined(__x86_64__)
    if (x86::kCpu.sha_ni) {
        sha256_blocks_ni(state, blocks, count);
        return;
    }
#endif
    sha256_blocks_portable(state, blocks, count);
}

} // namespace
} // namespace detail

Sha256& Sha256::update(ByteView bytes) {
    if (bytes.empty()) return *this;
    const std::size_t held = length_ % kBlockSize;
    length_ += bytes.size();
    if (held != 0) {
        const std::size_t taken = std::min(kBlockSize - held, bytes.size());
        std::memcpy(pending_.data() + held, bytes.data(), taken);
        bytes = bytes.subspan(taken);
        if (held + taken < kBlockSize) return *this;
        detail::compress(state_.data(), pending_.data(), 1);
    }
    if (const std::size_t whole = bytes.size() / kBlockSize; whole != 0) {
        detail::compress(state_.data(), bytes.data(), whole);
        bytes = bytes.subspan(whole * kBlockSize);
    }
    if (!bytes.empty()) std::memcpy(pending_.data(), bytes.data(), bytes.size());
    return *this;
}

Sha256Digest Sha256::finish() {
    std::size_t held = length_ % kBlockSize;
    pending_[held++] = 0x80;
    if (held > kBlockSize - 8) {
        std::memset(pending_.data() + held, 0, kBlockSize - held);
        detail::compress(state_.data(), pending_.data(), 1);
        held = 0;
    }
    std::memset(pending_.data() + held, 0, kBlockSize - 8 - held);
    store_le(pending_.data() + kBlockSize - 8, __builtin_bswap64(length_ * 8));
    detail::compress(state_.data(), pending_.data(), 1);
    Sha256Digest digest;
    for (std::size_t i = 0; i < state_.size(); ++i) {
        store_le(digest.data() + 4 * i, __builtin_bswap32(state_[i]));
    }
    return digest;
}

Sha256Digest sha256(ByteView bytes) {
    return Sha256().update(bytes).finish();
}

} // namespace fathom::crypto

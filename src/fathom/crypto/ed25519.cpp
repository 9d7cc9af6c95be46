// SPDX-License-Identifier: Apache-2.0
// Ed25519: verification over our own curve code, signing over OpenSSL.
#include "fathom/crypto/ed25519.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/crypto/edwards25519.hpp"
#include "fathom/crypto/sha512.hpp"
#include "fathom/crypto/x86/cpu.hpp"
#include "fathom/crypto/x86/ed25519_ifma.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

namespace fathom::crypto {
namespace {

/// k = SHA-512(R ‖ A ‖ message) mod l, over the bytes as they were given.
Scalar25519 challenge(const std::uint8_t* signature64, const std::uint8_t* public_key32,
                      ByteView message) {
    const Sha512Digest digest =
        Sha512().update({signature64, 32}).update({public_key32, 32}).update(message).finish();
    return Scalar25519::from_wide_bytes(digest.data());
}

/// s·B - k·A.
EdwardsPoint expected_r(const EdwardsPoint& key, const Scalar25519& s, const Scalar25519& k) {
    return double_multiply_base(k, -key, s);
}

using PrivateKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

PrivateKey private_key(const std::uint8_t* seed32) {
    PrivateKey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed32, 32),
                   &EVP_PKEY_free);
    FATHOM_ASSERT(key != nullptr);
    return key;
}

} // namespace

bool ed25519_verify_strict(const std::uint8_t* public_key32, const std::uint8_t* signature64,
                           ByteView message) {
    const auto s = Scalar25519::from_canonical_bytes(signature64 + 32);
    if (!s) return false;
    const auto key = EdwardsPoint::decompress(public_key32);
    if (!key || key->is_small_order()) return false;
    const EdwardsPoint r = expected_r(*key, *s, challenge(signature64, public_key32, message));
    // Once the bytes agree, R decompresses and is this point: its order can be asked here.
    const auto encoded = r.compress();
    return std::memcmp(encoded.data(), signature64, encoded.size()) == 0 && !r.is_small_order();
}

namespace {

#if defined(__x86_64__)
/// Up to eight claims at once.
void verify_lanes(std::span<const Ed25519Claim> claims, std::span<bool> verdicts) {
    x86::Ed25519Lanes lanes;
    std::uint8_t reduced = 0;
    for (std::size_t lane = 0; lane < 8; ++lane) {
        const bool used = lane < claims.size();
        const Ed25519Claim& claim = claims[used ? lane : 0];
        lanes.public_key[lane] = claim.public_key;
        lanes.r[lane] = claim.signature;
        const auto s = Scalar25519::from_canonical_bytes(claim.signature + 32);
        lanes.s[lane] = s.value_or(Scalar25519{});
        lanes.k[lane] =
            used ? challenge(claim.signature, claim.public_key, claim.message) : Scalar25519{};
        reduced = static_cast<std::uint8_t>(reduced | (s ? 1u : 0u) << lane);
    }
    const auto valid = static_cast<std::uint8_t>(x86::ed25519_verify_lanes(lanes) & reduced);
    for (std::size_t lane = 0; lane < claims.size(); ++lane) {
        verdicts[lane] = (valid >> lane & 1) != 0;
    }
}
#endif

} // namespace

void ed25519_verify_strict_each(std::span<const Ed25519Claim> claims, std::span<bool> verdicts) {
    FATHOM_ASSERT(claims.size() == verdicts.size());
#if defined(__x86_64__)
    // All lanes together take as long as three claims one by one.
    constexpr std::size_t kWorthwhile = 4;
    while (x86::kCpu.avx512_ifma && claims.size() >= kWorthwhile) {
        const std::size_t count = std::min<std::size_t>(claims.size(), 8);
        verify_lanes(claims.first(count), verdicts.first(count));
        claims = claims.subspan(count);
        verdicts = verdicts.subspan(count);
    }
#endif
    for (std::size_t i = 0; i < claims.size(); ++i) {
        const Ed25519Claim& claim = claims[i];
        verdicts[i] = ed25519_verify_strict(claim.public_key, claim.signature, claim.message);
    }
}

bool ed25519_signature_parses(const std::uint8_t* signature64) {
    return (signature64[63] & 0xe0) == 0;
}

Ed25519PrecompileCheck ed25519_verify_precompile(const std::uint8_t* public_key32,
                                                 const std::uint8_t* signature64,
                                                 ByteView message) {
    using enum Ed25519PrecompileCheck;
    if (!ed25519_signature_parses(signature64)) return InvalidSignature;
    const auto key = EdwardsPoint::decompress(public_key32);
    if (!key) return InvalidPublicKey;
    const auto s = Scalar25519::from_canonical_bytes(signature64 + 32);
    if (!s) return InvalidSignature;
    const auto r = EdwardsPoint::decompress(signature64);
    if (!r || r->is_small_order() || key->is_small_order()) return InvalidSignature;
    const Scalar25519 k = challenge(signature64, public_key32, message);
    return expected_r(*key, *s, k) == *r ? Valid : InvalidSignature;
}

Ed25519PublicKey ed25519_public_key(const std::uint8_t* seed32) {
    const PrivateKey key = private_key(seed32);
    Ed25519PublicKey public_key;
    std::size_t size = public_key.size();
    const int done = EVP_PKEY_get_raw_public_key(key.get(), public_key.data(), &size);
    FATHOM_ASSERT(done == 1 && size == public_key.size());
    return public_key;
}

Ed25519Signature ed25519_sign(const std::uint8_t* seed32, ByteView message) {
    const PrivateKey key = private_key(seed32);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    FATHOM_ASSERT(context != nullptr);
    Ed25519Signature signature;
    std::size_t size = signature.size();
    const bool done =
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
        EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1;
    FATHOM_ASSERT(done && size == signature.size());
    return signature;
}

} // namespace fathom::crypto

// SPDX-License-Identifier: Apache-2.0
// Fuzz target: Edwards and Ristretto encodings, group operations and signatures against libsodium.
#include "fathom/crypto/ed25519.hpp"
#include "fathom/crypto/multiscalar25519.hpp"

#include <sodium.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace {

using namespace fathom;
using namespace fathom::crypto;

using Block = std::array<std::uint8_t, 32>;

void require(bool claim) {
    if (!claim) std::abort();
}

Block block(const std::uint8_t* bytes) {
    Block result;
    std::memcpy(result.data(), bytes, result.size());
    return result;
}

void check_scalars(const std::uint8_t* wide64) {
    const Scalar25519 scalar = Scalar25519::from_wide_bytes(wide64);
    Block expected;
    crypto_core_ed25519_scalar_reduce(expected.data(), wide64);
    require(scalar.to_bytes() == expected);
    const Scalar25519 other = Scalar25519::from_bytes_reduced(wide64 + 32);
    Block product;
    crypto_core_ed25519_scalar_mul(product.data(), expected.data(), other.to_bytes().data());
    require((scalar * other).to_bytes() == product);
    const bool is_canonical = Scalar25519::from_canonical_bytes(wide64).has_value();
    require(is_canonical == (Scalar25519::from_bytes_reduced(wide64).to_bytes() == block(wide64)));
}

/// libsodium refuses small order, mixed order and non-canonical encodings, so only agreement on
/// points of the prime-order subgroup is asked; ours must merely be consistent on the others.
void check_edwards(const std::uint8_t* left32, const std::uint8_t* right32,
                   const Scalar25519& scalar) {
    const auto left = EdwardsPoint::decompress(left32);
    require(left.has_value() == is_on_curve(left32));
    if (!left) {
        require(crypto_core_ed25519_is_valid_point(left32) == 0);
        return;
    }
    const auto encoded = left->compress();
    const auto again = EdwardsPoint::decompress(encoded.data());
    require(again.has_value() && *again == *left && again->compress() == encoded);
    // Doubling the scalar may wrap at l, which only torsion sees.
    const EdwardsPoint free = left->times_cofactor();
    require(scalar * free.doubled() == (scalar + scalar) * free);
    const auto right = EdwardsPoint::decompress(right32);
    if (!right) return;
    require(*left + *right - *right == *left);
    require((*left + *right) + *left == left->doubled() + *right);
    const Block a = free.compress();
    const Block b = right->times_cofactor().compress();
    Block sum;
    if (crypto_core_ed25519_add(sum.data(), a.data(), b.data()) == 0) {
        require((free + right->times_cofactor()).compress() == sum);
    }
    const std::array<Scalar25519, 2> scalars{scalar, -scalar};
    const std::array<EdwardsPoint, 2> points{*left, *right};
    require(multiscalar_multiply(scalars, points) == scalars[0] * *left + scalars[1] * *right);
    Block product;
    const Block factor = scalar.to_bytes();
    if (crypto_scalarmult_ed25519_noclamp(product.data(), factor.data(), a.data()) == 0) {
        require((scalar * free).compress() == product);
    }
}

void check_ristretto(const std::uint8_t* bytes64, const Scalar25519& scalar) {
    const auto decoded = RistrettoPoint::decompress(bytes64);
    // libsodium 1.0.18 ignores the top bit where RFC 9496 refuses it.
    const bool top_bit = (bytes64[31] & 0x80) != 0;
    const bool sodium_accepts = crypto_core_ristretto255_is_valid_point(bytes64) == 1;
    require(decoded.has_value() == (sodium_accepts && !top_bit));
    if (decoded) require(decoded->compress() == block(bytes64));
    const RistrettoPoint hashed = RistrettoPoint::from_uniform_bytes(bytes64);
    Block expected;
    crypto_core_ristretto255_from_hash(expected.data(), bytes64);
    const Block encoded = hashed.compress();
    require(encoded == expected);
    Block product;
    const Block factor = scalar.to_bytes();
    if (crypto_scalarmult_ristretto255(product.data(), factor.data(), encoded.data()) == 0) {
        require((scalar * hashed).compress() == product);
    }
}

/// What strict verification accepts, libsodium accepts, and so does the precompile.
void check_signatures(const std::uint8_t* key32, const std::uint8_t* signature64, ByteView message,
                      const std::uint8_t* seed32) {
    const bool strict = ed25519_verify_strict(key32, signature64, message);
    const bool precompile =
        ed25519_verify_precompile(key32, signature64, message) == Ed25519PrecompileCheck::Valid;
    require(!strict || precompile);
    const bool sodium =
        crypto_sign_verify_detached(signature64, message.data(), message.size(), key32) == 0;
    require(!strict || sodium);
    const auto key = ed25519_public_key(seed32);
    const std::array<Ed25519Claim, 3> claims{Ed25519Claim{key32, signature64, message},
                                             Ed25519Claim{seed32, signature64, message},
                                             Ed25519Claim{key.data(), signature64, message}};
    std::array<bool, 3> verdicts;
    ed25519_verify_strict_each(claims, verdicts);
    for (std::size_t i = 0; i < claims.size(); ++i) {
        require(verdicts[i] == ed25519_verify_strict(claims[i].public_key, signature64, message));
    }
    auto signature = ed25519_sign(seed32, message);
    require(ed25519_verify_strict(key.data(), signature.data(), message));
    signature[signature64[0] % 64] ^= static_cast<std::uint8_t>(signature64[1] | 1);
    require(!ed25519_verify_strict(key.data(), signature.data(), message));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 160) return 0;
    const Scalar25519 scalar = Scalar25519::from_wide_bytes(data);
    check_scalars(data);
    check_edwards(data + 64, data + 96, scalar);
    check_ristretto(data + 96, scalar);
    check_signatures(data + 64, data + 96, {data + 160, size - 160}, data);
    return 0;
}

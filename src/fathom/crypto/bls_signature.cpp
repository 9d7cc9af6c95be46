// SPDX-License-Identifier: Apache-2.0
#include "fathom/crypto/bls_signature.hpp"

#include "fathom/crypto/bls12_381.hpp"
#include "fathom/crypto/bls12_381_hash.hpp"
#include "fathom/crypto/bls12_381_pairing.hpp"
#include "fathom/crypto/field_encoding.hpp"

#include <array>

namespace fathom::crypto {

namespace {

using bls12_381::Fp;
using bls12_381::Fp2;
using bls12_381::G1;
using bls12_381::G2;

/// The generator of G1, its y negated.
constexpr Fp kGeneratorX =
    Fp::from_hex("17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
                 "6c55e83ff97a1aeffb3af00adb22c6bb");
constexpr Fp kMinusGeneratorY =
    -Fp::from_hex("08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3ed"
                  "d03cc744a2888ae40caa232946c5e7e1");

/// A point that this library encoded itself.
template <class Field, std::size_t N>
AffinePoint<Field> decode(const std::array<std::uint8_t, N>& bytes) {
    constexpr std::uint8_t kIdentityFlag = 0x40;
    if ((bytes[0] & kIdentityFlag) != 0) return {};
    return AffinePoint<Field>::at(
        *FieldEncoding<Field>::decode(bytes.data(), ByteOrder::Big),
        *FieldEncoding<Field>::decode(bytes.data() + N / 2, ByteOrder::Big));
}

} // namespace

/// e(key, H(m)) = e(generator, signature), as a product of two pairings that must be one. The cube
/// that final_exponentiation yields is one exactly if the pairing is: three does not divide r.
bool bls_verify(BlsPublicKeyView key, ByteView message, BlsSignatureView signature,
                std::string_view tag) {
    const auto encoded_key = bls12_381_g1_decompress(key, ByteOrder::Big);
    if (!encoded_key) return false;
    const auto encoded_signature = bls12_381_g2_decompress(signature, ByteOrder::Big);
    if (!encoded_signature) return false;
    const G1 point = decode<Fp>(*encoded_key);
    if (point.is_identity) return false;
    const std::array<bls12_381::Pair, 2> pairs{
        bls12_381::Pair{point, bls12_381::hash_to_g2(message, as_bytes(tag))},
        bls12_381::Pair{G1::at(kGeneratorX, kMinusGeneratorY), decode<Fp2>(*encoded_signature)}};
    return bls12_381::final_exponentiation(bls12_381::miller_loop(pairs)) == bls12_381::Fp12::one();
}

} // namespace fathom::crypto

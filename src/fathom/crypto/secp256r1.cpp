// SPDX-License-Identifier: Apache-2.0
// P-256 verification over OpenSSL.
#include "fathom/crypto/secp256r1.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/crypto/sha256.hpp"

// The EVP interface would have to fetch the algorithm and wrap the key for every signature.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include <array>
#include <cstring>
#include <memory>

namespace fathom::crypto {
namespace {

template <auto Free> struct Deleter {
    template <class T> void operator()(T* object) const { Free(object); }
};
template <class T, auto Free> using Owned = std::unique_ptr<T, Deleter<Free>>;

constexpr std::array<std::uint8_t, 32> kOrder{
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
/// (n - 1) / 2.
constexpr std::array<std::uint8_t, 32> kHalfOrder{
    0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8};
constexpr std::array<std::uint8_t, 32> kZero{};

bool in_range(const std::uint8_t* signature64) {
    const std::uint8_t* r = signature64;
    const std::uint8_t* s = signature64 + 32;
    return std::memcmp(r, kZero.data(), 32) != 0 && std::memcmp(r, kOrder.data(), 32) < 0 &&
           std::memcmp(s, kZero.data(), 32) != 0 && std::memcmp(s, kHalfOrder.data(), 32) <= 0;
}

/// Built once; OpenSSL allows any number of threads to read a group.
const EC_GROUP* group() {
    static const EC_GROUP* const p256 = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    FATHOM_ASSERT(p256 != nullptr);
    return p256;
}

using Key = Owned<EC_KEY, &EC_KEY_free>;

/// nullptr if the bytes are not the compressed encoding of a point.
Key parse_key(const std::uint8_t* public_key33) {
    const Owned<EC_POINT, &EC_POINT_free> point(EC_POINT_new(group()));
    Key key(EC_KEY_new());
    FATHOM_ASSERT(point != nullptr && key != nullptr);
    if (EC_POINT_oct2point(group(), point.get(), public_key33, 33, nullptr) != 1) return nullptr;
    if (EC_KEY_set_group(key.get(), group()) != 1) return nullptr;
    if (EC_KEY_set_public_key(key.get(), point.get()) != 1) return nullptr;
    return key;
}

using Signature = Owned<ECDSA_SIG, &ECDSA_SIG_free>;

Signature make_signature(const std::uint8_t* signature64) {
    Signature signature(ECDSA_SIG_new());
    BIGNUM* r = BN_bin2bn(signature64, 32, nullptr);
    BIGNUM* s = BN_bin2bn(signature64 + 32, 32, nullptr);
    FATHOM_ASSERT(signature != nullptr && r != nullptr && s != nullptr);
    ECDSA_SIG_set0(signature.get(), r, s);
    return signature;
}

} // namespace

Result<void, Secp256r1Error> secp256r1_verify_digest(const std::uint8_t* public_key33,
                                                     const std::uint8_t* signature64,
                                                     const std::uint8_t* digest32) {
    if (!in_range(signature64)) return std::unexpected(Secp256r1Error::SignatureOutOfRange);
    const Key key = parse_key(public_key33);
    if (key == nullptr) {
        ERR_clear_error();
        return std::unexpected(Secp256r1Error::InvalidPublicKey);
    }
    const Signature signature = make_signature(signature64);
    const int verdict = ECDSA_do_verify(digest32, 32, signature.get(), key.get());
    if (verdict == 1) return {};
    ERR_clear_error();
    return std::unexpected(Secp256r1Error::VerificationFailed);
}

Result<void, Secp256r1Error> secp256r1_verify(const std::uint8_t* public_key33,
                                              const std::uint8_t* signature64, ByteView message) {
    return secp256r1_verify_digest(public_key33, signature64, sha256(message).data());
}

} // namespace fathom::crypto

// SPDX-License-Identifier: Apache-2.0
// Cases of secp256k1 recovery and P-256 verification; signatures of the latter are made with the
// library's integers and points.
#include "fathom/base/assert.hpp"
#include "fathom/crypto/secp256k1.hpp"
#include "fathom/crypto/secp256r1.hpp"
#include "fathom/crypto/sha256.hpp"
#include "tests/oracles/cases.hpp"

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <algorithm>
#include <memory>

namespace fathom::oracles {
namespace {

const Bytes kOrderK1 = from_hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
const Bytes kFieldK1 = from_hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");
const Bytes kOrderR1 = from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const Bytes kFieldR1 = from_hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");

std::string_view word(crypto::Secp256k1Error error) {
    using enum crypto::Secp256k1Error;
    return error == InvalidRecoveryId    ? "bad_id"
           : error == MalformedSignature ? "malformed"
                                         : "failed";
}

/// r so small that r + n is still a coordinate, which the upper recovery ids stand for.
Bytes small_r(Random& random) {
    const Bytes room = difference(kFieldK1, kOrderK1);
    return random.integer(room);
}

template <auto Free> struct Deleter {
    template <class T> void operator()(T* object) const { Free(object); }
};
using Group = std::unique_ptr<EC_GROUP, Deleter<&EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, Deleter<&EC_POINT_free>>;
using Integer = std::unique_ptr<BIGNUM, Deleter<&BN_free>>;
using Context = std::unique_ptr<BN_CTX, Deleter<&BN_CTX_free>>;

Integer integer_of(ByteView bytes) {
    return Integer(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

Bytes bytes_of(const Integer& integer) {
    Bytes bytes(32);
    FATHOM_ASSERT(BN_bn2binpad(integer.get(), bytes.data(), 32) == 32);
    return bytes;
}

/// P-256 by the textbook: what signs, and multiples of the base point.
class P256 {
public:
    /// Compressed.
    [[nodiscard]] Bytes base_multiple(ByteView factor) const {
        const Point point(EC_POINT_new(group_.get()));
        const Integer integer = integer_of(factor);
        EC_POINT_mul(group_.get(), point.get(), integer.get(), nullptr, nullptr, context_.get());
        Bytes bytes(33);
        const std::size_t size =
            EC_POINT_point2oct(group_.get(), point.get(), POINT_CONVERSION_COMPRESSED, bytes.data(),
                               bytes.size(), context_.get());
        FATHOM_ASSERT(size == bytes.size());
        return bytes;
    }

    /// r ‖ s with s = (z + r·d)/k; s may be high.
    [[nodiscard]] Bytes sign(ByteView secret, ByteView nonce, ByteView message) const {
        const Integer order = integer_of(kOrderR1);
        const Bytes point = base_multiple(nonce);
        Integer r = integer_of(ByteView(point).subspan(1));
        BN_nnmod(r.get(), r.get(), order.get(), context_.get());
        const Integer z = integer_of(crypto::sha256(message));
        const Integer d = integer_of(secret);
        const Integer s(BN_new());
        BN_mod_mul(s.get(), r.get(), d.get(), order.get(), context_.get());
        BN_mod_add(s.get(), s.get(), z.get(), order.get(), context_.get());
        const Integer inverse(
            BN_mod_inverse(nullptr, integer_of(nonce).get(), order.get(), context_.get()));
        BN_mod_mul(s.get(), s.get(), inverse.get(), order.get(), context_.get());
        return joined({bytes_of(r), bytes_of(s)});
    }

private:
    Group group_{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
    Context context_{BN_CTX_new()};
};

/// From one below the order; edge values among them.
Bytes nonzero(Random& random) {
    while (true) {
        Bytes value = random.integer(kOrderR1);
        if (!is_zero(value) && value < kOrderR1) return value;
    }
}

void spoil(Random& random, Bytes& key, Bytes& signature, Bytes& message) {
    switch (random.below(8)) {
    case 0: signature = random.flipped(signature); break;
    case 1: key = random.flipped(key); break;
    case 2: message.push_back(1); break;
    case 3: key[0] = static_cast<std::uint8_t>(random.below(8)); break;
    case 4: std::ranges::copy(random.integer(kOrderR1), signature.begin()); break;
    case 5: std::ranges::copy(random.integer(kOrderR1), signature.begin() + 32); break;
    case 6: std::ranges::copy(random.integer(kFieldR1), key.begin() + 1); break;
    default: key[0] ^= 1; break;
    }
}

std::string_view word(const Result<void, crypto::Secp256r1Error>& verdict) {
    using enum crypto::Secp256r1Error;
    return verdict                                  ? "valid"
           : verdict.error() == SignatureOutOfRange ? "out_of_range"
           : verdict.error() == InvalidPublicKey    ? "bad_key"
                                                    : "invalid";
}

} // namespace

void add_secp256k1(Random& random, Output& output) {
    const Bytes hash = random.integer(kOrderK1);
    const auto edge_or_not = [&] {
        return random.chance(1, 3) ? random.integer(kOrderK1) : random.reduced(kOrderK1);
    };
    const std::uint64_t id = random.chance(1, 4) ? random.below(6) : random.below(2);
    const Bytes r = id > 1 && random.chance(7, 8) ? small_r(random) : edge_or_not();
    const Bytes signature = joined({r, edge_or_not()});
    const Bytes id_byte{static_cast<std::uint8_t>(id)};
    const auto key = crypto::secp256k1_recover(hash.data(), id, signature.data());
    if (key) return output.add("recover", {hash, id_byte, signature}, *key);
    output.add_word("recover", {hash, id_byte, signature}, word(key.error()));
}

void add_secp256r1(Random& random, Output& output) {
    static const P256 p256;
    const Bytes secret = nonzero(random);
    Bytes message = random.bytes(random.below(150));
    Bytes key = p256.base_multiple(secret);
    Bytes signature = p256.sign(secret, nonzero(random), message);
    const Bytes s = slice(signature, 32, 32);
    if (s > halved(kOrderR1) && random.chance(7, 8)) {
        std::ranges::copy(difference(kOrderR1, s), signature.begin() + 32);
    }
    if (random.chance(1, 2)) spoil(random, key, signature, message);
    output.add_word("verify", {key, signature, message},
                    word(crypto::secp256r1_verify(key.data(), signature.data(), message)));
}

} // namespace fathom::oracles

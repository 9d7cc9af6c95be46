// SPDX-License-Identifier: Apache-2.0
// Cases of Ed25519 signatures, of points of edwards25519 and of elements of ristretto255.
#include "fathom/crypto/ed25519.hpp"
#include "fathom/crypto/multiscalar25519.hpp"
#include "fathom/crypto/ristretto255.hpp"
#include "fathom/crypto/scalar25519.hpp"
#include "fathom/crypto/sha512.hpp"
#include "tests/oracles/cases.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace fathom::oracles {
namespace {

using crypto::EdwardsPoint;
using crypto::RistrettoPoint;
using crypto::Scalar25519;

// Big-endian, as the edge values are made.
const Bytes kOrder = from_hex("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
const Bytes kField = from_hex("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");

template <std::size_t Size> Bytes vector_of(const std::array<std::uint8_t, Size>& bytes) {
    return {bytes.begin(), bytes.end()};
}

/// 32 bytes that often encode a canonical scalar, and often one at an edge.
Bytes scalar_bytes(Random& random) {
    return swapped(random.integer(kOrder), 32);
}

Scalar25519 scalar(Random& random) {
    return Scalar25519::from_bytes_reduced(scalar_bytes(random).data());
}

/// A point whose order divides the cofactor: a multiple of one of order eight.
EdwardsPoint torsion(Random& random) {
    static const Bytes kOrderEight =
        from_hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");
    const auto generator = EdwardsPoint::decompress(kOrderEight.data());
    return Scalar25519::from_u64(random.below(8)) * *generator;
}

EdwardsPoint edwards_point(Random& random) {
    const EdwardsPoint multiple = scalar(random) * EdwardsPoint::base();
    return random.chance(1, 4) ? multiple + torsion(random) : multiple;
}

/// The bytes of a point, now and then written in a way that only some accept, or no point's.
Bytes edwards_bytes(Random& random) {
    switch (random.below(16)) {
    case 0: return vector_of(torsion(random).compress());
    case 1: {
        // y from p to p + 18, or a small one, with either sign.
        Bytes bytes = swapped(
            plus(random.chance(1, 2) ? kField : Bytes(32), static_cast<int>(random.below(20))), 32);
        if (random.chance(1, 2)) bytes[31] |= 0x80;
        return bytes;
    }
    case 2: return random.bytes(32);
    case 3: {
        Bytes bytes = vector_of(edwards_point(random).compress());
        bytes[31] ^= 0x80;
        return bytes;
    }
    default: return vector_of(edwards_point(random).compress());
    }
}

Bytes ristretto_bytes(Random& random) {
    switch (random.below(24)) {
    case 0: return Bytes(32);
    case 1: return random.bytes(32);
    case 2: return swapped(random.integer(kField), 32);
    case 3: {
        // The negative of a valid encoding, and with p added where that fits.
        const Bytes valid =
            swapped(vector_of(RistrettoPoint{edwards_point(random)}.compress()), 32);
        return swapped(random.chance(1, 2) ? difference(kField, valid) : sum(valid, kField), 32);
    }
    case 4: return random.flipped(vector_of(RistrettoPoint{edwards_point(random)}.compress()));
    case 5:
    case 6:
        return vector_of(RistrettoPoint::from_uniform_bytes(random.bytes(64).data()).compress());
    default: return vector_of(RistrettoPoint{edwards_point(random)}.compress());
    }
}

template <class Point> Bytes point_bytes(Random& random) {
    if constexpr (std::is_same_v<Point, EdwardsPoint>) return edwards_bytes(random);
    return ristretto_bytes(random);
}

template <class Point> void add_sum(Random& random, Output& output) {
    const Bytes left = point_bytes<Point>(random);
    const auto p = Point::decompress(left.data());
    Bytes right = point_bytes<Point>(random);
    if (p && random.chance(1, 8)) {
        right = random.chance(1, 2) ? vector_of(p->compress()) : vector_of((-*p).compress());
    }
    const auto q = Point::decompress(right.data());
    std::optional<Bytes> result;
    const bool is_sum = random.chance(1, 2);
    if (p && q) result = vector_of((is_sum ? *p + *q : *p - *q).compress());
    output.add_maybe(is_sum ? "add" : "subtract", {left, right}, result);
}

template <class Point> void add_product(Random& random, Output& output) {
    const Bytes factor = scalar_bytes(random);
    const Bytes encoded = point_bytes<Point>(random);
    const auto integer = Scalar25519::from_canonical_bytes(factor.data());
    const auto point = Point::decompress(encoded.data());
    std::optional<Bytes> result;
    if (integer && point) result = vector_of((*integer * *point).compress());
    output.add_maybe("multiply", {factor, encoded}, result);
}

std::size_t term_count(Random& random) {
    // From 160 terms on, sums are computed in another way.
    if (random.chance(1, 100)) return 150 + random.below(40);
    return random.chance(1, 8) ? random.below(40) : random.below(8);
}

/// Scalars and points alternate. Mostly valid ones, or no long sum ever would be.
template <class Point> void add_multiscalar(Random& random, Output& output) {
    std::vector<Bytes> inputs;
    std::vector<Scalar25519> scalars;
    std::vector<Point> points;
    const bool is_spoiled = random.chance(1, 10);
    const std::size_t count = term_count(random);
    while (points.size() < count) {
        Bytes factor = scalar_bytes(random);
        Bytes encoded = point_bytes<Point>(random);
        const auto integer = Scalar25519::from_canonical_bytes(factor.data());
        const auto point = Point::decompress(encoded.data());
        if (!integer || !point) {
            if (!is_spoiled) continue;
            inputs.push_back(factor);
            inputs.push_back(encoded);
            return output.add_list("multiscalar", inputs, std::nullopt);
        }
        inputs.push_back(std::move(factor));
        inputs.push_back(std::move(encoded));
        scalars.push_back(*integer);
        points.push_back(*point);
    }
    output.add_list("multiscalar", inputs,
                    vector_of(crypto::multiscalar_multiply(scalars, points).compress()));
}

void add_scalar(Random& random, Output& output) {
    const Bytes a = scalar_bytes(random);
    const Bytes b = scalar_bytes(random);
    const Scalar25519 x = Scalar25519::from_bytes_reduced(a.data());
    const Scalar25519 y = Scalar25519::from_bytes_reduced(b.data());
    switch (random.below(5)) {
    case 0: return output.add("scalar_add", {a, b}, (x + y).to_bytes());
    case 1: return output.add("scalar_subtract", {a, b}, (x - y).to_bytes());
    case 2: return output.add("scalar_multiply", {a, b}, (x * y).to_bytes());
    case 3: return output.add("scalar_invert", {a}, x.invert().to_bytes());
    default: {
        const Bytes wide = random.bytes(64);
        output.add("scalar_wide", {wide}, Scalar25519::from_wide_bytes(wide.data()).to_bytes());
    }
    }
}

struct Claim {
    Bytes key;
    Bytes signature;
    Bytes message;
};

Scalar25519 challenge(ByteView r, ByteView key, ByteView message) {
    const auto digest = crypto::Sha512().update(r).update(key).update(message).finish();
    return Scalar25519::from_wide_bytes(digest.data());
}

/// R = r·B + T, A = a·B + T', s = r + k·a: holds exactly if the torsion cancels, and always up to
/// the cofactor.
Claim crafted(Random& random) {
    const Scalar25519 secret = scalar(random);
    const Scalar25519 nonce = random.chance(1, 8) ? Scalar25519{} : scalar(random);
    const EdwardsPoint none = EdwardsPoint::identity();
    const bool key_torsion = random.chance(1, 2);
    const bool r_torsion = random.chance(1, 4);
    Claim claim;
    claim.message = random.bytes(random.below(100));
    claim.key = vector_of(
        (secret * EdwardsPoint::base() + (key_torsion ? torsion(random) : none)).compress());
    const Bytes r =
        vector_of((nonce * EdwardsPoint::base() + (r_torsion ? torsion(random) : none)).compress());
    const Scalar25519 s = nonce + challenge(r, claim.key, claim.message) * secret;
    claim.signature = joined({r, s.to_bytes()});
    return claim;
}

/// A key or an R of small order, written canonically or not, that makes the equation hold.
Claim small_order(Random& random) {
    Claim claim{edwards_bytes(random), Bytes(64), random.bytes(random.below(64))};
    const Bytes y_above = swapped(plus(kField, static_cast<int>(random.below(2))), 32);
    claim.key = random.chance(1, 2) ? vector_of(torsion(random).compress()) : y_above;
    if (random.chance(1, 2)) claim.key[31] |= 0x80;
    const Scalar25519 s = random.chance(1, 2) ? Scalar25519{} : scalar(random);
    const Bytes r = vector_of((s * EdwardsPoint::base() + torsion(random)).compress());
    claim.signature = joined({random.chance(1, 4) ? y_above : r, s.to_bytes()});
    return claim;
}

Claim honest(Random& random) {
    const Bytes seed = random.bytes(32);
    Claim claim;
    claim.message = random.message(128);
    claim.key = vector_of(crypto::ed25519_public_key(seed.data()));
    claim.signature = vector_of(crypto::ed25519_sign(seed.data(), claim.message));
    return claim;
}

Claim spoiled(Random& random, Claim claim) {
    switch (random.below(7)) {
    case 0: claim.signature = random.flipped(claim.signature); break;
    case 1: claim.key = random.flipped(claim.key); break;
    case 2: claim.message.push_back(0); break;
    case 3: {
        // The same s, not reduced.
        const Bytes s = swapped(slice(claim.signature, 32, 32), 32);
        std::ranges::copy(swapped(sum(s, kOrder), 32), claim.signature.begin() + 32);
        break;
    }
    case 4: std::ranges::copy(scalar_bytes(random), claim.signature.begin() + 32); break;
    case 5: std::ranges::copy(edwards_bytes(random), claim.signature.begin()); break;
    default: claim.key = edwards_bytes(random); break;
    }
    return claim;
}

Claim any_claim(Random& random) {
    switch (random.below(8)) {
    case 0:
    case 1: return crafted(random);
    case 2: return small_order(random);
    case 3:
    case 4:
    case 5: return spoiled(random, honest(random));
    default: return honest(random);
    }
}

void add_signing(Random& random, Output& output) {
    const Bytes seed = random.bytes(32);
    const Bytes message = random.message(128);
    output.add("public_key", {seed}, crypto::ed25519_public_key(seed.data()));
    output.add("sign", {seed, message}, crypto::ed25519_sign(seed.data(), message));
}

void add_strict_together(Random& random, Output& output) {
    std::vector<Claim> claims(1 + random.below(20));
    std::vector<crypto::Ed25519Claim> views;
    for (Claim& claim : claims) {
        claim = any_claim(random);
        views.push_back({claim.key.data(), claim.signature.data(), claim.message});
    }
    const auto verdicts = std::make_unique<bool[]>(claims.size());
    crypto::ed25519_verify_strict_each(views, {verdicts.get(), claims.size()});
    for (std::size_t i = 0; i < claims.size(); ++i) {
        const Claim& claim = claims[i];
        output.add_word("strict_each", {claim.key, claim.signature, claim.message},
                        verdicts[i] ? "valid" : "invalid");
    }
}

std::string_view word(crypto::Ed25519PrecompileCheck check) {
    using enum crypto::Ed25519PrecompileCheck;
    return check == Valid ? "valid" : check == InvalidPublicKey ? "bad_key" : "invalid";
}

template <class Point> void add_group_case(Random& random, Output& output) {
    switch (random.below(10)) {
    case 0: {
        const Bytes encoded = random.chance(1, 2) ? random.bytes(32) : point_bytes<Point>(random);
        const auto point = Point::decompress(encoded.data());
        std::optional<Bytes> canonical;
        if (point) canonical = vector_of(point->compress());
        return output.add_maybe("decode", {encoded}, canonical);
    }
    case 1:
    case 2:
    case 3: return add_sum<Point>(random, output);
    case 4:
    case 5: return add_multiscalar<Point>(random, output);
    default: return add_product<Point>(random, output);
    }
}

} // namespace

void add_ed25519(Random& random, Output& output) {
    if (random.chance(1, 12)) return add_signing(random, output);
    if (random.chance(1, 20)) return add_strict_together(random, output);
    const Claim claim = any_claim(random);
    if (random.chance(1, 2)) {
        const bool is_valid =
            crypto::ed25519_verify_strict(claim.key.data(), claim.signature.data(), claim.message);
        output.add_word("strict", {claim.key, claim.signature, claim.message},
                        is_valid ? "valid" : "invalid");
        return;
    }
    output.add_word("precompile", {claim.key, claim.signature, claim.message},
                    word(crypto::ed25519_verify_precompile(claim.key.data(), claim.signature.data(),
                                                           claim.message)));
}

void add_edwards25519(Random& random, Output& output) {
    if (random.chance(1, 10)) return add_scalar(random, output);
    if (random.chance(1, 10)) {
        const Bytes encoded = random.chance(2, 3) ? random.bytes(32) : edwards_bytes(random);
        const bool is_on_curve = crypto::is_on_curve(encoded.data());
        return output.add_word("on_curve", {encoded}, is_on_curve ? "valid" : "invalid");
    }
    add_group_case<EdwardsPoint>(random, output);
}

void add_ristretto255(Random& random, Output& output) {
    if (random.chance(1, 10)) {
        const Bytes uniform = random.bytes(64);
        return output.add("uniform", {uniform},
                          RistrettoPoint::from_uniform_bytes(uniform.data()).compress());
    }
    add_group_case<RistrettoPoint>(random, output);
}

} // namespace fathom::oracles

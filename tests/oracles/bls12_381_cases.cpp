// SPDX-License-Identifier: Apache-2.0
// Cases of BLS12-381, of its hash to G2 and of signatures. Inputs are made in big-endian order and
// turned.
#include "fathom/crypto/bls12_381.hpp"
#include "fathom/crypto/bls12_381_curve.hpp"
#include "fathom/crypto/bls12_381_hash.hpp"
#include "fathom/crypto/bls_signature.hpp"
#include "fathom/crypto/field_encoding.hpp"
#include "tests/oracles/cases.hpp"

#include <algorithm>
#include <vector>

namespace fathom::oracles {
namespace {

using crypto::ByteOrder;
using crypto::bls12_381::Fp;
using crypto::bls12_381::Fp2;

const Bytes kField = from_hex("1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf"
                              "6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab");
const Bytes kOrder = from_hex("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");
const Bytes kG1Compressed = from_hex("97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905"
                                     "a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb");
const Bytes kG2Compressed = from_hex("93e02b6052719f607dacd3a088274f65596bd0d09920b61a"
                                     "b5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
                                     "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02"
                                     "b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8");

constexpr ByteOrder kBig = ByteOrder::Big;

template <class Encoded> Bytes vector_of(const Encoded& bytes) {
    return {bytes.begin(), bytes.end()};
}

template <std::size_t Size> std::span<const std::uint8_t, Size> fixed(const Bytes& bytes) {
    return std::span<const std::uint8_t, Size>(bytes);
}

/// What the two groups do alike, and how their syscalls are called.
struct G1 {
    using Field = Fp;
    static constexpr std::size_t kCoordinate = 48;
    static constexpr std::size_t kPoint = 96;
    static Field b() { return crypto::bls12_381::kG1B; }
    static Field x(Random& random) { return *Fp::from_bytes(random.reduced(kField).data(), kBig); }
    static const Bytes& generator() {
        static const Bytes point =
            vector_of(*crypto::bls12_381_g1_decompress(fixed<48>(kG1Compressed), kBig));
        return point;
    }
    static bool is_valid(const Bytes& p, ByteOrder order) {
        return crypto::bls12_381_g1_is_valid(fixed<96>(p), order);
    }
    static auto add(const Bytes& p, const Bytes& q, ByteOrder order) {
        return crypto::bls12_381_g1_add(fixed<96>(p), fixed<96>(q), order);
    }
    static auto subtract(const Bytes& p, const Bytes& q, ByteOrder order) {
        return crypto::bls12_381_g1_subtract(fixed<96>(p), fixed<96>(q), order);
    }
    static auto multiply(const Bytes& scalar, const Bytes& p, ByteOrder order) {
        return crypto::bls12_381_g1_multiply(fixed<32>(scalar), fixed<96>(p), order);
    }
    static auto decompress(const Bytes& p, ByteOrder order) {
        return crypto::bls12_381_g1_decompress(fixed<48>(p), order);
    }
};

struct G2 {
    using Field = Fp2;
    static constexpr std::size_t kCoordinate = 96;
    static constexpr std::size_t kPoint = 192;
    static Field b() { return crypto::bls12_381::kG2B; }
    static Field x(Random& random) { return {G1::x(random), G1::x(random)}; }
    static const Bytes& generator() {
        static const Bytes point =
            vector_of(*crypto::bls12_381_g2_decompress(fixed<96>(kG2Compressed), kBig));
        return point;
    }
    static bool is_valid(const Bytes& p, ByteOrder order) {
        return crypto::bls12_381_g2_is_valid(fixed<192>(p), order);
    }
    static auto add(const Bytes& p, const Bytes& q, ByteOrder order) {
        return crypto::bls12_381_g2_add(fixed<192>(p), fixed<192>(q), order);
    }
    static auto subtract(const Bytes& p, const Bytes& q, ByteOrder order) {
        return crypto::bls12_381_g2_subtract(fixed<192>(p), fixed<192>(q), order);
    }
    static auto multiply(const Bytes& scalar, const Bytes& p, ByteOrder order) {
        return crypto::bls12_381_g2_multiply(fixed<32>(scalar), fixed<192>(p), order);
    }
    static auto decompress(const Bytes& p, ByteOrder order) {
        return crypto::bls12_381_g2_decompress(fixed<96>(p), order);
    }
};

/// "g1_add_be".
template <class Group> std::string name(std::string_view operation, ByteOrder order) {
    return in_order((std::is_same_v<Group, G1> ? "g1_" : "g2_") + std::string(operation), order);
}

template <class Group> Bytes identity() {
    Bytes bytes(Group::kPoint);
    bytes[0] = 0x40;
    return bytes;
}

template <class Group> Bytes multiple(ByteView scalar) {
    return vector_of(*Group::multiply(vector_of(scalar), Group::generator(), kBig));
}

template <class Group> Bytes group_point(Random& random) {
    return random.chance(1, 12) ? identity<Group>() : multiple<Group>(random.reduced(kOrder));
}

/// On the curve, but hardly ever in the group.
template <class Group> Bytes curve_point(Random& random) {
    using Encoding = crypto::FieldEncoding<typename Group::Field>;
    // Of G1's curve the points with x = 0 are of order three.
    const bool wants_zero = std::is_same_v<Group, G1> && random.chance(1, 16);
    while (true) {
        const auto x = wants_zero ? typename Group::Field{} : Group::x(random);
        const auto y = (x.square() * x + Group::b()).square_root();
        if (!y) continue;
        Bytes bytes(Group::kPoint);
        Encoding::encode(x, bytes.data(), kBig);
        Encoding::encode(random.chance(1, 2) ? *y : -*y, bytes.data() + Group::kCoordinate, kBig);
        return bytes;
    }
}

template <class Group> Bytes point_to_add(Random& random) {
    return random.chance(1, 3) ? curve_point<Group>(random) : group_point<Group>(random);
}

template <class Group> Bytes point_to_check(Random& random) {
    return random.chance(1, 10) ? curve_point<Group>(random) : group_point<Group>(random);
}

void put(Bytes& target, std::size_t offset, const Bytes& part) {
    std::ranges::copy(part, target.begin() + static_cast<std::ptrdiff_t>(offset));
}

Bytes perhaps_spoiled(Random& random, Bytes point) {
    if (!random.chance(1, 12)) return point;
    const std::size_t coordinate = 48 * random.below(point.size() / 48);
    switch (random.below(5)) {
    case 0: return random.flipped(point);
    case 1: point[0] ^= static_cast<std::uint8_t>(0x20 << random.below(3)); break;
    case 2: put(point, coordinate, sum(slice(point, coordinate, 48), kField)); break;
    case 3: put(point, coordinate, random.integer(kField)); break;
    default: point[point.size() / 2] |= static_cast<std::uint8_t>(0x20 << random.below(3)); break;
    }
    return point;
}

ByteOrder any_order(Random& random) {
    return random.chance(1, 2) ? ByteOrder::Little : kBig;
}

Bytes turned(Bytes bytes, std::size_t size, ByteOrder order) {
    return order == kBig ? bytes : swapped(std::move(bytes), size);
}

template <class Group> void add_sum(Random& random, Output& output) {
    const ByteOrder order = any_order(random);
    const Bytes left = point_to_add<Group>(random);
    const Bytes right = random.chance(1, 8) ? left : point_to_add<Group>(random);
    const Bytes p = turned(perhaps_spoiled(random, left), Group::kCoordinate, order);
    const Bytes q = turned(perhaps_spoiled(random, right), Group::kCoordinate, order);
    if (random.chance(1, 2)) {
        return output.add_maybe(name<Group>("add", order), {p, q}, Group::add(p, q, order));
    }
    output.add_maybe(name<Group>("subtract", order), {p, q}, Group::subtract(p, q, order));
}

template <class Group> void add_product(Random& random, Output& output) {
    const ByteOrder order = any_order(random);
    const Bytes scalar = turned(random.integer(kOrder), 32, order);
    const Bytes point =
        turned(perhaps_spoiled(random, point_to_check<Group>(random)), Group::kCoordinate, order);
    output.add_maybe(name<Group>("multiply", order), {scalar, point},
                     Group::multiply(scalar, point, order));
}

template <class Group> void add_check(Random& random, Output& output) {
    const ByteOrder order = any_order(random);
    const Bytes point =
        turned(perhaps_spoiled(random, point_to_check<Group>(random)), Group::kCoordinate, order);
    output.add_word(name<Group>("validate", order), {point},
                    Group::is_valid(point, order) ? "valid" : "invalid");
}

/// x of a point, with flags that are right or nearly so.
template <class Group> void add_decompression(Random& random, Output& output) {
    const ByteOrder order = any_order(random);
    Bytes x = slice(point_to_check<Group>(random), 0, Group::kCoordinate);
    x[0] |= 0x80;
    if (random.chance(1, 2)) x[0] |= 0x20;
    switch (random.below(12)) {
    case 0: x = random.flipped(x); break;
    case 1: x[0] ^= static_cast<std::uint8_t>(0x20 << random.below(3)); break;
    case 2:
        put(x, 0, random.integer(kField));
        x[0] |= 0x80;
        break;
    case 3: put(x, x.size() - 48, random.integer(kField)); break;
    default: break;
    }
    x = turned(x, Group::kCoordinate, order);
    output.add_maybe(name<Group>("decompress", order), {x}, Group::decompress(x, order));
}

void add_pairing(Random& random, Output& output) {
    const ByteOrder order = any_order(random);
    const std::size_t count =
        random.chance(1, 16) ? random.below(crypto::kBls12MaxPairs + 1) : random.below(3);
    Bytes g1;
    Bytes g2;
    for (std::size_t i = 0; i < count; ++i) {
        const bool is_spoiled = random.chance(1, 16);
        const Bytes p = is_spoiled ? perhaps_spoiled(random, point_to_check<G1>(random))
                                   : group_point<G1>(random);
        const Bytes q = is_spoiled ? point_to_check<G2>(random) : group_point<G2>(random);
        g1 = joined({g1, turned(p, G1::kCoordinate, order)});
        g2 = joined({g2, turned(q, G2::kCoordinate, order)});
    }
    output.add_maybe(in_order("pairing", order), {g1, g2},
                     crypto::bls12_381_pairing(g1, g2, order));
}

Bytes encoded(const crypto::bls12_381::G2& point) {
    using Encoding = crypto::FieldEncoding<Fp2>;
    if (point.is_identity) return identity<G2>();
    Bytes bytes(G2::kPoint);
    Encoding::encode(point.x, bytes.data(), kBig);
    Encoding::encode(point.y, bytes.data() + G2::kCoordinate, kBig);
    return bytes;
}

/// y above (p - 1)/2; of two coordinates the first that is not zero decides.
bool is_larger(ByteView y) {
    const ByteView deciding = is_zero(y.first(48)) ? y.last(48) : y.first(48);
    return std::ranges::lexicographical_compare(halved(kField), deciding);
}

Bytes compressed(const Bytes& point) {
    const std::size_t half = point.size() / 2;
    Bytes bytes = slice(point, 0, half);
    bytes[0] |= 0x80;
    if ((bytes[0] & 0x40) == 0 && is_larger(ByteView(point).subspan(half))) bytes[0] |= 0x20;
    return bytes;
}

void add_signature(Random& random, Output& output) {
    const Bytes secret = random.reduced(kOrder);
    Bytes message = random.bytes(random.below(100));
    const std::string_view tag =
        random.chance(1, 2) ? crypto::kBlsMessageTag : crypto::kBlsPossessionTag;
    const Bytes hash = encoded(crypto::bls12_381::hash_to_g2(message, as_bytes(tag)));
    Bytes key = compressed(multiple<G1>(secret));
    Bytes signature = compressed(vector_of(*G2::multiply(secret, hash, kBig)));
    switch (random.below(8)) {
    case 0: message.push_back(0); break;
    case 1: key = compressed(point_to_check<G1>(random)); break;
    case 2: signature = compressed(point_to_check<G2>(random)); break;
    case 3: signature[0] ^= 0x20; break;
    default: break;
    }
    const bool is_valid = crypto::bls_verify(fixed<48>(key), message, fixed<96>(signature), tag);
    output.add_word("bls_verify", {key, message, signature, as_bytes(tag)},
                    is_valid ? "valid" : "invalid");
}

template <class Group> void add_group_case(Random& random, Output& output) {
    switch (random.below(6)) {
    case 0:
    case 1: return add_sum<Group>(random, output);
    case 2:
    case 3: return add_product<Group>(random, output);
    case 4: return add_check<Group>(random, output);
    default: return add_decompression<Group>(random, output);
    }
}

} // namespace

void add_bls12_381(Random& random, Output& output) {
    const std::size_t share = random.below(100);
    if (share < 48) return add_group_case<G1>(random, output);
    if (share < 88) return add_group_case<G2>(random, output);
    if (share < 96) return add_pairing(random, output);
    add_signature(random, output);
}

void add_bls12_381_hash(Random& random, Output& output) {
    const Bytes message = random.bytes(random.below(200));
    const Bytes tag = random.bytes(1 + random.below(random.chance(1, 8) ? 255 : 60));
    output.add("hash_to_g2", {message, tag}, encoded(crypto::bls12_381::hash_to_g2(message, tag)));
}

} // namespace fathom::oracles

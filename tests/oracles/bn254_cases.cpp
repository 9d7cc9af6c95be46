// SPDX-License-Identifier: Apache-2.0
// Cases of BN254. Inputs are made in big-endian order and turned.
#include "fathom/crypto/bn254.hpp"
#include "tests/oracles/cases.hpp"

#include <algorithm>
#include <vector>

namespace fathom::oracles {
namespace {

using crypto::ByteOrder;

const Bytes kField = from_hex("30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47");
const Bytes kOrder = from_hex("30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001");
const Bytes kG1 = joined({plus(Bytes(32), 1), plus(Bytes(32), 2)});
const Bytes kG2 = from_hex("198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
                           "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
                           "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
                           "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa");

constexpr ByteOrder kBig = ByteOrder::Big;

template <class Encoded> Bytes vector_of(const Encoded& bytes) {
    return {bytes.begin(), bytes.end()};
}

Bytes multiple_of_g1(ByteView scalar) {
    return vector_of(*crypto::bn254_g1_multiply(joined({kG1, scalar}), kBig));
}

Bytes multiple_of_g2(ByteView scalar) {
    return vector_of(*crypto::bn254_g2_multiply(joined({kG2, scalar}), kBig));
}

/// x with flags, as compressed points are; one of two is on the curve.
Bytes compressed_g1(Random& random) {
    Bytes x = random.integer(kField);
    if (random.chance(1, 2)) x[0] |= 0x80;
    if (random.chance(1, 32)) x[0] |= 0x40;
    return x;
}

/// The same of the twist; hardly ever in the subgroup.
Bytes compressed_twist(Random& random) {
    Bytes x = joined({random.integer(kField), random.integer(kField)});
    if (random.chance(1, 2)) x[0] |= 0x80;
    if (random.chance(1, 32)) x[0] |= 0x40;
    return x;
}

Bytes g1_point(Random& random) {
    if (random.chance(1, 12)) return Bytes(64);
    while (random.chance(1, 2)) {
        if (const auto point = crypto::bn254_g1_decompress(compressed_g1(random), kBig)) {
            return vector_of(*point);
        }
    }
    return multiple_of_g1(random.integer(kOrder));
}

Bytes g2_point(Random& random) {
    return random.chance(1, 12) ? Bytes(128) : multiple_of_g2(random.integer(kOrder));
}

/// Any point of the twist.
Bytes twist_point(Random& random) {
    while (random.chance(2, 3)) {
        if (const auto point = crypto::bn254_g2_decompress(compressed_twist(random), kBig)) {
            return vector_of(*point);
        }
    }
    return g2_point(random);
}

/// Now and then something that is no point, or a point written in another way.
Bytes perhaps_spoiled(Random& random, Bytes point) {
    const std::size_t y_at = point.size() / 2;
    if (!random.chance(1, 10)) return point;
    const std::size_t coordinate = 32 * random.below(point.size() / 32);
    switch (random.below(6)) {
    case 0: return random.flipped(point);
    case 1: point[y_at] |= 0x80; break;
    case 2: point[y_at] = static_cast<std::uint8_t>((point[y_at] & 0x3f) | 0x40); break;
    case 3: point[random.chance(1, 2) ? y_at : 0] |= 0xc0; break;
    case 4:
        std::ranges::copy(sum(slice(point, coordinate, 32), kField),
                          point.begin() + static_cast<std::ptrdiff_t>(coordinate));
        break;
    default:
        std::ranges::copy(random.integer(kField),
                          point.begin() + static_cast<std::ptrdiff_t>(coordinate));
        break;
    }
    return point;
}

/// y = p - y.
Bytes negated_g1(Bytes point) {
    if (is_zero(point)) return point;
    std::ranges::copy(difference(kField, slice(point, 32, 32)), point.begin() + 32);
    return point;
}

ByteOrder any_order(Random& random) {
    return random.chance(1, 2) ? ByteOrder::Little : kBig;
}

Bytes turned(Bytes bytes, std::size_t size, ByteOrder order) {
    return order == kBig ? bytes : swapped(std::move(bytes), size);
}

/// Now and then shorter or longer than it should be.
Bytes perhaps_cut(Random& random, Bytes input) {
    if (random.chance(1, 24)) input.resize(random.below(input.size() + 3));
    return input;
}

void add_g1_sum(Random& random, Output& output) {
    const ByteOrder order = any_order(random);
    const Bytes left = g1_point(random);
    const Bytes right = random.chance(1, 12)   ? left
                        : random.chance(1, 12) ? negated_g1(left)
                                               : g1_point(random);
    const Bytes points = joined({perhaps_spoiled(random, left), perhaps_spoiled(random, right)});
    const Bytes input = perhaps_cut(random, turned(points, 32, order));
    output.add_maybe(in_order("g1_add", order), {input}, crypto::bn254_g1_add(input, order));
}

void add_g1_product(Random& random, Output& output) {
    const ByteOrder order = any_order(random);
    const Bytes whole = joined({perhaps_spoiled(random, g1_point(random)), random.integer(kOrder)});
    const Bytes input = perhaps_cut(random, turned(whole, 32, order));
    output.add_maybe(in_order("g1_multiply", order), {input},
                     crypto::bn254_g1_multiply(input, order));
}

void add_g2_sum(Random& random, Output& output) {
    const ByteOrder order = any_order(random);
    const Bytes left = twist_point(random);
    const Bytes right = random.chance(1, 12) ? left : twist_point(random);
    const Bytes points = joined({perhaps_spoiled(random, left), perhaps_spoiled(random, right)});
    const Bytes input = perhaps_cut(random, turned(points, 64, order));
    output.add_maybe(in_order("g2_add", order), {input}, crypto::bn254_g2_add(input, order));
}

void add_g2_product(Random& random, Output& output) {
    const ByteOrder order = any_order(random);
    const Bytes point =
        perhaps_spoiled(random, random.chance(1, 8) ? twist_point(random) : g2_point(random));
    const Bytes input = perhaps_cut(
        random, joined({turned(point, 64, order), turned(random.integer(kOrder), 32, order)}));
    output.add_maybe(in_order("g2_multiply", order), {input},
                     crypto::bn254_g2_multiply(input, order));
}

struct Pair {
    Bytes g1;
    Bytes g2;
};

/// Pairs whose product is one, by bilinearity.
std::vector<Pair> cancelling_pairs(Random& random) {
    const Bytes a = random.reduced(kOrder);
    const Bytes b = random.reduced(kOrder);
    const Bytes g1 = multiple_of_g1(a);
    const Bytes g2 = multiple_of_g2(b);
    switch (random.below(3)) {
    case 0: return {{g1, g2}, {negated_g1(g1), g2}};
    case 1: return {{g1, g2}, {negated_g1(multiple_of_g1(b)), multiple_of_g2(a)}};
    default: {
        const auto total = crypto::bn254_g1_add(joined({g1, multiple_of_g1(b)}), kBig);
        return {{g1, g2}, {multiple_of_g1(b), g2}, {negated_g1(vector_of(*total)), g2}};
    }
    }
}

std::vector<Pair> pairs(Random& random) {
    std::vector<Pair> result;
    if (random.chance(1, 2)) result = cancelling_pairs(random);
    const std::size_t more = result.empty() ? random.below(3) : random.chance(1, 4) ? 1 : 0;
    for (std::size_t i = 0; i < more; ++i) {
        const bool is_neutral = random.chance(1, 3);
        const bool first = random.chance(1, 2);
        result.push_back({is_neutral && first ? Bytes(64) : g1_point(random),
                          is_neutral && !first ? Bytes(128) : g2_point(random)});
    }
    if (!result.empty() && random.chance(1, 16)) {
        Pair& pair = result[random.below(result.size())];
        pair.g1 = perhaps_spoiled(random, pair.g1);
        pair.g2 = random.chance(1, 2) ? twist_point(random) : perhaps_spoiled(random, pair.g2);
    }
    return result;
}

void add_pairing(Random& random, Output& output) {
    const ByteOrder order = any_order(random);
    Bytes input;
    for (const Pair& pair : pairs(random)) {
        input = joined({input, turned(pair.g1, 32, order), turned(pair.g2, 64, order)});
    }
    if (random.chance(1, 32)) input.push_back(0);
    const auto is_one = crypto::bn254_pairing_is_one(input, order);
    output.add_word(in_order("pairing", order), {input},
                    !is_one   ? "none"
                    : *is_one ? "one"
                              : "other");
}

void add_compression(Random& random, Output& output) {
    const ByteOrder order = any_order(random);
    if (random.chance(1, 2)) {
        const Bytes point = perhaps_spoiled(random, g1_point(random));
        const Bytes input = perhaps_cut(random, turned(point, 32, order));
        return output.add_maybe(in_order("g1_compress", order), {input},
                                crypto::bn254_g1_compress(input, order));
    }
    const Bytes point = perhaps_spoiled(random, twist_point(random));
    const Bytes input = perhaps_cut(random, turned(point, 64, order));
    output.add_maybe(in_order("g2_compress", order), {input},
                     crypto::bn254_g2_compress(input, order));
}

void add_decompression(Random& random, Output& output) {
    const ByteOrder order = any_order(random);
    if (random.chance(1, 2)) {
        Bytes point = compressed_g1(random);
        if (random.chance(1, 3)) point = slice(g1_point(random), 0, 32);
        const Bytes input = perhaps_cut(random, turned(point, 32, order));
        return output.add_maybe(in_order("g1_decompress", order), {input},
                                crypto::bn254_g1_decompress(input, order));
    }
    Bytes point = compressed_twist(random);
    if (random.chance(1, 3)) point = slice(twist_point(random), 0, 64);
    const Bytes input = perhaps_cut(random, turned(point, 64, order));
    output.add_maybe(in_order("g2_decompress", order), {input},
                     crypto::bn254_g2_decompress(input, order));
}

} // namespace

void add_bn254(Random& random, Output& output) {
    const std::size_t share = random.below(100);
    if (share < 24) return add_g1_sum(random, output);
    if (share < 46) return add_g1_product(random, output);
    if (share < 61) return add_g2_sum(random, output);
    if (share < 69) return add_g2_product(random, output);
    if (share < 77) return add_pairing(random, output);
    if (share < 86) return add_compression(random, output);
    add_decompression(random, output);
}

} // namespace fathom::oracles

// SPDX-License-Identifier: Apache-2.0
// Cases of Poseidon and of modular exponentiation.
#include "fathom/crypto/modular_exponentiation.hpp"
#include "fathom/crypto/poseidon.hpp"
#include "tests/oracles/cases.hpp"

#include <algorithm>
#include <vector>

namespace fathom::oracles {
namespace {

using crypto::ByteOrder;

const Bytes kField = from_hex("30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001");

/// Of 32 bytes, or now and then of another number.
Bytes poseidon_input(Random& random, bool is_spoiled) {
    Bytes input = is_spoiled ? random.integer(kField) : random.reduced(kField);
    if (is_spoiled && random.chance(1, 3)) input.resize(random.below(35));
    return input;
}

/// Lengths at the edges of words and of the limit.
std::size_t number_size(Random& random) {
    if (random.chance(1, 100)) return 480 + random.below(35);
    if (random.chance(1, 20)) return random.below(257);
    return random.below(random.chance(1, 2) ? 20 : 70);
}

} // namespace

void add_poseidon(Random& random, Output& output) {
    const ByteOrder order = random.chance(1, 2) ? ByteOrder::Little : ByteOrder::Big;
    const bool takes_short = random.chance(1, 2);
    const bool is_spoiled = random.chance(1, 4);
    std::vector<Bytes> inputs(is_spoiled && random.chance(1, 4) ? random.below(15)
                                                                : 1 + random.below(12));
    std::vector<ByteView> views;
    for (Bytes& input : inputs) {
        input = poseidon_input(random, is_spoiled && random.chance(1, 2));
        if (order == ByteOrder::Little) std::ranges::reverse(input);
        views.emplace_back(input);
    }
    const auto digest = crypto::poseidon(views, order,
                                         takes_short ? crypto::PoseidonInputSize::From1To32
                                                     : crypto::PoseidonInputSize::Exactly32);
    std::optional<Bytes> result;
    if (digest) result.emplace(digest->begin(), digest->end());
    output.add_list(in_order(takes_short ? "poseidon_short" : "poseidon", order), inputs, result);
}

void add_modular_exponentiation(Random& random, Output& output) {
    Bytes modulus = random.bytes(number_size(random));
    if (!modulus.empty() && random.chance(15, 16)) modulus[0] |= 1;
    const Bytes base = random.bytes(number_size(random));
    // Short ones more often: a long one takes the oracle a tenth of a second.
    const Bytes exponent =
        random.bytes(random.chance(1, 2) ? random.below(5) : number_size(random));
    Bytes result(modulus.size());
    const bool is_done = crypto::modular_exponentiation(result, base, exponent, modulus);
    if (is_done) return output.add("modexp", {base, exponent, modulus}, result);
    output.add_word("modexp", {base, exponent, modulus}, "none");
}

} // namespace fathom::oracles

// SPDX-License-Identifier: Apache-2.0
// The Poseidon permutation, and its parameters drawn from the Grain generator of its authors.
#include "fathom/crypto/poseidon.hpp"

#include "fathom/crypto/bn254_curve.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace fathom::crypto {
namespace {

using bn254::Fr;

constexpr std::size_t kMaxWidth = kPoseidonMaxInputs + 1;
constexpr unsigned kFieldBits = 254;
constexpr std::size_t kFullRounds = 8;
constexpr std::size_t kPartialRounds[kPoseidonMaxInputs] = {56, 57, 56, 60, 60, 63,
                                                            64, 63, 60, 66, 60, 65};

/// The self-shrinking Grain register that the Poseidon paper (appendix E) seeds with the
/// parameters of an instance.
class Grain {
public:
    Grain(std::size_t width, std::size_t partial_rounds) {
        constexpr std::uint64_t prime_field = 1;
        constexpr std::uint64_t sbox_power = 0;
        seed(prime_field, 2);
        seed(sbox_power, 4);
        seed(kFieldBits, 12);
        seed(width, 12);
        seed(kFullRounds, 10);
        seed(partial_rounds, 10);
        seed((std::uint64_t{1} << 30) - 1, 30);
        for (int i = 0; i < 160; ++i) step();
    }

    /// An integer of kFieldBits bits, highest first.
    Limbs<4> next_integer() {
        Limbs<4> integer{};
        for (unsigned i = kFieldBits; i-- > 0;) {
            integer[i / 64] |= std::uint64_t{next_bit()} << (i % 64);
        }
        return integer;
    }

    /// The next integer that is below the modulus.
    Fr next_element() {
        while (true) {
            if (const auto element = Fr::from_integer(next_integer())) return *element;
        }
    }

private:
    static constexpr unsigned kSize = 80;

    /// Appends the low `count` bits of `value`, highest first.
    void seed(std::uint64_t value, unsigned count) {
        for (unsigned i = count; i-- > 0;) {
            state_ |= uint128_t{(value >> i) & 1} << seeded_;
            ++seeded_;
        }
    }

    /// Bit i of the state is the i-th oldest.
    bool step() {
        const uint128_t taps = state_ ^ (state_ >> 13) ^ (state_ >> 23) ^ (state_ >> 38) ^
                               (state_ >> 51) ^ (state_ >> 62);
        const bool bit = (taps & 1) != 0;
        state_ = (state_ >> 1) | (uint128_t{bit} << (kSize - 1));
        return bit;
    }

    /// Of every two bits the first says whether the second is used.
    bool next_bit() {
        while (!step()) step();
        return step();
    }

    uint128_t state_ = 0;
    unsigned seeded_ = 0;
};

struct Parameters {
    std::size_t width;
    std::size_t partial_rounds;
    /// `width` for each round.
    std::vector<Fr> round_constants;
    /// Row by row.
    std::vector<Fr> matrix;
};

/// The Cauchy matrix 1/(x_i + y_j) of the next 2·width integers, which must be distinct and whose
/// sums must not be zero.
std::vector<Fr> draw_matrix(Grain& grain, std::size_t width) {
    while (true) {
        std::vector<Fr> drawn;
        bool is_usable = true;
        for (std::size_t i = 0; i < 2 * width; ++i) {
            const Fr element = Fr::reduced(grain.next_integer());
            is_usable &= std::ranges::find(drawn, element) == drawn.end();
            drawn.push_back(element);
        }
        std::vector<Fr> matrix;
        for (std::size_t i = 0; i < width; ++i) {
            for (std::size_t j = 0; j < width; ++j) {
                const Fr sum = drawn[i] + drawn[width + j];
                is_usable &= !sum.is_zero();
                matrix.push_back(sum.inverse());
            }
        }
        if (is_usable) return matrix;
    }
}

Parameters generate(std::size_t width) {
    const std::size_t partial_rounds = kPartialRounds[width - 2];
    Grain grain(width, partial_rounds);
    Parameters parameters{width, partial_rounds, {}, {}};
    for (std::size_t i = 0; i < width * (kFullRounds + partial_rounds); ++i) {
        parameters.round_constants.push_back(grain.next_element());
    }
    parameters.matrix = draw_matrix(grain, width);
    return parameters;
}

template <std::size_t Width> const Parameters& parameters_of_width() {
    static const Parameters parameters = generate(Width);
    return parameters;
}

const Parameters& parameters_of(std::size_t inputs) {
    return []<std::size_t... I>(std::size_t index, std::index_sequence<I...>) -> const Parameters& {
        constexpr const Parameters& (*table[])() = {&parameters_of_width<I + 2>...};
        return table[index]();
    }(inputs - 1, std::make_index_sequence<kPoseidonMaxInputs>());
}

using State = std::array<Fr, kMaxWidth>;

Fr fifth_power(const Fr& a) {
    return a.square().square() * a;
}

/// The state after adding constants, S-boxes on the first `boxes` elements, and the matrix.
void round(const Parameters& parameters, const Fr* constants, std::size_t boxes, State& state) {
    State boxed;
    for (std::size_t i = 0; i < parameters.width; ++i) {
        const Fr sum = state[i] + constants[i];
        boxed[i] = i < boxes ? fifth_power(sum) : sum;
    }
    const Fr* row = parameters.matrix.data();
    for (std::size_t i = 0; i < parameters.width; ++i, row += parameters.width) {
        Fr sum = row[0] * boxed[0];
        for (std::size_t j = 1; j < parameters.width; ++j) sum = sum + row[j] * boxed[j];
        state[i] = sum;
    }
}

Fr permute(const Parameters& parameters, State state) {
    const Fr* constants = parameters.round_constants.data();
    const std::size_t rounds = kFullRounds + parameters.partial_rounds;
    for (std::size_t i = 0; i < rounds; ++i, constants += parameters.width) {
        const bool is_full =
            i < kFullRounds / 2 || i >= kFullRounds / 2 + parameters.partial_rounds;
        round(parameters, constants, is_full ? parameters.width : 1, state);
    }
    return state[0];
}

std::optional<Fr> decode(ByteView input, ByteOrder order, PoseidonInputSize size) {
    if (input.empty() || input.size() > 32) return std::nullopt;
    if (size == PoseidonInputSize::Exactly32 && input.size() != 32) return std::nullopt;
    std::array<std::uint8_t, 32> bytes{};
    const std::size_t shift = order == ByteOrder::Big ? bytes.size() - input.size() : 0;
    std::ranges::copy(input, bytes.begin() + static_cast<std::ptrdiff_t>(shift));
    return Fr::from_bytes(bytes.data(), order);
}

} // namespace

std::optional<PoseidonDigest> poseidon(std::span<const ByteView> inputs, ByteOrder order,
                                       PoseidonInputSize size) {
    if (inputs.empty() || inputs.size() > kPoseidonMaxInputs) return std::nullopt;
    State state;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const auto element = decode(inputs[i], order, size);
        if (!element) return std::nullopt;
        state[i + 1] = *element;
    }
    PoseidonDigest digest;
    permute(parameters_of(inputs.size()), state).to_bytes(digest.data(), order);
    return digest;
}

} // namespace fathom::crypto

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

/// Square, row by row.
using Matrix = std::vector<Fr>;

/// A partial round's matrix without what later rounds do better: first row `row`, first column
/// `column`, ones on the rest of the diagonal.
struct SparseRound {
    Fr constant; // for the first element
    std::vector<Fr> row;
    std::vector<Fr> column; // from the second element on
};

/// What the permutation runs on: the instance's constants and matrix, the partial rounds rewritten.
///
/// In a partial round only the first element has an S-box. What is added to the others passes it by
/// and may as well be added behind the matrix, to the next round's constants. And with the matrix
/// written as
///
///     | m  v |     | 1  0 | | m  v |
///     | w  A |  =  | 0  A | | u  I |     with A u = w,
///
/// the left factor passes the next round's S-box by and joins that round's matrix, whose lower part
/// becomes A A, and so on: round k is left with v A^(k-1) and u = A^-k w, and the last one's left
/// factor A^rounds is applied once at the end (the Poseidon paper, appendix B).
struct Parameters {
    std::size_t width;
    std::size_t partial_rounds;
    /// `width` for each full round.
    std::vector<Fr> round_constants;
    Matrix matrix;
    std::vector<SparseRound> sparse_rounds;
    /// Of width - 1, behind the partial rounds.
    Matrix last_factor;
};

/// The Cauchy matrix 1/(x_i + y_j) of the next 2·width integers, which must be distinct and whose
/// sums must not be zero.
Matrix draw_matrix(Grain& grain, std::size_t width) {
    while (true) {
        std::vector<Fr> drawn;
        bool is_usable = true;
        for (std::size_t i = 0; i < 2 * width; ++i) {
            const Fr element = Fr::reduced(grain.next_integer());
            is_usable &= std::ranges::find(drawn, element) == drawn.end();
            drawn.push_back(element);
        }
        Matrix matrix;
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

Fr dot_product(const Fr* a, const Fr* b, std::size_t count) {
    Fr sum = a[0] * b[0];
    for (std::size_t i = 1; i < count; ++i) sum = sum + a[i] * b[i];
    return sum;
}

std::vector<Fr> matrix_times(const Matrix& matrix, const std::vector<Fr>& vector) {
    std::vector<Fr> result;
    for (std::size_t i = 0; i < vector.size(); ++i) {
        result.push_back(
            dot_product(matrix.data() + i * vector.size(), vector.data(), vector.size()));
    }
    return result;
}

std::vector<Fr> row_times(const std::vector<Fr>& vector, const Matrix& matrix) {
    const std::size_t size = vector.size();
    std::vector<Fr> result(size);
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < size; ++j) {
            result[j] = result[j] + vector[i] * matrix[i * size + j];
        }
    }
    return result;
}

Matrix product(const Matrix& a, const Matrix& b, std::size_t size) {
    Matrix result;
    for (std::size_t i = 0; i < size; ++i) {
        const auto row = a.begin() + static_cast<std::ptrdiff_t>(i * size);
        const auto made =
            row_times(std::vector<Fr>(row, row + static_cast<std::ptrdiff_t>(size)), b);
        result.insert(result.end(), made.begin(), made.end());
    }
    return result;
}

/// Gauss-Jordan. Every square part of a Cauchy matrix is invertible.
Matrix inverse(Matrix matrix, std::size_t size) {
    Matrix result(size * size);
    for (std::size_t i = 0; i < size; ++i) result[i * size + i] = Fr::one();
    for (std::size_t pivot = 0; pivot < size; ++pivot) {
        std::size_t from = pivot;
        while (matrix[from * size + pivot].is_zero()) ++from;
        const Fr scale = matrix[from * size + pivot].inverse();
        for (std::size_t j = 0; j < size; ++j) {
            std::swap(matrix[from * size + j], matrix[pivot * size + j]);
            std::swap(result[from * size + j], result[pivot * size + j]);
            matrix[pivot * size + j] = matrix[pivot * size + j] * scale;
            result[pivot * size + j] = result[pivot * size + j] * scale;
        }
        for (std::size_t i = 0; i < size; ++i) {
            if (i == pivot) continue;
            const Fr factor = matrix[i * size + pivot];
            for (std::size_t j = 0; j < size; ++j) {
                matrix[i * size + j] = matrix[i * size + j] - factor * matrix[pivot * size + j];
                result[i * size + j] = result[i * size + j] - factor * result[pivot * size + j];
            }
        }
    }
    return result;
}

/// Takes the partial rounds' constants, the first round's in front, and leaves the full rounds'.
void move_constants(Parameters& parameters) {
    const std::size_t width = parameters.width;
    const auto at = [&](std::size_t round) {
        return parameters.round_constants.begin() + static_cast<std::ptrdiff_t>(round * width);
    };
    const std::size_t first = kFullRounds / 2;
    for (std::size_t k = 0; k < parameters.partial_rounds; ++k) {
        std::vector<Fr> constants(at(first + k), at(first + k + 1));
        parameters.sparse_rounds[k].constant = std::exchange(constants[0], Fr::zero());
        const std::vector<Fr> passed = matrix_times(parameters.matrix, constants);
        for (std::size_t i = 0; i < width; ++i) {
            Fr& next = at(first + k + 1)[static_cast<std::ptrdiff_t>(i)];
            next = next + passed[i];
        }
    }
    parameters.round_constants.erase(at(first), at(first + parameters.partial_rounds));
}

void factor_matrices(Parameters& parameters) {
    const std::size_t width = parameters.width;
    const std::size_t size = width - 1;
    const Matrix& matrix = parameters.matrix;
    std::vector<Fr> row(matrix.begin() + 1, matrix.begin() + static_cast<std::ptrdiff_t>(width));
    std::vector<Fr> column;
    Matrix lower;
    for (std::size_t i = 1; i < width; ++i) {
        column.push_back(matrix[i * width]);
        for (std::size_t j = 1; j < width; ++j) lower.push_back(matrix[i * width + j]);
    }
    const Matrix lower_inverse = inverse(lower, size);
    for (SparseRound& round : parameters.sparse_rounds) {
        const bool is_first = parameters.last_factor.empty();
        if (!is_first) row = row_times(row, lower);
        column = matrix_times(lower_inverse, column);
        parameters.last_factor = is_first ? lower : product(lower, parameters.last_factor, size);
        round.row = {matrix[0]};
        round.row.insert(round.row.end(), row.begin(), row.end());
        round.column = column;
    }
}

Parameters generate(std::size_t width) {
    const std::size_t partial_rounds = kPartialRounds[width - 2];
    Grain grain(width, partial_rounds);
    Parameters parameters{width, partial_rounds, {}, {}, {}, {}};
    for (std::size_t i = 0; i < width * (kFullRounds + partial_rounds); ++i) {
        parameters.round_constants.push_back(grain.next_element());
    }
    parameters.matrix = draw_matrix(grain, width);
    parameters.sparse_rounds.resize(partial_rounds);
    move_constants(parameters);
    factor_matrices(parameters);
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

/// Constants, S-boxes, the matrix.
void full_round(const Parameters& parameters, const Fr* constants, State& state) {
    State boxed;
    for (std::size_t i = 0; i < parameters.width; ++i) {
        boxed[i] = fifth_power(state[i] + constants[i]);
    }
    const Fr* row = parameters.matrix.data();
    for (std::size_t i = 0; i < parameters.width; ++i, row += parameters.width) {
        state[i] = dot_product(row, boxed.data(), parameters.width);
    }
}

void partial_rounds(const Parameters& parameters, State& state) {
    for (const SparseRound& round : parameters.sparse_rounds) {
        state[0] = fifth_power(state[0] + round.constant);
        const Fr first = dot_product(round.row.data(), state.data(), parameters.width);
        for (std::size_t i = 1; i < parameters.width; ++i) {
            state[i] = state[i] + round.column[i - 1] * state[0];
        }
        state[0] = first;
    }
    const State before = state;
    const std::size_t size = parameters.width - 1;
    for (std::size_t i = 0; i < size; ++i) {
        state[i + 1] =
            dot_product(parameters.last_factor.data() + i * size, before.data() + 1, size);
    }
}

Fr permute(const Parameters& parameters, State state) {
    const Fr* constants = parameters.round_constants.data();
    for (std::size_t i = 0; i < kFullRounds; ++i, constants += parameters.width) {
        if (i == kFullRounds / 2) partial_rounds(parameters, state);
        full_round(parameters, constants, state);
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

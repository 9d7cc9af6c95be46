// SPDX-License-Identifier: Apache-2.0
// Verification of range proofs by one sum of products (solana-zk-sdk 7.0.1, range_proof/range.rs
// and inner_product.rs; batched_range_proof/mod.rs for the statement).
#include "fathom/crypto/zk/range_proof.hpp"

#include "fathom/crypto/zk/equation.hpp"
#include "fathom/crypto/zk/range_sum.hpp"
#include "fathom/crypto/zk/transcript.hpp"

#include <array>
#include <bit>
#include <span>

namespace fathom::crypto::zk {
namespace {

constexpr std::size_t kUnit = 32;
constexpr std::size_t kMaxCommitments = 8;
constexpr std::size_t kMaxBitLength = 64;
constexpr std::size_t kMaxRounds = 8;
constexpr std::size_t kMaxBits = RangeSum::kMaxBits;

/// Units of the proof; the pairs L, R of each round follow, then two scalars.
enum ProofUnit : std::size_t { kA, kS, kT1, kT2, kTx, kTxBlinding, kEBlinding, kRounds };

struct Statement {
    std::size_t count = 0;
    std::array<std::size_t, kMaxCommitments> bit_length{};

    [[nodiscard]] std::span<const std::size_t> bit_lengths() const {
        return std::span(bit_length).first(count);
    }
};

std::size_t count_commitments(ByteView statement) {
    std::size_t count = 0;
    while (count < kMaxCommitments && !is_zero_unit(statement.data() + count * kUnit)) ++count;
    return count;
}

/// The commitments are the first points of the batch.
Result<Statement, ProofError> read_statement(std::size_t bits, ByteView statement,
                                             std::size_t count, const PointBatch& batch) {
    Statement read{.count = count};
    for (std::size_t i = 0; i < count; ++i) {
        if (!batch.is_valid(i)) return std::unexpected(ProofError::ProofContext);
    }
    if (count == 0) return std::unexpected(ProofError::IllegalCommitmentLength);
    const ByteView lengths = statement.subspan(kMaxCommitments * kUnit);
    std::size_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (lengths[i] == 0 || lengths[i] > kMaxBitLength) {
            return std::unexpected(ProofError::IllegalAmountBitLength);
        }
        read.bit_length[i] = lengths[i];
        sum += lengths[i];
    }
    for (std::size_t i = count; i < kMaxCommitments; ++i) {
        if (lengths[i] != 0 || !is_zero_unit(statement.data() + i * kUnit)) {
            return std::unexpected(ProofError::ProofContext);
        }
    }
    if (sum != bits) return std::unexpected(ProofError::IllegalCommitmentLength);
    return read;
}

struct ProofScalars {
    Scalar25519 t_x, t_x_blinding, e_blinding, a, b;
};

Result<ProofScalars, ProofError> read_scalars(ByteView proof, std::size_t rounds) {
    const auto read = [proof](std::size_t unit) -> Result<Scalar25519, ProofError> {
        const auto scalar = Scalar25519::from_canonical_bytes(proof.data() + unit * kUnit);
        if (!scalar) return std::unexpected(ProofError::Deserialization);
        return *scalar;
    };
    ProofScalars scalars;
    scalars.t_x = FATHOM_TRY(read(kTx));
    scalars.t_x_blinding = FATHOM_TRY(read(kTxBlinding));
    scalars.e_blinding = FATHOM_TRY(read(kEBlinding));
    scalars.a = FATHOM_TRY(read(kRounds + 2 * rounds));
    scalars.b = FATHOM_TRY(read(kRounds + 2 * rounds + 1));
    return scalars;
}

struct Challenges {
    Scalar25519 y, z, x, w, d;
    /// Of the rounds of the inner product.
    std::array<Scalar25519, kMaxRounds> u;
};

Result<Challenges, ProofError> draw_challenges(std::size_t bits, std::size_t rounds,
                                               ByteView statement, ByteView proof) {
    const auto unit = [proof](std::size_t i) { return proof.data() + i * kUnit; };
    Challenges drawn;
    MerlinTranscript transcript = proof_transcript("batched-range-proof-instruction");
    transcript.append("commitments", statement.first(kMaxCommitments * kUnit));
    transcript.append("bit-lengths", statement.subspan(kMaxCommitments * kUnit));
    transcript.append("dom-sep", "range-proof");
    transcript.append_u64("n", bits);
    FATHOM_CHECK(append_nonzero(transcript, "A", unit(kA)));
    FATHOM_CHECK(append_nonzero(transcript, "S", unit(kS)));
    drawn.y = transcript.challenge_scalar("y");
    drawn.z = transcript.challenge_scalar("z");
    FATHOM_CHECK(append_nonzero(transcript, "T_1", unit(kT1)));
    FATHOM_CHECK(append_nonzero(transcript, "T_2", unit(kT2)));
    drawn.x = transcript.challenge_scalar("x");
    append_unit(transcript, "t_x", unit(kTx));
    append_unit(transcript, "t_x_blinding", unit(kTxBlinding));
    append_unit(transcript, "e_blinding", unit(kEBlinding));
    drawn.w = transcript.challenge_scalar("w");
    // Of no use but part of the transcript.
    static_cast<void>(transcript.challenge_scalar("c"));
    transcript.append("dom-sep", "inner-product");
    transcript.append_u64("n", bits);
    for (std::size_t i = 0; i < rounds; ++i) {
        FATHOM_CHECK(append_nonzero(transcript, "L", unit(kRounds + 2 * i)));
        FATHOM_CHECK(append_nonzero(transcript, "R", unit(kRounds + 2 * i + 1)));
        drawn.u[i] = transcript.challenge_scalar("u");
    }
    append_unit(transcript, "ipp_a", unit(kRounds + 2 * rounds));
    append_unit(transcript, "ipp_b", unit(kRounds + 2 * rounds + 1));
    drawn.d = transcript.challenge_scalar("d");
    return drawn;
}

/// Replaces each value by its inverse. Zeros would spoil all; challenges are not zero.
void invert_all(std::span<Scalar25519> values) {
    std::array<Scalar25519, kMaxRounds + 1> before;
    Scalar25519 product = Scalar25519::from_u64(1);
    for (std::size_t i = 0; i < values.size(); ++i) {
        before[i] = product;
        product = product * values[i];
    }
    Scalar25519 inverse = product.invert();
    for (std::size_t i = values.size(); i-- != 0;) {
        const Scalar25519 value = values[i];
        values[i] = inverse * before[i];
        inverse = inverse * value;
    }
}

/// The factors that the rounds leave on the generators: of G[i], and in reverse of H[i].
struct Folding {
    std::array<Scalar25519, kMaxRounds> u_squared;
    std::array<Scalar25519, kMaxRounds> inverse_squared;
    std::array<Scalar25519, kMaxBits> s;
    Scalar25519 y_inverse;

    Folding(const Challenges& drawn, std::size_t rounds) {
        std::array<Scalar25519, kMaxRounds + 1> inverse;
        for (std::size_t i = 0; i < rounds; ++i) inverse[i] = drawn.u[i];
        inverse[rounds] = drawn.y;
        invert_all(std::span(inverse).first(rounds + 1));
        y_inverse = inverse[rounds];
        s[0] = Scalar25519::from_u64(1);
        for (std::size_t i = 0; i < rounds; ++i) {
            u_squared[i] = drawn.u[i] * drawn.u[i];
            inverse_squared[i] = inverse[i] * inverse[i];
            s[0] = s[0] * inverse[i];
        }
        for (std::size_t i = 1; i < std::size_t{1} << rounds; ++i) {
            const auto top = static_cast<std::size_t>(std::bit_width(i)) - 1;
            s[i] = s[i - (std::size_t{1} << top)] * u_squared[rounds - 1 - top];
        }
    }
};

/// The sum of the first `bits` powers of y, a power of two of them.
Scalar25519 sum_of_powers(Scalar25519 y, std::size_t bits) {
    const Scalar25519 one = Scalar25519::from_u64(1);
    Scalar25519 sum = one;
    for (std::size_t n = 1; n < bits; n *= 2) {
        sum = sum * (one + y);
        y = y * y;
    }
    return sum;
}

/// (z - z²)·Σ y^i - Σ z^(j+3)·(2^length_j - 1).
Scalar25519 delta(const Challenges& drawn, std::size_t bits,
                  std::span<const std::size_t> bit_lengths) {
    const Scalar25519& z = drawn.z;
    const Scalar25519 zz = z * z;
    Scalar25519 result = (z - zz) * sum_of_powers(drawn.y, bits);
    Scalar25519 power = zz * z;
    for (const std::size_t length : bit_lengths) {
        result = result - power * Scalar25519::from_u64(~std::uint64_t{0} >> (64 - length));
        power = power * z;
    }
    return result;
}

/// The factors of the generators.
void add_generators(RangeSum& sum, const Challenges& drawn, const ProofScalars& proof,
                    const Folding& folding, std::size_t bits,
                    std::span<const std::size_t> bit_lengths) {
    const Scalar25519 minus_z = -drawn.z;
    const Scalar25519 minus_a = -proof.a;
    const Scalar25519 minus_b = -proof.b;
    Scalar25519 z_power = drawn.z * drawn.z;
    Scalar25519 y_power = Scalar25519::from_u64(1);
    std::size_t i = 0;
    for (const std::size_t length : bit_lengths) {
        Scalar25519 bit = z_power;
        for (std::size_t j = 0; j < length; ++j, ++i) {
            sum.set_g(i, minus_a * folding.s[i] + minus_z);
            const Scalar25519 inner = minus_b * folding.s[bits - 1 - i] + bit;
            sum.set_h(i, y_power * inner + drawn.z);
            bit = bit + bit;
            y_power = y_power * folding.y_inverse;
        }
        z_power = z_power * drawn.z;
    }
}

} // namespace

Result<void, ProofError> verify_range_proof(std::size_t bits, ByteView statement, ByteView proof) {
    const auto rounds = static_cast<std::size_t>(std::countr_zero(bits));
    const std::size_t count = count_commitments(statement);
    PointBatch batch;
    for (std::size_t i = 0; i < count; ++i) batch.add(statement.data() + i * kUnit);
    for (std::size_t i = 0; i < 4; ++i) batch.add(proof.data() + i * kUnit);
    for (std::size_t i = 0; i < 2 * rounds; ++i) batch.add(proof.data() + (kRounds + i) * kUnit);
    batch.decompress();
    const Statement read = FATHOM_TRY(read_statement(bits, statement, count, batch));
    const ProofScalars scalars = FATHOM_TRY(read_scalars(proof, rounds));
    const Challenges drawn = FATHOM_TRY(draw_challenges(bits, rounds, statement, proof));
    for (std::size_t i = count; i < count + 4 + 2 * rounds; ++i) {
        if (!batch.is_valid(i)) return std::unexpected(ProofError::MultiscalarMul);
    }
    const Folding folding(drawn, rounds);
    const auto& [y, z, x, w, d, u] = drawn;
    RangeSum sum(bits);
    const Scalar25519 dx = d * x;
    sum.add(Scalar25519::from_u64(1), batch[count + kA]);
    sum.add(x, batch[count + kS]);
    sum.add(dx, batch[count + kT1]);
    sum.add(dx * x, batch[count + kT2]);
    sum.set_pedersen_h(-scalars.e_blinding - d * scalars.t_x_blinding);
    sum.set_pedersen_g(w * (scalars.t_x - scalars.a * scalars.b) +
                       d * (delta(drawn, bits, read.bit_lengths()) - scalars.t_x));
    for (std::size_t i = 0; i < rounds; ++i) {
        sum.add(folding.u_squared[i], batch[count + 4 + 2 * i]);
        sum.add(folding.inverse_squared[i], batch[count + 4 + 2 * i + 1]);
    }
    add_generators(sum, drawn, scalars, folding, bits, read.bit_lengths());
    Scalar25519 factor = d * z * z;
    for (std::size_t i = 0; i < count; ++i) {
        sum.add(factor, batch[i]);
        factor = factor * z;
    }
    if (!sum.is_zero()) return std::unexpected(ProofError::AlgebraicRelation);
    return {};
}

} // namespace fathom::crypto::zk

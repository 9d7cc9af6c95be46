// SPDX-License-Identifier: Apache-2.0
// Verification of the sigma proofs (solana-zk-sdk 7.0.1, sigma_proofs and
// zk_elgamal_proof_program).
#include "fathom/crypto/zk/sigma_proofs.hpp"

#include "fathom/crypto/zk/equation.hpp"
#include "fathom/crypto/zk/transcript.hpp"

#include <initializer_list>
#include <string_view>

namespace fathom::crypto::zk {
namespace {

constexpr std::size_t kUnit = 32;

Scalar25519 minus_one() {
    return -Scalar25519::from_u64(1);
}

/// A statement and its proof in units of 32 bytes, with the points of both decompressed. The
/// statement begins with its points, keys first; `proof_points` are units of the proof.
class Opened {
public:
    Opened(ByteView statement, std::size_t keys, std::size_t points, ByteView proof,
           std::initializer_list<std::size_t> proof_points)
        : statement_(statement), proof_(proof), keys_(keys), points_(points) {
        for (std::size_t i = 0; i < points; ++i) batch_.add(statement.data() + i * kUnit);
        for (const std::size_t unit : proof_points) batch_.add(proof.data() + unit * kUnit);
        batch_.decompress();
    }

    /// The statement's points are points.
    [[nodiscard]] ProofResult check_statement() const {
        for (std::size_t i = 0; i < points_; ++i) {
            if (batch_.is_valid(i)) continue;
            return std::unexpected(i < keys_ ? ProofError::PubkeyDeserialization
                                             : ProofError::CiphertextDeserialization);
        }
        return {};
    }

    [[nodiscard]] Result<Scalar25519, ProofError> scalar(std::size_t unit) const {
        const auto scalar = Scalar25519::from_canonical_bytes(proof_.data() + unit * kUnit);
        if (!scalar) return std::unexpected(ProofError::Deserialization);
        return *scalar;
    }

    /// None of these points of the statement is the identity.
    [[nodiscard]] ProofResult refuse_identity(std::initializer_list<std::size_t> points) const {
        for (const std::size_t i : points) {
            if (is_zero_unit(statement_.data() + i * kUnit)) {
                return std::unexpected(ProofError::IdentityPoint);
            }
        }
        return {};
    }

    /// The first `count` points of the proof are points.
    [[nodiscard]] ProofResult check_proof_points(std::size_t count) const {
        for (std::size_t i = 0; i < count; ++i) {
            if (!batch_.is_valid(points_ + i)) return std::unexpected(ProofError::Deserialization);
        }
        return {};
    }

    /// `count` units of the statement from `first` on.
    [[nodiscard]] ByteView stated(std::size_t first, std::size_t count = 1) const {
        return statement_.subspan(first * kUnit, count * kUnit);
    }
    [[nodiscard]] const std::uint8_t* proof_unit(std::size_t unit) const {
        return proof_.data() + unit * kUnit;
    }
    [[nodiscard]] const RistrettoPoint& point(std::size_t i) const { return batch_[i]; }
    [[nodiscard]] const RistrettoPoint& proof_point(std::size_t i) const {
        return batch_[points_ + i];
    }

private:
    ByteView statement_;
    ByteView proof_;
    std::size_t keys_;
    std::size_t points_;
    PointBatch batch_;
};

ProofResult verdict(const Equation& equation) {
    if (!equation.holds()) return std::unexpected(ProofError::AlgebraicRelation);
    return {};
}

constexpr std::string_view kY[] = {"Y_0", "Y_1", "Y_2", "Y_3"};

/// Keys, then ciphertexts of a commitment and a handle per key; one, or two that are batched.
struct GroupedShape {
    std::size_t keys;
    std::size_t ciphertexts;
    std::string_view instruction;
};

/// The transcript up to the proof; the factor of the second ciphertext, if there is one.
Scalar25519 begin_grouped(MerlinTranscript& transcript, const Opened& opened,
                          const GroupedShape& shape) {
    constexpr std::string_view key_labels[] = {"first-pubkey", "second-pubkey", "third-pubkey"};
    for (std::size_t i = 0; i < shape.keys; ++i) {
        transcript.append(key_labels[i], opened.stated(i));
    }
    const std::size_t units = shape.keys + 1;
    if (shape.ciphertexts == 1) {
        transcript.append("grouped-ciphertext", opened.stated(shape.keys, units));
        return {};
    }
    transcript.append("grouped-ciphertext-lo", opened.stated(shape.keys, units));
    transcript.append("grouped-ciphertext-hi", opened.stated(shape.keys + units, units));
    transcript.append("dom-sep", "batched-validity-proof");
    transcript.append_u64("handles", shape.keys);
    return transcript.challenge_scalar("t");
}

/// The last key may be the identity: it is often an auditor's that there is not.
ProofResult refuse_grouped_identity(const Opened& opened, const GroupedShape& shape) {
    for (std::size_t i = 0; i + 1 < shape.keys; ++i) FATHOM_CHECK(opened.refuse_identity({i}));
    for (std::size_t i = 0; i < shape.ciphertexts; ++i) {
        FATHOM_CHECK(opened.refuse_identity({shape.keys + i * (shape.keys + 1)}));
    }
    return {};
}

/// z_r·H + z_x·G - c·C - Y_0 = 0, and for each key z_r·P - c·D - Y = 0, weighted by powers of w.
ProofResult verify_grouped(const Opened& opened, const GroupedShape& shape) {
    const std::size_t keys = shape.keys;
    FATHOM_CHECK(opened.check_statement());
    const Scalar25519 z_r = FATHOM_TRY(opened.scalar(keys + 1));
    const Scalar25519 z_x = FATHOM_TRY(opened.scalar(keys + 2));
    FATHOM_CHECK(refuse_grouped_identity(opened, shape));
    MerlinTranscript transcript = proof_transcript(shape.instruction);
    const Scalar25519 t = begin_grouped(transcript, opened, shape);
    transcript.append("dom-sep", "validity-proof");
    transcript.append_u64("handles", keys);
    for (std::size_t i = 0; i < keys; ++i) {
        FATHOM_CHECK(append_nonzero(transcript, kY[i], opened.proof_unit(i)));
    }
    append_unit(transcript, kY[keys], opened.proof_unit(keys));
    const Scalar25519 c = transcript.challenge_scalar("c");
    append_unit(transcript, "z_r", opened.proof_unit(keys + 1));
    append_unit(transcript, "z_x", opened.proof_unit(keys + 2));
    const Scalar25519 w = transcript.challenge_scalar("w");
    FATHOM_CHECK(opened.check_proof_points(keys + 1));

    Equation equation;
    equation.add_h(z_r);
    equation.add_g(z_x);
    Scalar25519 weight = Scalar25519::from_u64(1);
    for (std::size_t row = 0; row <= keys; ++row) {
        if (row != 0) equation.add(weight * z_r, opened.point(row - 1));
        const Scalar25519 factor = -(weight * c);
        equation.add(factor, opened.point(keys + row));
        if (shape.ciphertexts == 2) equation.add(factor * t, opened.point(2 * keys + 1 + row));
        equation.add(-weight, opened.proof_point(row));
        weight = weight * w;
    }
    return verdict(equation);
}

} // namespace

ProofResult verify_pubkey_validity(ByteView statement, ByteView proof) {
    const Opened opened(statement, 1, 1, proof, {0});
    FATHOM_CHECK(opened.check_statement());
    const Scalar25519 z = FATHOM_TRY(opened.scalar(1));
    MerlinTranscript transcript = proof_transcript("pubkey-validity-instruction");
    transcript.append("pubkey", opened.stated(0));
    transcript.append("dom-sep", "pubkey-proof");
    FATHOM_CHECK(opened.refuse_identity({0}));
    FATHOM_CHECK(append_nonzero(transcript, "Y", opened.proof_unit(0)));
    const Scalar25519 c = transcript.challenge_scalar("c");
    FATHOM_CHECK(opened.check_proof_points(1));

    Equation equation;
    equation.add_h(z);
    equation.add(-c, opened.point(0));
    equation.add(minus_one(), opened.proof_point(0));
    return verdict(equation);
}

ProofResult verify_zero_ciphertext(ByteView statement, ByteView proof) {
    const Opened opened(statement, 1, 3, proof, {0, 1});
    FATHOM_CHECK(opened.check_statement());
    const Scalar25519 z = FATHOM_TRY(opened.scalar(2));
    FATHOM_CHECK(opened.refuse_identity({0, 1, 2}));
    MerlinTranscript transcript = proof_transcript("zero-ciphertext-instruction");
    transcript.append("pubkey", opened.stated(0));
    transcript.append("ciphertext", opened.stated(1, 2));
    transcript.append("dom-sep", "zero-ciphertext-proof");
    FATHOM_CHECK(append_nonzero(transcript, "Y_P", opened.proof_unit(0)));
    append_unit(transcript, "Y_D", opened.proof_unit(1));
    const Scalar25519 c = transcript.challenge_scalar("c");
    append_unit(transcript, "z", opened.proof_unit(2));
    const Scalar25519 w = transcript.challenge_scalar("w");
    FATHOM_CHECK(opened.check_proof_points(2));

    Equation equation;
    equation.add(z, opened.point(0));
    equation.add_h(-c);
    equation.add(minus_one(), opened.proof_point(0));
    equation.add(w * z, opened.point(2));
    equation.add(-(w * c), opened.point(1));
    equation.add(-w, opened.proof_point(1));
    return verdict(equation);
}

ProofResult verify_ciphertext_ciphertext_equality(ByteView statement, ByteView proof) {
    const Opened opened(statement, 2, 6, proof, {0, 1, 2, 3});
    FATHOM_CHECK(opened.check_statement());
    const Scalar25519 z_s = FATHOM_TRY(opened.scalar(4));
    const Scalar25519 z_x = FATHOM_TRY(opened.scalar(5));
    const Scalar25519 z_r = FATHOM_TRY(opened.scalar(6));
    FATHOM_CHECK(opened.refuse_identity({0, 1, 2, 3}));
    MerlinTranscript transcript = proof_transcript("ciphertext-ciphertext-equality-instruction");
    transcript.append("first-pubkey", opened.stated(0));
    transcript.append("second-pubkey", opened.stated(1));
    transcript.append("first-ciphertext", opened.stated(2, 2));
    transcript.append("second-ciphertext", opened.stated(4, 2));
    transcript.append("dom-sep", "ciphertext-ciphertext-equality-proof");
    for (std::size_t i = 0; i < 4; ++i) {
        FATHOM_CHECK(append_nonzero(transcript, kY[i], opened.proof_unit(i)));
    }
    const Scalar25519 c = transcript.challenge_scalar("c");
    append_unit(transcript, "z_s", opened.proof_unit(4));
    append_unit(transcript, "z_x", opened.proof_unit(5));
    append_unit(transcript, "z_r", opened.proof_unit(6));
    const Scalar25519 w = transcript.challenge_scalar("w");
    FATHOM_CHECK(opened.check_proof_points(4));
    const Scalar25519 ww = w * w;
    const Scalar25519 www = ww * w;

    Equation equation;
    equation.add(z_s, opened.point(0));
    equation.add_h(ww * z_r - c);
    equation.add(minus_one(), opened.proof_point(0));
    equation.add_g((w + ww) * z_x);
    equation.add(w * z_s, opened.point(3));
    equation.add(-(w * c), opened.point(2));
    equation.add(-w, opened.proof_point(1));
    equation.add(-(ww * c), opened.point(4));
    equation.add(-ww, opened.proof_point(2));
    equation.add(www * z_r, opened.point(1));
    equation.add(-(www * c), opened.point(5));
    equation.add(-www, opened.proof_point(3));
    return verdict(equation);
}

ProofResult verify_ciphertext_commitment_equality(ByteView statement, ByteView proof) {
    const Opened opened(statement, 1, 4, proof, {0, 1, 2});
    FATHOM_CHECK(opened.check_statement());
    const Scalar25519 z_s = FATHOM_TRY(opened.scalar(3));
    const Scalar25519 z_x = FATHOM_TRY(opened.scalar(4));
    const Scalar25519 z_r = FATHOM_TRY(opened.scalar(5));
    FATHOM_CHECK(opened.refuse_identity({0, 1, 2, 3}));
    MerlinTranscript transcript = proof_transcript("ciphertext-commitment-equality-instruction");
    transcript.append("pubkey", opened.stated(0));
    transcript.append("ciphertext", opened.stated(1, 2));
    transcript.append("commitment", opened.stated(3));
    transcript.append("dom-sep", "ciphertext-commitment-equality-proof");
    for (std::size_t i = 0; i < 3; ++i) {
        FATHOM_CHECK(append_nonzero(transcript, kY[i], opened.proof_unit(i)));
    }
    const Scalar25519 c = transcript.challenge_scalar("c");
    append_unit(transcript, "z_s", opened.proof_unit(3));
    append_unit(transcript, "z_x", opened.proof_unit(4));
    append_unit(transcript, "z_r", opened.proof_unit(5));
    const Scalar25519 w = transcript.challenge_scalar("w");
    FATHOM_CHECK(opened.check_proof_points(3));
    const Scalar25519 ww = w * w;

    Equation equation;
    equation.add(z_s, opened.point(0));
    equation.add_h(ww * z_r - c);
    equation.add(minus_one(), opened.proof_point(0));
    equation.add_g((w + ww) * z_x);
    equation.add(w * z_s, opened.point(2));
    equation.add(-(w * c), opened.point(1));
    equation.add(-w, opened.proof_point(1));
    equation.add(-(ww * c), opened.point(3));
    equation.add(-ww, opened.proof_point(2));
    return verdict(equation);
}

ProofResult verify_percentage_with_cap(ByteView statement, ByteView proof) {
    constexpr std::size_t max_value_offset = 3 * kUnit;
    const Opened opened(statement, 0, 3, proof, {0, 3, 4});
    FATHOM_CHECK(opened.check_statement());
    const Scalar25519 z_max = FATHOM_TRY(opened.scalar(1));
    const Scalar25519 c_max = FATHOM_TRY(opened.scalar(2));
    const Scalar25519 z_x = FATHOM_TRY(opened.scalar(5));
    const Scalar25519 z_delta = FATHOM_TRY(opened.scalar(6));
    const Scalar25519 z_claimed = FATHOM_TRY(opened.scalar(7));
    FATHOM_CHECK(opened.refuse_identity({0, 1, 2}));
    MerlinTranscript transcript = proof_transcript("percentage-with-cap-instruction");
    transcript.append("percentage-commitment", opened.stated(0));
    transcript.append("delta-commitment", opened.stated(1));
    transcript.append("claimed-commitment", opened.stated(2));
    transcript.append("max-value", statement.subspan(max_value_offset, 8));
    transcript.append("dom-sep", "percentage-with-cap-proof");
    FATHOM_CHECK(append_nonzero(transcript, "Y_max_proof", opened.proof_unit(0)));
    FATHOM_CHECK(append_nonzero(transcript, "Y_delta", opened.proof_unit(3)));
    FATHOM_CHECK(append_nonzero(transcript, "Y_claimed", opened.proof_unit(4)));
    FATHOM_CHECK(opened.check_proof_points(3));
    const Scalar25519 c = transcript.challenge_scalar("c");
    append_unit(transcript, "z_max", opened.proof_unit(1));
    append_unit(transcript, "c_max_proof", opened.proof_unit(2));
    append_unit(transcript, "z_x", opened.proof_unit(5));
    append_unit(transcript, "z_delta_real", opened.proof_unit(6));
    append_unit(transcript, "z_claimed", opened.proof_unit(7));
    const Scalar25519 w = transcript.challenge_scalar("w");
    const Scalar25519 ww = w * w;
    const Scalar25519 c_equality = c - c_max;
    const auto max_value = load_le<std::uint64_t>(statement.data() + max_value_offset);

    Equation equation;
    equation.add(c_max, opened.point(0));
    equation.add_g((w + ww) * z_x - c_max * Scalar25519::from_u64(max_value));
    equation.add_h(w * z_delta + ww * z_claimed - z_max);
    equation.add(Scalar25519::from_u64(1), opened.proof_point(0));
    equation.add(-(w * c_equality), opened.point(1));
    equation.add(-w, opened.proof_point(1));
    equation.add(-(ww * c_equality), opened.point(2));
    equation.add(-ww, opened.proof_point(2));
    return verdict(equation);
}

ProofResult verify_grouped_validity_2(ByteView statement, ByteView proof) {
    return verify_grouped(Opened(statement, 2, 5, proof, {0, 1, 2}),
                          {2, 1, "grouped-ciphertext-validity-2-handles-instruction"});
}

ProofResult verify_grouped_validity_3(ByteView statement, ByteView proof) {
    return verify_grouped(Opened(statement, 3, 7, proof, {0, 1, 2, 3}),
                          {3, 1, "grouped-ciphertext-validity-3-handles-instruction"});
}

ProofResult verify_batched_grouped_validity_2(ByteView statement, ByteView proof) {
    return verify_grouped(Opened(statement, 2, 8, proof, {0, 1, 2}),
                          {2, 2, "batched-grouped-ciphertext-validity-2-handles-instruction"});
}

ProofResult verify_batched_grouped_validity_3(ByteView statement, ByteView proof) {
    return verify_grouped(Opened(statement, 3, 11, proof, {0, 1, 2, 3}),
                          {3, 2, "batched-grouped-ciphertext-validity-3-handles-instruction"});
}

} // namespace fathom::crypto::zk

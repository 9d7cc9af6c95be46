// SPDX-License-Identifier: Apache-2.0
// Verification of sigma and range proofs: proofs made by Agave's SDK, and refusals in its order.
#include "fathom/crypto/zk/equation.hpp"
#include "fathom/crypto/zk/range_generators.hpp"
#include "fathom/crypto/zk/range_proof.hpp"
#include "fathom/crypto/zk/sigma_proofs.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/support/test_vectors.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace fathom::crypto::zk {
namespace {

using tests::to_hex;

template <std::size_t Bits> ProofResult verify_range(ByteView statement, ByteView proof) {
    return verify_range_proof(Bits, statement, proof);
}

struct Kind {
    std::size_t statement_size;
    std::size_t proof_size;
    ProofResult (*verify)(ByteView, ByteView);
};

/// By instruction tag, from 1 on.
constexpr Kind kKinds[] = {
    {96, 96, verify_zero_ciphertext},
    {192, 224, verify_ciphertext_ciphertext_equality},
    {128, 192, verify_ciphertext_commitment_equality},
    {32, 64, verify_pubkey_validity},
    {104, 256, verify_percentage_with_cap},
    {264, 672, verify_range<64>},
    {264, 736, verify_range<128>},
    {264, 800, verify_range<256>},
    {160, 160, verify_grouped_validity_2},
    {256, 160, verify_batched_grouped_validity_2},
    {224, 192, verify_grouped_validity_3},
    {352, 192, verify_batched_grouped_validity_3},
};

ProofResult verify(const Kind& kind, ByteView data) {
    return kind.verify(data.first(kind.statement_size), data.subspan(kind.statement_size));
}

constexpr const char* kProofs = "data/fixtures/zk_elgamal_proof/vexor/agave_zk_vectors.txt";

struct Vector {
    std::string name;
    std::size_t tag = 0;
    Bytes data;

    [[nodiscard]] bool is_corrupt() const { return name.ends_with("_CORRUPT"); }
    [[nodiscard]] const Kind& kind() const { return kKinds[tag - 1]; }
};

/// Lines of name, tag, size and data.
std::vector<Vector> read_proofs(const std::filesystem::path& path) {
    std::vector<Vector> vectors;
    std::ifstream file(path);
    Vector vector;
    std::size_t size = 0;
    std::string hex;
    while (file >> vector.name >> vector.tag >> size >> hex) {
        vector.data = tests::from_hex(hex);
        EXPECT_EQ(vector.data.size(), size);
        EXPECT_EQ(size, vector.kind().statement_size + vector.kind().proof_size);
        vectors.push_back(vector);
    }
    return vectors;
}

TEST(ZkProofs, AcceptsWhatAgaveMadeAndRefusesWhatWasCorrupted) {
    FATHOM_REQUIRE_SHARED(path, kProofs);
    const auto vectors = read_proofs(path);
    EXPECT_EQ(vectors.size(), 24u);
    for (const Vector& vector : vectors) {
        const auto verified = verify(vector.kind(), vector.data);
        EXPECT_EQ(verified.has_value(), !vector.is_corrupt()) << vector.name;
    }
}

TEST(ZkProofs, AnyFlippedBitIsRefused) {
    FATHOM_REQUIRE_SHARED(path, kProofs);
    for (Vector& vector : read_proofs(path)) {
        if (vector.is_corrupt()) continue;
        for (std::size_t i = 5; i < vector.data.size(); i += 61) {
            vector.data[i] ^= 0x04;
            EXPECT_FALSE(verify(vector.kind(), vector.data)) << vector.name << " byte " << i;
            vector.data[i] ^= 0x04;
        }
    }
}

TEST(ZkProofs, RefusesEncodingsThatAreNotCanonical) {
    FATHOM_REQUIRE_SHARED(path, kProofs);
    for (Vector& vector : read_proofs(path)) {
        if (vector.is_corrupt()) continue;
        // The last unit of every proof is a scalar, the first one a point, as in every statement.
        Bytes changed = vector.data;
        std::fill_n(changed.end() - 32, 32, std::uint8_t{0xff});
        EXPECT_EQ(verify(vector.kind(), changed).error(), ProofError::Deserialization)
            << vector.name;
        changed = vector.data;
        std::fill_n(changed.begin(), 32, std::uint8_t{0xff});
        EXPECT_FALSE(verify(vector.kind(), changed)) << vector.name;
        changed = vector.data;
        std::fill_n(changed.end() - static_cast<std::ptrdiff_t>(vector.kind().proof_size), 32,
                    std::uint8_t{0xff});
        EXPECT_FALSE(verify(vector.kind(), changed)) << vector.name;
    }
}

TEST(ZkProofs, AZeroProofOfAnIdentityIsRefused) {
    // In order: the statement's points, the scalars, identities in the statement, then in the
    // proof.
    const ProofError expected[] = {
        ProofError::IdentityPoint,           ProofError::IdentityPoint,
        ProofError::IdentityPoint,           ProofError::IdentityPoint,
        ProofError::IdentityPoint,           ProofError::IllegalCommitmentLength,
        ProofError::IllegalCommitmentLength, ProofError::IllegalCommitmentLength,
        ProofError::IdentityPoint,           ProofError::IdentityPoint,
        ProofError::IdentityPoint,           ProofError::IdentityPoint};
    for (std::size_t i = 0; i < std::size(kKinds); ++i) {
        const Bytes zeros(kKinds[i].statement_size + kKinds[i].proof_size);
        EXPECT_EQ(verify(kKinds[i], zeros).error(), expected[i]) << "tag " << i + 1;
    }
}

Bytes with_base_points(std::size_t points, std::size_t size) {
    Bytes bytes;
    const auto base = RistrettoPoint::base().compress();
    for (std::size_t i = 0; i < points; ++i) bytes.insert(bytes.end(), base.begin(), base.end());
    bytes.resize(size);
    return bytes;
}

TEST(ZkProofs, AnIdentityInTheProofIsTheTranscripts) {
    EXPECT_EQ(verify_pubkey_validity(with_base_points(1, 32), Bytes(64)).error(),
              ProofError::TranscriptIdentity);
    EXPECT_EQ(verify_grouped_validity_2(with_base_points(5, 160), Bytes(160)).error(),
              ProofError::TranscriptIdentity);
}

TEST(ZkProofs, NamesTheKeyOrTheCiphertextThatIsNoPoint) {
    Bytes statement = with_base_points(3, 96);
    statement[32] = 1;
    statement[64] = 1;
    EXPECT_EQ(verify_zero_ciphertext(statement, Bytes(96)).error(),
              ProofError::CiphertextDeserialization);
    statement[0] = 1;
    EXPECT_EQ(verify_zero_ciphertext(statement, Bytes(96)).error(),
              ProofError::PubkeyDeserialization);
}

TEST(RangeProof, ChecksTheStatementInOrder) {
    const auto error = [](const Bytes& statement, std::size_t bits = 64) {
        return verify_range_proof(bits, statement, Bytes(bits == 64 ? 672 : 736)).error();
    };
    Bytes statement = with_base_points(1, 264);
    EXPECT_EQ(error(statement), ProofError::IllegalAmountBitLength);
    statement[256] = 65;
    EXPECT_EQ(error(statement), ProofError::IllegalAmountBitLength);
    statement[256] = 63;
    statement[257] = 1;
    EXPECT_EQ(error(statement), ProofError::ProofContext);
    statement[257] = 0;
    EXPECT_EQ(error(statement), ProofError::IllegalCommitmentLength);
    statement[256] = 64;
    EXPECT_EQ(error(statement, 128), ProofError::IllegalCommitmentLength);
    EXPECT_EQ(error(statement), ProofError::TranscriptIdentity);
    statement[100] = 1; // behind the first zero commitment
    EXPECT_EQ(error(statement), ProofError::ProofContext);
    statement[0] = 1;
    statement[256] = 0;
    EXPECT_EQ(error(statement), ProofError::ProofContext);
}

TEST(RangeProof, APointThatIsNoneSpoilsTheSum) {
    Bytes statement = with_base_points(1, 264);
    statement[256] = 64;
    Bytes proof = with_base_points(21, 672);
    std::fill_n(proof.begin() + 4 * 32, 3 * 32, std::uint8_t{0});
    std::fill_n(proof.begin() + 19 * 32, 2 * 32, std::uint8_t{0});
    EXPECT_EQ(verify_range_proof(64, statement, proof).error(), ProofError::AlgebraicRelation);
    proof[18 * 32] = 1;
    EXPECT_EQ(verify_range_proof(64, statement, proof).error(), ProofError::MultiscalarMul);
}

// The blinding base of the bulletproofs crate, which PedersenGens::default derives alike.
TEST(Pedersen, HasTheBaseThatAgaveDerives) {
    EXPECT_EQ(to_hex(pedersen_h().compress()),
              "8c9240b456a9e6dc65c377a1048d745f94a08cdb7f44cbcd7b46f34048871134");
}

TEST(Equation, HoldsIfTheSumIsZero) {
    const auto two = Scalar25519::from_u64(2);
    Equation equation;
    equation.add_g(two);
    equation.add_h(two * two);
    equation.add(-two, RistrettoPoint::base() + (pedersen_h() + pedersen_h()));
    EXPECT_TRUE(equation.holds());
    equation.add_h(two);
    EXPECT_FALSE(equation.holds());
}

} // namespace
} // namespace fathom::crypto::zk

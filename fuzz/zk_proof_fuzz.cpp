// SPDX-License-Identifier: Apache-2.0
// Fuzz target: any bytes as a statement and its proof, of every kind, after well-formed points.
#include "fathom/base/assert.hpp"
#include "fathom/crypto/ristretto255.hpp"
#include "fathom/crypto/zk/range_proof.hpp"
#include "fathom/crypto/zk/sigma_proofs.hpp"
#include "fathom/crypto/zk/transcript.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace {

using namespace fathom;
using namespace fathom::crypto;

template <std::size_t Bits> zk::ProofResult verify_range(ByteView statement, ByteView proof) {
    return zk::verify_range_proof(Bits, statement, proof);
}

struct Kind {
    std::size_t statement_size;
    std::size_t proof_size;
    zk::ProofResult (*verify)(ByteView, ByteView);
};

constexpr Kind kKinds[] = {
    {96, 96, zk::verify_zero_ciphertext},
    {192, 224, zk::verify_ciphertext_ciphertext_equality},
    {128, 192, zk::verify_ciphertext_commitment_equality},
    {32, 64, zk::verify_pubkey_validity},
    {104, 256, zk::verify_percentage_with_cap},
    {264, 672, verify_range<64>},
    {264, 736, verify_range<128>},
    {264, 800, verify_range<256>},
    {160, 160, zk::verify_grouped_validity_2},
    {256, 160, zk::verify_batched_grouped_validity_2},
    {224, 192, zk::verify_grouped_validity_3},
    {352, 192, zk::verify_batched_grouped_validity_3},
};

/// Where the input gives a unit an even first byte, a point takes its place, so that the checks
/// behind decompression are reached.
void plant_points(Bytes& data, std::size_t statement_size) {
    for (std::size_t i = 0; i + 32 <= data.size(); i += 32) {
        if (i == statement_size - statement_size % 32) i = statement_size;
        if (i + 32 > data.size() || (data[i] & 1) != 0) continue;
        const auto scalar = Scalar25519::from_u64(data[i + 1] % 4);
        const auto point = (scalar * RistrettoPoint::base()).compress();
        std::copy(point.begin(), point.end(), data.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) return 0;
    const Kind& kind = kKinds[bytes[0] % std::size(kKinds)];
    Bytes data(kind.statement_size + kind.proof_size);
    std::copy_n(bytes + 1, std::min(size - 1, data.size()), data.begin());
    if ((bytes[0] & 0x80) != 0) plant_points(data, kind.statement_size);
    const ByteView view(data);
    const auto statement = view.first(kind.statement_size);
    const auto proof = view.subspan(kind.statement_size);
    const auto verified = kind.verify(statement, proof);
    const auto again = kind.verify(statement, proof);
    FATHOM_ASSERT(verified.has_value() == again.has_value());
    FATHOM_ASSERT(verified || verified.error() == again.error());
    return 0;
}

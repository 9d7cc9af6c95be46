// SPDX-License-Identifier: Apache-2.0
// Microseconds per verification of each kind of proof, one line a row; the fastest of many rounds.
//
// usage: zk_bench PROOFS, a file with lines of name, instruction tag, size and data in
// hexadecimal, as in data/fixtures/zk_elgamal_proof of the shared test data.
#include "fathom/base/text.hpp"
#include "fathom/crypto/zk/range_proof.hpp"
#include "fathom/crypto/zk/sigma_proofs.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>

namespace {

using namespace fathom;
using namespace fathom::crypto::zk;

template <std::size_t Bits> ProofResult verify_range(ByteView statement, ByteView proof) {
    return verify_range_proof(Bits, statement, proof);
}

struct Kind {
    const char* name;
    std::size_t statement_size;
    ProofResult (*verify)(ByteView, ByteView);
};

/// By instruction tag, from 1 on.
constexpr Kind kKinds[] = {
    {"zero_ciphertext", 96, verify_zero_ciphertext},
    {"ciphertext_ciphertext_equality", 192, verify_ciphertext_ciphertext_equality},
    {"ciphertext_commitment_equality", 128, verify_ciphertext_commitment_equality},
    {"pubkey_validity", 32, verify_pubkey_validity},
    {"percentage_with_cap", 104, verify_percentage_with_cap},
    {"range_u64", 264, verify_range<64>},
    {"range_u128", 264, verify_range<128>},
    {"range_u256", 264, verify_range<256>},
    {"grouped_validity_2", 160, verify_grouped_validity_2},
    {"batched_grouped_validity_2", 256, verify_batched_grouped_validity_2},
    {"grouped_validity_3", 224, verify_grouped_validity_3},
    {"batched_grouped_validity_3", 352, verify_batched_grouped_validity_3},
};

/// Of one verification.
double fastest_microseconds(const Kind& kind, ByteView data) {
    using Clock = std::chrono::steady_clock;
    constexpr int rounds = 200;
    constexpr int repeats = 2;
    double fastest = 1e9;
    for (int round = 0; round < rounds; ++round) {
        const auto start = Clock::now();
        for (int i = 0; i < repeats; ++i) {
            if (!kind.verify(data.first(kind.statement_size), data.subspan(kind.statement_size))) {
                std::fprintf(stderr, "zk_bench: %s refused\n", kind.name);
                return 0;
            }
        }
        const std::chrono::duration<double, std::micro> spent = Clock::now() - start;
        fastest = std::min(fastest, spent.count() / repeats);
    }
    return fastest;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: zk_bench PROOFS\n");
        return 2;
    }
    std::ifstream file(argv[1]);
    std::string name;
    std::string hex;
    std::size_t tag = 0;
    std::size_t size = 0;
    while (file >> name >> tag >> size >> hex) {
        const auto data = base::from_hex(hex);
        if (name.ends_with("_CORRUPT") || tag == 0 || tag > std::size(kKinds) || !data) continue;
        const Kind& kind = kKinds[tag - 1];
        std::printf("%-32s %9.1f us\n", kind.name, fastest_microseconds(kind, *data));
    }
    return 0;
}

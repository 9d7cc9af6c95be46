// SPDX-License-Identifier: Apache-2.0
// Prints seeded inputs of one algorithm with Fathom's results, for independent code to check.
#include "tests/oracles/cases.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using namespace fathom::oracles;

struct Algorithm {
    std::string_view name;
    Generator add;
};

constexpr Algorithm kAlgorithms[] = {
    {"sha256", add_sha256},
    {"sha512", add_sha512},
    {"keccak256", add_keccak256},
    {"sha3", add_sha3},
    {"blake3", add_blake3},
    {"lthash", add_lthash},
    {"ed25519", add_ed25519},
    {"edwards25519", add_edwards25519},
    {"ristretto255", add_ristretto255},
    {"secp256k1", add_secp256k1},
    {"secp256r1", add_secp256r1},
    {"bn254", add_bn254},
    {"bls12_381", add_bls12_381},
    {"bls12_381_hash", add_bls12_381_hash},
    {"poseidon", add_poseidon},
    {"modexp", add_modular_exponentiation},
};

[[noreturn]] void usage() {
    std::fputs("usage: oracle_cases --algorithm NAME --seed S --count N\nalgorithms:", stderr);
    for (const Algorithm& algorithm : kAlgorithms) {
        std::fprintf(stderr, " %s", std::string(algorithm.name).c_str());
    }
    std::fputs("\n", stderr);
    std::exit(2);
}

std::uint64_t number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) usage();
    return value;
}

const Algorithm& named(std::string_view name) {
    for (const Algorithm& algorithm : kAlgorithms) {
        if (algorithm.name == name) return algorithm;
    }
    usage();
}

} // namespace

int main(int argc, char** argv) {
    std::string_view name;
    std::uint64_t seed = 1;
    std::uint64_t count = 10'000;
    for (int i = 1; i < argc; i += 2) {
        const std::string_view option = argv[i];
        if (i + 1 == argc) usage();
        const std::string_view value = argv[i + 1];
        if (option == "--algorithm") {
            name = value;
        } else if (option == "--seed") {
            seed = number(value);
        } else if (option == "--count") {
            count = number(value);
        } else {
            usage();
        }
    }
    const Algorithm& algorithm = named(name);
    Random random(seed, algorithm.name);
    Output output;
    while (output.count() < count) algorithm.add(random, output);
    output.finish();
    return 0;
}

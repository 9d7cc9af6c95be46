// SPDX-License-Identifier: Apache-2.0
// After the algorithm's specification, XXH64 part (doc/xxhash_spec.md of xxHash 0.8).
#include "fathom/crypto/xxh64.hpp"

#include <array>
#include <bit>

namespace fathom::crypto {
namespace {

constexpr std::uint64_t kPrime1 = 0x9e3779b185ebca87;
constexpr std::uint64_t kPrime2 = 0xc2b2ae3d27d4eb4f;
constexpr std::uint64_t kPrime3 = 0x165667b19e3779f9;
constexpr std::uint64_t kPrime4 = 0x85ebca77c2b2ae63;
constexpr std::uint64_t kPrime5 = 0x27d4eb2f165667c5;

std::uint64_t round(std::uint64_t accumulator, std::uint64_t lane) {
    return std::rotl(accumulator + lane * kPrime2, 31) * kPrime1;
}

/// Stripes of 32 bytes, four lanes each; `data` loses them.
std::uint64_t consume_stripes(ByteView& data, std::uint64_t seed) {
    std::array<std::uint64_t, 4> accumulators{seed + kPrime1 + kPrime2, seed + kPrime2, seed,
                                              seed - kPrime1};
    for (; data.size() >= 32; data = data.subspan(32)) {
        for (std::size_t i = 0; i < 4; ++i) {
            accumulators[i] = round(accumulators[i], load_le<std::uint64_t>(data.data() + 8 * i));
        }
    }
    std::uint64_t sum = std::rotl(accumulators[0], 1) + std::rotl(accumulators[1], 7) +
                        std::rotl(accumulators[2], 12) + std::rotl(accumulators[3], 18);
    for (const std::uint64_t accumulator : accumulators) {
        sum = (sum ^ round(0, accumulator)) * kPrime1 + kPrime4;
    }
    return sum;
}

} // namespace

std::uint64_t xxh64(ByteView data, std::uint64_t seed) {
    const std::uint64_t length = data.size();
    std::uint64_t sum = length >= 32 ? consume_stripes(data, seed) : seed + kPrime5;
    sum += length;
    for (; data.size() >= 8; data = data.subspan(8)) {
        sum ^= round(0, load_le<std::uint64_t>(data.data()));
        sum = std::rotl(sum, 27) * kPrime1 + kPrime4;
    }
    if (data.size() >= 4) {
        sum ^= load_le<std::uint32_t>(data.data()) * kPrime1;
        sum = std::rotl(sum, 23) * kPrime2 + kPrime3;
        data = data.subspan(4);
    }
    for (const std::uint8_t byte : data) {
        sum ^= byte * kPrime5;
        sum = std::rotl(sum, 11) * kPrime1;
    }
    sum = (sum ^ (sum >> 33)) * kPrime2;
    sum = (sum ^ (sum >> 29)) * kPrime3;
    return sum ^ (sum >> 32);
}

} // namespace fathom::crypto

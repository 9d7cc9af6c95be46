// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/sip_hash.hpp"

#include <array>
#include <bit>

namespace fathom::bank {

namespace {

using State = std::array<std::uint64_t, 4>;

void round(State& v) {
    v[0] += v[1], v[1] = std::rotl(v[1], 13) ^ v[0], v[0] = std::rotl(v[0], 32);
    v[2] += v[3], v[3] = std::rotl(v[3], 16) ^ v[2];
    v[0] += v[3], v[3] = std::rotl(v[3], 21) ^ v[0];
    v[2] += v[1], v[1] = std::rotl(v[1], 17) ^ v[2], v[2] = std::rotl(v[2], 32);
}

} // namespace

std::uint64_t sip_hash_1_3(ByteView bytes) {
    State v{0x736f6d6570736575, 0x646f72616e646f6d, 0x6c7967656e657261, 0x7465646279746573};
    const auto absorb = [&](std::uint64_t word) {
        v[3] ^= word;
        round(v);
        v[0] ^= word;
    };
    std::size_t i = 0;
    for (; i + 8 <= bytes.size(); i += 8) absorb(load_le<std::uint64_t>(bytes.data() + i));
    std::uint64_t last = static_cast<std::uint64_t>(bytes.size()) << 56;
    for (std::size_t j = 0; i + j < bytes.size(); ++j) last |= std::uint64_t{bytes[i + j]} << 8 * j;
    absorb(last);
    v[2] ^= 0xff;
    for (int i_final = 0; i_final < 3; ++i_final) round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

} // namespace fathom::bank

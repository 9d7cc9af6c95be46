// SPDX-License-Identifier: Apache-2.0
// Keccak-f[1600] (FIPS 202, section 3) and the sponge.
#include "fathom/crypto/keccak.hpp"

#include <algorithm>
#include <bit>

namespace fathom::crypto {
namespace {

constexpr std::array<std::uint64_t, 24> kRound{
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

/// Where lane x + 5·y goes in rho and pi: its rotation, and its index afterwards, y + 5·(2x + 3y).
constexpr std::array<int, 25> kRotation{0,  1,  62, 28, 27, 36, 44, 6,  55, 20, 3,  10, 43,
                                        25, 39, 41, 45, 15, 21, 8,  18, 2,  61, 56, 14};

inline void round(KeccakState& a, std::uint64_t constant) {
    std::uint64_t column[5];
    for (std::size_t x = 0; x < 5; ++x) {
        column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    }
    std::uint64_t moved[25];
#pragma GCC unroll 5
    for (std::size_t x = 0; x < 5; ++x) {
        const std::uint64_t mix = column[(x + 4) % 5] ^ std::rotl(column[(x + 1) % 5], 1);
#pragma GCC unroll 5
        for (std::size_t y = 0; y < 5; ++y) {
            const std::size_t target = y + 5 * ((2 * x + 3 * y) % 5);
            moved[target] = std::rotl(a[x + 5 * y] ^ mix, kRotation[x + 5 * y]);
        }
    }
#pragma GCC unroll 5
    for (std::size_t y = 0; y < 25; y += 5) {
#pragma GCC unroll 5
        for (std::size_t x = 0; x < 5; ++x) {
            a[x + y] = moved[x + y] ^ (~moved[(x + 1) % 5 + y] & moved[(x + 2) % 5 + y]);
        }
    }
    a[0] ^= constant;
}

} // namespace

void keccak_f1600(KeccakState& state) {
    KeccakState a = state;
    for (const std::uint64_t constant : kRound) round(a, constant);
    state = a;
}

void KeccakSponge::absorb(ByteView input) {
    while (!input.empty()) {
        const std::size_t taken = std::min(rate_ - position_, input.size());
        std::uint8_t* target = bytes() + position_;
        for (std::size_t i = 0; i < taken; ++i) target[i] ^= input[i];
        position_ += taken;
        input = input.subspan(taken);
        if (position_ == rate_) {
            keccak_f1600(state_);
            position_ = 0;
        }
    }
}

void KeccakSponge::squeeze(MutableByteView output) {
    if (!squeezing_) {
        bytes()[position_] ^= suffix_;
        bytes()[rate_ - 1] ^= 0x80;
        keccak_f1600(state_);
        position_ = 0;
        squeezing_ = true;
    }
    while (!output.empty()) {
        if (position_ == rate_) {
            keccak_f1600(state_);
            position_ = 0;
        }
        const std::size_t given = std::min(rate_ - position_, output.size());
        std::copy_n(bytes() + position_, given, output.data());
        position_ += given;
        output = output.subspan(given);
    }
}

} // namespace fathom::crypto

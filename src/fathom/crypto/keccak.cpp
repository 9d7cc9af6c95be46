// SPDX-License-Identifier: Apache-2.0
// Keccak-f[1600] (FIPS 202, section 3) and the sponge.
#include "fathom/crypto/keccak.hpp"

#include "fathom/crypto/keccak_rounds.hpp"
#include "fathom/crypto/x86/cpu.hpp"

#include <algorithm>

namespace fathom::crypto {

void keccak_f1600(KeccakState& state) {
#if defined(__x86_64__)
    if (x86::kCpu.avx512) {
        detail::keccak_f1600_avx512(state);
        return;
    }
#endif
    detail::keccak_rounds(state);
}

void KeccakSponge::absorb(ByteView input) {
    while (!input.empty()) {
        const std::size_t taken = std::min(rate_ - position_, input.size());
        std::uint8_t* target = bytes() + position_;
        std::size_t i = 0;
        for (; i + 8 <= taken; i += 8) {
            const auto word = load_le<std::uint64_t>(target + i);
            store_le(target + i, word ^ load_le<std::uint64_t>(input.data() + i));
        }
        for (; i < taken; ++i) target[i] ^= input[i];
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

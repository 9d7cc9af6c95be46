// SPDX-License-Identifier: Apache-2.0
// Merlin transcripts (merlin.cool, protocol "Merlin v1.0"): challenges drawn from all that was
// said.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/crypto/keccak.hpp"
#include "fathom/crypto/scalar25519.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace fathom::crypto::zk {

/// STROBE-128 over Keccak-f[1600], the three operations that Merlin uses. A plain value.
class Strobe128 {
public:
    explicit Strobe128(std::string_view protocol);

    /// `more` goes on with the operation before, of the same kind.
    void meta_ad(ByteView bytes, bool more);
    void ad(ByteView bytes, bool more);
    void prf(MutableByteView output, bool more);

private:
    /// Bytes absorbed per permutation: 200 - 128/4 - 2.
    static constexpr std::size_t kRate = 166;

    std::uint8_t* bytes() { return reinterpret_cast<std::uint8_t*>(state_.data()); }
    void begin(std::uint8_t flags, bool more);
    void absorb(ByteView input);
    void permute();

    alignas(8) KeccakState state_{};
    std::uint8_t position_ = 0;
    std::uint8_t operation_begin_ = 0;
};

/// What prover and verifier said so far. A plain value: copying it forks it.
class MerlinTranscript {
public:
    explicit MerlinTranscript(std::string_view label);

    void append(std::string_view label, ByteView message);
    void append(std::string_view label, std::string_view message);
    void append_u64(std::string_view label, std::uint64_t value);

    void challenge(std::string_view label, MutableByteView output);
    /// 64 bytes of challenge, reduced.
    [[nodiscard]] Scalar25519 challenge_scalar(std::string_view label);

private:
    Strobe128 strobe_;
};

} // namespace fathom::crypto::zk

// SPDX-License-Identifier: Apache-2.0
// The conventions of solana-zk-sdk 7.0.1 (transcript.rs) for its transcripts.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/crypto/zk/merlin.hpp"
#include "fathom/crypto/zk/proof_error.hpp"

#include <algorithm>

namespace fathom::crypto::zk {

[[nodiscard]] inline MerlinTranscript proof_transcript(std::string_view instruction) {
    MerlinTranscript transcript("solana-zk-elgamal-proof-program-v1");
    transcript.append("dom-sep", instruction);
    return transcript;
}

/// All zero: the encoding of the identity.
[[nodiscard]] inline bool is_zero_unit(const std::uint8_t* bytes32) {
    return std::all_of(bytes32, bytes32 + 32, [](std::uint8_t byte) { return byte == 0; });
}

/// A scalar or a point.
inline void append_unit(MerlinTranscript& transcript, std::string_view label,
                        const std::uint8_t* bytes32) {
    transcript.append(label, ByteView(bytes32, 32));
}

/// A point that must not be the identity; whether it is a point at all shows later.
[[nodiscard]] inline Result<void, ProofError>
append_nonzero(MerlinTranscript& transcript, std::string_view label, const std::uint8_t* bytes32) {
    if (is_zero_unit(bytes32)) return std::unexpected(ProofError::TranscriptIdentity);
    append_unit(transcript, label, bytes32);
    return {};
}

} // namespace fathom::crypto::zk

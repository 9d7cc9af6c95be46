// SPDX-License-Identifier: Apache-2.0
// BLS proof of possession (Agave programs/vote/src/vote_state/mod.rs).
#include "fathom/programs/vote/bls.hpp"

#include "fathom/crypto/bls_signature.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace fathom::programs::vote {

Result<void, InstructionError> verify_proof_of_possession(invoke::InvokeContext& context,
                                                          const Pubkey& vote_account,
                                                          const BlsCredentials& credentials) {
    constexpr std::string_view kLabel = "ALPENGLOW";
    FATHOM_CHECK(context.consume(kProofOfPossessionComputeUnits));
    // The key itself ends the message (solana-sdk bls-signatures/src/hash.rs).
    std::array<std::uint8_t, kLabel.size() + 32 + 48> message;
    auto end = std::ranges::copy(kLabel, message.begin()).out;
    end = std::ranges::copy(vote_account.bytes, end).out;
    std::ranges::copy(credentials.public_key, end);
    if (!crypto::bls_verify(credentials.public_key, message, credentials.proof,
                            crypto::kBlsPossessionTag)) {
        return std::unexpected(InstructionError::InvalidArgument);
    }
    return {};
}

} // namespace fathom::programs::vote

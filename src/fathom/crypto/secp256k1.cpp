// SPDX-License-Identifier: Apache-2.0
// secp256k1 recovery over libsecp256k1, whose static context needs no set-up.
#include "fathom/crypto/secp256k1.hpp"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include <algorithm>
#include <cstddef>

namespace fathom::crypto {

bool secp256k1_signature_parses(const std::uint8_t* signature64) {
    secp256k1_ecdsa_recoverable_signature signature;
    return secp256k1_ecdsa_recoverable_signature_parse_compact(secp256k1_context_static, &signature,
                                                               signature64, 0) == 1;
}

Result<Secp256k1PublicKey, Secp256k1Error> secp256k1_recover(const std::uint8_t* hash32,
                                                             std::uint64_t recovery_id,
                                                             const std::uint8_t* signature64) {
    if (recovery_id > 3) return std::unexpected(Secp256k1Error::InvalidRecoveryId);
    const secp256k1_context* context = secp256k1_context_static;
    secp256k1_ecdsa_recoverable_signature signature;
    if (secp256k1_ecdsa_recoverable_signature_parse_compact(context, &signature, signature64,
                                                            static_cast<int>(recovery_id)) != 1) {
        return std::unexpected(Secp256k1Error::MalformedSignature);
    }
    secp256k1_pubkey key;
    if (secp256k1_ecdsa_recover(context, &key, &signature, hash32) != 1) {
        return std::unexpected(Secp256k1Error::RecoveryFailed);
    }
    std::array<std::uint8_t, 65> tagged;
    std::size_t size = tagged.size();
    secp256k1_ec_pubkey_serialize(context, tagged.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED);
    Secp256k1PublicKey result;
    std::copy_n(tagged.begin() + 1, result.size(), result.begin());
    return result;
}

} // namespace fathom::crypto

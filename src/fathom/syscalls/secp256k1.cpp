// SPDX-License-Identifier: Apache-2.0
// The syscall that recovers a secp256k1 public key.
#include "fathom/crypto/secp256k1.hpp"

#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/functions.hpp"
#include "fathom/syscalls/translate.hpp"

#include <algorithm>

namespace fathom::syscalls {

Value sol_secp256k1_recover(SyscallContext& context, u64 hash, u64 recovery_id, u64 signature,
                            u64 result) {
    constexpr std::uint64_t kInvalidRecoveryId = 2;
    constexpr std::uint64_t kInvalidSignature = 3;
    FATHOM_CHECK(context.charge(cost::kSecp256k1Recover));
    const Output output = output_bytes(result, sizeof(crypto::Secp256k1PublicKey));
    FATHOM_CHECK(map_output(context, output));
    const auto hash_bytes = FATHOM_TRY(load_bytes(context, hash, 32));
    const auto signature_bytes = FATHOM_TRY(load_bytes(context, signature, 64));
    const auto key =
        crypto::secp256k1_recover(hash_bytes.data(), recovery_id, signature_bytes.data());
    if (!key) {
        return key.error() == crypto::Secp256k1Error::InvalidRecoveryId ? kInvalidRecoveryId
                                                                        : kInvalidSignature;
    }
    const auto target = FATHOM_TRY(map_output(context, output));
    std::ranges::copy(*key, target.begin());
    return 0;
}

} // namespace fathom::syscalls

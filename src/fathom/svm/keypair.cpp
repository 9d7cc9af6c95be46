// SPDX-License-Identifier: Apache-2.0
// Keys from seeds, and the signing of compiled messages.
#include "fathom/keypair.hpp"

#include "fathom/crypto/ed25519.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>

namespace fathom {

Keypair Keypair::from_seed(const Seed& seed) {
    return {seed, Pubkey{crypto::ed25519_public_key(seed.data())}};
}

Keypair Keypair::from_text(std::string_view text) {
    return from_seed(crypto::sha256(as_bytes(text)));
}

Signature Keypair::sign(ByteView message) const {
    return Signature{crypto::ed25519_sign(seed_.data(), message)};
}

Result<Bytes> build_transaction(const Keypair& payer, std::span<const Instruction> instructions,
                                const Hash& recent_blockhash, std::span<const Keypair> signers) {
    const Bytes message =
        FATHOM_TRY(compile_legacy_message(payer.pubkey(), instructions, recent_blockhash));
    const Bytes unsigned_bytes = serialize_transaction({}, message);
    const auto view = TransactionView::parse(unsigned_bytes);
    if (!view) {
        return std::unexpected(base::Error(base::ErrorCode::Limit, "message: too many keys"));
    }
    std::vector<Signature> signatures;
    for (const Pubkey& key : view->static_keys().first(view->header().num_required_signatures)) {
        if (key == payer.pubkey()) {
            signatures.push_back(payer.sign(message));
            continue;
        }
        const auto found = std::ranges::find(signers, key, &Keypair::pubkey);
        if (found == signers.end()) {
            return std::unexpected(base::Error(base::ErrorCode::InvalidInput,
                                               "no key to sign for " + key.to_base58()));
        }
        signatures.push_back(found->sign(message));
    }
    return serialize_transaction(signatures, message);
}

Instruction make_transfer(const Pubkey& from, const Pubkey& to, Lamports lamports) {
    constexpr std::uint32_t kTransfer = 2;
    Instruction instruction;
    instruction.program_id = ids::kSystemProgram;
    instruction.accounts = {{from, true, true}, {to, false, true}};
    instruction.data.resize(12);
    store_le(instruction.data.data(), kTransfer);
    store_le(instruction.data.data() + 4, lamports);
    return instruction;
}

} // namespace fathom

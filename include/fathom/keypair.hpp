// SPDX-License-Identifier: Apache-2.0
// The client's side, as far as tests and tools need it: keys that sign, and signed transactions.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/pda.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/transaction.hpp"
#include "fathom/types/units.hpp"

#include <array>
#include <span>
#include <string_view>

namespace fathom {

/// An Ed25519 key pair. For tests and tools: the secret is neither locked in memory nor wiped.
class Keypair {
public:
    using Seed = std::array<std::uint8_t, 32>;

    [[nodiscard]] static Keypair from_seed(const Seed& seed);
    /// The key whose seed is the SHA-256 of `text`: the same in every run, and secret to nobody.
    [[nodiscard]] static Keypair from_text(std::string_view text);

    [[nodiscard]] const Pubkey& pubkey() const { return pubkey_; }
    [[nodiscard]] Signature sign(ByteView message) const;

private:
    Keypair(const Seed& seed, const Pubkey& pubkey) : seed_(seed), pubkey_(pubkey) {}

    Seed seed_;
    Pubkey pubkey_;
};

/// A signed legacy transaction in wire format. `signers` are the keys besides the payer's; more
/// than needed do no harm. InvalidInput names a required signer whose key is missing; Limit if the
/// message does not fit its format.
[[nodiscard]] Result<Bytes> build_transaction(const Keypair& payer,
                                              std::span<const Instruction> instructions,
                                              const Hash& recent_blockhash,
                                              std::span<const Keypair> signers = {});

/// The System program's Transfer.
[[nodiscard]] Instruction make_transfer(const Pubkey& from, const Pubkey& to, Lamports lamports);

} // namespace fathom

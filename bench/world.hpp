// SPDX-License-Identifier: Apache-2.0
// What the benchmarks execute in: two parties, sysvars, native programs, everything switched on.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/harness/vector.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/transaction.hpp"

#include <span>
#include <string>
#include <string_view>

namespace fathom::bench {

using namespace fathom::literals;

inline constexpr Pubkey kTokenProgram = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"_pubkey;
inline constexpr std::uint64_t kPlenty = 1'000'000'000'000'000;

/// Ends the process: a benchmark that cannot do its work has nothing to say.
[[noreturn]] void die(std::string_view what, std::string_view detail = {});

/// SHA-256 of a name: addresses and seeds, the same ones as in the peers' benchmarks.
[[nodiscard]] Hash digest(std::string_view name);

struct Party {
    Hash seed;
    Pubkey key;
    Pubkey token_account;

    explicit Party(const std::string& name);
};

struct World {
    harness::AccountMap accounts;
    SlotEnvironment slot;
    Party alice{"alice"};
    Party bob{"bob"};

    World();
    /// A program of loader v2, as if deployed long ago.
    void put_program(const Pubkey& id, ByteView elf);
    /// The changes of a transaction; ends the process if it failed.
    void commit(TransactionEffects& effects);

private:
    void put_sysvar(const Pubkey& key, const Bytes& data);
};

/// spl_token::state::Account: mint, owner, amount, no delegate, initialized.
[[nodiscard]] Bytes token_account_data(const Pubkey& mint, const Pubkey& owner,
                                       std::uint64_t amount);

[[nodiscard]] Bytes signed_transaction(const Party& payer,
                                       std::span<const Instruction> instructions,
                                       const Hash& blockhash);

/// SPL Token's Transfer.
[[nodiscard]] Instruction token_transfer(const Party& from, const Party& to, std::uint64_t amount);

} // namespace fathom::bench

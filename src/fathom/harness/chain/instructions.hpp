// SPDX-License-Identifier: Apache-2.0
// Instructions as clients write them, for the programs that made-up blocks call.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/transaction.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace fathom::harness {

// System (solana-system-interface instruction.rs).
[[nodiscard]] Instruction create_account(const Pubkey& payer, const Pubkey& account,
                                         Lamports lamports, std::uint64_t space,
                                         const Pubkey& owner);
[[nodiscard]] Instruction initialize_nonce(const Pubkey& nonce, const Pubkey& authority);
[[nodiscard]] Instruction advance_nonce(const Pubkey& nonce, const Pubkey& authority);

// Compute Budget.
[[nodiscard]] Instruction set_compute_unit_limit(std::uint32_t units);
[[nodiscard]] Instruction set_compute_unit_price(std::uint64_t micro_lamports);

// Loader v3 (solana-loader-v3-interface instruction.rs).
[[nodiscard]] Pubkey programdata_address(const Pubkey& program);
[[nodiscard]] Instruction initialize_buffer(const Pubkey& buffer, const Pubkey& authority);
[[nodiscard]] Instruction write_program(const Pubkey& buffer, const Pubkey& authority,
                                        std::uint32_t offset, ByteView bytes);
[[nodiscard]] Instruction deploy_program(const Pubkey& payer, const Pubkey& program,
                                         const Pubkey& buffer, const Pubkey& authority,
                                         std::uint64_t max_data_len);
[[nodiscard]] Instruction upgrade_program(const Pubkey& program, const Pubkey& buffer,
                                          const Pubkey& spill, const Pubkey& authority);
[[nodiscard]] Instruction close_program(const Pubkey& program, const Pubkey& recipient,
                                        const Pubkey& authority);

// The example token program, and SPL Token.
[[nodiscard]] Instruction token_transfer(const Pubkey& program, const Pubkey& source,
                                         const Pubkey& destination, const Pubkey& authority,
                                         std::uint64_t amount);
[[nodiscard]] Instruction token_mint_to(const Pubkey& program, const Pubkey& mint,
                                        const Pubkey& destination, const Pubkey& authority,
                                        std::uint64_t amount);

/// Vote's TowerSync. `slots` ascend; the last was voted on once, the one before twice, and so on.
[[nodiscard]] Instruction tower_sync(const Pubkey& vote_account, const Pubkey& voter,
                                     std::span<const Slot> slots, std::optional<Slot> root,
                                     const Hash& bank_hash, UnixTimestamp timestamp);

} // namespace fathom::harness

// SPDX-License-Identifier: Apache-2.0
// What a transaction asks for in Compute Budget instructions: limits, heap, price; and the fee that
// follows. Source: agave compute-budget-instruction/src/compute_budget_instruction_details.rs,
// fee/src/lib.rs.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/transaction.hpp"
#include "fathom/types/transaction_error.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace fathom::svm {

inline constexpr std::uint32_t kMaxComputeUnitLimit = 1'400'000;
inline constexpr std::uint32_t kMinHeapSize = 32 * 1024;
inline constexpr std::uint32_t kMaxHeapSize = 256 * 1024;
inline constexpr std::uint32_t kMaxLoadedAccountsDataSize = 64 * 1024 * 1024;

/// The requests as written, not yet judged. Parsing them is part of sanitization, judging them of
/// execution.
struct ComputeBudgetRequests {
    std::optional<std::pair<std::uint8_t, std::uint32_t>> heap_size; // instruction index, value
    std::optional<std::uint32_t> compute_unit_limit;
    std::optional<std::uint64_t> compute_unit_price; // micro-lamports per unit
    std::optional<std::uint32_t> loaded_accounts_data_size;
    std::uint32_t builtin_instructions = 0;
    std::uint32_t vote_instructions = 0; // builtin until bls_pubkey_management_in_vote_account
    std::uint32_t other_instructions = 0;
};

struct ComputeBudgetLimits {
    std::uint32_t heap_size = kMinHeapSize;
    std::uint32_t compute_unit_limit = 0;
    std::uint64_t compute_unit_price = 0;
    std::uint32_t loaded_accounts_data_size = kMaxLoadedAccountsDataSize;
};

/// `program_of(i)` is the program of instruction i. Errors: InstructionError(i,
/// InvalidInstructionData), DuplicateInstruction(i).
[[nodiscard]] Result<ComputeBudgetRequests, TransactionError>
parse_compute_budget(std::span<const CompiledInstructionView> instructions,
                     std::span<const Pubkey> static_keys);

/// Errors: InstructionError(i, InvalidInstructionData) for the heap,
/// InvalidLoadedAccountsDataSizeLimit.
[[nodiscard]] Result<ComputeBudgetLimits, TransactionError>
judge_compute_budget(const ComputeBudgetRequests& requests, const FeatureSet& features);

/// Signatures that a transaction has verified: its own, and those that its precompile instructions
/// declare.
struct SignatureCounts {
    std::uint64_t transaction = 0;
    std::uint64_t secp256k1 = 0;
    std::uint64_t ed25519 = 0;
    std::uint64_t secp256r1 = 0;

    [[nodiscard]] std::uint64_t total() const {
        return transaction + secp256k1 + ed25519 + secp256r1;
    }
};

[[nodiscard]] SignatureCounts count_signatures(const TransactionView& transaction);

/// Signature fee (transaction and precompile signatures) and prioritization fee.
[[nodiscard]] FeeDetails calculate_fee(const TransactionView& transaction,
                                       const ComputeBudgetLimits& limits,
                                       Lamports lamports_per_signature);

} // namespace fathom::svm

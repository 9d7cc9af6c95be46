// SPDX-License-Identifier: Apache-2.0
#include "fathom/svm/compute_budget.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <limits>

namespace fathom::svm {
namespace {

constexpr std::uint32_t kBuiltinInstructionUnits = 3'000;
constexpr std::uint32_t kInstructionUnits = 200'000;

enum Tag : std::uint8_t {
    kRequestHeapFrame = 1,
    kSetComputeUnitLimit = 2,
    kSetComputeUnitPrice = 3,
    kSetLoadedAccountsDataSizeLimit = 4,
};

/// The cost list of builtins (agave builtins-default-costs/src/lib.rs), vote apart.
bool is_builtin(const Pubkey& program) {
    return program == ids::kSystemProgram || program == ids::kComputeBudgetProgram ||
           program == ids::kBpfLoaderUpgradeable || program == ids::kBpfLoaderDeprecated ||
           program == ids::kBpfLoader || program == ids::kLoaderV4 ||
           program == ids::kSecp256k1Program || program == ids::kEd25519Program;
}

/// One borsh-encoded request; bytes after it are ignored.
Result<void, TransactionError> parse_request(ComputeBudgetRequests& requests, std::uint8_t index,
                                             ByteView data) {
    const TransactionError invalid =
        TransactionError::instruction(index, InstructionError::InvalidInstructionData);
    const TransactionError duplicate{TransactionError::DuplicateInstruction, index};
    if (data.empty()) return std::unexpected(invalid);
    const std::uint8_t tag = data[0];
    const std::size_t needed = tag == kSetComputeUnitPrice ? 9 : 5;
    if (tag < kRequestHeapFrame || tag > kSetLoadedAccountsDataSizeLimit || data.size() < needed) {
        return std::unexpected(invalid);
    }
    const auto value32 = load_le<std::uint32_t>(data.data() + 1);
    switch (tag) {
    case kRequestHeapFrame:
        if (requests.heap_size) return std::unexpected(duplicate);
        requests.heap_size = {index, value32};
        break;
    case kSetComputeUnitLimit:
        if (requests.compute_unit_limit) return std::unexpected(duplicate);
        requests.compute_unit_limit = value32;
        break;
    case kSetComputeUnitPrice:
        if (requests.compute_unit_price) return std::unexpected(duplicate);
        requests.compute_unit_price = load_le<std::uint64_t>(data.data() + 1);
        break;
    default:
        if (requests.loaded_accounts_data_size) return std::unexpected(duplicate);
        requests.loaded_accounts_data_size = value32;
        break;
    }
    return {};
}

bool is_valid_heap_size(std::uint32_t bytes) {
    return bytes >= kMinHeapSize && bytes <= kMaxHeapSize && bytes % 1024 == 0;
}

/// ceil(price × limit / 10^6), u64::MAX if it does not fit.
Lamports prioritization_fee(const ComputeBudgetLimits& limits) {
    // < 2^64 · 2^21 + 10^6, fits 128 bits
    const uint128_t micro =
        static_cast<uint128_t>(limits.compute_unit_price) * limits.compute_unit_limit;
    const uint128_t fee = (micro + 999'999) / 1'000'000;
    return fee > std::numeric_limits<Lamports>::max() ? std::numeric_limits<Lamports>::max()
                                                      : static_cast<Lamports>(fee);
}

} // namespace

Result<ComputeBudgetRequests, TransactionError>
parse_compute_budget(std::span<const CompiledInstructionView> instructions,
                     std::span<const Pubkey> static_keys) {
    ComputeBudgetRequests requests;
    for (std::size_t i = 0; i < instructions.size(); ++i) {
        const Pubkey& program = static_keys[instructions[i].program_id_index];
        if (program == ids::kComputeBudgetProgram) {
            FATHOM_CHECK(
                parse_request(requests, static_cast<std::uint8_t>(i), instructions[i].data));
        }
        if (program == ids::kVoteProgram) {
            ++requests.vote_instructions;
        } else if (is_builtin(program)) {
            ++requests.builtin_instructions;
        } else {
            ++requests.other_instructions;
        }
    }
    return requests;
}

Result<ComputeBudgetLimits, TransactionError>
judge_compute_budget(const ComputeBudgetRequests& requests, const FeatureSet& features) {
    ComputeBudgetLimits limits;
    if (requests.heap_size) {
        const auto [index, bytes] = *requests.heap_size;
        if (!is_valid_heap_size(bytes)) {
            return std::unexpected(
                TransactionError::instruction(index, InstructionError::InvalidInstructionData));
        }
        limits.heap_size = bytes;
    }
    const bool vote_is_builtin =
        !features.is_active(Feature::bls_pubkey_management_in_vote_account);
    // at most 64 instructions: no overflow
    const std::uint32_t cheap =
        requests.builtin_instructions + (vote_is_builtin ? requests.vote_instructions : 0);
    const std::uint32_t dear =
        requests.other_instructions + (vote_is_builtin ? 0 : requests.vote_instructions);
    const std::uint32_t default_limit = cheap * kBuiltinInstructionUnits + dear * kInstructionUnits;
    limits.compute_unit_limit =
        std::min(requests.compute_unit_limit.value_or(default_limit), kMaxComputeUnitLimit);
    limits.compute_unit_price = requests.compute_unit_price.value_or(0);
    if (requests.loaded_accounts_data_size) {
        if (*requests.loaded_accounts_data_size == 0) {
            return std::unexpected(
                TransactionError{TransactionError::InvalidLoadedAccountsDataSizeLimit});
        }
        limits.loaded_accounts_data_size =
            std::min(*requests.loaded_accounts_data_size, kMaxLoadedAccountsDataSize);
    }
    return limits;
}

SignatureCounts count_signatures(const TransactionView& transaction) {
    SignatureCounts counts{.transaction = transaction.header().num_required_signatures};
    for (const CompiledInstructionView& instruction : transaction.instructions()) {
        // The first byte of a precompile's data says how many signatures it holds.
        if (instruction.data.empty()) continue;
        const std::uint8_t declared = instruction.data[0];
        const Pubkey& program = transaction.static_keys()[instruction.program_id_index];
        if (program == ids::kEd25519Program) counts.ed25519 += declared;
        if (program == ids::kSecp256k1Program) counts.secp256k1 += declared;
        if (program == ids::kSecp256r1Program) counts.secp256r1 += declared;
    }
    return counts;
}

FeeDetails calculate_fee(const TransactionView& transaction, const ComputeBudgetLimits& limits,
                         Lamports lamports_per_signature) {
    return {.transaction_fee =
                saturating_mul(count_signatures(transaction).total(), lamports_per_signature),
            .prioritization_fee = prioritization_fee(limits)};
}

} // namespace fathom::svm

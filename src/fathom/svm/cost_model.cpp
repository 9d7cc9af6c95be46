// SPDX-License-Identifier: Apache-2.0
#include "fathom/svm/cost_model.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/programs/system/instruction.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <optional>

namespace fathom::svm {
namespace {

// Measured in microseconds on a cluster, 30 units each.
constexpr ComputeUnits kUnitsPerMicrosecond = 30;
constexpr ComputeUnits kSignature = 24 * kUnitsPerMicrosecond;
constexpr ComputeUnits kSecp256k1 = 223 * kUnitsPerMicrosecond;
constexpr ComputeUnits kEd25519 = 80 * kUnitsPerMicrosecond;
constexpr ComputeUnits kSecp256r1 = 160 * kUnitsPerMicrosecond;
constexpr ComputeUnits kWriteLock = 10 * kUnitsPerMicrosecond;
constexpr std::uint64_t kDataBytesPerUnit = 140 / kUnitsPerMicrosecond;
constexpr std::uint64_t kPageSize = 32 * 1024;
constexpr ComputeUnits kPage = 8;

constexpr std::uint64_t kMaxAccountSize = 10 * 1024 * 1024;
constexpr std::uint64_t kMaxAllocationsPerTransaction = 2 * kMaxAccountSize;

/// By position in the message: demotion of programs and reserved keys comes later and is not seen.
std::uint64_t count_write_locks(const TransactionView& transaction) {
    const MessageHeader header = transaction.header();
    std::uint64_t locks = transaction.static_keys().size() - header.num_readonly_signed_accounts -
                          header.num_readonly_unsigned_accounts; // admitted: not negative
    for (const AddressTableLookupView& lookup : transaction.lookups()) {
        locks += lookup.writable_indexes.size();
    }
    return locks;
}

ComputeUnits signature_cost(const TransactionView& transaction) {
    const SignatureCounts counts = count_signatures(transaction);
    // at most 65535 instructions with 255 signatures each: no overflow
    return counts.transaction * kSignature + counts.secp256k1 * kSecp256k1 +
           counts.ed25519 * kEd25519 + counts.secp256r1 * kSecp256r1;
}

ComputeUnits instruction_data_cost(const TransactionView& transaction) {
    std::uint16_t bytes = 0;
    for (const CompiledInstructionView& instruction : transaction.instructions()) {
        bytes = saturating_add(bytes, static_cast<std::uint16_t>(instruction.data.size()));
    }
    return bytes / kDataBytesPerUnit;
}

ComputeUnits loaded_accounts_data_cost(std::uint32_t bytes) {
    return (bytes + kPageSize - 1) / kPageSize * kPage;
}

/// Bytes that a System instruction allocates, nullopt if it is bound to fail.
std::optional<std::uint64_t> allocation_of(ByteView data, const FeatureSet& features) {
    using Kind = programs::system::SystemInstructionKind;
    const auto instruction = programs::system::SystemInstruction::decode(data);
    if (!instruction) return std::nullopt;
    if (instruction->kind == Kind::CreateAccountAllowPrefund &&
        !features.is_active(Feature::create_account_allow_prefund)) {
        return std::nullopt;
    }
    // Kinds that allocate nothing have no space.
    if (instruction->space > kMaxAccountSize) return std::nullopt;
    return instruction->space;
}

std::uint64_t allocated_size(const TransactionView& transaction, const FeatureSet& features) {
    std::uint64_t sum = 0;
    for (const CompiledInstructionView& instruction : transaction.instructions()) {
        const Pubkey& program = transaction.static_keys()[instruction.program_id_index];
        if (program != ids::kSystemProgram) continue;
        const auto bytes = allocation_of(instruction.data, features);
        if (!bytes) return 0;
        sum += *bytes; // at most 65535 · 10 MiB
    }
    return std::min(sum, kMaxAllocationsPerTransaction);
}

} // namespace

ComputeUnits TransactionCost::total() const {
    ComputeUnits sum = saturating_add(signatures, write_locks);
    sum = saturating_add(sum, instruction_data);
    sum = saturating_add(sum, execution);
    return saturating_add(sum, loaded_accounts_data);
}

TransactionCost actual_cost(const TransactionView& transaction, ComputeUnits executed_units,
                            std::uint32_t loaded_accounts_data_size, const FeatureSet& features) {
    return {.signatures = signature_cost(transaction),
            .write_locks = count_write_locks(transaction) * kWriteLock,
            .instruction_data = instruction_data_cost(transaction),
            .execution = executed_units,
            .loaded_accounts_data = loaded_accounts_data_cost(loaded_accounts_data_size),
            .allocated_accounts_data_size = allocated_size(transaction, features)};
}

TransactionCost estimate_cost(const TransactionView& transaction,
                              const ComputeBudgetRequests& requests, const FeatureSet& features) {
    const auto limits = judge_compute_budget(requests, features);
    if (!limits) return actual_cost(transaction, 0, 0, features);
    return actual_cost(transaction, limits->compute_unit_limit, limits->loaded_accounts_data_size,
                       features);
}

} // namespace fathom::svm

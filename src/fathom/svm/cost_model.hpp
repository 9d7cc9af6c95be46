// SPDX-License-Identifier: Apache-2.0
// What a transaction counts towards the limits of a block. Pure functions of the transaction and
// the feature set. Source: agave cost-model/src/{cost_model,block_cost_limits}.rs.
#pragma once

#include "fathom/svm/compute_budget.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/transaction.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>

namespace fathom::svm {

/// In compute units, by what they are for.
struct TransactionCost {
    ComputeUnits signatures = 0;
    ComputeUnits write_locks = 0;
    ComputeUnits instruction_data = 0;
    ComputeUnits execution = 0;
    ComputeUnits loaded_accounts_data = 0;
    /// Bytes, not units: what System instructions at the top level would allocate. 0 if one of them
    /// is bound to fail.
    std::uint64_t allocated_accounts_data_size = 0;

    /// Sum of the units.
    [[nodiscard]] ComputeUnits total() const;
    friend bool operator==(const TransactionCost&, const TransactionCost&) = default;
};

/// Before execution: the limits that the transaction asks for stand for what it will use. Requests
/// that execution would refuse count nothing. The view must have been admitted; lookups need not be
/// resolved.
[[nodiscard]] TransactionCost estimate_cost(const TransactionView& transaction,
                                            const ComputeBudgetRequests& requests,
                                            const FeatureSet& features);

/// After execution, with what it used.
[[nodiscard]] TransactionCost actual_cost(const TransactionView& transaction,
                                          ComputeUnits executed_units,
                                          std::uint32_t loaded_accounts_data_size,
                                          const FeatureSet& features);

} // namespace fathom::svm

// SPDX-License-Identifier: Apache-2.0
// Source: agave runtime/src/conformance/cost.rs.
#include "fathom/harness/compat/harnesses.hpp"
#include "fathom/harness/compat/messages.hpp"
#include "fathom/svm/cost_model.hpp"
#include "fathom/svm/sanitized_transaction.hpp"
#include "field_numbers.hpp"

namespace fathom::harness::compat {
namespace {

struct CostInput {
    Bytes transaction;
    FeatureSet features;
    bool is_actual = false;
    std::uint32_t units = 0;
    std::uint32_t loaded_size = 0;
};

Result<CostInput> read_cost_input(ByteView message) {
    using namespace proto;
    CostInput input;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case CostContext::tx:
            input.transaction = FATHOM_TRY(read_transaction(FATHOM_TRY(bytes_of(field))));
            break;
        case CostContext::features:
            FATHOM_CHECK(read_features(FATHOM_TRY(bytes_of(field)), input.features));
            break;
        case CostContext::mode:
            input.is_actual = FATHOM_TRY(number_of(field)) == TxnCostMode::ACTUAL;
            break;
        case CostContext::actual_programs_execution_cost:
            input.units = FATHOM_TRY(number32_of(field));
            break;
        case CostContext::actual_loaded_accounts_data_size_bytes:
            input.loaded_size = FATHOM_TRY(number32_of(field));
            break;
        default: break;
        }
    }
    return input;
}

Bytes write_cost(const svm::TransactionCost& cost) {
    using namespace proto;
    WireWriter result;
    result.boolean(CostResult::has_cost, true);
    result.number(CostResult::signature_cost, cost.signatures);
    result.number(CostResult::write_lock_cost, cost.write_locks);
    result.number(CostResult::data_bytes_cost, cost.instruction_data);
    result.number(CostResult::programs_execution_cost, cost.execution);
    result.number(CostResult::loaded_accounts_data_size_cost, cost.loaded_accounts_data);
    result.number(CostResult::allocated_accounts_data_size, cost.allocated_accounts_data_size);
    result.number(CostResult::total_cost, cost.total());
    return result.take();
}

} // namespace

std::optional<Bytes> run_cost_context(ByteView context) {
    const auto input = read_cost_input(context);
    if (!input) return std::nullopt;
    // The limit of instruction accounts holds whatever the feature set says; lookups cannot be
    // resolved.
    FeatureSet limits = input->features;
    limits.activate(Feature::limit_instruction_accounts);
    const auto view = svm::admit(input->transaction, limits, svm::AdmissionLimits::Enforce);
    if (!view || !view->lookups().empty()) return std::nullopt;
    const auto requests = svm::parse_compute_budget(view->instructions(), view->static_keys());
    if (!requests) return std::nullopt;
    return write_cost(input->is_actual ? svm::actual_cost(*view, input->units, input->loaded_size,
                                                          input->features)
                                       : svm::estimate_cost(*view, *requests, input->features));
}

} // namespace fathom::harness::compat

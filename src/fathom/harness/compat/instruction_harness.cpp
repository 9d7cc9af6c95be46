// SPDX-License-Identifier: Apache-2.0
// Source: agave svm/src/conformance/instr/harness.rs.
#include "fathom/harness/compat/harnesses.hpp"
#include "fathom/harness/compat/instruction_setup.hpp"
#include "field_numbers.hpp"

#include <utility>

namespace fathom::harness::compat {

std::optional<Bytes> run_instruction_context(ByteView context) {
    using proto::InstrEffects::modified_accounts;
    const auto input = read_instruction_input(context);
    if (!input) return std::nullopt;
    const auto setup = InstructionSetup::create(*input, {});
    if (!setup || !setup->environment().sysvars.clock()) return std::nullopt;

    ComputeUnits used = 0;
    const auto result = setup->process(used);
    const ComputeUnits left = input->units - used; // it cannot use more than it has
    WireWriter effects;
    if (!result) {
        const InstructionError& error = result.error();
        effects.number(proto::InstrEffects::result, static_cast<std::uint64_t>(error.kind) + 1);
        const bool is_precompile =
            setup->environment().find_precompile(input->instruction.program_id) != nullptr;
        if (error.kind == InstructionError::Custom && !is_precompile) {
            effects.number(proto::InstrEffects::custom_err, error.custom_code);
        }
    }
    // Where an exhausted program stops inside account data depends on the engine.
    const bool hides_data = !result && left == 0 &&
                            input->features.is_active(Feature::virtual_address_space_adjustments);
    const ByteView returned = setup->transaction().return_data();
    const Bytes return_data(returned.begin(), returned.end());
    for (auto& [key, account] : setup->transaction().take_accounts()) {
        if (hides_data) account.data = AccountData();
        effects.element(modified_accounts, write_account({key, std::move(account)}));
    }
    effects.number(proto::InstrEffects::cu_avail, left);
    effects.bytes(proto::InstrEffects::return_data, return_data);
    return effects.take();
}

} // namespace fathom::harness::compat

// SPDX-License-Identifier: Apache-2.0
// Rent states and the transitions between them.
#include "fathom/types/rent_state.hpp"

namespace fathom {

RentState RentState::of(Lamports lamports, std::uint64_t data_size, Lamports minimum_balance) {
    if (lamports == 0) return {Kind::Uninitialized};
    if (lamports >= minimum_balance) return {Kind::RentExempt};
    return {Kind::RentPaying, lamports, data_size};
}

RentState RentState::before(Lamports lamports, std::uint64_t data_size, Lamports minimum_balance,
                            bool relaxed) {
    const RentState state = of(lamports, data_size, minimum_balance);
    if (relaxed && state.kind == Kind::RentPaying) return {Kind::RentExempt};
    return state;
}

RentState RentState::after(Lamports lamports, std::uint64_t data_size, Lamports minimum_balance,
                           const RentState& pre_state, Lamports pre_balance, bool relaxed) {
    const RentState state = of(lamports, data_size, minimum_balance);
    if (relaxed && state.kind == Kind::RentPaying && pre_state.kind == Kind::RentExempt &&
        lamports >= pre_balance) {
        return {Kind::RentExempt};
    }
    return state;
}

bool is_rent_transition_allowed(const RentState& before, const RentState& after) {
    if (after.kind != RentState::Kind::RentPaying) return true;
    return before.kind == RentState::Kind::RentPaying && after.data_size == before.data_size &&
           after.lamports <= before.lamports;
}

} // namespace fathom

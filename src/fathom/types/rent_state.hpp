// SPDX-License-Identifier: Apache-2.0
// Whether an account may be left with the balance it has.
#pragma once

#include "fathom/types/units.hpp"

#include <cstdint>

namespace fathom {

/// Where an account stands with respect to its rent-exempt minimum (agave
/// svm/src/rent_calculator.rs).
struct RentState {
    enum class Kind : std::uint8_t {
        Uninitialized, // no lamports
        RentPaying,    // some, but below the minimum
        RentExempt,
    };
    Kind kind = Kind::Uninitialized;
    /// Both meaningful only for RentPaying, otherwise 0.
    Lamports lamports = 0;
    std::uint64_t data_size = 0;

    [[nodiscard]] static RentState of(Lamports lamports, std::uint64_t data_size,
                                      Lamports minimum_balance);
    /// Before execution. With `relaxed` (SIMD-0392) an existing balance is never rent paying.
    [[nodiscard]] static RentState before(Lamports lamports, std::uint64_t data_size,
                                          Lamports minimum_balance, bool relaxed);
    /// After execution. With `relaxed` an account that was exempt and lost nothing stays exempt.
    [[nodiscard]] static RentState after(Lamports lamports, std::uint64_t data_size,
                                         Lamports minimum_balance, const RentState& pre_state,
                                         Lamports pre_balance, bool relaxed);
    friend bool operator==(const RentState&, const RentState&) = default;
};

/// False only if the account ends up rent paying without having been so before with the same size
/// and at least the same balance.
[[nodiscard]] bool is_rent_transition_allowed(const RentState& before, const RentState& after);

} // namespace fathom

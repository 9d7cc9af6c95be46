// SPDX-License-Identifier: Apache-2.0
// How many lamports a year adds.
#pragma once

namespace fathom::bank {

/// Yearly rates; solana-sdk inflation.
struct Inflation {
    double initial = 0.08;
    double terminal = 0.015;
    double taper = 0.15;
    double foundation = 0.05;
    double foundation_term = 7.0;

    [[nodiscard]] static Inflation full() { return {.foundation = 0, .foundation_term = 0}; }
    [[nodiscard]] static Inflation fixed(double rate) { return {rate, rate, 1.0, 0, 0}; }

    [[nodiscard]] double total(double year) const;
    /// What goes to those who stake.
    [[nodiscard]] double validator(double year) const;
};

} // namespace fathom::bank

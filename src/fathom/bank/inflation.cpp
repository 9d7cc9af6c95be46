// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/inflation.hpp"

#include <algorithm>
#include <cmath>

namespace fathom::bank {

double Inflation::total(double year) const {
    return std::max(initial * std::pow(1.0 - taper, year), terminal);
}

double Inflation::validator(double year) const {
    const double all = total(year);
    return all - (year < foundation_term ? all * foundation : 0.0);
}

} // namespace fathom::bank

// SPDX-License-Identifier: Apache-2.0
// The inner loop of long multiplication, with two carry chains side by side.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fathom::crypto::x86 {

/// sum[0..count) += word · row[0..count); returns what carries out. Only where kCpu.adx.
[[nodiscard]] std::uint64_t multiply_add_row_adx(std::uint64_t* sum, const std::uint64_t* row,
                                                 std::size_t count, std::uint64_t word);

} // namespace fathom::crypto::x86

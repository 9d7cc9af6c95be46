// SPDX-License-Identifier: Apache-2.0
// Names for the protocol's quantities. Sums of them go through base/integers.hpp.
#pragma once

#include <cstdint>

namespace fathom {

using Slot = std::uint64_t;
using Epoch = std::uint64_t;
using UnixTimestamp = std::int64_t;
using Lamports = std::uint64_t;
using ComputeUnits = std::uint64_t;

inline constexpr std::uint64_t kMaxAccountDataLen = 10 * 1024 * 1024;
inline constexpr std::uint64_t kMaxAccountDataGrowthPerTransaction = 2 * kMaxAccountDataLen;
inline constexpr std::uint64_t kMaxAccountDataGrowthPerInstruction = 10 * 1024;

} // namespace fathom

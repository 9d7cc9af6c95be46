// SPDX-License-Identifier: Apache-2.0
// The two ways in which the curve syscalls write an integer.
#pragma once

#include <cstdint>

namespace fathom::crypto {

enum class ByteOrder : std::uint8_t { Big, Little };

} // namespace fathom::crypto

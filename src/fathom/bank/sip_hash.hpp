// SPDX-License-Identifier: Apache-2.0
// SipHash-1-3 with an all-zero key, by which stake rewards are spread over blocks.
#pragma once

#include "fathom/base/bytes.hpp"

#include <cstdint>

namespace fathom::bank {

/// Of the concatenated bytes.
[[nodiscard]] std::uint64_t sip_hash_1_3(ByteView bytes);

} // namespace fathom::bank

// SPDX-License-Identifier: Apache-2.0
// XXH64, by which protosol's effects name long contents.
#pragma once

#include "fathom/base/bytes.hpp"

#include <cstdint>

namespace fathom::harness {

[[nodiscard]] std::uint64_t xxh64(ByteView bytes, std::uint64_t seed = 0);

} // namespace fathom::harness

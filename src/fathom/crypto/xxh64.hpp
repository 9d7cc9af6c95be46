// SPDX-License-Identifier: Apache-2.0
// XXH64: a fast checksum, not for anything that somebody may want to forge.
#pragma once

#include "fathom/base/bytes.hpp"

#include <cstdint>

namespace fathom::crypto {

[[nodiscard]] std::uint64_t xxh64(ByteView data, std::uint64_t seed = 0);

} // namespace fathom::crypto

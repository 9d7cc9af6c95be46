// SPDX-License-Identifier: Apache-2.0
// Texts in the form that Rust prints them, where they reach logs.
#pragma once

#include "fathom/base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace fathom::syscalls {

/// {:#x}
[[nodiscard]] std::string hex_text(std::uint64_t value);

/// {:?} of a byte vector: [1, 2, 3].
[[nodiscard]] std::string debug_text(ByteView bytes);

/// What std::str::from_utf8 says of bytes that are not UTF-8; nullopt for bytes that are.
[[nodiscard]] std::optional<std::string> utf8_error_text(ByteView bytes);

} // namespace fathom::syscalls

// SPDX-License-Identifier: Apache-2.0
// Bytes as text and back: hexadecimal and standard base64 with padding; strict UTF-8 check.
#pragma once

#include "fathom/base/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace fathom::base {

[[nodiscard]] std::string to_hex(ByteView bytes);
/// nullopt on odd length or a character outside [0-9a-fA-F].
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view text);

[[nodiscard]] std::string to_base64(ByteView bytes);
/// Strict: standard alphabet, padding required, no white space, unused bits zero.
[[nodiscard]] std::optional<Bytes> from_base64(std::string_view text);

/// Valid UTF-8 as Rust's str::from_utf8 has it: no surrogates, no overlong forms, at most U+10FFFF.
[[nodiscard]] bool is_utf8(ByteView bytes);

} // namespace fathom::base

// SPDX-License-Identifier: Apache-2.0
// One log line from parts.
#pragma once

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/types/pubkey.hpp"

#include <concepts>
#include <string>
#include <string_view>

namespace fathom::programs {

namespace detail {

inline void append(std::string& line, std::string_view part) {
    line += part;
}
inline void append(std::string& line, const Pubkey& part) {
    line += part.to_base58();
}
template <std::integral T> void append(std::string& line, T part) {
    line += std::to_string(part);
}

} // namespace detail

/// Writes text, numbers and keys one after the other as one runtime message. Nothing is formatted
/// if nobody collects.
template <class... Parts> void log(invoke::InvokeContext& context, const Parts&... parts) {
    if (!context.logs()) return;
    std::string line;
    (detail::append(line, parts), ...);
    context.log(line);
}

} // namespace fathom::programs

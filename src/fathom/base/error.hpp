// SPDX-License-Identifier: Apache-2.0
// Machine failures: what went wrong outside the protocol (files, configuration, malformed input of
// tools).
#pragma once

#include <cstdint>
#include <source_location>
#include <string>
#include <utility>

namespace fathom::base {

enum class ErrorCode : std::uint8_t { InvalidInput, NotFound, Unsupported, Io, Limit, Internal };

/// A failure that is not a protocol outcome. The message names what and where; it needs no context
/// to be read.
struct Error {
    ErrorCode code;
    std::string message;
    std::source_location location;

    Error(ErrorCode error_code, std::string text,
          std::source_location where = std::source_location::current())
        : code(error_code), message(std::move(text)), location(where) {}
};

} // namespace fathom::base

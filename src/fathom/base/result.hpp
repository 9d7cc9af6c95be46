// SPDX-License-Identifier: Apache-2.0
// Errors as values: Result, and the two macros that pass an error upward.
#pragma once

#include "fathom/base/error.hpp"

#include <expected>
#include <utility>

namespace fathom {

template <class T, class E = base::Error> using Result = std::expected<T, E>;

} // namespace fathom

/// Value of a Result expression; returns the error from the enclosing function if there is none.
#define FATHOM_TRY(...)                                                                            \
    __extension__({                                                                                \
        auto fathom_try_result = (__VA_ARGS__);                                                    \
        if (!fathom_try_result) [[unlikely]] {                                                     \
            return std::unexpected(std::move(fathom_try_result).error());                          \
        }                                                                                          \
        *std::move(fathom_try_result);                                                             \
    })

/// Same for Result<void, E>.
#define FATHOM_CHECK(...)                                                                          \
    do {                                                                                           \
        auto fathom_check_result = (__VA_ARGS__);                                                  \
        if (!fathom_check_result) [[unlikely]] {                                                   \
            return std::unexpected(std::move(fathom_check_result).error());                        \
        }                                                                                          \
    } while (false)

// SPDX-License-Identifier: Apache-2.0
// Errors as values: Result, and the two macros that pass an error upward.
#pragma once

#include "fathom/base/error.hpp"

#include <expected>
#include <utility>

namespace fathom {

template <class T, class E = base::Error> using Result = std::expected<T, E>;

} // namespace fathom

#define FATHOM_JOIN_(a, b) a##b
#define FATHOM_JOIN(a, b) FATHOM_JOIN_(a, b)

// Unique names let one TRY stand inside the argument of another.
#define FATHOM_TRY_NAMED(name, ...)                                                                \
    __extension__({                                                                                \
        auto name = (__VA_ARGS__);                                                                 \
        if (!name) [[unlikely]] {                                                                  \
            return std::unexpected(std::move(name).error());                                       \
        }                                                                                          \
        *std::move(name);                                                                          \
    })
#define FATHOM_CHECK_NAMED(name, ...)                                                              \
    do {                                                                                           \
        auto name = (__VA_ARGS__);                                                                 \
        if (!name) [[unlikely]] {                                                                  \
            return std::unexpected(std::move(name).error());                                       \
        }                                                                                          \
    } while (false)

/// Value of a Result expression; returns the error from the enclosing function if there is none.
#define FATHOM_TRY(...) FATHOM_TRY_NAMED(FATHOM_JOIN(fathom_try_, __COUNTER__), __VA_ARGS__)

/// Same for Result<void, E>.
#define FATHOM_CHECK(...) FATHOM_CHECK_NAMED(FATHOM_JOIN(fathom_check_, __COUNTER__), __VA_ARGS__)

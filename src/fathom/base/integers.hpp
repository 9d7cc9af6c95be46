// SPDX-License-Identifier: Apache-2.0
// Integer arithmetic whose behaviour at the ends is in the name. Amounts are never added with a
// bare operator.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>

namespace fathom {

__extension__ typedef unsigned __int128 uint128_t;
__extension__ typedef __int128 int128_t;

template <std::integral T> [[nodiscard]] constexpr std::optional<T> checked_add(T a, T b) {
    T sum;
    if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
    return sum;
}

template <std::integral T> [[nodiscard]] constexpr std::optional<T> checked_sub(T a, T b) {
    T difference;
    if (__builtin_sub_overflow(a, b, &difference)) return std::nullopt;
    return difference;
}

template <std::integral T> [[nodiscard]] constexpr std::optional<T> checked_mul(T a, T b) {
    T product;
    if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
    return product;
}

template <std::integral T> [[nodiscard]] constexpr T saturating_add(T a, T b) {
    T sum;
    if (!__builtin_add_overflow(a, b, &sum)) return sum;
    return b > 0 ? std::numeric_limits<T>::max() : std::numeric_limits<T>::min();
}

template <std::integral T> [[nodiscard]] constexpr T saturating_sub(T a, T b) {
    T difference;
    if (!__builtin_sub_overflow(a, b, &difference)) return difference;
    return b > 0 ? std::numeric_limits<T>::min() : std::numeric_limits<T>::max();
}

template <std::unsigned_integral T> [[nodiscard]] constexpr T saturating_mul(T a, T b) {
    T product;
    if (!__builtin_mul_overflow(a, b, &product)) return product;
    return std::numeric_limits<T>::max();
}

} // namespace fathom

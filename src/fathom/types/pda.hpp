// SPDX-License-Identifier: Apache-2.0
// Addresses derived from seeds: those without a private key, and those made from a base key.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/pubkey.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace fathom {

inline constexpr std::size_t kMaxSeeds = 16;
inline constexpr std::size_t kMaxSeedLength = 32;

/// Agave's PubkeyError; the numbers are the custom codes that builtins return.
enum class PubkeyError : std::uint8_t {
    MaxSeedLengthExceeded = 0,
    InvalidSeeds = 1,
    IllegalOwner = 2,
};

/// Agave's Display text.
[[nodiscard]] std::string_view text_of(PubkeyError error);

/// Fails with MaxSeedLengthExceeded above 16 seeds or 32 bytes in one, with InvalidSeeds if the
/// result is a point of the curve, so that a private key might exist.
[[nodiscard]] Result<Pubkey, PubkeyError> create_program_address(std::span<const ByteView> seeds,
                                                                 const Pubkey& program_id);

/// The address with the highest bump seed that gives one, and that bump. Bump 0 is never tried.
/// nullopt if none does, as with more than 15 seeds or one above 32 bytes.
[[nodiscard]] std::optional<std::pair<Pubkey, std::uint8_t>>
find_program_address(std::span<const ByteView> seeds, const Pubkey& program_id);

/// Fails with MaxSeedLengthExceeded above 32 bytes of seed, then with IllegalOwner if the owner
/// ends like the input of a program-derived address.
[[nodiscard]] Result<Pubkey, PubkeyError> create_with_seed(const Pubkey& base, ByteView seed,
                                                           const Pubkey& owner);

} // namespace fathom

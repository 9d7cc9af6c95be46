// SPDX-License-Identifier: Apache-2.0
// Derivation of addresses from seeds.
#include "fathom/types/pda.hpp"

#include "fathom/crypto/edwards25519.hpp"
#include "fathom/crypto/sha256.hpp"

#include <algorithm>

namespace fathom {

namespace {

constexpr std::string_view kMarker = "ProgramDerivedAddress";

[[nodiscard]] bool is_any_too_long(std::span<const ByteView> seeds) {
    return std::any_of(seeds.begin(), seeds.end(),
                       [](ByteView seed) { return seed.size() > kMaxSeedLength; });
}

} // namespace

std::string_view text_of(PubkeyError error) {
    switch (error) {
    case PubkeyError::MaxSeedLengthExceeded:
        return "Length of the seed is too long for address generation";
    case PubkeyError::InvalidSeeds: return "Provided seeds do not result in a valid address";
    case PubkeyError::IllegalOwner: return "Provided owner is not allowed";
    }
    return "";
}

Result<Pubkey, PubkeyError> create_program_address(std::span<const ByteView> seeds,
                                                   const Pubkey& program_id) {
    if (seeds.size() > kMaxSeeds || is_any_too_long(seeds)) {
        return std::unexpected(PubkeyError::MaxSeedLengthExceeded);
    }
    crypto::Sha256 hasher;
    for (const ByteView seed : seeds) hasher.update(seed);
    hasher.update(program_id.view()).update(as_bytes(kMarker));
    const Pubkey address{hasher.finish()};
    if (crypto::is_on_curve(address.data())) return std::unexpected(PubkeyError::InvalidSeeds);
    return address;
}

std::optional<std::pair<Pubkey, std::uint8_t>> find_program_address(std::span<const ByteView> seeds,
                                                                    const Pubkey& program_id) {
    if (seeds.size() >= kMaxSeeds) return std::nullopt;
    std::array<ByteView, kMaxSeeds> with_bump;
    std::copy(seeds.begin(), seeds.end(), with_bump.begin());
    for (std::uint8_t bump = 255; bump > 0; --bump) {
        with_bump[seeds.size()] = {&bump, 1};
        const auto address =
            create_program_address({with_bump.data(), seeds.size() + 1}, program_id);
        if (address) return std::pair{*address, bump};
        if (address.error() != PubkeyError::InvalidSeeds) return std::nullopt;
    }
    return std::nullopt;
}

Result<Pubkey, PubkeyError> create_with_seed(const Pubkey& base, ByteView seed,
                                             const Pubkey& owner) {
    if (seed.size() > kMaxSeedLength) return std::unexpected(PubkeyError::MaxSeedLengthExceeded);
    if (as_text(owner.view()).ends_with(kMarker)) return std::unexpected(PubkeyError::IllegalOwner);
    crypto::Sha256 hasher;
    hasher.update(base.view()).update(seed).update(owner.view());
    return Pubkey{hasher.finish()};
}

} // namespace fathom

// SPDX-License-Identifier: Apache-2.0
// The list of reserved account keys.
#include "fathom/types/reserved_keys.hpp"

#include "fathom/types/program_ids.hpp"

#include <algorithm>

namespace fathom {

namespace {

// agave reserved-account-keys/src/lib.rs.
consteval auto sorted_keys() {
    std::array keys = {
        ids::kAddressLookupTableProgram,
        ids::kBpfLoader,
        ids::kBpfLoaderDeprecated,
        ids::kBpfLoaderUpgradeable,
        ids::kComputeBudgetProgram,
        ids::kConfigProgram,
        ids::kEd25519Program,
        ids::kFeatureProgram,
        ids::kLoaderV4,
        ids::kSecp256k1Program,
        ids::kSecp256r1Program,
        ids::kStakeConfig,
        ids::kStakeProgram,
        ids::kSystemProgram,
        ids::kVoteProgram,
        ids::kZkElGamalProofProgram,
        ids::kZkTokenProofProgram,
        ids::kClock,
        ids::kEpochRewards,
        ids::kEpochSchedule,
        ids::kFees,
        ids::kInstructionsSysvar,
        ids::kLastRestartSlot,
        ids::kRecentBlockhashes,
        ids::kRent,
        ids::kRewards,
        ids::kSlotHashes,
        ids::kSlotHistory,
        ids::kStakeHistory,
        ids::kNativeLoader,
        ids::kSysvarOwner,
    };
    std::sort(keys.begin(), keys.end());
    return keys;
}

constexpr auto kReservedKeys = sorted_keys();

/// Which first bytes reserved keys have: most other keys are told apart by that.
consteval std::array<bool, 256> first_bytes() {
    std::array<bool, 256> seen{};
    for (const Pubkey& key : kReservedKeys) seen[key.bytes[0]] = true;
    return seen;
}

constexpr auto kFirstBytes = first_bytes();

} // namespace

bool is_reserved(const Pubkey& key) {
    if (!kFirstBytes[key.bytes[0]]) return false;
    return std::binary_search(kReservedKeys.begin(), kReservedKeys.end(), key,
                              [](const Pubkey& a, const Pubkey& b) {
                                  return std::memcmp(a.data(), b.data(), sizeof(Pubkey)) < 0;
                              });
}

std::span<const Pubkey> reserved_keys() {
    return kReservedKeys;
}

} // namespace fathom

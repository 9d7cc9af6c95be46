// SPDX-License-Identifier: Apache-2.0
// Addresses that the protocol knows by name.
#pragma once

#include "fathom/types/pubkey.hpp"

namespace fathom::ids {

using namespace fathom::literals;

inline constexpr Pubkey kSystemProgram = "11111111111111111111111111111111"_pubkey;
inline constexpr Pubkey kVoteProgram = "Vote111111111111111111111111111111111111111"_pubkey;
inline constexpr Pubkey kStakeProgram = "Stake11111111111111111111111111111111111111"_pubkey;
inline constexpr Pubkey kStakeConfig = "StakeConfig11111111111111111111111111111111"_pubkey;
inline constexpr Pubkey kConfigProgram = "Config1111111111111111111111111111111111111"_pubkey;
inline constexpr Pubkey kAddressLookupTableProgram =
    "AddressLookupTab1e1111111111111111111111111"_pubkey;
inline constexpr Pubkey kFeatureProgram = "Feature111111111111111111111111111111111111"_pubkey;
inline constexpr Pubkey kComputeBudgetProgram =
    "ComputeBudget111111111111111111111111111111"_pubkey;
inline constexpr Pubkey kNativeLoader = "NativeLoader1111111111111111111111111111111"_pubkey;
/// Loader v1.
inline constexpr Pubkey kBpfLoaderDeprecated = "BPFLoader1111111111111111111111111111111111"_pubkey;
/// Loader v2.
inline constexpr Pubkey kBpfLoader = "BPFLoader2111111111111111111111111111111111"_pubkey;
/// Loader v3.
inline constexpr Pubkey kBpfLoaderUpgradeable =
    "BPFLoaderUpgradeab1e11111111111111111111111"_pubkey;
inline constexpr Pubkey kLoaderV4 = "LoaderV411111111111111111111111111111111111"_pubkey;
inline constexpr Pubkey kEd25519Program = "Ed25519SigVerify111111111111111111111111111"_pubkey;
inline constexpr Pubkey kSecp256k1Program = "KeccakSecp256k11111111111111111111111111111"_pubkey;
inline constexpr Pubkey kSecp256r1Program = "Secp256r1SigVerify1111111111111111111111111"_pubkey;
inline constexpr Pubkey kZkTokenProofProgram = "ZkTokenProof1111111111111111111111111111111"_pubkey;
inline constexpr Pubkey kZkElGamalProofProgram =
    "ZkE1Gama1Proof11111111111111111111111111111"_pubkey;
inline constexpr Pubkey kIncinerator = "1nc1nerator11111111111111111111111111111111"_pubkey;

inline constexpr Pubkey kSysvarOwner = "Sysvar1111111111111111111111111111111111111"_pubkey;
inline constexpr Pubkey kClock = "SysvarC1ock11111111111111111111111111111111"_pubkey;
inline constexpr Pubkey kEpochRewards = "SysvarEpochRewards1111111111111111111111111"_pubkey;
inline constexpr Pubkey kEpochSchedule = "SysvarEpochSchedu1e111111111111111111111111"_pubkey;
inline constexpr Pubkey kFees = "SysvarFees111111111111111111111111111111111"_pubkey;
inline constexpr Pubkey kInstructionsSysvar = "Sysvar1nstructions1111111111111111111111111"_pubkey;
inline constexpr Pubkey kLastRestartSlot = "SysvarLastRestartS1ot1111111111111111111111"_pubkey;
inline constexpr Pubkey kRecentBlockhashes = "SysvarRecentB1ockHashes11111111111111111111"_pubkey;
inline constexpr Pubkey kRent = "SysvarRent111111111111111111111111111111111"_pubkey;
inline constexpr Pubkey kRewards = "SysvarRewards111111111111111111111111111111"_pubkey;
inline constexpr Pubkey kSlotHashes = "SysvarS1otHashes111111111111111111111111111"_pubkey;
inline constexpr Pubkey kSlotHistory = "SysvarS1otHistory11111111111111111111111111"_pubkey;
inline constexpr Pubkey kStakeHistory = "SysvarStakeHistory1111111111111111111111111"_pubkey;

/// True for the loaders whose accounts are programs: v1, v2, v3 and the abandoned v4.
[[nodiscard]] constexpr bool is_loader(const Pubkey& owner) {
    return owner == kBpfLoaderUpgradeable || owner == kBpfLoader || owner == kBpfLoaderDeprecated ||
           owner == kLoaderV4;
}

} // namespace fathom::ids

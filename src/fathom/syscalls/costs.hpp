// SPDX-License-Identifier: Apache-2.0
// Compute units that syscalls charge (Agave program-runtime/src/execution_budget.rs).
#pragma once

#include "fathom/types/units.hpp"

namespace fathom::syscalls::cost {

inline constexpr ComputeUnits kSyscallBase = 100;
inline constexpr ComputeUnits kLog64 = 100;
inline constexpr ComputeUnits kLogPubkey = 100;
inline constexpr ComputeUnits kMemoryOperationBase = 10;
inline constexpr ComputeUnits kSysvarBase = 100;
inline constexpr ComputeUnits kCreateProgramAddress = 1500;
inline constexpr ComputeUnits kInvoke = 946;
inline constexpr ComputeUnits kHashBase = 85;
inline constexpr ComputeUnits kSecp256k1Recover = 25'000;

/// Bytes that one unit pays for, in calls between programs and in copies.
inline constexpr std::uint64_t kBytesPerUnit = 250;

inline constexpr ComputeUnits kEdwardsValidate = 159;
inline constexpr ComputeUnits kEdwardsAdd = 473;
inline constexpr ComputeUnits kEdwardsSubtract = 475;
inline constexpr ComputeUnits kEdwardsMultiply = 2177;
inline constexpr ComputeUnits kEdwardsMsmBase = 2273;
inline constexpr ComputeUnits kEdwardsMsmIncrement = 758;
inline constexpr ComputeUnits kRistrettoValidate = 169;
inline constexpr ComputeUnits kRistrettoAdd = 521;
inline constexpr ComputeUnits kRistrettoSubtract = 519;
inline constexpr ComputeUnits kRistrettoMultiply = 2208;
inline constexpr ComputeUnits kRistrettoMsmBase = 2303;
inline constexpr ComputeUnits kRistrettoMsmIncrement = 788;

inline constexpr ComputeUnits kBls12G1Validate = 1565;
inline constexpr ComputeUnits kBls12G2Validate = 1968;
inline constexpr ComputeUnits kBls12G1Decompress = 2100;
inline constexpr ComputeUnits kBls12G2Decompress = 3050;
inline constexpr ComputeUnits kBls12G1Add = 128;
inline constexpr ComputeUnits kBls12G1Subtract = 129;
inline constexpr ComputeUnits kBls12G1Multiply = 4627;
inline constexpr ComputeUnits kBls12G2Add = 203;
inline constexpr ComputeUnits kBls12G2Subtract = 204;
inline constexpr ComputeUnits kBls12G2Multiply = 8255;
inline constexpr ComputeUnits kBls12PairingFirst = 25'445;
inline constexpr ComputeUnits kBls12PairingOther = 13'023;

inline constexpr ComputeUnits kBn254G1Add = 334;
inline constexpr ComputeUnits kBn254G2Add = 535;
inline constexpr ComputeUnits kBn254G1Multiply = 3840;
inline constexpr ComputeUnits kBn254G2Multiply = 15'670;
inline constexpr ComputeUnits kBn254PairingFirst = 36'364;
inline constexpr ComputeUnits kBn254PairingOther = 12'121;
inline constexpr ComputeUnits kBn254G1Compress = 30;
inline constexpr ComputeUnits kBn254G1Decompress = 398;
inline constexpr ComputeUnits kBn254G2Compress = 86;
inline constexpr ComputeUnits kBn254G2Decompress = 13'610;

inline constexpr ComputeUnits kPoseidonQuadratic = 61;
inline constexpr ComputeUnits kPoseidonConstant = 542;

// SIMD-0529; solana-sdk big-mod-exp/src/lib.rs.
inline constexpr ComputeUnits kBigModExpBase = 422;
inline constexpr std::uint64_t kBigModExpDivisor = 189;
inline constexpr std::uint64_t kBigModExpMinExponent = 75;
inline constexpr std::uint64_t kBigModExpReductionFactor = 15;

} // namespace fathom::syscalls::cost

// SPDX-License-Identifier: Apache-2.0
// The body of every syscall, under the name that programs call it by. Arguments are r1 and so on.
#pragma once

#include "fathom/syscalls/context.hpp"

#include <cstdint>

namespace fathom::syscalls {

using u64 = std::uint64_t;

// control.cpp
[[nodiscard]] Value abort(SyscallContext& context);
[[nodiscard]] Value sol_panic_(SyscallContext& context, u64 file, u64 length, u64 line, u64 column);
[[nodiscard]] Value sol_get_stack_height(SyscallContext& context);
[[nodiscard]] Value sol_remaining_compute_units(SyscallContext& context);
[[nodiscard]] Value sol_alloc_free_(SyscallContext& context, u64 size, u64 free_address);
[[nodiscard]] Value sol_get_epoch_stake(SyscallContext& context, u64 vote_address);

// sibling.cpp
[[nodiscard]] Value sol_get_processed_sibling_instruction(SyscallContext& context, u64 index,
                                                          u64 meta, u64 program_id, u64 data,
                                                          u64 accounts);

// log.cpp
[[nodiscard]] Value sol_log_(SyscallContext& context, u64 address, u64 length);
[[nodiscard]] Value sol_log_64_(SyscallContext& context, u64 r1, u64 r2, u64 r3, u64 r4, u64 r5);
[[nodiscard]] Value sol_log_pubkey(SyscallContext& context, u64 address);
[[nodiscard]] Value sol_log_compute_units_(SyscallContext& context);
[[nodiscard]] Value sol_log_data(SyscallContext& context, u64 address, u64 count);

// memory.cpp
[[nodiscard]] Value sol_memcpy_(SyscallContext& context, u64 target, u64 source, u64 length);
[[nodiscard]] Value sol_memmove_(SyscallContext& context, u64 target, u64 source, u64 length);
[[nodiscard]] Value sol_memcmp_(SyscallContext& context, u64 left, u64 right, u64 length,
                                u64 result);
[[nodiscard]] Value sol_memset_(SyscallContext& context, u64 target, u64 byte, u64 length);

// pda.cpp
[[nodiscard]] Value sol_create_program_address(SyscallContext& context, u64 seeds, u64 count,
                                               u64 program_id, u64 address);
[[nodiscard]] Value sol_try_find_program_address(SyscallContext& context, u64 seeds, u64 count,
                                                 u64 program_id, u64 address, u64 bump);

// hash.cpp
[[nodiscard]] Value sol_sha256(SyscallContext& context, u64 values, u64 count, u64 result);
[[nodiscard]] Value sol_keccak256(SyscallContext& context, u64 values, u64 count, u64 result);
[[nodiscard]] Value sol_blake3(SyscallContext& context, u64 values, u64 count, u64 result);
[[nodiscard]] Value sol_sha512(SyscallContext& context, u64 values, u64 count, u64 result);

// secp256k1.cpp
[[nodiscard]] Value sol_secp256k1_recover(SyscallContext& context, u64 hash, u64 recovery_id,
                                          u64 signature, u64 result);

// curve.cpp
[[nodiscard]] Value sol_curve_validate_point(SyscallContext& context, u64 curve, u64 point);
[[nodiscard]] Value sol_curve_group_op(SyscallContext& context, u64 curve, u64 operation, u64 left,
                                       u64 right, u64 result);
[[nodiscard]] Value sol_curve_multiscalar_mul(SyscallContext& context, u64 curve, u64 scalars,
                                              u64 points, u64 count, u64 result);

// bls12_381.cpp
[[nodiscard]] Value sol_curve_decompress(SyscallContext& context, u64 curve, u64 point, u64 result);
[[nodiscard]] Value sol_curve_pairing_map(SyscallContext& context, u64 curve, u64 count,
                                          u64 g1_points, u64 g2_points, u64 result);

// alt_bn128.cpp
[[nodiscard]] Value sol_alt_bn128_group_op(SyscallContext& context, u64 operation, u64 input,
                                           u64 length, u64 result);
[[nodiscard]] Value sol_alt_bn128_compression(SyscallContext& context, u64 operation, u64 input,
                                              u64 length, u64 result);

// poseidon.cpp
[[nodiscard]] Value sol_poseidon(SyscallContext& context, u64 parameters, u64 endianness,
                                 u64 values, u64 count, u64 result);

// big_mod_exp.cpp
[[nodiscard]] Value sol_big_mod_exp(SyscallContext& context, u64 parameters, u64 result);

// sysvar.cpp
[[nodiscard]] Value sol_get_clock_sysvar(SyscallContext& context, u64 result);
[[nodiscard]] Value sol_get_epoch_schedule_sysvar(SyscallContext& context, u64 result);
[[nodiscard]] Value sol_get_epoch_rewards_sysvar(SyscallContext& context, u64 result);
[[nodiscard]] Value sol_get_fees_sysvar(SyscallContext& context, u64 result);
[[nodiscard]] Value sol_get_rent_sysvar(SyscallContext& context, u64 result);
[[nodiscard]] Value sol_get_last_restart_slot(SyscallContext& context, u64 result);
[[nodiscard]] Value sol_get_sysvar(SyscallContext& context, u64 id, u64 result, u64 offset,
                                   u64 length);

// return_data.cpp
[[nodiscard]] Value sol_set_return_data(SyscallContext& context, u64 address, u64 length);
[[nodiscard]] Value sol_get_return_data(SyscallContext& context, u64 address, u64 length,
                                        u64 program_id);

// cpi.cpp
[[nodiscard]] Value sol_invoke_signed_c(SyscallContext& context, u64 instruction, u64 account_infos,
                                        u64 account_info_count, u64 signers, u64 signer_count);
[[nodiscard]] Value sol_invoke_signed_rust(SyscallContext& context, u64 instruction,
                                           u64 account_infos, u64 account_info_count, u64 signers,
                                           u64 signer_count);

} // namespace fathom::syscalls

// SPDX-License-Identifier: Apache-2.0
#include "fathom/syscalls/registry.hpp"

#include "fathom/syscalls/functions.hpp"

#include <vector>

namespace fathom::syscalls {

namespace {

struct Row {
    std::string_view name;
    vm::SyscallFunction function;
    /// Only with this feature, or only without it.
    std::optional<Feature> enabled_by = std::nullopt;
    std::optional<Feature> disabled_by = std::nullopt;
    bool is_deployable = true;
};

#define FATHOM_SYSCALL(name) #name, kAdapted<&name>

// Names and gates: Agave syscalls/src/lib.rs create_program_runtime_environment.
constexpr Row kRows[] = {
    {FATHOM_SYSCALL(abort)},
    {FATHOM_SYSCALL(sol_panic_)},
    {FATHOM_SYSCALL(sol_log_)},
    {FATHOM_SYSCALL(sol_log_64_)},
    {FATHOM_SYSCALL(sol_log_pubkey)},
    {FATHOM_SYSCALL(sol_log_compute_units_)},
    {FATHOM_SYSCALL(sol_log_data)},
    {FATHOM_SYSCALL(sol_create_program_address)},
    {FATHOM_SYSCALL(sol_try_find_program_address)},
    {FATHOM_SYSCALL(sol_sha256)},
    {FATHOM_SYSCALL(sol_keccak256)},
    {FATHOM_SYSCALL(sol_secp256k1_recover)},
    {FATHOM_SYSCALL(sol_blake3), Feature::blake3_syscall_enabled},
    {FATHOM_SYSCALL(sol_sha512), Feature::enable_sha512_syscall},
    {FATHOM_SYSCALL(sol_curve_validate_point), Feature::curve25519_syscall_enabled},
    {FATHOM_SYSCALL(sol_curve_group_op), Feature::curve25519_syscall_enabled},
    {FATHOM_SYSCALL(sol_curve_multiscalar_mul), Feature::curve25519_syscall_enabled},
    {FATHOM_SYSCALL(sol_curve_decompress), Feature::enable_bls12_381_syscall},
    {FATHOM_SYSCALL(sol_curve_pairing_map), Feature::enable_bls12_381_syscall},
    {FATHOM_SYSCALL(sol_get_clock_sysvar)},
    {FATHOM_SYSCALL(sol_get_epoch_schedule_sysvar)},
    {FATHOM_SYSCALL(sol_get_fees_sysvar), std::nullopt, Feature::disable_fees_sysvar},
    {FATHOM_SYSCALL(sol_get_rent_sysvar)},
    {FATHOM_SYSCALL(sol_get_last_restart_slot), Feature::last_restart_slot_sysvar},
    {FATHOM_SYSCALL(sol_get_epoch_rewards_sysvar)},
    {FATHOM_SYSCALL(sol_memcpy_)},
    {FATHOM_SYSCALL(sol_memmove_)},
    {FATHOM_SYSCALL(sol_memset_)},
    {FATHOM_SYSCALL(sol_memcmp_)},
    {FATHOM_SYSCALL(sol_get_processed_sibling_instruction)},
    {FATHOM_SYSCALL(sol_get_stack_height)},
    {FATHOM_SYSCALL(sol_set_return_data)},
    {FATHOM_SYSCALL(sol_get_return_data)},
    {FATHOM_SYSCALL(sol_invoke_signed_c)},
    {FATHOM_SYSCALL(sol_invoke_signed_rust)},
    {FATHOM_SYSCALL(sol_alloc_free_), std::nullopt, std::nullopt, false},
    {FATHOM_SYSCALL(sol_alt_bn128_group_op), Feature::enable_alt_bn128_syscall},
    {FATHOM_SYSCALL(sol_alt_bn128_compression), Feature::enable_alt_bn128_compression_syscall},
    {FATHOM_SYSCALL(sol_big_mod_exp), Feature::enable_big_mod_exp_syscall},
    {FATHOM_SYSCALL(sol_poseidon), Feature::enable_poseidon_syscall},
    {FATHOM_SYSCALL(sol_remaining_compute_units), Feature::remaining_compute_units_syscall_enabled},
    {FATHOM_SYSCALL(sol_get_sysvar), Feature::get_sysvar_syscall_enabled},
    {FATHOM_SYSCALL(sol_get_epoch_stake), Feature::enable_get_epoch_stake_syscall},
};

#undef FATHOM_SYSCALL

bool is_registered(const Row& row, const FeatureSet& features, bool for_deployment) {
    if (row.enabled_by && !features.is_active(*row.enabled_by)) return false;
    if (row.disabled_by && features.is_active(*row.disabled_by)) return false;
    return row.is_deployable || !for_deployment;
}

} // namespace

std::shared_ptr<const vm::SyscallTable> make_table(const FeatureSet& features,
                                                   bool for_deployment) {
    std::vector<vm::Syscall> syscalls;
    for (const Row& row : kRows) {
        if (is_registered(row, features, for_deployment)) {
            syscalls.push_back({.name = row.name, .function = row.function});
        }
    }
    return std::make_shared<const vm::SyscallTable>(std::move(syscalls));
}

} // namespace fathom::syscalls

// SPDX-License-Identifier: Apache-2.0
// Which feature gates fixtures may switch: those that something here asks about, and those that
// nobody has activated. The others' old behaviour is gone, here as in Agave 4.3.
#include "fathom/harness/compat/harnesses.hpp"
#include "fathom/harness/compat/messages.hpp"

#include <algorithm>

namespace fathom::harness::compat {
namespace {

constexpr Feature kSwitchable[] = {
    Feature::abort_on_invalid_curve,
    Feature::account_data_direct_mapping,
    Feature::alt_bn128_little_endian,
    Feature::blake3_syscall_enabled,
    Feature::block_revenue_sharing,
    Feature::bls_pubkey_management_in_vote_account,
    Feature::commission_rate_in_basis_points,
    Feature::create_account_allow_prefund,
    Feature::curve25519_syscall_enabled,
    Feature::custom_commission_collector,
    Feature::define_ltds_fee_only_semantics,
    Feature::delay_commission_updates,
    Feature::deplete_cu_meter_on_vm_failure,
    Feature::deprecate_legacy_vote_ixs,
    Feature::direct_account_pointers_in_program_input,
    Feature::disable_fees_sysvar,
    Feature::disable_sbpf_v0_execution,
    Feature::disable_sbpf_v0_v1_v2_deployment,
    Feature::disable_zk_elgamal_proof_program,
    Feature::enable_alt_bn128_compression_syscall,
    Feature::enable_alt_bn128_g2_syscalls,
    Feature::enable_alt_bn128_syscall,
    Feature::enable_big_mod_exp_syscall,
    Feature::enable_bls12_381_syscall,
    Feature::enable_bpf_loader_set_authority_checked_ix,
    Feature::enable_get_epoch_stake_syscall,
    Feature::enable_poseidon_syscall,
    Feature::enable_sha512_syscall,
    Feature::get_sysvar_syscall_enabled,
    Feature::increase_tx_account_lock_limit,
    Feature::last_restart_slot_sysvar,
    Feature::limit_instruction_accounts,
    Feature::loader_v3_minimum_extend_program_size,
    Feature::poseidon_enforce_padding,
    Feature::raise_cpi_nesting_limit_to_8,
    Feature::reenable_sbpf_v0_execution,
    Feature::reenable_zk_elgamal_proof_program,
    Feature::relax_post_exec_min_balance_check,
    Feature::remaining_compute_units_syscall_enabled,
    Feature::syscall_parameter_address_restrictions,
    Feature::virtual_address_space_adjustments,
    Feature::vote_account_initialize_v2,
    Feature::zk_elgamal_proof_program_enabled,
    Feature::zk_token_sdk_enabled,
};

} // namespace

std::span<const Feature> switchable_features() {
    return kSwitchable;
}

FeatureSupport feature_support() {
    const FeatureSet mainnet = FeatureSet::mainnet();
    FeatureSupport support;
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
        const auto feature = static_cast<Feature>(i);
        const bool is_switchable = std::ranges::find(kSwitchable, feature) != std::end(kSwitchable);
        const bool is_hardcoded = !is_switchable && mainnet.is_active(feature);
        auto& list = is_hardcoded ? support.hardcoded : support.supported;
        const std::uint64_t number = feature_number(feature);
        // Placeholders share theirs.
        if (std::ranges::find(list, number) == list.end()) list.push_back(number);
    }
    return support;
}

} // namespace fathom::harness::compat

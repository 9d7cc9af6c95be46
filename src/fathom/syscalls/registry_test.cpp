// SPDX-License-Identifier: Apache-2.0
// Names and gates: Agave syscalls/src/lib.rs create_program_runtime_environment.
#include "fathom/syscalls/registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace fathom::syscalls {
namespace {

std::set<std::string> names_of(const FeatureSet& features, bool for_deployment = false) {
    std::set<std::string> names;
    const auto table = make_table(features, for_deployment);
    for (const vm::Syscall& syscall : table->syscalls()) {
        EXPECT_NE(syscall.function, nullptr) << syscall.name;
        names.emplace(syscall.name);
    }
    return names;
}

TEST(Registry, WithoutFeaturesThereAreTheOldSyscalls) {
    const std::set<std::string> expected{"abort",
                                         "sol_panic_",
                                         "sol_log_",
                                         "sol_log_64_",
                                         "sol_log_pubkey",
                                         "sol_log_compute_units_",
                                         "sol_log_data",
                                         "sol_create_program_address",
                                         "sol_try_find_program_address",
                                         "sol_sha256",
                                         "sol_keccak256",
                                         "sol_secp256k1_recover",
                                         "sol_get_clock_sysvar",
                                         "sol_get_epoch_schedule_sysvar",
                                         "sol_get_fees_sysvar",
                                         "sol_get_rent_sysvar",
                                         "sol_get_epoch_rewards_sysvar",
                                         "sol_memcpy_",
                                         "sol_memmove_",
                                         "sol_memset_",
                                         "sol_memcmp_",
                                         "sol_get_processed_sibling_instruction",
                                         "sol_get_stack_height",
                                         "sol_set_return_data",
                                         "sol_get_return_data",
                                         "sol_invoke_signed_c",
                                         "sol_invoke_signed_rust",
                                         "sol_alloc_free_"};
    EXPECT_EQ(names_of(FeatureSet{}), expected);
}

TEST(Registry, EveryGateAddsItsNames) {
    const std::pair<Feature, std::set<std::string>> gates[] = {
        {Feature::blake3_syscall_enabled, {"sol_blake3"}},
        {Feature::enable_sha512_syscall, {"sol_sha512"}},
        {Feature::curve25519_syscall_enabled,
         {"sol_curve_validate_point", "sol_curve_group_op", "sol_curve_multiscalar_mul"}},
        {Feature::enable_bls12_381_syscall, {"sol_curve_decompress", "sol_curve_pairing_map"}},
        {Feature::last_restart_slot_sysvar, {"sol_get_last_restart_slot"}},
        {Feature::enable_alt_bn128_syscall, {"sol_alt_bn128_group_op"}},
        {Feature::enable_alt_bn128_compression_syscall, {"sol_alt_bn128_compression"}},
        {Feature::enable_big_mod_exp_syscall, {"sol_big_mod_exp"}},
        {Feature::enable_poseidon_syscall, {"sol_poseidon"}},
        {Feature::remaining_compute_units_syscall_enabled, {"sol_remaining_compute_units"}},
        {Feature::get_sysvar_syscall_enabled, {"sol_get_sysvar"}},
        {Feature::enable_get_epoch_stake_syscall, {"sol_get_epoch_stake"}},
    };
    const auto without = names_of(FeatureSet{});
    for (const auto& [gate, added] : gates) {
        FeatureSet features;
        features.activate(gate);
        auto expected = without;
        expected.insert(added.begin(), added.end());
        EXPECT_EQ(names_of(features), expected) << feature_name(gate);
    }
}

TEST(Registry, FeesSysvarGoesWithItsGate) {
    FeatureSet features;
    features.activate(Feature::disable_fees_sysvar);
    EXPECT_FALSE(names_of(features).contains("sol_get_fees_sysvar"));
}

TEST(Registry, AllocationCannotBeDeployed) {
    EXPECT_FALSE(names_of(FeatureSet::all(), true).contains("sol_alloc_free_"));
    EXPECT_TRUE(names_of(FeatureSet::all(), false).contains("sol_alloc_free_"));
}

TEST(Registry, AllFeaturesGiveAllButFees) {
    EXPECT_EQ(names_of(FeatureSet::all()).size(), 28u + 15 - 1);
}

} // namespace
} // namespace fathom::syscalls

// SPDX-License-Identifier: Apache-2.0
// Murmur3 against published values and the keys of Solana's syscalls.
#include "fathom/sbpf/program.hpp"

#include <gtest/gtest.h>

namespace fathom::sbpf {
namespace {

std::uint32_t hash(std::string_view text) {
    return murmur3_32(as_bytes(text));
}

TEST(Murmur3, OfNothingIsZero) {
    EXPECT_EQ(hash(""), 0u);
}

TEST(Murmur3, MatchesPublishedValues) {
    EXPECT_EQ(hash("test"), 0xba6bd213u);
    EXPECT_EQ(hash("Hello, world!"), 0xc0363e43u);
    EXPECT_EQ(hash("The quick brown fox jumps over the lazy dog"), 0x2e4ff723u);
}

TEST(Murmur3, KeyOfEntrypoint) {
    EXPECT_EQ(hash("entrypoint"), kEntrypointKey);
}

struct SyscallKey {
    std::string_view name;
    std::uint32_t key;
};

class SyscallKeys : public testing::TestWithParam<SyscallKey> {};

TEST_P(SyscallKeys, AreHashesOfTheNames) {
    EXPECT_EQ(hash(GetParam().name), GetParam().key);
}

INSTANTIATE_TEST_SUITE_P(
    All, SyscallKeys,
    testing::Values(
        SyscallKey{"abort", 0xb6fc1a11}, SyscallKey{"sol_panic_", 0x686093bb},
        SyscallKey{"sol_log_", 0x207559bd}, SyscallKey{"sol_log_64_", 0x5c2a3178},
        SyscallKey{"sol_log_pubkey", 0x7ef088ca}, SyscallKey{"sol_log_compute_units_", 0x52ba5096},
        SyscallKey{"sol_log_data", 0x7317b434},
        SyscallKey{"sol_create_program_address", 0x9377323c},
        SyscallKey{"sol_try_find_program_address", 0x48504a38},
        SyscallKey{"sol_sha256", 0x11f49d86}, SyscallKey{"sol_keccak256", 0xd7793abb},
        SyscallKey{"sol_blake3", 0x174c5122}, SyscallKey{"sol_sha512", 0x9229cdcc},
        SyscallKey{"sol_secp256k1_recover", 0x17e40350}, SyscallKey{"sol_poseidon", 0xc4947c21},
        SyscallKey{"sol_curve_validate_point", 0xaa2607ca},
        SyscallKey{"sol_curve_group_op", 0xdd1c41a6},
        SyscallKey{"sol_curve_multiscalar_mul", 0x60a40880},
        SyscallKey{"sol_curve_decompress", 0x080c98b0},
        SyscallKey{"sol_curve_pairing_map", 0xf111a47e},
        SyscallKey{"sol_alt_bn128_group_op", 0xae0c318b},
        SyscallKey{"sol_alt_bn128_compression", 0x334fd5ed},
        SyscallKey{"sol_big_mod_exp", 0x780e4c15}, SyscallKey{"sol_get_clock_sysvar", 0xd56b5fe9},
        SyscallKey{"sol_get_epoch_schedule_sysvar", 0x23a29a61},
        SyscallKey{"sol_get_fees_sysvar", 0x3b97b73c},
        SyscallKey{"sol_get_rent_sysvar", 0xbf7188f6},
        SyscallKey{"sol_get_last_restart_slot", 0x188a0031},
        SyscallKey{"sol_get_epoch_rewards_sysvar", 0xfdba2b3b},
        SyscallKey{"sol_get_sysvar", 0x13c1b505}, SyscallKey{"sol_get_epoch_stake", 0x5be92f4a},
        SyscallKey{"sol_memcpy_", 0x717cc4a3}, SyscallKey{"sol_memmove_", 0x434371f8},
        SyscallKey{"sol_memset_", 0x3770fb22}, SyscallKey{"sol_memcmp_", 0x5fdcde31},
        SyscallKey{"sol_get_processed_sibling_instruction", 0xadb8efc8},
        SyscallKey{"sol_get_stack_height", 0x85532d94},
        SyscallKey{"sol_set_return_data", 0xa226d3eb},
        SyscallKey{"sol_get_return_data", 0x5d2245e4},
        SyscallKey{"sol_invoke_signed_c", 0xa22b9c85},
        SyscallKey{"sol_invoke_signed_rust", 0xd7449092}, SyscallKey{"sol_alloc_free_", 0x83f00e8f},
        SyscallKey{"sol_remaining_compute_units", 0xedef5aee}));

TEST(FunctionKey, HashesTheSlotNumberAsEightBytes) {
    const Bytes seven = {7, 0, 0, 0, 0, 0, 0, 0};
    EXPECT_EQ(function_key(7), murmur3_32(seven));
}

} // namespace
} // namespace fathom::sbpf

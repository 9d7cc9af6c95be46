// SPDX-License-Identifier: Apache-2.0
// The tables of native programs and precompiles (Agave builtins/src/lib.rs,
// precompiles/src/lib.rs).
#include "fathom/programs/builtins.hpp"

#include "fathom/programs/address_lookup_table/execute.hpp"
#include "fathom/programs/bpf_loader/execute.hpp"
#include "fathom/programs/compute_budget/execute.hpp"
#include "fathom/programs/config/execute.hpp"
#include "fathom/programs/feature_gate/execute.hpp"
#include "fathom/programs/precompiles/precompiles.hpp"
#include "fathom/programs/stake/execute.hpp"
#include "fathom/programs/system/execute.hpp"
#include "fathom/programs/vote/execute.hpp"
#include "fathom/programs/zk_elgamal_proof/execute.hpp"
#include "fathom/programs/zk_token_proof/execute.hpp"
#include "fathom/types/program_ids.hpp"

#include <array>

namespace fathom::programs {

namespace {

const std::array kBuiltins{
    Builtin{.id = ids::kSystemProgram,
            .name = "solana_system_program",
            .function = system::execute,
            .enabled_by = std::nullopt},
    Builtin{.id = ids::kVoteProgram,
            .name = "solana_vote_program",
            .function = vote::execute,
            .enabled_by = std::nullopt},
    Builtin{.id = ids::kBpfLoaderDeprecated,
            .name = "solana_bpf_loader_program",
            .function = bpf_loader::execute,
            .enabled_by = std::nullopt},
    Builtin{.id = ids::kBpfLoader,
            .name = "solana_bpf_loader_program",
            .function = bpf_loader::execute,
            .enabled_by = std::nullopt},
    Builtin{.id = ids::kBpfLoaderUpgradeable,
            .name = "solana_bpf_loader_upgradeable_program",
            .function = bpf_loader::execute,
            .enabled_by = std::nullopt},
    Builtin{.id = ids::kComputeBudgetProgram,
            .name = "compute_budget_program",
            .function = compute_budget::execute,
            .enabled_by = std::nullopt},
    Builtin{.id = ids::kZkTokenProofProgram,
            .name = "zk_token_proof_program",
            .function = zk_token_proof::execute,
            .enabled_by = Feature::zk_token_sdk_enabled},
    Builtin{.id = ids::kZkElGamalProofProgram,
            .name = "zk_elgamal_proof_program",
            .function = zk_elgamal_proof::execute,
            .enabled_by = Feature::zk_elgamal_proof_program_enabled},
};

/// Names: Agave 2.1 builtins/src/lib.rs; Feature Gate was never native there.
const std::array kChosenBuiltins{
    ChosenBuiltin{.builtin = {.id = ids::kStakeProgram,
                              .name = "stake_program",
                              .function = stake::execute,
                              .enabled_by = std::nullopt},
                  .choice = &NativePrograms::stake},
    ChosenBuiltin{.builtin = {.id = ids::kConfigProgram,
                              .name = "config_program",
                              .function = config::execute,
                              .enabled_by = std::nullopt},
                  .choice = &NativePrograms::config},
    ChosenBuiltin{.builtin = {.id = ids::kAddressLookupTableProgram,
                              .name = "address_lookup_table_program",
                              .function = address_lookup_table::execute,
                              .enabled_by = std::nullopt},
                  .choice = &NativePrograms::address_lookup_table},
    ChosenBuiltin{.builtin = {.id = ids::kFeatureProgram,
                              .name = "feature_gate_program",
                              .function = feature_gate::execute,
                              .enabled_by = std::nullopt},
                  .choice = &NativePrograms::feature_gate},
};

} // namespace

std::span<const Builtin> builtins() {
    return kBuiltins;
}

std::span<const ChosenBuiltin> chosen_builtins() {
    return kChosenBuiltins;
}

std::vector<invoke::Precompile> precompiles(const FeatureSet&) {
    return {{.id = ids::kSecp256k1Program, .verify = precompile::verify_secp256k1},
            {.id = ids::kEd25519Program, .verify = precompile::verify_ed25519},
            {.id = ids::kSecp256r1Program, .verify = precompile::verify_secp256r1}};
}

} // namespace fathom::programs

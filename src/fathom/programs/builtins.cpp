// SPDX-License-Identifier: Apache-2.0
#include "fathom/programs/builtins.hpp"

#include "fathom/programs/bpf_loader/execute.hpp"
#include "fathom/programs/compute_budget/execute.hpp"
#include "fathom/programs/system/execute.hpp"
#include "fathom/types/program_ids.hpp"

namespace fathom::programs {
namespace {

// agave builtins/src/lib.rs
constexpr Builtin kBuiltins[] = {
    {ids::kSystemProgram, "system_program", system::process, std::nullopt},
    {ids::kBpfLoaderDeprecated, "solana_bpf_loader_deprecated_program", bpf_loader::process,
     std::nullopt},
    {ids::kBpfLoader, "solana_bpf_loader_program", bpf_loader::process, std::nullopt},
    {ids::kBpfLoaderUpgradeable, "solana_bpf_loader_upgradeable_program", bpf_loader::process,
     std::nullopt},
    {ids::kComputeBudgetProgram, "compute_budget_program", compute_budget::process, std::nullopt},
};

} // namespace

std::span<const Builtin> builtins() {
    return kBuiltins;
}

std::vector<invoke::Precompile> precompiles(const FeatureSet&) {
    return {};
}

} // namespace fathom::programs

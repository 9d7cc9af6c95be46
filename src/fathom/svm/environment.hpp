// SPDX-License-Identifier: Apache-2.0
// Turns a slot's values and feature set into the tables that the lower layers run on.
#pragma once

#include "fathom/invoke/environment.hpp"
#include "fathom/invoke/program_cache.hpp"
#include "fathom/svm/account_source.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/types/features.hpp"

#include <optional>
#include <vector>

namespace fathom::svm {

/// Loading and running rules of a feature set (agave syscalls/src/lib.rs
/// create_program_runtime_environment, program-runtime/src/deploy.rs).
[[nodiscard]] invoke::ProgramRuntime make_execution_runtime(const FeatureSet& features);
[[nodiscard]] invoke::ProgramRuntime make_deployment_runtime(const FeatureSet& features);

/// The native programs of a feature set.
void insert_builtins(const FeatureSet& features, invoke::ProgramCacheForBatch& cache);

/// Reads every cached sysvar from its account.
[[nodiscard]] invoke::SysvarCache read_sysvars(const AccountSource& accounts);

/// Stakes as the syscalls ask for them. Views the table.
class StakeTableView final : public invoke::EpochStakes {
public:
    explicit StakeTableView(const EpochStakeTable& table) : table_(table) {}
    [[nodiscard]] std::uint64_t total() const override { return table_.total; }
    [[nodiscard]] std::uint64_t of_vote_account(const Pubkey& vote_account) const override;

private:
    const EpochStakeTable& table_;
};

/// Keeps the tables of the last feature set, which change only at epoch boundaries. One thread.
class EnvironmentBuilder {
public:
    [[nodiscard]] bool needs_rebuild(const FeatureSet& features) const;
    [[nodiscard]] invoke::Environment build(const SlotEnvironment& slot,
                                            const AccountSource& accounts,
                                            const invoke::EpochStakes& stakes, EngineChoice engine);

private:
    struct Tables {
        FeatureSet features;
        invoke::ProgramRuntime execution;
        invoke::ProgramRuntime deployment;
        std::vector<invoke::Precompile> precompiles;
    };
    std::optional<Tables> tables_;
};

} // namespace fathom::svm

// SPDX-License-Identifier: Apache-2.0
// Turns a slot's values and feature set into the tables that the lower layers run on.
#pragma once

#include "fathom/invoke/environment.hpp"
#include "fathom/invoke/program_cache.hpp"
#include "fathom/svm/account_source.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/native_programs.hpp"

#include <array>
#include <cstddef>

namespace fathom::svm {

/// Loading and running rules of a feature set (agave syscalls/src/lib.rs
/// create_program_runtime_environment, program-runtime/src/deploy.rs).
[[nodiscard]] invoke::ProgramRuntime make_execution_runtime(const FeatureSet& features);
[[nodiscard]] invoke::ProgramRuntime make_deployment_runtime(const FeatureSet& features);

/// Stakes as the syscalls ask for them. Views the table.
class StakeTableView final : public invoke::EpochStakes {
public:
    explicit StakeTableView(const EpochStakeTable& table) : table_(table) {}
    [[nodiscard]] std::uint64_t total() const override { return table_.total; }
    [[nodiscard]] std::uint64_t of_vote_account(const Pubkey& vote_account) const override;

private:
    const EpochStakeTable& table_;
};

/// Keeps what follows from the feature set, which changes only at epoch boundaries, and the
/// sysvars, which change once a slot. One thread.
class EnvironmentBuilder {
public:
    explicit EnvironmentBuilder(const CodeConfig& code = {}, const NativePrograms& native = {});

    [[nodiscard]] bool needs_rebuild(const FeatureSet& features) const;
    /// Valid until the next call. `stakes` must live as long.
    [[nodiscard]] const invoke::Environment& build(const SlotEnvironment& slot,
                                                   const AccountSource& accounts,
                                                   const invoke::EpochStakes& stakes,
                                                   EngineChoice engine,
                                                   invoke::ProgramObserver* observer = nullptr);
    /// The native programs of the last environment.
    [[nodiscard]] const invoke::ProgramEntries& builtins() const { return builtins_; }

private:
    static constexpr std::size_t kCachedSysvars = 9;

    void update_sysvars(const AccountSource& accounts);

    vm::JitConfig jit_;
    NativePrograms native_;
    bool is_built_ = false;
    invoke::Environment environment_;
    invoke::ProgramEntries builtins_;
    /// Account data that the sysvars were read from: the same buffers hold the same values.
    std::array<AccountData, kCachedSysvars> sysvar_data_;
};

} // namespace fathom::svm

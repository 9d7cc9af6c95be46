// SPDX-License-Identifier: Apache-2.0
// Everything outside a transaction that its execution depends on, as data. Filled by svm, read
// everywhere.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/invoke/sysvar_cache.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/instruction_error.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"
#include "fathom/vm/machine.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace fathom::vm {
class StepObserver;
}

namespace fathom::invoke {

/// Agave program-runtime/src/execution_budget.rs: limits of one transaction.
struct ExecutionBudget {
    ComputeUnits compute_unit_limit = 1'400'000;
    std::size_t max_instruction_stack_depth = 5; // 9 with raise_cpi_nesting_limit_to_8
    std::size_t max_instruction_trace_length = 64;
    std::uint64_t sha256_max_slices = 20'000;
    std::uint64_t max_call_depth = 64;
    std::uint64_t max_cpi_instruction_size = 1280;
    std::uint32_t heap_size = 32 * 1024;
};

/// Loading and running rules that follow from a feature set. One for execution, one for deployment
/// checks.
struct ProgramRuntime {
    std::shared_ptr<const vm::SyscallTable> syscalls;
    vm::VmConfig vm;
    sbpf::Version min_version = sbpf::Version::V0;
    sbpf::Version max_version = sbpf::Version::V3;
    bool reject_broken_elfs = false;

    /// ELF bytes to a verified executable of this environment.
    [[nodiscard]] Result<std::shared_ptr<const vm::Executable>, sbpf::LoadError>
    load(ByteView elf) const;
};

/// Stakes of the current epoch for sol_get_epoch_stake.
class EpochStakes {
public:
    virtual ~EpochStakes() = default;
    [[nodiscard]] virtual std::uint64_t total() const = 0;
    [[nodiscard]] virtual std::uint64_t of_vote_account(const Pubkey& vote_account) const = 0;
};

/// A precompile: verifies its instruction data against those of the whole message. Error: its
/// Custom code.
using PrecompileFunction = Result<void, InstructionError> (*)(
    ByteView data, std::span<const ByteView> instruction_datas, const FeatureSet& features);

struct Precompile {
    Pubkey id;
    PrecompileFunction verify = nullptr;
};

/// Watches programs run. Whoever has one pays for it with the slowest engine.
class ProgramObserver {
public:
    virtual ~ProgramObserver() = default;
    /// A program starts, called by the one that started last and has not ended.
    /// `index_in_trace` counts the instructions of the transaction in the order of their starts,
    /// top-level ones first. Gives the observer of its steps, alive until end().
    [[nodiscard]] virtual vm::StepObserver& begin(const Pubkey& program, std::size_t index_in_trace,
                                                  const vm::Executable& executable) = 0;
    virtual void end() = 0;
};

/// Immutable during a batch; shared by its workers.
struct Environment {
    FeatureSet features;
    SysvarCache sysvars;
    Hash blockhash;
    Lamports blockhash_lamports_per_signature = 5000;
    bool alpenglow_migration_succeeded = false;
    ProgramRuntime execution;
    ProgramRuntime deployment;
    std::vector<Precompile> precompiles;
    /// Null means no stakes.
    const EpochStakes* epoch_stakes = nullptr;
    vm::Engine engine = vm::Engine::Interpreter;
    /// Null: programs run on `engine`. Not shareable between workers.
    ProgramObserver* observer = nullptr;

    [[nodiscard]] const Precompile* find_precompile(const Pubkey& program) const;
};

} // namespace fathom::invoke

// SPDX-License-Identifier: Apache-2.0
// Programs that a feature replaces by what somebody has put into a buffer before (agave
// runtime/src/bank/builtins/core_bpf_migration/).
#pragma once

#include "fathom/bank/fork_accounts.hpp"
#include "fathom/base/result.hpp"
#include "fathom/invoke/environment.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/sysvars.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <vector>

namespace fathom::bank {

/// Why a program stays what it is. The names are those of Agave's CoreBpfMigrationError.
enum class UpgradeFailure : std::uint8_t {
    AccountNotFound,
    IncorrectOwner,
    ProgramAccountNotExecutable,
    InvalidProgramAccount,
    ProgramHasDataAccount,
    ProgramHasNoDataAccount,
    InvalidProgramDataAccount,
    InvalidBufferAccount,
    UpgradeAuthorityMismatch,
    /// The buffer holds no program that the runtime would run.
    InvalidProgram,
    ArithmeticOverflow,
};

/// What to write. Lamports that the old accounts have and the new ones need not are burned; what
/// they lack comes into being.
struct ProgramUpgrade {
    std::vector<AccountChange> accounts;
};

struct UpgradeContext {
    const ForkAccounts& accounts;
    const Rent& rent;
    Slot slot = 0;
    /// That the program must be valid for. Versions that may not be deployed any more are.
    const invoke::ProgramRuntime& runtime;
};

/// A program of loader v2 becomes one of loader v3 without an upgrade authority.
/// `allow_prefunded`: its data address may hold lamports already.
[[nodiscard]] Result<ProgramUpgrade, UpgradeFailure>
replace_loader_v2_program(const UpgradeContext& context, const Pubkey& program,
                          const Pubkey& buffer, bool allow_prefunded);

/// A program of loader v3 gets new code and keeps its authority, which must be the buffer's, too.
[[nodiscard]] Result<ProgramUpgrade, UpgradeFailure>
upgrade_loader_v3_program(const UpgradeContext& context, const Pubkey& program,
                          const Pubkey& buffer);

} // namespace fathom::bank

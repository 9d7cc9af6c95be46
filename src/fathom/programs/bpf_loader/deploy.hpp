// SPDX-License-Identifier: Apache-2.0
// Turning bytes into a deployed program: the strict check, then the entry of the program cache.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/invoke/environment.hpp"
#include "fathom/invoke/program_cache.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <memory>

namespace fathom::programs::bpf_loader {

struct Deployment {
    Pubkey program_id;
    Pubkey loader;
    /// Of the program and its data together.
    std::uint64_t account_size = 0;
    ByteView elf;
    Slot slot = 0;
    /// Accept the sBPF versions that run, even if new deployments must be newer.
    bool accepts_every_running_version = false;
};

/// Checks under the deployment rules, loads under those of execution. The entry is effective from
/// the slot after the deployment's.
[[nodiscard]] Result<std::shared_ptr<const invoke::ProgramCacheEntry>, sbpf::LoadError>
load_for_deployment(const invoke::Environment& environment, const Deployment& deployment);

/// Same, for the running transaction: logs why a program is refused (InvalidAccountData), else
/// stores the entry among what the transaction modified.
[[nodiscard]] Result<void, InstructionError> deploy_program(invoke::InvokeContext& context,
                                                            const Deployment& deployment);

} // namespace fathom::programs::bpf_loader

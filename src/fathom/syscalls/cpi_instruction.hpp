// SPDX-License-Identifier: Apache-2.0
// First half of a call between programs: which instruction, signed for by whom, and whether it may
// be called at all.
#pragma once

#include "fathom/syscalls/context.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/transaction.hpp"

#include <cstdint>
#include <vector>

namespace fathom::syscalls {

[[nodiscard]] Outcome<Instruction> load_rust_instruction(SyscallContext& context,
                                                         std::uint64_t address);
[[nodiscard]] Outcome<Instruction> load_c_instruction(SyscallContext& context,
                                                      std::uint64_t address);

/// Addresses derived from the seeds, under the id of the calling program.
[[nodiscard]] Outcome<std::vector<Pubkey>> load_signers(SyscallContext& context,
                                                        const Pubkey& caller, std::uint64_t address,
                                                        std::uint64_t count);

/// ProgramNotSupported for loaders and precompiles, but for the harmless instructions of loader v3.
[[nodiscard]] Outcome<void> check_callable(SyscallContext& context, const Pubkey& program_id,
                                           ByteView data);

} // namespace fathom::syscalls

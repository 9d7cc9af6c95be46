// SPDX-License-Identifier: Apache-2.0
// Management instructions of loader v3: buffers, deployments, upgrades, authorities, closing.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/bpf_loader/instruction.hpp"
#include "fathom/programs/bpf_loader/state.hpp"
#include "fathom/types/instruction_error.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace fathom::programs::bpf_loader {

/// Runs the current instruction as loader v3.
[[nodiscard]] Result<void, InstructionError> manage(invoke::InvokeContext& context);

// The parts, one per instruction.

[[nodiscard]] Result<void, InstructionError>
initialize_buffer(invoke::InvokeContext& context, const invoke::InstructionContext& instruction);
[[nodiscard]] Result<void, InstructionError>
write_buffer(invoke::InvokeContext& context, const invoke::InstructionContext& instruction,
             std::uint32_t offset, ByteView bytes);
[[nodiscard]] Result<void, InstructionError>
deploy_with_max_data_len(invoke::InvokeContext& context,
                         const invoke::InstructionContext& instruction, std::uint64_t max_data_len);
[[nodiscard]] Result<void, InstructionError> upgrade(invoke::InvokeContext& context,
                                                     const invoke::InstructionContext& instruction);
[[nodiscard]] Result<void, InstructionError>
set_authority(invoke::InvokeContext& context, const invoke::InstructionContext& instruction);
[[nodiscard]] Result<void, InstructionError>
set_authority_checked(invoke::InvokeContext& context,
                      const invoke::InstructionContext& instruction);
[[nodiscard]] Result<void, InstructionError> close(invoke::InvokeContext& context,
                                                   const invoke::InstructionContext& instruction);
[[nodiscard]] Result<void, InstructionError>
extend_program(invoke::InvokeContext& context, const invoke::InstructionContext& instruction,
               std::uint32_t additional_bytes);

/// Logs and gives the error, for `return refuse(…)`.
[[nodiscard]] std::unexpected<InstructionError>
refuse(invoke::InvokeContext& context, std::string_view message, InstructionError error);

/// How the three ways in which an authority can be refused read in the log.
struct AuthorityMessages {
    std::string_view immutable;
    std::string_view incorrect;
    std::string_view unsigned_;
};

/// The account's authority must exist (Immutable), be the instruction's account at `index`
/// (IncorrectAuthority) and sign (MissingRequiredSignature).
[[nodiscard]] Result<void, InstructionError>
require_authority(invoke::InvokeContext& context, const invoke::InstructionContext& instruction,
                  const std::optional<Pubkey>& authority, std::size_t index,
                  const AuthorityMessages& messages);

inline constexpr AuthorityMessages kBufferAuthorityMessages{
    .immutable = "Buffer is immutable",
    .incorrect = "Incorrect buffer authority provided",
    .unsigned_ = "Buffer authority did not sign"};
inline constexpr AuthorityMessages kUpgradeAuthorityMessages{
    .immutable = "Program not upgradeable",
    .incorrect = "Incorrect upgrade authority provided",
    .unsigned_ = "Upgrade authority did not sign"};

} // namespace fathom::programs::bpf_loader

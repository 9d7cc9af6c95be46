// SPDX-License-Identifier: Apache-2.0
// Management instructions of loader v3: deploy, upgrade, extend, close, authorities.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/invoke_context.hpp"

namespace fathom::programs::bpf_loader {

[[nodiscard]] Result<void, InstructionError> process_management(invoke::InvokeContext& context);

} // namespace fathom::programs::bpf_loader

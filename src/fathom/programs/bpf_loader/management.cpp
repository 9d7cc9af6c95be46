// SPDX-License-Identifier: Apache-2.0
#include "fathom/programs/bpf_loader/management.hpp"

namespace fathom::programs::bpf_loader {

Result<void, InstructionError> process_management(invoke::InvokeContext& context) {
    context.log("loader v3 management instructions are not supported yet");
    return std::unexpected(InstructionError::UnsupportedProgramId);
}

} // namespace fathom::programs::bpf_loader

// SPDX-License-Identifier: Apache-2.0
// The BPF loaders v1, v2 and v3: run the programs they own; v3 also manages them.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/program_cache.hpp"

namespace fathom::programs::bpf_loader {

/// Entry point of all three (agave programs/bpf_loader/src/lib.rs).
[[nodiscard]] Result<void, invoke::ProgramError> process(invoke::InvokeContext& context);

} // namespace fathom::programs::bpf_loader

// SPDX-License-Identifier: Apache-2.0
// Which syscalls an environment has.
#pragma once

#include "fathom/types/features.hpp"
#include "fathom/vm/machine.hpp"

#include <memory>

namespace fathom::syscalls {

/// The table for a feature set. Deployment checks use one without sol_alloc_free_.
[[nodiscard]] std::shared_ptr<const vm::SyscallTable> make_table(const FeatureSet& features,
                                                                 bool for_deployment);

} // namespace fathom::syscalls

// SPDX-License-Identifier: Apache-2.0
// The BLS12-381 half of the curve syscalls; `curve` is one of the group ids.
#pragma once

#include "fathom/syscalls/context.hpp"
#include "fathom/syscalls/functions.hpp"

namespace fathom::syscalls {

[[nodiscard]] Value bls12_validate_point(SyscallContext& context, u64 curve, u64 point);
[[nodiscard]] Value bls12_group_op(SyscallContext& context, u64 curve, u64 operation, u64 left,
                                   u64 right, u64 result);

} // namespace fathom::syscalls

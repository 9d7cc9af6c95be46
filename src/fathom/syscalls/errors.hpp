// SPDX-License-Identifier: Apache-2.0
// Makers of syscall errors whose text carries values.
#pragma once

#include "fathom/syscalls/context.hpp"
#include "fathom/types/pda.hpp"

#include <string>

namespace fathom::syscalls {

[[nodiscard]] inline std::unexpected<ProgramError> fail_bad_seeds(PubkeyError error) {
    return fail(SyscallErrorKind::BadSeeds, "Could not create program address with signer seeds: " +
                                                std::string(text_of(error)));
}

} // namespace fathom::syscalls

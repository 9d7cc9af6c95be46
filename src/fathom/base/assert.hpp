// SPDX-License-Identifier: Apache-2.0
// Checks for bugs of ours. Input, however hostile, can never reach one of these.
#pragma once

namespace fathom::base {

/// Prints the failed claim with a backtrace and aborts.
[[noreturn]] void assert_failed(const char* claim, const char* file, int line);

} // namespace fathom::base

#define FATHOM_ASSERT(claim)                                                                       \
    (static_cast<bool>(claim) ? void(0) : ::fathom::base::assert_failed(#claim, __FILE__, __LINE__))

#ifdef NDEBUG
#define FATHOM_DASSERT(claim) void(0)
#else
#define FATHOM_DASSERT(claim) FATHOM_ASSERT(claim)
#endif

// SPDX-License-Identifier: Apache-2.0
// Reporting a failed check.
#include "fathom/base/assert.hpp"

#include <execinfo.h>

#include <cstdio>
#include <cstdlib>

namespace fathom::base {

void assert_failed(const char* claim, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, claim);
    void* frames[32];
    const int count = backtrace(frames, 32);
    backtrace_symbols_fd(frames, count, 2);
    std::abort();
}

} // namespace fathom::base

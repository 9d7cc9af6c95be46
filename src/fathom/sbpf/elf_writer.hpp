// SPDX-License-Identifier: Apache-2.0
// Assembly to ELF64: the form that each version's loader accepts at deployment.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/sbpf/assembler.hpp"

namespace fathom::sbpf {

/// Before V3: sections at addresses equal to their offsets, relocations for syscalls (by name) and
/// addresses. From V3: program headers only, read-only data at 0 and bytecode at 1 << 32.
/// Unsupported for a syscall that the source gave as a number before V3: there only a name can say
/// it. Whether the program makes sense is left to the loader: an empty one is written, and refused
/// there.
[[nodiscard]] Result<Bytes> write_elf(const Assembly& assembly);

} // namespace fathom::sbpf

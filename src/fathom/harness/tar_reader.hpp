// SPDX-License-Identifier: Apache-2.0
// The regular files of a tar archive in memory.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"

#include <string>
#include <vector>

namespace fathom::harness {

struct TarFile {
    std::string name;
    ByteView bytes; // into the archive
};

/// Files in order of the archive, with GNU's long names; folders, links and other extended headers
/// are passed over. A file that is cut off or whose size is not octal is an error.
[[nodiscard]] Result<std::vector<TarFile>> read_tar(ByteView archive);

} // namespace fathom::harness

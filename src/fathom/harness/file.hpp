// SPDX-License-Identifier: Apache-2.0
// Whole files, plain or compressed.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"

#include <filesystem>

namespace fathom::harness {

/// The file's bytes; decompressed if the name ends in ".zst" or ".gz". At most 4 GiB decompressed.
[[nodiscard]] Result<Bytes> read_file(const std::filesystem::path& path);
/// Replaces the file in one step: written beside it, then renamed.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, ByteView bytes);

} // namespace fathom::harness

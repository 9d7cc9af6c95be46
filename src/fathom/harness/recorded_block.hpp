// SPDX-License-Identifier: Apache-2.0
// A recorded block taken apart: entries, accounts, and the bank that it follows.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/harness/block_files.hpp"
#include "fathom/ledger/deshred.hpp"
#include "fathom/ledger/entry.hpp"
#include "fathom/ledger/manifest.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace fathom::harness {

/// What replaying a block begins with. Moves, but is not copied, as the entries view its bytes.
struct RecordedBlock {
    RecordedBlock() = default;
    RecordedBlock(RecordedBlock&&) = default;
    RecordedBlock& operator=(RecordedBlock&&) = default;
    ~RecordedBlock() = default;

    std::vector<RecordedAccount> accounts;
    /// The bank of the block's parent; none where none was recorded.
    std::optional<ledger::Manifest> parent;
    ledger::BlockBytes bytes;
    std::vector<ledger::Entry> entries;
};

/// Puts shreds together, parses entries and decodes the manifest. An error names the shred, the
/// entry or the offset, or says that the manifest is not the parent's.
[[nodiscard]] Result<RecordedBlock> take_apart(BlockFiles fixture);

/// The same of a folder's files (block_files.hpp).
[[nodiscard]] Result<RecordedBlock> load_recorded_block(const std::filesystem::path& folder);

} // namespace fathom::harness

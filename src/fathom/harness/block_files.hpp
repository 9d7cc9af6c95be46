// SPDX-License-Identifier: Apache-2.0
// A recorded block: its data shreds, the accounts it works on, and its parent's manifest.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/account.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <filesystem>
#include <vector>

namespace fathom::harness {

struct RecordedAccount {
    Pubkey address;
    Slot slot = 0; ///< in which it was last written
    Account account;
};

/// The files of a recorded block's folder; what lacks a file is empty.
struct BlockFiles {
    std::vector<Bytes> shreds;             ///< shreds.json.gz: a list of lists of bytes
    std::vector<RecordedAccount> accounts; ///< accounts.json.gz: a list of objects
    Bytes manifest;                        ///< manifest.bin.gz

    [[nodiscard]] std::vector<ByteView> shred_views() const;
};

[[nodiscard]] Result<std::vector<Bytes>> read_shreds_json(const std::filesystem::path& path);
[[nodiscard]] Result<std::vector<RecordedAccount>>
read_accounts_json(const std::filesystem::path& path);
[[nodiscard]] Result<BlockFiles> read_block_files(const std::filesystem::path& folder);

} // namespace fathom::harness

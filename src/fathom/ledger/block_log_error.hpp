// SPDX-License-Identifier: Apache-2.0
// What can be wrong with a log of blocks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fathom::ledger {

struct BlockLogError {
    enum class Kind : std::uint8_t {
        Io,                  ///< the system refused; `system_error` says why
        Locked,              ///< another process writes to it
        Exists,              ///< a log is not created over another file
        NotALog,             ///< does not begin like one
        UnsupportedVersion,  ///< of a format that this code does not know
        DamagedFileHeader,   ///< its checksum is wrong
        OtherCluster,        ///< begins from another genesis than the one asked for
        DamagedRecordHeader, ///< its checksum is wrong
        DamagedBlock,        ///< the digest of a block's bytes is wrong
        BrokenChain,         ///< a record that did not follow the one before it
        UnknownParent,       ///< neither in the log nor what the log begins from
        OtherBankHash,       ///< the parent in the log has another bank hash
        DuplicateBlock,      ///< a second block with this slot and blockhash
        InvalidBlock,        ///< not after its parent, without bytes, or bytes that are no entries
        BlockTooLarge,
        NotFound, ///< no record with this number
        Failed,   ///< an earlier write left the file in doubt: open it again
    };
    Kind kind;
    std::uint64_t offset = 0; ///< in the file; where it does not apply, zero
    int system_error = 0;     ///< errno for Io

    [[nodiscard]] std::string message() const;
};

[[nodiscard]] std::string_view block_log_error_name(BlockLogError::Kind kind);

} // namespace fathom::ledger

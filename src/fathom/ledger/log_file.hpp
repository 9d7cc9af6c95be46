// SPDX-License-Identifier: Apache-2.0
// The file of a log: reads at an offset, writes, syncs and a lock, with errors as values.
#pragma once

#include "fathom/ledger/block_record.hpp"

#include <filesystem>

namespace fathom::ledger {

/// Owns a descriptor. Reads may run on several threads at once; all else is one thread's.
class LogFile final : public LogSource {
public:
    LogFile() = default;
    LogFile(LogFile&& other) noexcept;
    LogFile& operator=(LogFile&& other) noexcept;
    ~LogFile() override;

    /// Opens an existing file; for writing with an exclusive lock until it is closed. Locked if
    /// another has it.
    [[nodiscard]] static LogResult<LogFile> open(const std::filesystem::path& path,
                                                 bool is_writable);
    /// Makes a file of these bytes: it is on the disk whole or not at all. Exists if there is a
    /// file.
    [[nodiscard]] static LogResult<void> create(const std::filesystem::path& path, ByteView bytes);

    /// As of when it was opened, and what was written since.
    [[nodiscard]] std::uint64_t size() const override { return size_; }
    [[nodiscard]] LogResult<void> read(std::uint64_t offset, MutableByteView out) const override;
    /// Writes all bytes behind the last one. After an error the file may end anywhere behind
    /// size().
    [[nodiscard]] LogResult<void> append(ByteView bytes);
    [[nodiscard]] LogResult<void> truncate(std::uint64_t size);
    /// Returns when everything written is on the disk.
    [[nodiscard]] LogResult<void> sync();

private:
    explicit LogFile(int descriptor) : descriptor_(descriptor) {}

    int descriptor_ = -1;
    std::uint64_t size_ = 0;
};

} // namespace fathom::ledger

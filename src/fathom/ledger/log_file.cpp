// SPDX-License-Identifier: Apache-2.0
// The file of a log, by the system's calls.
#include "fathom/ledger/log_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

namespace fathom::ledger {
namespace {

using Kind = BlockLogError::Kind;

std::unexpected<BlockLogError> io_error(std::uint64_t offset = 0) {
    return std::unexpected(BlockLogError{Kind::Io, offset, errno});
}

/// Repeats a call that a signal interrupted.
template <class Call> auto uninterrupted(const Call& call) {
    for (;;) {
        const auto result = call();
        if (result >= 0 || errno != EINTR) return result;
    }
}

/// So that a new name is on the disk too.
LogResult<void> sync_folder(const std::filesystem::path& file) {
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    const int descriptor =
        uninterrupted([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (descriptor < 0) return io_error();
    const int result = uninterrupted([&] { return ::fsync(descriptor); });
    const int error = errno;
    ::close(descriptor);
    errno = error;
    return result == 0 ? LogResult<void>() : io_error();
}

} // namespace

LogFile::LogFile(LogFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}

LogFile& LogFile::operator=(LogFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(size_, other.size_);
    return *this;
}

LogFile::~LogFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

LogResult<LogFile> LogFile::open(const std::filesystem::path& path, bool is_writable) {
    const int flags = (is_writable ? O_RDWR : O_RDONLY) | O_CLOEXEC;
    LogFile file(uninterrupted([&] { return ::open(path.c_str(), flags); }));
    if (file.descriptor_ < 0) return io_error();
    if (is_writable &&
        uninterrupted([&] { return ::flock(file.descriptor_, LOCK_EX | LOCK_NB); }) != 0) {
        if (errno == EWOULDBLOCK) return std::unexpected(BlockLogError{Kind::Locked, 0, 0});
        return io_error();
    }
    struct stat status{};
    if (::fstat(file.descriptor_, &status) != 0) return io_error();
    file.size_ = static_cast<std::uint64_t>(status.st_size);
    return file;
}

LogResult<void> LogFile::create(const std::filesystem::path& path, ByteView bytes) {
    // Written under another name first: a kill leaves no half of a log behind.
    const std::string draft = path.string() + ".new-" + std::to_string(::getpid());
    LogFile file(uninterrupted(
        [&] { return ::open(draft.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644); }));
    if (file.descriptor_ < 0) return io_error();
    auto result = file.append(bytes);
    if (result) result = file.sync();
    if (result && ::link(draft.c_str(), path.c_str()) != 0) {
        result = errno == EEXIST ? std::unexpected(BlockLogError{Kind::Exists, 0, 0}) : io_error();
    }
    ::unlink(draft.c_str());
    FATHOM_CHECK(std::move(result));
    return sync_folder(path);
}

LogResult<void> LogFile::read(std::uint64_t offset, MutableByteView out) const {
    while (!out.empty()) {
        const auto done = uninterrupted([&] {
            return ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
        });
        if (done < 0) return io_error(offset);
        // Shorter than it was: someone else cut it.
        if (done == 0) return std::unexpected(BlockLogError{Kind::Io, offset, EIO});
        out = out.subspan(static_cast<std::size_t>(done));
        offset += static_cast<std::uint64_t>(done);
    }
    return {};
}

LogResult<void> LogFile::append(ByteView bytes) {
    std::uint64_t offset = size_;
    while (!bytes.empty()) {
        const auto done = uninterrupted([&] {
            return ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        });
        if (done < 0) return io_error(offset);
        bytes = bytes.subspan(static_cast<std::size_t>(done));
        offset += static_cast<std::uint64_t>(done);
    }
    size_ = offset;
    return {};
}

LogResult<void> LogFile::truncate(std::uint64_t size) {
    const auto result =
        uninterrupted([&] { return ::ftruncate(descriptor_, static_cast<off_t>(size)); });
    if (result != 0) return io_error(size);
    size_ = size;
    return {};
}

LogResult<void> LogFile::sync() {
    if (uninterrupted([&] { return ::fdatasync(descriptor_); }) != 0) return io_error();
    return {};
}

} // namespace fathom::ledger

// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/tar_reader.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace fathom::harness {
namespace {

constexpr std::size_t kBlock = 512;

Result<std::uint64_t> read_size(ByteView digits) {
    std::uint64_t size = 0; // eleven octal digits at most: no overflow
    for (const std::uint8_t digit : digits.first(11)) {
        if (digit == 0 || digit == ' ') break;
        if (digit < '0' || digit > '7') {
            return std::unexpected(
                base::Error(base::ErrorCode::InvalidInput, "tar: a size that is not octal"));
        }
        size = size * 8 + (digit - std::uint64_t{'0'});
    }
    return size;
}

std::string text_before_zero(ByteView field) {
    const std::string_view text = as_text(field);
    return std::string(text.substr(0, text.find('\0')));
}

} // namespace

Result<std::vector<TarFile>> read_tar(ByteView archive) {
    std::vector<TarFile> files;
    std::string long_name;
    while (archive.size() >= kBlock && archive[0] != 0) {
        const ByteView header = archive.first(kBlock);
        archive = archive.subspan(kBlock);
        const std::uint64_t size = FATHOM_TRY(read_size(header.subspan(124, 12)));
        if (size > archive.size()) {
            return std::unexpected(
                base::Error(base::ErrorCode::InvalidInput, "tar: a file is cut off"));
        }
        const std::uint8_t type = header[156];
        if (type == 'L') {
            long_name = text_before_zero(archive.first(size));
        } else if (type == 0 || type == '0') {
            std::string name = text_before_zero(header.first(100));
            files.push_back({long_name.empty() ? std::move(name) : std::exchange(long_name, {}),
                             archive.first(size)});
        }
        const std::uint64_t padded = (size + kBlock - 1) / kBlock * kBlock;
        archive = archive.subspan(std::min<std::uint64_t>(padded, archive.size()));
    }
    return files;
}

} // namespace fathom::harness

// SPDX-License-Identifier: Apache-2.0
// Recorded blocks of the shared test data, and a transaction made of nothing but its layout.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/harness/block_files.hpp"
#include "fathom/harness/file.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <vector>

namespace fathom::tests {

/// The packets of a file of records: a length of eight bytes, then the packet.
inline std::vector<Bytes> read_packets(const std::filesystem::path& path) {
    std::vector<Bytes> packets;
    const auto file = harness::read_file(path);
    if (!file) return packets;
    ByteView rest = *file;
    while (rest.size() >= 8) {
        const auto size = load_le<std::uint64_t>(rest.data());
        rest = rest.subspan(8);
        if (size > rest.size()) break;
        packets.emplace_back(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
        rest = rest.subspan(size);
    }
    return packets;
}

inline std::vector<ByteView> views_of(const std::vector<Bytes>& packets) {
    return {packets.begin(), packets.end()};
}

/// A legacy transaction of one instruction without keys: parses, and has one signature of `fill`.
inline Bytes small_transaction(std::uint8_t fill) {
    Bytes bytes{1};
    bytes.insert(bytes.end(), 64, fill);
    bytes.insert(bytes.end(), {1, 0, 1, 2});
    bytes.insert(bytes.end(), 64, 7);
    bytes.insert(bytes.end(), 32, 9);
    bytes.insert(bytes.end(), {1, 1, 1, 0, 2, 5, 6});
    return bytes;
}

} // namespace fathom::tests

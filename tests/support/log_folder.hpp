// SPDX-License-Identifier: Apache-2.0
// A folder of one test's own, gone at its end, and hashes that tell one block from another.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/types/pubkey.hpp"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace fathom::tests {

class LogFolder {
public:
    LogFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "fathom-XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) folder_ = name;
    }
    LogFolder(const LogFolder&) = delete;
    LogFolder& operator=(const LogFolder&) = delete;
    ~LogFolder() {
        std::error_code error;
        if (!folder_.empty()) std::filesystem::remove_all(folder_, error);
    }

    [[nodiscard]] std::filesystem::path path(const std::string& name) const {
        return folder_ / name;
    }

private:
    std::filesystem::path folder_;
};

inline Hash numbered_hash(std::uint64_t number) {
    Hash hash;
    store_le(hash.bytes.data(), number);
    return hash;
}

} // namespace fathom::tests

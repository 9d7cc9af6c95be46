// SPDX-License-Identifier: Apache-2.0
// Real programs with a few changed instructions that the verifier still passes, for the engines to
// agree on.
#pragma once

#include "fathom/harness/engine_lab.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

namespace fathom::harness {

struct RealProgramCase {
    std::unique_ptr<EngineLab> lab; // null: no change was found that passes
    vm::RunState start;
};

/// Programs of folders; immutable once filled.
class RealPrograms {
public:
    RealPrograms();

    /// Every .so and .so.zst below the folder that loads and verifies and is not too long.
    void add_folder(const std::filesystem::path& folder);
    [[nodiscard]] std::size_t size() const { return elfs_.size(); }
    /// One of them, changed, with random input; starts at its entry point or anywhere.
    [[nodiscard]] RealProgramCase make(std::uint64_t seed) const;

private:
    struct Elf {
        Bytes bytes;
        std::size_t text_offset;
        std::size_t text_slots;
    };

    std::vector<Elf> elfs_;
    std::shared_ptr<const vm::SyscallTable> syscalls_;
};

} // namespace fathom::harness

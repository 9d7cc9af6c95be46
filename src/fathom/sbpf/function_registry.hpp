// SPDX-License-Identifier: Apache-2.0
// The functions of a program while it is being loaded: key to text slot, without collisions.
#pragma once

#include "fathom/base/flat_map.hpp"
#include "fathom/base/result.hpp"
#include "fathom/sbpf/elf_error.hpp"
#include "fathom/sbpf/program.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace fathom::sbpf {

/// Refuses a key that a syscall or another function has.
class FunctionRegistry {
public:
    /// `syscall_keys` ascending; must outlive the registry.
    explicit FunctionRegistry(std::span<const std::uint32_t> syscall_keys)
        : syscall_keys_(syscall_keys) {}

    [[nodiscard]] bool is_syscall(std::uint32_t key) const;
    /// Registers the function at `pc` and returns its key: made from `pc`, save for a function
    /// named "entrypoint". Registering the same function again is not an error.
    [[nodiscard]] Result<std::uint32_t, ElfError> add(std::uint32_t pc, std::string_view name);
    /// The "entrypoint" key means `pc` from now on, whatever it meant before.
    [[nodiscard]] Result<void, ElfError> set_entrypoint(std::uint32_t pc);
    /// Ascending by key; the registry is empty afterwards.
    [[nodiscard]] std::vector<Function> take();

private:
    std::span<const std::uint32_t> syscall_keys_;
    FlatMap<std::uint32_t, std::uint32_t> index_by_key_;
    std::vector<Function> functions_;
};

} // namespace fathom::sbpf

// SPDX-License-Identifier: Apache-2.0
// Pages that hold machine code: written once, then readable and executable, never writable again.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/vm/jit/jit_config.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace fathom::vm::jit {

class ExecutableMemory {
public:
    /// nullopt if the system refuses, or the budget (may be null) has no room.
    [[nodiscard]] static std::optional<ExecutableMemory> create(ByteView code,
                                                                std::shared_ptr<CodeBudget> budget);

    ExecutableMemory(ExecutableMemory&& other) noexcept
        : base_(std::exchange(other.base_, nullptr)), size_(std::exchange(other.size_, 0)),
          budget_(std::move(other.budget_)) {}
    ExecutableMemory& operator=(ExecutableMemory&& other) noexcept {
        std::swap(base_, other.base_);
        std::swap(size_, other.size_);
        std::swap(budget_, other.budget_);
        return *this;
    }
    ~ExecutableMemory();

    [[nodiscard]] const std::uint8_t* base() const { return base_; }
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    ExecutableMemory(std::uint8_t* base, std::size_t size, std::shared_ptr<CodeBudget> budget)
        : base_(base), size_(size), budget_(std::move(budget)) {}

    std::uint8_t* base_;
    std::size_t size_; // whole pages
    std::shared_ptr<CodeBudget> budget_;
};

} // namespace fathom::vm::jit

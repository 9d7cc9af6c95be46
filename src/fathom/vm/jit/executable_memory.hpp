// SPDX-License-Identifier: Apache-2.0
// Pages that hold machine code: written once, then readable and executable, never writable again.
#pragma once

#include "fathom/vm/jit/jit_config.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace fathom::vm::jit {

class ExecutableMemory {
public:
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
    friend class WritableCode;
    ExecutableMemory(std::uint8_t* base, std::size_t size, std::shared_ptr<CodeBudget> budget)
        : base_(base), size_(size), budget_(std::move(budget)) {}

    std::uint8_t* base_;
    std::size_t size_; // whole pages
    std::shared_ptr<CodeBudget> budget_;
};

/// Code that is being written, in the pages that will run it.
class WritableCode {
public:
    /// Room for `capacity` bytes at first. data() is null if the system refuses.
    explicit WritableCode(std::size_t capacity);
    WritableCode(const WritableCode&) = delete;
    WritableCode& operator=(const WritableCode&) = delete;
    ~WritableCode();

    [[nodiscard]] std::uint8_t* data() const { return data_; }
    [[nodiscard]] std::size_t capacity() const { return capacity_; }
    /// Twice the room; the bytes may move. False: the system refuses, everything is as it was.
    [[nodiscard]] bool grow();
    /// The first `size` bytes as code; nothing is writable any more. nullopt if the system refuses
    /// or the budget (may be null) has no room. Either way this object is empty afterwards.
    [[nodiscard]] std::optional<ExecutableMemory> finish(std::size_t size,
                                                         std::shared_ptr<CodeBudget> budget);

private:
    std::uint8_t* data_ = nullptr;
    std::size_t capacity_ = 0; // whole pages
};

} // namespace fathom::vm::jit

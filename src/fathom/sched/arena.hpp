// SPDX-License-Identifier: Apache-2.0
// Memory for one task: taken in small steps, given back all at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <vector>

namespace fathom::sched {

/// Hands out memory by moving a pointer; giving back single pieces does nothing. After `reset`
/// everything that was handed out is void, and what the largest task so far has needed is there in
/// one piece, so that tasks like it allocate nothing. Not thread-safe.
class Arena final : public std::pmr::memory_resource {
public:
    /// Takes back everything. Destructors are the caller's matter.
    void reset() {
        if (is_used_) give_back();
    }

    /// What is held, used or not.
    [[nodiscard]] std::size_t capacity() const { return capacity_; }

private:
    static constexpr std::size_t kFirstPiece = 16 * 1024;
    // Beyond this, memory goes back to the system after the task that needed it.
    static constexpr std::size_t kKept = 16 * 1024 * 1024;

    void give_back();
    void add_piece(std::size_t bytes);
    void* do_allocate(std::size_t bytes, std::size_t alignment) override;
    void do_deallocate(void*, std::size_t, std::size_t) override {}
    [[nodiscard]] bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
        return this == &other;
    }

    std::vector<std::unique_ptr<std::byte[]>> pieces_;
    std::size_t capacity_ = 0; // of all pieces
    std::byte* next_ = nullptr;
    std::size_t left_ = 0; // behind `next_`
    bool is_used_ = false;
};

} // namespace fathom::sched

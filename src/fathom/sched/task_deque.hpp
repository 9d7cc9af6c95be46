// SPDX-License-Identifier: Apache-2.0
// The ready tasks of one worker: its owner works at one end, thieves take from the other.
#pragma once

#include "fathom/sched/conflict_graph.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace fathom::sched {

/// Chase and Lev's deque over a ring of fixed size ("Dynamic circular work-stealing deque", 2005).
/// Only the owner calls `push` and `pop`, anyone `steal` and `looks_empty`.
///
/// Why a task is given out once: places below `top_` are gone, places from `bottom_` on are not
/// there yet, and `top_` only grows, each step by one successful exchange. Owner and thief can want
/// the same place only when it is the last; then both must win that exchange. A thief that read a
/// place which the owner has since filled anew read `top_` before it grew, so its exchange fails.
/// The sequentially consistent store of `bottom_` in `pop` and `push` orders it before the loads
/// that follow, here `top_`, in the pool the number of sleepers; that is what makes both arguments
/// hold on hardware that delays stores.
class TaskDeque {
public:
    static constexpr std::int64_t kCapacity = 1024;

    /// False if the ring is full.
    bool push(TaskIndex task) {
        const std::int64_t bottom = bottom_.load(std::memory_order_relaxed);
        if (bottom - top_.load(std::memory_order_acquire) >= kCapacity) return false;
        place(bottom).store(task, std::memory_order_relaxed);
        bottom_.store(bottom + 1, std::memory_order_seq_cst);
        return true;
    }

    /// The newest task.
    std::optional<TaskIndex> pop() {
        const std::int64_t bottom = bottom_.load(std::memory_order_relaxed) - 1;
        // Most often there is nothing; only the owner adds, so this cannot be outdated.
        if (top_.load(std::memory_order_relaxed) > bottom) return std::nullopt;
        bottom_.store(bottom, std::memory_order_seq_cst);
        std::int64_t top = top_.load(std::memory_order_seq_cst);
        if (top > bottom) {
            bottom_.store(bottom + 1, std::memory_order_release);
            return std::nullopt;
        }
        std::optional<TaskIndex> task = place(bottom).load(std::memory_order_relaxed);
        if (top == bottom) {
            if (!top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst)) {
                task.reset();
            }
            bottom_.store(bottom + 1, std::memory_order_release);
        }
        return task;
    }

    /// The oldest task; nothing also when another taker was quicker.
    std::optional<TaskIndex> steal() {
        std::int64_t top = top_.load(std::memory_order_seq_cst);
        if (top >= bottom_.load(std::memory_order_seq_cst)) return std::nullopt;
        const TaskIndex task = place(top).load(std::memory_order_relaxed);
        if (!top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst)) {
            return std::nullopt;
        }
        return task;
    }

    [[nodiscard]] bool looks_empty() const {
        return top_.load(std::memory_order_seq_cst) >= bottom_.load(std::memory_order_seq_cst);
    }

private:
    std::atomic<TaskIndex>& place(std::int64_t index) {
        return ring_[static_cast<std::size_t>(index % kCapacity)];
    }

    alignas(64) std::atomic<std::int64_t> top_{0};
    alignas(64) std::atomic<std::int64_t> bottom_{0};
    std::array<std::atomic<TaskIndex>, kCapacity> ring_{};
};

} // namespace fathom::sched

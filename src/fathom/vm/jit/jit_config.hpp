// SPDX-License-Identifier: Apache-2.0
// How machine code is made: what makes it harder to attack, and how much of it there may be.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace fathom::vm {

/// Bytes of machine code that the programs of one owner may hold together. Thread-safe.
class CodeBudget {
public:
    explicit CodeBudget(std::uint64_t limit) : limit_(limit) {}

    /// False, and nothing taken, if that would exceed the limit.
    [[nodiscard]] bool take(std::uint64_t bytes) {
        std::uint64_t used = used_.load(std::memory_order_relaxed);
        do {
            if (bytes > limit_ - used) return false;
        } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
        return true;
    }
    void give_back(std::uint64_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

    [[nodiscard]] std::uint64_t used() const { return used_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t limit() const { return limit_; }

private:
    std::uint64_t limit_;
    std::atomic<std::uint64_t> used_ = 0; // ≤ limit_
};

/// Nothing here can change a result.
struct JitConfig {
    /// Where the code's key, padding and order come from. 0: every program draws its own from the
    /// system. JitProgram::seed() says which it was.
    std::uint64_t seed = 0;
    /// Keep mispredicted bounds checks from reading outside a region (Spectre, variant 1). For
    /// processes that hold secrets; costs about a tenth on code that uses memory much.
    bool masks_speculation = false;
    /// Read all emitted code once more with an independent decoder and refuse what it does not
    /// know.
    bool audits_code = false;
    /// Null: no limit. Programs that no longer fit are interpreted.
    std::shared_ptr<CodeBudget> budget;
};

} // namespace fathom::vm

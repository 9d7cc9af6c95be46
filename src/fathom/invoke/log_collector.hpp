// SPDX-License-Identifier: Apache-2.0
// The log of one transaction, with Agave's byte limit, and the lines that the runtime itself
// writes.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/types/pubkey.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::invoke {

/// Collects lines until 10,000 bytes (newlines not counted); the first line that does not fit
/// becomes "Log truncated", later shorter ones may still fit (Agave svm-log-collector).
class LogCollector {
public:
    static constexpr std::size_t kDefaultLimit = 10'000;

    /// nullopt: no limit.
    explicit LogCollector(std::optional<std::size_t> byte_limit = kDefaultLimit)
        : byte_limit_(byte_limit) {}

    void log(std::string_view line);
    [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
    [[nodiscard]] std::vector<std::string> take() { return std::move(lines_); }

    // The stable lines (Agave program-runtime stable_log.rs).
    void program_invoke(const Pubkey& program, std::size_t depth);
    void program_log(std::string_view message);
    void program_data(std::span<const ByteView> fields);
    void program_return(const Pubkey& program, ByteView data);
    void program_success(const Pubkey& program);
    void program_failure(const Pubkey& program, std::string_view error);
    void program_consumed(const Pubkey& program, std::uint64_t used, std::uint64_t available);

private:
    std::optional<std::size_t> byte_limit_;
    std::size_t bytes_written_ = 0;
    bool truncated_ = false;
    std::vector<std::string> lines_;
};

} // namespace fathom::invoke

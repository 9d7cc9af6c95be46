// SPDX-License-Identifier: Apache-2.0
// The log of one transaction, with Agave's byte limit, and the lines that the runtime itself
// writes.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/types/pubkey.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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

    /// The next transaction's log. The names of programs stay known.
    void begin(std::optional<std::size_t> byte_limit) {
        byte_limit_ = byte_limit;
        bytes_written_ = 0;
        truncated_ = false;
        lines_.clear();
    }
    void log(std::string_view line) { log(std::string(line)); }
    void log(const char* line) { log(std::string(line)); }
    void log(std::string&& line);
    [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
    [[nodiscard]] std::vector<std::string> take() { return std::move(lines_); }
    /// Into a list that there is already, whose memory the next log gets.
    void take_into(std::vector<std::string>& lines) {
        lines.clear();
        lines.swap(lines_);
    }
    /// Takes lines that nobody needs any more, to write new ones in their memory.
    void reuse(std::vector<std::string>& lines);

    // The stable lines (Agave program-runtime stable_log.rs).
    void program_invoke(const Pubkey& program, std::size_t depth);
    void program_log(std::string_view message);
    void program_data(std::span<const ByteView> fields);
    void program_return(const Pubkey& program, ByteView data);
    void program_success(const Pubkey& program);
    void program_failure(const Pubkey& program, std::string_view error);
    void program_consumed(const Pubkey& program, std::uint64_t used, std::uint64_t available);

private:
    struct Name {
        Pubkey key;
        std::string text;
    };

    /// One transaction names few programs, each of them in several lines.
    [[nodiscard]] std::string_view base58(const Pubkey& key);
    /// "Program <id>" and the rest.
    void log_program(const Pubkey& program, std::initializer_list<std::string_view> rest);

    std::optional<std::size_t> byte_limit_;
    std::size_t bytes_written_ = 0;
    bool truncated_ = false;
    /// Empty, with the memory of a used one if there is any.
    [[nodiscard]] std::string fresh_line();

    std::vector<std::string> lines_;
    std::vector<std::string> used_;
    std::array<Name, 4> names_;
    std::size_t next_name_ = 0;
};

} // namespace fathom::invoke

// SPDX-License-Identifier: Apache-2.0
// Log lines of one transaction and their byte limit.
#include "fathom/invoke/log_collector.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/base/text.hpp"

#include <algorithm>
#include <utility>

namespace fathom::invoke {

void LogCollector::log(std::string&& line) {
    if (byte_limit_) {
        const std::size_t written = saturating_add(bytes_written_, line.size());
        if (written >= *byte_limit_) {
            if (!std::exchange(truncated_, true)) lines_.emplace_back("Log truncated");
            return;
        }
        bytes_written_ = written;
    }
    lines_.push_back(std::move(line));
}

void LogCollector::reuse(std::vector<std::string>& lines) {
    constexpr std::size_t kMostKept = 64;
    constexpr std::size_t kLongestKept = 512;
    for (std::string& line : lines) {
        if (used_.size() == kMostKept) break;
        if (line.capacity() <= kLongestKept) used_.push_back(std::move(line));
    }
    lines.clear();
}

std::string LogCollector::fresh_line() {
    if (used_.empty()) return {};
    std::string line = std::move(used_.back());
    used_.pop_back();
    line.clear();
    return line;
}

std::string_view LogCollector::base58(const Pubkey& key) {
    const auto known =
        std::ranges::find_if(names_, [&](const Name& name) { return name.key == key; });
    if (known != names_.end() && !known->text.empty()) return known->text;
    Name& name = names_[next_name_];
    next_name_ = (next_name_ + 1) % names_.size();
    name = {key, key.to_base58()};
    return name.text;
}

void LogCollector::log_program(const Pubkey& program,
                               std::initializer_list<std::string_view> rest) {
    const std::string_view name = base58(program);
    std::size_t size = 8 + name.size();
    for (const auto part : rest) size += part.size();
    std::string line = fresh_line();
    line.reserve(size);
    line.append("Program ").append(name);
    for (const auto part : rest) line.append(part);
    log(std::move(line));
}

void LogCollector::program_invoke(const Pubkey& program, std::size_t depth) {
    log_program(program, {" invoke [", std::to_string(depth), "]"});
}

void LogCollector::program_log(std::string_view message) {
    std::string line = fresh_line();
    line.append("Program log: ").append(message);
    log(std::move(line));
}

void LogCollector::program_data(std::span<const ByteView> fields) {
    std::string line = fresh_line();
    line.append("Program data: ");
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i != 0) line.push_back(' ');
        line.append(base::to_base64(fields[i]));
    }
    log(std::move(line));
}

void LogCollector::program_return(const Pubkey& program, ByteView data) {
    std::string line = fresh_line();
    line.append("Program return: ")
        .append(base58(program))
        .append(" ")
        .append(base::to_base64(data));
    log(std::move(line));
}

void LogCollector::program_success(const Pubkey& program) {
    log_program(program, {" success"});
}

void LogCollector::program_failure(const Pubkey& program, std::string_view error) {
    log_program(program, {" failed: ", error});
}

void LogCollector::program_consumed(const Pubkey& program, std::uint64_t used,
                                    std::uint64_t available) {
    log_program(program, {" consumed ", std::to_string(used), " of ", std::to_string(available),
                          " compute units"});
}

} // namespace fathom::invoke

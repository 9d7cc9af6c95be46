// SPDX-License-Identifier: Apache-2.0
// A block as lines of text, read and written.
#include "fathom/sched/block_text.hpp"

#include "fathom/types/base58.hpp"

#include <algorithm>
#include <charconv>

namespace fathom::sched {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Takes the next word off `rest`, empty at its end.
std::string_view next_word(std::string_view& rest) {
    rest = trimmed(rest);
    const std::string_view word = rest.substr(0, rest.find_first_of(kBlanks));
    rest.remove_prefix(word.size());
    return word;
}

std::unexpected<base::Error> refusal(std::size_t line, const std::string& what) {
    return std::unexpected(
        base::Error(base::ErrorCode::InvalidInput, "line " + std::to_string(line) + ": " + what));
}

// Hostile words are not repeated at length.
std::string quoted(std::string_view word) {
    return "'" + std::string(word.substr(0, 60)) + "'";
}

Result<AccountLock> parse_lock(std::string_view word, std::size_t line) {
    AccountLock lock;
    if (!word.starts_with("w:") && !word.starts_with("r:")) {
        return refusal(line, quoted(word) + " is neither w:KEY nor r:KEY");
    }
    lock.is_writable = word.starts_with("w:");
    if (!types::decode_base58_exact(word.substr(2), lock.key.bytes)) {
        return refusal(line, quoted(word) + " has no key of 32 bytes in base58");
    }
    return lock;
}

} // namespace

std::vector<TransactionWork> NamedWorkload::transactions() const {
    std::vector<TransactionWork> block;
    block.reserve(work.size());
    for (std::size_t i = 0; i < work.size(); ++i) {
        block.push_back({work.locks(i), work.cost(i),
                         i < labels.size() ? std::string_view(labels[i]) : std::string_view()});
    }
    return block;
}

Result<NamedWorkload> parse_block_text(std::string_view text) {
    NamedWorkload block;
    LockSet locks;
    for (std::size_t number = 1; !text.empty(); ++number) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        std::string_view label;
        if (const std::size_t hash = line.find('#'); hash != std::string_view::npos) {
            label = trimmed(line.substr(hash + 1));
            line = line.substr(0, hash);
        }
        const std::string_view cost_word = next_word(line);
        if (cost_word.empty()) continue;
        std::uint64_t cost = 0;
        const char* begin = cost_word.data();
        const char* end = begin + cost_word.size();
        const auto parsed = std::from_chars(begin, end, cost);
        if (parsed.ec != std::errc{} || parsed.ptr != end) {
            return refusal(number, quoted(cost_word) + " is not a cost");
        }
        locks.clear();
        for (auto word = next_word(line); !word.empty(); word = next_word(line)) {
            locks.push_back(FATHOM_TRY(parse_lock(word, number)));
        }
        block.work.add(locks, cost);
        block.labels.emplace_back(label);
    }
    return block;
}

std::string block_text(std::span<const TransactionWork> block) {
    std::string text;
    for (const TransactionWork& transaction : block) {
        text += std::to_string(transaction.cost);
        for (const AccountLock& lock : transaction.locks) {
            text += lock.is_writable ? " w:" : " r:";
            text += types::encode_base58(lock.key.bytes);
        }
        if (!transaction.label.empty()) {
            std::string label(transaction.label);
            std::ranges::replace(label, '\n', ' ');
            text += " # " + label;
        }
        text += '\n';
    }
    return text;
}

} // namespace fathom::sched

// SPDX-License-Identifier: Apache-2.0
// Checks Proof of History: every entry's hash follows from that of the entry before.
#pragma once

#include "fathom/ledger/entry.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace fathom::ledger {

/// The check of a list of entries, cut into groups of about equal work that may run on different
/// threads at once. Any entry can be checked alone, because the one before it says where its chain
/// begins. Views the entries, which must outlive it. Work is the sum of num_hashes: check the ticks
/// first.
class PohCheck {
public:
    /// At most `groups` groups; fewer if there are fewer entries. Zero is taken as one.
    PohCheck(const Hash& start, std::span<const Entry> entries, std::size_t groups);

    [[nodiscard]] std::size_t groups() const { return groups_.size(); }
    /// Checks one group. Different groups may run at the same time; each group once.
    void run(std::size_t group);
    /// The first entry with a wrong hash, after all groups ran; none if all are right.
    [[nodiscard]] std::optional<std::size_t> first_invalid() const;

private:
    struct Group {
        std::vector<std::size_t> entries;
        std::optional<std::size_t> first_invalid;
    };

    Hash start_;
    std::span<const Entry> entries_;
    std::vector<Group> groups_;
};

/// The first entry with a wrong hash, found by `parallel_for(count, body)`, which calls body(i) for
/// every i below count, on `width` threads or fewer, and returns when all have returned.
template <class ParallelFor>
[[nodiscard]] std::optional<std::size_t>
find_invalid_entry(const Hash& start, std::span<const Entry> entries, std::size_t width,
                   ParallelFor&& parallel_for) {
    PohCheck check(start, entries, width);
    parallel_for(check.groups(), [&check](std::size_t group) { check.run(group); });
    return check.first_invalid();
}

/// The same on the calling thread.
[[nodiscard]] std::optional<std::size_t> find_invalid_entry(const Hash& start,
                                                            std::span<const Entry> entries);

} // namespace fathom::ledger

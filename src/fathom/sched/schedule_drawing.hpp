// SPDX-License-Identifier: Apache-2.0
// A simulated block as a picture: what each worker does when, what the block waits for, and which
// accounts are fought over.
#pragma once

#include "fathom/sched/simulator.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace fathom::sched {

struct DrawingOptions {
    std::string_view title = "Schedule of a block";
    /// Names by task, shown when the pointer rests on one. May be shorter than the block, or empty.
    std::span<const std::string_view> labels = {};
    std::size_t hot_accounts = 8;
};

/// An SVG document, 1200 wide, for light and dark surroundings. Time runs to the right, in units of
/// cost, and is the same for all parts: the critical path, one lane for each worker, how many tasks
/// were ready without a worker, and for each of the dearest accounts when it was written.
///
/// Tasks too narrow to see are drawn as one area with their neighbours, so the text stays small for
/// any number of tasks. It depends on the arguments alone.
[[nodiscard]] std::string draw_schedule(const ConflictGraph& graph, const Simulation& simulation,
                                        const DrawingOptions& options = {});

} // namespace fathom::sched

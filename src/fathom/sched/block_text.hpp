// SPDX-License-Identifier: Apache-2.0
// A block as the scheduler sees it, as lines of text (docs/scheduler.md).
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/sched/schedule_report.hpp"
#include "fathom/sched/workload.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::sched {

/// A block in memory of its own.
struct NamedWorkload {
    Workload work;
    std::vector<std::string> labels; // by transaction

    /// What `simulate_schedule` takes. Refers to this.
    [[nodiscard]] std::vector<TransactionWork> transactions() const;
};

/// One transaction a line, in block order: `COST w:KEY r:KEY … # LABEL`. A key (base58) is written
/// or read; what follows # is the transaction's name. Empty lines, and lines with nothing before
/// their #, are no transactions. Errors name the line.
[[nodiscard]] Result<NamedWorkload> parse_block_text(std::string_view text);

/// The same lines. In a label, ends of lines become spaces.
[[nodiscard]] std::string block_text(std::span<const TransactionWork> block);

} // namespace fathom::sched

// SPDX-License-Identifier: Apache-2.0
// A log of blocks executed again, every fork of it, with the bank hashes compared.
#pragma once

#include "fathom/bank/bank.hpp"
#include "fathom/ledger/block_log.hpp"
#include "fathom/ledger/replay.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fathom::ledger {

/// What came of one record.
struct ReplayedRecord {
    std::size_t record = 0;
    std::shared_ptr<bank::Bank> bank; ///< frozen; null if the block could not be executed
    ReplayStatistics statistics;
    /// Empty if all is well. Otherwise the slot is dead, and so are those that descend from it.
    std::string error;
};

struct LogReplayOptions {
    ReplayOptions replay;
    /// Branches of the log that may be executed at the same time. Blocks of different branches take
    /// turns on the runtime's workers; what each of them does alone overlaps.
    unsigned concurrent_forks = 4;
    /// Called once for each record, a parent before its children, by one thread at a time.
    std::function<void(const ReplayedRecord&)> on_record = {};
};

/// From `start`, the frozen bank that the log begins from. Blocks that all forks of the log descend
/// from are rooted on the way. The results are those of the log's tips, in the order of their
/// records; of a dead slot's descendants there is none but the dead slot itself. InvalidInput if
/// the log begins from another bank.
[[nodiscard]] Result<std::vector<ReplayedRecord>>
replay_log(const BlockLog& log, const std::shared_ptr<bank::Bank>& start,
           const LogReplayOptions& options = {});

} // namespace fathom::ledger

// SPDX-License-Identifier: Apache-2.0
// The same made-up chain several times, executed in different ways, to see that the ways agree.
#pragma once

#include "fathom/bank/bank.hpp"
#include "fathom/bank/runtime.hpp"
#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/harness/chain/block_maker.hpp"
#include "fathom/harness/chain/made_up_chain.hpp"
#include "fathom/svm/processor.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fathom::harness {

struct WayToExecute {
    unsigned workers = 1;
    EngineChoice engine = EngineChoice::Tiered;
};

class ParallelChains {
public:
    /// Every way gets its own runtime and state. `chain` and `maker` must outlive it.
    ParallelChains(const MadeUpChain& chain, BlockMaker& maker,
                   const std::vector<WayToExecute>& ways, bool verify_signatures = false);

    [[nodiscard]] std::size_t ways() const { return chains_.size(); }
    /// Begins the next block on every chain, with transactions made for the first.
    void make_block(std::size_t transactions);
    [[nodiscard]] const std::vector<Bytes>& block() const { return block_; }
    /// Executes the block on one of them, and commits.
    void execute(std::size_t way, bank::BlockTimes::Nanoseconds (*clock)() = nullptr,
                 bank::BlockTimes* times = nullptr);
    /// Ticks and the hash.
    void freeze(std::size_t way);
    [[nodiscard]] const bank::Bank& bank(std::size_t way) const { return *chains_[way].bank; }
    [[nodiscard]] const std::vector<bank::TransactionOutcome>& outcomes(std::size_t way) const {
        return chains_[way].outcomes;
    }
    /// How the others differ from the first after the block, in words; nullopt: not at all.
    [[nodiscard]] std::optional<std::string> difference() const;

private:
    struct Chain {
        std::shared_ptr<bank::Bank> bank;
        std::vector<bank::TransactionOutcome> outcomes;
    };

    BlockMaker& maker_;
    bool verify_signatures_;
    std::vector<Chain> chains_;
    std::vector<Bytes> block_;
    std::vector<ByteView> views_;
};

} // namespace fathom::harness

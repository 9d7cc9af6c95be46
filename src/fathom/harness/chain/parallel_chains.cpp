// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/chain/parallel_chains.hpp"

#include "fathom/crypto/sha256.hpp"
#include "fathom/types/pubkey.hpp"

#include <algorithm>
#include <string>

namespace fathom::harness {
namespace {

/// Blocks that a fork may have before they are rooted: layers that every look-up walks through.
constexpr Slot kUnrootedBlocks = 4;

/// What the last tick of a slot is, on a chain without Proof of History.
Hash tick_of(Slot slot) {
    return Hash{crypto::sha256(as_bytes("tick of slot " + std::to_string(slot)))};
}

std::string first_differing_account(const bank::Bank& left, const bank::Bank& right) {
    for (const auto& [key, account] : left.accounts().changes()) {
        const auto other = right.account(key);
        const bool is_gone = account.lamports == 0;
        if (is_gone ? other.has_value() : (!other || !(*other == account))) {
            return ", account " + key.to_base58();
        }
    }
    for (const auto& [key, account] : right.accounts().changes()) {
        if (!left.accounts().changed(key)) return ", account " + key.to_base58();
    }
    return "";
}

} // namespace

ParallelChains::ParallelChains(const MadeUpChain& chain, BlockMaker& maker,
                               const std::vector<WayToExecute>& ways, bool verify_signatures)
    : maker_(maker), verify_signatures_(verify_signatures) {
    for (const WayToExecute& way : ways) {
        ProcessorConfig config;
        config.engine = way.engine;
        config.native.stake = true; // no ELFs in the genesis
        config.program_cache = std::make_shared<svm::ProgramCache>();
        auto runtime = std::make_shared<bank::Runtime>(config, way.workers);
        auto genesis = bank::make_genesis_bank(chain.genesis(), std::move(runtime));
        genesis->finish_ticks(tick_of(0));
        genesis->freeze();
        chains_.push_back({std::move(genesis), {}});
    }
}

void ParallelChains::make_block(std::size_t transactions) {
    for (Chain& chain : chains_) {
        const Slot slot = chain.bank->slot() + 1;
        if (slot % kUnrootedBlocks == 0) chain.bank->make_root();
        chain.bank = bank::Bank::child_of(chain.bank, slot).value();
    }
    block_ = maker_.make(*chains_.front().bank, transactions);
    views_.assign(block_.begin(), block_.end());
}

void ParallelChains::execute(std::size_t way, bank::BlockTimes::Nanoseconds (*clock)(),
                             bank::BlockTimes* times) {
    Chain& chain = chains_[way];
    bank::BlockOptions options;
    options.verify_signatures = verify_signatures_;
    options.clock = clock;
    options.times = times;
    chain.outcomes = chain.bank->execute(views_, options);
}

void ParallelChains::freeze(std::size_t way) {
    Chain& chain = chains_[way];
    chain.bank->finish_ticks(tick_of(chain.bank->slot()));
    chain.bank->freeze();
}

std::optional<std::string> ParallelChains::difference() const {
    const Chain& first = chains_.front();
    for (std::size_t way = 1; way < chains_.size(); ++way) {
        const Chain& other = chains_[way];
        const std::string where =
            "slot " + std::to_string(first.bank->slot()) + ", way " + std::to_string(way);
        for (std::size_t i = 0; i < first.outcomes.size(); ++i) {
            const auto& left = first.outcomes[i];
            const auto& right = other.outcomes[i];
            if (left.error != right.error || left.compute_units != right.compute_units) {
                return where + ", transaction " + std::to_string(i);
            }
        }
        if (first.bank->hash() == other.bank->hash()) continue;
        return where + first_differing_account(*first.bank, *other.bank) + ": hash " +
               other.bank->hash().to_base58() + " for " + first.bank->hash().to_base58();
    }
    return std::nullopt;
}

} // namespace fathom::harness

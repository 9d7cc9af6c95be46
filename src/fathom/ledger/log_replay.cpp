// SPDX-License-Identifier: Apache-2.0
#include "fathom/ledger/log_replay.hpp"

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

namespace fathom::ledger {
namespace {

using BankPointer = std::shared_ptr<bank::Bank>;

class Replay {
public:
    Replay(const BlockLog& log, const LogReplayOptions& options)
        : log_(log), options_(options), children_(log.records().size()),
          tips_below_(log.records().size()), idle_(options.concurrent_forks) {
        for (std::size_t i = 0; i < log.records().size(); ++i) {
            if (const auto parent = log.records()[i].parent) {
                children_[*parent].push_back(i);
            } else {
                roots_.push_back(i);
            }
        }
        // Children come after their parents.
        for (std::size_t i = children_.size(); i-- > 0;) {
            if (children_[i].empty()) tips_below_[i] = 1;
            for (const std::size_t child : children_[i]) tips_below_[i] += tips_below_[child];
        }
        for (const std::size_t root : roots_) tips_ += tips_below_[root];
    }

    std::vector<ReplayedRecord> run(const BankPointer& start) {
        run_children(roots_, start);
        std::ranges::sort(results_, {}, &ReplayedRecord::record);
        return std::move(results_);
    }

private:
    /// One after the other, or as many at once as there are threads left.
    void run_children(const std::vector<std::size_t>& children, const BankPointer& parent) {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < children.size(); ++i) {
            const bool is_last = i + 1 == children.size();
            if (!is_last && take_thread()) {
                threads.emplace_back([this, child = children[i], parent] {
                    run_branch(child, parent);
                    give_thread_back();
                });
            } else {
                run_branch(children[i], parent);
            }
        }
    }

    void run_branch(std::size_t number, BankPointer parent) {
        for (;;) {
            ReplayedRecord result = run_record(number, parent);
            const bool is_tip = children_[number].empty() || !result.error.empty();
            {
                const std::scoped_lock lock(mutex_);
                if (options_.on_record) options_.on_record(result);
                if (is_tip) results_.push_back(result);
            }
            if (is_tip) return;
            // Nobody else is at work: the only branch there is leads through here.
            if (tips_below_[number] == tips_) result.bank->make_root();
            parent = std::move(result.bank);
            if (children_[number].size() > 1) return run_children(children_[number], parent);
            number = children_[number].front();
        }
    }

    [[nodiscard]] ReplayedRecord run_record(std::size_t number, const BankPointer& parent) const {
        ReplayedRecord result;
        result.record = number;
        const StoredRecord& stored = log_.records()[number];
        const auto block = log_.read(number);
        if (!block) return fail(std::move(result), block.error().message());
        const auto entries = block->entries();
        if (!entries) return fail(std::move(result), entries.error().message());
        // Children begin from the blockhash that the record names.
        if (entries->empty() || entries->back().hash != stored.record.blockhash) {
            return fail(std::move(result), "the block ends with another blockhash");
        }
        auto bank = bank::Bank::child_of(parent, stored.record.slot);
        if (!bank) return fail(std::move(result), bank.error().message);
        auto replayed = replay_block(**bank, *entries, options_.replay);
        if (!replayed) return fail(std::move(result), replayed.error().message());
        result.statistics = *std::move(replayed);
        result.bank = *std::move(bank);
        const Hash& hash = result.bank->freeze();
        if (stored.record.bank_hash && *stored.record.bank_hash != hash) {
            return fail(std::move(result), "bank hash mismatch: expected " +
                                               stored.record.bank_hash->to_base58() + ", got " +
                                               hash.to_base58());
        }
        return result;
    }

    [[nodiscard]] ReplayedRecord fail(ReplayedRecord result, const std::string& why) const {
        result.error =
            "slot " + std::to_string(log_.records()[result.record].record.slot) + ": " + why;
        return result;
    }

    bool take_thread() {
        const std::scoped_lock lock(mutex_);
        if (idle_ <= 1) return false; // this one is at work, too
        --idle_;
        return true;
    }
    void give_thread_back() {
        const std::scoped_lock lock(mutex_);
        ++idle_;
    }

    const BlockLog& log_;
    const LogReplayOptions& options_;
    std::vector<std::vector<std::size_t>> children_;
    std::vector<std::size_t> tips_below_;
    std::vector<std::size_t> roots_;
    std::size_t tips_ = 0;
    std::mutex mutex_; // guards what follows, and on_record
    unsigned idle_;
    std::vector<ReplayedRecord> results_;
};

} // namespace

Result<std::vector<ReplayedRecord>> replay_log(const BlockLog& log, const BankPointer& start,
                                               const LogReplayOptions& options) {
    if (log.start().bank_hash != start->hash() || log.start().slot != start->slot()) {
        return std::unexpected(base::Error(
            base::ErrorCode::InvalidInput,
            "block log: it begins from the bank of slot " + std::to_string(log.start().slot) +
                " with hash " + log.start().bank_hash.to_base58() + ", not from slot " +
                std::to_string(start->slot()) + " with " + start->hash().to_base58()));
    }
    return Replay(log, options).run(start);
}

} // namespace fathom::ledger

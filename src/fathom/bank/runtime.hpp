// SPDX-License-Identifier: Apache-2.0
// What all banks of a node share: programs, processed messages, and the machines that execute.
#pragma once

#include "fathom/bank/status_cache.hpp"
#include "fathom/sched/worker_pool.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/svm/program_cache.hpp"

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace fathom::bank {

struct BlockScratch;

class Runtime {
public:
    /// Lends a processor for as long as it lives, so that its compiled programs and buffers serve
    /// the next block, too.
    class Lease {
    public:
        Lease(Runtime& runtime, std::unique_ptr<Processor> processor)
            : runtime_(runtime), processor_(std::move(processor)) {}
        Lease(Lease&&) = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease() {
            if (processor_) runtime_.give_back(std::move(processor_));
        }
        [[nodiscard]] Processor& operator*() const { return *processor_; }
        [[nodiscard]] Processor* operator->() const { return processor_.get(); }

    private:
        Runtime& runtime_;
        std::unique_ptr<Processor> processor_;
    };

    /// `workers` threads execute blocks, the calling one among them.
    explicit Runtime(ProcessorConfig config = {}, unsigned workers = 1);
    ~Runtime();
    Runtime(const Runtime&) = delete;
    Runtime& operator=(const Runtime&) = delete;

    [[nodiscard]] Lease lend();
    [[nodiscard]] StatusCache& status_cache() { return statuses_; }
    [[nodiscard]] const ProcessorConfig& config() const { return config_; }

    /// The threads, and memory to execute a block in, for one bank at a time.
    class PoolLease {
    public:
        PoolLease(sched::WorkerPool& pool, BlockScratch& scratch, std::mutex& mutex)
            : lock_(mutex), pool_(pool), scratch_(scratch) {}
        [[nodiscard]] sched::WorkerPool* operator->() const { return &pool_; }
        [[nodiscard]] BlockScratch& scratch() const { return scratch_; }

    private:
        std::unique_lock<std::mutex> lock_;
        sched::WorkerPool& pool_;
        BlockScratch& scratch_;
    };
    [[nodiscard]] PoolLease lend_pool() { return {pool_, *scratch_, pool_mutex_}; }

private:
    void give_back(std::unique_ptr<Processor> processor);

    ProcessorConfig config_;
    StatusCache statuses_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Processor>> idle_;
    std::mutex pool_mutex_;
    sched::WorkerPool pool_;
    std::unique_ptr<BlockScratch> scratch_;
};

} // namespace fathom::bank

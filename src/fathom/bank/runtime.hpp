// SPDX-License-Identifier: Apache-2.0
// What all banks of a node share: programs, processed messages, and the machines that execute.
#pragma once

#include "fathom/bank/status_cache.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/svm/program_cache.hpp"

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace fathom::bank {

class Runtime {
public:
    /// Lends a processor for as long as it lives, so that its compiled programs and buffers serve
    /// the next block, too.
    class Lease {
    public:
        Lease(Runtime& runtime, std::unique_ptr<Processor> processor)
            : runtime_(runtime), processor_(std::move(processor)) {}
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease() { runtime_.give_back(std::move(processor_)); }
        [[nodiscard]] Processor& operator*() const { return *processor_; }
        [[nodiscard]] Processor* operator->() const { return processor_.get(); }

    private:
        Runtime& runtime_;
        std::unique_ptr<Processor> processor_;
    };

    explicit Runtime(ProcessorConfig config = {});

    [[nodiscard]] Lease lend();
    [[nodiscard]] StatusCache& status_cache() { return statuses_; }
    [[nodiscard]] const ProcessorConfig& config() const { return config_; }

private:
    void give_back(std::unique_ptr<Processor> processor);

    ProcessorConfig config_;
    StatusCache statuses_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Processor>> idle_;
};

} // namespace fathom::bank

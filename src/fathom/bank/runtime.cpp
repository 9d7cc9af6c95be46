// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/runtime.hpp"

#include "fathom/bank/block_scratch.hpp"

namespace fathom::bank {

Runtime::Runtime(ProcessorConfig config, unsigned workers)
    : config_(std::move(config)), pool_(workers), scratch_(std::make_unique<BlockScratch>()) {
    if (!config_.program_cache) config_.program_cache = std::make_shared<svm::ProgramCache>();
}

Runtime::~Runtime() = default;

Runtime::Lease Runtime::lend() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return {*this, std::make_unique<Processor>(config_)};
    auto processor = std::move(idle_.back());
    idle_.pop_back();
    return {*this, std::move(processor)};
}

void Runtime::give_back(std::unique_ptr<Processor> processor) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(processor));
}

} // namespace fathom::bank

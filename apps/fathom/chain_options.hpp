// SPDX-License-Identifier: Apache-2.0
// From the options that name a made-up chain to the chain.
#pragma once

#include "commands.hpp"
#include "fathom/bank/runtime.hpp"
#include "fathom/harness/chain/made_up_chain.hpp"

#include <memory>

namespace fathom::app {

[[nodiscard]] harness::ChainOptions to_chain_options(const MadeUpChainOptions& options);

/// 0 workers: one per core.
[[nodiscard]] std::shared_ptr<bank::Runtime> make_chain_runtime(EngineChoice engine,
                                                                unsigned workers);

} // namespace fathom::app

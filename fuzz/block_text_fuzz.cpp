// SPDX-License-Identifier: Apache-2.0
// Fuzz target: any text as a block; what is read, written and read again is the same.
#include "fathom/base/assert.hpp"
#include "fathom/sched/block_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fathom;
    const auto block = sched::parse_block_text(as_text(ByteView(data, size)));
    if (!block) return 0;
    const std::string text = sched::block_text(block->transactions());
    const auto again = sched::parse_block_text(text);
    FATHOM_ASSERT(again && again->work.size() == block->work.size());
    FATHOM_ASSERT(sched::block_text(again->transactions()) == text);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Any bytes as a context of each harness: refused, or effects that are well-formed.
#include "fathom/base/assert.hpp"
#include "fathom/harness/compat/harnesses.hpp"
#include "fathom/harness/wire_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fathom;
    using namespace fathom::harness::compat;
    if (size == 0) return 0;
    using Harness = std::optional<Bytes> (*)(ByteView);
    constexpr Harness kHarnesses[] = {run_instruction_context, run_serialization_context,
                                      run_syscall_context,     run_interpreter_context,
                                      run_elf_context,         run_transaction_context,
                                      run_cost_context};
    // The first byte chooses, the rest is the context.
    const Harness run = kHarnesses[data[0] % std::size(kHarnesses)];
    const auto effects = run({data + 1, size - 1});
    if (effects) FATHOM_ASSERT(harness::read_wire_fields(*effects).has_value());
    return 0;
}

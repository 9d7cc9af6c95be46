// SPDX-License-Identifier: Apache-2.0
// Fuzz target: any data into the precompiles, as the first of two instructions. The outcome must
// not depend on where the bytes lie.
#include "fathom/base/assert.hpp"
#include "fathom/programs/builtins.hpp"

#include <array>

using namespace fathom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const FeatureSet features;
    const auto precompiles = programs::precompiles(features);
    const auto& precompile = precompiles[data[0] % precompiles.size()];
    const ByteView own{data + 1, size - 1};
    const ByteView other = own.subspan(own.size() / 2);
    const std::array datas{own, other};
    const auto result = precompile.verify(own, datas, features);
    if (!result) FATHOM_ASSERT(result.error().kind == InstructionError::Custom);
    // A copy of exactly the right size, so that a read behind its end is seen.
    const Bytes copy(own.begin(), own.end());
    const std::array copies{ByteView(copy), other};
    FATHOM_ASSERT(precompile.verify(copy, copies, features) == result);
    return 0;
}

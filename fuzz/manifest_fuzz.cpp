// SPDX-License-Identifier: Apache-2.0
// Any bytes: a snapshot's manifest decodes, or the error names an offset within them.
#include "fathom/base/assert.hpp"
#include "fathom/ledger/manifest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fathom;
    const auto manifest = ledger::decode_manifest(ByteView(data, size));
    if (!manifest) {
        FATHOM_ASSERT(manifest.error().message.starts_with("manifest: offset "));
        return 0;
    }
    FATHOM_ASSERT(manifest->trailing_bytes < size);
    for (const auto& stakes : manifest->epoch_stakes) {
        FATHOM_ASSERT(manifest->find_epoch_stakes(stakes.epoch) != nullptr);
    }
    return 0;
}

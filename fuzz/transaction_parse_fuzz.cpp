// SPDX-License-Identifier: Apache-2.0
// Any bytes: parsing stays inside them, and what parses is exactly what its parts say.
#include "fathom/base/assert.hpp"
#include "fathom/types/transaction.hpp"
#include "tests/support/wire.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fathom;
    const ByteView bytes(data, size);
    const auto view = TransactionView::parse(bytes);
    if (!view) {
        FATHOM_ASSERT(view.error().offset <= size);
        FATHOM_ASSERT(!view.error().what.empty());
        return 0;
    }
    const Bytes message = tests::rebuild_message(*view);
    FATHOM_ASSERT(std::ranges::equal(message, view->message()));
    FATHOM_ASSERT(std::ranges::equal(serialize_transaction(view->signatures(), message), bytes));
    return 0;
}

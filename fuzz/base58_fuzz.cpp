// SPDX-License-Identifier: Apache-2.0
// Any bytes survive encoding; any text that decodes is the encoding of what it decodes to.
#include "fathom/base/assert.hpp"
#include "fathom/types/base58.hpp"

#include <algorithm>

namespace {

template <std::size_t N> void check_exact(std::string_view text, bool is_exact) {
    std::array<std::uint8_t, N> out{};
    const bool decoded = fathom::types::decode_base58_exact(text, out);
    FATHOM_ASSERT(decoded == is_exact);
    if (decoded) FATHOM_ASSERT(fathom::types::encode_base58(out) == text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fathom;
    const ByteView bytes(data, size);
    const auto decoded = types::decode_base58(as_text(bytes));
    if (decoded) FATHOM_ASSERT(types::encode_base58(*decoded) == as_text(bytes));
    check_exact<32>(as_text(bytes), decoded && decoded->size() == 32);
    check_exact<64>(as_text(bytes), decoded && decoded->size() == 64);
    if (size > 1232) return 0;
    const auto returned = types::decode_base58(types::encode_base58(bytes));
    FATHOM_ASSERT(returned && std::ranges::equal(*returned, bytes));
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "fathom/programs/bincode_reader.hpp"

#include "fathom/base/text.hpp"

namespace fathom::programs {

std::optional<std::string_view> BincodeReader::text() {
    const auto content = bytes();
    if (!content || !base::is_utf8(*content)) {
        has_failed_ = true;
        return std::nullopt;
    }
    return as_text(*content);
}

} // namespace fathom::programs

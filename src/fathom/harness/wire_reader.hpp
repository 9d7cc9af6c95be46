// SPDX-License-Identifier: Apache-2.0
// Protobuf's wire format, without schemas: the fields of one message in order.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"

#include <cstdint>
#include <vector>

namespace fathom::harness {

/// How a field's value is written.
enum class WireType : std::uint8_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

/// One field as it was written. Bytes, texts and messages are `bytes`; all else is `number`.
struct WireField {
    std::uint64_t tag = 0;
    WireType type = WireType::Varint;
    bool is_bytes = false;
    std::uint64_t number = 0;
    ByteView bytes; // into the message
};

/// The fields of a message, unknown ones included. Groups, which nobody writes any more, truncated
/// fields and tag 0 are errors. Costs time and memory in proportion to the message.
[[nodiscard]] Result<std::vector<WireField>> read_wire_fields(ByteView message);

} // namespace fathom::harness

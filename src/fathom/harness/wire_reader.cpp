// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/wire_reader.hpp"

namespace fathom::harness {
namespace {

using base::Error;
using base::ErrorCode;

Result<std::uint64_t> take_varint(ByteView& rest) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (rest.empty()) {
            return std::unexpected(Error(ErrorCode::InvalidInput, "protobuf: a number is cut off"));
        }
        const std::uint8_t byte = rest[0];
        rest = rest.subspan(1);
        if (shift < 64) value |= std::uint64_t{byte & 0x7fu} << shift;
        if (byte < 0x80) return value;
    }
    return std::unexpected(
        Error(ErrorCode::InvalidInput, "protobuf: a number has more than ten bytes"));
}

Result<ByteView> take_bytes(ByteView& rest, std::uint64_t count) {
    if (count > rest.size()) {
        return std::unexpected(Error(ErrorCode::InvalidInput, "protobuf: a field is cut off"));
    }
    const ByteView bytes = rest.first(count);
    rest = rest.subspan(count);
    return bytes;
}

Result<std::uint64_t> take_fixed(ByteView& rest, std::size_t width) {
    const ByteView bytes = FATHOM_TRY(take_bytes(rest, width));
    std::uint64_t value = 0;
    for (std::size_t i = width; i-- > 0;) value = value << 8 | bytes[i];
    return value;
}

} // namespace

Result<std::vector<WireField>> read_wire_fields(ByteView message) {
    std::vector<WireField> fields;
    for (ByteView rest = message; !rest.empty();) {
        const std::uint64_t key = FATHOM_TRY(take_varint(rest));
        WireField field;
        field.tag = key >> 3;
        field.type = static_cast<WireType>(key & 7);
        switch (key & 7) {
        case 0: field.number = FATHOM_TRY(take_varint(rest)); break;
        case 1: field.number = FATHOM_TRY(take_fixed(rest, 8)); break;
        case 5: field.number = FATHOM_TRY(take_fixed(rest, 4)); break;
        case 2: {
            const std::uint64_t count = FATHOM_TRY(take_varint(rest));
            field.is_bytes = true;
            field.bytes = FATHOM_TRY(take_bytes(rest, count));
            break;
        }
        default:
            return std::unexpected(
                Error(ErrorCode::InvalidInput, "protobuf: a field of an unknown wire type"));
        }
        if (field.tag == 0) {
            return std::unexpected(Error(ErrorCode::InvalidInput, "protobuf: a field with tag 0"));
        }
        fields.push_back(field);
    }
    return fields;
}

} // namespace fathom::harness

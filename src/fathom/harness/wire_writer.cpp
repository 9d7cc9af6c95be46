// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/wire_writer.hpp"

#include "fathom/harness/wire_reader.hpp"

namespace fathom::harness {
namespace {

std::uint64_t key_of(std::uint64_t tag, WireType type) {
    return tag << 3 | static_cast<std::uint64_t>(type);
}

void append_fixed64(Bytes& out, std::uint64_t value) {
    const std::size_t at = out.size();
    out.resize(at + 8);
    store_le(out.data() + at, value);
}

} // namespace

void WireWriter::varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_.push_back(static_cast<std::uint8_t>(value | 0x80));
    out_.push_back(static_cast<std::uint8_t>(value));
}

WireWriter& WireWriter::number(std::uint64_t tag, std::uint64_t value) {
    if (value == 0) return *this;
    varint(key_of(tag, WireType::Varint));
    varint(value);
    return *this;
}

WireWriter& WireWriter::fixed64(std::uint64_t tag, std::uint64_t value) {
    if (value == 0) return *this;
    varint(key_of(tag, WireType::Fixed64));
    append_fixed64(out_, value);
    return *this;
}

WireWriter& WireWriter::bytes(std::uint64_t tag, ByteView value) {
    return value.empty() ? *this : element(tag, value);
}

WireWriter& WireWriter::element(std::uint64_t tag, ByteView value) {
    varint(key_of(tag, WireType::Bytes));
    varint(value.size());
    out_.insert(out_.end(), value.begin(), value.end());
    return *this;
}

WireWriter& WireWriter::packed(std::uint64_t tag, std::span<const std::uint64_t> values) {
    WireWriter inner;
    for (const std::uint64_t value : values) inner.varint(value);
    return bytes(tag, inner.out_);
}

WireWriter& WireWriter::packed_fixed64(std::uint64_t tag, std::span<const std::uint64_t> values) {
    Bytes inner;
    for (const std::uint64_t value : values) append_fixed64(inner, value);
    return bytes(tag, inner);
}

} // namespace fathom::harness

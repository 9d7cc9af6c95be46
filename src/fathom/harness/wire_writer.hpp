// SPDX-License-Identifier: Apache-2.0
// Writes protobuf's wire format, field by field.
#pragma once

#include "fathom/base/bytes.hpp"

#include <cstdint>
#include <span>
#include <utility>

namespace fathom::harness {

/// One message under construction. As proto3 has it, a single value that is zero or empty is not
/// written; an element of a repeated field is.
class WireWriter {
public:
    /// Any integer but fixed and zigzag ones; negative ones as two's complement of 64 bits.
    WireWriter& number(std::uint64_t tag, std::uint64_t value);
    WireWriter& boolean(std::uint64_t tag, bool value) { return number(tag, value ? 1 : 0); }
    WireWriter& fixed64(std::uint64_t tag, std::uint64_t value);
    WireWriter& bytes(std::uint64_t tag, ByteView value);
    /// Bytes or a message, written even if empty: an element, or a message that is present.
    WireWriter& element(std::uint64_t tag, ByteView value);
    WireWriter& element(std::uint64_t tag, const WireWriter& message) {
        return element(tag, message.out_);
    }
    /// Fields that have been written already.
    WireWriter& raw(ByteView fields) {
        out_.insert(out_.end(), fields.begin(), fields.end());
        return *this;
    }
    /// All elements of a repeated integer in one field.
    WireWriter& packed(std::uint64_t tag, std::span<const std::uint64_t> values);
    WireWriter& packed_fixed64(std::uint64_t tag, std::span<const std::uint64_t> values);

    [[nodiscard]] const Bytes& view() const { return out_; }
    [[nodiscard]] Bytes take() { return std::move(out_); }

private:
    void varint(std::uint64_t value);

    Bytes out_;
};

} // namespace fathom::harness

// SPDX-License-Identifier: Apache-2.0
// STROBE-128 (strobe.sourceforge.io/specs, version 1.0.2) and the Merlin framing on top.
#include "fathom/crypto/zk/merlin.hpp"

#include <bit>
#include <cstring>
#include <utility>

namespace fathom::crypto::zk {
namespace {

static_assert(std::endian::native == std::endian::little, "state bytes are lane bytes");

constexpr std::uint8_t kInbound = 1;
constexpr std::uint8_t kApplication = 2;
constexpr std::uint8_t kCipher = 4;
constexpr std::uint8_t kMeta = 16;

ByteView view(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::array<std::uint8_t, 4> length_bytes(std::size_t length) {
    std::array<std::uint8_t, 4> bytes;
    for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(length >> (8 * i));
    return bytes;
}

} // namespace

Strobe128::Strobe128(std::string_view protocol) {
    constexpr std::array<std::uint8_t, 6> header{1, kRate + 2, 1, 0, 1, 96};
    constexpr std::string_view name = "STROBEv1.0.2";
    std::memcpy(bytes(), header.data(), header.size());
    std::memcpy(bytes() + header.size(), name.data(), name.size());
    keccak_f1600(state_);
    meta_ad(view(protocol), false);
}

void Strobe128::permute() {
    bytes()[position_] ^= operation_begin_;
    bytes()[position_ + 1] ^= 0x04;
    bytes()[kRate + 1] ^= 0x80;
    keccak_f1600(state_);
    position_ = 0;
    operation_begin_ = 0;
}

void Strobe128::absorb(ByteView input) {
    for (const std::uint8_t byte : input) {
        bytes()[position_] ^= byte;
        if (++position_ == kRate) permute();
    }
}

void Strobe128::begin(std::uint8_t flags, bool more) {
    if (more) return;
    const std::array<std::uint8_t, 2> frame{operation_begin_, flags};
    operation_begin_ = static_cast<std::uint8_t>(position_ + 1);
    absorb(frame);
    if ((flags & kCipher) != 0 && position_ != 0) permute();
}

void Strobe128::meta_ad(ByteView input, bool more) {
    begin(kMeta | kApplication, more);
    absorb(input);
}

void Strobe128::ad(ByteView input, bool more) {
    begin(kApplication, more);
    absorb(input);
}

void Strobe128::prf(MutableByteView output, bool more) {
    begin(kInbound | kApplication | kCipher, more);
    for (std::uint8_t& byte : output) {
        byte = std::exchange(bytes()[position_], std::uint8_t{0});
        if (++position_ == kRate) permute();
    }
}

MerlinTranscript::MerlinTranscript(std::string_view label) : strobe_("Merlin v1.0") {
    append("dom-sep", label);
}

void MerlinTranscript::append(std::string_view label, ByteView message) {
    strobe_.meta_ad(view(label), false);
    strobe_.meta_ad(length_bytes(message.size()), true);
    strobe_.ad(message, false);
}

void MerlinTranscript::append(std::string_view label, std::string_view message) {
    append(label, view(message));
}

void MerlinTranscript::append_u64(std::string_view label, std::uint64_t value) {
    std::array<std::uint8_t, 8> bytes;
    for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
    append(label, bytes);
}

void MerlinTranscript::challenge(std::string_view label, MutableByteView output) {
    strobe_.meta_ad(view(label), false);
    strobe_.meta_ad(length_bytes(output.size()), true);
    strobe_.prf(output, false);
}

Scalar25519 MerlinTranscript::challenge_scalar(std::string_view label) {
    std::array<std::uint8_t, 64> bytes;
    challenge(label, bytes);
    return Scalar25519::from_wide_bytes(bytes.data());
}

} // namespace fathom::crypto::zk

// SPDX-License-Identifier: Apache-2.0
// Seeded choice, edge values, and the form of a line.
#include "tests/oracles/cases.hpp"

#include "fathom/base/text.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace fathom::oracles {

Random::Random(std::uint64_t seed, std::string_view name) : state_(seed) {
    for (const char letter : name) {
        state_ = next() ^ static_cast<unsigned char>(letter);
    }
}

std::uint64_t Random::next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

std::size_t Random::below(std::size_t bound) {
    return next() % bound;
}

Bytes Random::bytes(std::size_t size) {
    Bytes bytes(size);
    const std::size_t kind = below(32);
    std::uint8_t run = 0;
    for (std::uint8_t& byte : bytes) {
        if (kind == 1 || (kind == 2 && chance(1, 8))) run = static_cast<std::uint8_t>(~run & 0xff);
        byte = kind == 0   ? std::uint8_t{0}
               : kind == 1 ? std::uint8_t{0xff}
               : kind == 2 ? run
                           : static_cast<std::uint8_t>(next());
    }
    return bytes;
}

Bytes Random::message(std::size_t block_size) {
    if (chance(1, 64)) return bytes(below(80 * 1024));
    if (chance(1, 2)) return bytes(below(200));
    if (chance(1, 2)) return bytes(below(1500));
    const std::size_t near = block_size * below(10) + below(20);
    return bytes(near < 17 ? 0 : near - 17);
}

Bytes Random::integer(ByteView modulus) {
    const int delta = static_cast<int>(below(5)) - 2;
    const Bytes zero(modulus.size());
    const Bytes whole(modulus.begin(), modulus.end());
    switch (below(20)) {
    case 0: return plus(zero, static_cast<int>(below(4)));
    case 1: return plus(whole, delta);
    case 2: return plus(halved(whole), delta);
    case 3: return plus(zero, -1 - static_cast<int>(below(3)));
    case 4: {
        Bytes power = zero;
        power[below(power.size())] = static_cast<std::uint8_t>(1u << below(8));
        return plus(power, delta);
    }
    case 5: return sum(whole, plus(zero, static_cast<int>(below(1000))));
    case 6: return bytes(modulus.size());
    default: return reduced(modulus);
    }
}

Bytes Random::reduced(ByteView modulus) {
    std::size_t leading = 0;
    while (modulus[leading] == 0) ++leading;
    std::uint8_t mask = 0;
    while (mask < modulus[leading]) mask = static_cast<std::uint8_t>(mask << 1 | 1);
    while (true) {
        Bytes value = bytes(modulus.size());
        std::fill_n(value.begin(), leading, std::uint8_t{0});
        value[leading] &= mask;
        if (std::ranges::lexicographical_compare(value, modulus)) return value;
    }
}

Bytes Random::flipped(Bytes bytes) {
    const std::size_t bit = below(8 * bytes.size());
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    return bytes;
}

Bytes from_hex(std::string_view text) {
    return base::from_hex(text).value();
}

Bytes joined(std::initializer_list<ByteView> parts) {
    Bytes bytes;
    for (const ByteView part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
    return bytes;
}

Bytes slice(ByteView bytes, std::size_t offset, std::size_t size) {
    const ByteView part = bytes.subspan(offset, size);
    return {part.begin(), part.end()};
}

Bytes swapped(Bytes bytes, std::size_t size) {
    for (std::size_t i = 0; i + size <= bytes.size(); i += size) {
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                     bytes.begin() + static_cast<std::ptrdiff_t>(i + size));
    }
    return bytes;
}

Bytes plus(Bytes a, int delta) {
    int carry = delta;
    for (std::size_t i = a.size(); i-- > 0;) {
        const int digit = a[i] + carry;
        a[i] = static_cast<std::uint8_t>(digit & 0xff);
        carry = digit >> 8;
    }
    return a;
}

Bytes sum(ByteView a, ByteView b) {
    Bytes result(a.begin(), a.end());
    unsigned carry = 0;
    for (std::size_t i = a.size(); i-- > 0;) {
        carry += unsigned{a[i]} + b[i];
        result[i] = static_cast<std::uint8_t>(carry & 0xff);
        carry >>= 8;
    }
    return result;
}

Bytes difference(ByteView a, ByteView b) {
    Bytes complement(b.begin(), b.end());
    for (std::uint8_t& byte : complement) byte = static_cast<std::uint8_t>(~byte & 0xff);
    return plus(sum(a, complement), 1);
}

Bytes halved(Bytes a) {
    unsigned carry = 0;
    for (std::uint8_t& byte : a) {
        const unsigned digit = carry << 8 | byte;
        byte = static_cast<std::uint8_t>(digit >> 1);
        carry = digit & 1;
    }
    return a;
}

bool is_zero(ByteView a) {
    return std::ranges::all_of(a, [](std::uint8_t byte) { return byte == 0; });
}

void Output::append(ByteView bytes) {
    text_ += ' ';
    text_ += bytes.empty() ? "-" : base::to_hex(bytes);
}

void Output::end_line() {
    text_ += '\n';
    // A reader that is gone is an error of the whole pipe.
    if (std::fwrite(text_.data(), 1, text_.size(), stdout) != text_.size()) std::exit(1);
    text_.clear();
}

void Output::add(std::string_view operation, std::initializer_list<ByteView> inputs,
                 ByteView result) {
    add_word(operation, inputs, result.empty() ? "-" : base::to_hex(result));
}

void Output::add_word(std::string_view operation, std::initializer_list<ByteView> inputs,
                      std::string_view result) {
    text_ += operation;
    for (const ByteView input : inputs) append(input);
    text_ += " = ";
    text_ += result;
    end_line();
    ++count_;
}

void Output::add_list(std::string_view operation, const std::vector<Bytes>& inputs,
                      const std::optional<Bytes>& result) {
    text_ += operation;
    for (const Bytes& input : inputs) append(input);
    text_ += " = ";
    text_ += result ? base::to_hex(*result) : "none";
    end_line();
    ++count_;
}

void Output::finish() {
    text_ = "end " + std::to_string(count_);
    end_line();
}

std::string in_order(std::string_view operation, crypto::ByteOrder order) {
    return std::string(operation) + (order == crypto::ByteOrder::Big ? "_be" : "_le");
}

} // namespace fathom::oracles

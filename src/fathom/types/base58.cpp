// SPDX-License-Identifier: Apache-2.0
// Base58 in limbs: 32 bits on the byte side, five digits on the text side.
#include "fathom/types/base58.hpp"

#include "fathom/base/integers.hpp"

#include <algorithm>

namespace fathom::types {

namespace {

using detail::kBase58DigitsPerLimb;

constexpr std::uint32_t kLimbBase = 58u * 58 * 58 * 58 * 58;
constexpr std::size_t kMaxDecodedSize = 1232;
// 1232 bytes are at most ceil(1232 · log 256 / log 58) digits.
constexpr std::size_t kMaxTextSize = 1683;

std::uint32_t load_be32(const std::uint8_t* source) {
    return __builtin_bswap32(load_le<std::uint32_t>(source));
}

std::size_t count_leading_zeros(ByteView bytes) {
    std::size_t zeros = 0;
    while (zeros < bytes.size() && bytes[zeros] == 0) ++zeros;
    return zeros;
}

/// Text of a number given as limbs below kLimbBase, most significant first, behind `zeros` ones.
std::string digits_of(std::span<const std::uint32_t> limbs, std::size_t zeros) {
    std::string text(zeros + limbs.size() * kBase58DigitsPerLimb, '1');
    for (std::size_t i = 0; i < limbs.size(); ++i) {
        std::uint32_t rest = limbs[i];
        for (std::size_t k = kBase58DigitsPerLimb; k-- > 0;) {
            text[zeros + i * kBase58DigitsPerLimb + k] = detail::kBase58Alphabet[rest % 58];
            rest /= 58;
        }
    }
    // The number's own leading zero digits are no digits; only the zero bytes are.
    std::size_t first = zeros;
    while (first < text.size() && text[first] == '1') ++first;
    text.erase(zeros, first - zeros);
    return text;
}

// Keys and signatures are printed for every log line of a program, so they do not take the
// schoolbook way. A number of n 32-bit limbs is the sum of limb × 2^(32k); each power is a constant
// whose base-58^5 limbs are known at compile time. So the text limbs are n multiply-adds each,
// followed by one carry pass per eight input limbs instead of one per limb.
template <std::size_t ByteCount> struct FixedEncoding {
    static constexpr std::size_t kInputs = ByteCount / 4;
    static constexpr std::size_t kOutputs = (ByteCount * 138 / 100 + 1 + 4) / 5;
    static constexpr std::size_t kGroup = 8;
    using Weights = std::array<std::array<std::uint32_t, kOutputs>, kInputs>;

    static consteval Weights make_weights() {
        Weights weights{};
        std::array<std::uint32_t, kOutputs> power{};
        power[kOutputs - 1] = 1;
        for (std::size_t i = kInputs; i-- > 0;) {
            weights[i] = power;
            std::uint64_t carry = 0;
            for (std::size_t j = kOutputs; j-- > 0;) {
                const std::uint64_t value = (static_cast<std::uint64_t>(power[j]) << 32) + carry;
                power[j] = static_cast<std::uint32_t>(value % kLimbBase);
                carry = value / kLimbBase;
            }
        }
        return weights;
    }
    static constexpr Weights kWeights = make_weights();

    /// No sum of a group, with what the group before it left and the carry from the right, exceeds
    /// 64 bits.
    static consteval bool sums_fit() {
        for (std::size_t group = 0; group < kInputs; group += kGroup) {
            uint128_t carry = 0;
            for (std::size_t j = kOutputs; j-- > 0;) {
                uint128_t sum = carry + (kLimbBase - 1);
                for (std::size_t i = group; i < std::min(group + kGroup, kInputs); ++i) {
                    sum += static_cast<uint128_t>(kWeights[i][j]) * 0xffffffffu;
                }
                if (sum >> 64 != 0) return false;
                carry = sum / kLimbBase;
            }
        }
        return true;
    }
    static_assert(sums_fit());

    static std::string encode(ByteView bytes) {
        std::array<std::uint64_t, kOutputs> sums{};
        for (std::size_t group = 0; group < kInputs; group += kGroup) {
            for (std::size_t i = group; i < std::min(group + kGroup, kInputs); ++i) {
                const std::uint64_t limb = load_be32(bytes.data() + 4 * i);
                for (std::size_t j = 0; j < kOutputs; ++j) sums[j] += limb * kWeights[i][j];
            }
            for (std::size_t j = kOutputs - 1; j > 0; --j) {
                sums[j - 1] += sums[j] / kLimbBase;
                sums[j] %= kLimbBase;
            }
        }
        std::array<std::uint32_t, kOutputs> limbs;
        for (std::size_t j = 0; j < kOutputs; ++j) limbs[j] = static_cast<std::uint32_t>(sums[j]);
        return digits_of(limbs, count_leading_zeros(bytes));
    }
};

/// number = number × factor + addend, in limbs below `base`, least significant first.
void multiply_add(std::vector<std::uint32_t>& number, std::uint64_t factor, std::uint64_t addend,
                  std::uint64_t base) {
    std::uint64_t carry = addend;
    for (std::uint32_t& limb : number) {
        // Both bases are at most 2^32 and so are factor and carry: the sum stays below 2^64.
        const std::uint64_t value = limb * factor + carry;
        limb = static_cast<std::uint32_t>(value % base);
        carry = value / base;
    }
    while (carry != 0) {
        number.push_back(static_cast<std::uint32_t>(carry % base));
        carry /= base;
    }
}

} // namespace

std::string encode_base58(ByteView bytes) {
    if (bytes.size() == 32) return FixedEncoding<32>::encode(bytes);
    if (bytes.size() == 64) return FixedEncoding<64>::encode(bytes);
    const std::size_t zeros = count_leading_zeros(bytes);
    std::vector<std::uint32_t> limbs;
    std::size_t position = zeros;
    while (position < bytes.size()) {
        const std::size_t count = std::min<std::size_t>(4, bytes.size() - position);
        std::uint64_t chunk = 0;
        for (std::size_t k = 0; k < count; ++k) chunk = chunk << 8 | bytes[position + k];
        multiply_add(limbs, std::uint64_t{1} << (8 * count), chunk, kLimbBase);
        position += count;
    }
    std::reverse(limbs.begin(), limbs.end());
    return digits_of(limbs, zeros);
}

std::optional<Bytes> decode_base58(std::string_view text) {
    if (text.size() > kMaxTextSize) return std::nullopt;
    const std::size_t ones = std::min(text.find_first_not_of('1'), text.size());
    std::vector<std::uint32_t> limbs;
    std::size_t position = ones;
    while (position < text.size()) {
        const std::size_t count = std::min(kBase58DigitsPerLimb, text.size() - position);
        std::uint64_t chunk = 0;
        std::uint64_t factor = 1;
        for (std::size_t k = 0; k < count; ++k) {
            const std::uint8_t digit =
                detail::kBase58Values[static_cast<std::uint8_t>(text[position + k])];
            if (digit == detail::kNoBase58Digit) return std::nullopt;
            chunk = chunk * 58 + digit;
            factor *= 58;
        }
        multiply_add(limbs, factor, chunk, std::uint64_t{1} << 32);
        position += count;
    }
    Bytes bytes(ones, 0);
    for (std::size_t i = limbs.size() * 4; i-- > 0;) {
        const auto byte = static_cast<std::uint8_t>(limbs[i / 4] >> (8 * (i % 4)));
        if (byte != 0 || bytes.size() > ones) bytes.push_back(byte);
    }
    if (bytes.size() > kMaxDecodedSize) return std::nullopt;
    return bytes;
}

} // namespace fathom::types

// SPDX-License-Identifier: Apache-2.0
// Syscalls on the curve alt_bn128.
#include "fathom/base/integers.hpp"
#include "fathom/crypto/bn254.hpp"
#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/functions.hpp"
#include "fathom/syscalls/translate.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace fathom::syscalls {

namespace {

constexpr u64 kLittleEndian = 0x80;
constexpr std::uint64_t kG1Size = 64;
constexpr std::uint64_t kG2Size = 128;
constexpr std::uint64_t kPairSize = kG1Size + kG2Size;
constexpr std::uint64_t kPairingResultSize = 32;

struct Plan {
    ComputeUnits units;
    std::uint64_t result_size;
};

enum GroupOperation : u64 { G1Add = 0, G1Multiply = 2, Pairing = 3, G2Add = 4, G2Multiply = 6 };
enum CompressionOperation : u64 {
    G1Compress = 0,
    G1Decompress = 1,
    G2Compress = 2,
    G2Decompress = 3
};

ComputeUnits pairing_units(std::uint64_t length) {
    const auto others = saturating_mul(cost::kBn254PairingOther,
                                       saturating_sub<std::uint64_t>(length / kPairSize, 1));
    return saturating_add(saturating_add(cost::kBn254PairingFirst, others),
                          saturating_add(length, cost::kHashBase + kPairingResultSize));
}

/// nullopt: no such operation, or not before its gate.
std::optional<Plan> plan_group_op(const SyscallContext& context, u64 operation, u64 length) {
    const bool is_little_endian = (operation & kLittleEndian) != 0;
    const bool has_g1 = !is_little_endian || context.feature(Feature::alt_bn128_little_endian);
    const bool has_g2 = context.feature(Feature::enable_alt_bn128_g2_syscalls);
    switch (operation & ~kLittleEndian) {
    case G1Add:
        if (!has_g1) return std::nullopt;
        return Plan{cost::kBn254G1Add, kG1Size};
    case G1Multiply:
        if (!has_g1) return std::nullopt;
        return Plan{cost::kBn254G1Multiply, kG1Size};
    case Pairing:
        if (!has_g1) return std::nullopt;
        return Plan{pairing_units(length), kPairingResultSize};
    case G2Add:
        if (!has_g2) return std::nullopt;
        return Plan{cost::kBn254G2Add, kG2Size};
    case G2Multiply:
        if (!has_g2) return std::nullopt;
        return Plan{cost::kBn254G2Multiply, kG2Size};
    default: return std::nullopt;
    }
}

std::optional<Plan> plan_compression(const SyscallContext& context, u64 operation) {
    const bool is_little_endian = (operation & kLittleEndian) != 0;
    if (is_little_endian && !context.feature(Feature::alt_bn128_little_endian)) return std::nullopt;
    switch (operation & ~kLittleEndian) {
    case G1Compress: return Plan{cost::kSyscallBase + cost::kBn254G1Compress, kG1Size / 2};
    case G1Decompress: return Plan{cost::kSyscallBase + cost::kBn254G1Decompress, kG1Size};
    case G2Compress: return Plan{cost::kSyscallBase + cost::kBn254G2Compress, kG2Size / 2};
    case G2Decompress: return Plan{cost::kSyscallBase + cost::kBn254G2Decompress, kG2Size};
    default: return std::nullopt;
    }
}

Outcome<ByteView> begin(SyscallContext& context, const std::optional<Plan>& plan, u64 input,
                        u64 length, u64 result) {
    if (!plan) return fail(SyscallErrorKind::InvalidAttribute);
    FATHOM_CHECK(context.charge(plan->units));
    FATHOM_CHECK(map_output(context, output_bytes(result, plan->result_size)));
    return load_bytes(context, input, length);
}

/// Input that is invalid; r0 says so and nothing is written.
constexpr std::uint64_t kBad = 1;

template <class Encoded>
Value write_result(SyscallContext& context, u64 result, const std::optional<Encoded>& value) {
    if (!value) return kBad;
    const auto target = FATHOM_TRY(map_output(context, output_bytes(result, value->size())));
    std::ranges::copy(*value, target.begin());
    return 0;
}

crypto::ByteOrder byte_order(u64 operation) {
    return (operation & kLittleEndian) != 0 ? crypto::ByteOrder::Little : crypto::ByteOrder::Big;
}

/// The number one or zero.
std::optional<std::array<std::uint8_t, kPairingResultSize>> pairing(ByteView input,
                                                                    crypto::ByteOrder order) {
    const auto is_one = crypto::bn254_pairing_is_one(input, order);
    if (!is_one) return std::nullopt;
    std::array<std::uint8_t, kPairingResultSize> number{};
    number[order == crypto::ByteOrder::Big ? kPairingResultSize - 1 : 0] = *is_one ? 1 : 0;
    return number;
}

} // namespace

Value sol_alt_bn128_group_op(SyscallContext& context, u64 operation, u64 input, u64 length,
                             u64 result) {
    const auto plan = plan_group_op(context, operation, length);
    const auto bytes = FATHOM_TRY(begin(context, plan, input, length, result));
    const auto order = byte_order(operation);
    switch (operation & ~kLittleEndian) {
    case G1Add: return write_result(context, result, crypto::bn254_g1_add(bytes, order));
    case G1Multiply: return write_result(context, result, crypto::bn254_g1_multiply(bytes, order));
    case G2Add: return write_result(context, result, crypto::bn254_g2_add(bytes, order));
    case G2Multiply: return write_result(context, result, crypto::bn254_g2_multiply(bytes, order));
    default: return write_result(context, result, pairing(bytes, order));
    }
}

Value sol_alt_bn128_compression(SyscallContext& context, u64 operation, u64 input, u64 length,
                                u64 result) {
    const auto plan = plan_compression(context, operation);
    const auto bytes = FATHOM_TRY(begin(context, plan, input, length, result));
    const auto order = byte_order(operation);
    switch (operation & ~kLittleEndian) {
    case G1Compress: return write_result(context, result, crypto::bn254_g1_compress(bytes, order));
    case G1Decompress:
        return write_result(context, result, crypto::bn254_g1_decompress(bytes, order));
    case G2Compress: return write_result(context, result, crypto::bn254_g2_compress(bytes, order));
    default: return write_result(context, result, crypto::bn254_g2_decompress(bytes, order));
    }
}

} // namespace fathom::syscalls

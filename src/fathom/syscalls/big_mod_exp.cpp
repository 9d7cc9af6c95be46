// SPDX-License-Identifier: Apache-2.0
// The modular exponentiation syscall (SIMD-0529; Agave 4.3 syscalls/src/lib.rs SyscallBigModExp).
#include "fathom/base/integers.hpp"
#include "fathom/crypto/modular_exponentiation.hpp"
#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/functions.hpp"
#include "fathom/syscalls/translate.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace fathom::syscalls {

namespace {

/// As programs lay it out. Numbers are little-endian.
struct Parameters {
    VmSlice base;
    VmSlice exponent;
    VmSlice modulus;
};
static_assert(sizeof(Parameters) == 48 && alignof(Parameters) == 8);

/// Words that one multiplication of such numbers touches, by the fit of EIP-198.
std::uint64_t multiplication_complexity(std::uint64_t length) {
    constexpr std::uint64_t kSchoolbookBytes = 64;
    static_assert(crypto::kMaxModularExponentiationBytes <= 1024);
    if (length <= kSchoolbookBytes) return length * length;
    return length * length / 4 + 96 * length - 3072;
}

/// Where the exponent's highest set bit lies, by EIP-198: beyond 32 bytes all lower bytes count
/// whole, and only the top 32 are looked at.
std::uint64_t adjusted_length(ByteView exponent) {
    constexpr std::size_t kHead = 32;
    const std::size_t tail = exponent.size() > kHead ? exponent.size() - kHead : 0;
    for (std::size_t i = exponent.size(); i-- > tail;) {
        if (exponent[i] != 0) {
            return 8 * i + static_cast<std::uint64_t>(std::bit_width(exponent[i])) - 1;
        }
    }
    return 8 * tail;
}

bool is_one(ByteView number) {
    return !number.empty() && number[0] == 1 &&
           std::ranges::all_of(number.subspan(1), [](std::uint8_t byte) { return byte == 0; });
}

/// An exponent of one is a reduction, which has its own factor. Cannot wrap: the length is at most
/// 512 and the factor at most 8·512.
ComputeUnits operation_cost(const Parameters& parameters, ByteView exponent) {
    const std::uint64_t length = std::max(parameters.base.length, parameters.modulus.length);
    const std::uint64_t factor =
        is_one(exponent) ? cost::kBigModExpReductionFactor
                         : std::max(adjusted_length(exponent), cost::kBigModExpMinExponent);
    const std::uint64_t complexity = multiplication_complexity(length) * factor;
    return (complexity + cost::kBigModExpDivisor - 1) / cost::kBigModExpDivisor;
}

} // namespace

Value sol_big_mod_exp(SyscallContext& context, u64 parameters_address, u64 result) {
    constexpr std::uint64_t kLimit = crypto::kMaxModularExponentiationBytes;
    FATHOM_CHECK(context.charge(cost::kBigModExpBase));
    const auto parameters = FATHOM_TRY(load_value<Parameters>(context, parameters_address));
    const std::uint64_t size = parameters.modulus.length;
    if (std::max({parameters.base.length, parameters.exponent.length, size}) > kLimit) {
        return fail(SyscallErrorKind::InvalidLength);
    }
    const auto exponent = FATHOM_TRY(load_bytes(context, parameters.exponent));
    FATHOM_CHECK(context.charge(operation_cost(parameters, exponent)));
    const auto base = FATHOM_TRY(load_bytes(context, parameters.base));
    const auto modulus = FATHOM_TRY(load_bytes(context, parameters.modulus));
    // Programs may put the result over an input, so it is mapped when all have been read.
    std::array<std::uint8_t, kLimit> storage;
    const MutableByteView value{storage.data(), size};
    if (!crypto::modular_exponentiation(value, base, exponent, modulus)) {
        return fail(SyscallErrorKind::InvalidAttribute);
    }
    const auto target = FATHOM_TRY(map_output(context, output_bytes(result, size)));
    std::ranges::copy(value, target.begin());
    return 0;
}

} // namespace fathom::syscalls

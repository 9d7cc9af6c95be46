// SPDX-License-Identifier: Apache-2.0
// The Poseidon hash syscall.
#include "fathom/crypto/poseidon.hpp"

#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/functions.hpp"
#include "fathom/syscalls/translate.hpp"

#include <algorithm>
#include <vector>

namespace fathom::syscalls {

Value sol_poseidon(SyscallContext& context, u64 parameters, u64 endianness, u64 values, u64 count,
                   u64 result) {
    constexpr u64 kBn254X5 = 0;
    constexpr u64 kLittleEndian = 1;
    constexpr u64 kMaxInputs = 12;
    constexpr std::uint64_t kHashSize = 32;
    constexpr std::uint64_t kBad = 1;
    if (parameters != kBn254X5) {
        return fail(SyscallErrorKind::PoseidonParameters, "Invalid parameters.");
    }
    if (endianness > kLittleEndian) {
        return fail(SyscallErrorKind::PoseidonParameters, "Invalid endianness.");
    }
    if (count > kMaxInputs) {
        context.invocation().log("Poseidon hashing " + std::to_string(count) +
                                 " sequences is not supported");
        return fail(SyscallErrorKind::InvalidLength);
    }
    FATHOM_CHECK(
        context.charge(cost::kPoseidonQuadratic * count * count + cost::kPoseidonConstant));
    FATHOM_CHECK(map_output(context, output_bytes(result, kHashSize)));
    const auto slices = FATHOM_TRY(load_slice<VmSlice>(context, values, count));
    std::vector<ByteView> inputs;
    for (std::size_t i = 0; i < slices.size(); ++i) {
        inputs.push_back(FATHOM_TRY(load_bytes(context, slices[i])));
    }
    const auto order =
        endianness == kLittleEndian ? crypto::ByteOrder::Little : crypto::ByteOrder::Big;
    const auto size = context.feature(Feature::poseidon_enforce_padding)
                          ? crypto::PoseidonInputSize::Exactly32
                          : crypto::PoseidonInputSize::From1To32;
    const auto digest = crypto::poseidon(inputs, order, size);
    if (!digest) return kBad;
    const auto target = FATHOM_TRY(map_output(context, output_bytes(result, kHashSize)));
    std::ranges::copy(*digest, target.begin());
    return 0;
}

} // namespace fathom::syscalls

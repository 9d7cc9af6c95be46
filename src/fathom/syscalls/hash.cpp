// SPDX-License-Identifier: Apache-2.0
// Syscalls that hash a list of byte slices.
#include "fathom/crypto/blake3.hpp"
#include "fathom/crypto/keccak256.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/crypto/sha512.hpp"
#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/functions.hpp"
#include "fathom/syscalls/translate.hpp"

#include <algorithm>

namespace fathom::syscalls {

namespace {

template <class Hasher>
Value hash_slices(SyscallContext& context, std::string_view name, u64 values, u64 count,
                  u64 result) {
    const std::uint64_t limit = context.invocation().budget().sha256_max_slices;
    if (count > limit) {
        context.invocation().log(std::string(name) + " Hashing " + std::to_string(count) +
                                 " sequences in one syscall is over the limit " +
                                 std::to_string(limit));
        return fail(SyscallErrorKind::TooManySlices);
    }
    FATHOM_CHECK(context.charge(cost::kHashBase));
    Hasher hasher;
    const Output output = output_bytes(result, sizeof(hasher.finish()));
    FATHOM_CHECK(map_output(context, output));
    const auto slices = FATHOM_TRY(load_slice<VmSlice>(context, values, count));
    for (std::size_t i = 0; i < slices.size(); ++i) {
        const auto bytes = FATHOM_TRY(load_bytes(context, slices[i]));
        FATHOM_CHECK(context.charge(std::max(cost::kMemoryOperationBase, bytes.size() / 2)));
        hasher.update(bytes);
    }
    const auto target = FATHOM_TRY(map_output(context, output));
    std::ranges::copy(hasher.finish(), target.begin());
    return 0;
}

} // namespace

Value sol_sha256(SyscallContext& context, u64 values, u64 count, u64 result) {
    return hash_slices<crypto::Sha256>(context, "Sha256", values, count, result);
}

Value sol_keccak256(SyscallContext& context, u64 values, u64 count, u64 result) {
    return hash_slices<crypto::Keccak256>(context, "Keccak256", values, count, result);
}

Value sol_blake3(SyscallContext& context, u64 values, u64 count, u64 result) {
    return hash_slices<crypto::Blake3>(context, "Blake3", values, count, result);
}

Value sol_sha512(SyscallContext& context, u64 values, u64 count, u64 result) {
    return hash_slices<crypto::Sha512>(context, "Sha512", values, count, result);
}

} // namespace fathom::syscalls

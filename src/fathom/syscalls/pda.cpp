// SPDX-License-Identifier: Apache-2.0
// Syscalls that derive addresses from seeds.
#include "fathom/types/pda.hpp"

#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/errors.hpp"
#include "fathom/syscalls/functions.hpp"
#include "fathom/syscalls/translate.hpp"

#include <algorithm>
#include <vector>

namespace fathom::syscalls {

namespace {

struct Derivation {
    std::vector<ByteView> seeds;
    Pubkey program_id;
};

Outcome<Derivation> load_derivation(SyscallContext& context, u64 seeds, u64 count, u64 program_id) {
    const auto slices = FATHOM_TRY(load_slice<VmSlice>(context, seeds, count));
    if (slices.size() > kMaxSeeds) return fail_bad_seeds(PubkeyError::MaxSeedLengthExceeded);
    Derivation derivation;
    for (std::size_t i = 0; i < slices.size(); ++i) {
        const VmSlice slice = slices[i];
        if (slice.length > kMaxSeedLength) {
            return fail_bad_seeds(PubkeyError::MaxSeedLengthExceeded);
        }
        derivation.seeds.push_back(FATHOM_TRY(load_bytes(context, slice)));
    }
    derivation.program_id = FATHOM_TRY(load_value<Pubkey>(context, program_id));
    return derivation;
}

} // namespace

Value sol_create_program_address(SyscallContext& context, u64 seeds, u64 count, u64 program_id,
                                 u64 address) {
    FATHOM_CHECK(context.charge(cost::kCreateProgramAddress));
    const auto derivation = FATHOM_TRY(load_derivation(context, seeds, count, program_id));
    const auto derived = create_program_address(derivation.seeds, derivation.program_id);
    if (!derived) return 1;
    const auto output = FATHOM_TRY(map_output(context, output_bytes(address, sizeof(Pubkey))));
    std::ranges::copy(derived->bytes, output.begin());
    return 0;
}

Value sol_try_find_program_address(SyscallContext& context, u64 seeds, u64 count, u64 program_id,
                                   u64 address, u64 bump) {
    FATHOM_CHECK(context.charge(cost::kCreateProgramAddress));
    auto derivation = FATHOM_TRY(load_derivation(context, seeds, count, program_id));
    std::uint8_t bump_seed = 255;
    derivation.seeds.push_back({&bump_seed, 1});
    for (; bump_seed != 0; --bump_seed) {
        const auto derived = create_program_address(derivation.seeds, derivation.program_id);
        if (derived) {
            const auto outputs =
                FATHOM_TRY(map_outputs(context, {output_value<std::uint8_t>(bump),
                                                 output_bytes(address, sizeof(Pubkey))}));
            outputs[0][0] = bump_seed;
            std::ranges::copy(derived->bytes, outputs[1].begin());
            return 0;
        }
        FATHOM_CHECK(context.charge(cost::kCreateProgramAddress));
    }
    return 1;
}

} // namespace fathom::syscalls

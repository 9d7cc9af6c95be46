// SPDX-License-Identifier: Apache-2.0
// The C functions of the conformance interface over the harnesses.
#include "sol_compat.h"

#include "fathom/harness/compat/harnesses.hpp"

#include <algorithm>
#include <optional>

namespace {

using fathom::Bytes;
using fathom::ByteView;
namespace compat = fathom::harness::compat;

using Harness = std::optional<Bytes> (*)(ByteView);

int run(Harness harness, std::uint8_t* out, std::uint64_t* out_sz, const std::uint8_t* in,
        std::uint64_t in_sz) {
    if (out == nullptr || out_sz == nullptr || (in == nullptr && in_sz != 0)) return 0;
    const auto effects = harness(ByteView(in, in_sz));
    if (!effects || effects->size() > *out_sz) return 0;
    std::ranges::copy(*effects, out);
    *out_sz = effects->size();
    return 1;
}

struct Features {
    compat::FeatureSupport support = compat::feature_support();
    sol_compat_features_t view{.struct_size = sizeof(sol_compat_features_t),
                               .hardcoded_features = support.hardcoded.data(),
                               .hardcoded_features_cnt = support.hardcoded.size(),
                               .supported_features = support.supported.data(),
                               .supported_features_cnt = support.supported.size()};
};

} // namespace

extern "C" {

void sol_compat_init(int) {}
void sol_compat_fini() {}

const sol_compat_features_t* sol_compat_get_features_v1() {
    static const Features kFeatures;
    return &kFeatures.view;
}

#define FATHOM_ENTRY_POINT(name, harness)                                                          \
    int name(uint8_t* out, uint64_t* out_sz, const uint8_t* in, uint64_t in_sz) {                  \
        return run(harness, out, out_sz, in, in_sz);                                               \
    }

FATHOM_ENTRY_POINT(sol_compat_elf_loader_v1, compat::run_elf_context)
FATHOM_ENTRY_POINT(sol_compat_vm_interp_v1, compat::run_interpreter_context)
FATHOM_ENTRY_POINT(sol_compat_vm_syscall_execute_v1, compat::run_syscall_context)
FATHOM_ENTRY_POINT(sol_compat_vm_cpi_syscall_v1, compat::run_syscall_context)
FATHOM_ENTRY_POINT(sol_compat_vm_serialize_execute_v1, compat::run_serialization_context)
FATHOM_ENTRY_POINT(sol_compat_instr_execute_v1, compat::run_instruction_context)
FATHOM_ENTRY_POINT(sol_compat_txn_execute_v1, compat::run_transaction_context)
FATHOM_ENTRY_POINT(sol_compat_txn_cost_v1, compat::run_cost_context)

int sol_compat_block_execute_v1(uint8_t*, uint64_t*, const uint8_t*, uint64_t) {
    return 0;
}

} // extern "C"

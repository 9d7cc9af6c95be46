// SPDX-License-Identifier: Apache-2.0
// Source: agave svm/src/conformance/elf_loader.rs.
#include "fathom/base/integers.hpp"
#include "fathom/crypto/xxh64.hpp"
#include "fathom/harness/compat/harnesses.hpp"
#include "fathom/harness/compat/messages.hpp"
#include "fathom/sbpf/program.hpp"
#include "fathom/svm/environment.hpp"
#include "field_numbers.hpp"

#include <algorithm>

namespace fathom::harness::compat {
namespace {

struct ElfInput {
    ByteView elf;
    FeatureSet features;
    bool is_deployment = false;
};

Result<ElfInput> read_elf_input(ByteView message) {
    using namespace proto;
    ElfInput input;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case ELFLoaderCtx::elf_data: input.elf = FATHOM_TRY(bytes_of(field)); break;
        case ELFLoaderCtx::features:
            FATHOM_CHECK(read_features(FATHOM_TRY(bytes_of(field)), input.features));
            break;
        case ELFLoaderCtx::deploy_checks:
            input.is_deployment = FATHOM_TRY(boolean_of(field));
            break;
        default: break;
        }
    }
    return input;
}

/// Of the slots that calls may go to, each once and ascending, as words.
std::uint64_t hash_of_targets(std::span<const sbpf::Function> functions) {
    std::vector<std::uint64_t> targets;
    targets.reserve(functions.size());
    for (const sbpf::Function& function : functions) targets.push_back(function.pc);
    std::ranges::sort(targets);
    targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
    return crypto::xxh64(
        {reinterpret_cast<const std::uint8_t*>(targets.data()), targets.size() * 8});
}

} // namespace

std::optional<Bytes> run_elf_context(ByteView context) {
    using namespace proto;
    if (context.empty()) return std::nullopt;
    const auto input = read_elf_input(context);
    if (!input) return std::nullopt;
    const invoke::ProgramRuntime runtime = input->is_deployment
                                               ? svm::make_deployment_runtime(input->features)
                                               : svm::make_execution_runtime(input->features);
    sbpf::LoadConfig config;
    config.min_version = runtime.min_version;
    config.max_version = runtime.max_version;
    config.reject_broken_elfs = runtime.reject_broken_elfs;
    config.syscall_keys = runtime.syscalls->keys();
    const auto program = sbpf::Program::load(input->elf, config);
    WireWriter effects;
    if (!program) {
        const auto kind = static_cast<std::uint64_t>(program.error().kind);
        return effects.number(ELFLoaderEffects::err_code, kind + 1).take();
    }
    effects.fixed64(ELFLoaderEffects::rodata_hash, crypto::xxh64(program->rodata()));
    effects.number(ELFLoaderEffects::text_cnt, program->text().size() / 8);
    effects.number(ELFLoaderEffects::text_off,
                   saturating_sub(program->text_address(), sbpf::kBytecodeStart));
    effects.number(ELFLoaderEffects::entry_pc, program->entry_pc());
    effects.fixed64(ELFLoaderEffects::calldests_hash, hash_of_targets(program->functions()));
    return effects.take();
}

} // namespace fathom::harness::compat

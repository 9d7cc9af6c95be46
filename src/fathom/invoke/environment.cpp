// SPDX-License-Identifier: Apache-2.0
// Program loading under an environment's rules, and its precompiles.
#include "fathom/invoke/environment.hpp"

#include "fathom/sbpf/program.hpp"

#include <algorithm>
#include <utility>

namespace fathom::invoke {

Result<std::shared_ptr<const vm::Executable>, sbpf::LoadError>
ProgramRuntime::load(ByteView elf) const {
    sbpf::LoadConfig config;
    config.min_version = min_version;
    config.max_version = max_version;
    config.reject_broken_elfs = reject_broken_elfs;
    config.syscall_keys = syscalls->keys();
    auto program = FATHOM_TRY(sbpf::load_and_verify(elf, config));
    return std::make_shared<const vm::Executable>(std::move(program), syscalls, vm);
}

const Precompile* Environment::find_precompile(const Pubkey& program) const {
    const auto found = std::ranges::find(precompiles, program, &Precompile::id);
    return found == precompiles.end() ? nullptr : &*found;
}

} // namespace fathom::invoke

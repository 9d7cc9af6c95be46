// SPDX-License-Identifier: Apache-2.0
// Function keys of a program under load. Collision rules: solana-sbpf src/program.rs,
// register_function_hashed_legacy.
#include "fathom/sbpf/function_registry.hpp"

#include <algorithm>

namespace fathom::sbpf {
namespace {

constexpr std::string_view kEntrypointName = "entrypoint";

std::unexpected<ElfError> collision(std::uint32_t key) {
    return std::unexpected(ElfError{ElfErrorKind::SymbolHashCollision, {}, key});
}

} // namespace

bool FunctionRegistry::is_syscall(std::uint32_t key) const {
    return std::ranges::binary_search(syscall_keys_, key);
}

Result<std::uint32_t, ElfError> FunctionRegistry::add(std::uint32_t pc, std::string_view name) {
    const std::uint32_t key = name == kEntrypointName ? kEntrypointKey : function_key(pc);
    const auto place = index_by_key_.find(key);
    if (place != index_by_key_.end()) {
        Function& known = functions_[place->second];
        if (known.pc != pc) return collision(key);
        if (known.name.empty()) known.name = name;
        return key;
    }
    if (is_syscall(key)) return collision(key);
    index_by_key_.emplace(key, static_cast<std::uint32_t>(functions_.size()));
    functions_.push_back({key, pc, std::string(name)});
    return key;
}

Result<void, ElfError> FunctionRegistry::set_entrypoint(std::uint32_t pc) {
    const auto known = index_by_key_.find(kEntrypointKey);
    if (known == index_by_key_.end()) {
        FATHOM_CHECK(add(pc, kEntrypointName));
        return {};
    }
    functions_[known->second] = {kEntrypointKey, pc, std::string(kEntrypointName)};
    return {};
}

std::vector<Function> FunctionRegistry::take() {
    index_by_key_.clear();
    std::ranges::sort(functions_, {}, &Function::key);
    return std::exchange(functions_, {});
}

} // namespace fathom::sbpf

// SPDX-License-Identifier: Apache-2.0
// The native programs and precompiles that exist, as tables.
#pragma once

#include "fathom/invoke/environment.hpp"
#include "fathom/invoke/program_cache.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/native_programs.hpp"
#include "fathom/types/pubkey.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace fathom::programs {

/// A native program (Agave builtins/src/lib.rs).
struct Builtin {
    Pubkey id;
    std::string_view name; // what its account data says, e.g. "solana_system_program"
    invoke::BuiltinFunction function = nullptr;
    std::optional<Feature> enabled_by; // always there if absent
};

/// All of them, in Agave's order.
[[nodiscard]] std::span<const Builtin> builtins();

/// A native program that exists where NativePrograms chooses it, in place of an ELF.
struct ChosenBuiltin {
    Builtin builtin;
    bool NativePrograms::* choice;
};

/// All of them.
[[nodiscard]] std::span<const ChosenBuiltin> chosen_builtins();

/// The precompiles active under a feature set.
[[nodiscard]] std::vector<invoke::Precompile> precompiles(const FeatureSet& features);

} // namespace fathom::programs

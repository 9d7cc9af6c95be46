// SPDX-License-Identifier: Apache-2.0
// Runs single instructions of the native programs that stand in for an ELF.
#pragma once

#include "tests/support/program_fixture.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace fathom::tests {

/// A line that a program logs.
[[nodiscard]] inline std::string program_log(std::string_view text) {
    return "Program log: " + std::string(text);
}

/// Those programs are in place besides every builtin.
class ChosenProgramFixture : public ProgramFixture {
protected:
    ChosenProgramFixture() {
        for (const programs::ChosenBuiltin& chosen : programs::chosen_builtins()) {
            const programs::Builtin& builtin = chosen.builtin;
            put(builtin.id, {.lamports = 1,
                             .data = AccountData(as_bytes(builtin.name)),
                             .owner = ids::kNativeLoader,
                             .executable = true});
            invoke::ProgramCacheEntry entry;
            entry.state = invoke::ProgramState::Builtin;
            entry.owner = ids::kNativeLoader;
            entry.builtin = builtin.function;
            cached_[builtin.id] =
                std::make_shared<const invoke::ProgramCacheEntry>(std::move(entry));
        }
    }
};

} // namespace fathom::tests

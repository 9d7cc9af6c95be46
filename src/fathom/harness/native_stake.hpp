// SPDX-License-Identifier: Apache-2.0
// The native Stake program beside the ELF that Agave 4.3 runs: one instruction done by both.
#pragma once

#include "fathom/harness/instruction_fixture.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/types/account.hpp"

#include <string>

namespace fathom::harness {

/// All that can be seen of the two, units aside: errors, log lines, return data, accounts.
struct StakeOutcomes {
    std::string elf;
    std::string native;

    [[nodiscard]] bool are_equal() const { return elf == native; }
    /// The ELF's heap was too small, for which native code has no counterpart.
    [[nodiscard]] bool elf_ran_out_of_heap() const {
        return elf.contains("memory allocation failed");
    }
};

/// The ELF as a program of loader v2.
[[nodiscard]] Account stake_program_account(ByteView elf);

/// Runs the fixture's instruction with its accounts, in a slot in which deployed programs are
/// visible. `program` is what stake_program_account() made.
[[nodiscard]] StakeOutcomes run_stake_both_ways(const InstructionFixture& fixture,
                                                const Account& program,
                                                const SlotEnvironment& slot);

} // namespace fathom::harness

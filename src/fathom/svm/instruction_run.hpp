// SPDX-License-Identifier: Apache-2.0
// One instruction on its own, for tools: no transaction around it, so no fee, no signatures, no
// rent check, and any budget.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/environment.hpp"
#include "fathom/svm/account_source.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/types/transaction.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace fathom::svm {

struct InstructionRequest {
    Instruction instruction;
    /// Come before those of the account source, with zero lamports too.
    std::vector<AccountChange> accounts;
    invoke::ExecutionBudget budget;
    EngineChoice engine = EngineChoice::Interpreter;
    NativePrograms native = {};
    /// Null: none. If there is one, it decides how programs run.
    invoke::ProgramObserver* observer = nullptr;
    /// nullopt: unlimited log.
    std::optional<std::size_t> log_bytes_limit;
};

struct InstructionEffects {
    /// nullopt: success.
    std::optional<InstructionError> error;
    ComputeUnits compute_units = 0;
    std::vector<std::string> logs;
    std::optional<ReturnData> return_data;
    /// Writable accounts of the instruction as they are at the end, whatever the outcome.
    std::vector<AccountChange> accounts;
};

/// The programs that it calls must be among its accounts, as in a transaction. Error: more than 255
/// different accounts.
[[nodiscard]] Result<InstructionEffects> run_instruction(const InstructionRequest& request,
                                                         const SlotEnvironment& slot,
                                                         const AccountSource& accounts);

} // namespace fathom::svm

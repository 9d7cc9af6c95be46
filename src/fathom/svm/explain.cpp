// SPDX-License-Identifier: Apache-2.0
// Effects in words.
#include "fathom/svm.hpp"

#include <algorithm>
#include <string_view>

namespace fathom {
namespace {

std::string outcome(const TransactionEffects& effects) {
    if (!effects.error) return "The transaction succeeded.";
    const TransactionError& error = *effects.error;
    std::string text;
    if (error.kind == TransactionError::InstructionError) {
        text = "Instruction " + std::to_string(error.index) +
               " failed: " + error.instruction_error.text();
    } else if (effects.commit == Commit::None) {
        text = "The transaction cannot be processed: " + error.text();
    } else {
        text = "The transaction failed: " + error.text();
    }
    return text + " [" + status_text(error) + "].";
}

std::string cost(const TransactionEffects& effects) {
    if (effects.commit == Commit::None) return "Nothing was charged and nothing changed.";
    std::string text = "It consumed " + std::to_string(effects.compute_units) +
                       " compute units and cost " + std::to_string(effects.fee.total()) +
                       " lamports";
    if (effects.fee.prioritization_fee != 0) {
        text += ", " + std::to_string(effects.fee.prioritization_fee) + " of them for priority";
    }
    return text + (effects.commit == Commit::Fees ? "; nothing else changed." : ".");
}

/// What the runtime wrote about the failure, and the last line that a program logged before it.
std::string last_words(const TransactionEffects& effects) {
    std::string text;
    const auto failed = std::ranges::find_if(effects.logs, [](std::string_view line) {
        return line.starts_with("Program ") && line.find(" failed: ") != line.npos;
    });
    if (failed != effects.logs.end()) text += "First failure in the log: " + *failed + "\n";
    const auto said =
        std::find_if(std::make_reverse_iterator(failed), effects.logs.rend(),
                     [](std::string_view line) { return line.starts_with("Program log: "); });
    if (said != effects.logs.rend()) text += "Last line logged before it: " + *said + "\n";
    return text;
}

std::string change_line(const AccountChange& change) {
    const std::string key = change.key.to_base58();
    if (change.account.lamports == 0) return key + " is gone.";
    return key + " has " + std::to_string(change.account.lamports) + " lamports and " +
           std::to_string(change.account.data.size()) + " bytes, owner " +
           change.account.owner.to_base58() + ".";
}

} // namespace

std::string status_text(const std::optional<TransactionError>& error) {
    if (!error) return "ok";
    const std::string name(error->name());
    switch (error->kind) {
    case TransactionError::InstructionError: {
        std::string inner(error->instruction_error.name());
        if (error->instruction_error.kind == InstructionError::Custom) {
            inner += "(" + std::to_string(error->instruction_error.custom_code) + ")";
        }
        return name + "(" + std::to_string(error->index) + ", " + inner + ")";
    }
    case TransactionError::DuplicateInstruction:
    case TransactionError::InsufficientFundsForRent:
    case TransactionError::ProgramExecutionTemporarilyRestricted:
        return name + "(" + std::to_string(error->index) + ")";
    default: return name;
    }
}

std::string explain(const TransactionEffects& effects) {
    std::string text = outcome(effects) + "\n" + cost(effects) + "\n";
    if (effects.error) text += last_words(effects);
    if (effects.return_data) {
        text += "Program " + effects.return_data->program.to_base58() + " returned " +
                std::to_string(effects.return_data->data.size()) + " bytes.\n";
    }
    for (const AccountChange& change : effects.accounts) text += change_line(change) + "\n";
    return text;
}

} // namespace fathom

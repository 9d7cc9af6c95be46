// SPDX-License-Identifier: Apache-2.0
// What native programs share that stand in for an ELF: its view of accounts, log lines and errors.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/log.hpp"
#include "fathom/types/pubkey.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace fathom::programs {

/// One instruction in progress. An error that the program itself raises is logged first, as the
/// ELFs' entrypoints do; one from the runtime (a failed call, a write to what may not be written)
/// ends an ELF at once, without a line of its own.
class CoreProgram {
public:
    using Outcome = Result<void, InstructionError>;

    CoreProgram(invoke::InvokeContext& context, const invoke::InstructionContext& instruction)
        : context_(context), instruction_(instruction) {}

    [[nodiscard]] invoke::InvokeContext& context() const { return context_; }
    [[nodiscard]] const invoke::InstructionContext& instruction() const { return instruction_; }

    /// "Program log: …".
    template <class... Parts> void say(const Parts&... parts) const {
        if (!context_.logs()) return;
        std::string line;
        (detail::append(line, parts), ...);
        context_.logs()->program_log(line);
    }
    /// Logs the error's name.
    [[nodiscard]] std::unexpected<InstructionError> refuse(InstructionError::Kind kind) const {
        say("Error: ", InstructionError(kind).name());
        return std::unexpected(InstructionError(kind));
    }
    /// Logs why, then the error's name.
    template <class... Parts>
    [[nodiscard]] std::unexpected<InstructionError> refuse(InstructionError::Kind kind,
                                                           const Parts&... why) const {
        say(why...);
        return refuse(kind);
    }
    /// An error of the program's own: logs its text.
    [[nodiscard]] std::unexpected<InstructionError> refuse_custom(std::uint32_t code,
                                                                  std::string_view text) const {
        say(text);
        return std::unexpected(InstructionError::custom(code));
    }

    /// NotEnoughAccountKeys unless the instruction names `count` accounts.
    [[nodiscard]] Outcome require_accounts(std::size_t count) const {
        if (instruction_.number_of_accounts() < count) {
            return refuse(InstructionError::NotEnoughAccountKeys);
        }
        return {};
    }
    // Of accounts that exist.
    [[nodiscard]] Result<invoke::BorrowedAccount, InstructionError>
    borrow(std::size_t index) const {
        return instruction_.borrow_account(index);
    }
    [[nodiscard]] Result<Pubkey, InstructionError> key(std::size_t index) const {
        return instruction_.key_of_account(index);
    }

private:
    invoke::InvokeContext& context_;
    const invoke::InstructionContext& instruction_;
};

} // namespace fathom::programs

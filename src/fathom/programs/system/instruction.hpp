// SPDX-License-Identifier: Apache-2.0
// Instructions of the System program: what they carry, how they are read, and those that other
// programs send.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/instruction_error.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/transaction.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <string_view>

namespace fathom::programs::system {

/// solana-system-interface instruction.rs; the order is the wire tag.
enum class SystemInstructionKind : std::uint32_t {
    CreateAccount,
    Assign,
    Transfer,
    CreateAccountWithSeed,
    AdvanceNonceAccount,
    WithdrawNonceAccount,
    InitializeNonceAccount,
    AuthorizeNonceAccount,
    Allocate,
    AllocateWithSeed,
    AssignWithSeed,
    TransferWithSeed,
    UpgradeNonceAccount,
    CreateAccountAllowPrefund,
};

/// solana-system-interface error.rs; the order is the custom code.
enum class SystemError : std::uint32_t {
    AccountAlreadyInUse,
    ResultWithNegativeLamports,
    InvalidProgramId,
    InvalidAccountDataLength,
    MaxSeedLengthExceeded,
    AddressWithSeedMismatch,
    NonceNoRecentBlockhashes,
    NonceBlockhashNotExpired,
    NonceUnexpectedBlockhashValue,
};

[[nodiscard]] constexpr InstructionError to_instruction_error(SystemError error) {
    return InstructionError::custom(static_cast<std::uint32_t>(error));
}

/// Fields that a kind does not carry are zero. Views the instruction data.
struct SystemInstruction {
    SystemInstructionKind kind = SystemInstructionKind::CreateAccount;
    Lamports lamports = 0;
    std::uint64_t space = 0;
    /// New owner; of TransferWithSeed, the owner that the seed address was derived with.
    Pubkey owner;
    Pubkey base;
    std::string_view seed;
    /// Of a nonce account.
    Pubkey authority;

    /// InvalidInstructionData if it is not one of them.
    [[nodiscard]] static Result<SystemInstruction, InstructionError> decode(ByteView data);
};

[[nodiscard]] Instruction create_account(const Pubkey& from, const Pubkey& to, Lamports lamports,
                                         std::uint64_t space, const Pubkey& owner);
[[nodiscard]] Instruction transfer(const Pubkey& from, const Pubkey& to, Lamports lamports);

} // namespace fathom::programs::system

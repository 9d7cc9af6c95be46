// SPDX-License-Identifier: Apache-2.0
// Instructions of the System program as their bytes say them (solana-sdk
// system-interface/src/instruction.rs).
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace fathom::programs::system {

enum class Tag : std::uint32_t {
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

/// One decoded instruction. A tag uses only its own fields; the seed views the instruction data.
struct Instruction {
    Tag tag = Tag::Transfer;
    Lamports lamports = 0;
    std::uint64_t space = 0;
    Pubkey owner;
    Pubkey base;
    Pubkey authority;
    std::string_view seed;
};

/// nullopt: InvalidInstructionData. Trailing bytes are allowed.
[[nodiscard]] std::optional<Instruction> decode(ByteView data);

} // namespace fathom::programs::system

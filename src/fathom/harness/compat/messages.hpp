// SPDX-License-Identifier: Apache-2.0
// Messages of the conformance interface that several harnesses read or write (proto/*.proto).
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/harness/wire_reader.hpp"
#include "fathom/harness/wire_writer.hpp"
#include "fathom/svm/effects.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/transaction.hpp"
#include "fathom/types/units.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace fathom::harness::compat {

// Values of one field. Error: it is written as something else, which no schema allows.

[[nodiscard]] Result<std::uint64_t> number_of(const WireField& field);
[[nodiscard]] Result<std::uint32_t> number32_of(const WireField& field);
[[nodiscard]] Result<bool> boolean_of(const WireField& field);
[[nodiscard]] Result<ByteView> bytes_of(const WireField& field);
/// Appends one element, or those of a packed field.
[[nodiscard]] Result<void> append_numbers(const WireField& field,
                                          std::vector<std::uint64_t>& values);

[[nodiscard]] Result<Pubkey> pubkey_of(ByteView bytes);

/// Adds the gates of a FeatureSet; ids that name none are passed over, as Agave does.
[[nodiscard]] Result<void> read_features(ByteView message, FeatureSet& features);
/// Eight bytes of a gate's address, little-endian.
[[nodiscard]] std::uint64_t feature_number(Feature feature);

[[nodiscard]] Result<AccountChange> read_account(ByteView message);
[[nodiscard]] WireWriter write_account(const AccountChange& account);

/// InstrContext.
struct InstructionInput {
    Instruction instruction;
    /// With zero lamports and repeated addresses, too.
    std::vector<AccountChange> accounts;
    ComputeUnits units = 0;
    FeatureSet features;
};

/// Error: no key as program, an account index without account, more than 1094 instruction accounts.
[[nodiscard]] Result<InstructionInput> read_instruction_input(ByteView message);

/// VmContext and SyscallInvocation; views the message.
struct MachineInput {
    std::uint64_t heap_size = 0;
    ByteView rodata;
    std::array<std::uint64_t, 12> registers{};
    std::uint64_t entry_pc = 0;
    ByteView call_whitelist;
    std::optional<ReturnData> return_data;
    std::uint32_t version = 0;
    ByteView function_name;
    ByteView heap_prefix;
    ByteView stack_prefix;
};

/// SyscallContext.
struct SyscallInput {
    InstructionInput instruction;
    MachineInput machine;
};

/// Error: either part is missing or malformed.
[[nodiscard]] Result<SyscallInput> read_syscall_input(ByteView message);

/// The wire form of a SanitizedTransaction, as the reference makes it: numbers cut to bytes, keys
/// of a wrong length left out, at least one signature. Error: signatures of a wrong length, or more
/// than 1232 bytes.
[[nodiscard]] Result<Bytes> read_transaction(ByteView message);

} // namespace fathom::harness::compat

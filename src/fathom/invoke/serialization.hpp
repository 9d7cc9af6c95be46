// SPDX-License-Identifier: Apache-2.0
// The input region of a program: instruction accounts and data laid out for it, and read back after
// success. ABI v1 for loaders v2 and v3, v0 for loader v1 (Agave
// program-runtime/src/serialization.rs).
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/invoke/transaction_context.hpp"
#include "fathom/vm/memory_map.hpp"

#include <cstdint>
#include <vector>

namespace fathom::invoke {

/// Where the parts of one account lie in guest memory. Repeated accounts carry the first one's.
struct SerializedAccount {
    std::uint64_t original_data_len = 0;
    std::uint64_t vm_addr = 0; // of the record's first byte
    std::uint64_t vm_key_addr = 0;
    std::uint64_t vm_owner_addr = 0;
    std::uint64_t vm_lamports_addr = 0;
    std::uint64_t vm_data_addr = 0;
};

struct SerializationOptions {
    bool address_space_adjustments = false; // per-account regions
    bool direct_mapping = false; // account data not copied; needs address_space_adjustments
    bool direct_account_pointers = false; // pointer array after the program id
};

/// Owns the buffer; regions point into it or into account data.
struct SerializedInput {
    Bytes buffer; // 16-byte aligned start
    std::vector<vm::MemoryRegion> regions;
    std::vector<SerializedAccount> accounts; // per instruction account
    std::uint64_t instruction_data_addr = 0; // what r2 receives
};

/// Fills `input`, of which only the capacities matter. Error: MaxAccountsExceeded above 255
/// accounts, or whatever borrowing an account gives.
[[nodiscard]] Result<void, InstructionError> serialize_input(const InstructionContext& instruction,
                                                             const SerializationOptions& options,
                                                             SerializedInput& input);

/// Reads lamports, data and owner back, in account order, repeats skipped.
[[nodiscard]] Result<void, InstructionError>
deserialize_input(const InstructionContext& instruction, const SerializationOptions& options,
                  ByteView buffer, std::span<const SerializedAccount> accounts);

/// Region over one account's data under address_space_adjustments; also used when CPI re-homes the
/// data.
[[nodiscard]] vm::MemoryRegion account_data_region(BorrowedAccount& account, std::uint64_t vm_addr,
                                                   const SerializationOptions& options,
                                                   std::uint8_t* copied_data,
                                                   std::uint64_t copied_length);

} // namespace fathom::invoke

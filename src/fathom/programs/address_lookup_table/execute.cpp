// SPDX-License-Identifier: Apache-2.0
// Instructions of the Address Lookup Table program (solana-program/address-lookup-table
// program/src/processor.rs, 3.0.0).
#include "fathom/programs/address_lookup_table/execute.hpp"

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/account_access.hpp"
#include "fathom/programs/address_lookup_table/state.hpp"
#include "fathom/programs/bincode_reader.hpp"
#include "fathom/programs/bincode_writer.hpp"
#include "fathom/programs/core_program.hpp"
#include "fathom/programs/system/instruction.hpp"
#include "fathom/types/pda.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace fathom::programs::address_lookup_table {

namespace {

using Outcome = CoreProgram::Outcome;

enum class Kind : std::uint32_t { Create, Freeze, Extend, Deactivate, Close };

constexpr std::array<std::string_view, 5> kNames = {"CreateLookupTable", "FreezeLookupTable",
                                                    "ExtendLookupTable", "DeactivateLookupTable",
                                                    "CloseLookupTable"};

constexpr std::uint32_t kReadonlyDataModified = 10;
constexpr std::uint32_t kReadonlyLamportsChanged = 11;
constexpr std::string_view kReadonlyDataText = "Instruction modified data of a read-only account";
constexpr std::string_view kReadonlyLamportsText =
    "Instruction changed the balance of a read-only account";
constexpr std::string_view kNotSigned = "Authority account must be a signer";
constexpr std::string_view kPayerNotSigned = "Payer account must be a signer";
/// Addresses that fit into a packet; the ELF looks at the count before it allocates.
constexpr std::size_t kMaxNewAddresses = (kInstructionDataLimit - 4 - 8) / kAddressSize;

Instruction allocate(const Pubkey& account, std::uint64_t space) {
    return {.program_id = ids::kSystemProgram,
            .accounts = {{.pubkey = account, .is_signer = true, .is_writable = true}},
            .data = BincodeWriter()
                        .u32(static_cast<std::uint32_t>(system::SystemInstructionKind::Allocate))
                        .u64(space)
                        .take()};
}

Instruction assign(const Pubkey& account, const Pubkey& owner) {
    return {.program_id = ids::kSystemProgram,
            .accounts = {{.pubkey = account, .is_signer = true, .is_writable = true}},
            .data = BincodeWriter()
                        .u32(static_cast<std::uint32_t>(system::SystemInstructionKind::Assign))
                        .pubkey(owner)
                        .take()};
}

/// A sysvar's value, or the refusal that an ELF makes of its absence.
template <class T>
Result<T, InstructionError> sysvar(const CoreProgram& program, Result<T, InstructionError> value) {
    if (!value) return program.refuse(value.error().kind);
    return value;
}

Result<Clock, InstructionError> clock_of(const CoreProgram& program) {
    return sysvar(program, cached_clock(program.context()));
}

Result<const SlotHashes*, InstructionError> slot_hashes_of(const CoreProgram& program) {
    const SlotHashes* hashes = program.context().environment().sysvars.slot_hashes();
    if (!hashes) return program.refuse(InstructionError::UnsupportedSysvar);
    return hashes;
}

Outcome write_meta(const CoreProgram& program, const LookupTable& table) {
    auto account = FATHOM_TRY(program.borrow(0));
    const MutableByteView data = FATHOM_TRY(account.data_mut());
    const Bytes meta = table.encode_meta();
    if (data.size() < kMetaSize) return program.refuse(InstructionError::InvalidAccountData);
    std::fill_n(data.begin(), kMetaSize, std::uint8_t{0});
    std::memcpy(data.data(), meta.data(), meta.size());
    return {};
}

/// Lamports that the account lacks for `size` bytes.
Result<Lamports, InstructionError> missing_lamports(const CoreProgram& program, std::size_t size) {
    const Rent rent = FATHOM_TRY(sysvar(program, cached_rent(program.context())));
    const auto account = FATHOM_TRY(program.borrow(0));
    const Lamports wanted = std::max<Lamports>(rent.minimum_balance(size), 1);
    return wanted > account.lamports() ? wanted - account.lamports() : 0;
}

Outcome pay(const CoreProgram& program, Lamports lamports) {
    const Pubkey table = FATHOM_TRY(program.key(0));
    const Pubkey payer = FATHOM_TRY(program.key(2));
    return program.context().native_invoke_signed(system::transfer(payer, table, lamports), {});
}

/// Allocates and assigns the table's account, which only its seeds can sign for.
Outcome make_account(const CoreProgram& program, std::span<const std::vector<ByteView>> seeds) {
    const Pubkey table = FATHOM_TRY(program.key(0));
    const Lamports missing = FATHOM_TRY(missing_lamports(program, kMetaSize));
    if (missing > 0) FATHOM_CHECK(pay(program, missing));
    FATHOM_CHECK(program.require_accounts(4));
    FATHOM_CHECK(program.context().native_invoke_signed(allocate(table, kMetaSize), seeds));
    FATHOM_CHECK(program.context().native_invoke_signed(
        assign(table, ids::kAddressLookupTableProgram), seeds));
    LookupTable state;
    state.authority = FATHOM_TRY(program.key(1));
    auto account = FATHOM_TRY(program.borrow(0));
    return write_state(account, state.encode_meta());
}

Outcome create(const CoreProgram& program, Slot recent_slot, std::uint8_t bump) {
    FATHOM_CHECK(program.require_accounts(3));
    if (!FATHOM_TRY(program.instruction().is_signer(2))) {
        return program.refuse(InstructionError::MissingRequiredSignature, kPayerNotSigned);
    }
    if (FATHOM_TRY(slot_hashes_of(program))->find(recent_slot) == nullptr) {
        return program.refuse(InstructionError::InvalidInstructionData, recent_slot,
                              " is not a recent slot");
    }
    const Pubkey authority = FATHOM_TRY(program.key(1));
    std::array<std::uint8_t, 8> slot_bytes{};
    store_le(slot_bytes.data(), recent_slot);
    const std::array<std::vector<ByteView>, 1> seeds = {
        std::vector<ByteView>{authority.view(), slot_bytes, ByteView(&bump, 1)}};
    const auto derived = create_program_address(seeds[0], ids::kAddressLookupTableProgram);
    if (!derived) {
        return program.refuse_custom(static_cast<std::uint32_t>(derived.error()),
                                     text_of(derived.error()));
    }
    if (FATHOM_TRY(program.key(0)) != *derived) {
        return program.refuse(InstructionError::InvalidArgument,
                              "Table address must match derived address: ", *derived);
    }
    if (FATHOM_TRY(program.borrow(0)).owner() == ids::kAddressLookupTableProgram) return {};
    return make_account(program, seeds);
}

/// What all instructions but creation begin with.
Outcome check_owner_and_signer(const CoreProgram& program) {
    FATHOM_CHECK(program.require_accounts(1));
    if (FATHOM_TRY(program.borrow(0)).owner() != ids::kAddressLookupTableProgram) {
        return program.refuse(InstructionError::InvalidAccountOwner,
                              "Lookup table owner should be the Address Lookup Table program");
    }
    FATHOM_CHECK(program.require_accounts(2));
    if (!FATHOM_TRY(program.instruction().is_signer(1))) {
        return program.refuse(InstructionError::MissingRequiredSignature, kNotSigned);
    }
    return {};
}

/// The table, if the authority is the right one.
Result<LookupTable, InstructionError> table_of_authority(const CoreProgram& program,
                                                         std::string_view frozen) {
    const auto table = LookupTable::decode(FATHOM_TRY(program.borrow(0)).data());
    if (!table) return program.refuse(table.error().kind);
    if (!table->authority) return program.refuse(InstructionError::Immutable, frozen);
    if (*table->authority != FATHOM_TRY(program.key(1))) {
        return program.refuse(InstructionError::IncorrectAuthority,
                              "Incorrect lookup table authority");
    }
    return *table;
}

Outcome freeze(const CoreProgram& program) {
    FATHOM_CHECK(check_owner_and_signer(program));
    LookupTable table = FATHOM_TRY(table_of_authority(program, "Lookup table is already frozen"));
    if (table.deactivation_slot != kNotDeactivated) {
        return program.refuse(InstructionError::InvalidArgument,
                              "Deactivated tables cannot be frozen");
    }
    if (table.address_count == 0) {
        return program.refuse(InstructionError::InvalidInstructionData,
                              "Empty lookup tables cannot be frozen");
    }
    table.authority.reset();
    return write_meta(program, table);
}

/// The table with the extension noted in its meta data; `count` addresses are to come.
Result<LookupTable, InstructionError> extended_table(const CoreProgram& program,
                                                     std::size_t count) {
    LookupTable table = FATHOM_TRY(table_of_authority(program, "Lookup table is frozen"));
    if (table.deactivation_slot != kNotDeactivated) {
        return program.refuse(InstructionError::InvalidArgument,
                              "Deactivated tables cannot be extended");
    }
    if (table.address_count >= kMaxAddresses) {
        return program.refuse(InstructionError::InvalidArgument,
                              "Lookup table is full and cannot contain more addresses");
    }
    if (count == 0) {
        return program.refuse(InstructionError::InvalidInstructionData,
                              "Must extend with at least one address");
    }
    if (table.address_count + count > kMaxAddresses) {
        return program.refuse(InstructionError::InvalidInstructionData,
                              "Extended lookup table length ", table.address_count + count,
                              " would exceed max capacity of ", kMaxAddresses);
    }
    const Clock clock = FATHOM_TRY(clock_of(program));
    if (clock.slot != table.last_extended_slot) {
        table.last_extended_slot = clock.slot;
        table.last_extended_start_index = static_cast<std::uint8_t>(table.address_count);
    }
    return table;
}

Outcome append(const CoreProgram& program, const LookupTable& table, ByteView addresses) {
    auto account = FATHOM_TRY(program.borrow(0));
    const std::size_t offset = kMetaSize + table.address_count * kAddressSize;
    FATHOM_CHECK(account.set_data_length(offset + addresses.size()));
    const MutableByteView data = FATHOM_TRY(account.data_mut());
    std::memcpy(data.data() + offset, addresses.data(), addresses.size());
    return {};
}

Outcome extend(const CoreProgram& program, ByteView addresses) {
    FATHOM_CHECK(check_owner_and_signer(program));
    const LookupTable table = FATHOM_TRY(extended_table(program, addresses.size() / kAddressSize));
    if (!FATHOM_TRY(program.instruction().is_writable(0))) {
        return program.refuse_custom(kReadonlyDataModified, kReadonlyDataText);
    }
    FATHOM_CHECK(write_meta(program, table));
    FATHOM_CHECK(append(program, table, addresses));
    const std::size_t size = kMetaSize + table.address_count * kAddressSize + addresses.size();
    const Lamports missing = FATHOM_TRY(missing_lamports(program, size));
    if (missing == 0) return {};
    FATHOM_CHECK(program.require_accounts(3));
    if (!FATHOM_TRY(program.instruction().is_signer(2))) {
        return program.refuse(InstructionError::MissingRequiredSignature, kPayerNotSigned);
    }
    FATHOM_CHECK(program.require_accounts(4));
    return pay(program, missing);
}

Outcome deactivate(const CoreProgram& program) {
    FATHOM_CHECK(check_owner_and_signer(program));
    LookupTable table = FATHOM_TRY(table_of_authority(program, "Lookup table is frozen"));
    if (table.deactivation_slot != kNotDeactivated) {
        return program.refuse(InstructionError::InvalidArgument,
                              "Lookup table is already deactivated");
    }
    table.deactivation_slot = FATHOM_TRY(clock_of(program)).slot;
    return write_meta(program, table);
}

/// A table may be closed once the slot of its deactivation is no longer among the slot hashes: no
/// table can be made at the same address then.
Outcome check_deactivated(const CoreProgram& program, Slot deactivation_slot) {
    const Clock clock = FATHOM_TRY(clock_of(program));
    if (deactivation_slot == kNotDeactivated) {
        return program.refuse(InstructionError::InvalidArgument, "Lookup table is not deactivated");
    }
    std::size_t remaining = SlotHashes::kMaxEntries + 1;
    if (deactivation_slot != clock.slot) {
        const SlotHashes* hashes = FATHOM_TRY(slot_hashes_of(program));
        if (hashes->find(deactivation_slot) == nullptr) return {};
        const auto found =
            std::ranges::find(hashes->entries, deactivation_slot, &std::pair<Slot, Hash>::first);
        const auto position = static_cast<std::size_t>(found - hashes->entries.begin());
        remaining = SlotHashes::kMaxEntries - std::min(SlotHashes::kMaxEntries, position);
    }
    return program.refuse(InstructionError::InvalidArgument,
                          "Table cannot be closed until it's fully deactivated in ", remaining,
                          " blocks");
}

Outcome close(const CoreProgram& program) {
    FATHOM_CHECK(check_owner_and_signer(program));
    FATHOM_CHECK(program.require_accounts(3));
    if (FATHOM_TRY(program.key(0)) == FATHOM_TRY(program.key(2))) {
        return program.refuse(InstructionError::InvalidArgument,
                              "Lookup table cannot be the recipient of reclaimed lamports");
    }
    const LookupTable state = FATHOM_TRY(table_of_authority(program, "Lookup table is frozen"));
    FATHOM_CHECK(check_deactivated(program, state.deactivation_slot));
    auto table = FATHOM_TRY(program.borrow(0));
    auto recipient = FATHOM_TRY(program.borrow(2));
    if (table.lamports() > ~recipient.lamports()) {
        return program.refuse(InstructionError::ArithmeticOverflow);
    }
    if (!recipient.is_writable()) {
        return program.refuse_custom(kReadonlyLamportsChanged, kReadonlyLamportsText);
    }
    if (!table.is_writable()) {
        return program.refuse_custom(kReadonlyDataModified, kReadonlyDataText);
    }
    FATHOM_CHECK(recipient.checked_add_lamports(table.lamports()));
    FATHOM_CHECK(table.set_data_length(0));
    return table.set_lamports(0);
}

/// InvalidInstructionData for what cannot be read.
Outcome run(const CoreProgram& program) {
    BincodeReader reader = BincodeReader::of_instruction(program.instruction().data());
    const std::uint32_t tag = reader.u32();
    Slot recent_slot = 0;
    std::uint8_t bump = 0;
    ByteView addresses;
    if (tag == static_cast<std::uint32_t>(Kind::Create)) {
        recent_slot = reader.u64();
        bump = reader.u8();
    } else if (tag == static_cast<std::uint32_t>(Kind::Extend)) {
        const std::uint64_t count = reader.u64();
        if (count > kMaxNewAddresses) reader.fail();
        addresses = reader.take(reader.failed() ? 0 : count * kAddressSize);
    }
    if (reader.failed() || tag >= kNames.size()) {
        return program.refuse(InstructionError::InvalidInstructionData);
    }
    program.say("Instruction: ", kNames[tag]);
    switch (static_cast<Kind>(tag)) {
    case Kind::Create: return create(program, recent_slot, bump);
    case Kind::Freeze: return freeze(program);
    case Kind::Extend: return extend(program, addresses);
    case Kind::Deactivate: return deactivate(program);
    case Kind::Close: return close(program);
    }
    return {};
}

} // namespace

Result<void, invoke::ProgramError> execute(invoke::InvokeContext& context) {
    FATHOM_CHECK(context.consume(kComputeUnits));
    const auto instruction = FATHOM_TRY(context.current_instruction());
    FATHOM_CHECK(run(CoreProgram(context, instruction)));
    return {};
}

} // namespace fathom::programs::address_lookup_table

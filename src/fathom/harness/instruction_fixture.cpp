// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/instruction_fixture.hpp"

#include "fathom/harness/wire_reader.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace fathom::harness {
namespace {

using base::Error;
using base::ErrorCode;

Error bad(const char* what) {
    return Error(ErrorCode::InvalidInput, what);
}

Result<Pubkey> to_pubkey(ByteView bytes) {
    if (bytes.size() != 32) return std::unexpected(bad("an address that has not 32 bytes"));
    Pubkey key;
    std::ranges::copy(bytes, key.bytes.begin());
    return key;
}

Result<FixtureAccount> read_account(ByteView message) {
    FixtureAccount entry;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case 1: entry.key = FATHOM_TRY(to_pubkey(field.bytes)); break;
        case 2: entry.account.lamports = field.number; break;
        case 3: entry.account.data = AccountData(field.bytes); break;
        case 4: entry.account.executable = field.number != 0; break;
        case 6: entry.account.owner = FATHOM_TRY(to_pubkey(field.bytes)); break;
        default: break;
        }
    }
    return entry;
}

/// An instruction's account by its place among the fixture's; the layouts differ in where the flags
/// stand.
struct AccountReference {
    std::uint64_t index = 0;
    bool is_signer = false;
    bool is_writable = false;
};

Result<AccountReference> read_reference(ByteView message, std::uint64_t signer_tag) {
    AccountReference reference;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        if (field.tag == 1) {
            reference.index = field.number;
        } else if (field.tag == signer_tag) {
            reference.is_signer = field.number != 0;
        } else if (field.tag == 2 || field.tag == 3) {
            reference.is_writable = field.number != 0;
        }
    }
    return reference;
}

Result<void> resolve(std::span<const AccountReference> references, InstructionFixture& fixture) {
    for (const AccountReference& reference : references) {
        if (reference.index >= fixture.accounts.size()) {
            return std::unexpected(bad("an instruction account that the fixture does not have"));
        }
        fixture.instruction.accounts.push_back(
            {fixture.accounts[reference.index].key, reference.is_signer, reference.is_writable});
    }
    return {};
}

void append(Bytes& out, std::uint64_t value, std::size_t width = 8) {
    for (std::size_t i = 0; i < width; ++i) {
        out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
}

/// Numbers of a message in the order of `tags` and with the widths of the sysvar's layout.
Result<Bytes> pack_numbers(ByteView message, std::initializer_list<std::pair<int, int>> layout) {
    std::array<std::uint64_t, 8> values{};
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        if (field.tag < values.size()) values[field.tag] = field.number;
    }
    Bytes out;
    for (const auto& [tag, width] : layout) {
        append(out, values[static_cast<std::size_t>(tag)], static_cast<std::size_t>(width));
    }
    return out;
}

Result<Bytes> pack_slot_hashes(ByteView message) {
    Bytes entries;
    std::uint64_t count = 0;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        if (field.tag != 1) continue;
        std::uint64_t slot = 0;
        Bytes hash(32);
        for (const WireField& part : FATHOM_TRY(read_wire_fields(field.bytes))) {
            if (part.tag == 1) slot = part.number;
            if (part.tag == 2) hash.assign(part.bytes.begin(), part.bytes.end());
        }
        if (hash.size() != 32) return std::unexpected(bad("a slot hash that has not 32 bytes"));
        append(entries, slot);
        entries.insert(entries.end(), hash.begin(), hash.end());
        ++count;
    }
    Bytes out;
    append(out, count);
    out.insert(out.end(), entries.begin(), entries.end());
    return out;
}

void add_sysvar(const Pubkey& key, ByteView data, InstructionFixture& fixture) {
    FixtureAccount sysvar{key, {}};
    sysvar.account.lamports = 1'000'000'000;
    sysvar.account.owner = ids::kSysvarOwner;
    sysvar.account.data = AccountData(data);
    fixture.sysvars.push_back(std::move(sysvar));
}

/// Those that the programs of Mollusk's fixtures look at; the others stay as they are at genesis.
Result<void> read_mollusk_sysvars(ByteView message, InstructionFixture& fixture) {
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case 1:
            // The message's order is slot, epoch start, epoch, leader schedule epoch, time: as in
            // the sysvar.
            add_sysvar(
                ids::kClock,
                FATHOM_TRY(pack_numbers(field.bytes, {{1, 8}, {2, 8}, {3, 8}, {4, 8}, {5, 8}})),
                fixture);
            break;
        case 4:
            add_sysvar(ids::kRent, FATHOM_TRY(pack_numbers(field.bytes, {{1, 8}, {2, 8}, {3, 1}})),
                       fixture);
            break;
        case 5:
            add_sysvar(ids::kSlotHashes, FATHOM_TRY(pack_slot_hashes(field.bytes)), fixture);
            break;
        default: break;
        }
    }
    return {};
}

Result<void> read_mollusk_input(ByteView message, InstructionFixture& fixture) {
    std::vector<AccountReference> references;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case 1:
            for (const WireField& part : FATHOM_TRY(read_wire_fields(field.bytes))) {
                if (part.tag == 1) fixture.limit = part.number;
            }
            break;
        case 3: FATHOM_CHECK(read_mollusk_sysvars(field.bytes, fixture)); break;
        case 4: fixture.instruction.program_id = FATHOM_TRY(to_pubkey(field.bytes)); break;
        case 5: references.push_back(FATHOM_TRY(read_reference(field.bytes, 2))); break;
        case 6: fixture.instruction.data.assign(field.bytes.begin(), field.bytes.end()); break;
        case 7: fixture.accounts.push_back(FATHOM_TRY(read_account(field.bytes))); break;
        default: break;
        }
    }
    return resolve(references, fixture);
}

Result<void> read_mollusk_output(ByteView message, InstructionFixture& fixture) {
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case 1: fixture.units = field.number; break;
        case 3: fixture.result = field.number; break;
        case 4: fixture.return_data.assign(field.bytes.begin(), field.bytes.end()); break;
        case 5: fixture.resulting.push_back(FATHOM_TRY(read_account(field.bytes))); break;
        default: break;
        }
    }
    return {};
}

/// Protosol's fixtures state the slot alone, and Rent where the program asks for it by account.
Result<void> read_slot(ByteView message, InstructionFixture& fixture) {
    const bool has_clock = std::ranges::any_of(
        fixture.accounts, [](const auto& entry) { return entry.key == ids::kClock; });
    if (has_clock) return {};
    add_sysvar(ids::kClock,
               FATHOM_TRY(pack_numbers(message, {{1, 8}, {7, 8}, {7, 8}, {7, 8}, {7, 8}})),
               fixture);
    return {};
}

/// Of an epoch context: its feature set, whose numbers stand apart or packed.
Result<void> read_features(ByteView epoch_context, InstructionFixture& fixture) {
    for (const WireField& set : FATHOM_TRY(read_wire_fields(epoch_context))) {
        if (set.tag != 1) continue;
        for (const WireField& field : FATHOM_TRY(read_wire_fields(set.bytes))) {
            if (field.tag != 1) continue;
            if (field.bytes.empty()) fixture.features.push_back(field.number);
            for (std::size_t at = 0; at + 8 <= field.bytes.size(); at += 8) {
                fixture.features.push_back(load_le<std::uint64_t>(&field.bytes[at]));
            }
        }
    }
    return {};
}

Result<void> read_protosol_input(ByteView message, InstructionFixture& fixture) {
    std::vector<AccountReference> references;
    ByteView slot_context;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case 1: fixture.instruction.program_id = FATHOM_TRY(to_pubkey(field.bytes)); break;
        case 3: fixture.accounts.push_back(FATHOM_TRY(read_account(field.bytes))); break;
        case 4: references.push_back(FATHOM_TRY(read_reference(field.bytes, 3))); break;
        case 5: fixture.instruction.data.assign(field.bytes.begin(), field.bytes.end()); break;
        case 6: fixture.limit = field.number; break;
        case 8: slot_context = field.bytes; break;
        case 9: FATHOM_CHECK(read_features(field.bytes, fixture)); break;
        default: break;
        }
    }
    FATHOM_CHECK(read_slot(slot_context, fixture));
    return resolve(references, fixture);
}

Result<void> read_protosol_output(ByteView message, InstructionFixture& fixture) {
    std::uint64_t left = 0;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case 1: fixture.result = field.number; break;
        case 2: fixture.custom_code = static_cast<std::uint32_t>(field.number); break;
        case 3: fixture.resulting.push_back(FATHOM_TRY(read_account(field.bytes))); break;
        case 4: left = field.number; break;
        case 5: fixture.return_data.assign(field.bytes.begin(), field.bytes.end()); break;
        default: break;
        }
    }
    if (left > fixture.limit) return std::unexpected(bad("more units left than there were"));
    fixture.units = fixture.limit - left;
    return {};
}

/// ProgramError's numbers from 2 on, as solana-program-error counts them (1 is custom code zero).
constexpr InstructionError::Kind kProgramErrors[] = {
    InstructionError::InvalidArgument,
    InstructionError::InvalidInstructionData,
    InstructionError::InvalidAccountData,
    InstructionError::AccountDataTooSmall,
    InstructionError::InsufficientFunds,
    InstructionError::IncorrectProgramId,
    InstructionError::MissingRequiredSignature,
    InstructionError::AccountAlreadyInitialized,
    InstructionError::UninitializedAccount,
    InstructionError::NotEnoughAccountKeys,
    InstructionError::AccountBorrowFailed,
    InstructionError::MaxSeedLengthExceeded,
    InstructionError::InvalidSeeds,
    InstructionError::BorshIoError,
    InstructionError::AccountNotRentExempt,
    InstructionError::UnsupportedSysvar,
    InstructionError::IllegalOwner,
    InstructionError::MaxAccountsDataAllocationsExceeded,
    InstructionError::InvalidRealloc,
    InstructionError::MaxInstructionTraceLengthExceeded,
    InstructionError::BuiltinProgramsMustConsumeComputeUnits,
    InstructionError::InvalidAccountOwner,
    InstructionError::ArithmeticOverflow,
    InstructionError::Immutable,
    InstructionError::IncorrectAuthority,
};

std::uint64_t program_error_number(const InstructionError& error) {
    if (error.kind == InstructionError::Custom) {
        return error.custom_code == 0 ? std::uint64_t{1} << 32 : error.custom_code;
    }
    // Both stand for ProgramError::NotEnoughAccountKeys (sdk: program-error/src/lib.rs).
    const auto kind = error.kind == InstructionError::MissingAccount
                          ? InstructionError::NotEnoughAccountKeys
                          : error.kind;
    const auto found = std::ranges::find(kProgramErrors, kind);
    if (found == std::end(kProgramErrors)) return UINT64_MAX;
    return static_cast<std::uint64_t>(found - kProgramErrors + 2) << 32;
}

} // namespace

Result<InstructionFixture> parse_mollusk_fixture(ByteView message) {
    InstructionFixture fixture;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        if (field.tag == 1) FATHOM_CHECK(read_mollusk_input(field.bytes, fixture));
        if (field.tag == 2) FATHOM_CHECK(read_mollusk_output(field.bytes, fixture));
    }
    return fixture;
}

Result<InstructionFixture> parse_protosol_fixture(ByteView message) {
    InstructionFixture fixture;
    fixture.code = ResultCode::InstructionError;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        if (field.tag == 2) FATHOM_CHECK(read_protosol_input(field.bytes, fixture));
        if (field.tag == 3) FATHOM_CHECK(read_protosol_output(field.bytes, fixture));
    }
    return fixture;
}

std::uint64_t result_number(ResultCode code, const std::optional<InstructionError>& error) {
    if (!error) return 0;
    if (code == ResultCode::ProgramError) return program_error_number(*error);
    return static_cast<std::uint64_t>(error->kind) + 1;
}

} // namespace fathom::harness

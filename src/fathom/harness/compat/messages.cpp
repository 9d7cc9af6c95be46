// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/compat/messages.hpp"

#include "field_numbers.hpp"

#include <algorithm>
#include <utility>

namespace fathom::harness::compat {
namespace {

using base::Error;
using base::ErrorCode;

/// FD_INSTR_ACCT_MAX of the reference's harness: what fits a packet.
constexpr std::size_t kMaxInstructionAccounts = 1094;

std::unexpected<Error> bad(const char* what) {
    return std::unexpected(Error(ErrorCode::InvalidInput, what));
}

/// All gates by number, ascending.
std::vector<std::pair<std::uint64_t, Feature>> sorted_features() {
    std::vector<std::pair<std::uint64_t, Feature>> sorted;
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
        const auto feature = static_cast<Feature>(i);
        sorted.emplace_back(feature_number(feature), feature);
    }
    std::ranges::sort(sorted);
    return sorted;
}

/// Two gates that are placeholders share their number: it means both.
void activate(std::uint64_t number, FeatureSet& features) {
    static const auto kSorted = sorted_features();
    const auto found =
        std::ranges::equal_range(kSorted, number, {}, &std::pair<std::uint64_t, Feature>::first);
    for (const auto& [same, feature] : found) features.activate(feature);
}

/// An InstrAcct before its index is resolved.
struct AccountReference {
    std::uint32_t index = 0;
    bool is_signer = false;
    bool is_writable = false;
};

Result<AccountReference> read_reference(ByteView message) {
    AccountReference reference;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case proto::InstrAcct::index: reference.index = FATHOM_TRY(number32_of(field)); break;
        case proto::InstrAcct::is_signer:
            reference.is_signer = FATHOM_TRY(boolean_of(field));
            break;
        case proto::InstrAcct::is_writable:
            reference.is_writable = FATHOM_TRY(boolean_of(field));
            break;
        default: break;
        }
    }
    return reference;
}

Result<void> read_return_data(ByteView message, MachineInput& input) {
    ByteView program;
    ByteView data;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        if (field.tag == proto::ReturnData::program_id) program = FATHOM_TRY(bytes_of(field));
        if (field.tag == proto::ReturnData::data) data = FATHOM_TRY(bytes_of(field));
    }
    input.return_data = {FATHOM_TRY(pubkey_of(program)), Bytes(data.begin(), data.end())};
    return {};
}

Result<void> read_machine(ByteView message, MachineInput& input) {
    using namespace proto;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        if (field.tag >= VmContext::r0 && field.tag <= VmContext::r11) {
            input.registers[field.tag - VmContext::r0] = FATHOM_TRY(number_of(field));
            continue;
        }
        switch (field.tag) {
        case VmContext::heap_max: input.heap_size = FATHOM_TRY(number_of(field)); break;
        case VmContext::rodata: input.rodata = FATHOM_TRY(bytes_of(field)); break;
        case VmContext::entry_pc: input.entry_pc = FATHOM_TRY(number_of(field)); break;
        case VmContext::call_whitelist: input.call_whitelist = FATHOM_TRY(bytes_of(field)); break;
        case VmContext::return_data:
            FATHOM_CHECK(read_return_data(FATHOM_TRY(bytes_of(field)), input));
            break;
        case VmContext::sbpf_version: input.version = FATHOM_TRY(number32_of(field)); break;
        default: break;
        }
    }
    return {};
}

Result<void> read_invocation(ByteView message, MachineInput& input) {
    using namespace proto;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case SyscallInvocation::function_name:
            input.function_name = FATHOM_TRY(bytes_of(field));
            break;
        case SyscallInvocation::heap_prefix: input.heap_prefix = FATHOM_TRY(bytes_of(field)); break;
        case SyscallInvocation::stack_prefix:
            input.stack_prefix = FATHOM_TRY(bytes_of(field));
            break;
        default: break;
        }
    }
    return {};
}

} // namespace

Result<std::uint64_t> number_of(const WireField& field) {
    if (field.type != WireType::Varint) return bad("protobuf: not written as a number");
    return field.number;
}

Result<std::uint32_t> number32_of(const WireField& field) {
    return static_cast<std::uint32_t>(FATHOM_TRY(number_of(field)));
}

Result<bool> boolean_of(const WireField& field) {
    return FATHOM_TRY(number_of(field)) != 0;
}

Result<ByteView> bytes_of(const WireField& field) {
    if (field.type != WireType::Bytes) return bad("protobuf: not written as bytes");
    return field.bytes;
}

Result<void> append_numbers(const WireField& field, std::vector<std::uint64_t>& values) {
    if (field.type == WireType::Varint) {
        values.push_back(field.number);
        return {};
    }
    for (ByteView rest = FATHOM_TRY(bytes_of(field)); !rest.empty();) {
        std::uint64_t value = 0;
        std::size_t size = 0;
        do {
            if (size == rest.size() || size == 10) return bad("protobuf: a number is cut off");
            if (size < 9 || rest[size] < 2) {
                value |= static_cast<std::uint64_t>(rest[size] & 0x7f) << (7 * size);
            }
        } while ((rest[size++] & 0x80) != 0);
        values.push_back(value);
        rest = rest.subspan(size);
    }
    return {};
}

Result<Pubkey> pubkey_of(ByteView bytes) {
    if (bytes.size() != 32) return bad("an address that has not 32 bytes");
    return Pubkey::from_bytes(bytes.data());
}

std::uint64_t feature_number(Feature feature) {
    return load_le<std::uint64_t>(feature_id(feature).bytes.data());
}

Result<void> read_features(ByteView message, FeatureSet& features) {
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        if (field.tag != proto::FeatureSet::features) continue;
        if (field.type == WireType::Fixed64) {
            activate(field.number, features);
            continue;
        }
        const ByteView packed = FATHOM_TRY(bytes_of(field));
        if (packed.size() % 8 != 0) return bad("protobuf: a number is cut off");
        for (std::size_t at = 0; at < packed.size(); at += 8) {
            activate(load_le<std::uint64_t>(&packed[at]), features);
        }
    }
    return {};
}

Result<AccountChange> read_account(ByteView message) {
    using namespace proto;
    ByteView address;
    ByteView owner;
    AccountChange entry;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case AcctState::address: address = FATHOM_TRY(bytes_of(field)); break;
        case AcctState::lamports: entry.account.lamports = FATHOM_TRY(number_of(field)); break;
        case AcctState::data: entry.account.data = AccountData(FATHOM_TRY(bytes_of(field))); break;
        case AcctState::executable: entry.account.executable = FATHOM_TRY(boolean_of(field)); break;
        case AcctState::owner: owner = FATHOM_TRY(bytes_of(field)); break;
        default: break;
        }
    }
    entry.key = FATHOM_TRY(pubkey_of(address));
    entry.account.owner = FATHOM_TRY(pubkey_of(owner));
    return entry;
}

WireWriter write_account(const AccountChange& account) {
    using namespace proto;
    WireWriter out;
    out.bytes(AcctState::address, account.key.view());
    out.number(AcctState::lamports, account.account.lamports);
    out.bytes(AcctState::data, account.account.data.view());
    out.boolean(AcctState::executable, account.account.executable);
    out.bytes(AcctState::owner, account.account.owner.view());
    return out;
}

Result<InstructionInput> read_instruction_input(ByteView message) {
    using namespace proto;
    InstructionInput input;
    ByteView program;
    std::vector<AccountReference> references;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case InstrContext::program_id: program = FATHOM_TRY(bytes_of(field)); break;
        case InstrContext::accounts:
            input.accounts.push_back(FATHOM_TRY(read_account(FATHOM_TRY(bytes_of(field)))));
            break;
        case InstrContext::instr_accounts:
            references.push_back(FATHOM_TRY(read_reference(FATHOM_TRY(bytes_of(field)))));
            break;
        case InstrContext::data: {
            const ByteView data = FATHOM_TRY(bytes_of(field));
            input.instruction.data.assign(data.begin(), data.end());
            break;
        }
        case InstrContext::cu_avail: input.units = FATHOM_TRY(number_of(field)); break;
        case InstrContext::features:
            FATHOM_CHECK(read_features(FATHOM_TRY(bytes_of(field)), input.features));
            break;
        default: break;
        }
    }
    input.instruction.program_id = FATHOM_TRY(pubkey_of(program));
    if (references.size() > kMaxInstructionAccounts) return bad("too many instruction accounts");
    for (const AccountReference& reference : references) {
        if (reference.index >= input.accounts.size()) return bad("no such instruction account");
        input.instruction.accounts.push_back(
            {input.accounts[reference.index].key, reference.is_signer, reference.is_writable});
    }
    return input;
}

Result<SyscallInput> read_syscall_input(ByteView message) {
    using namespace proto;
    SyscallInput input;
    bool has_machine = false;
    std::optional<ByteView> instruction;
    for (const WireField& field : FATHOM_TRY(read_wire_fields(message))) {
        switch (field.tag) {
        case SyscallContext::vm_ctx:
            FATHOM_CHECK(read_machine(FATHOM_TRY(bytes_of(field)), input.machine));
            has_machine = true;
            break;
        case SyscallContext::instr_ctx: instruction = FATHOM_TRY(bytes_of(field)); break;
        case SyscallContext::syscall_invocation:
            FATHOM_CHECK(read_invocation(FATHOM_TRY(bytes_of(field)), input.machine));
            break;
        default: break;
        }
    }
    if (!has_machine || !instruction) return bad("no machine or no instruction");
    input.instruction = FATHOM_TRY(read_instruction_input(*instruction));
    return input;
}

} // namespace fathom::harness::compat

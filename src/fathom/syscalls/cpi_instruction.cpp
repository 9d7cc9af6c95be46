// SPDX-License-Identifier: Apache-2.0
// Orders of checks: Agave program-runtime/src/cpi.rs.
#include "fathom/syscalls/cpi_instruction.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/syscalls/costs.hpp"
#include "fathom/syscalls/cpi_abi.hpp"
#include "fathom/syscalls/errors.hpp"
#include "fathom/syscalls/translate.hpp"
#include "fathom/types/pda.hpp"
#include "fathom/types/program_ids.hpp"

#include <string>

namespace fathom::syscalls {

namespace {

constexpr std::uint64_t kMaxInstructionDataLength = 10 * 1024;
constexpr std::uint64_t kMaxSigners = 16;

std::string over_limit_text(std::string_view what, std::uint64_t value, std::uint64_t limit) {
    return "Invoked an instruction with " + std::string(what) + " (" + std::to_string(value) +
           " > " + std::to_string(limit) + ")";
}

Outcome<void> check_size(std::uint64_t account_count, std::uint64_t data_length) {
    if (account_count > invoke::kMaxAccountsPerInstruction) {
        return fail(SyscallErrorKind::MaxInstructionAccountsExceeded,
                    over_limit_text("too many accounts", account_count,
                                    invoke::kMaxAccountsPerInstruction));
    }
    if (data_length > kMaxInstructionDataLength) {
        return fail(
            SyscallErrorKind::MaxInstructionDataLenExceeded,
            over_limit_text("data that is too large", data_length, kMaxInstructionDataLength));
    }
    return {};
}

/// Both forms of an account meta cost what the Rust one takes.
Result<void, InstructionError> charge_for(SyscallContext& context, std::uint64_t account_count,
                                          std::uint64_t data_length) {
    return context.charge(data_length / cost::kBytesPerUnit +
                          account_count * sizeof(RustAccountMeta) / cost::kBytesPerUnit);
}

template <class Meta> bool are_flags_valid(const Meta& meta) {
    return meta.is_signer <= 1 && meta.is_writable <= 1;
}

Outcome<Pubkey> load_signer(SyscallContext& context, const Pubkey& caller, const VmSlice& signer) {
    const auto slices = FATHOM_TRY(load_slice<VmSlice>(context, signer.address, signer.length));
    if (slices.size() > kMaxSeeds) return fail(InstructionError::MaxSeedLengthExceeded);
    std::vector<ByteView> seeds;
    for (std::size_t i = 0; i < slices.size(); ++i) {
        seeds.push_back(FATHOM_TRY(load_bytes(context, slices[i])));
    }
    const auto address = create_program_address(seeds, caller);
    if (!address) return fail_bad_seeds(address.error());
    return *address;
}

/// Upgrade, SetAuthority, Close and, with its gate, SetAuthorityChecked: told by the first byte
/// alone.
bool is_callable_loader_instruction(const SyscallContext& context, ByteView data) {
    constexpr std::uint8_t kUpgrade = 3;
    constexpr std::uint8_t kSetAuthority = 4;
    constexpr std::uint8_t kClose = 5;
    constexpr std::uint8_t kSetAuthorityChecked = 7;
    if (data.empty()) return false;
    return data[0] == kUpgrade || data[0] == kSetAuthority || data[0] == kClose ||
           (data[0] == kSetAuthorityChecked &&
            context.feature(Feature::enable_bpf_loader_set_authority_checked_ix));
}

} // namespace

Outcome<Instruction> load_rust_instruction(SyscallContext& context, std::uint64_t address) {
    const auto source = FATHOM_TRY(load_value<RustInstruction>(context, address));
    const auto metas = FATHOM_TRY(
        load_slice<RustAccountMeta>(context, source.accounts.address, source.accounts.length));
    const auto data = FATHOM_TRY(load_bytes(context, source.data.address, source.data.length));
    FATHOM_CHECK(check_size(metas.size(), data.size()));
    FATHOM_CHECK(charge_for(context, metas.size(), data.size()));
    Instruction instruction{.program_id = source.program_id, .accounts = {}, .data = {}};
    for (std::size_t i = 0; i < metas.size(); ++i) {
        const RustAccountMeta meta = metas[i];
        if (!are_flags_valid(meta)) return fail(InstructionError::InvalidArgument);
        instruction.accounts.push_back({meta.pubkey, meta.is_signer != 0, meta.is_writable != 0});
    }
    instruction.data.assign(data.begin(), data.end());
    return instruction;
}

Outcome<Instruction> load_c_instruction(SyscallContext& context, std::uint64_t address) {
    const auto source = FATHOM_TRY(load_value<CInstruction>(context, address));
    const auto program_id = FATHOM_TRY(load_value<Pubkey>(context, source.program_id));
    const auto metas =
        FATHOM_TRY(load_slice<CAccountMeta>(context, source.accounts, source.account_count));
    const auto data = FATHOM_TRY(load_bytes(context, source.data, source.data_length));
    FATHOM_CHECK(check_size(metas.size(), data.size()));
    FATHOM_CHECK(charge_for(context, metas.size(), data.size()));
    Instruction instruction{.program_id = program_id, .accounts = {}, .data = {}};
    for (std::size_t i = 0; i < metas.size(); ++i) {
        const CAccountMeta meta = metas[i];
        if (!are_flags_valid(meta)) return fail(InstructionError::InvalidArgument);
        const auto key = FATHOM_TRY(load_value<Pubkey>(context, meta.pubkey));
        instruction.accounts.push_back({key, meta.is_signer != 0, meta.is_writable != 0});
    }
    instruction.data.assign(data.begin(), data.end());
    return instruction;
}

Outcome<std::vector<Pubkey>> load_signers(SyscallContext& context, const Pubkey& caller,
                                          std::uint64_t address, std::uint64_t count) {
    const auto slices = FATHOM_TRY(load_slice<VmSlice>(context, address, count));
    if (slices.size() > kMaxSigners) return fail(SyscallErrorKind::TooManySigners);
    std::vector<Pubkey> signers;
    for (std::size_t i = 0; i < slices.size(); ++i) {
        signers.push_back(FATHOM_TRY(load_signer(context, caller, slices[i])));
    }
    return signers;
}

Outcome<void> check_callable(SyscallContext& context, const Pubkey& program_id, ByteView data) {
    const bool is_forbidden =
        program_id == ids::kNativeLoader || program_id == ids::kBpfLoader ||
        program_id == ids::kBpfLoaderDeprecated ||
        (program_id == ids::kBpfLoaderUpgradeable &&
         !is_callable_loader_instruction(context, data)) ||
        context.invocation().environment().find_precompile(program_id) != nullptr;
    if (!is_forbidden) return {};
    return fail(SyscallErrorKind::ProgramNotSupported,
                "Program " + program_id.to_base58() + " not supported by inner instructions");
}

} // namespace fathom::syscalls

// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/program_upgrade.hpp"

#include "fathom/types/pda.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace fathom::bank {
namespace {

// UpgradeableLoaderState of solana-loader-v3-interface, in bincode.
constexpr std::uint32_t kBufferTag = 1;
constexpr std::uint32_t kProgramTag = 2;
constexpr std::uint32_t kProgramDataTag = 3;
constexpr std::size_t kBufferMetadata = 37;
constexpr std::size_t kProgramSize = 36;
constexpr std::size_t kProgramDataMetadata = 45;

using Authority = std::optional<Pubkey>;

Pubkey programdata_address(const Pubkey& program) {
    const ByteView seed = program.view();
    const auto found = find_program_address({&seed, 1}, ids::kBpfLoaderUpgradeable);
    return found ? found->first : Pubkey{};
}

/// An Option<Pubkey>; the outer nullopt: neither.
std::optional<Authority> read_authority(ByteView bytes) {
    if (bytes.empty() || bytes[0] > 1) return std::nullopt;
    if (bytes[0] == 0) return Authority{};
    if (bytes.size() < 33) return std::nullopt;
    return Authority{Pubkey::from_bytes(bytes.data() + 1)};
}

struct Buffer {
    Account account;
    Authority authority;
    [[nodiscard]] ByteView elf() const { return account.data.view().subspan(kBufferMetadata); }
};

Result<Buffer, UpgradeFailure> load_buffer(const UpgradeContext& context, const Pubkey& key) {
    auto account = context.accounts.get(key);
    if (!account) return std::unexpected(UpgradeFailure::AccountNotFound);
    if (account->owner != ids::kBpfLoaderUpgradeable) {
        return std::unexpected(UpgradeFailure::IncorrectOwner);
    }
    const ByteView data = account->data.view();
    if (data.size() < kBufferMetadata || load_le<std::uint32_t>(data.data()) != kBufferTag) {
        return std::unexpected(UpgradeFailure::InvalidBufferAccount);
    }
    const auto authority = read_authority(data.subspan(4));
    if (!authority) return std::unexpected(UpgradeFailure::InvalidBufferAccount);
    return Buffer{*std::move(account), *authority};
}

Account rent_exempt(const Rent& rent, Bytes data, bool executable) {
    Account account;
    account.lamports = std::max<Lamports>(rent.minimum_balance(data.size()), 1);
    account.data = AccountData(data);
    account.owner = ids::kBpfLoaderUpgradeable;
    account.executable = executable;
    account.rent_epoch = 0;
    return account;
}

Account new_program(const UpgradeContext& context, const Pubkey& programdata) {
    Bytes data(kProgramSize);
    store_le(data.data(), kProgramTag);
    std::ranges::copy(programdata.bytes, data.begin() + 4);
    return rent_exempt(context.rent, std::move(data), true);
}

Result<Account, UpgradeFailure> new_programdata(const UpgradeContext& context, const Buffer& buffer,
                                                const Authority& authority) {
    if (authority && authority != buffer.authority) {
        return std::unexpected(UpgradeFailure::UpgradeAuthorityMismatch);
    }
    const ByteView elf = buffer.elf();
    Bytes data(kProgramDataMetadata + elf.size());
    store_le(data.data(), kProgramDataTag);
    store_le(data.data() + 4, context.slot);
    if (authority) {
        data[12] = 1;
        std::ranges::copy(authority->bytes, data.begin() + 13);
    }
    std::ranges::copy(elf, data.begin() + kProgramDataMetadata);
    if (!context.runtime.load(elf)) return std::unexpected(UpgradeFailure::InvalidProgram);
    return rent_exempt(context.rent, std::move(data), false);
}

/// Nobody's, or with `allow_prefunded` somebody's who has only sent lamports there.
Result<void, UpgradeFailure> check_vacant(const UpgradeContext& context, const Pubkey& programdata,
                                          bool allow_prefunded) {
    const auto account = context.accounts.get(programdata);
    if (!account) return {};
    if (allow_prefunded && account->owner == ids::kSystemProgram) return {};
    return std::unexpected(UpgradeFailure::ProgramHasDataAccount);
}

} // namespace

Result<ProgramUpgrade, UpgradeFailure> replace_loader_v2_program(const UpgradeContext& context,
                                                                 const Pubkey& program,
                                                                 const Pubkey& buffer_key,
                                                                 bool allow_prefunded) {
    const auto old = context.accounts.get(program);
    if (!old) return std::unexpected(UpgradeFailure::AccountNotFound);
    if (old->owner != ids::kBpfLoader) return std::unexpected(UpgradeFailure::IncorrectOwner);
    if (!old->executable) return std::unexpected(UpgradeFailure::ProgramAccountNotExecutable);
    const Pubkey programdata = programdata_address(program);
    FATHOM_CHECK(check_vacant(context, programdata, allow_prefunded));
    const Buffer buffer = FATHOM_TRY(load_buffer(context, buffer_key));
    Account data = FATHOM_TRY(new_programdata(context, buffer, std::nullopt));
    return ProgramUpgrade{{{program, new_program(context, programdata)},
                           {programdata, std::move(data)},
                           {buffer_key, Account{}}}};
}

Result<ProgramUpgrade, UpgradeFailure> upgrade_loader_v3_program(const UpgradeContext& context,
                                                                 const Pubkey& program,
                                                                 const Pubkey& buffer_key) {
    const Pubkey programdata = programdata_address(program);
    const auto old = context.accounts.get(program);
    if (!old) return std::unexpected(UpgradeFailure::AccountNotFound);
    if (old->owner != ids::kBpfLoaderUpgradeable) {
        return std::unexpected(UpgradeFailure::IncorrectOwner);
    }
    if (!old->executable) return std::unexpected(UpgradeFailure::ProgramAccountNotExecutable);
    const ByteView state = old->data.view();
    if (state.size() < kProgramSize || load_le<std::uint32_t>(state.data()) != kProgramTag ||
        Pubkey::from_bytes(state.data() + 4) != programdata) {
        return std::unexpected(UpgradeFailure::InvalidProgramAccount);
    }
    const auto old_data = context.accounts.get(programdata);
    if (!old_data) return std::unexpected(UpgradeFailure::ProgramHasNoDataAccount);
    if (old_data->owner != ids::kBpfLoaderUpgradeable) {
        return std::unexpected(UpgradeFailure::IncorrectOwner);
    }
    const ByteView bytes = old_data->data.view();
    if (bytes.size() < kProgramDataMetadata ||
        load_le<std::uint32_t>(bytes.data()) != kProgramDataTag) {
        return std::unexpected(UpgradeFailure::InvalidProgramDataAccount);
    }
    const auto authority = read_authority(bytes.subspan(12));
    if (!authority) return std::unexpected(UpgradeFailure::InvalidProgramDataAccount);
    const Buffer buffer = FATHOM_TRY(load_buffer(context, buffer_key));
    Account data = FATHOM_TRY(new_programdata(context, buffer, *authority));
    return ProgramUpgrade{{{programdata, std::move(data)}, {buffer_key, Account{}}}};
}

} // namespace fathom::bank

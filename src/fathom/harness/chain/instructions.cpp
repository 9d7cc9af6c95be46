// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/chain/instructions.hpp"

#include "fathom/types/pda.hpp"
#include "fathom/types/program_ids.hpp"

#include <limits>

namespace fathom::harness {
namespace {

/// Instruction data, field after field.
class Data {
public:
    template <class T> Data& number(T value) {
        bytes_.resize(bytes_.size() + sizeof(T));
        store_le(bytes_.data() + bytes_.size() - sizeof(T), value);
        return *this;
    }
    Data& u8(std::uint8_t value) { return number(value); }
    Data& u32(std::uint32_t value) { return number(value); }
    Data& u64(std::uint64_t value) { return number(value); }
    Data& bytes(ByteView view) {
        bytes_.insert(bytes_.end(), view.begin(), view.end());
        return *this;
    }
    /// LEB128.
    Data& varint(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) u8(static_cast<std::uint8_t>(value | 0x80));
        return u8(static_cast<std::uint8_t>(value));
    }
    operator Bytes() const { return bytes_; } // NOLINT: that is what it is for

private:
    Bytes bytes_;
};

AccountMeta writable(const Pubkey& key) {
    return {key, false, true};
}
AccountMeta readonly(const Pubkey& key) {
    return {key, false, false};
}
AccountMeta signer(const Pubkey& key) {
    return {key, true, false};
}
AccountMeta payer_meta(const Pubkey& key) {
    return {key, true, true};
}

} // namespace

Instruction create_account(const Pubkey& payer, const Pubkey& account, Lamports lamports,
                           std::uint64_t space, const Pubkey& owner) {
    return {ids::kSystemProgram,
            {payer_meta(payer), payer_meta(account)},
            Data().u32(0).u64(lamports).u64(space).bytes(owner.view())};
}

Instruction initialize_nonce(const Pubkey& nonce, const Pubkey& authority) {
    return {ids::kSystemProgram,
            {writable(nonce), readonly(ids::kRecentBlockhashes), readonly(ids::kRent)},
            Data().u32(6).bytes(authority.view())};
}

Instruction advance_nonce(const Pubkey& nonce, const Pubkey& authority) {
    return {ids::kSystemProgram,
            {writable(nonce), readonly(ids::kRecentBlockhashes), signer(authority)},
            Data().u32(4)};
}

Instruction set_compute_unit_limit(std::uint32_t units) {
    return {ids::kComputeBudgetProgram, {}, Data().u8(2).u32(units)};
}

Instruction set_compute_unit_price(std::uint64_t micro_lamports) {
    return {ids::kComputeBudgetProgram, {}, Data().u8(3).u64(micro_lamports)};
}

Pubkey programdata_address(const Pubkey& program) {
    const ByteView seed = program.view();
    const auto found = find_program_address({&seed, 1}, ids::kBpfLoaderUpgradeable);
    return found ? found->first : Pubkey{};
}

Instruction initialize_buffer(const Pubkey& buffer, const Pubkey& authority) {
    return {ids::kBpfLoaderUpgradeable, {writable(buffer), readonly(authority)}, Data().u32(0)};
}

Instruction write_program(const Pubkey& buffer, const Pubkey& authority, std::uint32_t offset,
                          ByteView bytes) {
    return {ids::kBpfLoaderUpgradeable,
            {writable(buffer), signer(authority)},
            Data().u32(1).u32(offset).u64(bytes.size()).bytes(bytes)};
}

Instruction deploy_program(const Pubkey& payer, const Pubkey& program, const Pubkey& buffer,
                           const Pubkey& authority, std::uint64_t max_data_len) {
    return {ids::kBpfLoaderUpgradeable,
            {payer_meta(payer), writable(programdata_address(program)), writable(program),
             writable(buffer), readonly(ids::kRent), readonly(ids::kClock),
             readonly(ids::kSystemProgram), signer(authority)},
            Data().u32(2).u64(max_data_len)};
}

Instruction upgrade_program(const Pubkey& program, const Pubkey& buffer, const Pubkey& spill,
                            const Pubkey& authority) {
    return {ids::kBpfLoaderUpgradeable,
            {writable(programdata_address(program)), writable(program), writable(buffer),
             writable(spill), readonly(ids::kRent), readonly(ids::kClock), signer(authority)},
            Data().u32(3)};
}

Instruction close_program(const Pubkey& program, const Pubkey& recipient, const Pubkey& authority) {
    return {ids::kBpfLoaderUpgradeable,
            {writable(programdata_address(program)), writable(recipient), signer(authority),
             writable(program)},
            Data().u32(5)};
}

Instruction token_transfer(const Pubkey& program, const Pubkey& source, const Pubkey& destination,
                           const Pubkey& authority, std::uint64_t amount) {
    return {program,
            {writable(source), writable(destination), signer(authority)},
            Data().u8(3).u64(amount)};
}

Instruction token_mint_to(const Pubkey& program, const Pubkey& mint, const Pubkey& destination,
                          const Pubkey& authority, std::uint64_t amount) {
    return {program,
            {writable(mint), writable(destination), signer(authority)},
            Data().u8(7).u64(amount)};
}

Instruction tower_sync(const Pubkey& vote_account, const Pubkey& voter, std::span<const Slot> slots,
                       std::optional<Slot> root, const Hash& bank_hash, UnixTimestamp timestamp) {
    constexpr std::uint32_t kTowerSync = 14;
    Data data;
    data.u32(kTowerSync).u64(root.value_or(std::numeric_limits<Slot>::max()));
    data.varint(slots.size()); // at most 31: one byte, as a short vector has it
    Slot before = root.value_or(0);
    for (std::size_t i = 0; i < slots.size(); ++i) {
        data.varint(slots[i] - before).u8(static_cast<std::uint8_t>(slots.size() - i));
        before = slots[i];
    }
    data.bytes(bank_hash.view()).u8(1).number(timestamp).bytes(Hash{}.view());
    return {ids::kVoteProgram, {writable(vote_account), signer(voter)}, data};
}

} // namespace fathom::harness

// SPDX-License-Identifier: Apache-2.0
// Instructions of the Stake program as clients write them (solana-stake-interface instruction.rs).
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/transaction.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>

namespace fathom::oracles {

/// Little-endian fields, one after the other.
class Fields {
public:
    template <class T> Fields& number(T value) {
        bytes_.resize(bytes_.size() + sizeof(T));
        store_le(bytes_.data() + bytes_.size() - sizeof(T), value);
        return *this;
    }
    Fields& u8(std::uint8_t value) { return number(value); }
    Fields& u16(std::uint16_t value) { return number(value); }
    Fields& u32(std::uint32_t value) { return number(value); }
    Fields& u64(std::uint64_t value) { return number(value); }
    Fields& key(const Pubkey& key) {
        bytes_.insert(bytes_.end(), key.bytes.begin(), key.bytes.end());
        return *this;
    }
    /// LEB128.
    Fields& varint(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) u8(static_cast<std::uint8_t>(value | 0x80));
        return u8(static_cast<std::uint8_t>(value));
    }
    [[nodiscard]] const Bytes& bytes() const { return bytes_; }

private:
    Bytes bytes_;
};

/// `authority` is staker and withdrawer.
[[nodiscard]] Instruction initialize_stake(const Pubkey& stake, const Pubkey& authority);
[[nodiscard]] Instruction delegate_stake(const Pubkey& stake, const Pubkey& vote,
                                         const Pubkey& authority);
[[nodiscard]] Instruction split_stake(const Pubkey& stake, const Pubkey& part,
                                      const Pubkey& authority, Lamports lamports);
[[nodiscard]] Instruction withdraw_stake(const Pubkey& stake, const Pubkey& to,
                                         const Pubkey& authority, Lamports lamports);
[[nodiscard]] Instruction deactivate_stake(const Pubkey& stake, const Pubkey& authority);
[[nodiscard]] Instruction merge_stakes(const Pubkey& into, const Pubkey& from,
                                       const Pubkey& authority);
[[nodiscard]] Instruction move_stake(const Pubkey& from, const Pubkey& into,
                                     const Pubkey& authority, Lamports lamports);
[[nodiscard]] Instruction deactivate_delinquent(const Pubkey& stake, const Pubkey& delinquent,
                                                const Pubkey& reference);

} // namespace fathom::oracles

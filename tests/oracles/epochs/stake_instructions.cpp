// SPDX-License-Identifier: Apache-2.0
#include "tests/oracles/epochs/stake_instructions.hpp"

#include "fathom/types/program_ids.hpp"

namespace fathom::oracles {
namespace {

AccountMeta writable(const Pubkey& key) {
    return {key, false, true};
}
AccountMeta readonly(const Pubkey& key) {
    return {key, false, false};
}
AccountMeta signer(const Pubkey& key) {
    return {key, true, false};
}

} // namespace

Instruction initialize_stake(const Pubkey& stake, const Pubkey& authority) {
    return {ids::kStakeProgram,
            {writable(stake), readonly(ids::kRent)},
            Fields().u32(0).key(authority).key(authority).u64(0).u64(0).key({}).bytes()};
}

Instruction delegate_stake(const Pubkey& stake, const Pubkey& vote, const Pubkey& authority) {
    return {ids::kStakeProgram,
            {writable(stake), readonly(vote), readonly(ids::kClock), readonly(ids::kStakeHistory),
             readonly(ids::kStakeConfig), signer(authority)},
            Fields().u32(2).bytes()};
}

Instruction split_stake(const Pubkey& stake, const Pubkey& part, const Pubkey& authority,
                        Lamports lamports) {
    return {ids::kStakeProgram,
            {writable(stake), writable(part), signer(authority)},
            Fields().u32(3).u64(lamports).bytes()};
}

Instruction withdraw_stake(const Pubkey& stake, const Pubkey& to, const Pubkey& authority,
                           Lamports lamports) {
    return {ids::kStakeProgram,
            {writable(stake), writable(to), readonly(ids::kClock), readonly(ids::kStakeHistory),
             signer(authority)},
            Fields().u32(4).u64(lamports).bytes()};
}

Instruction deactivate_stake(const Pubkey& stake, const Pubkey& authority) {
    return {ids::kStakeProgram,
            {writable(stake), readonly(ids::kClock), signer(authority)},
            Fields().u32(5).bytes()};
}

Instruction merge_stakes(const Pubkey& into, const Pubkey& from, const Pubkey& authority) {
    return {ids::kStakeProgram,
            {writable(into), writable(from), readonly(ids::kClock), readonly(ids::kStakeHistory),
             signer(authority)},
            Fields().u32(7).bytes()};
}

Instruction move_stake(const Pubkey& from, const Pubkey& into, const Pubkey& authority,
                       Lamports lamports) {
    return {ids::kStakeProgram,
            {writable(from), writable(into), signer(authority)},
            Fields().u32(16).u64(lamports).bytes()};
}

Instruction deactivate_delinquent(const Pubkey& stake, const Pubkey& delinquent,
                                  const Pubkey& reference) {
    return {ids::kStakeProgram,
            {writable(stake), readonly(delinquent), readonly(reference)},
            Fields().u32(14).bytes()};
}

} // namespace fathom::oracles

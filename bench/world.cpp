// SPDX-License-Identifier: Apache-2.0
// Building the benchmarks' world.
#include "world.hpp"

#include "fathom/crypto/ed25519.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/programs/builtins.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/sysvars.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace fathom::bench {

void die(std::string_view what, std::string_view detail) {
    std::fprintf(stderr, "bench: %.*s%.*s\n", static_cast<int>(what.size()), what.data(),
                 static_cast<int>(detail.size()), detail.data());
    std::exit(2);
}

Hash digest(std::string_view name) {
    const auto bytes = crypto::sha256(as_bytes(name));
    return Hash::from_bytes(bytes.data());
}

Party::Party(const std::string& name)
    : seed(digest("fathom bench " + name)), key{crypto::ed25519_public_key(seed.bytes.data())},
      token_account{digest("fathom bench token account of " + name).bytes} {}

World::World() {
    slot.features = FeatureSet::all();
    slot.blockhash = digest("fathom bench blockhash");
    slot.recent_blockhashes = {slot.blockhash};
    put_sysvar(ids::kClock, Clock{.slot = 1000, .unix_timestamp = 1'700'000'000}.encode());
    put_sysvar(ids::kRent, Rent{}.encode());
    put_sysvar(ids::kEpochSchedule, EpochSchedule{}.encode());
    put_sysvar(ids::kEpochRewards, EpochRewards{}.encode());
    put_sysvar(ids::kLastRestartSlot, LastRestartSlot{}.encode());
    put_sysvar(ids::kSlotHashes, SlotHashes{.entries = {{999, slot.blockhash}}}.encode());
    put_sysvar(ids::kStakeHistory, StakeHistory{}.encode());
    put_sysvar(ids::kRecentBlockhashes,
               RecentBlockhashes{.entries = {{slot.blockhash, 5000}}}.encode());
    for (const programs::Builtin& builtin : programs::builtins()) {
        accounts.set(builtin.id, {.lamports = 1,
                                  .data = AccountData(as_bytes(builtin.name)),
                                  .owner = ids::kNativeLoader,
                                  .executable = true});
    }
    for (const Party* party : {&alice, &bob}) {
        accounts.set(party->key, {.lamports = kPlenty, .data = {}, .owner = ids::kSystemProgram});
    }
}

void World::put_sysvar(const Pubkey& key, const Bytes& data) {
    accounts.set(key, {.lamports = 1, .data = AccountData(data), .owner = ids::kSysvarOwner});
}

void World::put_program(const Pubkey& id, ByteView elf) {
    accounts.set(id, {.lamports = kPlenty,
                      .data = AccountData(elf),
                      .owner = ids::kBpfLoader,
                      .executable = true});
}

void World::commit(TransactionEffects& effects) {
    if (effects.error) {
        for (const std::string& line : effects.logs) std::fprintf(stderr, "%s\n", line.c_str());
        die("a transaction failed");
    }
    for (AccountChange& change : effects.accounts) {
        accounts.set(change.key, std::move(change.account));
    }
}

Bytes token_account_data(const Pubkey& mint, const Pubkey& owner, std::uint64_t amount) {
    Bytes data(165);
    std::copy(mint.bytes.begin(), mint.bytes.end(), data.begin());
    std::copy(owner.bytes.begin(), owner.bytes.end(), data.begin() + 32);
    store_le(data.data() + 64, amount);
    data[108] = 1;
    return data;
}

Bytes signed_transaction(const Party& payer, std::span<const Instruction> instructions,
                         const Hash& blockhash) {
    const auto message = compile_legacy_message(payer.key, instructions, blockhash);
    if (!message) die("cannot compile a message: ", message.error().message);
    const Signature signature{crypto::ed25519_sign(payer.seed.bytes.data(), *message)};
    return serialize_transaction({&signature, 1}, *message);
}

Instruction token_transfer(const Party& from, const Party& to, std::uint64_t amount) {
    Bytes data(9);
    data[0] = 3;
    store_le(data.data() + 1, amount);
    return {kTokenProgram,
            {{from.token_account, false, true},
             {to.token_account, false, true},
             {from.key, true, false}},
            data};
}

} // namespace fathom::bench

// SPDX-License-Identifier: Apache-2.0
// A block with the state before it and what came of it, from protosol's messages (layout of
// versions 1.0.5 to 4.1).
#pragma once

#include "fathom/bank/bank.hpp"
#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/harness/instruction_fixture.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fathom::harness {

struct LeaderScheduleFacts {
    Epoch epoch = 0;
    Slot first_slot = 0;
    std::uint64_t slots = 0;
    std::uint64_t leaders = 0;
    std::uint64_t length = 0;
    /// XXH64 of the leaders, then of their places among them, one for each turn of four slots.
    std::array<std::uint8_t, 16> hash{};

    friend bool operator==(const LeaderScheduleFacts&, const LeaderScheduleFacts&) = default;
};

struct BlockEffects {
    bool has_error = false;
    Lamports capitalization = 0;
    Hash bank_hash;
    LeaderScheduleFacts leader_schedule;
    /// Units that count towards the block's limit; nullopt: not said.
    std::optional<ComputeUnits> block_cost;
};

struct FixtureVoter {
    FixtureAccount account;
    Lamports stake = 0;
};

struct BlockFixture {
    std::vector<Bytes> transactions;
    std::vector<FixtureAccount> accounts;
    std::vector<Hash> blockhashes; // oldest first
    Slot slot = 0;
    Slot parent_slot = 0;
    std::uint64_t block_height = 0;
    Hash poh;
    Hash parent_hash;
    crypto::LtHash parent_lt_hash;
    Lamports parent_lamports_per_signature = 0;
    Lamports parent_capitalization = 0;
    std::vector<std::uint64_t> features;
    std::uint64_t ticks_per_slot = 64;
    std::uint64_t hashes_per_tick = 0;
    double slots_per_year = 0;
    bank::Inflation inflation;
    std::uint64_t genesis_creation_time = 0;
    /// Stakes as they were before the last epoch and before the one before it.
    std::vector<FixtureVoter> voters_t1;
    std::vector<FixtureVoter> voters_t2;
    /// nullopt: a context alone.
    std::optional<BlockEffects> effects;
};

/// A fixture (context and effects) or, if `is_context`, a context alone.
[[nodiscard]] Result<BlockFixture> parse_block_fixture(ByteView message, bool is_context = false);

/// What a bank gives that is made from the context, one transaction after the other.
struct BlockRun {
    BlockEffects effects;
    std::shared_ptr<bank::Bank> bank;
    std::vector<bank::TransactionOutcome> outcomes;
};
[[nodiscard]] Result<BlockRun> run_block_fixture(const BlockFixture& fixture,
                                                 std::shared_ptr<bank::Runtime> runtime);

/// Compares all that the fixture has.
struct FixtureVerdict {
    bool is_equal = false;
    /// It differs only by what Agave 4.3 does in another way than the version that made it; `notes`
    /// say what that is.
    bool is_outdated = false;
    std::vector<std::string> notes;
};
[[nodiscard]] FixtureVerdict judge_block_fixture(const BlockFixture& fixture, const BlockRun& run);

} // namespace fathom::harness

// SPDX-License-Identifier: Apache-2.0
// A made-up cluster whose stakes and votes change from block to block, drawn from a seed.
#pragma once

#include "fathom/bank/bank.hpp"
#include "fathom/bank/genesis.hpp"
#include "fathom/keypair.hpp"
#include "fathom/sched/workload.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fathom::oracles {

/// A gate that matters at epoch boundaries, and from when on it is active.
struct Gate {
    enum class When : std::uint8_t { Never, Genesis, FirstBoundary };
    Feature feature;
    When when = When::Never;
};

class Scenario {
public:
    explicit Scenario(std::uint64_t seed);

    [[nodiscard]] const bank::Genesis& genesis() const { return genesis_; }
    [[nodiscard]] const std::vector<Gate>& gates() const { return gates_; }
    [[nodiscard]] Slot last_slot() const;
    /// The slot of the next block; now and then some are left out.
    [[nodiscard]] Slot slot_after(Slot slot);
    /// Votes for the parent, and whatever else happens in this block.
    [[nodiscard]] std::vector<Bytes> transactions(const bank::Bank& bank);

private:
    struct Validator {
        Keypair identity;
        Keypair vote;
        unsigned rate = 100; // of the blocks that it votes for, in percent
        bool is_closed = false;
        std::vector<std::pair<Slot, std::uint32_t>> tower = {};
        std::optional<Slot> root = {};
        UnixTimestamp time = 0;
    };

    void choose_gates();
    void make_validators();
    void make_stakes();
    void put(const Pubkey& key, const Pubkey& owner, Bytes data, std::size_t size,
             Lamports lamports);
    [[nodiscard]] bool chance(unsigned percent) { return random_.below(100) < percent; }
    [[nodiscard]] Lamports some_lamports();
    [[nodiscard]] Validator& any_validator();
    [[nodiscard]] const Keypair& any_stake();
    void begin_epoch(Epoch epoch);
    void vote(const bank::Bank& bank, Validator& validator);
    void change_stake(const bank::Bank& bank);
    void change_delegated(const Pubkey& stake, const StakeState& state, Lamports lamports);
    void create_stake();
    void split(const Pubkey& stake, Lamports lamports);
    void change_validator(const bank::Bank& bank);
    void reopen(Validator& validator);
    void add(std::vector<Instruction> instructions, const std::vector<Keypair>& signers);

    sched::Random random_;
    std::uint64_t seed_;
    Keypair owner_; // of all stakes; pays
    bank::Genesis genesis_;
    std::vector<Gate> gates_;
    std::vector<Validator> validators_;
    std::vector<Keypair> stakes_;
    Epoch epoch_ = 0;
    Hash blockhash_;
    UnixTimestamp drift_ = 0;
    std::uint64_t serial_ = 0;
    std::vector<Bytes> block_;
};

} // namespace fathom::oracles

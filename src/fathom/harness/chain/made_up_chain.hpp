// SPDX-License-Identifier: Apache-2.0
// A chain for tests and demonstrations: people with money and tokens, programs, validators, all of
// them the same for one seed.
#pragma once

#include "fathom/bank/genesis.hpp"
#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/keypair.hpp"
#include "fathom/sched/worker_pool.hpp"
#include "fathom/types/features.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace fathom::harness {

struct ChainOptions {
    std::uint64_t seed = 1;
    /// Each has a wallet, and an account of one mint's tokens: holder h of mint h modulo mints.
    std::size_t holders = 1'000;
    std::size_t mints = 8;
    /// Each has a vote account, and one stake that has been effective since the beginning.
    std::size_t validators = 3;
    std::uint64_t slots_per_epoch = 432'000;
    FeatureSet features = FeatureSet::all();
    std::uint64_t ticks_per_slot = 64;
    /// 0: without Proof of History.
    std::uint64_t hashes_per_tick = 0;
};

/// ELFs of the example programs.
struct ChainPrograms {
    Bytes token;
    Bytes counter;

    /// From the folder with token.s and counter.s. NotFound, or what the assembler says.
    [[nodiscard]] static Result<ChainPrograms> assemble(const std::filesystem::path& folder);
};

class MadeUpChain {
public:
    struct Holder {
        Keypair wallet;
        Pubkey token_account;
        /// Of the counter program; exists after the first call.
        Pubkey counter;
    };
    struct Validator {
        Keypair identity; // pays, and votes
        Pubkey vote_account;
    };

    /// Key pairs cost their time: `pool` shares the work.
    MadeUpChain(const ChainOptions& options, const ChainPrograms& programs,
                sched::WorkerPool& pool);

    [[nodiscard]] const bank::Genesis& genesis() const { return genesis_; }
    [[nodiscard]] const std::vector<Holder>& holders() const { return holders_; }
    [[nodiscard]] const std::vector<Pubkey>& mints() const { return mints_; }
    [[nodiscard]] std::size_t mint_of(std::size_t holder) const { return holder % mints_.size(); }
    /// Of all mints.
    [[nodiscard]] const Keypair& minter() const { return minter_; }
    [[nodiscard]] const std::vector<Validator>& validators() const { return validators_; }
    [[nodiscard]] const Pubkey& token_program() const { return token_program_; }
    [[nodiscard]] const Pubkey& counter_program() const { return counter_program_; }

private:
    void make_holders(std::size_t count, sched::WorkerPool& pool);
    void make_validators(std::size_t count);
    void put(const Pubkey& key, const Pubkey& owner, ByteView data, Lamports lamports = 0,
             bool executable = false);

    std::uint64_t seed_;
    bank::Genesis genesis_;
    std::vector<Holder> holders_;
    std::vector<Pubkey> mints_;
    std::vector<Validator> validators_;
    Keypair minter_;
    Pubkey token_program_;
    Pubkey counter_program_;
};

/// A key pair and nothing else: number `index` of those that have this `name`.
[[nodiscard]] Keypair numbered_keypair(std::uint64_t seed, std::string_view name,
                                       std::uint64_t index);

} // namespace fathom::harness

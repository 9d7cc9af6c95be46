// SPDX-License-Identifier: Apache-2.0
// Programs are verified once, forgotten by use, and never mistaken for each other, whatever many
// threads do at once.
#include "fathom/base/flat_map.hpp"
#include "fathom/invoke/program_cache.hpp"
#include "fathom/keypair.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"
#include "fathom/svm/environment.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/svm/program_cache.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/sysvars.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <thread>

namespace fathom::svm {
namespace {

using invoke::ProgramState;

/// A program that ends with this custom error.
Bytes elf_returning(std::uint32_t status) {
    return *sbpf::write_elf(*sbpf::assemble(".globl entrypoint\nentrypoint:\nmov64 r0, " +
                                            std::to_string(status) + "\nexit\n"));
}

Pubkey key_of(std::uint64_t number) {
    Pubkey key;
    key.bytes.fill(7);
    store_le(key.bytes.data(), number);
    key.bytes[31] = static_cast<std::uint8_t>(number); // spreads over the shards
    return key;
}

class ProgramCacheTest : public ::testing::Test {
protected:
    using Entry = std::shared_ptr<const invoke::ProgramCacheEntry>;

    Entry get(ProgramCache& cache, std::uint64_t program, Slot slot, const AccountData& elf) {
        return cache.get(key_of(program),
                         {.elf_account = elf,
                          .deployment_slot = slot,
                          .account_size = elf.size(),
                          .loader = ids::kBpfLoader},
                         rules_, runtime_);
    }

    invoke::ProgramRuntime runtime_ = make_execution_runtime(FeatureSet::all());
    Hash rules_ = ProgramCache::rules_of(runtime_);
    AccountData one_{elf_returning(1)};
    AccountData two_{elf_returning(2)};
};

TEST_F(ProgramCacheTest, VerifiesOnce) {
    ProgramCache cache;
    const Entry first = get(cache, 1, 5, one_);
    ASSERT_EQ(first->state, ProgramState::Loaded);
    EXPECT_EQ(get(cache, 1, 5, one_), first);
    EXPECT_EQ(get(cache, 1, 5, AccountData(one_.view())), first); // the same bytes elsewhere
    const ProgramCacheStatistics counts = cache.statistics();
    EXPECT_EQ(counts.loads, 1u);
    EXPECT_EQ(counts.misses, 1u);
    EXPECT_EQ(counts.hits, 2u);
    EXPECT_EQ(counts.entries, 1u);
}

// Agave program-runtime/src/loaded_programs.rs: DELAY_VISIBILITY_SLOT_OFFSET.
TEST_F(ProgramCacheTest, MakesAProgramEffectiveInTheSlotAfterItsDeployment) {
    ProgramCache cache;
    EXPECT_EQ(get(cache, 1, 5, one_)->effective_slot, 6u);
    EXPECT_EQ(get(cache, 1, 5, one_)->deployment_slot, 5u);
}

TEST_F(ProgramCacheTest, KeepsEveryDeploymentApart) {
    ProgramCache cache;
    const Entry old = get(cache, 1, 5, one_);
    const Entry upgraded = get(cache, 1, 9, two_);
    EXPECT_NE(old, upgraded);
    EXPECT_EQ(get(cache, 1, 5, one_), old); // a fork that has not seen the upgrade
    EXPECT_EQ(cache.statistics().entries, 2u);
}

TEST_F(ProgramCacheTest, NeverGivesOneForksProgramToAnother) {
    ProgramCache cache;
    const Entry here = get(cache, 1, 5, one_);
    const Entry there = get(cache, 1, 5, two_);
    EXPECT_NE(here->executable, there->executable);
    EXPECT_EQ(cache.statistics().replacements, 1u);
}

TEST_F(ProgramCacheTest, RemembersWhatFailsToVerify) {
    ProgramCache cache;
    const AccountData broken(Bytes(100, 1));
    const Entry entry = get(cache, 1, 5, broken);
    EXPECT_EQ(entry->state, ProgramState::FailedVerification);
    EXPECT_EQ(entry->effective_slot, 5u);
    EXPECT_EQ(get(cache, 1, 5, broken), entry);
    EXPECT_EQ(cache.statistics().failures, 1u);
}

TEST_F(ProgramCacheTest, LoadsAgainUnderOtherRules) {
    ProgramCache cache;
    const Entry entry = get(cache, 1, 5, one_);
    FeatureSet fewer = FeatureSet::mainnet();
    runtime_ = make_execution_runtime(fewer);
    const Hash all = std::exchange(rules_, ProgramCache::rules_of(runtime_));
    ASSERT_NE(rules_, all);
    EXPECT_NE(get(cache, 1, 5, one_), entry);
    EXPECT_EQ(cache.statistics().loads, 2u);
}

TEST_F(ProgramCacheTest, KnowsEqualRulesOfTwoEnvironments) {
    EXPECT_EQ(ProgramCache::rules_of(make_execution_runtime(FeatureSet::all())), rules_);
}

TEST_F(ProgramCacheTest, GivesUpWhatWasUsedLongestAgo) {
    ProgramCache probe;
    static_cast<void>(get(probe, 1, 5, one_));
    const std::uint64_t size = probe.statistics().bytes;
    ProgramCache cache({.byte_budget = 8 * size});
    for (std::uint64_t program = 0; program < 8; ++program) {
        static_cast<void>(get(cache, program, 5, one_));
    }
    static_cast<void>(get(cache, 0, 5, one_)); // now the one used last
    EXPECT_EQ(cache.statistics().evictions, 0u);
    static_cast<void>(get(cache, 8, 5, one_));
    const ProgramCacheStatistics counts = cache.statistics();
    EXPECT_EQ(counts.evictions, 2u); // 1 and 2: an eighth of the budget is free again
    EXPECT_EQ(counts.one_hit_wonders, 2u);
    EXPECT_LE(counts.bytes, 7 * size);
    EXPECT_EQ(counts.entries, 9u); // unloaded ones keep their counts
    static_cast<void>(get(cache, 0, 5, one_));
    EXPECT_EQ(cache.statistics().loads, counts.loads);
    static_cast<void>(get(cache, 1, 5, one_));
    EXPECT_EQ(cache.statistics().reloads, 1u);
}

TEST_F(ProgramCacheTest, AnEvictedProgramStaysWithWhoRunsIt) {
    ProgramCache cache({.byte_budget = 1});
    const Entry held = get(cache, 1, 5, one_);
    EXPECT_EQ(cache.statistics().bytes, 0u);
    EXPECT_EQ(held->executable->program().slot_count(), 2u);
}

TEST_F(ProgramCacheTest, PrunesWhatNobodyCanAskFor) {
    ProgramCache cache;
    for (const Slot slot : {3, 5, 8, 12, 13}) static_cast<void>(get(cache, 1, slot, one_));
    static_cast<void>(get(cache, 2, 4, one_));
    cache.prune(10, rules_);
    // 8 was the last one at the root; 12 and 13 are on forks beyond it.
    EXPECT_EQ(cache.statistics().entries, 4u);
    EXPECT_EQ(cache.statistics().prunes, 2u);
    cache.prune(10, Hash{});
    EXPECT_EQ(cache.statistics().entries, 0u);
    EXPECT_EQ(cache.statistics().bytes, 0u);
}

TEST_F(ProgramCacheTest, ManyThreadsThatMissAtOnceLoadOnce) {
    constexpr int kThreads = 8;
    for (int round = 0; round < 20; ++round) {
        ProgramCache cache;
        std::barrier start(kThreads);
        std::array<Entry, kThreads> entries;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < kThreads; ++i) {
                threads.emplace_back([&, i] {
                    start.arrive_and_wait();
                    entries[static_cast<std::size_t>(i)] = get(cache, 1, 5, one_);
                });
            }
        }
        EXPECT_EQ(cache.statistics().loads, 1u);
        for (const Entry& entry : entries) EXPECT_EQ(entry, entries[0]);
    }
}

// ---- under fire ----

class Accounts final : public AccountSource {
public:
    [[nodiscard]] std::optional<Account> get(const Pubkey& key) const override {
        const auto found = accounts_.find(key);
        if (found == accounts_.end()) return std::nullopt;
        return found->second;
    }
    void set(const Pubkey& key, Account account) { accounts_[key] = std::move(account); }

private:
    FlatMap<Pubkey, Account, PubkeyHash> accounts_;
};

/// One fork of the chain, as one thread sees it: programs are deployed, upgraded, closed and called
/// in random order. What a call must give follows from what was deployed, without any cache.
class Fork {
public:
    static constexpr std::uint64_t kPrograms = 200;

    Fork(std::uint64_t seed, std::shared_ptr<ProgramCache> cache,
         const std::vector<AccountData>& elves)
        : random_(seed), elves_(elves),
          processor_({.engine = EngineChoice::Interpreter, .program_cache = std::move(cache)}) {
        slot_.features = FeatureSet::all();
        accounts_.set(payer_.pubkey(), {.lamports = 1'000'000'000'000, .data = {}, .owner = {}});
        put_sysvar(ids::kRent, Rent{}.encode());
        put_sysvar(ids::kEpochSchedule, EpochSchedule{}.encode());
        set_clock();
    }

    void step() {
        const std::uint64_t program = random_() % kPrograms;
        switch (random_() % 8) {
        case 0: deploy(program); break;
        case 1: close(program); break;
        case 2:
            ++now_;
            set_clock();
            break;
        default: call(program); break;
        }
    }

private:
    struct Deployed {
        bool is_open = false;
        bool is_known = false;
        std::uint32_t version = 0;
        Slot slot = 0;
    };

    void put_sysvar(const Pubkey& key, const Bytes& data) {
        accounts_.set(key, {.lamports = 1, .data = AccountData(data), .owner = ids::kNativeLoader});
    }
    void set_clock() { put_sysvar(ids::kClock, Clock{.slot = now_}.encode()); }

    void deploy(std::uint64_t program) {
        Deployed& deployed = programs_[program];
        const auto version = static_cast<std::uint32_t>(random_() % elves_.size());
        deployed = {.is_open = true, .is_known = true, .version = version, .slot = now_};
        Bytes address(36);
        address[0] = 2;
        std::ranges::copy(key_of(1000 + program).bytes, address.begin() + 4);
        accounts_.set(key_of(program), {.lamports = 1,
                                        .data = AccountData(address),
                                        .owner = ids::kBpfLoaderUpgradeable,
                                        .executable = true});
        Bytes data(45);
        data[0] = 3;
        store_le(data.data() + 4, now_);
        const ByteView elf = elves_[version].view();
        data.insert(data.end(), elf.begin(), elf.end());
        accounts_.set(
            key_of(1000 + program),
            {.lamports = 1, .data = AccountData(data), .owner = ids::kBpfLoaderUpgradeable});
    }

    void close(std::uint64_t program) {
        if (!programs_[program].is_known) return;
        programs_[program].is_open = false;
        accounts_.set(
            key_of(1000 + program),
            {.lamports = 1, .data = AccountData(Bytes(4)), .owner = ids::kBpfLoaderUpgradeable});
    }

    void call(std::uint64_t program) {
        const Instruction instruction{key_of(program), {}, {}};
        const Bytes transaction = *build_transaction(payer_, {&instruction, 1}, Hash{});
        const ByteView view(transaction);
        const auto effects = processor_.execute(
            {&view, 1}, slot_, accounts_, {.verify_signatures = false, .check_blockhash = false});
        ASSERT_EQ(effects.size(), 1u);
        ASSERT_TRUE(effects[0].error.has_value());
        EXPECT_EQ(*effects[0].error, expected(programs_[program]));
    }

    [[nodiscard]] TransactionError expected(const Deployed& deployed) const {
        if (!deployed.is_known) return TransactionError::ProgramAccountNotFound;
        // Closed, or deployed in this very slot.
        if (!deployed.is_open || deployed.slot == now_) {
            return TransactionError::instruction(0, InstructionError::UnsupportedProgramId);
        }
        return TransactionError::instruction(0, InstructionError::custom(deployed.version + 1));
    }

    std::mt19937_64 random_;
    const std::vector<AccountData>& elves_;
    Keypair payer_ = Keypair::from_text("payer");
    Processor processor_;
    SlotEnvironment slot_;
    Accounts accounts_;
    Slot now_ = 1;
    std::array<Deployed, kPrograms> programs_{};
};

std::uint64_t steps_of_fire() {
    const char* text = std::getenv("FATHOM_CACHE_STEPS");
    std::uint64_t steps = 1'000;
    if (text) std::from_chars(text, text + std::string_view(text).size(), steps);
    return steps;
}

TEST(ProgramCacheUnderFire, EveryThreadGetsWhatItsOwnForkDeployed) {
    std::vector<AccountData> elves;
    for (std::uint32_t version = 0; version < 16; ++version) {
        elves.emplace_back(elf_returning(version + 1));
    }
    const auto cache = std::make_shared<ProgramCache>(ProgramCacheConfig{.byte_budget = 100'000});
    const std::uint64_t steps = steps_of_fire();
    {
        std::vector<std::jthread> threads;
        for (std::uint64_t thread = 0; thread < 8; ++thread) {
            threads.emplace_back([&, thread] {
                Fork fork(thread, cache, elves);
                for (std::uint64_t i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
                    fork.step();
                    if (i % 97 == 0) cache->prune(i / 10, Hash{});
                }
            });
        }
    }
    const ProgramCacheStatistics counts = cache->statistics();
    EXPECT_GT(counts.loads, 0u);
    EXPECT_GT(counts.replacements + counts.prunes, 0u);
}

} // namespace
} // namespace fathom::svm

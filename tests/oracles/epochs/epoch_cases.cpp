// SPDX-License-Identifier: Apache-2.0
// Runs a made-up cluster over epoch boundaries and prints, a JSON line for each step, what its
// banks hold when a block begins and when it is frozen. epochs.py computes the boundaries again.
//   epoch_cases SEED
#include "fathom/bank/genesis.hpp"
#include "fathom/bank/leader_schedule.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/types/program_ids.hpp"
#include "tests/oracles/epochs/scenario.hpp"

#include <charconv>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

namespace {

using namespace fathom;

std::string hex(ByteView bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text = "\"";
    for (const std::uint8_t byte : bytes) {
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text += '"';
}

/// Zeros at the end are left out.
ByteView trimmed(ByteView bytes) {
    while (!bytes.empty() && bytes.back() == 0) bytes = bytes.first(bytes.size() - 1);
    return bytes;
}

bool is_data_shown(const Pubkey& key, const Account& account) {
    return account.owner == ids::kVoteProgram || account.owner == ids::kStakeProgram ||
           account.owner == ids::kFeatureProgram || key == ids::kClock ||
           key == ids::kEpochRewards || key == ids::kStakeHistory;
}

void print_changes(const bank::Bank& bank) {
    std::printf("\"changes\":[");
    const char* separator = "";
    for (const auto& [key, account] : bank.accounts().changes()) {
        const ByteView data = account.data.view();
        const bool shown = is_data_shown(key, account);
        std::printf("%s[%s,%llu,%s,%zu,%s]", separator, hex(key.view()).c_str(),
                    static_cast<unsigned long long>(account.lamports),
                    hex(account.owner.view()).c_str(), data.size(),
                    shown ? hex(trimmed(data)).c_str() : "null");
        separator = ",\n";
    }
    std::printf("]");
}

void print_genesis(const oracles::Scenario& scenario, const bank::Bank& bank) {
    const bank::Genesis& genesis = scenario.genesis();
    const EpochSchedule& schedule = genesis.epoch_schedule;
    const bank::Inflation& inflation = genesis.inflation;
    std::printf("{\"genesis\":{\"schedule\":[%llu,%llu,%s,%llu,%llu],\"time\":%lld,",
                static_cast<unsigned long long>(schedule.slots_per_epoch),
                static_cast<unsigned long long>(schedule.leader_schedule_slot_offset),
                schedule.warmup ? "true" : "false",
                static_cast<unsigned long long>(schedule.first_normal_epoch),
                static_cast<unsigned long long>(schedule.first_normal_slot),
                static_cast<long long>(genesis.creation_time));
    std::printf("\"rent\":[%llu,%.17g],\"inflation\":[%.17g,%.17g,%.17g,%.17g,%.17g],",
                static_cast<unsigned long long>(genesis.rent.lamports_per_byte),
                genesis.rent.exemption_threshold, inflation.initial, inflation.terminal,
                inflation.taper, inflation.foundation, inflation.foundation_term);
    std::printf("\"nanoseconds\":%llu,\"slots_per_year\":%.17g,\"stores\":%llu,\"gates\":{",
                static_cast<unsigned long long>(genesis.slot_params.nanoseconds),
                genesis.slot_params.slots_per_year,
                static_cast<unsigned long long>(genesis.slot_params.stake_stores_per_block));
    const char* separator = "";
    for (const oracles::Gate& gate : scenario.gates()) {
        const std::string name(feature_name(gate.feature));
        std::printf("%s\"%s\":[%d,%s]", separator, name.c_str(), static_cast<int>(gate.when),
                    hex(feature_id(gate.feature).view()).c_str());
        separator = ",";
    }
    std::printf("}},\"capitalization\":%llu,",
                static_cast<unsigned long long>(bank.state().capitalization));
    print_changes(bank);
    std::printf("}\n");
}

/// Every epoch's stakes, and the schedule of the last one.
void print_stakes(const bank::Bank& bank) {
    std::printf("\"epoch_stakes\":{");
    const char* separator = "";
    for (const auto& [epoch, stakes] : bank.state().epoch_stakes) {
        std::printf("%s\"%llu\":[%llu,{", separator, static_cast<unsigned long long>(epoch),
                    static_cast<unsigned long long>(stakes.total_stake));
        separator = "";
        for (const auto& [key, entry] : *stakes.vote_accounts) {
            std::printf("%s%s:%llu", separator, hex(key.view()).c_str(),
                        static_cast<unsigned long long>(entry.stake));
            separator = ",";
        }
        std::printf("}]");
        separator = ",";
    }
    std::printf("},\"schedule\":[");
    separator = "";
    const auto& [epoch, last] = *bank.state().epoch_stakes.rbegin();
    const auto slots = bank.state().epoch_schedule.slots_in_epoch(epoch);
    for (const auto& leader : bank::leader_schedule(*last.vote_accounts, epoch, slots)) {
        std::printf("%s[%s,%s]", separator, hex(leader.id.view()).c_str(),
                    hex(leader.vote_address.view()).c_str());
        separator = ",";
    }
    std::printf("],");
}

void print_begin(const bank::Bank& bank, bool with_stakes) {
    const bank::BankState& state = bank.state();
    std::printf("{\"begin\":%llu,\"parent\":%llu,\"height\":%llu,\"capitalization\":%llu,",
                static_cast<unsigned long long>(state.slot),
                static_cast<unsigned long long>(state.parent_slot),
                static_cast<unsigned long long>(state.block_height),
                static_cast<unsigned long long>(state.capitalization));
    std::printf("\"leader\":[%s,%s],\"blockhash\":%s,", hex(state.leader.id.view()).c_str(),
                hex(state.leader.vote_address.view()).c_str(),
                hex(state.blockhashes.last_hash().view()).c_str());
    if (with_stakes) print_stakes(bank);
    print_changes(bank);
    std::printf("}\n");
}

/// By first error, or "ok".
using Outcomes = std::map<std::string, std::uint64_t>;

void run_block(oracles::Scenario& scenario, bank::Bank& bank, Outcomes& outcomes) {
    const std::vector<Bytes> block = scenario.transactions(bank);
    const std::vector<ByteView> views(block.begin(), block.end());
    for (const auto& outcome : bank.execute(views, {.verify_signatures = false})) {
        ++outcomes[outcome.error ? outcome.error->text() : "ok"];
    }
    const Slot slot = bank.slot();
    bank.finish_ticks(Hash{crypto::sha256({reinterpret_cast<const std::uint8_t*>(&slot), 8})});
    bank.freeze();
}

} // namespace

int main(int argc, char** argv) {
    std::uint64_t seed = 0;
    const std::string_view text = argc == 2 ? argv[1] : "";
    if (std::from_chars(text.data(), text.data() + text.size(), seed).ec != std::errc{}) {
        std::fputs("usage: epoch_cases SEED\n", stderr);
        return 2;
    }
    oracles::Scenario scenario(seed);
    auto runtime = std::make_shared<bank::Runtime>(ProcessorConfig{
        .native = {
            .stake = true, .config = true, .address_lookup_table = true, .feature_gate = true}});
    auto bank = bank::make_genesis_bank(scenario.genesis(), runtime);
    bank->finish_ticks(scenario.genesis().hash);
    bank->freeze();
    print_genesis(scenario, *bank);
    Outcomes outcomes;
    std::size_t known_stakes = 0;
    while (bank->slot() < scenario.last_slot()) {
        const Slot slot = scenario.slot_after(bank->slot());
        auto child = bank::Bank::child_of(bank, slot);
        if (!child) return 1;
        bank->make_root();
        const Epoch last_epoch = (*child)->state().epoch_stakes.rbegin()->first;
        print_begin(**child, last_epoch + 1 != known_stakes);
        known_stakes = last_epoch + 1;
        bank = *std::move(child);
        run_block(scenario, *bank, outcomes);
        std::printf("{\"end\":%llu,\"capitalization\":%llu,", static_cast<unsigned long long>(slot),
                    static_cast<unsigned long long>(bank->state().capitalization));
        print_changes(*bank);
        std::printf("}\n");
    }
    std::printf("{\"transactions\":{");
    const char* separator = "";
    for (const auto& [outcome, times] : outcomes) {
        std::printf("%s\"%s\":%llu", separator, outcome.c_str(),
                    static_cast<unsigned long long>(times));
        separator = ",";
    }
    std::printf("}}\n");
    return 0;
}

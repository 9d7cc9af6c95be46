// SPDX-License-Identifier: Apache-2.0
// fathom execute: runs a scenario and shows each transaction's status, cost, log, calls and
// changes.
#include "commands.hpp"
#include "fathom/base/text.hpp"
#include "fathom/harness/json_writer.hpp"
#include "fathom/harness/scenario.hpp"

#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace fathom::app {
namespace {

using harness::AccountDifference;
using harness::JsonWriter;
using harness::Scenario;
using harness::TransactionRun;

/// Escape sequences, or nothing where the output is no terminal.
struct Palette {
    const char* good = "";
    const char* bad = "";
    const char* dim = "";
    const char* strong = "";
    const char* plain = "";
};

Palette choose_palette() {
    if (isatty(1) == 0 || std::getenv("NO_COLOR") != nullptr) return {};
    return {"\033[32m", "\033[31m", "\033[2m", "\033[1m", "\033[0m"};
}

std::string indent(std::size_t depth) {
    return std::string(2 * depth, ' ');
}

/// 1234567 as "1,234,567".
std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
    return text;
}

/// Up to 16 bytes from `offset` on, in pairs of digits.
std::string bytes_at(ByteView bytes, std::size_t offset) {
    constexpr std::size_t kShown = 16;
    if (offset >= bytes.size()) return "nothing";
    const ByteView rest = bytes.subspan(offset);
    std::string text = base::to_hex(rest.first(std::min(kShown, rest.size())));
    for (std::size_t i = text.size(); i > 2; i -= 2) text.insert(i - 2, " ");
    return rest.size() > kShown ? text + " …" : text;
}

/// What the runtime says about the depth of calls, read from a log line.
enum class Edge : std::uint8_t { None, Enter, Leave };

Edge edge_of(std::string_view line) {
    constexpr std::string_view kProgram = "Program ";
    if (!line.starts_with(kProgram)) return Edge::None;
    line.remove_prefix(kProgram.size());
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || !Pubkey::from_base58(line.substr(0, space))) {
        return Edge::None;
    }
    const std::string_view rest = line.substr(space + 1);
    if (rest.starts_with("invoke [")) return Edge::Enter;
    return rest == "success" || rest.starts_with("failed: ") ? Edge::Leave : Edge::None;
}

/// Prints one run for people.
class Report {
public:
    Report(const Scenario& scenario, const Palette& palette)
        : scenario_(scenario), palette_(palette) {}

    void print(const TransactionRun& run) const {
        print_head(run);
        print_logs(run.effects);
        print_calls(run);
        if (run.effects.return_data) {
            const ReturnData& data = *run.effects.return_data;
            std::printf("  %sreturned%s %zu bytes by %s: %s\n", palette_.dim, palette_.plain,
                        data.data.size(), scenario_.name_of(data.program).c_str(),
                        bytes_at(data.data, 0).c_str());
        }
        if (!run.accounts.empty()) {
            std::printf("  %schanges%s\n", palette_.dim, palette_.plain);
            for (const AccountDifference& difference : run.accounts) print_change(difference);
        }
        for (const std::string& unmet : run.unmet) {
            std::printf("  %snot as expected: %s%s\n", palette_.bad, unmet.c_str(), palette_.plain);
        }
        std::printf("\n");
    }

private:
    void print_head(const TransactionRun& run) const {
        const TransactionEffects& effects = run.effects;
        const Lamports fee = effects.commit == Commit::None ? 0 : effects.fee.total();
        std::printf("%s%s%s\n", palette_.strong, run.name.c_str(), palette_.plain);
        std::printf("  %s%s%s   %s CU   fee %s\n", effects.error ? palette_.bad : palette_.good,
                    status_text(effects.error).c_str(), palette_.plain,
                    grouped(effects.compute_units).c_str(), grouped(fee).c_str());
        if (effects.error) {
            const std::string text = effects.error->kind == TransactionError::InstructionError
                                         ? effects.error->instruction_error.text()
                                         : effects.error->text();
            std::printf("  %s%s%s\n", palette_.bad, text.c_str(), palette_.plain);
        }
    }

    void print_logs(const TransactionEffects& effects) const {
        if (effects.logs.empty()) return;
        std::printf("  %slog%s\n", palette_.dim, palette_.plain);
        std::size_t depth = 0;
        for (const std::string& line : effects.logs) {
            const Edge edge = edge_of(line);
            if (edge == Edge::Leave && depth > 0) --depth;
            const bool is_said = edge == Edge::None && line.starts_with("Program log: ");
            const char* colour = line.find(" failed: ") != std::string::npos ? palette_.bad
                                 : is_said                                   ? palette_.plain
                                                                             : palette_.dim;
            std::printf("%s%s%s%s\n", indent(2 + depth).c_str(), colour, printable(line).c_str(),
                        palette_.plain);
            if (edge == Edge::Enter) ++depth;
        }
    }

    void print_calls(const TransactionRun& run) const {
        const auto& groups = run.effects.inner_instructions;
        if (std::ranges::all_of(groups, [](const auto& group) { return group.empty(); })) return;
        std::printf("  %scalls%s\n", palette_.dim, palette_.plain);
        for (std::size_t i = 0; i < groups.size(); ++i) {
            for (const InnerInstruction& inner : groups[i]) {
                const std::size_t depth = inner.stack_height < 2 ? 0U : inner.stack_height - 2U;
                std::string accounts;
                for (const std::uint8_t index : inner.accounts) {
                    accounts += (accounts.empty() ? "" : ", ") + key_name(run, index);
                }
                std::printf("%sinstruction %zu → %s (%s) %zu bytes: %s\n",
                            indent(2 + depth).c_str(), i,
                            key_name(run, inner.program_index).c_str(), accounts.c_str(),
                            inner.data.size(), bytes_at(inner.data, 0).c_str());
            }
        }
    }

    void print_change(const AccountDifference& difference) const {
        const Account before = difference.before.value_or(Account{});
        const Account after = difference.after.value_or(Account{});
        const char* fate = !difference.before ? " (new)" : !difference.after ? " (gone)" : "";
        std::printf("    %s%s%s%s\n", palette_.strong, scenario_.name_of(difference.key).c_str(),
                    palette_.plain, fate);
        if (before.lamports != after.lamports) {
            const bool is_gain = after.lamports > before.lamports;
            std::printf("      lamports  %s → %s  %s(%s%s)%s\n", grouped(before.lamports).c_str(),
                        grouped(after.lamports).c_str(), is_gain ? palette_.good : palette_.bad,
                        is_gain ? "+" : "-",
                        grouped(is_gain ? after.lamports - before.lamports
                                        : before.lamports - after.lamports)
                            .c_str(),
                        palette_.plain);
        }
        if (!difference.after) return;
        if (!difference.before) {
            std::printf("      owner     %s\n", scenario_.name_of(after.owner).c_str());
        } else if (before.owner != after.owner) {
            std::printf("      owner     %s → %s\n", scenario_.name_of(before.owner).c_str(),
                        scenario_.name_of(after.owner).c_str());
        }
        if (before.executable != after.executable) {
            std::printf("      executable  %s\n", after.executable ? "no → yes" : "yes → no");
        }
        print_data_change(before.data.view(), after.data.view());
    }

    static void print_data_change(ByteView before, ByteView after) {
        if (before.size() != after.size()) {
            std::printf("      size      %s → %s bytes\n", grouped(before.size()).c_str(),
                        grouped(after.size()).c_str());
        }
        if (std::ranges::equal(before, after)) return;
        const std::size_t common = std::min(before.size(), after.size());
        std::size_t first = 0;
        while (first < common && before[first] == after[first]) ++first;
        std::size_t end = std::max(before.size(), after.size()); // of what differs
        while (before.size() == after.size() && before[end - 1] == after[end - 1]) --end;
        std::printf("      data      from byte %zu: %s → %s\n", first,
                    bytes_at(before.first(std::min(end, before.size())), first).c_str(),
                    bytes_at(after.first(std::min(end, after.size())), first).c_str());
    }

    std::string key_name(const TransactionRun& run, std::uint8_t index) const {
        return index < run.keys.size() ? scenario_.name_of(run.keys[index])
                                       : "account " + std::to_string(index);
    }

    /// Programs write what they like; a terminal shall not obey it.
    static std::string printable(std::string_view line) {
        std::string text(line);
        std::ranges::replace_if(
            text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
        return text;
    }

    const Scenario& scenario_;
    const Palette& palette_;
};

void write_account(JsonWriter& json, std::string_view key, const std::optional<Account>& account) {
    json.key(key);
    if (!account) {
        json.null();
        return;
    }
    json.begin_object();
    json.field("lamports", account->lamports);
    json.field("owner", account->owner.to_base58());
    json.field("executable", account->executable);
    json.field("rent_epoch", account->rent_epoch);
    json.field("data", base::to_base64(account->data.view()));
    json.end_object();
}

void write_inner(JsonWriter& json, const TransactionEffects& effects) {
    json.key("inner_instructions").begin_array();
    for (const auto& group : effects.inner_instructions) {
        json.begin_array();
        for (const InnerInstruction& inner : group) {
            json.begin_object();
            json.field("program_index", inner.program_index);
            json.key("accounts").begin_array();
            for (const std::uint8_t index : inner.accounts) json.value(index);
            json.end_array();
            json.field("data", base::to_base64(inner.data));
            json.field("stack_height", inner.stack_height);
            json.end_object();
        }
        json.end_array();
    }
    json.end_array();
}

void write_effects(JsonWriter& json, const TransactionEffects& effects) {
    json.field("status", status_text(effects.error));
    json.field("committed", effects.commit == Commit::All    ? "all"
                            : effects.commit == Commit::Fees ? "fees"
                                                             : "nothing");
    json.field("compute_units", effects.compute_units);
    json.key("fee").begin_object();
    json.field("transaction", effects.fee.transaction_fee);
    json.field("prioritization", effects.fee.prioritization_fee);
    json.end_object();
    json.key("logs").begin_array();
    for (const std::string& line : effects.logs) json.value(line);
    json.end_array();
    write_inner(json, effects);
    json.key("return_data");
    if (effects.return_data) {
        json.begin_object();
        json.field("program", effects.return_data->program.to_base58());
        json.field("data", base::to_base64(effects.return_data->data));
        json.end_object();
    } else {
        json.null();
    }
    json.field("loaded_accounts_data_size", effects.loaded_accounts_data_size);
    json.field("explanation", explain(effects));
}

void write_run(JsonWriter& json, const Scenario& scenario, const TransactionRun& run) {
    json.begin_object();
    json.field("name", run.name);
    json.field("as_expected", run.unmet.empty());
    json.key("unmet").begin_array();
    for (const std::string& unmet : run.unmet) json.value(unmet);
    json.end_array();
    write_effects(json, run.effects);
    json.key("keys").begin_array();
    for (const Pubkey& key : run.keys) json.value(key.to_base58());
    json.end_array();
    json.key("accounts").begin_array();
    for (const AccountDifference& difference : run.accounts) {
        json.begin_object();
        json.field("key", difference.key.to_base58());
        json.field("name", scenario.name_of(difference.key));
        write_account(json, "before", difference.before);
        write_account(json, "after", difference.after);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

void print_json(const Scenario& scenario, const std::vector<TransactionRun>& runs, bool is_met) {
    JsonWriter json;
    json.begin_object();
    json.field("as_expected", is_met);
    json.key("transactions").begin_array();
    for (const TransactionRun& run : runs) write_run(json, scenario, run);
    json.end_array();
    json.end_object();
    std::printf("%s\n", json.text().c_str());
}

} // namespace

int run_execute_command(const ExecuteCommand& command) {
    if (!command.index.empty()) return run_execute_index_command(command);
    const auto scenario = harness::read_scenario(command.scenario);
    if (!scenario) {
        std::fprintf(stderr, "fathom execute: %s\n", scenario.error().message.c_str());
        return kBadInput;
    }
    const auto runs = harness::run_scenario(*scenario, command.engine);
    if (!runs) {
        std::fprintf(stderr, "fathom execute: %s: %s\n", command.scenario.c_str(),
                     runs.error().message.c_str());
        return kBadInput;
    }
    const bool is_met =
        std::ranges::all_of(*runs, [](const TransactionRun& run) { return run.unmet.empty(); });
    if (command.json) {
        print_json(*scenario, *runs, is_met);
        return is_met ? kOk : kFailed;
    }
    const Palette palette = choose_palette();
    if (!scenario->description.empty()) std::printf("%s\n\n", scenario->description.c_str());
    const Report report(*scenario, palette);
    for (const TransactionRun& run : *runs) report.print(run);
    return is_met ? kOk : kFailed;
}

} // namespace fathom::app

// SPDX-License-Identifier: Apache-2.0
// Runs scenarios and says which expectations were not met.
#include "fathom/base/text.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/harness/scenario.hpp"

#include <algorithm>

namespace fathom::harness {
namespace {

using base::Error;
using base::ErrorCode;

/// Collects "what: expected x, got y".
class Comparison {
public:
    explicit Comparison(std::vector<std::string>& unmet) : unmet_(unmet) {}

    void equal(const std::string& what, const std::string& expected, const std::string& actual) {
        if (expected != actual) {
            unmet_.push_back(what + ": expected " + expected + ", got " + actual);
        }
    }
    void equal(const std::string& what, std::uint64_t expected, std::uint64_t actual) {
        equal(what, std::to_string(expected), std::to_string(actual));
    }
    void contains(std::span<const std::string> lines, const std::string& text) {
        const bool found = std::ranges::any_of(
            lines, [&](const std::string& line) { return line.find(text) != std::string::npos; });
        if (!found) unmet_.push_back("logs: expected a line with \"" + text + "\"");
    }

private:
    std::vector<std::string>& unmet_;
};

std::string data_text(ByteView data) {
    constexpr std::size_t kShown = 64;
    std::string text = std::to_string(data.size()) + " bytes " +
                       base::to_hex(data.first(std::min(kShown, data.size())));
    return data.size() > kShown ? text + "…" : text;
}

void compare_account(const Scenario& scenario, const ScenarioAccount& expected, const Svm& svm,
                     Comparison& comparison) {
    const std::string name = scenario.name_of(expected.key);
    const auto account = svm.account(expected.key);
    comparison.equal(name, expected.exists ? "an account" : "no account",
                     account ? "an account" : "no account");
    if (!account) return;
    if (expected.lamports) {
        comparison.equal(name + ".lamports", *expected.lamports, account->lamports);
    }
    if (expected.owner) {
        comparison.equal(name + ".owner", scenario.name_of(*expected.owner),
                         scenario.name_of(account->owner));
    }
    if (expected.data && !std::ranges::equal(*expected.data, account->data.view())) {
        comparison.equal(name + ".data", data_text(*expected.data),
                         "other " + data_text(account->data.view()));
    }
}

void compare(const Scenario& scenario, const ScenarioExpectation& expect, const Svm& svm,
             TransactionRun& run) {
    const TransactionEffects& effects = run.effects;
    Comparison comparison(run.unmet);
    if (expect.status) comparison.equal("status", *expect.status, status_text(effects.error));
    if (expect.units) comparison.equal("units", *expect.units, effects.compute_units);
    if (expect.fee) comparison.equal("fee", *expect.fee, effects.fee.total());
    for (const std::string& text : expect.logs) comparison.contains(effects.logs, text);
    if (expect.return_data) {
        const Bytes actual = effects.return_data ? effects.return_data->data : Bytes();
        comparison.equal("return_data", data_text(*expect.return_data), data_text(actual));
    }
    for (const ScenarioAccount& account : expect.accounts) {
        compare_account(scenario, account, svm, comparison);
    }
}

/// Transactions of equal content must not be equal: each gets a blockhash of its own.
Hash blockhash_of(std::size_t index) {
    return Hash{crypto::sha256(as_bytes("fathom scenario transaction " + std::to_string(index)))};
}

Result<Bytes> wire_bytes(const Scenario& scenario, const ScenarioTransaction& transaction,
                         std::size_t index, Svm& svm) {
    if (!transaction.payer) {
        // Signed elsewhere: whatever blockhash it names shall be young enough.
        if (const auto view = TransactionView::parse(transaction.raw)) {
            svm.add_blockhash(view->recent_blockhash());
        }
        return transaction.raw;
    }
    svm.add_blockhash(blockhash_of(index));
    auto bytes = build_transaction(*transaction.payer, transaction.instructions,
                                   svm.latest_blockhash(), scenario.keypairs);
    if (bytes) return bytes;
    return std::unexpected(
        Error(bytes.error().code, transaction.name + ": " + bytes.error().message));
}

std::vector<AccountDifference> differences(const Svm& svm, Snapshot before,
                                           const TransactionEffects& effects) {
    std::vector<AccountDifference> result;
    for (const AccountChange& change : effects.accounts) {
        AccountDifference difference{change.key, svm.account_at(before, change.key),
                                     svm.account(change.key)};
        if (difference.before != difference.after) result.push_back(std::move(difference));
    }
    return result;
}

Result<TransactionRun> run_one(const Scenario& scenario, std::size_t index, Svm& svm) {
    const ScenarioTransaction& transaction = scenario.transactions[index];
    if (transaction.warp_to_slot) {
        if (const auto warped = svm.warp_to_slot(*transaction.warp_to_slot); !warped) {
            return std::unexpected(
                Error(warped.error().code, transaction.name + ": " + warped.error().message));
        }
    }
    const Bytes bytes = FATHOM_TRY(wire_bytes(scenario, transaction, index, svm));
    TransactionRun run;
    run.name = transaction.name;
    if (const auto view = TransactionView::parse(bytes)) {
        run.keys.assign(view->static_keys().begin(), view->static_keys().end());
    }
    const Snapshot before = svm.snapshot();
    run.effects = svm.send(bytes);
    run.accounts = differences(svm, before, run.effects);
    FATHOM_CHECK(svm.release(before));
    if (transaction.expect) {
        compare(scenario, *transaction.expect, svm, run);
    } else if (run.effects.commit == Commit::None) {
        run.unmet.push_back("not processed: " + status_text(run.effects.error));
    }
    return run;
}

} // namespace

Result<std::vector<TransactionRun>> run_scenario(const Scenario& scenario, EngineChoice engine) {
    SvmConfig config = scenario.config;
    config.engine = engine;
    Svm svm = FATHOM_TRY(Svm::create(std::move(config)));
    for (const ScenarioProgram& program : scenario.programs) {
        if (const auto loaded = svm.load_program(program.id, program.elf, program.loader);
            !loaded) {
            return std::unexpected(Error(ErrorCode::InvalidInput, "program " + program.name + ": " +
                                                                      loaded.error().name + ": " +
                                                                      loaded.error().text));
        }
    }
    for (const AccountChange& entry : scenario.accounts) {
        svm.set_account(entry.key, entry.account);
    }
    std::vector<TransactionRun> runs;
    for (std::size_t i = 0; i < scenario.transactions.size(); ++i) {
        runs.push_back(FATHOM_TRY(run_one(scenario, i, svm)));
    }
    return runs;
}

} // namespace fathom::harness

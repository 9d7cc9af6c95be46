// SPDX-License-Identifier: Apache-2.0
// The field-by-field comparison of a result with a vector's expectation.
#include "fathom/base/text.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/harness/vector_runner.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/stake_state.hpp"

#include <algorithm>
#include <bit>

namespace fathom::harness {
namespace {

std::string error_text(const std::optional<TransactionError>& error) {
    if (!error) return "success";
    std::string text(error->name());
    if (error->kind == TransactionError::InstructionError) {
        text += "(" + std::to_string(error->index) + ", " +
                std::string(error->instruction_error.name());
        if (error->instruction_error.kind == InstructionError::Custom) {
            text += "(" + std::to_string(error->instruction_error.custom_code) + ")";
        }
        return text + ")";
    }
    if (error->index != 0) text += "(" + std::to_string(error->index) + ")";
    return text;
}

std::string_view commit_text(Commit commit) {
    switch (commit) {
    case Commit::All: return "all";
    case Commit::Fees: return "fees";
    case Commit::None: return "none";
    }
    return "?";
}

std::string return_data_text(const std::optional<ReturnData>& data) {
    if (!data) return "none";
    return data->program.to_base58() + " " + base::to_base64(data->data);
}

std::string inner_text(const InnerInstruction& call) {
    return "height " + std::to_string(call.stack_height) + " program " +
           std::to_string(call.program_index) + " accounts " + base::to_hex(call.accounts) +
           " data " + base::to_hex(call.data);
}

bool same_call(const InnerInstruction& a, const InnerInstruction& b) {
    return a.program_index == b.program_index && a.accounts == b.accounts && a.data == b.data &&
           a.stack_height == b.stack_height;
}

/// Collects differences as values of any printable kind.
class Differences {
public:
    void add(std::string field, std::string expected, std::string actual) {
        list_.push_back({std::move(field), std::move(expected), std::move(actual)});
    }
    template <class T> void number(std::string_view field, T expected, T actual) {
        if (expected != actual) {
            add(std::string(field), std::to_string(expected), std::to_string(actual));
        }
    }
    void text(std::string_view field, std::string_view expected, std::string_view actual) {
        if (expected != actual) {
            add(std::string(field), std::string(expected), std::string(actual));
        }
    }
    std::vector<Difference> take() { return std::move(list_); }

private:
    std::vector<Difference> list_;
};

void compare_inner(const std::vector<std::vector<InnerInstruction>>& expected,
                   const std::vector<std::vector<InnerInstruction>>& actual, Differences& out) {
    static const std::vector<InnerInstruction> kNone; // trailing empty lists are not written
    for (std::size_t i = 0; i < std::max(expected.size(), actual.size()); ++i) {
        const auto& want = i < expected.size() ? expected[i] : kNone;
        const auto& have = i < actual.size() ? actual[i] : kNone;
        const std::string field = "inner[" + std::to_string(i) + "]";
        out.number(field + ".length", want.size(), have.size());
        for (std::size_t k = 0; k < std::min(want.size(), have.size()); ++k) {
            if (!same_call(want[k], have[k])) {
                out.add(field + "[" + std::to_string(k) + "]", inner_text(want[k]),
                        inner_text(have[k]));
            }
        }
    }
}

std::string first_difference(ByteView expected, ByteView actual) {
    const std::size_t common = std::min(expected.size(), actual.size());
    const auto at = static_cast<std::size_t>(
        std::mismatch(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(common),
                      actual.begin())
            .first -
        expected.begin());
    const auto around = [&](ByteView bytes) {
        const std::size_t begin = std::min(at, bytes.size());
        return base::to_hex(bytes.subspan(begin, std::min<std::size_t>(16, bytes.size() - begin)));
    };
    return "length " + std::to_string(actual.size()) + ", first difference at byte " +
           std::to_string(at) + ": " + around(actual) + " instead of " + around(expected);
}

void compare_data(const std::string& field, const ExpectedData& expected, const AccountData& actual,
                  Differences& out) {
    if (expected.is_digest) {
        if (actual.size() != expected.digest_length ||
            crypto::sha256(actual.view()) != expected.digest) {
            out.add(field + ".data",
                    std::to_string(expected.digest_length) + " bytes, sha256 " +
                        base::to_hex(expected.digest),
                    std::to_string(actual.size()) + " bytes, sha256 " +
                        base::to_hex(crypto::sha256(actual.view())));
        }
        return;
    }
    if (!(expected.bytes == actual)) {
        out.add(field + ".data", std::to_string(expected.bytes.size()) + " bytes",
                first_difference(expected.bytes.view(), actual.view()));
    }
}

/// The account data with zeros instead of the rate that delegations once held.
AccountData without_rate(const AccountData& data) {
    auto state = StakeState::decode(data.view());
    if (!state || state->kind != StakeState::Kind::Stake) return data;
    constexpr std::uint64_t kQuarter = std::bit_cast<std::uint64_t>(0.25);
    if (state->stake.delegation.reserved != kQuarter) return data;
    state->stake.delegation.reserved = 0;
    AccountData changed(data.view());
    std::ranges::copy(state->encode(), changed.mutable_view().begin());
    return changed;
}

void compare_account(const ExpectedAccount& expected, const Account& actual, bool has_rate,
                     Differences& out) {
    const std::string field = "post[" + expected.key.to_base58() + "]";
    out.number(field + ".lamports", expected.lamports, actual.lamports);
    if (expected.lamports == 0 || actual.lamports == 0) return;
    out.text(field + ".owner", expected.owner.to_base58(), actual.owner.to_base58());
    out.number(field + ".executable", int{expected.executable}, int{actual.executable});
    if (has_rate || expected.owner != ids::kStakeProgram) {
        compare_data(field, expected.data, actual.data, out);
        return;
    }
    ExpectedData data = expected.data;
    data.bytes = without_rate(data.bytes);
    compare_data(field, data, without_rate(actual.data), out);
}

bool is_changed(const std::optional<Account>& before, const Account& after) {
    if (!before) return after.lamports != 0;
    if (after.lamports == 0) return true;
    return before->lamports != after.lamports || before->owner != after.owner ||
           before->executable != after.executable || !(before->data == after.data);
}

void compare_accounts(const Vector& vector, const TransactionEffects& effects, bool has_rate,
                      Differences& out) {
    for (const ExpectedAccount& expected : vector.expected.post) {
        const auto found = std::ranges::find(effects.accounts, expected.key, &AccountChange::key);
        if (found != effects.accounts.end()) {
            compare_account(expected, found->account, has_rate, out);
        } else {
            out.add("post[" + expected.key.to_base58() + "]", "changed", "not changed");
        }
    }
    for (const AccountChange& change : effects.accounts) {
        const bool is_expected =
            std::ranges::find(vector.expected.post, change.key, &ExpectedAccount::key) !=
            vector.expected.post.end();
        if (!is_expected && is_changed(vector.accounts.get(change.key), change.account)) {
            out.add("post[" + change.key.to_base58() + "]", "not changed",
                    "lamports " + std::to_string(change.account.lamports) + ", owner " +
                        change.account.owner.to_base58() + ", " +
                        std::to_string(change.account.data.size()) + " bytes");
        }
    }
}

/// "Program … consumed … of … compute units": written only for what runs in the virtual machine.
bool states_units(std::string_view line) {
    return line.starts_with("Program ") && line.ends_with(" compute units") &&
           line.contains(" consumed ") && !line.starts_with("Program log: ");
}

std::vector<std::string> without_units(std::vector<std::string> lines) {
    std::erase_if(lines, states_units);
    return lines;
}

void compare_logs(const std::vector<std::string>& expected, const std::vector<std::string>& actual,
                  Differences& out) {
    for (std::size_t i = 0; i < std::max(expected.size(), actual.size()); ++i) {
        const bool have_both = i < expected.size() && i < actual.size();
        if (have_both && expected[i] == actual[i]) continue;
        out.add("logs[" + std::to_string(i) + "]", i < expected.size() ? expected[i] : "(no line)",
                i < actual.size() ? actual[i] : "(no line)");
    }
}

} // namespace

std::vector<Difference> compare(const Vector& vector, const TransactionEffects& effects,
                                const CompareOptions& options) {
    const Expectation& expected = vector.expected;
    Differences out;
    if (expected.error != effects.error) {
        out.add("err", error_text(expected.error), error_text(effects.error));
    }
    out.text("committed", commit_text(expected.commit), commit_text(effects.commit));
    if (options.compare_units) {
        out.number("cu", expected.compute_units, effects.compute_units);
    }
    if (expected.commit != Commit::None) out.number("fee", expected.fee, effects.fee.total());
    out.text("ret", return_data_text(expected.return_data), return_data_text(effects.return_data));
    compare_inner(expected.inner, effects.inner_instructions, out);
    compare_accounts(vector, effects, options.compare_stake_rate, out);
    // Agave reports other sizes for what it could not load: the rollback accounts', or the limit.
    const bool was_loaded =
        !expected.error || expected.error->kind == TransactionError::InstructionError;
    if (expected.loaded_size && expected.commit != Commit::None && was_loaded) {
        out.number("loaded_size", *expected.loaded_size, effects.loaded_accounts_data_size);
    }
    if (options.compare_logs && options.compare_units) {
        compare_logs(expected.logs, effects.logs, out);
    } else if (options.compare_logs) {
        compare_logs(without_units(expected.logs), without_units(effects.logs), out);
    }
    return out.take();
}

} // namespace fathom::harness

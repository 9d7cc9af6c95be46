// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/zk_proof_fixtures.hpp"

#include "fathom/base/text.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/svm/genesis.hpp"
#include "fathom/svm/instruction_run.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

namespace fathom::harness {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kFamily = "zk_elgamal_proof/vexor";
constexpr std::string_view kCorrupt = "_CORRUPT";
constexpr ComputeUnits kUnits = 1'400'000;

class NoAccounts final : public AccountSource {
public:
    [[nodiscard]] std::optional<Account> get(const Pubkey&) const override { return std::nullopt; }
};

struct Proof {
    std::string name;
    std::uint8_t tag = 0;
    Bytes data;
};

/// The text in front of the next blank, taken off the line.
std::string_view next_word(std::string_view& line) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

Result<Proof> parse(std::string_view line) {
    const auto bad = [&](const char* what) {
        return std::unexpected(
            Error(ErrorCode::InvalidInput, std::string(line.substr(0, 60)) + ": expected " + what));
    };
    std::string_view rest = line;
    Proof proof;
    proof.name = next_word(rest);
    const std::string_view tag = next_word(rest);
    if (std::from_chars(tag.data(), tag.data() + tag.size(), proof.tag).ec != std::errc()) {
        return bad("an instruction tag");
    }
    std::size_t size = 0;
    const std::string_view size_text = next_word(rest);
    std::from_chars(size_text.data(), size_text.data() + size_text.size(), size);
    auto data = base::from_hex(rest);
    if (!data || data->size() != size) return bad("as many bytes as it says");
    proof.data = *std::move(data);
    return proof;
}

std::string outcome_of(const svm::InstructionEffects& effects) {
    return effects.error ? std::string(effects.error->text()) : "success";
}

} // namespace

Result<void> run_zk_proofs(const std::filesystem::path& file, const ConformanceOptions& options,
                           ConformanceReport& report) {
    const Bytes text = FATHOM_TRY(read_file(file));
    std::string_view rest = as_text(text);
    SlotEnvironment slot;
    slot.features = FeatureSet::all();
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.empty()) continue;
        const Proof proof = FATHOM_TRY(parse(line));
        const std::string name = std::string(kFamily) + "/" + proof.name;
        if (!options.filter.empty() && !matches_pattern(options.filter, name)) continue;
        svm::InstructionRequest request;
        request.instruction.program_id = ids::kZkElGamalProofProgram;
        Bytes& data = request.instruction.data;
        data.resize(1 + proof.data.size());
        data[0] = proof.tag;
        std::ranges::copy(proof.data, data.begin() + 1);
        request.accounts = svm::builtin_accounts(slot.features);
        request.budget.compute_unit_limit = kUnits;
        request.engine = options.engine;
        const auto effects = FATHOM_TRY(svm::run_instruction(request, slot, NoAccounts{}));
        const bool is_corrupt = proof.name.ends_with(kCorrupt);
        const std::string expected =
            is_corrupt
                ? std::string(InstructionError(InstructionError::InvalidInstructionData).text())
                : "success";
        const std::string actual = outcome_of(effects);
        FamilyCount& family = report.families[std::string(kFamily)];
        const bool passed = actual == expected;
        ++(passed ? family.passed : family.failed);
        ++(passed ? report.total.passed : report.total.failed);
        if (!passed) report.failures.push_back({name, {{"result", expected, actual}}});
    }
    return {};
}

} // namespace fathom::harness

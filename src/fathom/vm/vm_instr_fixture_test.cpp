// SPDX-License-Identifier: Apache-2.0
// Firedancer's one-instruction corpus on every engine: verify, execute, fail.
#include "fathom/base/text.hpp"
#include "tests/support/machine_fixture.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <fstream>
#include <map>
#include <sstream>

namespace fathom::vm {
namespace {

constexpr std::uint64_t kBudget = 100;
constexpr Engine kEngines[] = {Engine::Naive, Engine::Interpreter, Engine::Jit};

using Fields = std::map<std::string, std::uint64_t>;

/// "key=value" pairs with optional spaces around the sign; words without one are left out.
Fields parse_fields(std::string text) {
    for (auto at = text.find(" ="); at != std::string::npos; at = text.find(" ="))
        text.erase(at, 1);
    for (auto at = text.find("= "); at != std::string::npos; at = text.find("= "))
        text.erase(at + 1, 1);
    Fields fields;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        const auto equals = word.find('=');
        if (equals == std::string::npos) continue;
        std::uint64_t value = 0;
        const char* first = word.data() + equals + 1;
        const auto [end, error] = std::from_chars(first, word.data() + word.size(), value, 16);
        EXPECT_TRUE(error == std::errc{} && end == word.data() + word.size()) << word;
        fields[word.substr(0, equals)] = value;
    }
    return fields;
}

/// State of a corpus file: every value stays until a later line changes it.
class Corpus {
public:
    explicit Corpus(sbpf::Version version) : version_(version) {}

    void read_line(std::string line) {
        line = line.substr(0, line.find('#'));
        if (line.find_first_not_of(" \t\r") == std::string::npos) return;
        if (line.starts_with("input=")) {
            const auto digits = line.substr(6, line.find_last_not_of(" \r") - 5);
            const auto bytes = base::from_hex(digits);
            ASSERT_TRUE(bytes) << line;
            input_ = *bytes;
            cuts_.clear();
        } else if (line.starts_with("region_boundary=")) {
            cuts_.push_back(parse_fields(line)["region_boundary"]);
        } else if (line.starts_with('$')) {
            check(line);
        } else {
            remember(line);
        }
    }

    std::size_t cases = 0;

private:
    [[nodiscard]] sbpf::Program program() {
        const std::uint64_t imm = fields_["imm"];
        Bytes text(8);
        text[0] = static_cast<std::uint8_t>(fields_["op"]);
        text[1] = static_cast<std::uint8_t>(fields_["dst"] | fields_["src"] << 4);
        store_le(text.data() + 2, static_cast<std::uint16_t>(fields_["off"]));
        store_le(text.data() + 4, static_cast<std::uint32_t>(imm));
        if (sbpf::decode_table(version_)[text[0]] == sbpf::Op::Lddw) {
            text.resize(16);
            store_le(text.data() + 12, static_cast<std::uint32_t>(imm >> 32));
        }
        text.resize(text.size() + 8);
        text[text.size() - 8] = 0x95;
        return sbpf::Program::from_text(std::move(text), version_);
    }

    void check(const std::string& line) {
        SCOPED_TRACE(line);
        ++cases;
        const auto colon = line.find(':');
        ASSERT_NE(colon, std::string::npos);
        remember(line.substr(1, colon - 1));
        std::string status;
        std::istringstream(line.substr(colon + 1)) >> status;
        const Fields effects = parse_fields(line.substr(colon + 1));
        // Of two words the second counts (a frame bump that is no multiple of 64 is "ok vfy").
        if (line.find("vfy", colon) != std::string::npos) status = "vfy";
        const sbpf::Program code = program();
        const bool is_verified = sbpf::verify(code).has_value();
        EXPECT_EQ(is_verified, status != "vfy");
        if (!is_verified) return;
        const tests::MachineFixture fixture(
            code, {.layout = MapLayout::Unaligned, .input = input_, .input_cuts = cuts_});
        for (const Engine engine : kEngines) check_run(fixture, engine, fields_, effects, status);
    }

    static void check_run(const tests::MachineFixture& fixture, Engine engine, const Fields& fields,
                          const Fields& effects, const std::string& status) {
        RunState start;
        for (std::size_t i = 0; i < 11; ++i) {
            const auto given = fields.find("r" + std::to_string(i));
            if (given != fields.end()) start.registers[i] = given->second;
        }
        const tests::Outcome outcome = fixture.run_from(engine, kBudget, start);
        EXPECT_EQ(outcome.fault.empty() ? "ok" : "err", status) << outcome;
        if (status != "ok") return;
        for (std::size_t i = 0; i < 11; ++i) {
            const auto changed = effects.find("r" + std::to_string(i));
            EXPECT_EQ(outcome.registers[i],
                      changed == effects.end() ? start.registers[i] : changed->second)
                << "r" << i << ": " << outcome;
        }
    }

    void remember(const std::string& assignments) {
        for (const auto& [key, value] : parse_fields(assignments)) fields_[key] = value;
    }

    sbpf::Version version_;
    Fields fields_;
    Bytes input_;
    std::vector<std::uint64_t> cuts_;
};

void check_folder(std::string_view folder, sbpf::Version version, std::size_t expected_cases) {
    FATHOM_REQUIRE_SHARED(path, std::string("data/fixtures/vm_instr/firedancer/").append(folder));
    std::size_t cases = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
        Corpus corpus(version);
        std::ifstream file(entry.path());
        std::size_t number_of_line = 0;
        for (std::string line; std::getline(file, line);) {
            SCOPED_TRACE(entry.path().filename().string() + ":" + std::to_string(++number_of_line));
            corpus.read_line(line);
        }
        cases += corpus.cases;
    }
    EXPECT_EQ(cases, expected_cases);
}

TEST(VmInstrFixtures, V0) {
    check_folder("v0", sbpf::Version::V0, 920);
}

TEST(VmInstrFixtures, V2) {
    check_folder("v2", sbpf::Version::V2, 1075);
}

TEST(VmInstrFixtures, V3) {
    check_folder("v3", sbpf::Version::V3, 105);
}

} // namespace
} // namespace fathom::vm

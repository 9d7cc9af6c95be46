// SPDX-License-Identifier: Apache-2.0
// Runs tests/isa/*.isa on every engine: one case a line, versions | code | registers before |
// expected registers, fault and units | comment.
#include "tests/support/machine_fixture.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sstream>

namespace fathom::vm {
namespace {

constexpr std::uint64_t kBudget = 1000;
constexpr Engine kEngines[] = {Engine::Naive, Engine::Interpreter, Engine::Jit};

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
    return parts;
}

std::uint64_t number(std::string_view text, int base) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    EXPECT_TRUE(error == std::errc{} && end == text.data() + text.size()) << text;
    return value;
}

/// "r3=ff" of `words`; "fault=…" and "cu=…" are left to the caller.
struct Claims {
    std::vector<std::pair<std::size_t, std::uint64_t>> registers;
    std::string fault;
    std::optional<std::uint64_t> units;
};

Claims parse_claims(const std::string& text) {
    Claims claims;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        const auto equals = word.find('=');
        if (word == "-") continue;
        const std::string key = word.substr(0, equals);
        const std::string value = word.substr(equals + 1);
        if (key == "fault") {
            claims.fault = value;
        } else if (key == "cu") {
            claims.units = number(value, 10);
        } else {
            claims.registers.emplace_back(number(key.substr(1), 10), number(value, 16));
        }
    }
    return claims;
}

class IsaCase {
public:
    explicit IsaCase(const std::string& line) {
        const std::vector<std::string> fields = split(line, '|');
        EXPECT_GE(fields.size(), 4u) << line;
        if (fields.size() < 4) return;
        std::istringstream versions(fields[0]);
        for (std::string version; versions >> version;)
            versions_.push_back(static_cast<sbpf::Version>(number(version.substr(1), 10)));
        for (const std::string& statement : split(fields[1], ';')) source_ += statement + "\n";
        source_ += "exit\n";
        before_ = parse_claims(fields[2]);
        after_ = parse_claims(fields[3]);
    }

    void check() const {
        for (const sbpf::Version version : versions_) {
            SCOPED_TRACE("v" + std::to_string(static_cast<int>(version)));
            tests::MachineOptions options;
            std::iota(options.input.begin(), options.input.end(), std::uint8_t{0});
            const tests::MachineFixture fixture(tests::assembled(source_, version), options);
            for (const Engine engine : kEngines) check_on(fixture, engine);
        }
    }

private:
    void check_on(const tests::MachineFixture& fixture, Engine engine) const {
        RunState start;
        start.registers[10] = fixture.executable().initial_frame_pointer();
        for (const auto& [index, value] : before_.registers) start.registers[index] = value;
        const tests::Outcome outcome = fixture.run_from(engine, kBudget, start);
        EXPECT_EQ(outcome.fault_name, after_.fault) << outcome;
        const std::uint64_t final_exit = after_.fault.empty() ? 1 : 0;
        if (after_.units) {
            EXPECT_EQ(kBudget - outcome.remaining, *after_.units + final_exit) << outcome;
        }
        for (const auto& [index, value] : after_.registers)
            EXPECT_EQ(outcome.registers[index], value) << "r" << index << ": " << outcome;
    }

    std::vector<sbpf::Version> versions_;
    std::string source_;
    Claims before_;
    Claims after_;
};

class IsaFile : public ::testing::TestWithParam<const char*> {};

TEST_P(IsaFile, EveryLineHoldsOnEveryEngine) {
    const auto path = std::filesystem::path(FATHOM_SOURCE_DIR) / "tests/isa" / GetParam();
    std::ifstream file(path);
    ASSERT_TRUE(file) << path;
    std::size_t number_of_line = 0;
    std::size_t cases = 0;
    for (std::string line; std::getline(file, line);) {
        ++number_of_line;
        if (line.empty() || line.starts_with('#')) continue;
        SCOPED_TRACE(std::string(GetParam()) + ":" + std::to_string(number_of_line) + ": " + line);
        IsaCase(line).check();
        ++cases;
    }
    EXPECT_GT(cases, 20u);
}

INSTANTIATE_TEST_SUITE_P(Cases, IsaFile,
                         ::testing::Values("alu32.isa", "shift32.isa", "divide.isa", "alu64.isa",
                                           "shift64.isa", "pqr.isa", "pqr_signed.isa", "jump64.isa",
                                           "jump32.isa", "memory.isa", "calls.isa"),
                         [](const auto& file) {
                             const std::string_view name = file.param;
                             return std::string(name.substr(0, name.find('.')));
                         });

} // namespace
} // namespace fathom::vm

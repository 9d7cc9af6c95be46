// SPDX-License-Identifier: Apache-2.0
// The conformance library as other clients' runners use it: loaded at run time, fixtures through
// its C functions, and hostile bytes.
#include "apps/sol_compat/sol_compat.h"
#include "fathom/harness/file.hpp"
#include "fathom/harness/fixture_runner.hpp"
#include "fathom/harness/instruction_fixture.hpp"
#include "fathom/harness/tar_reader.hpp"
#include "fathom/harness/vector_runner.hpp"
#include "tests/support/compat_messages.hpp"
#include "tests/support/shared_data.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <random>

namespace fathom::tests {
namespace {

using harness::FixtureAccount;
using harness::InstructionFixture;
using EntryPoint = int (*)(std::uint8_t*, std::uint64_t*, const std::uint8_t*, std::uint64_t);

class SolCompat : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        library_ = dlopen(FATHOM_SOL_COMPAT, RTLD_NOW | RTLD_LOCAL);
        ASSERT_NE(library_, nullptr) << dlerror();
        symbol<void (*)(int)>("sol_compat_init")(0);
    }
    static void TearDownTestSuite() {
        symbol<void (*)()>("sol_compat_fini")();
        dlclose(library_);
    }

    template <class Function> static Function symbol(const char* name) {
        void* const address = dlsym(library_, name);
        EXPECT_NE(address, nullptr) << name;
        return reinterpret_cast<Function>(address);
    }
    /// The effects, or nullopt for 0.
    static std::optional<Bytes> run(const char* name, ByteView context,
                                    std::size_t capacity = 16 << 20) {
        Bytes out(capacity);
        std::uint64_t size = out.size();
        if (symbol<EntryPoint>(name)(out.data(), &size, context.data(), context.size()) == 0) {
            return std::nullopt;
        }
        out.resize(size);
        return out;
    }

private:
    inline static void* library_ = nullptr;
};

constexpr const char* kEntryPoints[] = {
    "sol_compat_elf_loader_v1",           "sol_compat_vm_interp_v1",
    "sol_compat_vm_syscall_execute_v1",   "sol_compat_vm_cpi_syscall_v1",
    "sol_compat_vm_serialize_execute_v1", "sol_compat_instr_execute_v1",
    "sol_compat_txn_execute_v1",          "sol_compat_txn_cost_v1",
    "sol_compat_block_execute_v1"};

/// A fixture's account as the interface has it. Many fixtures run in slot 0, where no deployed
/// program is visible yet.
AccountChange to_account(const FixtureAccount& entry) {
    AccountChange account{entry.key, entry.account};
    const bool is_clock = entry.key == ids::kClock && account.account.data.size() >= sizeof(Slot);
    if (is_clock && load_le<Slot>(account.account.data.data()) == 0) {
        store_le<Slot>(account.account.data.mutable_view().data(), 1);
    }
    return account;
}

/// The fixture in today's layout, its program being the ELF under loader v2.
Bytes to_context(const InstructionFixture& fixture, const Bytes& elf) {
    std::vector<AccountChange> accounts;
    for (const FixtureAccount& entry : fixture.accounts) accounts.push_back(to_account(entry));
    for (const FixtureAccount& entry : fixture.sysvars) accounts.push_back(to_account(entry));
    // At its origin, a sysvar that cannot be read or has no lamports has the default value.
    std::erase_if(accounts, [](const AccountChange& entry) {
        const ByteView data = entry.account.data.view();
        const bool is_gone = entry.account.lamports == 0;
        return (entry.key == ids::kClock && (is_gone || !Clock::decode(data))) ||
               (entry.key == ids::kRent && (is_gone || !Rent::decode(data)));
    });
    const auto put = [&](AccountChange wanted, bool replaces) {
        const auto found = std::ranges::find(accounts, wanted.key, &AccountChange::key);
        if (found == accounts.end()) {
            accounts.push_back(std::move(wanted));
        } else if (replaces) {
            *found = std::move(wanted);
        }
    };
    Account program;
    program.lamports = 1'000'000'000;
    program.owner = ids::kBpfLoader;
    program.executable = true;
    program.data = AccountData(elf);
    put({fixture.instruction.program_id, std::move(program)}, true);
    put(sysvar_entry(ids::kClock, clock_at(10).encode()), false);
    put(sysvar_entry(ids::kRent, Rent{}.encode()), false);
    return write_instruction_context(fixture.instruction, std::move(accounts), 1'400'000,
                                     FeatureSet::all())
        .take();
}

/// The first field in which the effects are not the fixture's; empty: none.
std::string difference(const InstructionFixture& fixture, const ReadMessage& effects) {
    const auto result = effects.number(proto::InstrEffects::result);
    if (result != fixture.result) {
        return "result " + std::to_string(result) + ", not " + std::to_string(fixture.result);
    }
    const auto custom = effects.number(proto::InstrEffects::custom_err);
    if (result == 26 && custom != fixture.custom_code) return "custom code";
    if (result != 0) return {};
    if (effects.bytes(proto::InstrEffects::return_data) != fixture.return_data)
        return "return data";
    const auto accounts = effects.accounts(proto::InstrEffects::modified_accounts);
    for (const FixtureAccount& expected : fixture.resulting) {
        const bool is_environment =
            expected.account.executable || expected.account.owner == ids::kSysvarOwner;
        const auto actual = accounts.find(expected.key);
        if (is_environment || actual == accounts.end()) continue;
        if (actual->second.lamports != expected.account.lamports) return "lamports";
        if (expected.account.lamports == 0) continue;
        if (actual->second.owner != expected.account.owner) return "owner";
        if (!(actual->second.data == expected.account.data)) return "data";
    }
    return {};
}

/// What the fixture runner says about one fixture.
harness::FamilyCount verdict(const std::filesystem::path& archive, const std::string& name) {
    harness::ConformanceReport report;
    const auto ran = harness::run_fixture_archive(archive, {.filter = name}, report);
    EXPECT_TRUE(ran.has_value());
    return report.total;
}

/// Every fixture of the archive (by a prefix of its name) that the fixture runner passes must pass.
void check_archive(const std::filesystem::path& archive, const std::filesystem::path& program,
                   const std::string& family, std::string_view prefix, std::uint64_t at_least,
                   const auto& run) {
    const Bytes elf = harness::read_file(program).value();
    const Bytes tar = harness::read_file(archive).value();
    std::uint64_t passed = 0;
    const auto files = harness::read_tar(tar).value();
    for (const harness::TarFile& file : files) {
        if (!file.name.ends_with(".fix") || !file.name.starts_with(prefix)) continue;
        const auto fixture = harness::parse_protosol_fixture(file.bytes).value();
        if (fixture.result == 38) continue; // the native program had other costs
        const auto effects = run(to_context(fixture, elf));
        const std::string found =
            effects ? difference(fixture, ReadMessage(*effects)) : "no effects";
        passed += found.empty() ? 1 : 0;
        if (found.empty() || verdict(archive, family + "/" + file.name).passed == 0) continue;
        ADD_FAILURE() << file.name << ": " << found;
    }
    EXPECT_GE(passed, at_least);
}

TEST_F(SolCompat, FixturesOf2024PassAsInTheFixtureRunner) {
    FATHOM_REQUIRE_SHARED(fixtures, "data/fixtures");
    const auto execute = [](const Bytes& context) {
        return run("sol_compat_instr_execute_v1", context);
    };
    const auto folder = fixtures / "instr/mollusk-protosol-2024-11";
    check_archive(folder / "config.tar.zst", fixtures / "mollusk/config/program-mb.so",
                  "instr/config", "", 21, execute);
    check_archive(folder / "address-lookup-table.tar.zst",
                  fixtures / "mollusk/address-lookup-table/program-mb.so",
                  "instr/address-lookup-table", "", 20, execute);
    check_archive(folder / "feature-gate.tar.zst", fixtures / "mollusk/feature-gate/program-mb.so",
                  "instr/feature-gate", "", 3, execute);
}

TEST_F(SolCompat, SampledFixturesOfTheNativeConfigProgramPassWithTheCoreProgram) {
    FATHOM_REQUIRE_SHARED(fixtures, "data/fixtures");
    // The core program reports a read-only account by code 0 of its own.
    const auto execute = [](const Bytes& context) -> std::optional<Bytes> {
        const auto effects = run("sol_compat_instr_execute_v1", context);
        if (!effects) return std::nullopt;
        const ReadMessage read(*effects);
        if (read.number(proto::InstrEffects::result) != 26 ||
            read.number(proto::InstrEffects::custom_err) != 0) {
            return effects;
        }
        return harness::WireWriter().number(proto::InstrEffects::result, 16).take();
    };
    check_archive(fixtures / "instr/firedancer-test-vectors/config.tar.zst",
                  fixtures / "mollusk/config/program-mb.so", "instr/firedancer-config", "0", 80,
                  execute);
}

TEST_F(SolCompat, MalformedContextsGiveZero) {
    for (const char* const name : kEntryPoints) {
        EXPECT_FALSE(run(name, Bytes{0xff})) << name;
        EXPECT_FALSE(run(name, Bytes{0x0a, 0x7f})) << name;
        EXPECT_FALSE(run(name, {})) << name;
        std::uint64_t size = 0;
        EXPECT_EQ(symbol<EntryPoint>(name)(nullptr, &size, nullptr, 0), 0) << name;
    }
}

TEST_F(SolCompat, RandomBytesNeverCrash) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 2'000; ++i) {
        Bytes context(random() % 64);
        for (auto& byte : context) byte = static_cast<std::uint8_t>(random() % 32);
        for (const char* const name : kEntryPoints) (void)run(name, context, 1 << 20);
    }
}

TEST_F(SolCompat, EffectsThatDoNotFitGiveZero) {
    const Bytes context =
        harness::WireWriter().bytes(proto::ELFLoaderCtx::elf_data, Bytes{1}).take();
    EXPECT_FALSE(run("sol_compat_elf_loader_v1", context, 1));
    EXPECT_TRUE(run("sol_compat_elf_loader_v1", context, 2));
}

TEST_F(SolCompat, SaysWhichFeaturesItKnows) {
    const auto* const features =
        symbol<const sol_compat_features_t* (*)()>("sol_compat_get_features_v1")();
    EXPECT_EQ(features->struct_size, sizeof(sol_compat_features_t));
    EXPECT_EQ(features->hardcoded_features_cnt + features->supported_features_cnt,
              kFeatureCount - 1); // two placeholders share their number
    const std::span supported(features->supported_features, features->supported_features_cnt);
    const auto number = harness::compat::feature_number(Feature::account_data_direct_mapping);
    EXPECT_NE(std::ranges::find(supported, number), supported.end());
}

} // namespace
} // namespace fathom::tests

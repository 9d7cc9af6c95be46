// SPDX-License-Identifier: Apache-2.0
// What the compiler emits is accepted under every seed and option; what somebody changed is not.
#include "fathom/harness/random_program.hpp"
#include "fathom/vm/jit/code_auditor.hpp"
#include "fathom/vm/jit/guest_registers.hpp"
#include "fathom/vm/jit/x86_decoder.hpp"
#include "tests/support/machine_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace fathom::vm::jit {
namespace {

using sbpf::Version;
using tests::MachineFixture;

std::string text_of(const AuditFinding& finding) {
    return std::string(finding.what) + " at " + std::to_string(finding.place) + ", slot " +
           std::to_string(finding.slot);
}

MachineFixture fixture_for(sbpf::Program program, JitConfig jit) {
    jit.audits_code = true;
    return MachineFixture(std::move(program), {.jit = std::move(jit)});
}

class CodeAuditorTest : public ::testing::TestWithParam<Version> {
protected:
    void SetUp() override {
        if (!JitProgram::is_supported()) GTEST_SKIP() << "no compiler for this processor";
    }
};

TEST_P(CodeAuditorTest, AcceptsWhatTheCompilerEmits) {
    for (std::uint64_t seed = 1; seed <= 240; ++seed) {
        harness::RandomProgram generator(seed, GetParam(), 8 + seed);
        tests::MachineOptions options = generator.options();
        options.jit = {
            .seed = 1 + seed % 3, .masks_speculation = seed % 2 != 0, .audits_code = true};
        const MachineFixture fixture(generator.generate(), options);
        AuditFinding finding{};
        const auto program = JitProgram::create(fixture.executable(), &finding);
        ASSERT_TRUE(program) << seed << ": " << text_of(finding);
    }
}

// ---- corruptions ----

/// Every kind of memory operation, call, jump, division and constant.
sbpf::Program varied_program(Version version) {
    std::string text = "entrypoint:\n"
                       "mov64 r6, r1\nmov64 r3, 1\nmov64 r4, -7\nmov64 r5, 0x12345678\n"
                       "ldxdw r2, [r6+8]\nldxb r2, [r6+0]\nldxh r2, [r6+300]\n"
                       "stxw [r6+16], r3\nstb [r6+17], 5\nstdw [r6+24], 0x11223344\n"
                       "stxdw [r10-8], r3\nldxw r3, [r10-8]\nsth [r10-16], 7\n"
                       "ldxdw r2, [r10-3857]\nstxb [r6+1], r10\n"
                       "jeq r3, 5, entrypoint\njgt r3, r4, over\nadd64 r3, 0x1000\n"
                       "over: call function\n";
    text += version == Version::V3 ? "syscall sol_sum\n" : "syscall sol_burn\n";
    if (version == Version::V2) {
        text += "udiv64 r3, r4\nsdiv32 r4, r3\nuhmul64 r4, r3\nadd64 r10, 0\n";
    } else {
        text += "lddw r7, 0x1122334455667788\ndiv64 r3, r4\nmod32 r4, 10\nlsh64 r4, 5\n";
    }
    text += "jset r3, r4, over\ncallx r3\nexit\nfunction: ldxdw r0, [r6+8]\nexit\n";
    return tests::assembled(text, version);
}

/// Code and tables that may be changed, and what the auditor says of them.
class Suspect {
public:
    explicit Suspect(Version version, bool masks = false)
        : fixture_(fixture_for(varied_program(version), {.seed = 7, .masks_speculation = masks})),
          program_(JitProgram::create(fixture_.executable())), original_(*program_),
          bytes(original_.code.begin(), original_.code.end()), record(*original_.record),
          units(original_.units.begin(), original_.units.end()),
          leaves(original_.leaves.begin(), original_.leaves.end()),
          misses(original_.misses.begin(), original_.misses.end()),
          code_offsets(original_.code_offsets.begin(), original_.code_offsets.end()),
          sites(original_.syscall_sites.begin(), original_.syscall_sites.end()) {}

    [[nodiscard]] std::optional<AuditFinding> audit() const {
        AuditedCode code = original_;
        code.code = bytes;
        code.record = &record;
        code.units = units;
        code.leaves = leaves;
        code.misses = misses;
        code.code_offsets = code_offsets;
        code.syscall_sites = sites;
        return audit_code(fixture_.executable(), code);
    }

    using Visitor = std::function<void(std::size_t at, const X86Instruction&)>;
    void for_each_instruction(const Visitor& visit) const {
        for (std::size_t at = record.program; at < bytes.size();) {
            const X86Instruction insn = decode_x86(original_.code, at);
            visit(at, insn);
            at += insn.length;
        }
    }

private:
    MachineFixture fixture_;
    std::unique_ptr<const JitProgram> program_;
    AuditedCode original_;

public:
    Bytes bytes;
    CodeRecord record;
    std::vector<std::uint16_t> units;
    std::vector<std::uint32_t> leaves;
    std::vector<std::uint32_t> misses;
    std::vector<std::uint32_t> code_offsets;
    std::vector<SyscallSite> sites;
};

bool same_place(const X86Instruction& a, const X86Instruction& b) {
    return a.base == b.base && a.disp == b.disp && a.size == b.size;
}

/// Changes that leave the code harmless, and that the auditor lets pass: another operation on the
/// registers of the guest, another one of them as a target, a source or the value that is stored,
/// another displacement before an address is translated, another condition before the same target.
/// The program then computes something else, which is what the engines are compared for.
bool is_harmless(const X86Instruction& before, const X86Instruction& after) {
    if (before.length != after.length) return false;
    switch (after.kind) {
    case X86::Move:
    case X86::Alu:
    case X86::Test:
    case X86::Multiply:
    case X86::SignExtend32:
    case X86::ZeroExtend16:
    case X86::ShiftBy:
    case X86::SwapBytes:
    case X86::Unary: return true;
    case X86::Constant: // an unblinded constant's target
    case X86::AluConstant:
    case X86::Shift:
    case X86::TestConstant:
    case X86::MultiplyConstant:
    case X86::JumpIf: return before.imm == after.imm;
    case X86::Lea: return true;
    case X86::Store: return before.kind == X86::Store && same_place(before, after);
    default: return false;
    }
}

TEST_P(CodeAuditorTest, NoticesEveryByteThatMatters) {
    for (const bool masks : {false, true}) {
        Suspect suspect(GetParam(), masks);
        const auto clean = suspect.audit();
        ASSERT_FALSE(clean) << text_of(*clean);
        std::size_t refused = 0;
        std::size_t passed = 0;
        suspect.for_each_instruction([&](std::size_t at, const X86Instruction& before) {
            for (std::size_t place = at; place < at + before.length; ++place) {
                const std::uint8_t original = suspect.bytes[place];
                for (const unsigned mask : {1u, 2u, 4u, 8u, 16u, 32u, 64u, 128u, 255u}) {
                    suspect.bytes[place] = static_cast<std::uint8_t>(original ^ mask);
                    if (suspect.audit()) {
                        ++refused;
                        continue;
                    }
                    ++passed;
                    const X86Instruction after = decode_x86(suspect.bytes, at);
                    EXPECT_TRUE(is_harmless(before, after))
                        << "byte " << place << " of the instruction at " << at << " (kind "
                        << static_cast<int>(before.kind) << ") from " << unsigned{original}
                        << " by " << mask;
                }
                suspect.bytes[place] = original;
            }
        });
        EXPECT_GT(refused, 20 * passed);
    }
}

TEST_P(CodeAuditorTest, NoticesEveryByteInFrontOfTheProgram) {
    Suspect suspect(GetParam());
    for (std::size_t place = 0; place < suspect.record.program; ++place) {
        suspect.bytes[place] ^= 0x10;
        ASSERT_TRUE(suspect.audit()) << place;
        suspect.bytes[place] ^= 0x10;
    }
}

TEST_P(CodeAuditorTest, NoticesAnotherTranslationSlotOrLimit) {
    Suspect suspect(GetParam());
    std::size_t found = 0;
    const std::size_t table = offsetof(Context, table);
    suspect.for_each_instruction([&](std::size_t at, const X86Instruction& insn) {
        if (insn.kind != X86::AluLoad || insn.disp < static_cast<std::int32_t>(table)) return;
        const std::size_t place = at + insn.length - 4u;
        ++found;
        for (const std::int32_t other : {-32, -8, 8, 16, 24, 32, 2048}) {
            store_le(suspect.bytes.data() + place, insn.disp + other);
            EXPECT_TRUE(suspect.audit()) << at << " by " << other;
        }
        store_le(suspect.bytes.data() + place, insn.disp);
    });
    EXPECT_GE(found, 3u * 7);
}

TEST_P(CodeAuditorTest, NoticesJumpsAndCallsToOtherKnownPlaces) {
    Suspect suspect(GetParam());
    std::vector<std::size_t> places;
    for (const std::uint32_t head : suspect.record.heads)
        if (head != 0) places.push_back(head);
    const SharedCode& shared = suspect.record.shared;
    for (const std::size_t entry :
         {shared.exit_naive, shared.exit_too_deep, shared.exit_stub, shared.load_miss,
          shared.store_miss, shared.deepen, shared.deepen_after_syscall, shared.syscall,
          shared.callx, shared.odd_entry})
        places.push_back(entry);
    std::size_t number = 0;
    suspect.for_each_instruction([&](std::size_t at, const X86Instruction&) {
        if (++number % 5 == 0) places.push_back(at);
    });
    suspect.for_each_instruction([&](std::size_t at, const X86Instruction& insn) {
        if (insn.kind != X86::Jump && insn.kind != X86::Call && insn.kind != X86::JumpIf) return;
        const std::size_t end = at + insn.length;
        for (const std::size_t other : places) {
            const auto distance = static_cast<std::int32_t>(static_cast<std::int64_t>(other) -
                                                            static_cast<std::int64_t>(end));
            if (distance == insn.imm) continue;
            store_le(suspect.bytes.data() + end - 4, distance);
            EXPECT_TRUE(suspect.audit()) << at << " to " << other;
        }
        store_le(suspect.bytes.data() + end - 4, static_cast<std::int32_t>(insn.imm));
    });
}

TEST_P(CodeAuditorTest, NoticesTablesThatDoNotFitTheCode) {
    Suspect suspect(GetParam());
    const auto expect_noticed = [&](auto& table) {
        for (auto& entry : table) {
            const auto original = entry;
            ++entry;
            EXPECT_TRUE(suspect.audit());
            entry = original;
        }
    };
    expect_noticed(suspect.units);
    expect_noticed(suspect.leaves);
    expect_noticed(suspect.misses);
    expect_noticed(suspect.code_offsets);
    expect_noticed(suspect.record.heads);
    suspect.sites.at(0).slot += 1;
    EXPECT_TRUE(suspect.audit());
    suspect.sites.at(0).slot -= 1;
    suspect.sites.at(0).function = nullptr;
    EXPECT_TRUE(suspect.audit());
}

TEST_P(CodeAuditorTest, WantsTheMaskWhereItIsAskedFor) {
    const MachineFixture plain = fixture_for(varied_program(GetParam()), {.seed = 7});
    const MachineFixture masked =
        fixture_for(varied_program(GetParam()), {.seed = 7, .masks_speculation = true});
    const auto program = JitProgram::create(plain.executable());
    ASSERT_TRUE(program);
    EXPECT_TRUE(audit_code(masked.executable(), AuditedCode(*program)));
}

INSTANTIATE_TEST_SUITE_P(Versions, CodeAuditorTest,
                         ::testing::Values(Version::V0, Version::V1, Version::V2, Version::V3),
                         [](const auto& tested) {
                             return "V" + std::to_string(static_cast<int>(tested.param));
                         });

TEST(CodeAuditorSpeed, IsReportedPerSlot) {
    if (!JitProgram::is_supported()) GTEST_SKIP() << "no compiler for this processor";
    harness::RandomProgram generator(1, Version::V3, 8'000);
    const MachineFixture fixture = fixture_for(generator.generate(), {.seed = 1});
    const auto program = JitProgram::create(fixture.executable());
    ASSERT_TRUE(program);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_FALSE(audit_code(fixture.executable(), AuditedCode(*program)));
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
    RecordProperty("nanoseconds_per_slot",
                   std::to_string(time.count() / static_cast<double>(program->units().size())));
}

} // namespace
} // namespace fathom::vm::jit

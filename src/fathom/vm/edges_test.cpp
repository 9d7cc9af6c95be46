// SPDX-License-Identifier: Apache-2.0
// Sweeps over everything that has an edge: ends of regions, frames and the address space with cold
// and warm translations, callx targets, operands of every operation.
#include "fathom/sbpf/disassembler.hpp"
#include "tests/support/machine_fixture.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace fathom::vm {
namespace {

using harness::EngineLab;
using harness::LabMemory;
using harness::LabOptions;
using harness::Outcome;
using sbpf::Form;
using sbpf::Op;
using sbpf::Version;

constexpr Version kVersions[] = {Version::V0, Version::V1, Version::V2, Version::V3};
constexpr Engine kEngines[] = {Engine::Interpreter, Engine::Jit};

std::string version_name(const ::testing::TestParamInfo<Version>& tested) {
    return "V" + std::to_string(static_cast<int>(tested.param));
}

/// Runs on every engine and compares; stays quiet and fast while they agree.
class Sweep {
public:
    void check(const EngineLab& lab, const RunState& start, std::uint64_t budget) {
        ASSERT_TRUE(lab.run(memory_, Engine::Naive, budget, start, expected_));
        ++count_;
        for (const Engine engine : kEngines) {
            ASSERT_TRUE(lab.run(memory_, engine, budget, start, actual_));
            if (actual_ == expected_) continue;
            FAIL() << "engine " << static_cast<int>(engine) << " r6 " << std::hex
                   << start.registers[6] << " r7 " << start.registers[7] << " pc " << std::dec
                   << start.pc << "\nexpected " << expected_ << "\nactual   " << actual_ << "\n"
                   << sbpf::disassemble(lab.executable().program());
        }
    }

    [[nodiscard]] const Outcome& expected() const { return expected_; }
    [[nodiscard]] std::uint64_t count() const { return count_; }

private:
    LabMemory memory_;
    Outcome expected_;
    Outcome actual_;
    std::uint64_t count_ = 0;
};

// ---- memory ----

constexpr const char* kAccesses[] = {"ldxb r3, [rX+0]",  "ldxh r3, [rX+0]",  "ldxw r3, [rX+0]",
                                     "ldxdw r3, [rX+0]", "stxb [rX+0], r4",  "stxh [rX+0], r4",
                                     "stxw [rX+0], r4",  "stxdw [rX+0], r4", "stb [rX+0], 90",
                                     "stdw [rX+0], -90"};

std::string access_with(std::string_view access, char base) {
    std::string text(access);
    text[text.find('X')] = base;
    return text;
}

/// One operation at r6, then, its slot warm, at r7.
sbpf::Program twice(std::string_view access, Version version) {
    return tests::assembled("mov64 r8, 2\nl: " + access_with(access, '6') +
                                "\nadd64 r0, r3\nmov64 r6, r7\nadd64 r8, -1\n"
                                "jne r8, 0, l\nexit",
                            version);
}

/// A load at r6, the operation at r7, and both places again.
sbpf::Program around(std::string_view access, Version version) {
    return tests::assembled("ldxb r2, [r6+0]\n" + access_with(access, '7') +
                                "\nldxb r3, [r6+0]\nldxb r5, [r7+0]\nstxb [r7+0], r2\nexit",
                            version);
}

LabOptions lean() {
    LabOptions options;
    options.input = Bytes(64);
    for (std::size_t i = 0; i < 64; ++i) options.input[i] = static_cast<std::uint8_t>(i + 1);
    options.checks_written_pages = false;
    return options;
}

std::vector<LabOptions> memories() {
    std::vector<LabOptions> all(5, lean());
    all[1].stack_frame_gaps = false;
    all[2].layout = MapLayout::Unaligned;
    all[2].input_cuts = {0, 5, 21, 21, 38};
    all[3].layout = MapLayout::Unaligned;
    all[3].last_input_grows = true;
    all[4].layout = MapLayout::Unaligned;
    all[4].input_cuts = {32};
    all[4].last_input_grows = true;
    all[4].stack_frame_gaps = false;
    return all;
}

void add_around(std::vector<std::uint64_t>& addresses, std::uint64_t edge) {
    for (std::uint64_t i = 0; i <= 18; ++i) addresses.push_back(edge + i - 9);
}

std::vector<std::uint64_t> edges(const EngineLab& lab) {
    std::vector<std::uint64_t> addresses;
    const sbpf::Program& program = lab.executable().program();
    add_around(addresses, program.rodata_address());
    add_around(addresses, program.rodata_address() + program.rodata().size());
    for (const std::uint64_t frame : {0u, 1u, 2u, 63u, 64u, 127u, 128u})
        add_around(addresses, sbpf::kStackStart + frame * sbpf::kStackFrameSize);
    add_around(addresses, sbpf::kHeapStart);
    add_around(addresses, sbpf::kHeapStart + lab.options().heap_size);
    add_around(addresses, sbpf::kInputStart);
    for (const std::uint64_t cut : lab.options().input_cuts)
        add_around(addresses, sbpf::kInputStart + cut);
    add_around(addresses, sbpf::kInputStart + lab.options().input.size());
    add_around(addresses, sbpf::kInputStart + 96); // what the handler can grow to
    for (const std::uint64_t power : {31u, 32u, 35u, 63u})
        add_around(addresses, std::uint64_t{1} << power);
    add_around(addresses, std::numeric_limits<std::uint64_t>::max() - 4);
    add_around(addresses, (std::uint64_t{1} << 63) + sbpf::kInputStart);
    add_around(addresses, (std::uint64_t{1} << 35) + sbpf::kHeapStart); // one window with the heap
    return addresses;
}

class Edges : public ::testing::TestWithParam<Version> {
protected:
    void sweep(const EngineLab& lab, std::span<const std::uint64_t> addresses) {
        const std::uint64_t warm[] = {sbpf::kInputStart + 1,
                                      sbpf::kStackStart + 16,
                                      sbpf::kHeapStart,
                                      lab.executable().program().rodata_address() + 2,
                                      sbpf::kStackStart + 2 * 4096 + 16,
                                      sbpf::kInputStart + 40};
        RunState start = lab.entry();
        start.registers[4] = 0x8877665544332211;
        std::size_t next = 0;
        for (const std::uint64_t address : addresses) {
            for (std::size_t i = 0; i < 2; ++i) {
                // Half of them warm in their own region or the other ones', in turn.
                start.registers[6] = i == 0 ? address - 16 : warm[next++ % std::size(warm)];
                start.registers[7] = address;
                sweep_.check(lab, start, 40);
                if (HasFatalFailure()) return;
            }
        }
    }

    Sweep sweep_;
};

TEST_P(Edges, EveryAccessAtEveryEndWithColdAndWarmTranslations) {
    for (const char* access : kAccesses) {
        const sbpf::Program programs[] = {twice(access, GetParam()), around(access, GetParam())};
        for (const sbpf::Program& program : programs) {
            for (const LabOptions& options : memories()) {
                const EngineLab lab(program, options);
                sweep(lab, edges(lab));
                if (HasFatalFailure()) return;
            }
        }
    }
    EXPECT_GT(sweep_.count(), 10'000u);
}

TEST_P(Edges, RegionsOfEveryLengthUpToTwiceTheWidestAccess) {
    for (const char* access : kAccesses) {
        const sbpf::Program program = twice(access, GetParam());
        for (std::uint64_t length = 0; length <= 17; ++length) {
            LabOptions options = lean();
            options.heap_size = length;
            const EngineLab lab(program, options);
            RunState start = lab.entry();
            for (std::uint64_t address = 0; address <= length + 9; ++address) {
                start.registers[6] = sbpf::kHeapStart;
                start.registers[7] = sbpf::kHeapStart + address - 4;
                sweep_.check(lab, start, 40);
                if (HasFatalFailure()) return;
            }
        }
    }
}

TEST_P(Edges, FrameAccessesWithEveryOffsetAroundBothEndsOfTheFrame) {
    if (GetParam() == Version::V2) GTEST_SKIP() << "other bytes; covered by random programs";
    // In the second frame, so that both neighbours exist.
    for (const int opcode : {0x71, 0x69, 0x61, 0x79, 0x73, 0x6b, 0x63, 0x7b, 0x72, 0x7a}) {
        const bool is_load = opcode == 0x71 || opcode == 0x69 || opcode == 0x61 || opcode == 0x79;
        for (int i = 0; i < 38; ++i) {
            const auto offset = static_cast<std::int16_t>(i < 19 ? i - 9 : -4096 + i - 28);
            Bytes text(40);
            text[0] = 0x85; // call the slot after the exit
            text[1] = GetParam() >= Version::V3 ? 0x10 : 0;
            store_le(text.data() + 4,
                     GetParam() >= Version::V3 ? std::uint32_t{1} : sbpf::function_key(2));
            text[8] = 0x95;
            text[16] = static_cast<std::uint8_t>(opcode);
            text[17] = is_load ? 0xa0 : 0x4a;
            store_le(text.data() + 18, static_cast<std::uint16_t>(offset));
            store_le(text.data() + 20, std::uint32_t{0x55});
            text[24] = 0xbf; // mov64 r5, r10
            text[25] = 0xa5;
            text[32] = 0x95;
            std::vector<sbpf::Function> functions;
            if (GetParam() < Version::V3) functions = {{sbpf::function_key(2), 2, {}}};
            for (const bool gaps : {false, true}) {
                LabOptions options = lean();
                options.stack_frame_gaps = gaps;
                options.checks_written_pages = true;
                const EngineLab lab(
                    sbpf::Program::from_text(text, GetParam(), 0, functions, Bytes(8)), options);
                ASSERT_TRUE(sbpf::verify(lab.executable().program()));
                RunState start = lab.entry();
                start.registers[4] = 0x1122334455667788;
                sweep_.check(lab, start, 20);
                if (HasFatalFailure()) return;
                EXPECT_EQ(sweep_.expected().unnoted_pages, 0u);
            }
        }
    }
}

// ---- callx ----

TEST_P(Edges, CallxToEverySlotAndUnalignedAddressWithEveryBudget) {
    const std::string wide =
        GetParam() == Version::V2 ? "mov32 r3, 5\nhor64 r3, 6\n" : "lddw r3, 0x600000005\n";
    const sbpf::Program program = tests::assembled(
        "callx r6\nadd64 r0, 1\nexit\nmov64 r2, 3\n" + wide +
            "l: add64 r0, r3\nstxdw [r10-8], r0\nadd64 r2, -1\njne r2, 0, l\n" + wide +
            "syscall sol_sum\nmov64 r9, 7\n" + wide + "ldxdw r4, [r10-8]\nexit",
        GetParam());
    for (const bool gaps : {false, true}) {
        LabOptions options = lean();
        options.stack_frame_gaps = gaps;
        const EngineLab lab(program, options);
        RunState start = lab.entry();
        const std::uint64_t text = program.text_address();
        for (std::uint64_t at = 0; at < program.text().size() + 24; ++at) {
            for (const std::uint64_t budget : {0u, 1u, 2u, 3u, 4u, 5u, 7u, 9u, 12u, 20u, 300u}) {
                start.registers[6] = text + at - 12;
                sweep_.check(lab, start, budget);
                if (HasFatalFailure()) return;
            }
        }
        for (start.pc = 0; start.pc <= program.slot_count(); ++start.pc) {
            for (std::uint64_t budget = 0; budget < 40; ++budget) {
                start.registers[6] = text + 24;
                sweep_.check(lab, start, budget);
                if (HasFatalFailure()) return;
            }
        }
    }
}

TEST_P(Edges, RecursionOfEveryKindWithEveryBudgetAroundTheDeepestCall) {
    const std::string sources[] = {
        "f: stxdw [r10-8], r1\nadd64 r1, 1\ncall f\nexit",
        "mov64 r6, r7\ncallx r6\nexit",
        "f: mov64 r6, r10\njeq r1, 62, o\nadd64 r1, 1\ncall f\nmov64 r0, r6\no: exit",
        "f: jeq r1, 63, o\nadd64 r1, 1\ncall f\nmov64 r0, r10\no: exit",
        "f: mov64 r9, r1\njeq r1, 70, o\nadd64 r1, 1\ncall f\nadd64 r0, r9\no: exit",
    };
    for (const std::string& source : sources) {
        for (const bool gaps : {false, true}) {
            LabOptions options = lean();
            options.stack_frame_gaps = gaps;
            options.checks_written_pages = true;
            const EngineLab lab(tests::assembled(source, GetParam()), options);
            RunState start = lab.entry();
            start.registers[1] = 0;
            start.registers[7] = lab.executable().program().text_address();
            for (std::uint64_t budget = 100; budget < 420; ++budget) {
                sweep_.check(lab, start, budget);
                if (HasFatalFailure()) return;
                EXPECT_EQ(sweep_.expected().unnoted_pages, 0u);
            }
        }
    }
}

TEST_P(Edges, EveryBudgetOfAProgramWhoseSyscallMovesWhatItReads) {
    for (const bool writable : {false, true}) {
        const EngineLab lab(
            tests::assembled("mov64 r6, r1\nmov64 r7, 3\nl: ldxdw r3, [r6+8]\nadd64 r8, r3\n"
                             "stxb [r6+8], r7\nmov64 r1, " +
                                 std::to_string(writable) +
                                 "\nsyscall sol_remap\nldxdw r3, [r6+8]\nadd64 r8, r3\n"
                                 "add64 r7, -1\njne r7, 0, l\nmov64 r0, r8\nexit",
                             GetParam() == Version::V3 ? Version::V3 : GetParam()),
            lean());
        for (std::uint64_t budget = 0; budget <= 45; ++budget) {
            sweep_.check(lab, lab.entry(), budget);
            if (HasFatalFailure()) return;
        }
    }
}

// ---- operands ----

constexpr std::uint64_t kValues[] = {0,
                                     1,
                                     ~std::uint64_t{0},
                                     0x7fffffff,
                                     0x80000000,
                                     0x80000001,
                                     0xffffffff,
                                     0x100000000,
                                     0x7fffffffffffffff,
                                     0x8000000000000000,
                                     0x8000000000000001,
                                     31,
                                     32,
                                     63,
                                     64,
                                     0xffffffff00000000,
                                     0x0123456789abcdef};
constexpr std::int32_t kImmediates[] = {
    0,          1,  -1, 127, 128, -128, -129,
    0x7fffffff, 31, 32, 63,  64,  16,   std::numeric_limits<std::int32_t>::min()};

bool may_have(Op op, std::int32_t imm) {
    switch (sbpf::info(op).check) {
    case sbpf::Check::DivisorImm: return imm != 0;
    case sbpf::Check::Shift32: return imm >= 0 && imm < 32;
    case sbpf::Check::Shift64: return imm >= 0 && imm < 64;
    case sbpf::Check::EndianSize: return imm == 16 || imm == 32 || imm == 64;
    default: return true;
    }
}

/// All operand choices of one operation, each followed by two exits.
class Operands {
public:
    Operands(std::uint8_t byte, Op op) {
        const Form form = sbpf::info(op).form;
        const bool is_jump = form == Form::JumpImm || form == Form::JumpReg;
        const bool has_register = form == Form::DstSrc || form == Form::JumpReg;
        for (std::uint8_t dst = 0; dst < 10; ++dst) {
            if (has_register) {
                for (std::uint8_t src = 0; src <= 10; ++src) add(byte, dst, src, is_jump, 0);
            } else {
                for (const std::int32_t imm : kImmediates) {
                    if (may_have(op, imm)) add(byte, dst, 0, is_jump, imm);
                }
            }
        }
    }

    static constexpr std::uint64_t kStep = 3; // slots
    [[nodiscard]] std::uint64_t count() const { return text_.size() / 8 / kStep; }
    [[nodiscard]] std::uint8_t dst(std::uint64_t i) const { return text_[i * kStep * 8 + 1] & 15; }
    [[nodiscard]] std::uint8_t src(std::uint64_t i) const { return text_[i * kStep * 8 + 1] >> 4; }
    [[nodiscard]] const Bytes& text() const { return text_; }

private:
    void add(std::uint8_t byte, std::uint8_t dst, std::uint8_t src, bool is_jump,
             std::int32_t imm) {
        const std::size_t at = text_.size();
        text_.resize(at + kStep * 8);
        text_[at] = byte;
        text_[at + 1] = static_cast<std::uint8_t>(dst | src << 4);
        text_[at + 2] = is_jump ? 1 : 0;
        store_le(text_.data() + at + 4, static_cast<std::uint32_t>(imm));
        text_[at + 8] = text_[at + 16] = 0x95;
    }

    Bytes text_;
};

void compare_operands(const Executable& executable, const Operands& operands, MemoryMap& map) {
    RunState start;
    for (std::size_t i = 0; i < 10; ++i) start.registers[i] = 0x1111111111111111 * (i + 1);
    start.registers[10] = executable.initial_frame_pointer();
    std::uint64_t turn = 0;
    for (std::uint64_t i = 0; i < operands.count(); ++i) {
        start.pc = i * Operands::kStep;
        for (const std::uint64_t value : kValues) {
            RunState state = start;
            const std::uint8_t src = operands.src(i);
            if (src < 10) state.registers[src] = kValues[turn++ % std::size(kValues)];
            state.registers[operands.dst(i)] = value;
            ComputeMeter expected_meter{5};
            const RunResult expected =
                Machine(executable, map, expected_meter, nullptr).run_from(Engine::Naive, state);
            for (const Engine engine : kEngines) {
                ComputeMeter meter{5};
                const RunResult actual =
                    Machine(executable, map, meter, nullptr).run_from(engine, state);
                if (actual.registers == expected.registers && actual.pc == expected.pc &&
                    meter.remaining == expected_meter.remaining && actual.value == expected.value) {
                    continue;
                }
                FAIL() << "engine " << static_cast<int>(engine) << " "
                       << sbpf::disassemble_instruction(executable.program().instruction(start.pc),
                                                        executable.program().version(), {})
                       << std::hex << " dst " << value << " src " << state.registers[src]
                       << " gives " << actual.registers[operands.dst(i)] << " instead of "
                       << expected.registers[operands.dst(i)];
            }
        }
    }
}

TEST_P(Edges, EveryOperationWithEveryPairOfRegistersAndEdgeValues) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
        const Op op = sbpf::decode_table(GetParam())[byte];
        const Form form = sbpf::info(op).form;
        if (form != Form::DstImm && form != Form::DstSrc && form != Form::Dst &&
            form != Form::Endian && form != Form::JumpImm && form != Form::JumpReg) {
            continue;
        }
        const Operands operands(static_cast<std::uint8_t>(byte), op);
        const Executable executable(
            sbpf::Program::from_text(operands.text(), GetParam(), 0, {}, Bytes(8)),
            harness::test_syscalls(), {});
        ASSERT_TRUE(sbpf::verify(executable.program())) << byte;
        Bytes stack(sbpf::kStackSize);
        auto map = MemoryMap::create({executable.rodata_region(), executable.stack_region(stack)},
                                     MapLayout::Aligned, GetParam(), nullptr);
        ASSERT_TRUE(map);
        compare_operands(executable, operands, *map);
        if (HasFatalFailure()) return;
    }
}

// ---- a sign that the next instruction may ignore ----

/// `first` on r6, then `second` on r6 or r7, then exit; behind it perhaps a jump to `second`.
Bytes pair_text(std::uint8_t first, std::uint8_t second, std::uint8_t dst, std::int32_t imm,
                bool is_target) {
    Bytes text(4 * 8);
    text[0] = first;
    text[1] = 0x76;
    store_le(text.data() + 4, imm);
    text[8] = second;
    text[9] = static_cast<std::uint8_t>(dst | 0x60);
    store_le(text.data() + 12, imm);
    text[16] = text[24] = 0x95;
    if (is_target) {
        text[24] = 0x05; // ja
        store_le(text.data() + 26, std::int16_t{-3});
    }
    return text;
}

void compare_pair(const Executable& executable, MemoryMap& map) {
    RunState start;
    start.registers[10] = executable.initial_frame_pointer();
    for (const std::uint64_t value : {0x7fff'ffffull, 0xffff'ffff'8000'0000ull, 0x1'8000'0001ull}) {
        for (std::uint64_t budget = 0; budget <= 3; ++budget) {
            start.registers[6] = value;
            start.registers[7] = ~value;
            ComputeMeter expected_meter{budget};
            const RunResult expected =
                Machine(executable, map, expected_meter, nullptr).run_from(Engine::Naive, start);
            for (const Engine engine : kEngines) {
                ComputeMeter meter{budget};
                const RunResult actual =
                    Machine(executable, map, meter, nullptr).run_from(engine, start);
                ASSERT_TRUE(actual.registers == expected.registers && actual.pc == expected.pc &&
                            meter.remaining == expected_meter.remaining &&
                            actual.value == expected.value)
                    << "engine " << static_cast<int>(engine) << " value " << std::hex << value
                    << " budget " << budget << "\n"
                    << sbpf::disassemble(executable.program());
            }
        }
    }
}

TEST_P(Edges, EveryPairOf32BitArithmeticAndWhatFollowsIt) {
    const sbpf::DecodeTable& table = sbpf::decode_table(GetParam());
    const auto is_arithmetic = [&](unsigned byte) {
        const Form form = sbpf::info(table[byte]).form;
        return form == Form::DstImm || form == Form::DstSrc || form == Form::Dst;
    };
    Bytes stack(sbpf::kStackSize);
    for (const std::uint8_t first :
         std::to_array<std::uint8_t>({0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c})) {
        if (!is_arithmetic(first)) continue;
        for (unsigned i = 0; i < 256 * 8; ++i) {
            const auto second = static_cast<std::uint8_t>(i / 8);
            if (!is_arithmetic(second)) continue;
            const Executable executable(
                sbpf::Program::from_text(
                    pair_text(first, second, i & 1 ? 6 : 7, i & 2 ? 21 : -21, (i & 4) != 0),
                    GetParam(), 0, {}, Bytes(8)),
                harness::test_syscalls(), {});
            if (!sbpf::verify(executable.program())) continue;
            auto map =
                MemoryMap::create({executable.rodata_region(), executable.stack_region(stack)},
                                  MapLayout::Aligned, GetParam(), nullptr);
            ASSERT_TRUE(map);
            compare_pair(executable, *map);
            if (HasFatalFailure()) return;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Versions, Edges, ::testing::ValuesIn(kVersions), version_name);

} // namespace
} // namespace fathom::vm

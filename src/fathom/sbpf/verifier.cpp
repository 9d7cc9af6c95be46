// SPDX-License-Identifier: Apache-2.0
// The verifier that every program must pass: one scan over the text, rules taken from the
// instruction table.
//
// Order of the rules within one instruction and what each reports: solana-sbpf 0.23.0
// src/verifier.rs, RequisiteVerifier.
#include "fathom/sbpf/program.hpp"

#include <array>

namespace fathom::sbpf {
namespace {

using Kind = VerifierErrorKind;

/// What to look at for one opcode byte. Unknown is zero: GCC 12 emits zeros for the entries of a
/// constant table that its builder leaves at their default, whatever the default is.
enum class Rule : std::uint8_t {
    Unknown,
    Nothing,
    DivisorImm,
    Shift32,
    Shift64,
    EndianSize,
    Target,
    Wide,
    CallRegister,
    FrameBump, // add64 imm where r10 may be moved, in steps of 64
};

struct OpcodeRule {
    Rule rule;
    bool may_name_r10;
};

using RuleTable = std::array<OpcodeRule, 256>;

constexpr Rule rule_of(Check check) {
    switch (check) {
    case Check::None: return Rule::Nothing;
    case Check::DivisorImm: return Rule::DivisorImm;
    case Check::Shift32: return Rule::Shift32;
    case Check::Shift64: return Rule::Shift64;
    case Check::EndianSize: return Rule::EndianSize;
    case Check::Target: return Rule::Target;
    case Check::Wide: return Rule::Wide;
    case Check::CallRegister: return Rule::CallRegister;
    }
    return Rule::Unknown;
}

consteval RuleTable make_rules(Version version) {
    RuleTable rules{};
    for (std::size_t byte = 0; byte < rules.size(); ++byte) {
        const Op op = decode_table(version)[byte];
        if (op == Op::Invalid) continue;
        const Form form = info(op).form;
        const bool bump = op == Op::Add64Imm && manual_stack_frames(version);
        rules[byte].rule = bump ? Rule::FrameBump : rule_of(info(op).check);
        rules[byte].may_name_r10 = bump || form == Form::StoreImm || form == Form::StoreReg;
    }
    return rules;
}

constexpr std::array<RuleTable, 5> kRules = {make_rules(Version::V0), make_rules(Version::V1),
                                             make_rules(Version::V2), make_rules(Version::V3),
                                             make_rules(Version::V4)};

std::unexpected<VerifierError> refuse(Kind kind, std::uint64_t pc, std::uint64_t value = 0,
                                      std::uint64_t value2 = 0) {
    return std::unexpected(VerifierError{kind, pc, value, value2});
}

class Scan {
public:
    Scan(ByteView text, Version version)
        : text_(text.data()), count_(text.size() / 8), version_(version),
          rules_(kRules[static_cast<std::size_t>(version)]) {}

    [[nodiscard]] Result<void, VerifierError> run() const {
        for (std::uint64_t pc = 0; pc < count_; ++pc) {
            const RawInstruction slot = slot_at(pc);
            const OpcodeRule rule = rules_[slot.opcode];
            if (rule.rule != Rule::Nothing) {
                FATHOM_CHECK(check_rule(rule.rule, slot, pc));
                // The second slot belongs to the instruction; register errors name it.
                if (rule.rule == Rule::Wide) ++pc;
            }
            if (slot.src > 10) return refuse(Kind::InvalidSourceRegister, pc);
            if (slot.dst < 10 || (slot.dst == 10 && rule.may_name_r10)) continue;
            return refuse(slot.dst == 10 ? Kind::CannotWriteR10 : Kind::InvalidDestinationRegister,
                          pc);
        }
        return {};
    }

private:
    [[nodiscard]] std::uint8_t opcode_at(std::uint64_t pc) const { return text_[pc * 8]; }

    [[nodiscard]] RawInstruction slot_at(std::uint64_t pc) const {
        const auto word = load_le<std::uint64_t>(text_ + pc * 8);
        return {static_cast<std::uint8_t>(word), static_cast<std::uint8_t>(word >> 8 & 0xf),
                static_cast<std::uint8_t>(word >> 12 & 0xf), static_cast<std::int16_t>(word >> 16),
                static_cast<std::int32_t>(word >> 32)};
    }

    [[nodiscard]] Result<void, VerifierError> check_rule(Rule rule, const RawInstruction& slot,
                                                         std::uint64_t pc) const {
        switch (rule) {
        case Rule::Nothing: break;
        case Rule::Unknown: return refuse(Kind::UnknownOpCode, pc, slot.opcode);
        case Rule::DivisorImm:
            if (slot.imm == 0) return refuse(Kind::DivisionByZero, pc);
            break;
        case Rule::Shift32: return check_shift(slot.imm, 32, pc);
        case Rule::Shift64: return check_shift(slot.imm, 64, pc);
        case Rule::EndianSize:
            if (slot.imm != 16 && slot.imm != 32 && slot.imm != 64)
                return refuse(Kind::UnsupportedLEBEArgument, pc);
            break;
        case Rule::Target: return check_target(slot.offset, pc);
        case Rule::Wide:
            if (pc + 1 >= count_) return refuse(Kind::LDDWCannotBeLast, pc);
            if (opcode_at(pc + 1) != 0) return refuse(Kind::IncompleteLDDW, pc);
            break;
        case Rule::CallRegister: return check_call_register(slot, pc);
        case Rule::FrameBump:
            if (slot.dst == 10 && slot.imm % 64 != 0) return refuse(Kind::UnalignedImmediate, pc);
            break;
        }
        return {};
    }

    [[nodiscard]] static Result<void, VerifierError>
    check_shift(std::int32_t amount, std::int32_t width, std::uint64_t pc) {
        if (amount >= 0 && amount < width) return {};
        return refuse(Kind::ShiftWithOverflow, pc,
                      static_cast<std::uint64_t>(static_cast<std::int64_t>(amount)),
                      static_cast<std::uint64_t>(width));
    }

    [[nodiscard]] Result<void, VerifierError> check_target(std::int16_t offset,
                                                           std::uint64_t pc) const {
        // A negative target wraps to a huge one and is reported that way.
        const std::uint64_t target =
            pc + 1 + static_cast<std::uint64_t>(static_cast<std::int64_t>(offset));
        if (target >= count_) return refuse(Kind::JumpOutOfCode, pc, target);
        if (opcode_at(target) == 0) return refuse(Kind::JumpToMiddleOfLDDW, pc, target);
        return {};
    }

    [[nodiscard]] Result<void, VerifierError> check_call_register(const RawInstruction& slot,
                                                                  std::uint64_t pc) const {
        std::int64_t target_register = slot.imm;
        if (version_ == Version::V2) target_register = slot.src;
        if (version_ >= Version::V3) target_register = slot.dst;
        if (target_register < 0 || target_register >= 10) return refuse(Kind::InvalidRegister, pc);
        return {};
    }

    const std::uint8_t* text_;
    std::uint64_t count_;
    Version version_;
    const RuleTable& rules_;
};

} // namespace

Result<void, VerifierError> verify(const Program& program) {
    const ByteView text = program.text();
    if (text.size() % 8 != 0) return refuse(Kind::ProgramLengthNotMultiple, 0);
    if (text.empty()) return refuse(Kind::NoProgram, 0);
    return Scan(text, program.version()).run();
}

} // namespace fathom::sbpf

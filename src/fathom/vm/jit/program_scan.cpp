// SPDX-License-Identifier: Apache-2.0
// One pass over the text, and the verifier's rules as far as the compiler relies on them.
#include "fathom/vm/jit/program_scan.hpp"

#include <array>

namespace fathom::vm::jit {

using sbpf::Form;
using sbpf::Op;

namespace {

struct Rule {
    Form form;
    bool writes; // its first operand
    bool divides;
    bool is_plain; // nothing but its registers to look at
};

constexpr auto kRules = [] {
    std::array<Rule, sbpf::kOpCount> rules{};
    for (std::size_t i = 0; i < sbpf::kOpCount; ++i) {
        const sbpf::OpInfo& info = sbpf::kOpInfo[i];
        // The verifier takes a jump's first operand for a target, too.
        rules[i] = {info.form, info.form != Form::StoreImm && info.form != Form::StoreReg,
                    info.check == sbpf::Check::DivisorImm,
                    (info.form == Form::DstImm && info.check != sbpf::Check::DivisorImm) ||
                        info.form == Form::DstSrc || info.form == Form::Dst ||
                        info.form == Form::Load || info.form == Form::StoreImm ||
                        info.form == Form::StoreReg};
    }
    return rules;
}();

} // namespace

std::optional<ProgramScan> ProgramScan::create(const Executable& executable) {
    ProgramScan scan(executable);
    if (!scan.run()) return std::nullopt;
    return scan;
}

bool ProgramScan::run() {
    const sbpf::Program& program = executable_.program();
    const ByteView text = program.text();
    count_ = program.slot_count();
    if (text.size() % 8 != 0 || count_ >= kMaxSlots) return false;
    marks_.assign(count_ + 2, None);
    marks_[0] = Head;
    const sbpf::DecodeTable& table = sbpf::decode_table(program.version());
    const unsigned last_writable = executable_.frame_stride() != 0 ? 9 : 10;
    for (std::uint64_t slot = 0; slot < count_; ++slot) {
        const std::uint8_t* const bytes = text.data() + 8 * slot;
        const Rule rule = kRules[static_cast<std::size_t>(table[bytes[0]])];
        const unsigned dst = bytes[1] & 0xfu;
        if (dst > (rule.writes ? last_writable : 10u) || bytes[1] >> 4 > 10) return false;
        if (rule.is_plain) [[likely]] {
            continue;
        }
        switch (rule.form) {
        case Form::Invalid: return false;
        case Form::DstImm:
            if (rule.divides && load_le<std::int32_t>(bytes + 4) == 0) return false;
            break;
        case Form::Endian: {
            const auto bits = load_le<std::int32_t>(bytes + 4);
            if (bits != 16 && bits != 32 && bits != 64) return false;
            break;
        }
        case Form::WideImm:
            if (slot + 1 == count_ || bytes[8] != 0) return false;
            marks_[++slot] |= SecondHalf;
            break;
        case Form::Jump:
        case Form::JumpImm:
        case Form::JumpReg:
            if (!add_jump(slot, load_le<std::int16_t>(bytes + 2))) return false;
            break;
        case Form::CallImm:
            if (!add_call(slot, program.instruction(slot))) return false;
            break;
        case Form::CallReg:
        case Form::Exit: marks_[slot + 1] |= Head; break;
        default: break;
        }
    }
    measure_blocks();
    return true;
}

// From the end to the front, because what a block costs is known at its end. The second slot of an
// lddw costs what it costs whoever aims at it, one unit, and belongs to no block.
void ProgramScan::measure_blocks() {
    units_.resize(count_ + 1);
    std::uint16_t rest = 0;
    for (std::uint64_t slot = count_ + 1; slot-- > 0;) {
        const bool is_half = (marks_[slot] & SecondHalf) != 0;
        units_[slot] = is_half ? std::uint16_t{1} : ++rest;
        if (is_half) continue;
        if (rest == kLongestBlock) marks_[slot] |= Head;
        if ((marks_[slot] & Head) != 0) rest = 0;
    }
}

bool ProgramScan::add_jump(std::uint64_t slot, std::int64_t distance) {
    const std::int64_t target = static_cast<std::int64_t>(slot) + 1 + distance;
    if (target < 0 || static_cast<std::uint64_t>(target) >= count_) return false;
    marks_[static_cast<std::uint64_t>(target)] |= distance < 0 ? Head | Loop : Head;
    marks_[slot + 1] |= Head;
    return true;
}

bool ProgramScan::add_call(std::uint64_t slot, const sbpf::RawInstruction& insn) {
    const sbpf::Program& program = executable_.program();
    const auto key = static_cast<std::uint32_t>(insn.imm);
    const bool is_static = sbpf::static_syscalls(program.version());
    CallSite site;
    if (!is_static || insn.src == 0) {
        if (const Syscall* syscall = executable_.syscalls().find(key)) {
            site.syscall = syscall->function;
        }
    }
    if (!is_static) {
        if (const auto target = program.find_function(key)) {
            if (*target >= count_) return false;
            site.target = *target;
        }
    } else if (insn.src == 1) {
        const std::int64_t target = static_cast<std::int64_t>(slot) + 1 + insn.imm;
        if (target >= 0 && static_cast<std::uint64_t>(target) < count_) {
            site.target = static_cast<std::uint32_t>(target);
        }
    }
    if (site.target != CallSite::kNoTarget) marks_[site.target] |= Head;
    marks_[slot + 1] |= Head;
    calls_.push_back(site);
    return true;
}

} // namespace fathom::vm::jit

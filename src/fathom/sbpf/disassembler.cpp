// SPDX-License-Identifier: Apache-2.0
// Disassembler: one instruction, or a whole program with labels, as text that the assembler takes.
#include "fathom/sbpf/disassembler.hpp"

#include "fathom/base/flat_map.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

namespace fathom::sbpf {

namespace {

std::string hex(std::uint64_t value) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    return "0x" + std::string(digits.data(), end);
}

std::string reg(std::uint8_t number) {
    return "r" + std::to_string(number);
}

std::string memory(std::uint8_t base, std::int16_t offset) {
    const char* sign = offset < 0 ? "-" : "+";
    return "[" + reg(base) + sign + hex(static_cast<std::uint64_t>(std::abs(offset))) + "]";
}

std::string relative(std::int64_t slots) {
    return (slots < 0 ? "" : "+") + std::to_string(slots);
}

std::uint64_t wide_value(const RawInstruction& low, const RawInstruction& high) {
    return static_cast<std::uint32_t>(low.imm) |
           static_cast<std::uint64_t>(static_cast<std::uint32_t>(high.imm)) << 32;
}

/// The field that names the register differs: sbpf src/program.rs callx_uses_*.
std::uint8_t call_register(const RawInstruction& insn, Version version) {
    if (version == Version::V2) return insn.src;
    return version >= Version::V3 ? insn.dst : static_cast<std::uint8_t>(insn.imm);
}

RawInstruction read_slot(ByteView text, std::uint64_t slot) {
    const std::uint8_t* bytes = text.data() + 8 * slot;
    return {bytes[0], static_cast<std::uint8_t>(bytes[1] & 15),
            static_cast<std::uint8_t>(bytes[1] >> 4), load_le<std::int16_t>(bytes + 2),
            load_le<std::int32_t>(bytes + 4)};
}

bool operator==(const RawInstruction& a, const RawInstruction& b) {
    return a.opcode == b.opcode && a.dst == b.dst && a.src == b.src && a.offset == b.offset &&
           a.imm == b.imm;
}

std::string quad(const RawInstruction& insn) {
    const auto registers = static_cast<std::uint64_t>(insn.dst | insn.src << 4);
    return ".quad " +
           hex(insn.opcode | registers << 8 |
               static_cast<std::uint64_t>(static_cast<std::uint16_t>(insn.offset)) << 16 |
               static_cast<std::uint64_t>(static_cast<std::uint32_t>(insn.imm)) << 32);
}

/// `insn` without the fields that its form does not use: what the assembler makes of its text.
RawInstruction canonical(const RawInstruction& insn, Version version) {
    const std::uint8_t opcode = insn.opcode;
    switch (info(decode_table(version)[opcode]).form) {
    case Form::Invalid: return insn;
    case Form::DstImm:
    case Form::Endian:
    case Form::WideImm: return {opcode, insn.dst, 0, 0, insn.imm};
    case Form::DstSrc: return {opcode, insn.dst, insn.src, 0, 0};
    case Form::Dst: return {opcode, insn.dst, 0, 0, 0};
    case Form::Load:
    case Form::StoreReg:
    case Form::JumpReg: return {opcode, insn.dst, insn.src, insn.offset, 0};
    case Form::StoreImm:
    case Form::JumpImm: return {opcode, insn.dst, 0, insn.offset, insn.imm};
    case Form::Jump: return {opcode, 0, 0, insn.offset, 0};
    case Form::CallImm: return {opcode, 0, insn.src, 0, insn.imm};
    case Form::CallReg:
        if (version == Version::V2) return {opcode, 0, insn.src, 0, 0};
        if (version >= Version::V3) return {opcode, insn.dst, 0, 0, 0};
        return {opcode, 0, 0, 0, insn.imm & 15};
    case Form::Exit: return {opcode, 0, 0, 0, 0};
    }
    return insn;
}

/// Everything after the mnemonic but a jump's target or a call's.
std::string operands(const RawInstruction& insn, Version version, Form form) {
    switch (form) {
    case Form::DstImm:
    case Form::JumpImm: return reg(insn.dst) + ", " + std::to_string(insn.imm);
    case Form::DstSrc:
    case Form::JumpReg: return reg(insn.dst) + ", " + reg(insn.src);
    case Form::Dst:
    case Form::Endian: return reg(insn.dst);
    case Form::Load: return reg(insn.dst) + ", " + memory(insn.src, insn.offset);
    case Form::StoreImm: return memory(insn.dst, insn.offset) + ", " + std::to_string(insn.imm);
    case Form::StoreReg: return memory(insn.dst, insn.offset) + ", " + reg(insn.src);
    case Form::CallReg: return reg(call_register(insn, version));
    default: return "";
    }
}

/// An instruction whose jump or call target prints as `target`.
std::string instruction_text(const RawInstruction& insn, Version version,
                             const RawInstruction& second, std::string_view target) {
    const OpInfo& op = info(decode_table(version)[insn.opcode]);
    std::string text(op.mnemonic);
    switch (op.form) {
    case Form::Invalid: return quad(insn);
    case Form::Exit: return text;
    case Form::WideImm: return text + " " + reg(insn.dst) + ", " + hex(wide_value(insn, second));
    case Form::Endian: text += std::to_string(insn.imm); break;
    case Form::Jump: return text + " " + std::string(target);
    case Form::CallImm: return std::string(target);
    case Form::JumpImm:
    case Form::JumpReg:
        return text + " " + operands(insn, version, op.form) + ", " + std::string(target);
    default: break;
    }
    return text + " " + operands(insn, version, op.form);
}

bool is_name(std::string_view name) {
    const auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
    };
    const bool is_register =
        name.size() > 1 && name[0] == 'r' && name.find_first_not_of("0123456789", 1) == name.npos;
    return !name.empty() && is_letter(name[0]) && !is_register &&
           std::ranges::all_of(
               name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '.'; });
}

class Listing {
public:
    Listing(const Program& program, const DisassemblyOptions& options)
        : program_(program), version_(program.version()), text_(program.text()),
          slots_(text_.size() / 8), label_kinds_(slots_, Label::None) {
        for (const std::string_view name : options.syscall_names) {
            if (is_name(name)) syscalls_.emplace(murmur3_32(as_bytes(name)), name);
        }
        find_starts();
        find_functions();
        find_targets();
    }

    std::string run(bool has_version_line) {
        std::string out;
        if (has_version_line) {
            out = ".version v" + std::to_string(static_cast<unsigned>(version_)) + "\n";
        }
        for (std::uint64_t pc = 0; pc < slots_; ++pc) {
            if (label_kinds_[pc] == Label::Function && !out.empty()) out += '\n';
            if (label_kinds_[pc] != Label::None) out += label(pc) + ":\n";
            out += "    " + line(pc) + "\n";
            if (is_wide(pc)) ++pc;
        }
        if (text_.size() % 8 != 0) out += "    " + tail() + "\n";
        return out;
    }

private:
    enum class Label : std::uint8_t { None, Block, Function, Inside };

    [[nodiscard]] Form form(std::uint64_t pc) const {
        return info(decode_table(version_)[read_slot(text_, pc).opcode]).form;
    }

    /// Two slots that the assembler would write for an lddw.
    [[nodiscard]] bool is_wide(std::uint64_t pc) const {
        if (form(pc) != Form::WideImm || pc + 1 >= slots_) return false;
        const RawInstruction first = read_slot(text_, pc);
        const RawInstruction second = read_slot(text_, pc + 1);
        return first == canonical(first, version_) &&
               second == RawInstruction{0, 0, 0, 0, second.imm};
    }

    void find_starts() {
        for (std::uint64_t pc = 0; pc < slots_; ++pc) {
            if (is_wide(pc)) label_kinds_[++pc] = Label::Inside;
        }
    }

    void mark(std::uint64_t pc, Label kind) {
        if (pc >= slots_ || label_kinds_[pc] == Label::Inside) return;
        label_kinds_[pc] = std::max(label_kinds_[pc], kind);
    }

    void find_functions() {
        FlatSet<std::string_view> taken;
        const auto name = [&](std::uint64_t pc, std::string_view text) {
            if (pc >= slots_ || names_.contains(pc)) return;
            if (is_name(text) && !text.starts_with("lbb_") && !text.starts_with("function_") &&
                taken.insert(text).second) {
                names_.emplace(pc, text);
            }
        };
        mark(program_.entry_pc(), Label::Function);
        name(program_.entry_pc(), "entrypoint");
        for (const Function& function : program_.functions()) {
            mark(function.pc, Label::Function);
            name(function.pc, function.name);
        }
    }

    void find_targets() {
        for (std::uint64_t pc = 0; pc < slots_; ++pc) {
            const Form shape = form(pc);
            if (shape == Form::Jump || shape == Form::JumpImm || shape == Form::JumpReg) {
                mark(jump_target(pc), Label::Block);
            } else if (shape == Form::CallImm) {
                if (const auto target = call_target(pc)) mark(*target, Label::Function);
            }
            if (is_wide(pc)) ++pc;
        }
    }

    [[nodiscard]] std::uint64_t jump_target(std::uint64_t pc) const {
        // Wraps below zero, which is outside of the program as well.
        return pc + 1 + static_cast<std::uint64_t>(std::int64_t{read_slot(text_, pc).offset});
    }

    [[nodiscard]] std::optional<std::uint64_t> call_target(std::uint64_t pc) const {
        const RawInstruction insn = read_slot(text_, pc);
        if (!static_syscalls(version_)) {
            return program_.find_function(static_cast<std::uint32_t>(insn.imm));
        }
        if (insn.src != 1) return std::nullopt;
        return pc + 1 + static_cast<std::uint64_t>(std::int64_t{insn.imm});
    }

    [[nodiscard]] bool has_label(std::uint64_t pc) const {
        return pc < slots_ &&
               (label_kinds_[pc] == Label::Block || label_kinds_[pc] == Label::Function);
    }

    [[nodiscard]] std::string label(std::uint64_t pc) const {
        if (const auto found = names_.find(pc); found != names_.end()) {
            return std::string(found->second);
        }
        const bool is_function = label_kinds_[pc] == Label::Function;
        return (is_function ? "function_" : "lbb_") + std::to_string(pc);
    }

    [[nodiscard]] std::string target_text(std::uint64_t pc, std::uint64_t target) const {
        if (has_label(target)) return label(target);
        return relative(static_cast<std::int64_t>(target - pc - 1));
    }

    [[nodiscard]] std::string call_text(std::uint64_t pc) const {
        if (const auto target = call_target(pc)) return "call " + target_text(pc, *target);
        const auto key = static_cast<std::uint32_t>(read_slot(text_, pc).imm);
        const auto found = syscalls_.find(key);
        return "syscall " + (found != syscalls_.end() ? std::string(found->second) : hex(key));
    }

    /// Whether the assembler turns the line for this slot back into the same bytes.
    [[nodiscard]] bool is_expressible(std::uint64_t pc) const {
        const RawInstruction insn = read_slot(text_, pc);
        if (!(insn == canonical(insn, version_))) return false;
        switch (form(pc)) {
        case Form::WideImm: return is_wide(pc);
        case Form::Endian: return insn.imm == 16 || insn.imm == 32 || insn.imm == 64;
        case Form::CallImm: {
            if (!static_syscalls(version_)) return insn.src <= 1;
            if (insn.src == 0) return true;
            return insn.src == 1 && *call_target(pc) < slots_;
        }
        default: return true;
        }
    }

    [[nodiscard]] std::string line(std::uint64_t pc) const {
        const RawInstruction insn = read_slot(text_, pc);
        const Form shape = form(pc);
        if (shape == Form::Invalid) return quad(insn);
        std::string target;
        if (shape == Form::CallImm) {
            target = call_text(pc);
        } else if (shape == Form::Jump || shape == Form::JumpImm || shape == Form::JumpReg) {
            target = target_text(pc, jump_target(pc));
        }
        const RawInstruction second = is_wide(pc) ? read_slot(text_, pc + 1) : RawInstruction{};
        const std::string text = instruction_text(insn, version_, second, target);
        return is_expressible(pc) ? text : quad(insn) + " # " + text;
    }

    [[nodiscard]] std::string tail() const {
        std::string out = ".byte ";
        for (std::size_t i = 8 * slots_; i < text_.size(); ++i) {
            out += (i % 8 == 0 ? "" : ", ") + hex(text_[i]);
        }
        return out;
    }

    const Program& program_;
    Version version_;
    ByteView text_;
    std::uint64_t slots_;
    std::vector<Label> label_kinds_;
    FlatMap<std::uint64_t, std::string_view> names_;
    FlatMap<std::uint32_t, std::string_view> syscalls_;
};

} // namespace

std::string disassemble_instruction(const RawInstruction& instruction, Version version,
                                    const RawInstruction& second) {
    std::string target = relative(instruction.offset);
    if (info(decode_table(version)[instruction.opcode]).form == Form::CallImm) {
        const bool is_call = instruction.src == 1;
        target = is_call ? "call " + relative(instruction.imm)
                         : "syscall " + hex(static_cast<std::uint32_t>(instruction.imm));
    }
    return instruction_text(instruction, version, second, target);
}

std::string disassemble(const Program& program, const DisassemblyOptions& options) {
    return Listing(program, options).run(options.has_version_line);
}

} // namespace fathom::sbpf

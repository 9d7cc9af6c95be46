// SPDX-License-Identifier: Apache-2.0
// Assembler: lays statements out in two sections, then encodes them with every name known.
#include "fathom/sbpf/assembler.hpp"

#include "fathom/base/flat_map.hpp"
#include "fathom/base/integers.hpp"
#include "fathom/sbpf/asm_parser.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace fathom::sbpf {

namespace {

using Kind = SourceOperand::Kind;

constexpr std::uint64_t kMaxSectionSize = 10 * 1024 * 1024; // no account is larger
constexpr std::size_t kMaxSymbolName = 63;                  // elf_parser SYMBOL_NAME_LENGTH_MAXIMUM
constexpr int128_t kTwo64 = static_cast<int128_t>(1) << 64;

enum class Directive : std::uint8_t {
    Version,
    Text,
    Rodata,
    Globl,
    Equ,
    Ascii,
    Asciz,
    Data,
    Space,
    Align,
    Fill
};

struct DirectiveRow {
    std::string_view name;
    Directive directive;
    std::uint8_t width = 0;
};

constexpr DirectiveRow kDirectives[] = {
    {".version", Directive::Version}, {".text", Directive::Text},    {".rodata", Directive::Rodata},
    {".globl", Directive::Globl},     {".global", Directive::Globl}, {".equ", Directive::Equ},
    {".ascii", Directive::Ascii},     {".asciz", Directive::Asciz},  {".byte", Directive::Data, 1},
    {".short", Directive::Data, 2},   {".word", Directive::Data, 4}, {".long", Directive::Data, 4},
    {".quad", Directive::Data, 8},    {".space", Directive::Space},  {".align", Directive::Align},
    {".fill", Directive::Fill},
};

/// What a name or a sum stands for: a number, or a number of bytes past the start of a section if
/// that section's weight is 1. Weights are bounded so that no chain of .equ can overflow them.
struct Value {
    int128_t number = 0;
    std::int64_t text = 0;
    std::int64_t rodata = 0;

    [[nodiscard]] bool is_number() const { return text == 0 && rodata == 0; }
    [[nodiscard]] bool is_text() const { return text == 1 && rodata == 0; }
    [[nodiscard]] bool is_rodata() const { return text == 0 && rodata == 1; }
    [[nodiscard]] bool is_bounded() const {
        return number > -kTwo64 && number < kTwo64 && std::abs(text) < 1000 &&
               std::abs(rodata) < 1000;
    }
};

struct Placement {
    Section section = Section::Text;
    std::uint32_t offset = 0;
};

/// A mnemonic as written, without what belongs to an operand: be16 is be with the immediate 16.
struct Mnemonic {
    std::string_view name;
    std::int32_t endian_size = 0;
};

Mnemonic split_mnemonic(std::string_view name) {
    constexpr std::pair<std::string_view, std::int32_t> kSizes[] = {
        {"16", 16}, {"32", 32}, {"64", 64}};
    for (const auto& [suffix, size] : kSizes) {
        if (name == std::string("be").append(suffix) || name == std::string("le").append(suffix)) {
            return {name.substr(0, 2), size};
        }
    }
    return {name, 0};
}

/// `add` is add64, and `jeq64` is jeq.
bool names_op(const Mnemonic& mnemonic, const OpInfo& op) {
    const std::string_view name = mnemonic.name;
    if (op.form == Form::Endian) return name == op.mnemonic && mnemonic.endian_size != 0;
    if (name == op.mnemonic) return op.form != Form::Invalid;
    constexpr std::string_view kWide = "64";
    if (op.form == Form::JumpImm || op.form == Form::JumpReg) {
        return name.ends_with(kWide) && name.substr(0, name.size() - 2) == op.mnemonic;
    }
    return op.mnemonic.ends_with(kWide) && op.mnemonic.substr(0, op.mnemonic.size() - 2) == name;
}

bool fits(Form form, std::span<const SourceOperand> operands) {
    const auto is = [&](std::initializer_list<Kind> kinds) {
        return std::ranges::equal(operands, kinds, {}, &SourceOperand::kind);
    };
    switch (form) {
    case Form::Invalid: return false;
    case Form::DstImm:
    case Form::WideImm: return is({Kind::Register, Kind::Value});
    case Form::DstSrc: return is({Kind::Register, Kind::Register});
    case Form::Dst:
    case Form::Endian:
    case Form::CallReg: return is({Kind::Register});
    case Form::Load: return is({Kind::Register, Kind::Memory});
    case Form::StoreImm: return is({Kind::Memory, Kind::Value});
    case Form::StoreReg: return is({Kind::Memory, Kind::Register});
    case Form::Jump:
    case Form::CallImm: return is({Kind::Value});
    case Form::JumpImm: return is({Kind::Register, Kind::Value, Kind::Value});
    case Form::JumpReg: return is({Kind::Register, Kind::Register, Kind::Value});
    case Form::Exit: return operands.empty();
    }
    return false;
}

std::string_view operands_text(Form form) {
    switch (form) {
    case Form::Invalid: return "";
    case Form::DstImm:
    case Form::WideImm: return "register, number";
    case Form::DstSrc: return "register, register";
    case Form::Dst:
    case Form::Endian:
    case Form::CallReg: return "register";
    case Form::Load: return "register, [register+offset]";
    case Form::StoreImm: return "[register+offset], number";
    case Form::StoreReg: return "[register+offset], register";
    case Form::Jump: return "label";
    case Form::CallImm: return "function";
    case Form::JumpImm: return "register, number, label";
    case Form::JumpReg: return "register, register, label";
    case Form::Exit: return "no operand";
    }
    return "";
}

/// Whether the upper half of the immediate has no meaning, so that 0xffffffff may stand for -1.
bool takes_unsigned_imm(Op op) {
    const std::string_view mnemonic = info(op).mnemonic;
    return mnemonic.ends_with("32") || op == Op::Hor64Imm || op == Op::Store8Imm ||
           op == Op::Store16Imm || op == Op::Store32Imm;
}

std::unexpected<AssemblyError> error_at(SourcePosition at, std::string message) {
    return std::unexpected(AssemblyError{at.line, at.column, std::move(message)});
}

std::string quote(std::string_view name) {
    std::string result(name.substr(0, 64));
    result.insert(0, 1, '\'');
    if (name.size() > 64) result += "...";
    result += '\'';
    return result;
}

std::string version_name(Version version) {
    return "v" + std::to_string(static_cast<unsigned>(version));
}

class Assembler {
public:
    Assembler(std::vector<SourceStatement> statements, const AssemblyOptions& options)
        : statements_(std::move(statements)) {
        out_.version = options.version;
    }

    Result<Assembly, AssemblyError> run() {
        FATHOM_CHECK(lay_out());
        out_.text.resize(sizes_[0]);
        out_.rodata.resize(sizes_[1]);
        out_.lines.resize(sizes_[0] / 8);
        for (std::size_t i = 0; i < statements_.size(); ++i) {
            here_ = placements_[i];
            const SourceStatement& statement = statements_[i];
            if (statement.kind == SourceStatement::Kind::Instruction) {
                FATHOM_CHECK(encode(statement));
            } else if (statement.kind == SourceStatement::Kind::Directive) {
                FATHOM_CHECK(emit_data(statement));
            }
        }
        FATHOM_CHECK(finish_functions());
        return std::move(out_);
    }

private:
    using Checked = Result<void, AssemblyError>;

    // First pass: where everything lies.

    Checked lay_out() {
        placements_.reserve(statements_.size());
        for (const SourceStatement& statement : statements_) {
            here_ = {section_, sizes_[static_cast<std::size_t>(section_)]};
            placements_.push_back(here_);
            switch (statement.kind) {
            case SourceStatement::Kind::Label: FATHOM_CHECK(define_label(statement)); break;
            case SourceStatement::Kind::Directive: FATHOM_CHECK(place_directive(statement)); break;
            case SourceStatement::Kind::Instruction:
                FATHOM_CHECK(place_instruction(statement));
                break;
            }
        }
        return {};
    }

    Checked grow(const SourceStatement& statement, std::uint64_t bytes) {
        std::uint32_t& size = sizes_[static_cast<std::size_t>(section_)];
        if (bytes > kMaxSectionSize - size) {
            return error_at(statement.at, "section above 10 MiB");
        }
        size += static_cast<std::uint32_t>(bytes);
        return {};
    }

    Checked define(const SourceStatement& at, std::string_view name, Value value) {
        if (name == "." || !symbols_.emplace(name, value).second) {
            return error_at(at.at, quote(name) + " is defined twice");
        }
        return {};
    }

    Checked define_label(const SourceStatement& statement) {
        const auto offset = static_cast<int128_t>(here_.offset);
        if (section_ == Section::Rodata) {
            out_.symbols.push_back({std::string(statement.name), here_.offset});
            return define(statement, statement.name, {offset, 0, 1});
        }
        if (here_.offset % 8 != 0) {
            return error_at(statement.at, "expected a label at a multiple of 8 bytes of .text");
        }
        CodeLabel label{std::string(statement.name), here_.offset / 8, false};
        label.is_function = label.name == "entrypoint" || label.name.starts_with("function_");
        if (label.name == "entrypoint") out_.entry_slot = label.slot;
        out_.labels.push_back(std::move(label));
        return define(statement, statement.name, {offset, 1, 0});
    }

    Checked place_instruction(const SourceStatement& statement) {
        if (section_ != Section::Text) {
            return error_at(statement.at, "expected data, found an instruction in .rodata");
        }
        if (here_.offset % 8 != 0) {
            return error_at(statement.at,
                            "expected an instruction at a multiple of 8 bytes of .text");
        }
        return grow(statement, statement.name == "lddw" ? 16 : 8);
    }

    static Result<DirectiveRow, AssemblyError> find_directive(const SourceStatement& statement) {
        const auto* row = std::ranges::find(kDirectives, statement.name, &DirectiveRow::name);
        if (row == std::end(kDirectives)) {
            return error_at(statement.at, "unknown directive " + quote(statement.name));
        }
        return *row;
    }

    Checked place_directive(const SourceStatement& statement) {
        const DirectiveRow row = FATHOM_TRY(find_directive(statement));
        switch (row.directive) {
        case Directive::Version: return set_version(statement);
        case Directive::Text: return set_section(statement, Section::Text);
        case Directive::Rodata: return set_section(statement, Section::Rodata);
        case Directive::Globl: return export_names(statement);
        case Directive::Equ: return define_constant(statement);
        default: return grow(statement, FATHOM_TRY(data_size(statement, row)));
        }
    }

    Checked set_version(const SourceStatement& statement) {
        constexpr std::string_view kNames[] = {"v0", "v1", "v2", "v3", "v4"};
        if (statement.operands.size() == 1 && statement.operands[0].kind == Kind::Value) {
            const SourceExpression& value = statement.operands[0].expression;
            for (std::uint8_t i = 0; i < std::size(kNames); ++i) {
                if (value.lone_name() == kNames[i] ||
                    (value.terms.empty() && value.constant == i)) {
                    return set_version(statement, static_cast<Version>(i));
                }
            }
        }
        return error_at(statement.at, "expected .version v0, v1, v2, v3 or v4");
    }

    Checked set_version(const SourceStatement& statement, Version version) {
        if (has_version_ && version != out_.version) {
            return error_at(statement.at, "expected one version, found a second .version");
        }
        has_version_ = true;
        out_.version = version;
        return {};
    }

    Checked set_section(const SourceStatement& statement, Section section) {
        if (!statement.operands.empty()) {
            return error_at(statement.operands[0].at, "expected the end of the line");
        }
        section_ = section;
        return {};
    }

    Checked export_names(const SourceStatement& statement) {
        if (statement.operands.empty()) return error_at(statement.at, "expected a name");
        for (const SourceOperand& operand : statement.operands) {
            if (operand.kind != Kind::Value || operand.expression.lone_name().empty()) {
                return error_at(operand.at, "expected a name");
            }
        }
        return {};
    }

    Checked define_constant(const SourceStatement& statement) {
        const auto& operands = statement.operands;
        if (operands.size() != 2 || operands[0].kind != Kind::Value ||
            operands[0].expression.lone_name().empty() || operands[1].kind != Kind::Value) {
            return error_at(statement.at, "expected .equ name, value");
        }
        return define(statement, operands[0].expression.lone_name(),
                      FATHOM_TRY(evaluate(operands[1])));
    }

    Result<std::uint64_t, AssemblyError> data_size(const SourceStatement& statement,
                                                   const DirectiveRow& row) {
        const auto& operands = statement.operands;
        if (operands.empty()) return error_at(statement.at, "expected an operand");
        switch (row.directive) {
        case Directive::Ascii:
        case Directive::Asciz: {
            std::uint64_t size = row.directive == Directive::Asciz ? operands.size() : 0;
            for (const SourceOperand& operand : operands) {
                if (operand.kind != Kind::Text) return error_at(operand.at, "expected a text");
                size += operand.text.size();
            }
            return size;
        }
        case Directive::Align: {
            const std::uint64_t to = FATHOM_TRY(count(statement, 4096, 1));
            if (to == 0 || (to & (to - 1)) != 0) {
                return error_at(operands[0].at, "expected a power of two up to 4096");
            }
            return (to - here_.offset % to) % to;
        }
        case Directive::Space: return count(statement, kMaxSectionSize, 2);
        case Directive::Fill: {
            if (section_ != Section::Text || operands.size() != 2) {
                return error_at(statement.at, "expected .fill count, value in .text");
            }
            return FATHOM_TRY(count(statement, kMaxSectionSize / 8, 2)) * 8;
        }
        default: return operands.size() * row.width;
        }
    }

    /// The first operand, which must be known in the first pass.
    Result<std::uint64_t, AssemblyError> count(const SourceStatement& statement, std::uint64_t most,
                                               std::size_t max_operands) {
        if (statement.operands.size() > max_operands) {
            return error_at(statement.operands[max_operands].at, "expected the end of the line");
        }
        const int128_t value = FATHOM_TRY(number(statement.operands[0], 0, most));
        return static_cast<std::uint64_t>(value);
    }

    // Values.

    Result<Value, AssemblyError> evaluate(const SourceOperand& operand) {
        if (operand.kind != Kind::Value && operand.kind != Kind::Memory) {
            return error_at(operand.at, "expected a number or a name");
        }
        Value result{operand.expression.constant, 0, 0};
        for (const SourceTerm& term : operand.expression.terms) {
            Value value{here_.offset, here_.section == Section::Text,
                        here_.section == Section::Rodata};
            if (term.name != ".") {
                const auto found = symbols_.find(term.name);
                if (found == symbols_.end()) {
                    return error_at(term.at, "unknown name " + quote(term.name));
                }
                value = found->second;
            }
            const int sign = term.negative ? -1 : 1;
            result.number += sign * value.number;
            result.text += sign * value.text;
            result.rodata += sign * value.rodata;
            if (!result.is_bounded()) return error_at(term.at, "value out of range");
        }
        return result;
    }

    Result<int128_t, AssemblyError> number(const SourceOperand& operand, int128_t low,
                                           int128_t high) {
        const Value value = FATHOM_TRY(evaluate(operand));
        if (!value.is_number()) return error_at(operand.at, "expected a number, found an address");
        if (value.number < low || value.number > high) {
            return error_at(operand.at, "expected a number from " +
                                            std::to_string(static_cast<std::int64_t>(low)) +
                                            " to " +
                                            std::to_string(static_cast<std::int64_t>(high)));
        }
        return value.number;
    }

    // Second pass: instructions.

    void put(std::uint32_t offset, const RawInstruction& instruction) {
        std::uint8_t* slot = out_.text.data() + offset;
        slot[0] = instruction.opcode;
        slot[1] = static_cast<std::uint8_t>(instruction.dst | instruction.src << 4);
        store_le(slot + 2, instruction.offset);
        store_le(slot + 4, instruction.imm);
    }

    [[nodiscard]] std::uint32_t slot() const { return here_.offset / 8; }

    /// The row for this mnemonic, these operands and this version; the error says which of the
    /// three is wrong.
    Result<Encoding, AssemblyError> find_encoding(const SourceStatement& statement,
                                                  const Mnemonic& mnemonic) {
        std::string shapes;
        bool fits_elsewhere = false;
        for (const Encoding& row : kEncodings) {
            const OpInfo& op = info(row.op);
            if (!names_op(mnemonic, op)) continue;
            const bool fitting = fits(op.form, statement.operands);
            if (fitting && (row.versions >> static_cast<unsigned>(out_.version) & 1u) != 0) {
                return row;
            }
            fits_elsewhere = fits_elsewhere || fitting;
            const std::string_view shape = operands_text(op.form);
            if (shapes.find(shape) != std::string::npos) continue;
            shapes += (shapes.empty() ? "expected " : " or ") + std::string(shape);
        }
        if (fits_elsewhere) {
            return error_at(statement.at, quote(statement.name) + " does not exist in " +
                                              version_name(out_.version));
        }
        if (shapes.empty()) {
            return error_at(statement.at, "unknown instruction " + quote(statement.name));
        }
        return error_at(statement.at, shapes + " after " + quote(statement.name));
    }

    Checked encode(const SourceStatement& statement) {
        out_.lines[slot()] = statement.at.line;
        if (statement.name == "syscall") return encode_syscall(statement);
        const Mnemonic mnemonic = split_mnemonic(statement.name);
        const bool pseudo_lddw = mnemonic.name == "lddw" && out_.version == Version::V2;
        if (pseudo_lddw && fits(Form::WideImm, statement.operands)) return encode_wide(statement);
        const Encoding row = FATHOM_TRY(find_encoding(statement, mnemonic));
        switch (info(row.op).form) {
        case Form::WideImm: return encode_wide(statement);
        case Form::CallImm: return encode_call(statement);
        default: return encode_plain(statement, row, mnemonic);
        }
    }

    Checked encode_plain(const SourceStatement& statement, const Encoding& row,
                         const Mnemonic& mnemonic) {
        RawInstruction insn{row.byte, 0, 0, 0, mnemonic.endian_size};
        const auto& operands = statement.operands;
        const Form form = info(row.op).form;
        if (form == Form::CallReg) {
            put(here_.offset, call_register(row.byte, operands[0].reg));
            return {};
        }
        if (form != Form::Jump && form != Form::Exit) insn.dst = operands[0].reg;
        if (form == Form::DstSrc || form == Form::Load || form == Form::StoreReg ||
            form == Form::JumpReg) {
            insn.src = operands[1].reg;
        }
        if (form == Form::DstImm || form == Form::StoreImm || form == Form::JumpImm) {
            insn.imm = FATHOM_TRY(immediate(operands[1], row.op));
        }
        if (form == Form::Load || form == Form::StoreImm || form == Form::StoreReg) {
            const auto& memory = operands[form == Form::Load ? 1 : 0];
            insn.offset = static_cast<std::int16_t>(FATHOM_TRY(number(memory, -32768, 32767)));
        }
        if (form == Form::Jump || form == Form::JumpImm || form == Form::JumpReg) {
            insn.offset = FATHOM_TRY(jump_offset(operands.back()));
        }
        put(here_.offset, insn);
        return {};
    }

    Result<std::int32_t, AssemblyError> immediate(const SourceOperand& operand, Op op) {
        constexpr auto kLow = std::numeric_limits<std::int32_t>::min();
        const int128_t high = takes_unsigned_imm(op) ? std::numeric_limits<std::uint32_t>::max()
                                                     : std::numeric_limits<std::int32_t>::max();
        return static_cast<std::int32_t>(FATHOM_TRY(number(operand, kLow, high)));
    }

    /// The field that names the register differs: sbpf src/program.rs callx_uses_*.
    [[nodiscard]] RawInstruction call_register(std::uint8_t opcode, std::uint8_t reg) const {
        if (out_.version == Version::V2) return {opcode, 0, reg, 0, 0};
        if (out_.version >= Version::V3) return {opcode, reg, 0, 0, 0};
        return {opcode, 0, 0, 0, reg};
    }

    /// Slots from the next instruction to a label, or the number itself.
    Result<int128_t, AssemblyError> relative_target(const SourceOperand& operand) {
        const Value value = FATHOM_TRY(evaluate(operand));
        if (value.is_number()) return value.number;
        if (!value.is_text() || value.number % 8 != 0) {
            return error_at(operand.at, "expected a label in .text");
        }
        return value.number / 8 - slot() - 1;
    }

    Result<std::int16_t, AssemblyError> jump_offset(const SourceOperand& operand) {
        const int128_t offset = FATHOM_TRY(relative_target(operand));
        if (offset < -32768 || offset > 32767) {
            return error_at(operand.at, "expected a target within 32767 instructions");
        }
        return static_cast<std::int16_t>(offset);
    }

    Checked encode_call(const SourceStatement& statement) {
        const SourceOperand& target = statement.operands[0];
        const std::string_view name = target.expression.lone_name();
        if (!name.empty() && name != "." && !symbols_.contains(name)) {
            if (name == "abort" || name.starts_with("sol_")) return put_syscall(target, name);
            return error_at(target.at, "expected a label or a syscall, found " + quote(name) +
                                           " (a syscall of any name is called with syscall)");
        }
        const int128_t offset = FATHOM_TRY(relative_target(target));
        const int128_t target_slot = offset + slot() + 1;
        if (target_slot < 0 || target_slot >= sizes_[0] / 8) {
            return error_at(target.at, "expected a call to an instruction of this program");
        }
        // sbpf ignores src before V3; compilers set it for internal calls.
        put(here_.offset, {0x85, 0, 1, 0, static_cast<std::int32_t>(offset)});
        out_.calls.push_back({slot(), static_cast<std::uint32_t>(target_slot)});
        return {};
    }

    Checked encode_syscall(const SourceStatement& statement) {
        if (!fits(Form::CallImm, statement.operands)) {
            return error_at(statement.at, "expected a name or a number after 'syscall'");
        }
        const SourceOperand& target = statement.operands[0];
        const std::string_view name = target.expression.lone_name();
        if (!name.empty()) return put_syscall(target, name);
        const int128_t key = FATHOM_TRY(number(target, std::numeric_limits<std::int32_t>::min(),
                                               std::numeric_limits<std::uint32_t>::max()));
        put(here_.offset, {0x85, 0, 0, 0, static_cast<std::int32_t>(key)});
        out_.syscalls.push_back({slot(), "", static_cast<std::uint32_t>(key)});
        return {};
    }

    Checked put_syscall(const SourceOperand& at, std::string_view name) {
        if (name.size() > kMaxSymbolName) {
            return error_at(at.at, "syscall name above 63 characters");
        }
        const std::uint32_t key = murmur3_32(as_bytes(name));
        put(here_.offset, {0x85, 0, 0, 0, static_cast<std::int32_t>(key)});
        out_.syscalls.push_back({slot(), std::string(name), key});
        return {};
    }

    /// lddw; on v2 the pair that replaces it.
    Checked encode_wide(const SourceStatement& statement) {
        const std::uint8_t dst = statement.operands[0].reg;
        const SourceOperand& operand = statement.operands[1];
        const bool is_pair = out_.version == Version::V2;
        put(here_.offset, {static_cast<std::uint8_t>(is_pair ? 0xb4 : 0x18), dst, 0, 0, 0});
        put(here_.offset + 8, {static_cast<std::uint8_t>(is_pair ? 0xf7 : 0),
                               static_cast<std::uint8_t>(is_pair ? dst : 0), 0, 0, 0});
        const auto value = FATHOM_TRY(wide_value(operand, Section::Text));
        if (value) patch_address(out_.text, here_.offset, *value);
        return {};
    }

    /// A 64-bit number, or nothing if it is an address, which is then noted for the linker.
    Result<std::optional<std::uint64_t>, AssemblyError> wide_value(const SourceOperand& operand,
                                                                   Section section) {
        const Value value = FATHOM_TRY(evaluate(operand));
        if (value.is_number()) {
            if (value.number < std::numeric_limits<std::int64_t>::min()) {
                return error_at(operand.at, "expected a number of 64 bits");
            }
            return static_cast<std::uint64_t>(value.number);
        }
        const Section target = value.is_text() ? Section::Text : Section::Rodata;
        const std::uint32_t size = sizes_[static_cast<std::size_t>(target)];
        if (section != here_.section) {
            return error_at(operand.at, "expected a number, found an address in .text");
        }
        if ((!value.is_text() && !value.is_rodata()) || value.number < 0 || value.number > size) {
            return error_at(operand.at, "expected a number or an address inside a section");
        }
        out_.addresses.push_back(
            {here_.section, here_.offset, target, static_cast<std::uint32_t>(value.number)});
        return std::optional<std::uint64_t>();
    }

    // Second pass: data.

    Checked emit_data(const SourceStatement& statement) {
        const DirectiveRow row = FATHOM_TRY(find_directive(statement));
        Bytes& bytes = here_.section == Section::Text ? out_.text : out_.rodata;
        switch (row.directive) {
        case Directive::Ascii:
        case Directive::Asciz:
            for (const SourceOperand& operand : statement.operands) {
                std::ranges::copy(operand.text, bytes.begin() + here_.offset);
                here_.offset += static_cast<std::uint32_t>(operand.text.size());
                here_.offset += row.directive == Directive::Asciz ? 1 : 0;
            }
            return {};
        case Directive::Data:
            for (const SourceOperand& operand : statement.operands) {
                FATHOM_CHECK(emit_number(operand, row.width, bytes));
                here_.offset += row.width;
            }
            return {};
        case Directive::Space: return emit_space(statement, bytes);
        case Directive::Fill: return emit_fill(statement);
        default: return {};
        }
    }

    Checked emit_number(const SourceOperand& operand, std::uint8_t width, Bytes& bytes) {
        std::uint64_t value = 0;
        if (width == 8) {
            value = FATHOM_TRY(wide_value(operand, Section::Rodata)).value_or(0);
        } else {
            const int128_t limit = static_cast<int128_t>(1) << (8 * width);
            value = static_cast<std::uint64_t>(FATHOM_TRY(number(operand, -limit / 2, limit - 1)));
        }
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&value), width,
                    bytes.begin() + here_.offset);
        return {};
    }

    Checked emit_space(const SourceStatement& statement, Bytes& bytes) {
        if (statement.operands.size() < 2) return {};
        const std::uint64_t size = FATHOM_TRY(count(statement, kMaxSectionSize, 2));
        const int128_t value = FATHOM_TRY(number(statement.operands[1], -128, 255));
        std::fill_n(bytes.begin() + here_.offset, size, static_cast<std::uint8_t>(value));
        return {};
    }

    Checked emit_fill(const SourceStatement& statement) {
        const std::uint64_t repeat = FATHOM_TRY(count(statement, kMaxSectionSize / 8, 2));
        const Value value = FATHOM_TRY(evaluate(statement.operands[1]));
        if (!value.is_number()) return error_at(statement.operands[1].at, "expected a number");
        for (std::uint64_t i = 0; i < repeat; ++i) {
            store_le(out_.text.data() + here_.offset + 8 * i,
                     static_cast<std::uint64_t>(value.number));
        }
        return {};
    }

    /// Labels that something calls, exports or takes the address of are functions.
    Checked finish_functions() {
        FlatSet<std::uint32_t> slots;
        for (const CallUse& call : out_.calls) slots.insert(call.target_slot);
        for (const AddressUse& use : out_.addresses) {
            if (use.target == Section::Text) slots.insert(use.target_offset / 8);
        }
        for (const SourceStatement& statement : statements_) {
            if (statement.name != ".globl" && statement.name != ".global") continue;
            for (const SourceOperand& operand : statement.operands) {
                const Value value = FATHOM_TRY(evaluate(operand));
                if (!value.is_text()) return error_at(operand.at, "expected a label in .text");
                slots.insert(static_cast<std::uint32_t>(value.number / 8));
            }
        }
        for (CodeLabel& label : out_.labels) {
            label.is_function = label.is_function || slots.contains(label.slot);
        }
        return {};
    }

    std::vector<SourceStatement> statements_;
    std::vector<Placement> placements_;
    FlatMap<std::string_view, Value> symbols_;
    std::array<std::uint32_t, 2> sizes_{};
    Section section_ = Section::Text;
    Placement here_;
    bool has_version_ = false;
    Assembly out_;
};

std::vector<Function> collect_functions(const Assembly& assembly) {
    std::vector<Function> functions = {{kEntrypointKey, assembly.entry_slot, "entrypoint"}};
    for (const CodeLabel& label : assembly.labels) {
        if (!label.is_function) continue;
        functions.push_back({function_key(label.slot), label.slot, label.name});
    }
    for (const CallUse& call : assembly.calls) {
        functions.push_back({function_key(call.target_slot), call.target_slot, ""});
    }
    std::ranges::stable_sort(functions, {}, &Function::key);
    const auto repeated = std::ranges::unique(functions, {}, &Function::key);
    functions.erase(repeated.begin(), repeated.end());
    return functions;
}

} // namespace

std::string AssemblyError::text() const {
    return "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + message;
}

Result<Assembly, AssemblyError> assemble(std::string_view source, const AssemblyOptions& options) {
    return Assembler(FATHOM_TRY(parse_assembly(source)), options).run();
}

void patch_address(MutableByteView text, std::uint32_t offset, std::uint64_t address) {
    store_le(text.data() + offset + 4, static_cast<std::uint32_t>(address));
    store_le(text.data() + offset + 12, static_cast<std::uint32_t>(address >> 32));
}

Program to_program(const Assembly& assembly) {
    const bool is_strict = strict_elf(assembly.version);
    // Before V3, from_text puts the data right behind the text.
    const std::uint64_t rodata_start = is_strict ? 0 : kBytecodeStart + assembly.text.size();
    Bytes text = assembly.text;
    Bytes rodata = assembly.rodata;
    for (const AddressUse& use : assembly.addresses) {
        const std::uint64_t start = use.target == Section::Text ? kBytecodeStart : rodata_start;
        const std::uint64_t address = start + use.target_offset;
        if (use.section == Section::Text) {
            patch_address(text, use.offset, address);
        } else {
            store_le(rodata.data() + use.offset, address);
        }
    }
    if (!is_strict) {
        for (const CallUse& call : assembly.calls) {
            store_le(text.data() + 8ull * call.slot + 4, function_key(call.target_slot));
        }
    }
    std::vector<Function> functions;
    if (!is_strict) functions = collect_functions(assembly);
    return Program::from_text(std::move(text), assembly.version, assembly.entry_slot,
                              std::move(functions), std::move(rodata));
}

} // namespace fathom::sbpf

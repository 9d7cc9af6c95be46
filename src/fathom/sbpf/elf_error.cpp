// SPDX-License-Identifier: Apache-2.0
// Names and texts of load and verifier errors, as solana-sbpf prints them.
#include "fathom/sbpf/elf_error.hpp"

#include <array>
#include <charconv>
#include <iterator>

namespace fathom::sbpf {
namespace {

/// Name of the kind and its text; a percent sign and a letter stand for an argument.
struct ErrorText {
    std::string_view name;
    std::string_view pattern;
};

// Placeholders: %s detail, %v value, %w value2, %x value as 0x…, %y value2 as 0x…, %p pc.
constexpr ErrorText kElfTexts[] = {
    {"FailedToParse", "Failed to parse ELF file: %s"},
    {"EntrypointOutOfBounds", "Entrypoint out of bounds"},
    {"InvalidEntrypoint", "Invalid entrypoint"},
    {"FailedToGetSection", "Failed to get section %s"},
    {"UnresolvedSymbol", "Unresolved symbol (%s) at instruction #%v (ELF file offset %y)"},
    {"SectionNotFound", "Section not found: %s"},
    {"RelativeJumpOutOfBounds", "Relative jump out of bounds at instruction #%v"},
    {"SymbolHashCollision", "Symbol hash collision %x"},
    {"WrongEndianess", "Incompatible ELF: wrong endianess"},
    {"WrongAbi", "Incompatible ELF: wrong ABI"},
    {"WrongMachine", "Incompatible ELF: wrong machine"},
    {"WrongClass", "Incompatible ELF: wrong class"},
    {"NotOneTextSection",
     "Multiple or no text sections, consider removing llc option: -function-sections"},
    {"WritableSectionNotSupported",
     "Found writable section (%s) in ELF, read-write data not supported"},
    {"AddressOutsideLoadableSection",
     "Relocation failed, no loadable section contains virtual address %x"},
    {"InvalidVirtualAddress", "Relocation failed, invalid referenced virtual address %x"},
    {"UnknownRelocation", "Relocation failed, unknown type %v"},
    {"FailedToReadRelocationInfo", "Failed to read relocation info"},
    {"WrongType", "Incompatible ELF: wrong type"},
    {"UnknownSymbol", "Unknown symbol with index %v"},
    {"ValueOutOfBounds", "Offset or value is out of bounds"},
    {"UnsupportedSBPFVersion",
     "Detected sbpf_version required by the executable which are not enabled"},
    {"InvalidProgramHeader", "Invalid ELF program header"},
};
static_assert(std::size(kElfTexts) ==
              static_cast<std::size_t>(ElfErrorKind::InvalidProgramHeader) + 1);

constexpr ErrorText kVerifierTexts[] = {
    {"ProgramLengthNotMultiple", "program length must be a multiple of 8 octets"},
    {"ProgramTooLarge", "Deprecated"},
    {"NoProgram", "no program set, call prog_set() to load one"},
    {"DivisionByZero", "division by 0 (insn #%p)"},
    {"UnsupportedLEBEArgument", "unsupported argument for LE/BE (insn #%p)"},
    {"LDDWCannotBeLast", "LD_DW instruction cannot be last in program"},
    {"IncompleteLDDW", "incomplete LD_DW instruction (insn #%p)"},
    {"InfiniteLoop", "infinite loop (insn #%p)"},
    {"JumpOutOfCode", "jump out of code to #%v (insn #%p)"},
    {"JumpToMiddleOfLDDW", "jump to middle of LD_DW at #%v (insn #%p)"},
    {"InvalidSourceRegister", "invalid source register (insn #%p)"},
    {"CannotWriteR10", "cannot write into register r10 (insn #%p)"},
    {"InvalidDestinationRegister", "invalid destination register (insn #%p)"},
    {"UnknownOpCode", "unknown eBPF opcode %x (insn #%p)"},
    // The reference prints the amount as the width and the width as the amount.
    {"ShiftWithOverflow", "Shift with overflow of %v-bit value by %w (insn #%p)"},
    {"InvalidRegister", "Invalid register specified at instruction %p"},
    {"UnalignedImmediate", "Unaligned immediate (insn #%p)"},
    {"InvalidFunction", "Invalid function at instruction %p"},
    {"InvalidSyscall", "Invalid syscall code %v"},
};
static_assert(std::size(kVerifierTexts) ==
              static_cast<std::size_t>(VerifierErrorKind::InvalidSyscall) + 1);

struct Arguments {
    std::string_view detail;
    std::uint64_t value;
    std::uint64_t value2;
    std::uint64_t pc;
};

void append_number(std::string& text, std::uint64_t number, int base) {
    std::array<char, 20> digits;
    if (base == 16) text += "0x";
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
    text.append(digits.data(), end);
}

void append_argument(std::string& text, char placeholder, const Arguments& arguments) {
    switch (placeholder) {
    case 's': text += arguments.detail; break;
    case 'v': append_number(text, arguments.value, 10); break;
    case 'w': append_number(text, arguments.value2, 10); break;
    case 'x': append_number(text, arguments.value, 16); break;
    case 'y': append_number(text, arguments.value2, 16); break;
    default: append_number(text, arguments.pc, 10); break;
    }
}

std::string fill(std::string_view pattern, const Arguments& arguments) {
    std::string text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '%') {
            append_argument(text, pattern[++i], arguments);
        } else {
            text += pattern[i];
        }
    }
    return text;
}

} // namespace

std::string_view ElfError::name() const {
    return kElfTexts[static_cast<std::size_t>(kind)].name;
}

std::string ElfError::text() const {
    return fill(kElfTexts[static_cast<std::size_t>(kind)].pattern, {detail, value, value2, 0});
}

std::string_view VerifierError::name() const {
    return kVerifierTexts[static_cast<std::size_t>(kind)].name;
}

std::string VerifierError::text() const {
    return fill(kVerifierTexts[static_cast<std::size_t>(kind)].pattern, {{}, value, value2, pc});
}

std::string load_error_name(const LoadError& error) {
    return std::visit([](const auto& e) { return std::string(e.name()); }, error);
}

std::string load_error_text(const LoadError& error) {
    if (const auto* elf = std::get_if<ElfError>(&error)) return elf->text();
    return "Verifier error: " + std::get<VerifierError>(error).text();
}

} // namespace fathom::sbpf

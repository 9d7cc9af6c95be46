// SPDX-License-Identifier: Apache-2.0
// Why a program was refused: by the ELF loader or by the verifier. Names and texts are
// solana-sbpf's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace fathom::sbpf {

/// solana-sbpf src/elf.rs ElfError; the order is the conformance numbering (minus one).
enum class ElfErrorKind : std::uint8_t {
    FailedToParse,
    EntrypointOutOfBounds,
    InvalidEntrypoint,
    FailedToGetSection,
    UnresolvedSymbol,
    SectionNotFound,
    RelativeJumpOutOfBounds,
    SymbolHashCollision,
    WrongEndianess,
    WrongAbi,
    WrongMachine,
    WrongClass,
    NotOneTextSection,
    WritableSectionNotSupported,
    AddressOutsideLoadableSection,
    InvalidVirtualAddress,
    UnknownRelocation,
    FailedToReadRelocationInfo,
    WrongType,
    UnknownSymbol,
    ValueOutOfBounds,
    UnsupportedSBPFVersion,
    InvalidProgramHeader,
};

struct ElfError {
    ElfErrorKind kind;
    /// What the variant carries, already formatted: a symbol or section name, parser detail,
    /// numbers.
    std::string detail;
    std::uint64_t value = 0;
    std::uint64_t value2 = 0;

    [[nodiscard]] std::string_view name() const;
    /// solana-sbpf's Display text, exactly.
    [[nodiscard]] std::string text() const;
};

enum class VerifierErrorKind : std::uint8_t {
    ProgramLengthNotMultiple,
    ProgramTooLarge,
    NoProgram,
    DivisionByZero,
    UnsupportedLEBEArgument,
    LDDWCannotBeLast,
    IncompleteLDDW,
    InfiniteLoop,
    JumpOutOfCode,
    JumpToMiddleOfLDDW,
    InvalidSourceRegister,
    CannotWriteR10,
    InvalidDestinationRegister,
    UnknownOpCode,
    ShiftWithOverflow,
    InvalidRegister,
    UnalignedImmediate,
    InvalidFunction,
    InvalidSyscall,
};

struct VerifierError {
    VerifierErrorKind kind;
    std::uint64_t pc = 0;
    std::uint64_t value = 0;  // jump target, shift amount, opcode
    std::uint64_t value2 = 0; // shift width

    [[nodiscard]] std::string_view name() const;
    [[nodiscard]] std::string text() const;
};

using LoadError = std::variant<ElfError, VerifierError>;
[[nodiscard]] std::string load_error_name(const LoadError& error);
/// As Agave prints it through EbpfError: the ElfError text, or "Verifier error: …".
[[nodiscard]] std::string load_error_text(const LoadError& error);

} // namespace fathom::sbpf

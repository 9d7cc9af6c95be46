// SPDX-License-Identifier: Apache-2.0
// A loaded program: relocated text, read-only image, entry point and function registry.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/sbpf/elf_error.hpp"
#include "fathom/sbpf/isa.hpp"
#include "fathom/sbpf/version.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace fathom::sbpf {

/// What an environment accepts.
struct LoadConfig {
    Version min_version = Version::V0;
    Version max_version = Version::V3;
    /// Deployment: refuse what execution still tolerates (unresolved symbols, sections off their
    /// address, …).
    bool reject_broken_elfs = false;
    /// Murmur3 keys of the environment's syscalls, ascending.
    std::span<const std::uint32_t> syscall_keys = {};
};

/// One function of the registry: text slot and, for people, a name if the ELF has one.
struct Function {
    std::uint32_t key = 0;
    std::uint32_t pc = 0;
    std::string name;
};

/// One slot of text. Always in line: out of line the fields go through memory piece by piece, and
/// reading them back at once stalls.
[[nodiscard, gnu::always_inline]] inline RawInstruction read_instruction(const std::uint8_t* slot) {
    return {.opcode = slot[0],
            .dst = static_cast<std::uint8_t>(slot[1] & 0xf),
            .src = static_cast<std::uint8_t>(slot[1] >> 4),
            .offset = load_le<std::int16_t>(slot + 2),
            .imm = load_le<std::int32_t>(slot + 4)};
}

/// Immutable once loaded; share it between threads freely. Owns all of its bytes.
class Program {
public:
    /// Parses and relocates; does not verify. Never reads outside `elf`, never keeps it.
    [[nodiscard]] static Result<Program, ElfError> load(ByteView elf, const LoadConfig& config);
    /// A program from bare text, for tests and tools: entry at `entry_pc`, no read-only data beyond
    /// the text (at 1 << 32 before V3; V3 text is not readable and `rodata` lies at 0).
    [[nodiscard]] static Program from_text(Bytes text, Version version, std::uint64_t entry_pc = 0,
                                           std::vector<Function> functions = {}, Bytes rodata = {});

    [[nodiscard]] Version version() const { return version_; }
    /// Relocated instructions; the size is a multiple of 8 after verify().
    [[nodiscard]] ByteView text() const { return {image_.data() + text_offset_, text_size_}; }
    [[nodiscard]] std::uint64_t slot_count() const { return text_size_ / 8; }
    /// Guest address of the first instruction (what callx targets are relative to).
    [[nodiscard]] std::uint64_t text_address() const { return text_address_; }
    /// Bytes that the guest may read, and where they start.
    [[nodiscard]] ByteView rodata() const { return {image_.data() + rodata_offset_, rodata_size_}; }
    [[nodiscard]] std::uint64_t rodata_address() const { return rodata_address_; }
    [[nodiscard]] std::uint64_t entry_pc() const { return entry_pc_; }
    /// Ascending by key. Empty from V3 on.
    [[nodiscard]] std::span<const Function> functions() const { return functions_; }
    /// Text slot behind a call key (before V3).
    [[nodiscard]] std::optional<std::uint32_t> find_function(std::uint32_t key) const;
    [[nodiscard, gnu::always_inline]] RawInstruction instruction(std::uint64_t pc) const {
        return read_instruction(image_.data() + text_offset_ + pc * 8);
    }

private:
    friend class ElfLoader;
    Version version_ = Version::V0;
    Bytes image_;
    std::size_t text_offset_ = 0;
    std::size_t text_size_ = 0;
    std::uint64_t text_address_ = 0;
    std::size_t rodata_offset_ = 0;
    std::size_t rodata_size_ = 0;
    std::uint64_t rodata_address_ = 0;
    std::uint64_t entry_pc_ = 0;
    std::vector<Function> functions_;
};

/// Agave's RequisiteVerifier: first violated rule, in its order.
[[nodiscard]] Result<void, VerifierError> verify(const Program& program);

/// load() then verify().
[[nodiscard]] Result<Program, LoadError> load_and_verify(ByteView elf, const LoadConfig& config);

/// Murmur3, 32 bits, seed 0: the key of a syscall name or of an internal function's slot number.
[[nodiscard]] std::uint32_t murmur3_32(ByteView bytes);
[[nodiscard]] std::uint32_t function_key(std::uint64_t pc);
inline constexpr std::uint32_t kEntrypointKey = 0x71e3cf81;

} // namespace fathom::sbpf

// SPDX-License-Identifier: Apache-2.0
// The two passes of relocation. Rules, quirks and order of errors: solana-sbpf 0.23.0 src/elf.rs,
// relocate.
#include "fathom/sbpf/elf_relocation.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/sbpf/version.hpp"

namespace fathom::sbpf {
namespace {

constexpr std::uint8_t kCallOpcode = 0x85;
constexpr std::uint64_t kSlotSize = 8;
constexpr std::uint64_t kImmOffset = 4;

constexpr std::uint32_t kRelocateAddress = 1;  // R_64_64
constexpr std::uint32_t kRelocateRelative = 8; // R_64_RELATIVE
constexpr std::uint32_t kRelocateCall = 10;    // R_64_32

std::unexpected<ElfError> out_of_bounds() {
    return std::unexpected(ElfError{ElfErrorKind::ValueOutOfBounds, {}});
}

std::uint64_t in_program_region(std::uint64_t address) {
    return address < kRegionSize ? kRegionSize + address : address;
}

class Relocator {
public:
    Relocator(const RelocationInput& input, MutableByteView image, FunctionRegistry& registry)
        : elf_(input.elf), text_(input.text), reject_unresolved_(input.reject_unresolved),
          image_(image), registry_(registry) {}

    [[nodiscard]] Result<void, ElfError> apply(const ElfRelocation& relocation) {
        switch (relocation.type()) {
        case kRelocateAddress: return apply_address(relocation);
        case kRelocateRelative:
            return text_.file_range().contains(relocation.offset)
                       ? apply_relative_in_text(relocation.offset)
                       : apply_relative_in_data(relocation.offset);
        case kRelocateCall: return apply_call(relocation);
        default:
            return std::unexpected(
                ElfError{ElfErrorKind::UnknownRelocation, {}, relocation.type()});
        }
    }

private:
    template <class T> [[nodiscard]] Result<T, ElfError> read(std::uint64_t offset) const {
        if (!has(offset, sizeof(T))) return out_of_bounds();
        return load_le<T>(image_.data() + offset);
    }

    template <class T> [[nodiscard]] Result<void, ElfError> write(std::uint64_t offset, T value) {
        if (!has(offset, sizeof(T))) return out_of_bounds();
        store_le(image_.data() + offset, value);
        return {};
    }

    [[nodiscard]] bool has(std::uint64_t offset, std::uint64_t size) const {
        return offset <= image_.size() && size <= image_.size() - offset;
    }

    [[nodiscard]] Result<ElfSymbol, ElfError> symbol_of(const ElfRelocation& relocation) const {
        const auto symbol = elf_.dynamic_symbols().get(relocation.symbol());
        if (!symbol)
            return std::unexpected(ElfError{ElfErrorKind::UnknownSymbol, {}, relocation.symbol()});
        return *symbol;
    }

    /// Splits an address over the immediates of the two slots of an lddw.
    [[nodiscard]] Result<void, ElfError> write_wide_imm(std::uint64_t imm, std::uint64_t address) {
        FATHOM_CHECK(write(imm, static_cast<std::uint32_t>(address)));
        return write(saturating_add(imm, kSlotSize), static_cast<std::uint32_t>(address >> 32));
    }

    [[nodiscard]] Result<void, ElfError> apply_address(const ElfRelocation& relocation) {
        const std::uint64_t imm = saturating_add(relocation.offset, kImmOffset);
        const std::uint64_t addend = FATHOM_TRY(read<std::uint32_t>(imm));
        const ElfSymbol symbol = FATHOM_TRY(symbol_of(relocation));
        return write_wide_imm(imm, in_program_region(saturating_add(symbol.value, addend)));
    }

    [[nodiscard]] Result<void, ElfError> apply_relative_in_text(std::uint64_t offset) {
        const std::uint64_t imm = saturating_add(offset, kImmOffset);
        const std::uint64_t low = FATHOM_TRY(read<std::uint32_t>(imm));
        const std::uint64_t high = FATHOM_TRY(read<std::uint32_t>(saturating_add(imm, kSlotSize)));
        const std::uint64_t address = high << 32 | low;
        if (address == 0)
            return std::unexpected(ElfError{ElfErrorKind::InvalidVirtualAddress, {}, 0});
        return write_wide_imm(imm, in_program_region(address));
    }

    /// Old toolchains put the low half of an address into the upper half of the field, and every
    /// program is read as theirs: half is read, all is written.
    [[nodiscard]] Result<void, ElfError> apply_relative_in_data(std::uint64_t offset) {
        const std::uint64_t low =
            FATHOM_TRY(read<std::uint32_t>(saturating_add(offset, kImmOffset)));
        return write<std::uint64_t>(offset, kRegionSize + low);
    }

    [[nodiscard]] Result<void, ElfError> apply_call(const ElfRelocation& relocation) {
        const ElfSymbol symbol = FATHOM_TRY(symbol_of(relocation));
        const auto name = elf_.dynamic_symbol_name(symbol.name);
        if (!name) return std::unexpected(ElfError{ElfErrorKind::UnknownSymbol, {}, symbol.name});
        const std::uint32_t key = FATHOM_TRY(symbol.is_function() && symbol.value != 0
                                                 ? function_key_of(symbol.value, *name)
                                                 : external_key_of(relocation.offset, *name));
        return write(saturating_add(relocation.offset, kImmOffset), key);
    }

    [[nodiscard]] Result<std::uint32_t, ElfError> function_key_of(std::uint64_t address,
                                                                  std::string_view name) {
        if (!text_.address_range().contains(address)) return out_of_bounds();
        return registry_.add(static_cast<std::uint32_t>((address - text_.addr) / kSlotSize), name);
    }

    [[nodiscard]] Result<std::uint32_t, ElfError> external_key_of(std::uint64_t offset,
                                                                  std::string_view name) const {
        const std::uint32_t key = murmur3_32(as_bytes(name));
        if (reject_unresolved_ && !registry_.is_syscall(key)) {
            return std::unexpected(ElfError{ElfErrorKind::UnresolvedSymbol, elf_text(name),
                                            offset / kSlotSize, offset});
        }
        return key;
    }

    const ElfFile& elf_;
    const ElfSectionHeader& text_;
    bool reject_unresolved_;
    MutableByteView image_;
    FunctionRegistry& registry_;
};

} // namespace

Result<void, ElfError> relocate_calls(MutableByteView text, FunctionRegistry& registry) {
    // Files are smaller than 4 GiB, so slots and distances fit 64 bits with room.
    const auto count = static_cast<std::int64_t>(text.size() / kSlotSize);
    for (std::int64_t pc = 0; pc < count; ++pc) {
        std::uint8_t* slot = text.data() + pc * static_cast<std::int64_t>(kSlotSize);
        if (slot[0] != kCallOpcode) continue;
        const auto distance = load_le<std::int32_t>(slot + kImmOffset);
        if (distance == -1) continue; // a call to a symbol, which its relocation resolves
        const std::int64_t target = pc + 1 + distance;
        if (target < 0 || target >= count) {
            return std::unexpected(ElfError{
                ElfErrorKind::RelativeJumpOutOfBounds, {}, static_cast<std::uint64_t>(pc)});
        }
        store_le(slot + kImmOffset,
                 FATHOM_TRY(registry.add(static_cast<std::uint32_t>(target), {})));
    }
    return {};
}

Result<void, ElfError> apply_relocations(const RelocationInput& input, MutableByteView image,
                                         FunctionRegistry& registry) {
    Relocator relocator(input, image, registry);
    const ElfTable<ElfRelocation>& relocations = input.elf.relocations();
    for (std::size_t i = 0; i < relocations.size(); ++i)
        FATHOM_CHECK(relocator.apply(relocations[i]));
    return {};
}

} // namespace fathom::sbpf

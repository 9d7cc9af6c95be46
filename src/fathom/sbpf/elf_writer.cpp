// SPDX-License-Identifier: Apache-2.0
// Assembly to ELF64: the form that each version's loader accepts at deployment.
//
// Before V3 the file is: header, program headers, .text, .rodata, .dynamic, .dynsym, .dynstr,
// .rel.dyn, .shstrtab, section headers. Sections ascend, do not overlap, and lie at the address
// that is their offset, which is what the deployment check asks for (sbpf src/elf.rs,
// reject_broken_elfs). Without relocations the four dynamic sections are left out, because the
// loader refuses an empty relocation table.
#include "fathom/sbpf/elf_writer.hpp"

#include "fathom/base/flat_map.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace fathom::sbpf {

namespace {

constexpr std::uint16_t kTypeDynamic = 3;  // ET_DYN
constexpr std::uint16_t kMachineBpf = 247; // EM_BPF
constexpr std::uint32_t kLoad = 1;         // PT_LOAD
constexpr std::uint32_t kDynamic = 2;      // PT_DYNAMIC
constexpr std::uint32_t kExecutable = 1;   // PF_X
constexpr std::uint32_t kReadable = 4;     // PF_R
constexpr std::uint32_t kRelative = 8;     // R_BPF_64_RELATIVE
constexpr std::uint32_t kCall = 10;        // R_BPF_64_32
constexpr std::uint8_t kGlobalNoType = 0x10;
constexpr std::uint8_t kGlobalFunction = 0x12;

struct FileHeader {
    std::array<std::uint8_t, 16> ident = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    std::uint16_t type = kTypeDynamic;
    std::uint16_t machine = kMachineBpf;
    std::uint32_t version = 1;
    std::uint64_t entry = 0;
    std::uint64_t program_headers = 64;
    std::uint64_t section_headers = 0;
    std::uint32_t flags = 0;
    std::uint16_t header_size = 64;
    std::uint16_t program_header_size = 56;
    std::uint16_t program_header_count = 0;
    std::uint16_t section_header_size = 64;
    std::uint16_t section_header_count = 0;
    std::uint16_t section_names = 0;
};
static_assert(sizeof(FileHeader) == 64);

struct ProgramHeader {
    std::uint32_t type = kLoad;
    std::uint32_t flags = kReadable;
    std::uint64_t offset = 0;
    std::uint64_t virtual_address = 0;
    std::uint64_t physical_address = 0;
    std::uint64_t file_size = 0;
    std::uint64_t memory_size = 0;
    std::uint64_t alignment = 8;
};
static_assert(sizeof(ProgramHeader) == 56);

struct SectionHeader {
    std::uint32_t name = 0;
    std::uint32_t type = 0;
    std::uint64_t flags = 0;
    std::uint64_t address = 0;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint32_t link = 0;
    std::uint32_t info = 0;
    std::uint64_t alignment = 0;
    std::uint64_t entry_size = 0;
};
static_assert(sizeof(SectionHeader) == 64);

struct DynamicEntry {
    std::uint64_t tag = 0;
    std::uint64_t value = 0;
};

struct Symbol {
    std::uint32_t name = 0;
    std::uint8_t info = 0;
    std::uint8_t other = 0;
    std::uint16_t section = 0;
    std::uint64_t value = 0;
    std::uint64_t size = 0;
};
static_assert(sizeof(Symbol) == 24);

struct Relocation {
    std::uint64_t offset = 0;
    std::uint32_t type = 0;
    std::uint32_t symbol = 0;
};
static_assert(sizeof(Relocation) == 16);

constexpr std::uint64_t align8(std::uint64_t value) {
    return (value + 7) & ~7ull;
}

template <class T> void append(Bytes& file, const T& record) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&record);
    file.insert(file.end(), bytes, bytes + sizeof(T));
}

/// Strings one after another, each ended by a zero byte; the first one is empty.
class StringTable {
public:
    std::uint32_t add(std::string_view text) {
        const auto offset = static_cast<std::uint32_t>(bytes_.size());
        bytes_.insert(bytes_.end(), text.begin(), text.end());
        bytes_.push_back(0);
        return offset;
    }
    [[nodiscard]] const Bytes& bytes() const { return bytes_; }

private:
    Bytes bytes_ = {0};
};

class LenientWriter {
public:
    explicit LenientWriter(const Assembly& assembly)
        : assembly_(assembly), text_(assembly.text), rodata_(assembly.rodata) {}

    Result<Bytes> run() {
        // One load segment per group of sections, and PT_DYNAMIC.
        const bool has_rodata = !rodata_.empty();
        const bool has_dynamic = needs_relocations();
        const std::size_t segments = 1u + (has_rodata ? 1 : 0) + (has_dynamic ? 2 : 0);
        text_address_ = sizeof(FileHeader) + segments * sizeof(ProgramHeader);
        rodata_address_ = align8(text_address_ + text_.size());
        FATHOM_CHECK(relocate());
        file_.resize(text_address_);
        sections_.emplace_back();
        add_section(".text", {.type = 1, .flags = 6, .alignment = 8}, text_);
        add_segment(kLoad, kReadable | kExecutable, sections_.back(), sections_.back());
        if (has_rodata) {
            add_section(".rodata", {.type = 1, .flags = 2, .alignment = 8}, rodata_);
            add_segment(kLoad, kReadable, sections_.back(), sections_.back());
        }
        if (has_dynamic) add_dynamic();
        finish();
        return std::move(file_);
    }

private:
    /// A call to itself reads as the placeholder of a symbolic call (sbpf src/elf.rs relocate skips
    /// imm = -1), so that one call goes through a relocation too.
    static bool is_self_call(const CallUse& call) { return call.target_slot == call.slot; }

    /// On v2 addresses are constants: no relocation exists for mov32 and hor64.
    [[nodiscard]] bool relocates(const AddressUse& use) const {
        return use.section == Section::Rodata || assembly_.version != Version::V2;
    }

    [[nodiscard]] bool needs_relocations() const {
        return !assembly_.syscalls.empty() ||
               std::ranges::any_of(assembly_.calls, &LenientWriter::is_self_call) ||
               std::ranges::any_of(assembly_.addresses,
                                   [&](const AddressUse& use) { return relocates(use); });
    }

    Result<void> relocate() {
        for (const AddressUse& use : assembly_.addresses) relocate_address(use);
        for (const SyscallUse& use : assembly_.syscalls) {
            if (use.name.empty()) {
                return std::unexpected(
                    base::Error(base::ErrorCode::Unsupported,
                                "slot " + std::to_string(use.slot) +
                                    ": before v3 an ELF names its syscalls, it has no numbers"));
            }
            add_call_relocation(use.slot, use.name, 0);
        }
        for (const CallUse& call : assembly_.calls) {
            if (!is_self_call(call)) continue;
            add_call_relocation(call.slot, "function_" + std::to_string(call.target_slot),
                                text_address_ + 8ull * call.target_slot);
        }
        return {};
    }

    void relocate_address(const AddressUse& use) {
        const bool to_text = use.target == Section::Text;
        const std::uint64_t target =
            (to_text ? text_address_ : rodata_address_) + use.target_offset;
        if (!relocates(use)) {
            patch_address(text_, use.offset, kBytecodeStart + target);
            return;
        }
        if (use.section == Section::Text) {
            patch_address(text_, use.offset, target);
        } else {
            // Outside of the text the loader reads the upper half only.
            store_le(rodata_.data() + use.offset, target << 32);
        }
        const std::uint64_t start = use.section == Section::Text ? text_address_ : rodata_address_;
        relocations_.push_back({start + use.offset, kRelative, 0});
    }

    void add_call_relocation(std::uint32_t slot, std::string_view name, std::uint64_t value) {
        store_le(text_.data() + 8ull * slot + 4, std::int32_t{-1});
        // A function and a syscall of the same name are two symbols.
        const bool is_function = value != 0;
        auto& known = is_function ? function_symbols_ : syscall_symbols_;
        const auto next = static_cast<std::uint32_t>(symbols_.size() + 1);
        const auto [found, is_new] = known.emplace(std::string(name), next);
        if (is_new) {
            symbols_.push_back({.name = strings_.add(name),
                                .info = is_function ? kGlobalFunction : kGlobalNoType,
                                .section = static_cast<std::uint16_t>(is_function ? 1 : 0),
                                .value = value});
        }
        const std::uint32_t index = found->second;
        relocations_.push_back({text_address_ + 8ull * slot, kCall, index});
    }

    /// Appends a section at the next multiple of 8. Sections without flags are not loaded and have
    /// no address.
    void add_section(std::string_view name, SectionHeader header, ByteView content) {
        file_.resize(align8(file_.size()));
        header.name = section_names_.add(name);
        header.offset = file_.size();
        header.address = header.flags != 0 ? header.offset : 0;
        header.size = content.size();
        file_.insert(file_.end(), content.begin(), content.end());
        sections_.push_back(header);
    }

    void add_segment(std::uint32_t type, std::uint32_t flags, const SectionHeader& first,
                     const SectionHeader& last) {
        const std::uint64_t size = last.offset + last.size - first.offset;
        segments_.push_back(
            {type, flags, first.offset, first.address, first.address, size, size, 8});
    }

    void add_dynamic() {
        Bytes symbols;
        append(symbols, Symbol{});
        for (const Symbol& symbol : symbols_) append(symbols, symbol);
        Bytes relocations;
        for (const Relocation& relocation : relocations_) append(relocations, relocation);

        constexpr std::size_t kEntries = 9;
        const std::uint64_t dynamic = align8(file_.size());
        const std::uint64_t symbols_at = dynamic + kEntries * sizeof(DynamicEntry);
        const std::uint64_t strings_at = symbols_at + symbols.size();
        const std::uint64_t relocations_at = align8(strings_at + strings_.bytes().size());
        const std::array<DynamicEntry, kEntries> entries = {{
            {30, 4}, // DT_FLAGS: DF_TEXTREL
            {17, relocations_at},
            {18, relocations.size()},
            {19, sizeof(Relocation)},
            {6, symbols_at},
            {11, sizeof(Symbol)},
            {5, strings_at},
            {10, strings_.bytes().size()},
            {0, 0},
        }};
        Bytes table;
        for (const DynamicEntry& entry : entries) append(table, entry);

        const auto index = static_cast<std::uint32_t>(sections_.size());
        add_section(".dynamic",
                    {.type = 6,
                     .flags = 3,
                     .link = index + 2,
                     .alignment = 8,
                     .entry_size = sizeof(DynamicEntry)},
                    table);
        add_section(".dynsym",
                    {.type = 11,
                     .flags = 2,
                     .link = index + 2,
                     .info = 1,
                     .alignment = 8,
                     .entry_size = sizeof(Symbol)},
                    symbols);
        add_section(".dynstr", {.type = 3, .flags = 2, .alignment = 1}, strings_.bytes());
        add_section(".rel.dyn",
                    {.type = 9,
                     .flags = 2,
                     .link = index + 1,
                     .alignment = 8,
                     .entry_size = sizeof(Relocation)},
                    relocations);
        add_segment(kLoad, kReadable, sections_[index], sections_.back());
        add_segment(kDynamic, kReadable, sections_[index], sections_[index]);
    }

    void finish() {
        const std::uint32_t own_name = section_names_.add(".shstrtab");
        add_section("", {.type = 3, .alignment = 1}, section_names_.bytes());
        sections_.back().name = own_name;
        file_.resize(align8(file_.size()));
        FileHeader header;
        header.entry = text_address_ + 8ull * assembly_.entry_slot;
        header.flags = static_cast<std::uint32_t>(assembly_.version);
        header.section_headers = file_.size();
        header.program_header_count = static_cast<std::uint16_t>(segments_.size());
        header.section_header_count = static_cast<std::uint16_t>(sections_.size());
        header.section_names = static_cast<std::uint16_t>(sections_.size() - 1);
        for (const SectionHeader& section : sections_) append(file_, section);
        Bytes start;
        append(start, header);
        for (const ProgramHeader& segment : segments_) append(start, segment);
        std::ranges::copy(start, file_.begin());
    }

    const Assembly& assembly_;
    Bytes text_;
    Bytes rodata_;
    std::uint64_t text_address_ = 0;
    std::uint64_t rodata_address_ = 0;
    std::vector<Relocation> relocations_;
    std::vector<Symbol> symbols_;
    FlatMap<std::string, std::uint32_t> syscall_symbols_;
    FlatMap<std::string, std::uint32_t> function_symbols_;
    StringTable strings_;
    StringTable section_names_;
    std::vector<SectionHeader> sections_;
    std::vector<ProgramHeader> segments_;
    Bytes file_;
};

Bytes write_strict(const Assembly& assembly) {
    Bytes text = assembly.text;
    Bytes rodata = assembly.rodata;
    text.resize(align8(text.size()));
    rodata.resize(align8(rodata.size()));
    for (const AddressUse& use : assembly.addresses) {
        const std::uint64_t start = use.target == Section::Text ? kBytecodeStart : 0;
        if (use.section == Section::Text) {
            patch_address(text, use.offset, start + use.target_offset);
        } else {
            store_le(rodata.data() + use.offset, start + use.target_offset);
        }
    }
    const bool has_rodata = !rodata.empty();
    const std::uint64_t segments = has_rodata ? 2 : 1;
    const std::uint64_t data_at = sizeof(FileHeader) + segments * sizeof(ProgramHeader);
    FileHeader header;
    header.entry = kBytecodeStart + 8ull * assembly.entry_slot;
    header.flags = static_cast<std::uint32_t>(assembly.version);
    header.program_header_count = static_cast<std::uint16_t>(segments);
    Bytes file;
    append(file, header);
    if (has_rodata) {
        append(file,
               ProgramHeader{kLoad, kReadable, data_at, 0, 0, rodata.size(), rodata.size(), 8});
    }
    append(file, ProgramHeader{kLoad, kExecutable, data_at + rodata.size(), kBytecodeStart,
                               kBytecodeStart, text.size(), text.size(), 8});
    file.insert(file.end(), rodata.begin(), rodata.end());
    file.insert(file.end(), text.begin(), text.end());
    return file;
}

} // namespace

Result<Bytes> write_elf(const Assembly& assembly) {
    if (strict_elf(assembly.version)) return write_strict(assembly);
    return LenientWriter(assembly).run();
}

} // namespace fathom::sbpf

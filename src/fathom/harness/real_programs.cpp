// SPDX-License-Identifier: Apache-2.0
// Finds the text within the ELF, changes instructions there, loads the result.
#include "fathom/harness/real_programs.hpp"

#include "fathom/harness/file.hpp"
#include "fathom/syscalls/registry.hpp"

#include <algorithm>
#include <random>
#include <string_view>

namespace fathom::harness {
namespace {

constexpr std::size_t kMostSlots = 40'000; // preparing longer ones takes too much of the time
constexpr std::size_t kChangesAtMost = 12;

/// The lab's syscalls, and under each real name something that a program survives.
std::shared_ptr<const vm::SyscallTable> real_names() {
    const auto real = syscalls::make_table(FeatureSet::all(), /*for_deployment=*/false);
    std::vector<vm::Syscall> table;
    for (const vm::Syscall& syscall : real->syscalls()) {
        vm::SyscallFunction function = detail::metered<detail::nothing>;
        if (syscall.name == "sol_memcpy_" || syscall.name == "sol_memmove_") {
            function = detail::metered<detail::copy>;
        } else if (syscall.name == "sol_memset_") {
            function = detail::metered<detail::fill>;
        } else if (syscall.name == "abort" || syscall.name == "sol_panic_") {
            function = detail::metered<detail::fail>;
        } else if (syscall.name == "sol_invoke_signed_rust" ||
                   syscall.name == "sol_invoke_signed_c") {
            function = detail::metered<detail::remap>;
        }
        table.push_back({.name = syscall.name, .function = function});
    }
    return std::make_shared<const vm::SyscallTable>(std::move(table));
}

/// Where in the file the text lies: relocations change some slots of it when it is loaded.
std::optional<std::size_t> find_text(ByteView elf, ByteView text) {
    constexpr std::size_t kSample = 64;
    constexpr std::size_t kSamples = 64;
    for (std::size_t i = 0; i < kSamples; ++i) {
        const std::size_t at = i * kSample;
        if (at + kSample > text.size()) break;
        const std::string_view all(reinterpret_cast<const char*>(elf.data()), elf.size());
        const std::size_t place =
            all.find(std::string_view(reinterpret_cast<const char*>(text.data() + at), kSample));
        if (place == std::string_view::npos) continue;
        if (place < at || place - at + text.size() > elf.size()) continue;
        return place - at;
    }
    return std::nullopt;
}

std::uint64_t near_a_region(std::mt19937_64& random) {
    const std::uint64_t base = (1 + random() % 4) << 32;
    return base + (random() % 4 == 0 ? random() % 70'000 : random() % 600) - random() % 9;
}

void change_instruction(std::uint8_t* slot, std::mt19937_64& random) {
    switch (random() % 6) {
    case 0: slot[0] = static_cast<std::uint8_t>(random()); break;
    case 1: slot[1] = static_cast<std::uint8_t>(random() % 11 | (random() % 11) << 4); break;
    case 2: store_le(slot + 2, static_cast<std::uint16_t>(random() % 33 - 16)); break;
    case 3: store_le(slot + 4, static_cast<std::uint32_t>(random() % 129 - 64)); break;
    case 4: slot[random() % 8] ^= static_cast<std::uint8_t>(1u << random() % 8); break;
    default: slot[0] ^= 8; break; // immediate to register and back
    }
}

} // namespace

RealPrograms::RealPrograms() : syscalls_(real_names()) {}

void RealPrograms::add_folder(const std::filesystem::path& folder) {
    std::error_code error;
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(".so") || name.ends_with(".so.zst")) paths.push_back(entry.path());
    }
    std::ranges::sort(paths);
    for (const auto& path : paths) {
        auto bytes = read_file(path);
        if (!bytes) continue;
        const auto program = sbpf::load_and_verify(*bytes, {.syscall_keys = syscalls_->keys()});
        if (!program || program->slot_count() > kMostSlots) continue;
        const auto offset = find_text(*bytes, program->text());
        if (offset) elfs_.push_back({std::move(*bytes), *offset, program->slot_count()});
    }
}

RealProgramCase RealPrograms::make(std::uint64_t seed) const {
    std::mt19937_64 random(seed);
    const Elf& elf = elfs_[random() % elfs_.size()];
    Bytes bytes = elf.bytes;
    for (std::size_t changes = random() % kChangesAtMost; changes-- > 0;) {
        std::uint8_t* const slot = bytes.data() + elf.text_offset + random() % elf.text_slots * 8;
        std::array<std::uint8_t, 8> before{};
        std::copy_n(slot, 8, before.begin());
        change_instruction(slot, random);
        // One refused change would spoil all of them; most programs load within a millisecond.
        if (!sbpf::load_and_verify(bytes, {.syscall_keys = syscalls_->keys()}))
            std::ranges::copy(before, slot);
    }
    auto program = sbpf::load_and_verify(bytes, {.syscall_keys = syscalls_->keys()});
    RealProgramCase result;
    if (!program) return result;
    LabOptions options;
    options.stack_frame_gaps = random() % 2 != 0;
    options.heap_size = 32'768;
    options.input = Bytes(512);
    for (std::uint8_t& byte : options.input)
        byte = random() % 3 == 0 ? static_cast<std::uint8_t>(random()) : std::uint8_t{0};
    if (random() % 2 != 0) options.input[0] = static_cast<std::uint8_t>(random() % 3);
    if (random() % 2 != 0) {
        options.layout = vm::MapLayout::Unaligned;
        if (random() % 2 != 0) options.input_cuts = {96, 128, 300};
        options.last_input_grows = random() % 2 != 0;
    }
    result.lab = std::make_unique<EngineLab>(std::move(*program), std::move(options), syscalls_);
    result.start = result.lab->entry();
    if (random() % 4 != 0) {
        const sbpf::Program& loaded = result.lab->executable().program();
        result.start.pc = random() % loaded.slot_count();
        for (std::size_t i = 0; i < 10; ++i)
            result.start.registers[i] = random() % 4 == 0 ? random() % 64 : near_a_region(random);
    }
    return result;
}

} // namespace fathom::harness

// SPDX-License-Identifier: Apache-2.0
// Access to a loaded program, and programs made from bare text.
#include "fathom/sbpf/program.hpp"

#include <algorithm>

namespace fathom::sbpf {

Program Program::from_text(Bytes text, Version version, std::uint64_t entry_pc,
                           std::vector<Function> functions, Bytes rodata) {
    Program program;
    program.version_ = version;
    program.text_size_ = text.size();
    program.text_address_ = kBytecodeStart;
    program.entry_pc_ = entry_pc;
    program.image_ = std::move(text);
    program.image_.insert(program.image_.end(), rodata.begin(), rodata.end());
    if (strict_elf(version)) {
        program.rodata_offset_ = program.text_size_;
        program.rodata_size_ = rodata.size();
        program.rodata_address_ = 0;
        return program;
    }
    program.rodata_size_ = program.image_.size();
    program.rodata_address_ = kBytecodeStart;
    program.functions_ = std::move(functions);
    std::ranges::sort(program.functions_, {}, &Function::key);
    if (!program.find_function(kEntrypointKey)) {
        const auto place =
            std::ranges::lower_bound(program.functions_, kEntrypointKey, {}, &Function::key);
        program.functions_.insert(
            place, {kEntrypointKey, static_cast<std::uint32_t>(entry_pc), "entrypoint"});
    }
    return program;
}

std::optional<std::uint32_t> Program::find_function(std::uint32_t key) const {
    const auto found = std::ranges::lower_bound(functions_, key, {}, &Function::key);
    if (found == functions_.end() || found->key != key) return std::nullopt;
    return found->pc;
}

Result<Program, LoadError> load_and_verify(ByteView elf, const LoadConfig& config) {
    Program program = FATHOM_TRY(Program::load(elf, config));
    FATHOM_CHECK(verify(program));
    return program;
}

} // namespace fathom::sbpf

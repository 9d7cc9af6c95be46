// SPDX-License-Identifier: Apache-2.0
// Kernels: assembling them, and calling them in transactions.
#include "fathom/harness/file.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"
#include "fathom/types/program_ids.hpp"
#include "vm_rows.hpp"
#include "world.hpp"

#include <array>

namespace fathom::bench {
namespace {

struct KernelSize {
    std::string_view name;
    std::uint64_t passes;
};

constexpr std::array kSizes = std::to_array<KernelSize>({
    {"alu", 10'000},
    {"memory", 36},
    {"stack", 2'400},
    {"fib", 14},
    {"sort", 14},
    {"fnv", 32},
    {"sha256", 48},
    {"u128", 320},
});

Pubkey address_of(const Kernel& kernel) {
    return {digest("fathom bench kernel " + kernel.name).bytes};
}

TransactionRow kernel_row(const Kernel& kernel, std::uint64_t passes) {
    const World world;
    const Pubkey id = address_of(kernel);
    Bytes data(8);
    store_le(data.data(), passes);
    const std::array instructions = {unit_limit(1'400'000), Instruction{id, {}, data}};
    return {.group = "kernel_tx",
            .name = kernel.name,
            .version = std::string(name_of(kernel.version)),
            .passes = passes,
            .programs = {{id, kernel.elf}},
            .accounts = {},
            .transactions = {signed_transaction(world.alice, instructions, world.slot.blockhash)}};
}

/// One transaction with `count` calls.
TransactionRow call_row(const Kernel& kernel, std::size_t count) {
    const World world;
    const Pubkey id = address_of(kernel);
    const std::vector<Instruction> instructions(count, Instruction{id, {}, {}});
    return {.group = "call",
            .name = count == 1 ? "1 call" : std::to_string(count) + " calls",
            .version = std::string(name_of(kernel.version)),
            .passes = count,
            .programs = {{id, kernel.elf}},
            .accounts = {},
            .transactions = {signed_transaction(world.alice, instructions, world.slot.blockhash)}};
}

} // namespace

Bytes assembled(const std::filesystem::path& source, sbpf::Version version) {
    const auto text = harness::read_file(source);
    if (!text) die(text.error().message);
    const auto assembly = sbpf::assemble(as_text(*text), {.version = version});
    if (!assembly) die(source.string() + ": ", assembly.error().text());
    auto elf = sbpf::write_elf(*assembly);
    if (!elf) die(elf.error().message);
    return *std::move(elf);
}

Instruction unit_limit(std::uint32_t units) {
    Bytes data(5);
    data[0] = 2;
    store_le(data.data() + 1, units);
    return {ids::kComputeBudgetProgram, {}, data};
}

std::string_view name_of(sbpf::Version version) {
    return version == sbpf::Version::V0 ? "v0" : "v3";
}

std::vector<Kernel> make_kernels(const std::filesystem::path& sources) {
    std::vector<Kernel> kernels;
    for (const sbpf::Version version : {sbpf::Version::V0, sbpf::Version::V3}) {
        for (const KernelSize& size : kSizes) {
            const auto source = sources / (std::string(size.name) + ".s");
            kernels.push_back(
                {std::string(size.name), version, assembled(source, version), size.passes});
        }
    }
    return kernels;
}

std::vector<TransactionRow> kernel_rows(const std::filesystem::path& sources) {
    std::vector<TransactionRow> rows;
    for (const Kernel& kernel : make_kernels(sources)) {
        rows.push_back(kernel_row(kernel, 0));
        rows.push_back(kernel_row(kernel, kernel.passes));
    }
    constexpr sbpf::Version kVersion = sbpf::Version::V0;
    const Kernel nothing{"nop", kVersion, assembled(sources / "nop.s", kVersion), 0};
    rows.push_back(call_row(nothing, 1));
    rows.push_back(call_row(nothing, 11));
    return rows;
}

} // namespace fathom::bench

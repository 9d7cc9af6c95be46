// SPDX-License-Identifier: Apache-2.0
// Whole transactions: payments, transfers of token programs, and what one more instruction, one
// more call or a large account costs.
#include "fathom/types/program_ids.hpp"
#include "vm_rows.hpp"
#include "world.hpp"

#include <algorithm>

namespace fathom::bench {
namespace {

constexpr std::uint64_t kPairs = 16;
/// Differences of two rows, divided by how much more the second does.
constexpr std::uint64_t kFew = 1;
constexpr std::uint64_t kMany = 17;

TransactionRow named_row(std::string name, std::uint64_t passes = 0) {
    TransactionRow row;
    row.group = "transaction";
    row.name = std::move(name);
    row.passes = passes;
    return row;
}

/// There and back, every pair with another amount.
TransactionRow payments(std::string name, std::size_t transfers) {
    const World world;
    TransactionRow row = named_row(std::move(name));
    for (std::uint64_t i = 0; i < 2 * kPairs; ++i) {
        const bool is_return = i % 2 == 1;
        const Party& from = is_return ? world.bob : world.alice;
        const Party& to = is_return ? world.alice : world.bob;
        std::vector<Instruction> instructions;
        for (std::size_t each = 0; each < transfers; ++each) {
            Bytes data(12);
            data[0] = 2;
            store_le<std::uint64_t>(data.data() + 4, 1 + i / 2 + each);
            instructions.push_back(
                {ids::kSystemProgram, {{from.key, true, true}, {to.key, false, true}}, data});
        }
        row.transactions.push_back(signed_transaction(from, instructions, world.slot.blockhash));
    }
    return row;
}

const Pubkey& nop_program() {
    static const Pubkey key{digest("fathom bench nop").bytes};
    return key;
}

void add_nops(TransactionRow& row, std::uint64_t count, const std::vector<AccountMeta>& accounts) {
    const World world;
    const std::vector<Instruction> instructions(count, {nop_program(), accounts, {}});
    row.transactions.push_back(signed_transaction(world.alice, instructions, world.slot.blockhash));
}

TransactionRow nops(std::uint64_t count, const Bytes& elf) {
    TransactionRow row = named_row("nop instructions", count);
    row.programs.emplace_back(nop_program(), elf);
    add_nops(row, count, {});
    return row;
}

TransactionRow calls(std::uint64_t count, const Bytes& nop_elf, const Bytes& caller_elf) {
    const World world;
    const Pubkey caller{digest("fathom bench caller").bytes};
    TransactionRow row = named_row("nop calls", count);
    row.programs.emplace_back(nop_program(), nop_elf);
    row.programs.emplace_back(caller, caller_elf);
    Bytes data(8);
    store_le(data.data(), count);
    const Instruction instruction{caller, {{nop_program(), false, false}}, data};
    row.transactions.push_back(
        signed_transaction(world.alice, {&instruction, 1}, world.slot.blockhash));
    return row;
}

TransactionRow large_account(const Bytes& elf) {
    constexpr std::size_t kSize = 1'000'000;
    const Pubkey key{digest("fathom bench large account").bytes};
    TransactionRow row = named_row("nop over 1 MB");
    row.programs.emplace_back(nop_program(), elf);
    row.accounts.emplace_back(key, Account{.lamports = 10'000'000'000,
                                           .data = AccountData(Bytes(kSize, 7)),
                                           .owner = nop_program()});
    add_nops(row, 1, {{key, false, true}});
    return row;
}

} // namespace

std::vector<TransactionRow> whole_rows(const std::filesystem::path& sources,
                                       const std::filesystem::path& elves) {
    const Bytes nop = assembled(sources / "nop.s", sbpf::Version::V0);
    const Bytes caller = assembled(sources / "calls.s", sbpf::Version::V0);
    std::vector<TransactionRow> rows;
    rows.push_back(payments("SOL transfer", 1));
    rows.push_back(payments("SOL transfer, verified", 1));
    rows.back().is_verified = true;
    rows.push_back(payments("ten transfers", 10));
    for (TransactionRow& row : program_rows(elves)) {
        if (row.name == "stake authorize" || row.name == "token swap") continue;
        row.group = "transaction";
        rows.push_back(std::move(row));
    }
    for (const std::uint64_t count : {kFew, kMany}) rows.push_back(nops(count, nop));
    for (const std::uint64_t count : {kFew, kMany}) rows.push_back(calls(count, nop, caller));
    rows.push_back(large_account(nop));
    return rows;
}

} // namespace fathom::bench

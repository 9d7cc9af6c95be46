// SPDX-License-Identifier: Apache-2.0
#include "row_writer.hpp"

#include "fathom/harness/file.hpp"
#include "fathom/types/program_ids.hpp"
#include "world.hpp"

#include <utility>

namespace fathom::bench {
namespace {

std::string hex(ByteView bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

} // namespace

RowWriter::RowWriter(std::filesystem::path folder) : folder_(std::move(folder)) {
    const World world;
    json_.begin_object().key("payers").begin_array();
    json_.value(hex(world.alice.key.view())).value(hex(world.bob.key.view())).end_array();
    json_.field("loader", hex(ids::kBpfLoader.view()));
    json_.field("lamports", std::to_string(kPlenty)).key("rows").begin_array();
}

void RowWriter::add(const TransactionRow& row) {
    json_.begin_object().field("group", row.group).field("row", row.name);
    json_.field("version", row.version).field("passes", row.passes);
    json_.field("verified", row.is_verified);
    json_.key("programs").begin_array();
    for (const auto& [id, elf] : row.programs) {
        const auto file = folder_ / (hex(digest(as_text(elf)).view()) + ".so");
        if (!harness::write_file(file, elf)) die("cannot write ", file.string());
        json_.begin_object().field("id", hex(id.view())).field("elf", file.string()).end_object();
    }
    json_.end_array().key("accounts").begin_array();
    for (const auto& [key, account] : row.accounts) {
        json_.begin_object().field("key", hex(key.view()));
        json_.field("lamports", std::to_string(account.lamports));
        json_.field("owner", hex(account.owner.view()));
        json_.field("data", hex(account.data.view())).end_object();
    }
    json_.end_array().key("transactions").begin_array();
    for (const Bytes& transaction : row.transactions) json_.value(hex(transaction));
    json_.end_array().end_object();
}

void RowWriter::finish() {
    json_.end_array().end_object();
    const auto file = folder_ / "rows.json";
    if (!harness::write_file(file, as_bytes(json_.text()))) die("cannot write ", file.string());
}

} // namespace fathom::bench

// SPDX-License-Identifier: Apache-2.0
// Program input against recorded vectors: buffers, regions and addresses in every mode.
#include "fathom/base/text.hpp"
#include "fathom/invoke/serialization.hpp"
#include "tests/support/invocation.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace fathom::invoke {
namespace {

using nlohmann::json;

/// The unpacked file; empty if it cannot be unpacked here.
std::string unpack(const std::filesystem::path& path) {
    const std::string command = "zstd -dcq '" + path.string() + "' 2>/dev/null";
    std::FILE* const pipe = popen(command.c_str(), "r");
    if (!pipe) return {};
    std::string text;
    std::array<char, 65536> chunk;
    while (const std::size_t count = std::fread(chunk.data(), 1, chunk.size(), pipe)) {
        text.append(chunk.data(), count);
    }
    return pclose(pipe) == 0 ? text : std::string();
}

Bytes bytes_of(const json& value) {
    return *base::from_base64(value.get<std::string>());
}
Pubkey key_of(const json& value) {
    return Pubkey::from_bytes(bytes_of(value).data());
}

/// Brings the transaction of a case to the point where its instruction runs.
void load(const json& input, tests::TestInvocation& invocation) {
    const Pubkey program = key_of(input.at("program_id"));
    std::uint8_t program_index = 0xff;
    for (const json& account : input.at("accounts")) {
        const Pubkey key = key_of(account.at("pubkey"));
        const auto index = invocation.add({.key = key,
                                           .lamports = account.at("lamports"),
                                           .data = bytes_of(account.at("data")),
                                           .owner = key_of(account.at("owner")),
                                           .executable = account.at("executable")});
        if (key == program) program_index = static_cast<std::uint8_t>(index);
    }
    std::vector<InstructionAccount> accounts;
    for (const json& account : input.at("instruction_accounts")) {
        accounts.push_back({account.at("index_in_transaction"), account.at("is_signer"),
                            account.at("is_writable")});
    }
    invocation.start();
    ASSERT_TRUE(invocation.push({.program_index = program_index,
                                 .accounts = accounts,
                                 .data = bytes_of(input.at("instruction_data"))}));
}

void unshare_data(tests::TestInvocation& invocation) {
    const auto instruction = invocation.current();
    for (std::size_t i = 0; i < instruction.number_of_accounts(); ++i) {
        (void)instruction.borrow_account(i)->raw_data().mutable_view();
    }
}

bool is_account_data(const SerializedInput& input, const vm::MemoryRegion& region) {
    return std::ranges::any_of(input.accounts, [&](const SerializedAccount& account) {
        return account.vm_data_addr == region.vm_addr;
    });
}

/// `reserve`: bytes behind account data that its region includes.
void expect_output(const json& output, const SerializedInput& input, std::uint64_t reserve) {
    EXPECT_EQ(input.buffer, bytes_of(output.at("buffer")));
    EXPECT_EQ(input.instruction_data_addr,
              output.at("instruction_data_offset").get<std::uint64_t>());
    ASSERT_EQ(input.regions.size(), output.at("regions").size());
    for (std::size_t i = 0; i < input.regions.size(); ++i) {
        const json& expected = output.at("regions")[i];
        const vm::MemoryRegion& region = input.regions[i];
        EXPECT_EQ(region.vm_addr, expected.at("vm_addr").get<std::uint64_t>()) << "region " << i;
        EXPECT_EQ(region.is_writable, expected.at("is_writable").get<bool>()) << "region " << i;
        Bytes data = bytes_of(expected.at("data"));
        // The vectors are older than Agave 4.3, whose region over a copy of account data includes
        // the reserve (program-runtime/src/serialization.rs, write_account).
        if (reserve != 0 && is_account_data(input, region)) data.resize(data.size() + reserve);
        EXPECT_EQ(Bytes(region.host, region.host + region.length), data) << "region " << i;
    }
    ASSERT_EQ(input.accounts.size(), output.at("accounts_metadata").size());
    for (std::size_t i = 0; i < input.accounts.size(); ++i) {
        const json& expected = output.at("accounts_metadata")[i];
        const SerializedAccount& account = input.accounts[i];
        const auto field = [&](const char* name) { return expected.at(name).get<std::uint64_t>(); };
        EXPECT_EQ(account.original_data_len, field("original_data_len"));
        // The older layout uses it for nothing, and the recorder left it out there.
        if (field("vm_addr") != 0) {
            EXPECT_EQ(account.vm_addr, field("vm_addr"));
        }
        EXPECT_EQ(account.vm_key_addr, field("vm_key_addr"));
        EXPECT_EQ(account.vm_lamports_addr, field("vm_lamports_addr"));
        EXPECT_EQ(account.vm_owner_addr, field("vm_owner_addr"));
        EXPECT_EQ(account.vm_data_addr, field("vm_data_addr"));
    }
}

TEST(SerializationVectors, AgreeInEveryMode) {
    FATHOM_REQUIRE_SHARED(
        path, "data/fixtures/vm_serialization/firedancer/bpf_loader_serialization.json.zst");
    const std::string text = unpack(path);
    if (text.empty()) GTEST_SKIP() << "needs the zstd tool to unpack " << path;
    const json cases = json::parse(text);
    ASSERT_EQ(cases.size(), 125u);
    for (const json& item : cases) {
        SCOPED_TRACE(item.at("name").get<std::string>());
        const json& input = item.at("input");
        tests::TestInvocation invocation;
        load(input, invocation);
        // The recorder's accounts had no other owner of their data.
        unshare_data(invocation);
        const SerializationOptions options{
            .address_space_adjustments = input.at("virtual_address_space_adjustments"),
            .direct_mapping = input.at("account_data_direct_mapping"),
            .direct_account_pointers = input.at("direct_account_pointers_in_program_input")};
        SerializedInput serialized;
        ASSERT_TRUE(serialize_input(invocation.current(), options, serialized));
        const bool has_reserve = options.address_space_adjustments && !options.direct_mapping &&
                                 !input.at("is_deprecated_loader").get<bool>();
        expect_output(item.at("output"), serialized,
                      has_reserve ? kMaxAccountDataGrowthPerInstruction : 0);
    }
}

} // namespace
} // namespace fathom::invoke

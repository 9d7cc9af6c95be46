// SPDX-License-Identifier: Apache-2.0
// Tests of the Address Lookup Table program. Expectations follow
// solana-program/address-lookup-table program/src/processor.rs.
#include "fathom/programs/address_lookup_table/state.hpp"
#include "fathom/types/pda.hpp"
#include "fathom/types/program_ids.hpp"
#include "tests/support/chosen_program_fixture.hpp"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace fathom::programs::address_lookup_table {
namespace {

using ::testing::ElementsAre;
using namespace fathom::tests;

class AddressLookupTableProgram : public ChosenProgramFixture {
protected:
    static constexpr std::uint32_t kCreate = 0, kFreeze = 1, kExtend = 2, kDeactivate = 3,
                                   kClose = 4;

    const Pubkey authority_ = test_key(1);
    const Pubkey payer_ = test_key(2);
    const Pubkey table_ = test_key(3);
    const Pubkey recipient_ = test_key(4);

    AddressLookupTableProgram() {
        SlotHashes hashes;
        for (Slot slot = 99; slot >= 90; --slot) hashes.entries.emplace_back(slot, Hash{});
        set_sysvar(ids::kSlotHashes, hashes.encode());
        put(payer_, 100'000'000);
    }

    ProgramOutcome run_table(const Bytes& data, std::vector<AccountMeta> accounts) {
        return run(ids::kAddressLookupTableProgram, data, std::move(accounts));
    }
    /// Signed by the authority.
    ProgramOutcome run_table(std::uint32_t tag) {
        return run_table(Wire().u32(tag), {writable(table_), readonly_signer(authority_)});
    }
    static Bytes create_data(Slot slot, std::uint8_t bump) {
        return Wire().u32(kCreate).u64(slot).u8(bump);
    }
    static Bytes extend_data(std::size_t count) {
        Wire wire;
        wire.u32(kExtend).u64(count);
        for (std::size_t i = 0; i < count; ++i) wire.key(test_key(static_cast<std::uint8_t>(i)));
        return wire;
    }
    ProgramOutcome extend(std::size_t count) {
        return run_table(extend_data(count),
                         {writable(table_), readonly_signer(authority_), writable_signer(payer_),
                          readonly(ids::kSystemProgram)});
    }
    ProgramOutcome close() {
        return run_table(Wire().u32(kClose),
                         {writable(table_), readonly_signer(authority_), writable(recipient_)});
    }
    void put_table(const LookupTable& table, std::size_t addresses, Lamports lamports = 1) {
        Bytes data = table.encode_meta();
        data.resize(kMetaSize + addresses * kAddressSize);
        put(table_, lamports, data, ids::kAddressLookupTableProgram);
    }
    void put_table(std::size_t addresses) { put_table({.authority = authority_}, addresses); }
    LookupTable table() { return *LookupTable::decode(data_of(table_)); }
    static void expect_refusal(const ProgramOutcome& outcome, std::string_view status,
                               std::string_view why) {
        EXPECT_EQ(outcome.status, status);
        ASSERT_EQ(outcome.logs.size(), 3u);
        EXPECT_EQ(outcome.logs[1], program_log(why));
        EXPECT_EQ(outcome.logs[2], program_log("Error: " + std::string(status)));
    }
    std::pair<Pubkey, std::uint8_t> derive(Slot slot) const {
        const Bytes slot_bytes = Wire().u64(slot);
        const std::array<ByteView, 2> seeds = {authority_.view(), slot_bytes};
        return *find_program_address(seeds, ids::kAddressLookupTableProgram);
    }
};

TEST_F(AddressLookupTableProgram, CreatesATableWhereItsSeedsLead) {
    const auto [address, bump] = derive(99);
    const auto outcome =
        run_table(create_data(99, bump), {writable(address), readonly(authority_),
                                          writable_signer(payer_), readonly(ids::kSystemProgram)});
    EXPECT_EQ(outcome.status, "ok");
    EXPECT_EQ(outcome.units, 750u + 3 * 150u); // and a transfer, an allocation, an assignment
    EXPECT_EQ(account(address).owner, ids::kAddressLookupTableProgram);
    EXPECT_EQ(lamports_of(address), rent_for(56));
    EXPECT_EQ(lamports_of(payer_), 100'000'000 - rent_for(56));
    Bytes expected = Wire().u32(1).u64(~0ull).u64(0).u8(0).u8(1).key(authority_);
    expected.resize(56);
    EXPECT_EQ(data_of(address), expected);
}

TEST_F(AddressLookupTableProgram, CreationChecksPayerThenSlotThenAddress) {
    const auto [address, bump] = derive(99);
    const std::vector<AccountMeta> unsigned_payer = {writable(table_), readonly(authority_),
                                                     writable(payer_)};
    const std::vector<AccountMeta> signed_payer = {writable(table_), readonly(authority_),
                                                   writable_signer(payer_)};
    EXPECT_EQ(run_table(create_data(89, bump), {writable(table_), readonly(authority_)}).status,
              "NotEnoughAccountKeys");
    expect_refusal(run_table(create_data(89, bump), unsigned_payer), "MissingRequiredSignature",
                   "Payer account must be a signer");
    expect_refusal(run_table(create_data(89, bump), signed_payer), "InvalidInstructionData",
                   "89 is not a recent slot");
    expect_refusal(run_table(create_data(99, bump), signed_payer), "InvalidArgument",
                   "Table address must match derived address: " + address.to_base58());
}

TEST_F(AddressLookupTableProgram, CreatingATableThatExistsChangesNothing) {
    const auto [address, bump] = derive(99);
    put(address, 7, Bytes(3), ids::kAddressLookupTableProgram);
    EXPECT_EQ(run_table(create_data(99, bump),
                        {writable(address), readonly(authority_), writable_signer(payer_)})
                  .status,
              "ok");
    EXPECT_EQ(lamports_of(address), 7u);
    EXPECT_EQ(data_of(address), Bytes(3));
}

TEST_F(AddressLookupTableProgram, OwnerSignerStateAndAuthorityAreCheckedInThisOrder) {
    for (const std::uint32_t tag : {kFreeze, kDeactivate}) {
        put(table_, 1, Bytes(56), ids::kSystemProgram);
        EXPECT_EQ(run_table(Wire().u32(tag), {}).status, "NotEnoughAccountKeys");
        EXPECT_EQ(run_table(Wire().u32(tag), {writable(table_)}).status, "InvalidAccountOwner");
        put(table_, 1, Bytes(56), ids::kAddressLookupTableProgram);
        EXPECT_EQ(run_table(Wire().u32(tag), {writable(table_)}).status, "NotEnoughAccountKeys");
        EXPECT_EQ(run_table(Wire().u32(tag), {writable(table_), readonly(authority_)}).status,
                  "MissingRequiredSignature");
        EXPECT_EQ(run_table(tag).status, "UninitializedAccount");
        put_table({.deactivation_slot = 5, .authority = std::nullopt}, 0);
        EXPECT_EQ(run_table(tag).status, "Immutable");
        put_table({.deactivation_slot = 5, .authority = payer_}, 0);
        EXPECT_EQ(run_table(tag).status, "IncorrectAuthority");
        put_table({.deactivation_slot = 5, .authority = authority_}, 0);
        EXPECT_EQ(run_table(tag).status, "InvalidArgument");
    }
}

TEST_F(AddressLookupTableProgram, FreezingTakesTheAuthorityOfATableWithAddresses) {
    put_table(0);
    expect_refusal(run_table(kFreeze), "InvalidInstructionData",
                   "Empty lookup tables cannot be frozen");
    put_table(1);
    EXPECT_EQ(run_table(kFreeze).status, "ok");
    EXPECT_FALSE(table().authority);
    expect_refusal(run_table(kFreeze), "Immutable", "Lookup table is already frozen");
    expect_refusal(run_table(kDeactivate), "Immutable", "Lookup table is frozen");
}

TEST_F(AddressLookupTableProgram, ExtensionAppendsAndPaysRent) {
    put_table(2);
    const auto outcome = extend(3);
    EXPECT_EQ(outcome.status, "ok");
    EXPECT_EQ(outcome.units, 750u + 150u);
    EXPECT_EQ(table().address_count, 5u);
    EXPECT_EQ(table().last_extended_slot, 100u);
    EXPECT_EQ(table().last_extended_start_index, 2u);
    EXPECT_EQ(lamports_of(table_), rent_for(56 + 5 * 32));
    // In the same slot, those of before still count as new.
    EXPECT_EQ(extend(1).status, "ok");
    EXPECT_EQ(table().last_extended_start_index, 2u);
    const Bytes data = data_of(table_);
    EXPECT_EQ(Bytes(data.begin() + 56 + 4 * 32, data.begin() + 56 + 5 * 32), Bytes(32, 2));
}

TEST_F(AddressLookupTableProgram, ExtensionBeyond256AddressesFails) {
    put_table(256);
    expect_refusal(extend(0), "InvalidArgument",
                   "Lookup table is full and cannot contain more addresses");
    put_table(250);
    expect_refusal(extend(0), "InvalidInstructionData", "Must extend with at least one address");
    expect_refusal(extend(7), "InvalidInstructionData",
                   "Extended lookup table length 257 would exceed max capacity of 256");
    EXPECT_EQ(extend(6).status, "ok");
    put_table({.deactivation_slot = 5, .authority = authority_}, 256);
    expect_refusal(extend(0), "InvalidArgument", "Deactivated tables cannot be extended");
}

TEST_F(AddressLookupTableProgram, ExtensionOfMoreThanAPacketHoldsIsNoInstruction) {
    put_table(0);
    const auto outcome = extend(39); // (1232 - 12) / 32 = 38
    EXPECT_EQ(outcome.status, "InvalidInstructionData");
    EXPECT_THAT(outcome.logs, ElementsAre(program_log("Error: InvalidInstructionData")));
    EXPECT_EQ(extend(38).status, "ok");
}

TEST_F(AddressLookupTableProgram, ExtensionOfAReadonlyTableFailsWithItsOwnCode) {
    put_table(0);
    EXPECT_EQ(run_table(extend_data(1), {readonly(table_), readonly_signer(authority_)}).status,
              "Custom(10)");
}

TEST_F(AddressLookupTableProgram, ExtensionAsksForAPayerOnlyIfRentIsMissing) {
    put_table({.authority = authority_}, 0, rent_for(56 + 32));
    const std::vector<AccountMeta> nobody = {writable(table_), readonly_signer(authority_)};
    EXPECT_EQ(run_table(extend_data(1), nobody).status, "ok");
    EXPECT_EQ(run_table(extend_data(1), nobody).status, "NotEnoughAccountKeys");
    expect_refusal(run_table(extend_data(1),
                             {writable(table_), readonly_signer(authority_), writable(payer_)}),
                   "MissingRequiredSignature", "Payer account must be a signer");
}

TEST_F(AddressLookupTableProgram, DeactivationNotesTheSlotOnce) {
    put_table(1);
    EXPECT_EQ(run_table(kDeactivate).status, "ok");
    EXPECT_EQ(table().deactivation_slot, 100u);
    expect_refusal(run_table(kDeactivate), "InvalidArgument",
                   "Lookup table is already deactivated");
}

TEST_F(AddressLookupTableProgram, TableClosesOnceItsSlotHasLeftTheSlotHashes) {
    put_table({.authority = authority_}, 1, 50);
    expect_refusal(close(), "InvalidArgument", "Lookup table is not deactivated");
    put_table({.deactivation_slot = 100, .authority = authority_}, 1, 50);
    expect_refusal(close(), "InvalidArgument",
                   "Table cannot be closed until it's fully deactivated in 513 blocks");
    put_table({.deactivation_slot = 97, .authority = authority_}, 1, 50);
    expect_refusal(close(), "InvalidArgument",
                   "Table cannot be closed until it's fully deactivated in 510 blocks");
    put_table({.deactivation_slot = 89, .authority = authority_}, 1, 50);
    EXPECT_EQ(close().status, "ok");
    EXPECT_EQ(lamports_of(recipient_), 50u);
    EXPECT_EQ(lamports_of(table_), 0u);
    EXPECT_EQ(data_of(table_), Bytes());
}

TEST_F(AddressLookupTableProgram, ClosingIntoItselfIsRefusedBeforeItsStateIsRead) {
    put(table_, 1, Bytes(56), ids::kAddressLookupTableProgram);
    expect_refusal(run_table(Wire().u32(kClose),
                             {writable(table_), readonly_signer(authority_), writable(table_)}),
                   "InvalidArgument", "Lookup table cannot be the recipient of reclaimed lamports");
}

} // namespace
} // namespace fathom::programs::address_lookup_table

// SPDX-License-Identifier: Apache-2.0
// Addresses: the vectors of solana-sdk address/src/lib.rs. Orders and costs: Agave
// syscalls/src/lib.rs.
#include "fathom/syscalls/functions.hpp"
#include "tests/support/syscall_fixture.hpp"

namespace fathom::syscalls {
namespace {

constexpr std::string_view kSeedTooLong = "Could not create program address with signer seeds: "
                                          "Length of the seed is too long for address generation";

class Pda : public tests::SyscallFixture {
protected:
    static constexpr std::uint64_t kOut = kInput + 1;
    std::uint64_t program_ = place(ids::kBpfLoaderUpgradeable.view());

    [[nodiscard]] Value create(std::initializer_list<ByteView> seeds) {
        return sol_create_program_address(context(), place_slices(seeds), seeds.size(), program_,
                                          kOut);
    }
    [[nodiscard]] std::string address() { return get<Pubkey>(kOut).to_base58(); }
};

TEST_F(Pda, AddressesMatchTheReference) {
    const Bytes one{1};
    expect_value(create({as_bytes(""), one}), 0);
    EXPECT_EQ(address(), "BwqrghZA2htAcqq8dzP1WDAhTXYTYWj7CHxF5j7TDBAe");
    expect_value(create({as_bytes("Talking"), as_bytes("Squirrels")}), 0);
    EXPECT_EQ(address(), "2fnQrngrQT4SeLcdToJAD96phoEjNL2man2kfRLCASVk");
}

TEST_F(Pda, SeedLimitsAreErrors) {
    const Bytes long_seed(33, 127);
    const Bytes full_seed(32, 0);
    expect_value(create({full_seed}), 0);
    expect_error(create({as_bytes("short_seed"), long_seed}), SyscallErrorKind::BadSeeds,
                 kSeedTooLong);
    expect_error(sol_create_program_address(context(), kHeap, 17, program_, kOut),
                 SyscallErrorKind::BadSeeds, kSeedTooLong);
}

TEST_F(Pda, SeedLengthIsCheckedBeforeTheSeedIsMapped) {
    const std::uint64_t slice[] = {kNowhere, 33};
    expect_error(sol_create_program_address(context(), place_value(slice), 1, program_, kOut),
                 SyscallErrorKind::BadSeeds, kSeedTooLong);
    const std::uint64_t mapped[] = {kNowhere, 32};
    expect_violation(sol_create_program_address(context(), place_value(mapped), 1, kNowhere, kOut),
                     vm::Access::Load, kNowhere, 32);
}

TEST_F(Pda, ProgramIdIsMappedAfterTheSeedsAndOutputLast) {
    const auto seeds = place_slices({as_bytes("Talking")});
    expect_violation(sol_create_program_address(context(), seeds, 1, kNowhere + 0x20, kNowhere),
                     vm::Access::Load, kNowhere + 0x20, 32);
    expect_violation(sol_create_program_address(context(), seeds, 1, program_, kRodata),
                     vm::Access::Store, kRodata, 32);
}

TEST_F(Pda, CreateCostsOnceWhateverHappens) {
    EXPECT_EQ(units_of([&] { return create({as_bytes("Talking")}); }), 1500u);
    set_remaining(1499);
    expect_error(create({as_bytes("Talking")}), InstructionError::ComputationalBudgetExceeded);
}

TEST_F(Pda, FindGivesTheAddressAndItsBump) {
    const auto seeds = place_slices({as_bytes("Lil'"), as_bytes("Bits")});
    const std::uint64_t units = units_of([&] {
        const auto found =
            sol_try_find_program_address(context(), seeds, 2, program_, kOut, kInput);
        expect_value(found, 0);
        return found;
    });
    const auto bump = get<std::uint8_t>(kInput);
    EXPECT_EQ(units, 1500u * (256u - bump));
    const std::string found = address();
    expect_value(create({as_bytes("Lil'"), as_bytes("Bits"), Bytes{bump}}), 0);
    EXPECT_EQ(address(), found);
}

TEST_F(Pda, FindWithSixteenSeedsNeverSucceeds) {
    std::vector<std::uint64_t> slices;
    for (int i = 0; i < 16; ++i) slices.insert(slices.end(), {kHeap, 1});
    const auto seeds =
        place({reinterpret_cast<const std::uint8_t*>(slices.data()), slices.size() * 8});
    EXPECT_EQ(units_of([&] {
                  const auto found = sol_try_find_program_address(context(), seeds, 16, program_,
                                                                  kNowhere, kNowhere);
                  expect_value(found, 1);
                  return found;
              }),
              1500u * 256);
}

TEST_F(Pda, FindMapsTheBumpFirstAndRefusesOverlap) {
    const auto seeds = place_slices({as_bytes("")});
    expect_violation(
        sol_try_find_program_address(context(), seeds, 1, program_, kNowhere, kNowhere + 1),
        vm::Access::Store, kNowhere + 1, 1);
    expect_error(sol_try_find_program_address(context(), seeds, 1, program_, kInput, kInput + 31),
                 SyscallErrorKind::CopyOverlapping, "Overlapping copy");
}

} // namespace
} // namespace fathom::syscalls

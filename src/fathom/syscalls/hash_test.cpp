// SPDX-License-Identifier: Apache-2.0
// Costs and orders: Agave syscalls/src/lib.rs SyscallHash. Digests: the published ones of "abc".
#include "fathom/base/text.hpp"
#include "fathom/syscalls/functions.hpp"
#include "tests/support/syscall_fixture.hpp"

namespace fathom::syscalls {
namespace {

class HashSyscalls : public tests::SyscallFixture {
protected:
    [[nodiscard]] std::uint64_t abc() { return place_slices({as_bytes("a"), as_bytes("bc")}); }
    [[nodiscard]] std::string digest(std::uint64_t length) {
        return base::to_hex(get_bytes(kInput, length));
    }
};

TEST_F(HashSyscalls, SlicesAreHashedInSequence) {
    expect_value(sol_sha256(context(), abc(), 2, kInput), 0);
    EXPECT_EQ(digest(32), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect_value(sol_keccak256(context(), abc(), 2, kInput), 0);
    EXPECT_EQ(digest(32), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
    expect_value(sol_blake3(context(), abc(), 2, kInput), 0);
    EXPECT_EQ(digest(32), "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85");
    expect_value(sol_sha512(context(), abc(), 2, kInput), 0);
    EXPECT_EQ(digest(64), "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                          "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST_F(HashSyscalls, NoSlicesHashNothing) {
    expect_value(sol_sha256(context(), kNowhere, 0, kInput), 0);
    EXPECT_EQ(digest(32), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_F(HashSyscalls, SliceCostsHalfItsLengthAndAtLeastTen) {
    const auto cost_of = [&](std::uint64_t length) {
        const std::uint64_t slice[] = {kHeap, length};
        const auto slices = place_value(slice);
        return units_of([&] { return sol_sha256(context(), slices, 1, kInput); });
    };
    EXPECT_EQ(cost_of(0), 85u + 10);
    EXPECT_EQ(cost_of(21), 85u + 10);
    EXPECT_EQ(cost_of(22), 85u + 11);
    EXPECT_EQ(cost_of(1001), 85u + 500);
}

TEST_F(HashSyscalls, TooManySlicesAreLoggedAndNotPaid) {
    EXPECT_EQ(units_of([&] {
                  const auto value = sol_keccak256(context(), kNowhere, 20'001, kNowhere);
                  expect_error(value, SyscallErrorKind::TooManySlices,
                               "Hashing too many sequences");
                  return value;
              }),
              0u);
    EXPECT_EQ(logs_.lines(),
              std::vector<std::string>{"Keccak256 Hashing 20001 sequences in one syscall is over "
                                       "the limit 20000"});
}

TEST_F(HashSyscalls, OutputIsMappedBeforeTheSlices) {
    expect_violation(sol_sha512(context(), kNowhere + 8, 1, kNowhere), vm::Access::Store, kNowhere,
                     64);
    expect_violation(sol_sha512(context(), kNowhere + 8, 1, kInput), vm::Access::Load, kNowhere + 8,
                     16);
    expect_error(sol_sha256(context(), kHeap + 4, 1, kInput), SyscallErrorKind::UnalignedPointer,
                 "Unaligned pointer");
}

TEST_F(HashSyscalls, SliceIsMappedBeforeItIsPaid) {
    const std::uint64_t slice[] = {kNowhere, 1000};
    const auto slices = place_value(slice);
    set_remaining(85);
    expect_violation(sol_sha256(context(), slices, 1, kInput), vm::Access::Load, kNowhere, 1000);
    set_remaining(84);
    expect_error(sol_sha256(context(), slices, 1, kNowhere),
                 InstructionError::ComputationalBudgetExceeded);
}

} // namespace
} // namespace fathom::syscalls

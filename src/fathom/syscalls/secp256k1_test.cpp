// SPDX-License-Identifier: Apache-2.0
// Order and codes: Agave syscalls/src/lib.rs SyscallSecp256k1Recover. The signature is the example
// of Ethereum's ecrecover precompile; its address is the end of the key's Keccak-256.
#include "fathom/base/text.hpp"
#include "fathom/crypto/keccak256.hpp"
#include "fathom/syscalls/functions.hpp"
#include "tests/support/syscall_fixture.hpp"

namespace fathom::syscalls {
namespace {

class Secp256k1 : public tests::SyscallFixture {
protected:
    static Bytes hex(std::string_view text) { return base::from_hex(text).value(); }

    std::uint64_t hash_ =
        place(hex("456e9aea5e197a1f1af7a3e85a3212fa4049a3ba34c2289b4c860fc0b0c64ef3"));
    std::uint64_t signature_ =
        place(hex("9242685bf161793cc25603c231bc2f568eb630ea16aa137d2664ac8038825608"
                  "4f8ae3bd7535248d0bd448298cc2e2071e56992d0774dc340c368ae950852ada"));
};

TEST_F(Secp256k1, RecoversTheSigner) {
    EXPECT_EQ(
        units_of([&] { return sol_secp256k1_recover(context(), hash_, 1, signature_, kInput); }),
        25'000u);
    const auto digest = crypto::keccak256(get_bytes(kInput, 64));
    EXPECT_EQ(base::to_hex(ByteView(digest).subspan(12)),
              "7156526fbd7a3c72969b54f64e42c10fbb768c8a");
}

TEST_F(Secp256k1, RecoveryIdAboveThreeIsTwo) {
    expect_value(sol_secp256k1_recover(context(), hash_, 4, signature_, kInput), 2);
    expect_value(sol_secp256k1_recover(context(), hash_, 256, signature_, kInput), 2);
    expect_value(sol_secp256k1_recover(context(), hash_, 1ull << 32, signature_, kInput), 2);
}

TEST_F(Secp256k1, BadSignatureIsThree) {
    expect_value(sol_secp256k1_recover(context(), hash_, 1, place(Bytes(64, 0xff)), kInput), 3);
    expect_value(sol_secp256k1_recover(context(), hash_, 1, place(Bytes(64, 0)), kInput), 3);
}

TEST_F(Secp256k1, RecoveryIdIsCheckedBeforeTheSignature) {
    expect_value(sol_secp256k1_recover(context(), hash_, 4, place(Bytes(64, 0xff)), kInput), 2);
}

TEST_F(Secp256k1, ResultThenHashThenSignatureIsMapped) {
    expect_violation(sol_secp256k1_recover(context(), kNowhere, 4, kNowhere, kNowhere + 0x80),
                     vm::Access::Store, kNowhere + 0x80, 64);
    expect_violation(sol_secp256k1_recover(context(), kNowhere, 4, kNowhere + 1, kInput),
                     vm::Access::Load, kNowhere, 32);
    expect_violation(sol_secp256k1_recover(context(), hash_, 4, kNowhere, kInput), vm::Access::Load,
                     kNowhere, 64);
    set_remaining(24'999);
    expect_error(sol_secp256k1_recover(context(), kNowhere, 4, kNowhere, kNowhere),
                 InstructionError::ComputationalBudgetExceeded);
}

} // namespace
} // namespace fathom::syscalls

// SPDX-License-Identifier: Apache-2.0
// Costs and orders: Agave syscalls/src/lib.rs SyscallSetReturnData and SyscallGetReturnData.
#include "fathom/syscalls/functions.hpp"
#include "tests/support/syscall_fixture.hpp"

namespace fathom::syscalls {
namespace {

class ReturnData : public tests::SyscallFixture {
protected:
    static constexpr std::uint64_t kProgram = kInput;
    static constexpr std::uint64_t kData = kInput + 64;

    void set(std::string_view text) {
        expect_value(sol_set_return_data(context(), place(text), text.size()), 0);
    }
};

TEST_F(ReturnData, IsReadBackWithTheProgramThatSetIt) {
    set("hello");
    expect_value(sol_get_return_data(context(), kData, 100, kProgram), 5);
    EXPECT_EQ(as_text(get_bytes(kData, 5)), "hello");
    EXPECT_EQ(get<Pubkey>(kProgram), program_id_);
}

TEST_F(ReturnData, ShorterBufferGetsAPartAndTheFullLength) {
    set("hello");
    expect_value(sol_get_return_data(context(), kData, 3, kProgram), 5);
    EXPECT_EQ(get_bytes(kData, 4), (Bytes{'h', 'e', 'l', 0}));
}

TEST_F(ReturnData, NoLengthTouchesNoMemory) {
    set("hello");
    EXPECT_EQ(units_of([&] { return sol_get_return_data(context(), kNowhere, 0, kNowhere); }),
              100u);
    expect_value(sol_get_return_data(context(), kNowhere, 0, kNowhere), 5);
}

TEST_F(ReturnData, SettingCostsTheBaseAndAPartOfTheLength) {
    EXPECT_EQ(units_of([&] { return sol_set_return_data(context(), kHeap, 249); }), 100u);
    EXPECT_EQ(units_of([&] { return sol_set_return_data(context(), kHeap, 1024); }), 104u);
}

TEST_F(ReturnData, GettingCostsAPartOfWhatIsCopiedAndTheProgram) {
    set(std::string(1000, 'x'));
    EXPECT_EQ(units_of([&] { return sol_get_return_data(context(), kData, 217, kProgram); }), 100u);
    EXPECT_EQ(units_of([&] { return sol_get_return_data(context(), kData, 218, kProgram); }), 101u);
    EXPECT_EQ(units_of([&] { return sol_get_return_data(context(), kData, 5000, kProgram); }),
              104u);
}

TEST_F(ReturnData, TooMuchIsRefusedBeforeItIsMapped) {
    expect_error(sol_set_return_data(context(), kNowhere, 1025),
                 SyscallErrorKind::ReturnDataTooLarge, "Return data too large (1025 > 1024)");
    expect_violation(sol_set_return_data(context(), kNowhere, 1024), vm::Access::Load, kNowhere,
                     1024);
    expect_value(sol_set_return_data(context(), kNowhere, 0), 0);
}

TEST_F(ReturnData, OutputsAreMappedInOrderAndMustNotOverlap) {
    set("hello");
    expect_violation(sol_get_return_data(context(), kNowhere, 9, kNowhere + 64), vm::Access::Store,
                     kNowhere, 5);
    expect_violation(sol_get_return_data(context(), kData, 9, kNowhere), vm::Access::Store,
                     kNowhere, 32);
    expect_error(sol_get_return_data(context(), kProgram + 31, 9, kProgram),
                 SyscallErrorKind::CopyOverlapping, "Overlapping copy");
}

} // namespace
} // namespace fathom::syscalls

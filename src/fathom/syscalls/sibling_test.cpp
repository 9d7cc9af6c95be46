// SPDX-License-Identifier: Apache-2.0
// The scenarios of Agave syscalls/src/lib.rs: siblings at the top level and below.
#include "fathom/syscalls/cpi_abi.hpp"
#include "fathom/syscalls/functions.hpp"
#include "tests/support/syscall_fixture.hpp"

namespace fathom::syscalls {
namespace {

/// Top level: A, B (which called B1), C (running, which called C1 and C2 and runs C3 if
/// `is_below`), D (pending). Every instruction has one account, the one of its number, and its name
/// as data.
class Sibling : public tests::SyscallFixture {
protected:
    static constexpr std::uint64_t kMeta = kInput;
    static constexpr std::uint64_t kProgram = kInput + 16;
    static constexpr std::uint64_t kData = kInput + 64;
    static constexpr std::uint64_t kAccounts = kInput + 128;

    bool is_below_ = false;

    void start() override {
        if (invocation_) return;
        for (std::uint8_t i = 1; i < 9; ++i) {
            accounts_.push_back({.key = tests::key_of(i), .account = {}});
        }
        instruction_accounts_ = {{.index_in_transaction = 1}};
        instruction_data_ = {'A'};
        begin_instruction(4);
        top_level(1, "B");
        top_level(2, "C");
        top_level(3, "D");
        ASSERT_TRUE(invocation_->pop());
        ASSERT_TRUE(invocation_->push());
        call(4, "B1");
        ASSERT_TRUE(invocation_->pop());
        ASSERT_TRUE(invocation_->push());
        call(5, "C1");
        call(6, "C2");
        if (is_below_) begin_call(7, "C3");
        set_memory({vm::MemoryRegion::writable(bytes_of(input_).first(kInputSize), kInput)},
                   vm::MapLayout::Aligned, {});
    }
    void top_level(std::uint16_t index, std::string_view name) {
        const invoke::InstructionAccount account{.index_in_transaction =
                                                     static_cast<std::uint16_t>(index + 1)};
        ASSERT_TRUE(transaction_->configure_top_level_instruction(index, 0, std::span(&account, 1),
                                                                  as_bytes(name)));
    }
    void begin_call(std::uint16_t account, std::string_view name) {
        const ByteView data = as_bytes(name);
        ASSERT_TRUE(transaction_->configure_next_cpi(
            0, {{.index_in_transaction = account, .is_signer = true}}, {data.begin(), data.end()}));
        ASSERT_TRUE(invocation_->push());
    }
    void call(std::uint16_t account, std::string_view name) {
        begin_call(account, name);
        ASSERT_TRUE(invocation_->pop());
    }
    [[nodiscard]] Value get_sibling(std::uint64_t index) {
        return sol_get_processed_sibling_instruction(context(), index, kMeta, kProgram, kData,
                                                     kAccounts);
    }
    void set_room(std::uint64_t data_length, std::uint64_t account_count) {
        start();
        put_value(kMeta, data_length);
        put_value(kMeta + 8, account_count);
    }
};

TEST_F(Sibling, TopLevelOnesAreCountedBackwards) {
    set_room(1, 1);
    expect_value(get_sibling(0), 1);
    EXPECT_EQ(get_bytes(kData, 1), Bytes{'B'});
    EXPECT_EQ(get<Pubkey>(kProgram), program_id_);
    const auto account = get<RustAccountMeta>(kAccounts);
    EXPECT_EQ(account.pubkey, tests::key_of(2));
    EXPECT_EQ(account.is_signer, 0);
    EXPECT_EQ(account.is_writable, 0);
    expect_value(get_sibling(1), 1);
    EXPECT_EQ(get_bytes(kData, 1), Bytes{'A'});
    expect_value(get_sibling(2), 0);
    expect_value(get_sibling(~0ull), 0);
}

TEST_F(Sibling, CalledOnesAreThoseOfTheSameCaller) {
    is_below_ = true;
    set_room(2, 1);
    expect_value(get_sibling(0), 1);
    EXPECT_EQ(get_bytes(kData, 2), (Bytes{'C', '2'}));
    EXPECT_EQ(get<RustAccountMeta>(kAccounts).is_signer, 1);
    expect_value(get_sibling(1), 1);
    EXPECT_EQ(get_bytes(kData, 2), (Bytes{'C', '1'}));
    expect_value(get_sibling(2), 0);
}

TEST_F(Sibling, WrongRoomGetsTheSizesOnly) {
    set_room(2, 1);
    EXPECT_EQ(units_of([&] { return get_sibling(0); }), 100u);
    EXPECT_EQ(get<std::uint64_t>(kMeta), 1u);
    EXPECT_EQ(get<std::uint64_t>(kMeta + 8), 1u);
    EXPECT_EQ(get_bytes(kData, 1), Bytes{0});
}

TEST_F(Sibling, NothingFoundTouchesNoMemory) {
    expect_value(
        sol_get_processed_sibling_instruction(context(), 5, kNowhere, kNowhere, kNowhere, kNowhere),
        0);
}

TEST_F(Sibling, HeaderIsMappedFirstThenTheOutputsInOrder) {
    set_room(1, 1);
    expect_violation(sol_get_processed_sibling_instruction(context(), 0, kNowhere, kNowhere + 64,
                                                           kNowhere, kNowhere),
                     vm::Access::Store, kNowhere, 16);
    expect_error(sol_get_processed_sibling_instruction(context(), 0, kMeta + 4, kNowhere, kNowhere,
                                                       kNowhere),
                 SyscallErrorKind::UnalignedPointer, "Unaligned pointer");
    expect_violation(
        sol_get_processed_sibling_instruction(context(), 0, kMeta, kNowhere, kNowhere, kNowhere),
        vm::Access::Store, kNowhere, 32);
    expect_violation(
        sol_get_processed_sibling_instruction(context(), 0, kMeta, kProgram, kData, kNowhere),
        vm::Access::Store, kNowhere, 34);
}

TEST_F(Sibling, OutputsMustNotOverlapTheHeader) {
    set_room(1, 1);
    expect_error(sol_get_processed_sibling_instruction(context(), 0, kMeta, kMeta, kMeta, kMeta),
                 SyscallErrorKind::CopyOverlapping, "Overlapping copy");
    expect_error(
        sol_get_processed_sibling_instruction(context(), 0, kMeta, kProgram, kMeta + 15, kAccounts),
        SyscallErrorKind::CopyOverlapping, "Overlapping copy");
}

} // namespace
} // namespace fathom::syscalls

// SPDX-License-Identifier: Apache-2.0
// Orders, costs and texts of calls between programs: Agave program-runtime/src/cpi.rs.
#include "tests/support/cpi_fixture.hpp"

namespace fathom::syscalls {
namespace {

using tests::CpiGates;
using tests::key_of;

std::string log_text(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

/// Both forms under all combinations of gates.
class Cpi : public tests::CpiFixture,
            public ::testing::WithParamInterface<std::tuple<bool, CpiGates>> {
protected:
    void SetUp() override {
        CpiFixture::SetUp();
        std::tie(is_rust_, gates_) = GetParam();
    }
    [[nodiscard]] std::uint64_t serialized_length(std::uint8_t account) {
        return get<std::uint64_t>(info_of(account - 1u).data - 8);
    }
    [[nodiscard]] Info& theirs() { return infos_.at(0); }
    [[nodiscard]] Info& ours() { return infos_.at(1); }
    void expect_log(std::string_view line) {
        EXPECT_NE(log_text(logs_.lines()).find(std::string(line) + "\n"), std::string::npos)
            << log_text(logs_.lines());
    }
};

/// Account data is copied to the program.
class CopyingCpi : public Cpi {};
/// Pointers must be the serialized ones.
class RestrictedCpi : public Cpi {};
class CCpi : public Cpi {};
class RestrictedRustCpi : public Cpi {};

TEST_P(Cpi, CostsTheCallTheInstructionTheInfosTheDataAndTheCallee) {
    data_ = Bytes(500, 0);
    // 2 metas of 34 bytes: 0; 3 infos of 80 bytes: 0; 300 and 100 bytes of account data: 1 and 0.
    EXPECT_EQ(units_of([&] { return call(); }), 946u + 2 + 1 + kCalleeUnits);
}

TEST_P(Cpi, CalleeSeesInstructionAndAccounts) {
    bool has_run = false;
    callee_ = [&](invoke::InvokeContext& invocation) -> Result<void, ProgramError> {
        has_run = true;
        const auto instruction = invocation.current_instruction().value();
        EXPECT_EQ(Bytes(instruction.data().begin(), instruction.data().end()), data_);
        EXPECT_EQ(instruction.program_key(), key_of(kCallee));
        EXPECT_EQ(instruction.number_of_accounts(), 2u);
        EXPECT_EQ(instruction.key_of_account(0).value(), key_of(kTheirs));
        EXPECT_TRUE(instruction.is_writable(1).value());
        EXPECT_EQ(invocation.stack_height(), 2u);
        return {};
    };
    expect_value(call(), 0);
    EXPECT_TRUE(has_run);
}

TEST_P(Cpi, ChangesOfTheCalleeReachTheCaller) {
    callee_ = [](invoke::InvokeContext& invocation) -> Result<void, ProgramError> {
        auto instruction = invocation.current_instruction().value();
        auto account = instruction.borrow_account(0).value();
        EXPECT_TRUE(account.set_data_from_slice(Bytes(300, 5)));
        EXPECT_TRUE(account.checked_sub_lamports(10));
        auto other = instruction.borrow_account(1).value();
        EXPECT_TRUE(other.checked_add_lamports(10));
        return {};
    };
    expect_value(call(), 0);
    EXPECT_EQ(get<std::uint64_t>(theirs().lamports), 990u);
    EXPECT_EQ(get<std::uint64_t>(ours().lamports), 510u);
    EXPECT_EQ(get_bytes(theirs().data, 300), Bytes(300, 5));
}

TEST_P(Cpi, GrowthByTheCalleeReachesTheCaller) {
    callee_ = [](invoke::InvokeContext& invocation) -> Result<void, ProgramError> {
        auto account = invocation.current_instruction().value().borrow_account(0).value();
        EXPECT_TRUE(account.set_data_from_slice(Bytes(400, 5)));
        return {};
    };
    expect_value(call(), 0);
    EXPECT_EQ(get_bytes(theirs().data, 400), Bytes(400, 5));
    EXPECT_EQ(get<std::uint64_t>(theirs().length_field), 400u);
    EXPECT_EQ(serialized_length(kTheirs), 400u);
}

TEST_P(Cpi, ShrinkingByTheCalleeClearsTheRest) {
    callee_ = [](invoke::InvokeContext& invocation) -> Result<void, ProgramError> {
        auto account = invocation.current_instruction().value().borrow_account(0).value();
        EXPECT_TRUE(account.set_data_length(20));
        return {};
    };
    expect_value(call(), 0);
    EXPECT_EQ(get<std::uint64_t>(theirs().length_field), 20u);
    EXPECT_EQ(serialized_length(kTheirs), 20u);
    EXPECT_EQ(get_bytes(theirs().data, 20), Bytes(20, 1));
    if (!(gates_.has_regions && gates_.is_direct)) {
        EXPECT_EQ(get_bytes(theirs().data + 20, 280), Bytes(280, 0));
    }
}

TEST_P(Cpi, GrowthBeyondTheReserveIsLoggedAndRefused) {
    callee_ = [](invoke::InvokeContext& invocation) -> Result<void, ProgramError> {
        auto account = invocation.current_instruction().value().borrow_account(0).value();
        EXPECT_TRUE(account.set_data_length(300 + 10'241));
        return {};
    };
    expect_error(call(), InstructionError::InvalidRealloc);
    expect_log("Account data size realloc limited to 10240 in inner instructions");
}

TEST_P(Cpi, GrowthToTheWholeReserveIsFine) {
    callee_ = [](invoke::InvokeContext& invocation) -> Result<void, ProgramError> {
        auto account = invocation.current_instruction().value().borrow_account(0).value();
        EXPECT_TRUE(account.set_data_length(300 + 10'240));
        return {};
    };
    expect_value(call(), 0);
    EXPECT_EQ(serialized_length(kTheirs), 300u + 10'240);
}

TEST_P(Cpi, OwnerGivenByTheCalleeReachesTheCaller) {
    callee_ = [](invoke::InvokeContext& invocation) -> Result<void, ProgramError> {
        auto account = invocation.current_instruction().value().borrow_account(0).value();
        EXPECT_TRUE(account.set_data_from_slice(Bytes(300, 0)));
        EXPECT_TRUE(account.set_owner(key_of(0x77)));
        return {};
    };
    expect_value(call(), 0);
    EXPECT_EQ(get<Pubkey>(theirs().owner), key_of(0x77));
}

TEST_P(CopyingCpi, ChangesOfTheCallerReachTheCallee) {
    start();
    put_value<std::uint64_t>(ours().lamports, 490);
    put_value<std::uint64_t>(theirs().lamports, 1010);
    put(ours().data, Bytes(100, 6));
    bool has_run = false;
    callee_ = [&](invoke::InvokeContext& invocation) -> Result<void, ProgramError> {
        has_run = true;
        auto instruction = invocation.current_instruction().value();
        const auto account = instruction.borrow_account(1).value();
        EXPECT_EQ(account.lamports(), 490u);
        EXPECT_EQ(Bytes(account.data().begin(), account.data().end()), Bytes(100, 6));
        EXPECT_EQ(instruction.borrow_account(0).value().lamports(), 1010u);
        return {};
    };
    expect_value(call(), 0);
    EXPECT_TRUE(has_run);
}

TEST_P(Cpi, ForbiddenChangeByTheCallerFailsTheCall) {
    start();
    put_value<std::uint64_t>(theirs().lamports, 999);
    expect_error(call(), InstructionError::ExternalAccountLamportSpend);
}

TEST_P(Cpi, FailureOfTheCalleeFailsTheCaller) {
    callee_ = [](invoke::InvokeContext&) -> Result<void, ProgramError> {
        return std::unexpected(ProgramError(InstructionError::custom(3)));
    };
    expect_error(call(), InstructionError::Custom);
}

TEST_P(Cpi, TooMuchInstructionDataIsRefused) {
    data_ = Bytes(10'241, 0);
    expect_error(call(), SyscallErrorKind::MaxInstructionDataLenExceeded,
                 "Invoked an instruction with data that is too large (10241 > 10240)");
}

TEST_P(Cpi, TooManyAccountsAreRefusedBeforeTheyArePaid) {
    metas_.assign(256, {key_of(kOurs)});
    EXPECT_EQ(units_of([&] {
                  const auto value = call();
                  expect_error(value, SyscallErrorKind::MaxInstructionAccountsExceeded,
                               "Invoked an instruction with too many accounts (256 > 255)");
                  return value;
              }),
              946u);
}

TEST_P(Cpi, FlagThatIsNoBooleanIsAnInvalidArgument) {
    metas_[1].is_signer = 2;
    expect_error(call(), InstructionError::InvalidArgument);
    metas_[1] = {key_of(kOurs), 0, 0xff};
    expect_error(call(), InstructionError::InvalidArgument);
}

TEST_P(Cpi, TooManySignersAreRefused) {
    signers_ = kHeap;
    signer_count_ = 17;
    expect_error(call(), SyscallErrorKind::TooManySigners, "Too many signers");
}

TEST_P(Cpi, TooManySeedsAreAnInstructionError) {
    const std::uint64_t signer[] = {kHeap, 17};
    signers_ = place_value(signer);
    signer_count_ = 1;
    expect_error(call(), InstructionError::MaxSeedLengthExceeded);
}

TEST_P(Cpi, LongSeedIsABadSeed) {
    const auto seeds = place_slices({Bytes(33, 1)});
    const std::uint64_t signer[] = {seeds, 1};
    signers_ = place_value(signer);
    signer_count_ = 1;
    expect_error(call(), SyscallErrorKind::BadSeeds,
                 "Could not create program address with signer seeds: "
                 "Length of the seed is too long for address generation");
}

TEST_P(Cpi, LoadersCannotBeCalled) {
    for (const Pubkey& loader : {ids::kNativeLoader, ids::kBpfLoader, ids::kBpfLoaderDeprecated}) {
        callee_id_ = loader;
        expect_error(call(), SyscallErrorKind::ProgramNotSupported,
                     "Program " + loader.to_base58() + " not supported by inner instructions");
    }
}

TEST_P(Cpi, PrecompilesCannotBeCalled) {
    environment_.precompiles.push_back({.id = ids::kEd25519Program, .verify = nullptr});
    callee_id_ = ids::kEd25519Program;
    expect_error(call(), SyscallErrorKind::ProgramNotSupported,
                 "Program " + callee_id_.to_base58() + " not supported by inner instructions");
}

TEST_P(Cpi, LoaderV3CanBeCalledForSomeInstructionsOnly) {
    callee_id_ = ids::kBpfLoaderUpgradeable;
    const auto is_allowed = [&](Bytes data) {
        data_ = std::move(data);
        // What is allowed fails later, because the loader is no account of the transaction.
        return call().error().syscall_error() == nullptr;
    };
    EXPECT_FALSE(is_allowed({}));
    EXPECT_FALSE(is_allowed({0, 0, 0, 0}));
    EXPECT_TRUE(is_allowed({3}));
    EXPECT_TRUE(is_allowed({4, 1, 1, 1}));
    EXPECT_TRUE(is_allowed({5}));
    EXPECT_FALSE(is_allowed({6}));
    EXPECT_FALSE(is_allowed({7}));
    activate(Feature::enable_bpf_loader_set_authority_checked_ix);
    EXPECT_TRUE(is_allowed({7}));
}

TEST_P(Cpi, UnknownProgramIsLogged) {
    callee_id_ = key_of(0x42);
    expect_error(call(), InstructionError::MissingAccount);
    expect_log("Unknown program " + callee_id_.to_base58());
}

TEST_P(Cpi, AccountWithoutInfoIsLogged) {
    start();
    infos_.erase(infos_.begin());
    expect_error(call(), InstructionError::MissingAccount);
    expect_log("Instruction references an unknown account " + key_of(kTheirs).to_base58());
}

TEST_P(Cpi, ExecutableAccountNeedsNoInfo) {
    metas_.push_back({key_of(kCallee)});
    expect_value(call(), 0);
}

TEST_P(Cpi, TooManyInfosAreRefusedBeforeTheyArePaid) {
    start();
    const auto instruction = is_rust_ ? place_rust_instruction() : place_c_instruction();
    const auto function = is_rust_ ? &sol_invoke_signed_rust : &sol_invoke_signed_c;
    EXPECT_EQ(units_of([&] {
                  const auto value = function(context(), instruction, kHeap, 256, 0, 0);
                  expect_error(value, SyscallErrorKind::MaxInstructionAccountInfosExceeded,
                               "Invoked an instruction with too many account info's (256 > 255)");
                  return value;
              }),
              946u);
}

TEST_P(Cpi, ReadOnlyAccountIsNotWrittenBack) {
    metas_ = {{key_of(kReadOnly), 0, 0}};
    expect_value(call(), 0);
    EXPECT_EQ(get_bytes(infos_.at(2).data, 10), Bytes(10, 3));
}

TEST_P(Cpi, RepeatedAccountIsSynchronizedOnce) {
    metas_ = {{key_of(kOurs), 0, 1}, {key_of(kOurs), 0, 0}, {key_of(kOurs), 0, 1}};
    EXPECT_EQ(units_of([&] { return call(); }), 946u + kCalleeUnits);
}

TEST_P(Cpi, WritablePrivilegeCannotBeRaised) {
    metas_ = {{key_of(kReadOnly), 0, 1}};
    expect_error(call(), InstructionError::PrivilegeEscalation);
    expect_log(key_of(kReadOnly).to_base58() + "'s writable privilege escalated");
}

TEST_P(RestrictedCpi, OtherPointersAreRefused) {
    start();
    const std::uint64_t expected = theirs().owner;
    theirs().owner = place(key_of(kCallee).view());
    const std::uint64_t given = theirs().owner;
    expect_error(call(), SyscallErrorKind::InvalidPointer, "Invalid pointer");
    char line[128];
    std::snprintf(line, sizeof line, "Invalid account info pointer `owner': 0x%llx != 0x%llx",
                  static_cast<unsigned long long>(given),
                  static_cast<unsigned long long>(expected));
    expect_log(line);
}

TEST_P(RestrictedCpi, InfosInTheInputAreRefused) {
    start();
    const auto instruction = is_rust_ ? place_rust_instruction() : place_c_instruction();
    const auto function = is_rust_ ? &sol_invoke_signed_rust : &sol_invoke_signed_c;
    expect_error(function(context(), instruction, kInput, 0, 0, 0),
                 SyscallErrorKind::InvalidPointer, "Invalid pointer");
}

TEST_P(RestrictedCpi, LengthBeyondTheReserveIsRefused) {
    start();
    ours().length = 100 + 10'241;
    expect_error(call(), InstructionError::InvalidRealloc);
}

TEST_P(Cpi, GrowthByTheCallerReachesTheCallee) {
    start();
    ours().length = 150;
    bool has_run = false;
    callee_ = [&](invoke::InvokeContext& invocation) -> Result<void, ProgramError> {
        has_run = true;
        const auto account = invocation.current_instruction().value().borrow_account(1).value();
        Bytes expected(100, 2);
        expected.resize(150, 0);
        EXPECT_EQ(Bytes(account.data().begin(), account.data().end()), expected);
        return {};
    };
    expect_value(call(), 0);
    EXPECT_TRUE(has_run);
}

TEST_P(CCpi, InfosInReadOnlyMemoryFault) {
    start();
    const std::uint64_t instruction = place_c_instruction();
    std::vector<CAccountInfo> infos;
    for (const Info& info : infos_) {
        infos.push_back({info.key, info.lamports, info.length, info.data, info.owner, 0, 0, 0, 0});
    }
    put(kRodata,
        {reinterpret_cast<const std::uint8_t*>(infos.data()), infos.size() * sizeof(CAccountInfo)});
    expect_violation(sol_invoke_signed_c(context(), instruction, kRodata, infos.size(), 0, 0),
                     vm::Access::Store, kRodata + 16, 8);
}

TEST_P(RestrictedCpi, ProgramOfLoaderV1HasNoReserve) {
    loader_ = ids::kBpfLoaderDeprecated;
    callee_ = [](invoke::InvokeContext& invocation) -> Result<void, ProgramError> {
        auto account = invocation.current_instruction().value().borrow_account(0).value();
        EXPECT_TRUE(account.set_data_length(301));
        return {};
    };
    expect_error(call(), InstructionError::InvalidRealloc);
    expect_log("Account data size realloc limited to 0 in inner instructions");
}

TEST_P(RestrictedRustCpi, BoxesInTheInputAreRefused) {
    start();
    // A word of the input that holds the right pointer, as a callee could have made it.
    const std::uint64_t box = ours().data;
    put_value(box + 24, theirs().lamports);
    theirs().lamports_box = box;
    expect_error(call(), SyscallErrorKind::InvalidPointer, "Invalid pointer");
    theirs().lamports_box = 0;
    theirs().data_box = box;
    expect_error(call(), SyscallErrorKind::InvalidPointer, "Invalid pointer");
}

constexpr CpiGates kClassic{};
constexpr CpiGates kRestricted{.is_restricted = true};
constexpr CpiGates kRegions{.has_regions = true};
constexpr CpiGates kDirect{.has_regions = true, .is_direct = true};
constexpr CpiGates kRestrictedRegions{.is_restricted = true, .has_regions = true};
constexpr CpiGates kRestrictedDirect{.is_restricted = true, .has_regions = true, .is_direct = true};
/// Direct mapping does nothing without regions.
constexpr CpiGates kInertDirect{.is_restricted = true, .is_direct = true};

std::string name_of(const ::testing::TestParamInfo<std::tuple<bool, CpiGates>>& form) {
    const auto& [is_rust, gates] = form.param;
    return std::string(is_rust ? "Rust" : "C") + (gates.is_restricted ? "Restricted" : "") +
           (gates.has_regions ? "Regions" : "") + (gates.is_direct ? "Direct" : "");
}

using ::testing::Bool;
using ::testing::Combine;
using ::testing::Values;

INSTANTIATE_TEST_SUITE_P(Forms, Cpi,
                         Combine(Bool(),
                                 Values(kClassic, kRestricted, kRegions, kDirect,
                                        kRestrictedRegions, kRestrictedDirect, kInertDirect)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Forms, CopyingCpi,
                         Combine(Bool(), Values(kClassic, kRestricted, kRegions, kRestrictedRegions,
                                                kInertDirect)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Forms, RestrictedCpi,
                         Combine(Bool(),
                                 Values(kRestricted, kRestrictedRegions, kRestrictedDirect)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Forms, CCpi,
                         Combine(Values(false),
                                 Values(kClassic, kRestricted, kRegions, kRestrictedDirect)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Forms, RestrictedRustCpi,
                         Combine(Values(true),
                                 Values(kRestricted, kRestrictedRegions, kRestrictedDirect)),
                         name_of);

} // namespace
} // namespace fathom::syscalls

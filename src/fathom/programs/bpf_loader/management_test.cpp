// SPDX-License-Identifier: Apache-2.0
// Tests of loader v3's buffers, authorities and closing. Expectations follow Agave
// programs/bpf_loader/src/lib.rs.
#include "fathom/programs/bpf_loader/management.hpp"
#include "tests/support/loader_fixture.hpp"

namespace fathom::programs::bpf_loader {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace fathom::tests;

class LoaderManagement : public LoaderFixture {
protected:
    static constexpr std::uint32_t kInitializeBuffer = 0, kWrite = 1, kSetAuthority = 4, kClose = 5,
                                   kSetAuthorityChecked = 7;

    Bytes write(std::uint32_t offset, const Bytes& bytes) const {
        return Wire().u32(kWrite).u32(offset).u64(bytes.size()).raw(bytes);
    }
    void expect(const ProgramOutcome& outcome, const std::string& status,
                const std::string& line) const {
        EXPECT_EQ(outcome.status, status);
        EXPECT_THAT(outcome.logs, ElementsAre(line));
    }
};

TEST_F(LoaderManagement, ChargesBeforeItReadsTheInstruction) {
    EXPECT_EQ(run_loader(Wire().u32(8), {}).units, 2370u);
    EXPECT_EQ(run_loader(Wire().u32(8), {}).status, "InvalidInstructionData");
    budget_.compute_unit_limit = 2369;
    EXPECT_EQ(run_loader(Wire().u32(8), {}).status, "ComputationalBudgetExceeded");
}

TEST_F(LoaderManagement, InitializesABufferWithoutSignatures) {
    put(buffer_, 1, Bytes(40), loader_);
    const auto outcome =
        run_loader(Wire().u32(kInitializeBuffer), {writable(buffer_), readonly(authority_)});
    EXPECT_EQ(outcome.status, "ok");
    EXPECT_EQ(outcome.units, 2370u);
    EXPECT_THAT(outcome.logs, IsEmpty());
    EXPECT_EQ(data_of(buffer_), Bytes(Wire().u32(1).u8(1).key(authority_).zeros(3)));
}

TEST_F(LoaderManagement, InitializeBufferChecksInOrder) {
    const Bytes data = Wire().u32(kInitializeBuffer);
    EXPECT_EQ(run_loader(data, {writable(buffer_)}).status, "MissingAccount");
    EXPECT_EQ(run_loader(data, {writable(buffer_), readonly(authority_)}).status,
              "InvalidAccountData");
    put_buffer(authority_, {});
    expect(run_loader(data, {writable(buffer_), readonly(authority_)}), "AccountAlreadyInitialized",
           "Buffer account already initialized");
    put(buffer_, 1, Bytes(36), loader_);
    EXPECT_EQ(run_loader(data, {writable(buffer_), readonly(authority_)}).status,
              "AccountDataTooSmall");
    put(buffer_, 1, Bytes(37), other_);
    EXPECT_EQ(run_loader(data, {writable(buffer_), readonly(authority_)}).status,
              "ExternalAccountDataModified");
}

TEST_F(LoaderManagement, WritesUpToTheEndOfABuffer) {
    put_buffer(authority_, Bytes(4));
    const std::vector<AccountMeta> accounts{writable(buffer_), readonly_signer(authority_)};
    EXPECT_EQ(run_loader(write(2, {7, 8}), accounts).status, "ok");
    EXPECT_EQ(program_bytes_of(buffer_, kBufferMetadata), (Bytes{0, 0, 7, 8}));
    expect(run_loader(write(3, {7, 8}), accounts), "AccountDataTooSmall",
           "Write overflow: 41 < 42");
    expect(run_loader(write(0xffffffff, {7, 8}), accounts), "AccountDataTooSmall",
           "Write overflow: 41 < 4294967334");
}

TEST_F(LoaderManagement, WriteChecksInOrder) {
    put(buffer_, 1, Bytes(41), loader_);
    EXPECT_EQ(run_loader(write(0, {1}), {writable(buffer_)}).status, "MissingAccount");
    expect(run_loader(write(0, {1}), {writable(buffer_), readonly(other_)}), "InvalidAccountData",
           "Invalid Buffer account");
    put_buffer(std::nullopt, Bytes(4));
    expect(run_loader(write(0, {1}), {writable(buffer_), readonly(other_)}), "Immutable",
           "Buffer is immutable");
    put_buffer(authority_, Bytes(4));
    expect(run_loader(write(0, {1}), {writable(buffer_), readonly(other_)}), "IncorrectAuthority",
           "Incorrect buffer authority provided");
    expect(run_loader(write(0, {1}), {writable(buffer_), readonly(authority_)}),
           "MissingRequiredSignature", "Buffer authority did not sign");
    EXPECT_EQ(run_loader(write(0, {1}), {readonly(buffer_), readonly_signer(authority_)}).status,
              "ReadonlyDataModified");
}

TEST_F(LoaderManagement, WriteRefusesALengthBeyondTheData) {
    EXPECT_EQ(run_loader(Wire().u32(kWrite).u32(0).u64(~0ull), {}).status,
              "InvalidInstructionData");
}

TEST_F(LoaderManagement, SetsTheAuthorityOfABuffer) {
    put_buffer(authority_, Bytes(4));
    expect(run_loader(Wire().u32(kSetAuthority),
                      {writable(buffer_), readonly_signer(authority_), readonly(other_)}),
           "ok", "New authority Some(" + other_.to_base58() + ")");
    EXPECT_EQ(data_of(buffer_), Bytes(Wire().u32(1).u8(1).key(other_).zeros(4)));
}

TEST_F(LoaderManagement, SetAuthorityOfABufferChecksInOrder) {
    const Bytes data = Wire().u32(kSetAuthority);
    put_buffer(std::nullopt, Bytes(4));
    EXPECT_EQ(run_loader(data, {writable(buffer_)}).status, "MissingAccount");
    expect(run_loader(data, {writable(buffer_), readonly(other_)}), "IncorrectAuthority",
           "Buffer authority is not optional");
    expect(run_loader(data, {writable(buffer_), readonly(other_), readonly(other_)}), "Immutable",
           "Buffer is immutable");
    put_buffer(authority_, Bytes(4));
    expect(run_loader(data, {writable(buffer_), readonly(other_), readonly(other_)}),
           "IncorrectAuthority", "Incorrect buffer authority provided");
    expect(run_loader(data, {writable(buffer_), readonly(authority_), readonly(other_)}),
           "MissingRequiredSignature", "Buffer authority did not sign");
}

TEST_F(LoaderManagement, DropsTheAuthorityOfAProgram) {
    put_programdata(7, authority_, elf());
    expect(run_loader(Wire().u32(kSetAuthority),
                      {writable(programdata_), readonly_signer(authority_)}),
           "ok", "New authority None");
    // Only the tag of the option is written; the key behind it stays.
    EXPECT_EQ(data_of(programdata_), Bytes(Wire().u32(3).u64(7).u8(0).key(authority_).raw(elf())));
}

TEST_F(LoaderManagement, SetAuthorityOfAProgramChecksInOrder) {
    const Bytes data = Wire().u32(kSetAuthority);
    put_programdata(7, std::nullopt, {});
    expect(run_loader(data, {writable(programdata_), readonly(other_)}), "Immutable",
           "Program not upgradeable");
    put_programdata(7, authority_, {});
    expect(run_loader(data, {writable(programdata_), readonly(other_)}), "IncorrectAuthority",
           "Incorrect upgrade authority provided");
    expect(run_loader(data, {writable(programdata_), readonly(authority_)}),
           "MissingRequiredSignature", "Upgrade authority did not sign");
    put_program(programdata_);
    expect(run_loader(data, {writable(program_), readonly(other_)}), "InvalidArgument",
           "Account does not support authorities");
}

TEST_F(LoaderManagement, OldProgramsKeepTheirAuthorityOnceTheyCannotBeDeployed) {
    activate(Feature::disable_sbpf_v0_v1_v2_deployment);
    const std::vector<AccountMeta> accounts{writable(programdata_), readonly_signer(authority_)};
    put_programdata(7, authority_, elf(0, sbpf::Version::V0));
    const auto outcome = run_loader(Wire().u32(kSetAuthority), accounts);
    EXPECT_EQ(outcome.status, "InvalidAccountData");
    EXPECT_THAT(outcome.logs, IsEmpty());
    put_programdata(7, authority_, elf(0, sbpf::Version::V3));
    EXPECT_EQ(run_loader(Wire().u32(kSetAuthority), accounts).status, "ok");
    put_programdata(7, authority_, Bytes(51));
    EXPECT_EQ(run_loader(Wire().u32(kSetAuthority), accounts).status, "ok");
}

TEST_F(LoaderManagement, SetAuthorityCheckedNeedsBothSignatures) {
    const Bytes data = Wire().u32(kSetAuthorityChecked);
    EXPECT_EQ(run_loader(data, {}).status, "InvalidInstructionData");
    activate(Feature::enable_bpf_loader_set_authority_checked_ix);
    put_buffer(authority_, Bytes(4));
    EXPECT_EQ(run_loader(data, {writable(buffer_), readonly_signer(authority_)}).status,
              "MissingAccount");
    expect(run_loader(data, {writable(buffer_), readonly(authority_), readonly(other_)}),
           "MissingRequiredSignature", "Buffer authority did not sign");
    expect(run_loader(data, {writable(buffer_), readonly_signer(authority_), readonly(other_)}),
           "MissingRequiredSignature", "New authority did not sign");
    expect(
        run_loader(data, {writable(buffer_), readonly_signer(authority_), readonly_signer(other_)}),
        "ok", "New authority " + other_.to_base58());
    put_programdata(7, authority_, {});
    expect(run_loader(data, {writable(programdata_), readonly_signer(authority_),
                             readonly_signer(other_)}),
           "ok", "New authority " + other_.to_base58());
    EXPECT_EQ(data_of(programdata_), Bytes(Wire().u32(3).u64(7).u8(1).key(other_)));
}

TEST_F(LoaderManagement, ClosesAnUninitializedAccountWithoutSignature) {
    put(buffer_, 30, Bytes(40), loader_);
    put(other_, 5);
    expect(run_loader(Wire().u32(kClose), {writable(buffer_), writable(other_)}), "ok",
           "Closed Uninitialized " + buffer_.to_base58());
    EXPECT_EQ(lamports_of(buffer_), 0u);
    EXPECT_EQ(lamports_of(other_), 35u);
    EXPECT_EQ(data_of(buffer_), Bytes(4));
}

TEST_F(LoaderManagement, ClosesABuffer) {
    put_buffer(authority_, Bytes(4), 30);
    expect(run_loader(Wire().u32(kClose),
                      {writable(buffer_), writable(other_), readonly_signer(authority_)}),
           "ok", "Closed Buffer " + buffer_.to_base58());
    EXPECT_EQ(lamports_of(other_), 30u);
    EXPECT_EQ(data_of(buffer_), Bytes(4));
}

TEST_F(LoaderManagement, CloseChecksInOrder) {
    const Bytes data = Wire().u32(kClose);
    put_buffer(std::nullopt, Bytes(4));
    EXPECT_EQ(run_loader(data, {writable(buffer_)}).status, "MissingAccount");
    expect(run_loader(data, {writable(buffer_), writable(buffer_)}), "InvalidArgument",
           "Recipient is the same as the account being closed");
    // The data is cut before anybody is asked.
    EXPECT_EQ(run_loader(data, {readonly(buffer_), writable(other_)}).status,
              "ReadonlyDataModified");
    EXPECT_EQ(run_loader(data, {writable(buffer_), writable(other_)}).status, "MissingAccount");
    expect(run_loader(data, {writable(buffer_), writable(other_), readonly(other_)}), "Immutable",
           "Account is immutable");
    put_buffer(authority_, Bytes(4));
    expect(run_loader(data, {writable(buffer_), writable(other_), readonly(other_)}),
           "IncorrectAuthority", "Incorrect authority provided");
    expect(run_loader(data, {writable(buffer_), writable(other_), readonly(authority_)}),
           "MissingRequiredSignature", "Authority did not sign");
    put_program(programdata_);
    expect(run_loader(data, {writable(program_), writable(other_)}), "InvalidArgument",
           "Account does not support closing");
}

TEST_F(LoaderManagement, ClosesAProgramAndItsCacheEntry) {
    put_programdata(7, authority_, elf());
    put_program(programdata_);
    const Lamports lamports = lamports_of(programdata_);
    const auto outcome =
        run_loader(Wire().u32(kClose), {writable(programdata_), writable(other_),
                                        readonly_signer(authority_), writable(program_)});
    expect(outcome, "ok", "Closed Program " + program_.to_base58());
    EXPECT_EQ(lamports_of(other_), lamports);
    EXPECT_EQ(data_of(programdata_), Bytes(4));
    ASSERT_EQ(outcome.deployed.size(), 1u);
    const auto& entry = outcome.deployed.at(program_);
    EXPECT_EQ(entry->state, invoke::ProgramState::Closed);
    EXPECT_EQ(entry->deployment_slot, 100u);
    EXPECT_EQ(entry->effective_slot, 100u);
}

TEST_F(LoaderManagement, CloseOfAProgramChecksInOrder) {
    const Bytes data = Wire().u32(kClose);
    put_programdata(100, authority_, {});
    put(program_, 1, Bytes(36), other_);
    const AccountMeta closed = writable(programdata_);
    const AccountMeta recipient = writable(other_);
    const AccountMeta stranger = readonly(other_);
    EXPECT_EQ(run_loader(data, {closed, recipient, stranger}).status, "MissingAccount");
    expect(run_loader(data, {closed, recipient, stranger, readonly(program_)}), "InvalidArgument",
           "Program account is not writable");
    expect(run_loader(data, {closed, recipient, stranger, writable(program_)}),
           "IncorrectProgramId", "Program account not owned by loader");
    put(program_, 1, Bytes(36), loader_);
    expect(run_loader(data, {closed, recipient, stranger, writable(program_)}), "InvalidArgument",
           "Program was deployed in this block already");
    put_programdata(99, authority_, {});
    expect(run_loader(data, {closed, recipient, stranger, writable(program_)}), "InvalidArgument",
           "Invalid Program account");
    put_program(other_);
    expect(run_loader(data, {closed, recipient, stranger, writable(program_)}), "InvalidArgument",
           "ProgramData account does not match ProgramData account");
    put_program(programdata_);
    expect(run_loader(data, {closed, recipient, stranger, writable(program_)}),
           "IncorrectAuthority", "Incorrect authority provided");
}

} // namespace
} // namespace fathom::programs::bpf_loader

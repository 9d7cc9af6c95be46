// SPDX-License-Identifier: Apache-2.0
// Accounts of loader v3 and a program small enough to deploy in a test.
#pragma once

#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"
#include "fathom/types/pda.hpp"
#include "tests/support/program_fixture.hpp"

namespace fathom::tests {

class LoaderFixture : public ProgramFixture {
protected:
    static constexpr std::size_t kBufferMetadata = 37;
    static constexpr std::size_t kProgramDataMetadata = 45;

    const Pubkey loader_ = ids::kBpfLoaderUpgradeable;
    const Pubkey authority_ = test_key(1);
    const Pubkey other_ = test_key(2);
    const Pubkey buffer_ = test_key(3);
    const Pubkey program_ = test_key(4);
    const Pubkey payer_ = test_key(5);
    const Pubkey spill_ = test_key(6);
    const Pubkey programdata_ = derived_programdata();

    LoaderFixture() {
        const auto syscalls = std::make_shared<const vm::SyscallTable>(std::vector<vm::Syscall>{});
        environment_.execution.syscalls = syscalls;
        environment_.deployment.syscalls = syscalls;
        environment_.deployment.reject_broken_elfs = true;
    }

    [[nodiscard]] Pubkey derived_programdata() const {
        const ByteView seed = program_.view();
        return find_program_address({&seed, 1}, loader_)->first;
    }
    /// Returns `value`.
    [[nodiscard]] static Bytes elf(std::uint32_t value = 0,
                                   sbpf::Version version = sbpf::Version::V0) {
        const auto assembly = sbpf::assemble(".globl entrypoint\nentrypoint:\n mov64 r0, " +
                                                 std::to_string(value) + "\n exit\n",
                                             {.version = version});
        return sbpf::write_elf(*assembly).value();
    }
    [[nodiscard]] static Bytes option(const std::optional<Pubkey>& key) {
        return key ? Bytes(Wire().u8(1).key(*key)) : Bytes(Wire().u8(0).zeros(32));
    }
    void put_buffer(const std::optional<Pubkey>& authority, const Bytes& program,
                    Lamports lamports = 1'000'000'000) {
        put(buffer_, lamports, Bytes(Wire().u32(1).raw(option(authority)).raw(program)), loader_);
    }
    void put_program(const Pubkey& programdata) {
        put(program_, rent_for(36), Bytes(Wire().u32(2).key(programdata)), loader_);
        account(program_).executable = true;
    }
    /// Rent-exempt.
    void put_programdata(Slot slot, const std::optional<Pubkey>& authority, const Bytes& program) {
        const Bytes data = Wire().u32(3).u64(slot).raw(option(authority)).raw(program);
        put(programdata_, rent_for(data.size()), data, loader_);
    }
    [[nodiscard]] Bytes program_bytes_of(const Pubkey& key, std::size_t metadata) {
        const Bytes data = data_of(key);
        return {data.begin() + static_cast<std::ptrdiff_t>(metadata), data.end()};
    }
    ProgramOutcome run_loader(const Bytes& data, std::vector<AccountMeta> accounts) {
        return run(loader_, data, std::move(accounts));
    }
};

} // namespace fathom::tests

// SPDX-License-Identifier: Apache-2.0
// A program about to call another one: its serialized accounts, and the structs that it passes, in
// Rust's and in C's form.
#pragma once

#include "fathom/invoke/serialization.hpp"
#include "fathom/syscalls/cpi_abi.hpp"
#include "fathom/syscalls/functions.hpp"
#include "tests/support/syscall_fixture.hpp"

#include <functional>

namespace fathom::tests {

/// The gates that change how accounts are shared between caller and callee.
struct CpiGates {
    bool is_restricted = false;
    bool has_regions = false;
    bool is_direct = false;
};

/// Accounts: 1 the callee, a builtin that does what callee_ says; 2 owned by the callee, writable,
/// 300 bytes of 1; 3 owned by the caller, writable, 100 bytes of 2; 4 read-only, of nobody.
class CpiFixture : public SyscallFixture {
protected:
    static constexpr std::uint8_t kCallee = 1;
    static constexpr std::uint8_t kTheirs = 2;
    static constexpr std::uint8_t kOurs = 3;
    static constexpr std::uint8_t kReadOnly = 4;
    static constexpr std::uint64_t kCalleeUnits = 50;

    using ProgramError = invoke::ProgramError;
    using Callee = std::function<Result<void, ProgramError>(invoke::InvokeContext&)>;

    CpiGates gates_;
    bool is_rust_ = true;
    inline static Callee callee_;

    // What is passed; change before call().
    struct Meta {
        Pubkey key;
        std::uint8_t is_signer = 0;
        std::uint8_t is_writable = 0;
    };
    std::vector<Meta> metas_;
    Bytes data_{9, 8, 7};
    Pubkey callee_id_ = key_of(kCallee);
    std::uint64_t signers_ = 0;
    std::uint64_t signer_count_ = 0;

    /// An account info as the caller holds it: where the parts are.
    struct Info {
        std::uint64_t key = 0;
        std::uint64_t owner = 0;
        std::uint64_t lamports = 0;
        std::uint64_t data = 0;
        std::uint64_t length = 0;
        /// Filled when placed: address of the length field.
        std::uint64_t length_field = 0;
        /// Rust: replaces the address of the box if not 0.
        std::uint64_t lamports_box = 0;
        std::uint64_t data_box = 0;
    };
    std::vector<Info> infos_;

    void SetUp() override {
        callee_ = [](invoke::InvokeContext&) -> Result<void, ProgramError> { return {}; };
        metas_ = {{key_of(kTheirs), 0, 1}, {key_of(kOurs), 0, 1}};
    }

    void start() override {
        if (invocation_) return;
        using invoke::KeyedAccount;
        accounts_ = {
            {key_of(kCallee), {1, AccountData{}, ids::kNativeLoader, true}},
            {key_of(kTheirs), {1000, AccountData(Bytes(300, 1)), key_of(kCallee)}},
            {key_of(kOurs), {500, AccountData(Bytes(100, 2)), program_id_}},
            {key_of(kReadOnly), {7, AccountData(Bytes(10, 3)), key_of(0xee)}},
        };
        instruction_accounts_ = {{1, false, false}, {2, false, true}, {3, true, true}, {4}};
        begin_instruction();
        if (gates_.is_restricted) activate(Feature::syscall_parameter_address_restrictions);
        if (gates_.has_regions) activate(Feature::virtual_address_space_adjustments);
        if (gates_.is_direct) activate(Feature::account_data_direct_mapping);
        const bool is_direct = gates_.has_regions && gates_.is_direct;
        transaction_->enable_access_handler(gates_.has_regions, is_direct);
        programs_.insert(key_of(kCallee),
                         std::make_shared<invoke::ProgramCacheEntry>(
                             invoke::ProgramCacheEntry{.state = invoke::ProgramState::Builtin,
                                                       .owner = ids::kNativeLoader,
                                                       .builtin = &run_callee,
                                                       .executable = nullptr}));
        serialized_.emplace();
        const auto outcome = invoke::serialize_input(
            invocation_->current_instruction().value(),
            {.address_space_adjustments = gates_.has_regions, .direct_mapping = is_direct},
            *serialized_);
        ASSERT_TRUE(outcome.has_value());
        std::vector<vm::MemoryRegion> regions{
            vm::MemoryRegion::readonly(bytes_of(rodata_).first(kRodataSize), kRodata),
            vm::MemoryRegion::writable(bytes_of(heap_).first(kHeapSize), kHeap)};
        regions.insert(regions.end(), serialized_->regions.begin(), serialized_->regions.end());
        set_memory(std::move(regions),
                   gates_.has_regions ? vm::MapLayout::Unaligned : vm::MapLayout::Aligned,
                   serialized_->accounts);
        for (std::size_t i = 1; i < instruction_accounts_.size(); ++i) {
            infos_.push_back(info_of(i));
        }
    }

    /// The info that the entrypoint would make for an account of the instruction.
    [[nodiscard]] Info info_of(std::size_t index) {
        const auto& place = serialized_->accounts[index];
        return {.key = place.vm_key_addr,
                .owner = place.vm_owner_addr,
                .lamports = place.vm_lamports_addr,
                .data = place.vm_data_addr,
                .length = place.original_data_len};
    }

    [[nodiscard]] std::uint8_t* host(std::uint64_t address) override {
        if (address < kInput) return SyscallFixture::host(address);
        const vm::MemoryRegion* const region = map_->find_region(address);
        return region->host + (address - region->vm_addr);
    }

    template <class T> [[nodiscard]] std::uint64_t place_all(const std::vector<T>& values) {
        return place(
            {reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T)});
    }

    [[nodiscard]] syscalls::Value call() {
        start();
        return is_rust_ ? call_rust() : call_c();
    }

    [[nodiscard]] std::uint64_t place_rust_instruction() {
        std::vector<syscalls::RustAccountMeta> metas;
        for (const Meta& meta : metas_) {
            metas.push_back({meta.key, meta.is_signer, meta.is_writable});
        }
        const syscalls::RustInstruction instruction{{place_all(metas), metas.size(), metas.size()},
                                                    {place(data_), data_.size(), data_.size()},
                                                    callee_id_};
        return place_value(instruction);
    }
    [[nodiscard]] std::uint64_t place_c_instruction() {
        std::vector<syscalls::CAccountMeta> metas;
        for (const Meta& meta : metas_) {
            metas.push_back({place(meta.key.view()), meta.is_writable, meta.is_signer});
        }
        const syscalls::CInstruction instruction{place(callee_id_.view()), place_all(metas),
                                                 metas.size(), place(data_), data_.size()};
        return place_value(instruction);
    }
    [[nodiscard]] std::uint64_t place_rust_infos() {
        std::vector<syscalls::RustAccountInfo> infos;
        for (Info& info : infos_) {
            const std::uint64_t lamports[] = {1, 1, 0, info.lamports};
            const std::uint64_t data[] = {1, 1, 0, info.data, info.length};
            std::uint64_t lamports_box = place_value(lamports);
            std::uint64_t data_box = place_value(data);
            if (info.lamports_box != 0) lamports_box = info.lamports_box;
            if (info.data_box != 0) data_box = info.data_box;
            info.length_field = data_box + 32;
            infos.push_back({info.key, lamports_box, data_box, info.owner, 0, 0, 0, 0});
        }
        return place_all(infos);
    }
    [[nodiscard]] std::uint64_t place_c_infos() {
        std::vector<syscalls::CAccountInfo> infos;
        for (const Info& info : infos_) {
            infos.push_back(
                {info.key, info.lamports, info.length, info.data, info.owner, 0, 0, 0, 0});
        }
        const std::uint64_t address = place_all(infos);
        for (std::size_t i = 0; i < infos_.size(); ++i) {
            infos_[i].length_field = address + i * sizeof(syscalls::CAccountInfo) + 16;
        }
        return address;
    }
    [[nodiscard]] syscalls::Value call_rust() {
        const auto instruction = place_rust_instruction();
        const auto infos = place_rust_infos();
        return syscalls::sol_invoke_signed_rust(context(), instruction, infos, infos_.size(),
                                                signers_, signer_count_);
    }
    [[nodiscard]] syscalls::Value call_c() {
        const auto instruction = place_c_instruction();
        const auto infos = place_c_infos();
        return syscalls::sol_invoke_signed_c(context(), instruction, infos, infos_.size(), signers_,
                                             signer_count_);
    }

private:
    static Result<void, ProgramError> run_callee(invoke::InvokeContext& context) {
        if (auto paid = context.consume(kCalleeUnits); !paid) {
            return std::unexpected(ProgramError(paid.error()));
        }
        return callee_(context);
    }

    std::optional<invoke::SerializedInput> serialized_;
};

} // namespace fathom::tests

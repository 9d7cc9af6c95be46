// SPDX-License-Identifier: Apache-2.0
// What an account of loader v3 says about itself, in front of its program bytes.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/result.hpp"
#include "fathom/types/instruction_error.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <cstdint>
#include <optional>

namespace fathom::programs::bpf_loader {

/// solana-loader-v3-interface state.rs.
struct LoaderState {
    /// The order is the wire tag.
    enum class Kind : std::uint32_t { Uninitialized, Buffer, Program, ProgramData };

    static constexpr std::uint64_t kSizeOfUninitialized = 4;
    /// Where the bytes of a buffer start, with or without an authority.
    static constexpr std::uint64_t kSizeOfBufferMetadata = 37;
    static constexpr std::uint64_t kSizeOfProgram = 36;
    /// Where the program bytes start, with or without an authority.
    static constexpr std::uint64_t kSizeOfProgramDataMetadata = 45;

    Kind kind = Kind::Uninitialized;
    /// Buffer and ProgramData; none means that nobody can change it.
    std::optional<Pubkey> authority;
    /// Program: the account that holds its bytes.
    Pubkey programdata_address;
    /// ProgramData: when it was deployed, upgraded or extended.
    Slot slot = 0;

    [[nodiscard]] static LoaderState buffer(std::optional<Pubkey> authority) {
        return {.kind = Kind::Buffer, .authority = authority, .programdata_address = {}};
    }
    [[nodiscard]] static LoaderState program(const Pubkey& programdata_address) {
        return {.kind = Kind::Program,
                .authority = std::nullopt,
                .programdata_address = programdata_address};
    }
    [[nodiscard]] static LoaderState program_data(Slot slot, std::optional<Pubkey> authority) {
        return {.kind = Kind::ProgramData,
                .authority = authority,
                .programdata_address = {},
                .slot = slot};
    }

    /// InvalidAccountData if it is none of them. Ignores what follows.
    [[nodiscard]] static Result<LoaderState, InstructionError> decode(ByteView data);
    /// Without an authority it is shorter than the metadata size.
    [[nodiscard]] Bytes encode() const;

    friend bool operator==(const LoaderState&, const LoaderState&) = default;
};

} // namespace fathom::programs::bpf_loader

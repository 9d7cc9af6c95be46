// SPDX-License-Identifier: Apache-2.0
// How programs lay out an instruction and its accounts when they call another program, in Rust and
// in C.
#pragma once

#include "fathom/types/pubkey.hpp"

#include <cstdint>

namespace fathom::syscalls {

// Pointers are guest addresses. A byte that the program means as bool may hold anything.

/// Vec with a fixed layout.
struct RustVector {
    std::uint64_t address;
    std::uint64_t capacity;
    std::uint64_t length;
};

struct RustInstruction {
    RustVector accounts;
    RustVector data;
    Pubkey program_id;
};
static_assert(sizeof(RustInstruction) == 80 && alignof(RustInstruction) == 8);

struct RustAccountMeta {
    Pubkey pubkey;
    std::uint8_t is_signer;
    std::uint8_t is_writable;
};
static_assert(sizeof(RustAccountMeta) == 34 && alignof(RustAccountMeta) == 1);

struct RustAccountInfo {
    std::uint64_t key;
    std::uint64_t lamports; // Rc<RefCell<&mut u64>>
    std::uint64_t data;     // Rc<RefCell<&mut [u8]>>
    std::uint64_t owner;
    std::uint64_t rent_epoch;
    std::uint8_t is_signer;
    std::uint8_t is_writable;
    std::uint8_t is_executable;
};
static_assert(sizeof(RustAccountInfo) == 48 && alignof(RustAccountInfo) == 8);

/// Distance from an Rc<RefCell<T>> to its T: two counts and the borrow flag come first.
inline constexpr std::uint64_t kRcRefCellValue = 24;

struct CInstruction {
    std::uint64_t program_id;
    std::uint64_t accounts;
    std::uint64_t account_count;
    std::uint64_t data;
    std::uint64_t data_length;
};
static_assert(sizeof(CInstruction) == 40 && alignof(CInstruction) == 8);

struct CAccountMeta {
    std::uint64_t pubkey;
    std::uint8_t is_writable;
    std::uint8_t is_signer;
};
static_assert(sizeof(CAccountMeta) == 16 && alignof(CAccountMeta) == 8);

struct CAccountInfo {
    std::uint64_t key;
    std::uint64_t lamports;
    std::uint64_t data_length;
    std::uint64_t data;
    std::uint64_t owner;
    std::uint64_t rent_epoch;
    std::uint8_t is_signer;
    std::uint8_t is_writable;
    std::uint8_t is_executable;
};
static_assert(sizeof(CAccountInfo) == 56 && alignof(CAccountInfo) == 8);

} // namespace fathom::syscalls

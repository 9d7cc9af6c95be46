// SPDX-License-Identifier: Apache-2.0
// The work of the VM benchmark: kernels as ELFs, and transactions with all that they need.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/sbpf/version.hpp"
#include "fathom/types/account.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/transaction.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fathom::bench {

/// A kernel for one instruction set. Its instruction data is a number of passes.
struct Kernel {
    std::string name;
    sbpf::Version version = sbpf::Version::V0;
    Bytes elf;
    std::uint64_t passes = 0; // enough for about 200'000 instructions
};

/// The sources of bench/kernels, for V0 and V3.
[[nodiscard]] std::vector<Kernel> make_kernels(const std::filesystem::path& sources);

/// Transactions that may be repeated for ever in their order, and the state that they begin with,
/// World apart.
struct TransactionRow {
    std::string group;
    std::string name;
    std::string version; // of a kernel; empty: a real program
    std::uint64_t passes = 0;
    std::vector<std::pair<Pubkey, Bytes>> programs;
    std::vector<std::pair<Pubkey, Account>> accounts;
    std::vector<Bytes> transactions;
    bool is_verified = false; // signatures
};

/// Every kernel with its passes and with none; nothing once and eleven times.
[[nodiscard]] std::vector<TransactionRow> kernel_rows(const std::filesystem::path& sources);
/// Real programs, out of `elves` (the folder with core/ and programs/). A row whose ELFs are not
/// there is left out, and said to be. None without a folder.
[[nodiscard]] std::vector<TransactionRow> program_rows(const std::filesystem::path& elves);

/// What whole transactions cost: payments, programs' transfers, one more instruction, one more
/// call.
[[nodiscard]] std::vector<TransactionRow> whole_rows(const std::filesystem::path& sources,
                                                     const std::filesystem::path& elves);

/// Syscalls of cryptography in a loop, with their passes and with none; "nothing" is the loop.
[[nodiscard]] std::vector<TransactionRow> syscall_rows(const std::filesystem::path& sources);
/// Proofs of the ZK ElGamal Proof program, out of a file as zk_bench reads it. None without a file.
[[nodiscard]] std::vector<TransactionRow> proof_rows(const std::filesystem::path& proofs);

/// The ELF of one source; ends the process if there is none.
[[nodiscard]] Bytes assembled(const std::filesystem::path& source, sbpf::Version version);
/// The Compute Budget instruction.
[[nodiscard]] Instruction unit_limit(std::uint32_t units);

[[nodiscard]] std::string_view name_of(sbpf::Version version);

} // namespace fathom::bench

// SPDX-License-Identifier: Apache-2.0
// Cryptography as transactions reach it: syscalls called in a loop, and proofs of the ZK ElGamal
// Proof program.
#include "fathom/base/text.hpp"
#include "fathom/crypto/bn254.hpp"
#include "fathom/crypto/ristretto255.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/types/program_ids.hpp"
#include "vm_rows.hpp"
#include "world.hpp"

#include <array>
#include <cstdio>
#include <sstream>

namespace fathom::bench {
namespace {

using crypto::ByteOrder;

struct SyscallRow {
    std::string_view name;
    std::string_view program;
    std::uint64_t passes = 0; // within 1'400'000 units
    Bytes input;
};

Bytes joined(std::initializer_list<ByteView> parts) {
    Bytes bytes;
    for (const ByteView part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
    return bytes;
}

Bytes number(std::uint64_t value) {
    Bytes bytes(8);
    store_le(bytes.data(), value);
    return bytes;
}

/// 32 bytes below every order here.
Bytes scalar(std::string_view name) {
    Hash bytes = digest(name);
    bytes.bytes[0] &= 0x0f;
    bytes.bytes[31] &= 0x0f;
    return {bytes.bytes.begin(), bytes.bytes.end()};
}

constexpr std::uint64_t kMultiplyG1 = 2;
constexpr std::uint64_t kPair = 3;

const Bytes kG1 =
    *base::from_hex("0000000000000000000000000000000000000000000000000000000000000001"
                    "0000000000000000000000000000000000000000000000000000000000000002");
const Bytes kG2 =
    *base::from_hex("198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
                    "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
                    "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
                    "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa");

SyscallRow bn254_pairing() {
    const Bytes a = scalar("fathom bench bn254 a");
    const Bytes b = scalar("fathom bench bn254 b");
    const auto g1 = *crypto::bn254_g1_multiply(joined({kG1, a}), ByteOrder::Big);
    const auto g2 = *crypto::bn254_g2_multiply(joined({kG2, b}), ByteOrder::Big);
    const Bytes pairs = joined({g1, g2, kG1, kG2});
    return {"bn254 pairing, 2 pairs", "alt_bn128", 24,
            joined({number(kPair), number(pairs.size()), pairs})};
}

SyscallRow bn254_multiply() {
    const auto point =
        *crypto::bn254_g1_multiply(joined({kG1, scalar("fathom bench bn254 a")}), ByteOrder::Big);
    const Bytes input = joined({point, digest("fathom bench bn254 scalar").bytes});
    return {"bn254 G1 multiply", "alt_bn128", 300,
            joined({number(kMultiplyG1), number(input.size()), input})};
}

SyscallRow poseidon(std::string_view name, std::uint64_t inputs, std::uint64_t passes) {
    Bytes data = number(inputs);
    for (std::uint64_t i = 0; i < inputs; ++i) {
        data = joined({data, scalar("fathom bench poseidon " + std::to_string(i))});
    }
    return {name, "poseidon", passes, data};
}

SyscallRow ristretto_multiply() {
    const auto factor = crypto::Scalar25519::from_u64(0x1234'5678'9abc'def1);
    const auto point = (factor * crypto::RistrettoPoint::base()).compress();
    return {"ristretto255 multiply", "ristretto", 500,
            joined({scalar("fathom bench ristretto"), point})};
}

Pubkey named(std::string_view name) {
    return {digest(name).bytes};
}

TransactionRow transaction_row(const SyscallRow& row, std::uint64_t passes, const Bytes& elf) {
    const World world;
    const Pubkey id = named("fathom bench syscalls " + std::string(row.program));
    const std::array instructions = {unit_limit(1'400'000),
                                     Instruction{id, {}, joined({number(passes), row.input})}};
    return {.group = "syscall",
            .name = std::string(row.name),
            .version = "v0",
            .passes = passes,
            .programs = {{id, elf}},
            .accounts = {},
            .transactions = {signed_transaction(world.alice, instructions, world.slot.blockhash)}};
}

struct ProofRow {
    std::string_view proof; // in the file
    std::string_view name;
};

constexpr std::array kProofs = std::to_array<ProofRow>({
    {"PubkeyValidityProofData", "pubkey_validity"},
    {"ZeroCiphertextProofData", "zero_ciphertext"},
    {"PercentageWithCapProofData", "percentage_with_cap"},
    {"BatchedRangeProofU64Data", "range_u64"},
    {"BatchedRangeProofU128Data", "range_u128"},
    {"BatchedRangeProofU256Data", "range_u256"},
});

/// The proof lies in an account, as the longest would not fit into a transaction.
TransactionRow proof_row(std::string_view name, std::uint8_t tag, const Bytes& proof) {
    const World world;
    const Pubkey key = named("fathom bench proof " + std::string(name));
    const Bytes data{tag, 0, 0, 0, 0}; // at offset 0
    const std::array instructions = {
        unit_limit(1'400'000),
        Instruction{ids::kZkElGamalProofProgram, {{key, false, false}}, data}};
    return {.group = "proof",
            .name = std::string(name),
            .version = "",
            .passes = 0,
            .programs = {},
            .accounts =
                {{key,
                  {.lamports = kPlenty, .data = AccountData(proof), .owner = ids::kSystemProgram}}},
            .transactions = {signed_transaction(world.alice, instructions, world.slot.blockhash)}};
}

} // namespace

std::vector<TransactionRow> syscall_rows(const std::filesystem::path& sources) {
    const std::array rows = {SyscallRow{"nothing", "nothing", 10'000, Bytes(64)},
                             bn254_pairing(),
                             bn254_multiply(),
                             poseidon("poseidon, 2 inputs", 2, 1'000),
                             poseidon("poseidon, 12 inputs", 12, 130),
                             ristretto_multiply()};
    std::vector<TransactionRow> result;
    for (const SyscallRow& row : rows) {
        const auto source = sources / "syscalls" / (std::string(row.program) + ".s");
        const Bytes elf = assembled(source, sbpf::Version::V0);
        result.push_back(transaction_row(row, 0, elf));
        result.push_back(transaction_row(row, row.passes, elf));
    }
    return result;
}

std::vector<TransactionRow> proof_rows(const std::filesystem::path& proofs) {
    if (proofs.empty()) return {};
    const auto text = harness::read_file(proofs);
    if (!text) {
        std::fprintf(stderr, "proofs: skipped, %s\n", text.error().message.c_str());
        return {};
    }
    std::vector<TransactionRow> rows;
    std::istringstream lines{std::string(as_text(*text))};
    std::string name;
    std::string hex;
    unsigned tag = 0;
    std::size_t size = 0;
    while (lines >> name >> tag >> size >> hex) {
        const auto proof = base::from_hex(hex);
        for (const ProofRow& row : kProofs) {
            if (row.proof != name) continue;
            if (!proof || proof->size() != size) die("not a proof: ", name);
            rows.push_back(proof_row(row.name, static_cast<std::uint8_t>(tag), *proof));
        }
    }
    return rows;
}

} // namespace fathom::bench

// SPDX-License-Identifier: Apache-2.0
// What the generators of oracle cases share: seeded choice, edge values, and the form of a line.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/crypto/byte_order.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace fathom::oracles {

/// SplitMix64 of a seed and a name: the same choices on every machine.
class Random {
public:
    Random(std::uint64_t seed, std::string_view name);

    std::uint64_t next();
    /// Below `bound`, which is not zero.
    std::size_t below(std::size_t bound);
    bool chance(std::size_t part, std::size_t whole) { return below(whole) < part; }

    /// Random, or now and then all zeros, all ones, or runs of either.
    Bytes bytes(std::size_t size);
    /// A message; often as long as a few blocks, a few bytes more or less.
    Bytes message(std::size_t block_size);
    /// A big-endian integer of as many bytes as `modulus`: mostly below it, often at an edge.
    Bytes integer(ByteView modulus);
    /// The same, but always below.
    Bytes reduced(ByteView modulus);
    /// `bytes` with one bit turned.
    Bytes flipped(Bytes bytes);

private:
    std::uint64_t state_;
};

[[nodiscard]] Bytes from_hex(std::string_view text);
[[nodiscard]] Bytes joined(std::initializer_list<ByteView> parts);
[[nodiscard]] Bytes slice(ByteView bytes, std::size_t offset, std::size_t size);
/// Every run of `size` bytes reversed: from one byte order to the other. What is left stays.
[[nodiscard]] Bytes swapped(Bytes bytes, std::size_t size);
/// a + delta of big-endian integers, modulo their size.
[[nodiscard]] Bytes plus(Bytes a, int delta);
[[nodiscard]] Bytes sum(ByteView a, ByteView b);
[[nodiscard]] Bytes difference(ByteView a, ByteView b);
[[nodiscard]] Bytes halved(Bytes a);
[[nodiscard]] bool is_zero(ByteView a);

/// Counts and prints cases, one a line: `operation input... = result`, all bytes in hexadecimal and
/// no bytes as `-`.
class Output {
public:
    void add(std::string_view operation, std::initializer_list<ByteView> inputs, ByteView result);
    void add_word(std::string_view operation, std::initializer_list<ByteView> inputs,
                  std::string_view result);
    /// "none" for no value.
    template <class Encoded>
    void add_maybe(std::string_view operation, std::initializer_list<ByteView> inputs,
                   const std::optional<Encoded>& result) {
        result ? add(operation, inputs, *result) : add_word(operation, inputs, "none");
    }
    void add_list(std::string_view operation, const std::vector<Bytes>& inputs,
                  const std::optional<Bytes>& result);

    [[nodiscard]] std::size_t count() const { return count_; }
    /// The line by which a reader knows that nothing is missing.
    void finish();

private:
    void append(ByteView bytes);
    void end_line();

    std::string text_;
    std::size_t count_ = 0;
};

/// The operation's name with the byte order's behind it.
[[nodiscard]] std::string in_order(std::string_view operation, crypto::ByteOrder order);

using Generator = void (*)(Random&, Output&);

// One call adds at least one case.
void add_sha256(Random& random, Output& output);
void add_sha512(Random& random, Output& output);
void add_keccak256(Random& random, Output& output);
void add_sha3(Random& random, Output& output);
void add_blake3(Random& random, Output& output);
void add_lthash(Random& random, Output& output);
void add_ed25519(Random& random, Output& output);
void add_edwards25519(Random& random, Output& output);
void add_ristretto255(Random& random, Output& output);
void add_secp256k1(Random& random, Output& output);
void add_secp256r1(Random& random, Output& output);
void add_bn254(Random& random, Output& output);
void add_bls12_381(Random& random, Output& output);
void add_bls12_381_hash(Random& random, Output& output);
void add_poseidon(Random& random, Output& output);
void add_modular_exponentiation(Random& random, Output& output);

} // namespace fathom::oracles

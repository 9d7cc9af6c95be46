// SPDX-License-Identifier: Apache-2.0
// Cases of the hashes: messages of many lengths, whole or in pieces.
#include "fathom/crypto/blake3.hpp"
#include "fathom/crypto/keccak256.hpp"
#include "fathom/crypto/lthash.hpp"
#include "fathom/crypto/sha256.hpp"
#include "fathom/crypto/sha3.hpp"
#include "fathom/crypto/sha512.hpp"
#include "tests/oracles/cases.hpp"

#include <algorithm>

namespace fathom::oracles {
namespace {

/// Absorbs the message, half of the time in pieces.
template <class Hash> void absorb(Random& random, Hash& hash, ByteView message) {
    while (random.chance(1, 2) && !message.empty()) {
        const std::size_t size = random.below(std::min<std::size_t>(message.size(), 5000) + 1);
        hash.update(message.first(size));
        message = message.subspan(size);
    }
    hash.update(message);
}

template <class Hash>
void add_digest(Random& random, Output& output, std::string_view name, std::size_t block_size) {
    const Bytes message = random.message(block_size);
    Hash hash;
    absorb(random, hash, message);
    output.add(name, {message}, hash.finish());
}

} // namespace

void add_sha256(Random& random, Output& output) {
    add_digest<crypto::Sha256>(random, output, "sha256", 64);
}

void add_sha512(Random& random, Output& output) {
    add_digest<crypto::Sha512>(random, output, "sha512", 128);
}

void add_keccak256(Random& random, Output& output) {
    add_digest<crypto::Keccak256>(random, output, "keccak256", 136);
}

void add_sha3(Random& random, Output& output) {
    if (random.chance(1, 2)) {
        const Bytes message = random.message(72);
        output.add("sha3_512", {message}, crypto::sha3_512(message));
        return;
    }
    const Bytes message = random.message(136);
    Bytes squeezed(1 + random.below(500));
    crypto::Shake256 shake;
    shake.absorb(message);
    const std::size_t first = random.below(squeezed.size());
    shake.squeeze(MutableByteView(squeezed).first(first));
    shake.squeeze(MutableByteView(squeezed).subspan(first));
    output.add("shake256", {message}, squeezed);
}

void add_blake3(Random& random, Output& output) {
    // 128 chunks and more are a rare length of message(): trees that deep get their share here.
    const Bytes message =
        random.chance(1, 50) ? random.bytes(random.below(300 * 1024)) : random.message(1024);
    crypto::Blake3 hash;
    absorb(random, hash, message);
    Bytes digest(random.chance(1, 4) ? 1 + random.below(300) : 32);
    hash.finish(digest);
    output.add("blake3", {message}, digest);
}

void add_lthash(Random& random, Output& output) {
    const Bytes first = random.message(64);
    if (random.chance(1, 3)) {
        output.add("lthash", {first}, crypto::LtHash::of(first).to_bytes());
        return;
    }
    const Bytes second = random.message(64);
    const Bytes third = random.chance(1, 4) ? first : random.message(64);
    crypto::LtHash total = crypto::LtHash::of(first);
    total += crypto::LtHash::of(second);
    total -= crypto::LtHash::of(third);
    if (random.chance(1, 2)) {
        output.add("lthash_sum", {first, second, third}, total.to_bytes());
    } else {
        output.add("lthash_checksum", {first, second, third}, total.checksum());
    }
}

} // namespace fathom::oracles

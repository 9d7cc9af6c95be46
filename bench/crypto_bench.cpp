// SPDX-License-Identifier: Apache-2.0
// Time of each algorithm beside the distribution's libraries, in one process, one line a row.
//
// Each side of a row runs in turn, several rounds, and its fastest round counts: a busy machine
// only ever adds time. Sides do the same work on the same bytes and their results are checked
// first. Where Fathom itself calls a library, the ratio is what the wrapping costs.
#include "fathom/crypto/blake3.hpp"
#include "fathom/crypto/bls12_381.hpp"
#include "fathom/crypto/bls12_381_hash.hpp"
#include "fathom/crypto/bls_signature.hpp"
#include "fathom/crypto/bn254.hpp"
#include "fathom/crypto/ed25519.hpp"
#include "fathom/crypto/keccak256.hpp"
#include "fathom/crypto/modular_exponentiation.hpp"
#include "fathom/crypto/poseidon.hpp"
#include "fathom/crypto/ristretto255.hpp"
#include "fathom/crypto/secp256k1.hpp"
#include "fathom/crypto/secp256r1.hpp"
#include "fathom/crypto/sha256.hpp"

#include <dlfcn.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <secp256k1.h>
#include <secp256k1_recovery.h>
#if defined(FATHOM_BENCH_SODIUM)
#include <sodium.h>
#endif

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace fathom;
using namespace fathom::crypto;

constexpr int kRounds = 9;
constexpr double kRoundNanoseconds = 10e6;

[[noreturn]] void die(const std::string& what) {
    std::fprintf(stderr, "crypto_bench: %s\n", what.c_str());
    std::exit(2);
}

Bytes from_hex(std::string_view text) {
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        bytes.push_back(
            static_cast<std::uint8_t>(std::stoul(std::string(text.substr(i, 2)), nullptr, 16)));
    }
    return bytes;
}

/// Bytes that look random and are always the same.
Bytes noise(std::size_t size, std::string_view name) {
    Bytes bytes(size);
    blake3_xof(as_bytes(name), bytes);
    return bytes;
}

Bytes joined(std::initializer_list<ByteView> parts) {
    Bytes bytes;
    for (const ByteView part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
    return bytes;
}

/// Does the work once and says whether the result is right.
using Work = std::function<bool()>;

struct Side {
    const char* name;
    Work work;
};

/// Processor time, so that waiting for the processor does not count.
double now_nanoseconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

double time_of(const Work& work, std::uint64_t count) {
    const double start = now_nanoseconds();
    for (std::uint64_t i = 0; i < count; ++i) {
        if (!work()) die("a result changed");
    }
    return (now_nanoseconds() - start) / static_cast<double>(count);
}

/// `sides[0]` is Fathom. `per` is how many operations one call does.
void row(std::string_view name, std::size_t per, const std::vector<Side>& sides,
         std::string_view remark = {}) {
    std::vector<double> best(sides.size(), std::numeric_limits<double>::max());
    std::vector<std::uint64_t> counts;
    for (const Side& side : sides) {
        if (!side.work()) die(std::string(side.name) + " fails at " + std::string(name));
        counts.push_back(static_cast<std::uint64_t>(kRoundNanoseconds / time_of(side.work, 3)) + 1);
    }
    for (int round = 0; round < kRounds; ++round) {
        for (std::size_t i = 0; i < sides.size(); ++i) {
            best[i] = std::min(best[i], time_of(sides[i].work, counts[i]));
        }
    }
    const auto divisor = static_cast<double>(per);
    std::printf("%-34.*s %12.1f", static_cast<int>(name.size()), name.data(), best[0] / divisor);
    for (std::size_t i = 1; i < sides.size(); ++i) {
        std::printf("  %s %.1f (%.2fx)", sides[i].name, best[i] / divisor, best[i] / best[0]);
    }
    std::printf("%s%.*s\n", remark.empty() ? "" : "  ", static_cast<int>(remark.size()),
                remark.data());
    std::fflush(stdout);
}

// Ed25519.

struct SignedMessage {
    Bytes message;
    Ed25519PublicKey key;
    Ed25519Signature signature;
};

SignedMessage make_signed_message(std::size_t index) {
    const Bytes seed = noise(32, "seed " + std::to_string(index));
    SignedMessage made{
        noise(128, "message " + std::to_string(index)), ed25519_public_key(seed.data()), {}};
    made.signature = ed25519_sign(seed.data(), made.message);
    return made;
}

bool openssl_verify(EVP_PKEY* key, ByteView message, ByteView signature, const EVP_MD* hash) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    const bool valid = EVP_DigestVerifyInit(context, nullptr, hash, nullptr, key) == 1 &&
                       EVP_DigestVerify(context, signature.data(), signature.size(), message.data(),
                                        message.size()) == 1;
    EVP_MD_CTX_free(context);
    return valid;
}

void ed25519_rows() {
    constexpr std::size_t kBatch = 64;
    std::vector<SignedMessage> messages;
    std::vector<Ed25519Claim> claims;
    for (std::size_t i = 0; i < kBatch; ++i) messages.push_back(make_signed_message(i));
    for (const SignedMessage& made : messages) {
        claims.push_back({made.key.data(), made.signature.data(), made.message});
    }
    const SignedMessage& one = messages[0];
    EVP_PKEY* key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, one.key.data(), one.key.size());
    const Work single = [&] {
        return ed25519_verify_strict(one.key.data(), one.signature.data(), one.message);
    };
    const Work batch = [&] {
        std::array<bool, kBatch> verdicts;
        ed25519_verify_strict_each(claims, verdicts);
        return std::ranges::all_of(verdicts, [](bool verdict) { return verdict; });
    };
    const auto repeated = [](Work work) {
        return [work = std::move(work)] {
            for (std::size_t i = 0; i < kBatch; ++i) {
                if (!work()) return false;
            }
            return true;
        };
    };
    std::vector<Side> peers{
        {"OpenSSL", [&] { return openssl_verify(key, one.message, one.signature, nullptr); }}};
#if defined(FATHOM_BENCH_SODIUM)
    peers.push_back({"libsodium", [&] {
                         return crypto_sign_verify_detached(one.signature.data(),
                                                            one.message.data(), one.message.size(),
                                                            one.key.data()) == 0;
                     }});
#endif
    std::vector<Side> singly{{"Fathom", single}};
    std::vector<Side> together{{"Fathom", batch}};
    for (const Side& peer : peers) {
        singly.push_back(peer);
        together.push_back({peer.name, repeated(peer.work)});
    }
    row("ed25519 verify, 128 bytes", 1, singly);
    row("ed25519 verify, 64 together", kBatch, together);
    EVP_PKEY_free(key);
}

// Hashes.

template <class Hash> Side openssl_hash(const EVP_MD* algorithm, const Bytes& input, Hash hash) {
    return {"OpenSSL", [algorithm, &input, expected = hash(input)] {
                std::array<std::uint8_t, 32> digest;
                return EVP_Digest(input.data(), input.size(), digest.data(), nullptr, algorithm,
                                  nullptr) == 1 &&
                       digest == expected;
            }};
}

template <class Hash> Side our_hash(const Bytes& input, Hash hash) {
    return {"Fathom", [&input, hash, expected = hash(input)] { return hash(input) == expected; }};
}

/// The blake3 crate, out of the library of bench/peers/blake3.
using PeerBlake3 = void (*)(const std::uint8_t* input, std::size_t size, std::uint8_t* output);

PeerBlake3 load_blake3(const char* library) {
    void* handle = dlopen(library, RTLD_NOW);
    void* function = handle == nullptr ? nullptr : dlsym(handle, "fathom_peer_blake3");
    if (function == nullptr) die(dlerror());
    return reinterpret_cast<PeerBlake3>(function);
}

void blake3_row(const Bytes& input, const std::string& bytes, PeerBlake3 peer) {
    const auto digest_of = [](const Bytes& b) { return blake3(b); };
    std::vector<Side> sides{our_hash(input, digest_of)};
    if (peer != nullptr) {
        sides.push_back({"crate", [&input, peer, expected = blake3(input)] {
                             Blake3Digest digest;
                             peer(input.data(), input.size(), digest.data());
                             return digest == expected;
                         }});
    }
    row("blake3" + bytes, 1, sides, peer == nullptr ? "" : "(the blake3 crate)");
}

void hash_rows(PeerBlake3 peer_blake3) {
    // SHA3-256 is Keccak-256 with another padding byte: the same work.
    const EVP_MD* sha3 = EVP_sha3_256();
    const auto sha3_of = [sha3](const Bytes& input) {
        std::array<std::uint8_t, 32> digest;
        EVP_Digest(input.data(), input.size(), digest.data(), nullptr, sha3, nullptr);
        return digest;
    };
    for (const std::size_t size : {std::size_t{64}, std::size_t{16384}}) {
        const Bytes input = noise(size, "hash input");
        const std::string bytes = ", " + std::to_string(size) + " bytes";
        std::vector<Side> sha256_sides{
            our_hash(input, [](const Bytes& b) { return sha256(b); }),
            openssl_hash(EVP_sha256(), input, [](const Bytes& b) { return sha256(b); })};
#if defined(FATHOM_BENCH_SODIUM)
        sha256_sides.push_back({"libsodium", [&input, expected = sha256(input)] {
                                    Sha256Digest digest;
                                    crypto_hash_sha256(digest.data(), input.data(), input.size());
                                    return digest == expected;
                                }});
#endif
        row("sha256" + bytes, 1, sha256_sides);
        row("keccak256" + bytes, 1,
            {our_hash(input, [](const Bytes& b) { return keccak256(b); }),
             openssl_hash(sha3, input, sha3_of)},
            "(OpenSSL: sha3-256)");
        blake3_row(input, bytes, peer_blake3);
    }
}

// ECDSA.

void secp256k1_rows() {
    secp256k1_context* context =
        secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY);
    const Bytes secret = noise(32, "secp256k1 key");
    const Bytes hash = noise(32, "secp256k1 message");
    secp256k1_ecdsa_recoverable_signature made;
    if (secp256k1_ecdsa_sign_recoverable(context, &made, hash.data(), secret.data(), nullptr,
                                         nullptr) != 1) {
        die("libsecp256k1 cannot sign");
    }
    std::array<std::uint8_t, 64> signature;
    int id = 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(context, signature.data(), &id, &made);
    const auto recovery_id = static_cast<std::uint64_t>(id);
    row("secp256k1 recover", 1,
        {{"Fathom",
          [&] {
              return secp256k1_recover(hash.data(), recovery_id, signature.data()).has_value();
          }},
         {"libsecp256k1",
          [&] {
              secp256k1_ecdsa_recoverable_signature parsed;
              secp256k1_pubkey key;
              return secp256k1_ecdsa_recoverable_signature_parse_compact(
                         context, &parsed, signature.data(), id) == 1 &&
                     secp256k1_ecdsa_recover(context, &key, &parsed, hash.data()) == 1;
          }}},
        "(the library)");
    secp256k1_context_destroy(context);
}

/// r and s of 32 bytes each, s in the lower half, from OpenSSL's DER.
std::array<std::uint8_t, 64> compact_signature(const Bytes& der) {
    const std::uint8_t* at = der.data();
    ECDSA_SIG* parsed = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    const Bytes order =
        from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    BIGNUM* n = BN_bin2bn(order.data(), static_cast<int>(order.size()), nullptr);
    BIGNUM* s = BN_dup(ECDSA_SIG_get0_s(parsed));
    BIGNUM* other = BN_new();
    BN_sub(other, n, s);
    std::array<std::uint8_t, 64> signature;
    BN_bn2binpad(ECDSA_SIG_get0_r(parsed), signature.data(), 32);
    BN_bn2binpad(BN_cmp(s, other) < 0 ? s : other, signature.data() + 32, 32);
    for (BIGNUM* number : {n, s, other}) BN_free(number);
    ECDSA_SIG_free(parsed);
    return signature;
}

void secp256r1_rows() {
    EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    const Bytes message = noise(128, "secp256r1 message");
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    Bytes der(80);
    std::size_t size = der.size();
    if (EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key) != 1 ||
        EVP_DigestSign(context, der.data(), &size, message.data(), message.size()) != 1) {
        die("OpenSSL cannot sign");
    }
    EVP_MD_CTX_free(context);
    der.resize(size);
    std::array<std::uint8_t, 65> uncompressed;
    std::size_t key_size = 0;
    EVP_PKEY_get_octet_string_param(key, "pub", uncompressed.data(), uncompressed.size(),
                                    &key_size);
    std::array<std::uint8_t, 33> compressed;
    std::copy_n(uncompressed.begin() + 1, 32, compressed.begin() + 1);
    compressed[0] = static_cast<std::uint8_t>(2 + (uncompressed[64] & 1));
    const auto signature = compact_signature(der);
    row("secp256r1 verify, 128 bytes", 1,
        {{"Fathom",
          [&] {
              return secp256r1_verify(compressed.data(), signature.data(), message).has_value();
          }},
         {"OpenSSL", [&] { return openssl_verify(key, message, der, EVP_sha256()); }}},
        "(the library; its key is parsed beforehand)");
    EVP_PKEY_free(key);
}

// Pairing curves, Poseidon.

void bn254_rows() {
    Bytes p(64);
    p[31] = 1;
    p[63] = 2;
    const auto twice = bn254_g1_add(joined({p, p}), ByteOrder::Big);
    Bytes minus_p = p;
    const Bytes y = from_hex("30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd45");
    std::ranges::copy(y, minus_p.begin() + 32);
    const Bytes q = from_hex("198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
                             "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
                             "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
                             "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa");
    const Bytes addition = joined({p, *twice});
    const Bytes multiplication = joined({*twice, noise(32, "bn254 scalar")});
    const Bytes pairs = joined({p, q, minus_p, q});
    row("bn254 G1 add", 1,
        {{"Fathom", [&] { return bn254_g1_add(addition, ByteOrder::Big).has_value(); }}});
    row("bn254 G1 multiply", 1,
        {{"Fathom",
          [&] { return bn254_g1_multiply(multiplication, ByteOrder::Big).has_value(); }}});
    row("bn254 pairing, 2 pairs", 1,
        {{"Fathom", [&] { return bn254_pairing_is_one(pairs, ByteOrder::Big).value_or(false); }}});
}

void poseidon_rows() {
    std::vector<Bytes> numbers;
    for (std::size_t i = 0; i < kPoseidonMaxInputs; ++i) {
        numbers.push_back(noise(32, "poseidon " + std::to_string(i)));
        numbers.back()[0] = 0;
    }
    const std::vector<ByteView> views(numbers.begin(), numbers.end());
    for (const std::size_t count : {std::size_t{2}, kPoseidonMaxInputs}) {
        row("poseidon, " + std::to_string(count) + " inputs", 1,
            {{"Fathom", [&] {
                  return poseidon(std::span(views).first(count), ByteOrder::Big,
                                  PoseidonInputSize::Exactly32)
                      .has_value();
              }}});
    }
}

void bls_rows() {
    const Bytes g1 = from_hex("97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
                              "6c55e83ff97a1aeffb3af00adb22c6bb");
    const Bytes g2 = from_hex("93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049"
                              "334cf11213945d57e5ac7d055d042b7e024aa2b2f08f0a91260805272dc51051"
                              "c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8");
    const auto p = bls12_381_g1_decompress(std::span(g1).first<48>(), ByteOrder::Big);
    const auto q = bls12_381_g2_decompress(std::span(g2).first<96>(), ByteOrder::Big);
    const Bytes ps = joined({*p, *p});
    const Bytes qs = joined({*q, *q});
    const Bytes message = noise(128, "bls message");
    row("bls12-381 pairing, 1 pair", 1,
        {{"Fathom", [&] { return bls12_381_pairing(*p, *q, ByteOrder::Big).has_value(); }}});
    row("bls12-381 pairing, 2 pairs", 1,
        {{"Fathom", [&] { return bls12_381_pairing(ps, qs, ByteOrder::Big).has_value(); }}});
    row("bls12-381 hash to G2", 1,
        {{"Fathom",
          [&] { return !bls12_381::hash_to_g2(message, as_bytes(kBlsMessageTag)).is_identity; }}});
    // The generator signs nothing; a refusal takes all the steps.
    row("bls signature verify", 1, {{"Fathom", [&] {
                                         return !bls_verify(std::span(g1).first<48>(), message,
                                                            std::span(g2).first<96>(),
                                                            kBlsMessageTag);
                                     }}});
}

void ristretto_rows() {
    const auto base = RistrettoPoint::base().compress();
    Bytes scalar = noise(32, "ristretto scalar");
    scalar[31] &= 0x0f;
    const auto multiply = [&] {
        const auto point = RistrettoPoint::decompress(base.data());
        const auto factor = Scalar25519::from_canonical_bytes(scalar.data());
        return (*factor * *point).compress();
    };
    const auto expected = multiply();
    std::vector<Side> sides{{"Fathom", [&] { return multiply() == expected; }}};
#if defined(FATHOM_BENCH_SODIUM)
    sides.push_back({"libsodium", [&] {
                         std::array<std::uint8_t, 32> product;
                         return crypto_scalarmult_ristretto255(product.data(), scalar.data(),
                                                               base.data()) == 0 &&
                                product == expected;
                     }});
#endif
    row("ristretto255 multiply", 1, sides, "(libsodium: constant time)");
}

// Modular exponentiation.

void modular_exponentiation_row(std::size_t size, const Bytes& exponent, const char* name) {
    Bytes modulus = noise(size, "modulus");
    modulus[0] |= 1;
    modulus.back() |= 0x80;
    const Bytes base = noise(size, "base");
    Bytes expected(size);
    if (!modular_exponentiation(expected, base, exponent, modulus)) die("modulus refused");
    const auto number = [](const Bytes& bytes) {
        return BN_lebin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
    };
    BIGNUM* b = number(base);
    BIGNUM* e = number(exponent);
    BIGNUM* m = number(modulus);
    BIGNUM* result = BN_new();
    BIGNUM* wanted = number(expected);
    BN_CTX* context = BN_CTX_new();
    row(name, 1,
        {{"Fathom",
          [&] {
              std::array<std::uint8_t, kMaxModularExponentiationBytes> storage;
              const MutableByteView out{storage.data(), size};
              return modular_exponentiation(out, base, exponent, modulus) &&
                     std::ranges::equal(out, expected);
          }},
         {"OpenSSL", [&] {
              return BN_mod_exp_mont(result, b, e, m, context, nullptr) == 1 &&
                     BN_cmp(result, wanted) == 0;
          }}});
    for (BIGNUM* each : {b, e, m, result, wanted}) BN_free(each);
    BN_CTX_free(context);
}

} // namespace

int main(int argc, char** argv) {
    const bool has_peer = argc == 3 && std::string_view(argv[1]) == "--blake3";
    if (argc != 1 && !has_peer) die("usage: crypto_bench [--blake3 LIBRARY]");
    const PeerBlake3 peer_blake3 = has_peer ? load_blake3(argv[2]) : nullptr;
#if defined(FATHOM_BENCH_SODIUM)
    if (sodium_init() < 0) die("libsodium does not start");
    const char* sodium = SODIUM_VERSION_STRING;
#else
    const char* sodium = "absent when this was built";
#endif
    std::printf("Nanoseconds per operation, processor time, least of %d rounds; x: how many times "
                "Fathom's.\n%s; libsodium %s\n\n%-34s %12s\n",
                kRounds, OpenSSL_version(OPENSSL_VERSION), sodium, "", "Fathom");
    ed25519_rows();
    hash_rows(peer_blake3);
    secp256k1_rows();
    secp256r1_rows();
    ristretto_rows();
    bn254_rows();
    poseidon_rows();
    bls_rows();
    modular_exponentiation_row(256, {1, 0, 1}, "modexp, 2048 bits to 65537");
    modular_exponentiation_row(256, noise(256, "exponent"), "modexp, 2048 bits");
    modular_exponentiation_row(512, noise(512, "exponent"), "modexp, 4096 bits");
    return 0;
}

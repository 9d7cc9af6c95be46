// SPDX-License-Identifier: Apache-2.0
// Repeated SHA-256 in the lanes of vectors. No include guard on purpose: the including file defines
// FATHOM_LANES_INLINE (the target) and, in its anonymous namespace, the type Lanes with its
// operations add, every, load, store, small_first, small_second, big_first, big_second, choose and
// majority.

/// The constant part of schedule words 16 to 31: all that comes from the padding.
constexpr std::array<std::uint32_t, 16> kPaddingSchedule = [] {
    std::array<std::uint32_t, 16> sums{};
    const auto padding = [](std::size_t t) { return t >= 8 && t < 16 ? kSha256Padding[t - 8] : 0; };
    for (std::size_t t = 16; t < 32; ++t) {
        const std::uint32_t near = padding(t - 2);
        const std::uint32_t far = padding(t - 15);
        sums[t - 16] = padding(t - 16) + padding(t - 7) +
                       (std::rotr(near, 17) ^ std::rotr(near, 19) ^ (near >> 10)) +
                       (std::rotr(far, 7) ^ std::rotr(far, 18) ^ (far >> 3));
    }
    return sums;
}();

/// Round constants with the padding added where it is the message.
constexpr std::array<std::uint32_t, 64> kRoundWithPadding = [] {
    auto sums = kSha256Round;
    for (std::size_t i = 0; i < 8; ++i) sums[8 + i] += kSha256Padding[i];
    return sums;
}();

FATHOM_LANES_INLINE void lanes_round(Lanes* v, std::size_t t, Lanes word) {
    Lanes& d = v[(11 - t % 8) % 8];
    Lanes& h = v[(15 - t % 8) % 8];
    const Lanes a = v[(8 - t % 8) % 8];
    const Lanes b = v[(9 - t % 8) % 8];
    const Lanes c = v[(10 - t % 8) % 8];
    const Lanes e = v[(12 - t % 8) % 8];
    const Lanes f = v[(13 - t % 8) % 8];
    const Lanes g = v[(14 - t % 8) % 8];
    const Lanes first = add(add(add(h, word), big_second(e)), choose(e, f, g));
    d = add(d, first);
    h = add(first, add(big_first(a), majority(a, b, c)));
}

/// Schedule word t in 16 to 31, whose constant parts are known.
FATHOM_LANES_INLINE Lanes lanes_early_word(const Lanes* w, std::size_t t) {
    Lanes sum = every(kPaddingSchedule[t - 16]);
    if (t - 16 < 8) sum = add(sum, w[t - 16]);
    if (t - 15 < 8) sum = add(sum, small_first(w[t - 15]));
    if (t - 15 >= 16) sum = add(sum, small_first(w[t - 31]));
    if (t - 7 >= 16) sum = add(sum, w[t - 23]);
    if (t - 2 >= 16) sum = add(sum, small_second(w[t - 18]));
    return sum;
}

/// One hash of the message in w[0] to w[7], which the digest replaces.
FATHOM_LANES_INLINE void lanes_hash(Lanes* message) {
    Lanes v[8];
    Lanes w[16];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < 8; ++i) v[i] = every(kSha256Initial[i]);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < 8; ++i) w[i] = message[i];
#pragma GCC unroll 8
    for (std::size_t t = 0; t < 8; ++t) lanes_round(v, t, add(w[t], every(kSha256Round[t])));
#pragma GCC unroll 8
    for (std::size_t t = 8; t < 16; ++t) lanes_round(v, t, every(kRoundWithPadding[t]));
    // w[i] is replaced only after schedule word 16 + i has used it.
#pragma GCC unroll 16
    for (std::size_t t = 16; t < 32; ++t) {
        w[t - 16] = lanes_early_word(w, t);
        lanes_round(v, t, add(w[t - 16], every(kSha256Round[t])));
    }
    for (std::size_t base = 32; base < 64; base += 16) {
#pragma GCC unroll 16
        for (std::size_t i = 0; i < 16; ++i) {
            w[i] = add(add(w[i], small_first(w[(i + 1) % 16])),
                       add(w[(i + 9) % 16], small_second(w[(i + 14) % 16])));
            lanes_round(v, i, add(w[i], every(kSha256Round[base + i])));
        }
    }
#pragma GCC unroll 8
    for (std::size_t i = 0; i < 8; ++i) message[i] = add(v[i], every(kSha256Initial[i]));
}

FATHOM_LANES_INLINE void lanes_repeat(Sha256LaneWords& lanes, std::uint64_t count) {
    constexpr std::size_t kWidth = sizeof(Lanes) / sizeof(std::uint32_t);
    Lanes message[8];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < 8; ++i) message[i] = load(lanes.words.data() + i * kWidth);
    for (; count != 0; --count) lanes_hash(message);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < 8; ++i) store(lanes.words.data() + i * kWidth, message[i]);
}

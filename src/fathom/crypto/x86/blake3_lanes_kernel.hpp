// SPDX-License-Identifier: Apache-2.0
// BLAKE3 in the lanes of vectors. No include guard on purpose: the including file defines
// FATHOM_LANES_INLINE (the target) and, in its anonymous namespace, the type Lanes with its
// operations every, load, store, add, both (exclusive or), rotated<bits>, if_equal(x, y, yes, no),
// if_greater, add_halves, subtract_halves, and load_blocks, which puts word i of block b of every
// job into words[i].

constexpr std::size_t kWidth = sizeof(Lanes) / sizeof(std::uint32_t);

/// The mixing function on one column of every lane.
FATHOM_LANES_INLINE void mix_lanes(Lanes& a, Lanes& b, Lanes& c, Lanes& d, Lanes x, Lanes y) {
    a = add(add(a, x), b);
    d = rotated<16>(both(d, a));
    c = add(c, d);
    b = rotated<12>(both(b, c));
    a = add(add(a, y), b);
    d = rotated<8>(both(d, a));
    c = add(c, d);
    b = rotated<7>(both(b, c));
}

FATHOM_LANES_INLINE void rounds(Lanes* v, const Lanes* m) {
#pragma GCC unroll 7
    for (std::size_t r = 0; r < 7; ++r) {
        const auto& s = kBlake3Schedule[r];
#pragma GCC unroll 4
        for (std::size_t i = 0; i < 4; ++i) {
            mix_lanes(v[i], v[4 + i], v[8 + i], v[12 + i], m[s[2 * i]], m[s[2 * i + 1]]);
        }
#pragma GCC unroll 4
        for (std::size_t i = 0; i < 4; ++i) {
            mix_lanes(v[i], v[4 + (i + 1) % 4], v[8 + (i + 2) % 4], v[12 + (i + 3) % 4],
                      m[s[8 + 2 * i]], m[s[9 + 2 * i]]);
        }
    }
}

/// Lanes whose blocks are used up keep their value.
FATHOM_LANES_INLINE void hash_jobs(const Blake3Jobs& jobs, Blake3JobValues& values) {
    const Lanes counter = load(jobs.counter.data());
    const Lanes blocks = load(jobs.blocks.data());
    const Lanes last_length = load(jobs.last_length.data());
    const Lanes last_flags = load(jobs.last_flags.data());
    Lanes h[8];
    for (std::size_t i = 0; i < 8; ++i) h[i] = every(kBlake3Initial[i]);
    for (std::uint32_t block = 0; block < jobs.most_blocks; ++block) {
        Lanes m[16];
        load_blocks(jobs, block, m);
        const Lanes next = every(block + 1);
        const std::uint32_t flags = jobs.flags | (block == 0 ? jobs.first_flags : 0);
        Lanes v[16];
        for (std::size_t i = 0; i < 8; ++i) v[i] = h[i];
        for (std::size_t i = 0; i < 4; ++i) v[8 + i] = every(kBlake3Initial[i]);
        v[12] = counter;
        v[13] = every(0);
        v[14] = if_equal(blocks, next, last_length, every(64));
        v[15] = add(every(flags), if_equal(blocks, next, last_flags, every(0)));
        rounds(v, m);
        for (std::size_t i = 0; i < 8; ++i) {
            h[i] = if_greater(blocks, every(block), both(v[i], v[i + 8]), h[i]);
        }
    }
    for (std::size_t i = 0; i < 8; ++i) store(values.words.data() + i * kWidth, h[i]);
}

template <bool kSubtract>
FATHOM_LANES_INLINE void sum_output(const Blake3Input& root, Blake3OutputSums& sums) {
    Lanes m[16];
    for (std::size_t i = 0; i < 16; ++i) {
        std::uint32_t word;
        __builtin_memcpy(&word, root.block + 4 * i, sizeof(word));
        m[i] = every(word);
    }
    alignas(64) std::uint32_t order[kWidth];
    for (std::uint32_t lane = 0; lane < kWidth; ++lane) order[lane] = lane;
    constexpr std::size_t kBlocks = 32;
    for (std::size_t first = 0; first < kBlocks; first += kWidth) {
        Lanes v[16];
        for (std::size_t i = 0; i < 8; ++i) v[i] = every(root.chaining[i]);
        for (std::size_t i = 0; i < 4; ++i) v[8 + i] = every(kBlake3Initial[i]);
        v[12] = add(every(static_cast<std::uint32_t>(first)), load(order));
        v[13] = every(0);
        v[14] = every(root.length);
        v[15] = every(root.flags);
        rounds(v, m);
        std::uint32_t* sum = sums.words.data() + first * 16;
        for (std::size_t i = 0; i < 16; ++i) {
            const Lanes word =
                i < 8 ? both(v[i], v[i + 8]) : both(v[i], every(root.chaining[i - 8]));
            const Lanes before = load(sum + i * kWidth);
            store(sum + i * kWidth,
                  kSubtract ? subtract_halves(before, word) : add_halves(before, word));
        }
    }
}

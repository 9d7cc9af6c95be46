// SPDX-License-Identifier: Apache-2.0
// One point of edwards25519 in four lanes of AVX-512 IFMA: X, Y, Z and T.
//
// Doubling and addition are two rounds of four multiplications each, with sums and differences
// across the lanes in between, so that each round is one multiplication of vectors. The formulas
// and the bounds of limbs are those of edwards25519_formulas.hpp and field25519_ifma.hpp.
#if defined(__x86_64__)
#include "fathom/crypto/x86/edwards25519_ifma.hpp"

#include "fathom/crypto/x86/field25519_ifma.hpp"

#include <array>
#include <cstddef>
#include <tuple>
#include <vector>

namespace fathom::crypto::x86 {
namespace {

/// Four elements, limb by limb.
struct Field4 {
    __m256i limb[5];
};

/// Lanes (X, Y, Z, T).
struct Point4 {
    Field4 lanes;
};

/// Lanes (Y+X, Y-X, 2d·T, 2Z) of a point to add.
struct Prepared4 {
    Field4 lanes;
};

FATHOM_IFMA_INLINE __m256i all_four(std::uint64_t value) {
    return _mm256_set1_epi64x(static_cast<long long>(value));
}

FATHOM_IFMA Field4 gather4(const std::array<Field25519, 4>& elements) {
    Field4 result;
    for (std::size_t i = 0; i < 5; ++i) {
        alignas(32) std::uint64_t words[4];
        for (std::size_t lane = 0; lane < 4; ++lane) words[lane] = elements[lane].limb[i];
        result.limb[i] = _mm256_load_si256(reinterpret_cast<const __m256i*>(words));
    }
    return result;
}

/// Lane i is lane (kLanes >> 2·i & 3) of a. A template parameter, as an instruction's immediate
/// must be constant without optimisation as well.
template <int kLanes> FATHOM_IFMA_INLINE __m256i permuted(__m256i a) {
    return _mm256_permute4x64_epi64(a, kLanes);
}
template <int kLanes> FATHOM_IFMA_INLINE Field4 permuted(const Field4& a) {
    Field4 result;
#pragma GCC unroll 5
    for (int i = 0; i < 5; ++i) result.limb[i] = permuted<kLanes>(a.limb[i]);
    return result;
}
constexpr int lanes(int a, int b, int c, int d) {
    return a | b << 2 | c << 4 | d << 6;
}

/// Raw to tight.
FATHOM_IFMA_INLINE Field4 carry(const Field4& a) {
    const __m256i mask = all_four(Field25519::kMask);
    __m256i out[5];
#pragma GCC unroll 5
    for (int i = 0; i < 5; ++i) out[i] = _mm256_srli_epi64(a.limb[i], 51);
    Field4 result;
    result.limb[0] = _mm256_madd52lo_epu64(_mm256_and_si256(a.limb[0], mask), out[4], all_four(19));
#pragma GCC unroll 4
    for (int i = 1; i < 5; ++i) {
        result.limb[i] = _mm256_add_epi64(_mm256_and_si256(a.limb[i], mask), out[i - 1]);
    }
    return result;
}

/// High halves count twice.
FATHOM_IFMA_INLINE __m256i column(__m256i low, __m256i high) {
    return _mm256_add_epi64(low, _mm256_add_epi64(high, high));
}

/// Low and high halves have sums of their own: one chain of additions would take twice as long.
FATHOM_IFMA_INLINE Field4 raw_product(const Field4& a, const Field4& b) {
    __m256i low[10];
    __m256i high[10];
#pragma GCC unroll 10
    for (int k = 0; k < 10; ++k) low[k] = high[k] = _mm256_setzero_si256();
#pragma GCC unroll 5
    for (int i = 0; i < 5; ++i) {
#pragma GCC unroll 5
        for (int j = 0; j < 5; ++j) {
            low[i + j] = _mm256_madd52lo_epu64(low[i + j], a.limb[i], b.limb[j]);
            high[i + j + 1] = _mm256_madd52hi_epu64(high[i + j + 1], a.limb[i], b.limb[j]);
        }
    }
    Field4 result;
#pragma GCC unroll 5
    for (int i = 0; i < 5; ++i) {
        const __m256i wrapped = _mm256_mullo_epi64(column(low[i + 5], high[i + 5]), all_four(19));
        result.limb[i] = _mm256_add_epi64(column(low[i], high[i]), wrapped);
    }
    return result;
}

/// From lanes (e, h, g, f), raw: the point (e·f, h·g, g·f, e·h).
FATHOM_IFMA_INLINE Point4 finish(const Field4& raw) {
    const Field4 tight = carry(raw);
    return {
        carry(raw_product(permuted<lanes(0, 1, 2, 0)>(tight), permuted<lanes(3, 2, 3, 1)>(tight)))};
}

FATHOM_IFMA_INLINE __m256i raised(int limb) {
    return all_four((limb == 0 ? Field25519::kMask - 18 : Field25519::kMask) << 10);
}

FATHOM_IFMA_INLINE Point4 doubled(const Point4& p) {
    // xx, yy, zz, xy.
    const Field4 product =
        raw_product(permuted<lanes(0, 1, 2, 0)>(p.lanes), permuted<lanes(0, 1, 2, 1)>(p.lanes));
    Field4 sum;
#pragma GCC unroll 5
    for (int i = 0; i < 5; ++i) {
        const __m256i r = product.limb[i];
        // xy + xy, yy + xx, yy - xx, zz + zz + xx - yy.
        const __m256i first = permuted<lanes(3, 1, 1, 2)>(r);
        const __m256i second = _mm256_maskz_mov_epi64(0b1011, permuted<lanes(3, 0, 0, 2)>(r));
        const __m256i third = _mm256_maskz_mov_epi64(0b1000, permuted<lanes(0, 0, 0, 0)>(r));
        const __m256i negative = permuted<lanes(0, 0, 0, 1)>(r);
        const __m256i positive = _mm256_add_epi64(_mm256_add_epi64(first, second), third);
        sum.limb[i] = _mm256_mask_sub_epi64(positive, 0b1100, _mm256_add_epi64(positive, raised(i)),
                                            negative);
    }
    return finish(sum);
}

/// Y+X, Y-X, T, Z.
FATHOM_IFMA_INLINE Field4 spread(const Point4& p) {
    Field4 sum;
#pragma GCC unroll 5
    for (int i = 0; i < 5; ++i) {
        const __m256i twofold = all_four(2 * (i == 0 ? Field25519::kMask - 18 : Field25519::kMask));
        const __m256i first = permuted<lanes(1, 1, 3, 2)>(p.lanes.limb[i]);
        const __m256i x = permuted<lanes(0, 0, 0, 0)>(p.lanes.limb[i]);
        const __m256i added = _mm256_mask_add_epi64(first, 0b0001, first, x);
        sum.limb[i] = _mm256_mask_sub_epi64(added, 0b0010, _mm256_add_epi64(first, twofold), x);
    }
    return carry(sum);
}

FATHOM_IFMA_INLINE Point4 add(const Point4& p, const Field4& prepared) {
    // plus, minus, t2d, z2.
    const Field4 product = raw_product(spread(p), prepared);
    Field4 sum;
#pragma GCC unroll 5
    for (int i = 0; i < 5; ++i) {
        // plus - minus, plus + minus, z2 + t2d, z2 - t2d.
        const __m256i first = permuted<lanes(0, 0, 3, 3)>(product.limb[i]);
        const __m256i second = permuted<lanes(1, 1, 2, 2)>(product.limb[i]);
        const __m256i added = _mm256_add_epi64(first, second);
        sum.limb[i] =
            _mm256_mask_sub_epi64(added, 0b1001, _mm256_add_epi64(first, raised(i)), second);
    }
    return finish(sum);
}

FATHOM_IFMA_INLINE Point4 add_signed(const Point4& p, const Prepared4& q, bool negative) {
    if (!negative) return add(p, q.lanes);
    // The two sums change places, and 2d·T its sign: 2p less a tight element fits the multiplier.
    Field4 swapped = permuted<lanes(1, 0, 2, 3)>(q.lanes);
#pragma GCC unroll 5
    for (int i = 0; i < 5; ++i) {
        const __m256i twofold = all_four(2 * (i == 0 ? Field25519::kMask - 18 : Field25519::kMask));
        swapped.limb[i] = _mm256_mask_sub_epi64(swapped.limb[i], 0b0100, twofold, swapped.limb[i]);
    }
    return add(p, swapped);
}

FATHOM_IFMA Prepared4 prepare(const Point4& p) {
    const Field25519 one = Field25519::one();
    const Field25519 two{{2, 0, 0, 0, 0}};
    return {carry(raw_product(spread(p), gather4({one, one, kEdwards2D, two})))};
}

/// P, 3P, ..., 15P.
FATHOM_IFMA void fill_odd_multiples(const Point4& point, std::array<Prepared4, 8>& multiples) {
    const Prepared4 twofold = prepare(doubled(point));
    Point4 current = point;
    multiples[0] = prepare(current);
    for (std::size_t i = 1; i < multiples.size(); ++i) {
        current = add(current, twofold.lanes);
        multiples[i] = prepare(current);
    }
}

FATHOM_IFMA Point4 load_point(const EdwardsPoint& point) {
    return {gather4({point.x.carried(), point.y.carried(), point.z.carried(), point.t.carried()})};
}

FATHOM_IFMA EdwardsPoint store_point(const Point4& point) {
    alignas(32) std::uint64_t words[5][4];
    for (std::size_t i = 0; i < 5; ++i) {
        _mm256_store_si256(reinterpret_cast<__m256i*>(words[i]), point.lanes.limb[i]);
    }
    const auto lane = [&](std::size_t which) {
        Field25519 element;
        for (std::size_t i = 0; i < 5; ++i) element.limb[i] = words[i][which];
        return element;
    };
    return {lane(0), lane(1), lane(2), lane(3)};
}

/// B, 3B, ..., 127B, with Z = 1: words, as a static object must not need aligned vectors.
struct BaseTable {
    alignas(32) std::array<std::array<std::array<std::uint64_t, 4>, 5>, 64> row;
};

FATHOM_IFMA Prepared4 load_base(const BaseTable& table, std::size_t index) {
    Prepared4 prepared;
#pragma GCC unroll 5
    for (std::size_t i = 0; i < 5; ++i) {
        prepared.lanes.limb[i] =
            _mm256_load_si256(reinterpret_cast<const __m256i*>(table.row[index][i].data()));
    }
    return prepared;
}

const BaseTable& base_table() {
    static const BaseTable table = [] {
        BaseTable made;
        EdwardsPoint multiple = EdwardsPoint::base();
        const EdwardsPoint twofold = multiple.doubled();
        for (auto& row : made.row) {
            const Field25519 inverse = multiple.z.invert();
            const Field25519 x = multiple.x * inverse;
            const Field25519 y = multiple.y * inverse;
            const Field25519 parts[4] = {
                (y + x).carried(), (y - x).carried(), x * y * kEdwards2D, {{2, 0, 0, 0, 0}}};
            for (std::size_t i = 0; i < 5; ++i) {
                for (std::size_t lane = 0; lane < 4; ++lane) row[i][lane] = parts[lane].limb[i];
            }
            multiple = multiple + twofold;
        }
        return made;
    }();
    return table;
}

} // namespace

FATHOM_IFMA EdwardsPoint double_multiply_base_ifma(const Scalar25519& a, const EdwardsPoint& point,
                                                   const Scalar25519& b) {
    const NonAdjacentForm a_digits = non_adjacent_form(a, 5);
    const NonAdjacentForm b_digits = non_adjacent_form(b, 8);
    const BaseTable& base = base_table();
    std::array<Prepared4, 8> multiples;
    fill_odd_multiples(load_point(point), multiples);
    std::size_t top = a_digits.size();
    while (top != 0 && a_digits[top - 1] == 0 && b_digits[top - 1] == 0) --top;
    Point4 sum = load_point(EdwardsPoint::identity());
    const auto index = [](int digit) {
        return static_cast<std::size_t>(digit < 0 ? -digit : digit);
    };
    for (std::size_t i = top; i-- != 0;) {
        sum = doubled(sum);
        if (const int digit = a_digits[i]; digit != 0) {
            sum = add_signed(sum, multiples[index(digit) / 2], digit < 0);
        }
        if (const int digit = b_digits[i]; digit != 0) {
            sum = add_signed(sum, load_base(base, index(digit) / 2), digit < 0);
        }
    }
    return store_point(sum);
}

namespace {

/// Says its alignment itself, because allocators are compiled without these vectors.
struct alignas(32) OddMultiples4 {
    std::array<Prepared4, 8> multiple;
};

} // namespace

FATHOM_IFMA EdwardsPoint multiscalar_multiply_ifma(std::span<const Scalar25519> scalars,
                                                   std::span<const EdwardsPoint* const> points) {
    std::vector<NonAdjacentForm> digits(scalars.size());
    std::vector<OddMultiples4> multiples(scalars.size());
    for (std::size_t i = 0; i < scalars.size(); ++i) {
        digits[i] = non_adjacent_form(scalars[i], 5);
        fill_odd_multiples(load_point(*points[i]), multiples[i].multiple);
    }
    Point4 sum = load_point(EdwardsPoint::identity());
    for (std::size_t place = std::tuple_size_v<NonAdjacentForm>; place-- != 0;) {
        sum = doubled(sum);
        for (std::size_t i = 0; i < scalars.size(); ++i) {
            const int digit = digits[i][place];
            if (digit == 0) continue;
            const auto odd = static_cast<std::size_t>(digit < 0 ? -digit : digit);
            sum = add_signed(sum, multiples[i].multiple[odd / 2], digit < 0);
        }
    }
    return store_point(sum);
}

} // namespace fathom::crypto::x86

#endif

// SPDX-License-Identifier: Apache-2.0
// Eight lanes of ristretto255 on AVX-512 IFMA.
#if defined(__x86_64__)
#include "fathom/crypto/x86/ristretto_ifma.hpp"

#include "fathom/crypto/x86/edwards25519_lanes.hpp"

#include <algorithm>
#include <vector>

// A sum gives each lane every eighth term and its own accumulator; all lanes share the doublings,
// and the accumulators are added at the end.

namespace fathom::crypto::x86 {
namespace {

constexpr unsigned kWidth = 4;

FATHOM_IFMA_INLINE __mmask8 negative_lanes(const Field8& a) {
    return _mm512_test_epi64_mask(canonical(a).limb[0], all_lanes(1));
}

/// Non-negative representatives.
FATHOM_IFMA_INLINE Field8 absolute(const Field8& a) {
    return select(a, negate(a), negative_lanes(a));
}

/// Lanes whose encoding is of an even number below p.
std::uint8_t canonical_encodings(const std::uint8_t* const* encodings, Field25519* values) {
    std::uint8_t lanes = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        values[i] = Field25519::from_bytes(encodings[i]);
        const auto bytes = values[i].to_bytes();
        const bool same = std::memcmp(bytes.data(), encodings[i], bytes.size()) == 0;
        if (same && (encodings[i][0] & 1) == 0) lanes = static_cast<std::uint8_t>(lanes | 1u << i);
    }
    return lanes;
}

/// 1/sqrt(v), non-negative, and the lanes in which v is a square and not zero.
FATHOM_IFMA __mmask8 inverse_root(const Field8& v, Field8& root) {
    const Field8 one = all_lanes(Field25519::one());
    const Field8 v3 = square(v) * v;
    const Field8 candidate = v3 * pow_p58(square(v3) * v);
    const Field8 check = v * square(candidate);
    const __mmask8 correct = zero_lanes(check - one);
    const __mmask8 flipped = zero_lanes(check + one);
    root = absolute(select(candidate, candidate * all_lanes(kSqrtMinusOne), flipped));
    return static_cast<__mmask8>(correct | flipped);
}

FATHOM_IFMA void store_points(const Point8& point, EdwardsPoint* points) {
    Field25519 coordinates[4][8];
    scatter(point.x, coordinates[0]);
    scatter(point.y, coordinates[1]);
    scatter(point.z, coordinates[2]);
    scatter(point.t, coordinates[3]);
    for (std::size_t i = 0; i < 8; ++i) {
        points[i] = {coordinates[0][i].carried(), coordinates[1][i].carried(),
                     coordinates[2][i].carried(), coordinates[3][i].carried()};
    }
}

FATHOM_IFMA Point8 load_points(std::span<const RistrettoPoint> points) {
    Field25519 coordinates[4][8];
    for (std::size_t i = 0; i < 8; ++i) {
        const EdwardsPoint p =
            i < points.size() ? points[i].representative : EdwardsPoint::identity();
        coordinates[0][i] = p.x;
        coordinates[1][i] = p.y;
        coordinates[2][i] = p.z;
        coordinates[3][i] = p.t;
    }
    return {gather(coordinates[0]), gather(coordinates[1]), gather(coordinates[2]),
            gather(coordinates[3])};
}

std::size_t digit_count(unsigned width) {
    return 253 / width + 1;
}

/// Signed digits of eight scalars, digit i of every lane at 8·i; missing scalars are zero.
/// From -2^(width-1) to 2^(width-1) - 1, and the scalar is below 2^253, so the last one takes the
/// carry.
void split_lanes(std::span<const Scalar25519> scalars, unsigned width, std::int8_t* digits) {
    const std::size_t count = digit_count(width);
    std::fill_n(digits, 8 * count, std::int8_t{0});
    const int window = 1 << width;
    for (std::size_t lane = 0; lane < scalars.size(); ++lane) {
        const auto& word = scalars[lane].word;
        int carry_in = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t position = i * width;
            const std::size_t index = position / 64;
            const std::size_t shift = position % 64;
            std::uint64_t bits = word[index] >> shift;
            if (shift + width > 64 && index < 3) bits |= word[index + 1] << (64 - shift);
            const int value =
                static_cast<int>(bits & static_cast<std::uint64_t>(window - 1)) + carry_in;
            carry_in = value >= window / 2 ? 1 : 0;
            digits[8 * i + lane] = static_cast<std::int8_t>(value - carry_in * window);
        }
    }
}

/// Eight terms of points that are not known beforehand.
struct alignas(64) Group {
    Prepared8 multiples[8];
    std::int8_t digits[8 * 64];

    FATHOM_IFMA void fill(std::span<const Scalar25519> scalars,
                          std::span<const RistrettoPoint> points) {
        split_lanes(scalars, kWidth, digits);
        fill_multiples(load_points(points), multiples);
    }
};

FATHOM_IFMA_INLINE Point8 add_fixed(const Point8& p, const FixedMultiples& table, std::size_t first,
                                    std::size_t count, const std::int8_t* digits) {
    const AffineRow* rows[8];
    for (std::size_t lane = 0; lane < 8; ++lane) {
        const int digit = digits[lane];
        rows[lane] = table.row(lane < count ? first + lane : 0,
                               static_cast<std::size_t>(digit < 0 ? -digit : digit));
    }
    return add_rows(p, rows, load_digits(digits).negative);
}

/// Digits of the fixed scalars, eight scalars a block.
std::vector<std::int8_t> split_fixed(std::span<const Scalar25519> fixed, unsigned width) {
    const std::size_t stride = 8 * digit_count(width);
    std::vector<std::int8_t> digits((fixed.size() + 7) / 8 * stride);
    for (std::size_t i = 0; i < fixed.size(); i += 8) {
        const std::size_t count = std::min<std::size_t>(8, fixed.size() - i);
        split_lanes(fixed.subspan(i, count), width, digits.data() + i / 8 * stride);
    }
    return digits;
}

FATHOM_IFMA EdwardsPoint sum_of_lanes(const Point8& lanes) {
    EdwardsPoint points[8];
    store_points(lanes, points);
    EdwardsPoint sum = points[0];
    for (std::size_t i = 1; i < 8; ++i) sum = sum + points[i];
    return sum;
}

} // namespace

FATHOM_IFMA std::uint8_t ristretto_decompress_lanes(const std::uint8_t* const* encodings,
                                                    RistrettoPoint* points) {
    Field25519 encoded[8];
    const std::uint8_t canonical_lanes = canonical_encodings(encodings, encoded);
    const Field8 one = all_lanes(Field25519::one());
    const Field8 s = gather(encoded);
    const Field8 ss = square(s);
    const Field8 u1 = one - ss;
    const Field8 u2 = one + ss;
    const Field8 u2_squared = square(u2);
    const Field8 v = negate(all_lanes(kEdwardsD) * square(u1)) - u2_squared;
    Field8 root;
    const __mmask8 is_square = inverse_root(v * u2_squared, root);
    const Field8 denominator_x = root * u2;
    const Field8 denominator_y = root * denominator_x * v;
    const Field8 x = absolute((s + s) * denominator_x);
    const Field8 y = u1 * denominator_y;
    const Field8 t = x * y;
    EdwardsPoint stored[8];
    store_points({x, y, one, t}, stored);
    for (std::size_t i = 0; i < 8; ++i) points[i] = {stored[i]};
    const auto refused = static_cast<__mmask8>(negative_lanes(t) | zero_lanes(y));
    return static_cast<std::uint8_t>(canonical_lanes & is_square & ~refused);
}

FixedMultiples::FixedMultiples(std::span<const RistrettoPoint> points, unsigned width)
    : width_(width),
      rows_(std::make_unique<AffineRow[]>(points.size() * ((std::size_t{1} << (width - 1)) + 1))) {
    const std::size_t multiples = std::size_t{1} << (width - 1);
    std::vector<EdwardsPoint> multiple(multiples);
    std::vector<Field25519> before(multiples);
    AffineRow* rows = rows_.get();
    for (const RistrettoPoint& point : points) {
        Field25519 product = Field25519::one();
        for (std::size_t i = 0; i < multiples; ++i) {
            multiple[i] = i == 0 ? point.representative : multiple[i - 1] + point.representative;
            before[i] = product;
            product = product * multiple[i].z;
        }
        Field25519 inverse = product.invert();
        rows[0] = AffineRow::from(EdwardsPoint::identity(), Field25519::one());
        for (std::size_t i = multiples; i-- != 0;) {
            rows[i + 1] = AffineRow::from(multiple[i], inverse * before[i]);
            inverse = inverse * multiple[i].z;
        }
        rows += multiples + 1;
    }
}

FixedMultiples::~FixedMultiples() = default;

const AffineRow* FixedMultiples::row(std::size_t point, std::size_t magnitude) const {
    return rows_.get() + point * ((std::size_t{1} << (width_ - 1)) + 1) + magnitude;
}

FATHOM_IFMA RistrettoPoint sum_of_products(const FixedMultiples& table,
                                           std::span<const Scalar25519> fixed,
                                           std::span<const Scalar25519> scalars,
                                           std::span<const RistrettoPoint> points) {
    const unsigned width = table.width();
    const std::size_t stride = 8 * digit_count(width);
    const auto fixed_digits = split_fixed(fixed, width);
    const std::size_t group_count = (scalars.size() + 7) / 8;
    const auto groups = std::make_unique_for_overwrite<Group[]>(group_count);
    for (std::size_t i = 0; i < group_count; ++i) {
        const std::size_t count = std::min<std::size_t>(8, scalars.size() - 8 * i);
        groups[i].fill(scalars.subspan(8 * i, count), points.subspan(8 * i, count));
    }
    const Field8 zero = all_lanes(Field25519::zero());
    const Field8 one = all_lanes(Field25519::one());
    Point8 sum{zero, one, one, zero};
    for (std::size_t position = 253; position-- != 0;) {
        const bool adds_points = position % kWidth == 0;
        const bool adds_fixed = position % width == 0;
        sum = doubled(sum, adds_points || adds_fixed);
        if (adds_points) {
            for (std::size_t i = 0; i < group_count; ++i) {
                const auto digit = load_digits(groups[i].digits + 8 * (position / kWidth));
                sum = add_multiple(sum, groups[i].multiples, digit);
            }
        }
        if (!adds_fixed) continue;
        for (std::size_t i = 0; i < fixed.size(); i += 8) {
            const std::size_t count = std::min<std::size_t>(8, fixed.size() - i);
            sum = add_fixed(sum, table, i, count,
                            fixed_digits.data() + i / 8 * stride + 8 * (position / width));
        }
    }
    return {sum_of_lanes(sum)};
}

} // namespace fathom::crypto::x86

#endif

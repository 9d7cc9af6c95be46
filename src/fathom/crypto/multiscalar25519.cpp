// SPDX-License-Identifier: Apache-2.0
// Multiscalar multiplication: interleaved windows for few points, buckets for many.
#include "fathom/crypto/multiscalar25519.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/crypto/edwards25519_formulas.hpp"
#include "fathom/crypto/x86/cpu.hpp"
#if defined(__x86_64__)
#include "fathom/crypto/x86/edwards25519_ifma.hpp"
#endif

#include <algorithm>
#include <cstdint>
#include <vector>

namespace fathom::crypto {
namespace {

using detail::CompletedPoint;
using detail::OddMultiples;
using detail::PreparedPoint;
using detail::ProjectivePoint;

/// Where buckets overtake windows.
constexpr std::size_t kBucketThreshold = 160;

ProjectivePoint without_t(const EdwardsPoint& p) {
    return {p.x, p.y, p.z};
}

/// Straus: one chain of doublings, to which every point adds its own non-adjacent form.
template <class PointAt>
EdwardsPoint by_windows(std::span<const Scalar25519> scalars, const PointAt& point_at) {
    std::vector<NonAdjacentForm> digits;
    std::vector<OddMultiples> multiples;
    digits.reserve(scalars.size());
    multiples.reserve(scalars.size());
    for (std::size_t i = 0; i < scalars.size(); ++i) {
        digits.push_back(non_adjacent_form(scalars[i], 5));
        multiples.emplace_back(point_at(i));
    }
    EdwardsPoint result = EdwardsPoint::identity();
    ProjectivePoint current = without_t(result);
    for (std::size_t position = 256; position-- != 0;) {
        CompletedPoint sum = detail::twice(current);
        for (std::size_t i = 0; i < scalars.size(); ++i) {
            const int digit = digits[i][position];
            if (digit != 0) sum = multiples[i].add_to(sum.extended(), digit);
        }
        if (position == 0) result = sum.extended();
        current = sum.projective();
    }
    return result;
}

/// Digits from -2^(width-1) to 2^(width-1), least significant first.
class SignedDigits {
public:
    explicit SignedDigits(unsigned width) : width_(width), count_((253 + width) / width) {}

    [[nodiscard]] std::size_t count() const { return count_; }

    void split(const Scalar25519& scalar, std::int16_t* digits) const {
        const std::array<std::uint64_t, 5> word{scalar.word[0], scalar.word[1], scalar.word[2],
                                                scalar.word[3], 0};
        int carry = 0;
        for (std::size_t i = 0; i < count_; ++i) {
            const std::size_t position = i * width_;
            const std::size_t shift = position % 64;
            std::uint64_t bits = word[position / 64] >> shift;
            if (shift != 0) bits |= word[position / 64 + 1] << (64 - shift);
            const int value = static_cast<int>(bits & ((std::uint64_t{1} << width_) - 1)) + carry;
            carry = value > (1 << (width_ - 1)) ? 1 : 0;
            digits[i] = static_cast<std::int16_t>(value - carry * (1 << width_));
        }
    }

private:
    unsigned width_;
    std::size_t count_;
};

/// The sum of k·bucket[k-1].
EdwardsPoint weighted_sum(std::span<const EdwardsPoint> buckets) {
    EdwardsPoint running = buckets.back();
    EdwardsPoint total = running;
    for (std::size_t i = buckets.size() - 1; i-- != 0;) {
        running = running + buckets[i];
        total = total + running;
    }
    return total;
}

/// Pippenger: for each digit place, points go to the bucket of their digit.
template <class PointAt>
EdwardsPoint by_buckets(std::span<const Scalar25519> scalars, const PointAt& point_at) {
    const std::size_t size = scalars.size();
    const unsigned width = size < 500 ? 6 : size < 800 ? 7 : 8;
    const SignedDigits splitter(width);
    std::vector<std::int16_t> digits(size * splitter.count());
    std::vector<PreparedPoint> prepared;
    prepared.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
        splitter.split(scalars[i], digits.data() + i * splitter.count());
        prepared.push_back(PreparedPoint::from(point_at(i)));
    }
    std::vector<EdwardsPoint> buckets(std::size_t{1} << (width - 1));
    EdwardsPoint result = EdwardsPoint::identity();
    for (std::size_t place = splitter.count(); place-- != 0;) {
        for (unsigned i = 0; i < width; ++i) result = result.doubled();
        std::fill(buckets.begin(), buckets.end(), EdwardsPoint::identity());
        for (std::size_t i = 0; i < size; ++i) {
            const int digit = digits[i * splitter.count() + place];
            if (digit > 0) {
                EdwardsPoint& bucket = buckets[static_cast<std::size_t>(digit) - 1];
                bucket = detail::add(bucket, prepared[i]).extended();
            } else if (digit < 0) {
                EdwardsPoint& bucket = buckets[static_cast<std::size_t>(-digit) - 1];
                bucket = detail::subtract(bucket, prepared[i]).extended();
            }
        }
        result = result + weighted_sum(buckets);
    }
    return result;
}

template <class PointAt>
EdwardsPoint multiply(std::span<const Scalar25519> scalars, const PointAt& point_at) {
    if (scalars.empty()) return EdwardsPoint::identity();
#if defined(__x86_64__)
    if (x86::kCpu.avx512_ifma && scalars.size() < kBucketThreshold) {
        std::vector<const EdwardsPoint*> points;
        points.reserve(scalars.size());
        for (std::size_t i = 0; i < scalars.size(); ++i) points.push_back(&point_at(i));
        return x86::multiscalar_multiply_ifma(scalars, points);
    }
#endif
    return scalars.size() < kBucketThreshold ? by_windows(scalars, point_at)
                                             : by_buckets(scalars, point_at);
}

} // namespace

EdwardsPoint multiscalar_multiply(std::span<const Scalar25519> scalars,
                                  std::span<const EdwardsPoint> points) {
    FATHOM_ASSERT(scalars.size() == points.size());
    return multiply(scalars, [points](std::size_t i) -> const EdwardsPoint& { return points[i]; });
}

RistrettoPoint multiscalar_multiply(std::span<const Scalar25519> scalars,
                                    std::span<const RistrettoPoint> points) {
    FATHOM_ASSERT(scalars.size() == points.size());
    return {multiply(scalars, [points](std::size_t i) -> const EdwardsPoint& {
        return points[i].representative;
    })};
}

} // namespace fathom::crypto

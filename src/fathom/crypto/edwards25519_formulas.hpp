// SPDX-License-Identifier: Apache-2.0
// Addition and doubling on edwards25519 in mixed coordinates (Hisil, Wong, Carter, Dawson 2008);
// private to the curve code.
#pragma once

#include "fathom/crypto/edwards25519.hpp"

#include <array>
#include <cstddef>

namespace fathom::crypto::detail {

/// (X:Y:Z) without T, all that a doubling reads.
struct ProjectivePoint {
    Field25519 x;
    Field25519 y;
    Field25519 z;
};

/// x = X/Z, y = Y/T: what an addition or doubling gives before its last multiplications.
struct CompletedPoint {
    Field25519 x;
    Field25519 y;
    Field25519 z;
    Field25519 t;

    [[nodiscard]] ProjectivePoint projective() const { return {x * t, y * z, z * t}; }
    [[nodiscard]] EdwardsPoint extended() const { return {x * t, y * z, z * t, x * y}; }
};

/// The right operand of an addition, prepared: Y+X, Y-X, 2Z, 2d·T.
struct PreparedPoint {
    Field25519 sum;
    Field25519 difference;
    Field25519 z2;
    Field25519 t2d;

    [[nodiscard]] static PreparedPoint from(const EdwardsPoint& p) {
        return {p.y + p.x, p.y - p.x, p.z + p.z, p.t * kEdwards2D};
    }
    [[nodiscard]] PreparedPoint negated() const { return {difference, sum, z2, -t2d}; }
};

/// Same with Z = 1: y+x, y-x, 2d·x·y.
struct PreparedAffine {
    Field25519 sum;
    Field25519 difference;
    Field25519 t2d;
};

[[nodiscard]] inline CompletedPoint twice(const ProjectivePoint& p) {
    const Field25519 xx = p.x.square();
    const Field25519 yy = p.y.square();
    const Field25519 zz = p.z.square();
    const Field25519 sum = yy + xx;
    // The last is 2·zz - (yy - xx), arranged so that every limb stays loose.
    return {(p.x + p.y).square() - sum, sum, yy - xx, zz + zz + xx - yy};
}

[[nodiscard]] inline CompletedPoint add(const EdwardsPoint& p, const PreparedPoint& q) {
    const Field25519 plus = (p.y + p.x) * q.sum;
    const Field25519 minus = (p.y - p.x) * q.difference;
    const Field25519 t2d = p.t * q.t2d;
    const Field25519 z2 = p.z * q.z2;
    return {plus - minus, plus + minus, z2 + t2d, z2 - t2d};
}

[[nodiscard]] inline CompletedPoint subtract(const EdwardsPoint& p, const PreparedPoint& q) {
    const Field25519 plus = (p.y + p.x) * q.difference;
    const Field25519 minus = (p.y - p.x) * q.sum;
    const Field25519 t2d = p.t * q.t2d;
    const Field25519 z2 = p.z * q.z2;
    return {plus - minus, plus + minus, z2 - t2d, z2 + t2d};
}

[[nodiscard]] inline CompletedPoint add(const EdwardsPoint& p, const PreparedAffine& q) {
    const Field25519 plus = (p.y + p.x) * q.sum;
    const Field25519 minus = (p.y - p.x) * q.difference;
    const Field25519 t2d = p.t * q.t2d;
    const Field25519 z2 = p.z + p.z;
    return {plus - minus, plus + minus, z2 + t2d, z2 - t2d};
}

[[nodiscard]] inline CompletedPoint subtract(const EdwardsPoint& p, const PreparedAffine& q) {
    const Field25519 plus = (p.y + p.x) * q.difference;
    const Field25519 minus = (p.y - p.x) * q.sum;
    const Field25519 t2d = p.t * q.t2d;
    const Field25519 z2 = p.z + p.z;
    return {plus - minus, plus + minus, z2 - t2d, z2 + t2d};
}

/// The odd multiples P, 3P, 5P, ..., 15P, for a width-5 non-adjacent form.
class OddMultiples {
public:
    explicit OddMultiples(const EdwardsPoint& point) {
        multiple_[0] = PreparedPoint::from(point);
        const PreparedPoint twofold = PreparedPoint::from(point.doubled());
        EdwardsPoint current = point;
        for (std::size_t i = 1; i < multiple_.size(); ++i) {
            current = detail::add(current, twofold).extended();
            multiple_[i] = PreparedPoint::from(current);
        }
    }

    /// p + digit·P for a non-zero digit.
    [[nodiscard]] CompletedPoint add_to(const EdwardsPoint& p, int digit) const {
        if (digit > 0) return detail::add(p, multiple_[static_cast<std::size_t>(digit) / 2]);
        return detail::subtract(p, multiple_[static_cast<std::size_t>(-digit) / 2]);
    }

private:
    std::array<PreparedPoint, 8> multiple_;
};

} // namespace fathom::crypto::detail

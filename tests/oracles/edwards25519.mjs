// SPDX-License-Identifier: Apache-2.0
// Oracles of points of edwards25519 and of scalars. Which bytes are a point follows ZIP 215, as
// curve25519-dalek does: y may be p or above, and x = 0 may carry a sign.
import { ed25519 } from '@noble/curves/ed25519.js';

import { attempt, hex, littleEndian, toLittleEndian } from './bytes.mjs';

const { Point } = ed25519;
const scalarField = Point.Fn;
const order = scalarField.ORDER;

export const decodeEdwards = (bytes) => attempt(() => Point.fromBytes(bytes, true));

/** Decoding, sums and products of any group over these scalars. */
export function groupOperations(zero, decode, encode) {
    const canonical = (bytes) => {
        const scalar = littleEndian(bytes);
        return scalar < order ? scalar : undefined;
    };
    const combine = ([left, right], sum) => {
        const p = decode(left);
        const q = decode(right);
        return p && q ? encode(sum(p, q)) : 'none';
    };
    return {
        decode: ([bytes]) => {
            const point = decode(bytes);
            return point ? encode(point) : 'none';
        },
        add: (inputs) => combine(inputs, (p, q) => p.add(q)),
        subtract: (inputs) => combine(inputs, (p, q) => p.subtract(q)),
        multiply: ([factor, bytes]) => {
            const scalar = canonical(factor);
            const point = decode(bytes);
            return scalar !== undefined && point ? encode(point.multiplyUnsafe(scalar)) : 'none';
        },
        multiscalar: (inputs) => {
            let sum = zero;
            for (let i = 0; i < inputs.length; i += 2) {
                const scalar = canonical(inputs[i]);
                const point = decode(inputs[i + 1]);
                if (scalar === undefined || !point) return 'none';
                sum = sum.add(point.multiplyUnsafe(scalar));
            }
            return encode(sum);
        },
    };
}

const scalar = (bytes) => scalarField.create(littleEndian(bytes));
const scalarText = (value) => hex(toLittleEndian(value, 32));

export const operations = {
    ...groupOperations(Point.ZERO, decodeEdwards, (point) => hex(point.toBytes())),
    on_curve: ([bytes]) => (decodeEdwards(bytes) ? 'valid' : 'invalid'),
    scalar_add: ([a, b]) => scalarText(scalarField.add(scalar(a), scalar(b))),
    scalar_subtract: ([a, b]) => scalarText(scalarField.sub(scalar(a), scalar(b))),
    scalar_multiply: ([a, b]) => scalarText(scalarField.mul(scalar(a), scalar(b))),
    scalar_invert: ([a]) => scalarText(scalar(a) === 0n ? 0n : scalarField.inv(scalar(a))),
    scalar_wide: ([a]) => scalarText(scalar(a)),
};

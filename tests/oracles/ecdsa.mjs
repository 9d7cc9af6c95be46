// SPDX-License-Identifier: Apache-2.0
// Oracles of secp256k1 recovery and P-256 verification, by their equations over @noble's points.
import { p256 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';

import { attempt, bigEndian, hex, toBigEndian } from './bytes.mjs';

const split = (signature) => [bigEndian(signature.slice(0, 32)), bigEndian(signature.slice(32))];

function recover([hash, [id], signature]) {
    const { Point } = secp256k1;
    const { Fp, Fn } = Point;
    const [r, s] = split(signature);
    if (id > 3) return 'bad_id';
    if (r >= Fn.ORDER || s >= Fn.ORDER) return 'malformed';
    const x = id & 2 ? r + Fn.ORDER : r;
    if (r === 0n || s === 0n || x >= Fp.ORDER) return 'failed';
    const compressed = concatBytes(Uint8Array.of(2 + (id & 1)), toBigEndian(x, 32));
    const point = attempt(() => Point.fromBytes(compressed));
    if (!point) return 'failed';
    const z = Fn.create(bigEndian(hash));
    const inverse = Fn.inv(r);
    const key = point
        .multiplyUnsafe(Fn.mul(s, inverse))
        .subtract(Point.BASE.multiplyUnsafe(Fn.mul(z, inverse)));
    return key.is0() ? 'failed' : hex(key.toBytes(false).slice(1));
}

function verify([key, signature, message]) {
    const { Point } = p256;
    const { Fn } = Point;
    const [r, s] = split(signature);
    if (r === 0n || r >= Fn.ORDER || s === 0n || s > Fn.ORDER / 2n) return 'out_of_range';
    const keyPoint = attempt(() => Point.fromBytes(key));
    if (!keyPoint) return 'bad_key';
    const z = Fn.create(bigEndian(sha256(message)));
    const inverse = Fn.inv(s);
    const sum = Point.BASE.multiplyUnsafe(Fn.mul(z, inverse)).add(
        keyPoint.multiplyUnsafe(Fn.mul(r, inverse)),
    );
    return !sum.is0() && sum.toAffine().x % Fn.ORDER === r ? 'valid' : 'invalid';
}

export const operations = { recover, verify };

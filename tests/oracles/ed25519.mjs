// SPDX-License-Identifier: Apache-2.0
// Oracles of Ed25519: the two rules of verification are written out over @noble's points.
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';

import { hex, littleEndian } from './bytes.mjs';
import { decodeEdwards } from './edwards25519.mjs';

const { Point } = ed25519;
const order = Point.Fn.ORDER;

/** s·B - k·A. */
function expectedR(keyPoint, [key, signature, message]) {
    const challenge = littleEndian(sha512(concatBytes(signature.slice(0, 32), key, message))) % order;
    const s = littleEndian(signature.slice(32));
    return Point.BASE.multiplyUnsafe(s).subtract(keyPoint.multiplyUnsafe(challenge));
}

const isReduced = (signature) => littleEndian(signature.slice(32)) < order;

/** ed25519-dalek 2: R is compared by its bytes. */
function strict(inputs) {
    const [key, signature] = inputs;
    const keyPoint = decodeEdwards(key);
    if (!isReduced(signature) || !keyPoint || keyPoint.isSmallOrder()) return 'invalid';
    const r = expectedR(keyPoint, inputs);
    const isSame = hex(r.toBytes()) === hex(signature.slice(0, 32));
    return isSame && !r.isSmallOrder() ? 'valid' : 'invalid';
}

/** ed25519-dalek 1.0.1 behind the precompile: three bits of s, then the key, then the rest. */
function precompile(inputs) {
    const [key, signature] = inputs;
    if ((signature[63] & 0xe0) !== 0) return 'invalid';
    const keyPoint = decodeEdwards(key);
    if (!keyPoint) return 'bad_key';
    const r = decodeEdwards(signature.slice(0, 32));
    if (!isReduced(signature) || !r || r.isSmallOrder() || keyPoint.isSmallOrder()) return 'invalid';
    return expectedR(keyPoint, inputs).equals(r) ? 'valid' : 'invalid';
}

export const operations = {
    public_key: ([seed]) => hex(ed25519.getPublicKey(seed)),
    sign: ([seed, message]) => hex(ed25519.sign(message, seed)),
    strict,
    strict_each: strict,
    precompile,
};

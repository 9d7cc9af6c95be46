// SPDX-License-Identifier: Apache-2.0
// Oracles of BLS12-381: encodings as blst reads them, written out here; the curve is @noble's.
import { bls12_381 } from '@noble/curves/bls12-381.js';

import { attempt, bigEndian, hex, isZero, reversed, toBigEndian, toLittleEndian } from './bytes.mjs';

const { Fp, Fp2, Fp12 } = bls12_381.fields;
const G1 = bls12_381.G1.Point;
const G2 = bls12_381.G2.Point;
const order = G1.Fn.ORDER;
const maxPairs = 8;
const compressedFlag = 0x80;
const identityFlag = 0x40;
const largerFlag = 0x20;

const groups = {
    g1: {
        Point: G1,
        field: Fp,
        size: 48,
        b: 4n,
        coordinates: (value) => [value],
        element: ([value]) => value,
    },
    g2: {
        Point: G2,
        field: Fp2,
        size: 96,
        b: Fp2.fromBigTuple([4n, 4n]),
        coordinates: ({ c0, c1 }) => [c1, c0],
        element: ([c1, c0]) => Fp2.fromBigTuple([c0, c1]),
    },
};

function decodeElement({ element }, bytes) {
    const coordinates = [];
    for (let i = 0; i < bytes.length; i += 48) coordinates.push(bigEndian(bytes.slice(i, i + 48)));
    return coordinates.every((value) => value < Fp.ORDER) ? element(coordinates) : undefined;
}

const encodeElement = ({ coordinates }, value) =>
    coordinates(value).map((coordinate) => hex(toBigEndian(coordinate, 48))).join('');

/** Nothing but these flags. */
const isOnly = (bytes, flags) => bytes[0] === flags && isZero(bytes.slice(1));

/** A point of the curve that blst takes: of G1's curve none with x = 0. */
function pointAt({ Point, field, b }, x, y) {
    if (field.eql(x, field.ZERO)) return undefined;
    const isOnCurve = field.eql(field.sqr(y), field.add(field.mul(field.sqr(x), x), b));
    return isOnCurve ? Point.fromAffine({ x, y }) : undefined;
}

function readPoint(group, bytes) {
    if ((bytes[0] & identityFlag) !== 0) return isOnly(bytes, identityFlag) ? group.Point.ZERO : undefined;
    // The other flags make the coordinate larger than the modulus.
    const x = decodeElement(group, bytes.slice(0, group.size));
    const y = decodeElement(group, bytes.slice(group.size));
    return x === undefined || y === undefined ? undefined : pointAt(group, x, y);
}

function readInGroup(group, bytes) {
    const point = readPoint(group, bytes);
    return point && (point.is0() || point.isTorsionFree()) ? point : undefined;
}

function encodePoint({ size, ...group }, point) {
    if (point.is0()) return '40' + '00'.repeat(2 * size - 1);
    const { x, y } = point.toAffine();
    return encodeElement(group, x) + encodeElement(group, y);
}

function isLarger({ field, coordinates }, value) {
    const own = coordinates(value);
    const other = coordinates(field.neg(value));
    const at = own.findIndex((coordinate, i) => coordinate !== other[i]);
    return at >= 0 && own[at] > other[at];
}

function decompressed(group, bytes) {
    const { Point, field, b } = group;
    const flags = bytes[0] & 0xe0;
    if ((flags & compressedFlag) === 0) return undefined;
    if ((flags & identityFlag) !== 0) return isOnly(bytes, compressedFlag | identityFlag) ? Point.ZERO : undefined;
    const stripped = Uint8Array.from(bytes);
    stripped[0] &= 0x1f;
    const x = decodeElement(group, stripped);
    if (x === undefined) return undefined;
    const square = field.add(field.mul(field.sqr(x), x), b);
    const root = attempt(() => field.sqrt(square));
    if (root === undefined || !field.eql(field.sqr(root), square)) return undefined;
    const isWanted = isLarger(group, root) === ((flags & largerFlag) !== 0);
    const point = pointAt(group, x, isWanted ? root : field.neg(root));
    return point?.isTorsionFree() ? point : undefined;
}

function combine(group, [left, right], sum) {
    const p = readPoint(group, left);
    const q = readPoint(group, right);
    return p && q ? encodePoint(group, sum(p, q)) : 'none';
}

function multiply(group, [scalar, bytes]) {
    const factor = bigEndian(scalar);
    const point = readInGroup(group, bytes);
    return factor < order && point ? encodePoint(group, point.multiplyUnsafe(factor)) : 'none';
}

function decompress(group, [bytes]) {
    const point = decompressed(group, bytes);
    return point ? encodePoint(group, point) : 'none';
}

/** The tower's twelve coordinates, lowest first, little-endian. */
const targetText = (value) =>
    [value.c0, value.c1]
        .flatMap((half) => [half.c0, half.c1, half.c2])
        .flatMap(({ c0, c1 }) => [c0, c1])
        .map((coordinate) => hex(toLittleEndian(coordinate, 48)))
        .join('');

/** The product of pairings of big-endian points. */
function pairing(g1, g2) {
    const pairs = [];
    if (g1.length / 96 > maxPairs) return undefined;
    for (let i = 0; i < g1.length / 96; ++i) {
        const p = readInGroup(groups.g1, g1.slice(96 * i, 96 * i + 96));
        const q = readInGroup(groups.g2, g2.slice(192 * i, 192 * i + 192));
        if (!p || !q) return undefined;
        if (!p.is0() && !q.is0()) pairs.push({ g1: p, g2: q });
    }
    return pairs.length === 0 ? Fp12.ONE : bls12_381.pairingBatch(pairs);
}

const swapText = (text) => (text.length % 2 ? text : text.match(/../g).reverse().join(''));

function pairingText(g1, g2) {
    const product = pairing(g1, g2);
    return product ? targetText(product) : 'none';
}

const hashToG2 = (message, tag) => G2.fromAffine(bls12_381.G2.hashToCurve(message, { DST: tag }).toAffine());

/** e(key, H(message)) = e(generator, signature). */
function verify([key, message, signature, tag]) {
    const keyPoint = decompressed(groups.g1, key);
    const signaturePoint = decompressed(groups.g2, signature);
    if (!keyPoint || keyPoint.is0() || !signaturePoint) return 'invalid';
    const left = bls12_381.pairing(keyPoint, hashToG2(message, tag));
    const right = signaturePoint.is0() ? Fp12.ONE : bls12_381.pairing(G1.BASE, signaturePoint);
    return Fp12.eql(left, right) ? 'valid' : 'invalid';
}

/** Runs of bytes reversed: little-endian to big-endian. */
function turned(bytes, size) {
    const parts = [];
    for (let at = 0; at < bytes.length; at += size) parts.push(...reversed(bytes.slice(at, at + size)));
    return Uint8Array.from(parts);
}

function turnedText(text, size) {
    if (text === 'none' || text === 'valid' || text === 'invalid') return text;
    return hex(turned(Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16)), size));
}

export const operations = {
    pairing_le: ([g1, g2]) => pairingText(turned(g1, 48), turned(g2, 96)),
    pairing_be: ([g1, g2]) => {
        const text = pairingText(g1, g2);
        return text === 'none' ? text : swapText(text);
    },
    hash_to_g2: ([message, tag]) => encodePoint(groups.g2, hashToG2(message, tag)),
    bls_verify: verify,
};
for (const [name, group] of Object.entries(groups)) {
    const both = (operation, compute) => {
        operations[`${name}_${operation}_be`] = (inputs) => compute(group, inputs);
        operations[`${name}_${operation}_le`] = (inputs) =>
            turnedText(compute(group, inputs.map((input) => turned(input, Math.min(group.size, input.length)))), group.size);
    };
    both('validate', (_, [bytes]) => (readInGroup(group, bytes) ? 'valid' : 'invalid'));
    both('add', (_, inputs) => combine(group, inputs, (p, q) => p.add(q)));
    both('subtract', (_, inputs) => combine(group, inputs, (p, q) => p.subtract(q)));
    both('multiply', multiply);
    both('decompress', decompress);
}

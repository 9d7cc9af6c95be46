// SPDX-License-Identifier: Apache-2.0
// Oracles of BN254: encodings as arkworks reads them, written out here; the curve is @noble's.
import { bn254 } from '@noble/curves/bn254.js';

import { attempt, bigEndian, hex, isZero, reversed, toBigEndian } from './bytes.mjs';

const { Fp, Fp2, Fp12 } = bn254.fields;
const G1 = bn254.G1.Point;
const G2 = bn254.G2.Point;
const order = G1.Fn.ORDER;
const identityFlag = 0x40;
const largerFlag = 0x80;

/** What differs between the groups: an element is 32 bytes for each of its coordinates. */
const groups = {
    g1: {
        Point: G1,
        field: Fp,
        size: 32,
        b: 3n,
        coordinates: (value) => [value],
        element: ([value]) => value,
    },
    g2: {
        Point: G2,
        field: Fp2,
        size: 64,
        // 3/(9 + u).
        b: Fp2.div(Fp2.fromBigTuple([3n, 0n]), Fp2.fromBigTuple([9n, 1n])),
        coordinates: ({ c0, c1 }) => [c1, c0],
        element: ([c1, c0]) => Fp2.fromBigTuple([c0, c1]),
    },
};

/** Big-endian bytes, highest coordinate first, to a field element below the modulus. */
function decodeElement({ element }, bytes) {
    const coordinates = [];
    for (let i = 0; i < bytes.length; i += 32) coordinates.push(bigEndian(bytes.slice(i, i + 32)));
    return coordinates.every((value) => value < Fp.ORDER) ? element(coordinates) : undefined;
}

const encodeElement = ({ coordinates }, value) =>
    coordinates(value).map((coordinate) => hex(toBigEndian(coordinate, 32))).join('');

/** The element without the flags in its top byte, and the flags; nothing for both flags at once. */
function splitFlags(group, bytes) {
    const flags = bytes[0] & 0xc0;
    const stripped = Uint8Array.from(bytes);
    stripped[0] &= 0x3f;
    const value = decodeElement(group, stripped);
    return value === undefined || flags === 0xc0 ? undefined : { value, flags };
}

/** Coordinates, on the curve or not; {} for the identity. */
function readCoordinates(group, bytes) {
    if (isZero(bytes)) return {};
    const x = decodeElement(group, bytes.slice(0, group.size));
    const y = splitFlags(group, bytes.slice(group.size));
    if (x === undefined || y === undefined) return undefined;
    return y.flags === identityFlag ? { isFlagged: true } : { x, y: y.value };
}

/** A point on the curve. */
function readPoint(group, bytes) {
    const read = readCoordinates(group, bytes);
    if (!read || read.x === undefined) return read && group.Point.ZERO;
    const { field, b } = group;
    const { x, y } = read;
    const isOnCurve = field.eql(field.sqr(y), field.add(field.mul(field.sqr(x), x), b));
    return isOnCurve ? group.Point.fromAffine({ x, y }) : undefined;
}

function encodePoint(group, point) {
    if (point.is0()) return '00'.repeat(2 * group.size);
    const { x, y } = point.toAffine();
    return encodeElement(group, x) + encodeElement(group, y);
}

/** Whether a field element is above its negative, highest coordinate first. */
function isLarger({ field, coordinates }, value) {
    const own = coordinates(value);
    const other = coordinates(field.neg(value));
    const at = own.findIndex((coordinate, i) => coordinate !== other[i]);
    return at >= 0 && own[at] > other[at];
}

function compress(group, bytes) {
    if (bytes.length !== 2 * group.size) return 'none';
    const read = readCoordinates(group, bytes);
    if (!read) return 'none';
    const text = read.x === undefined ? '00'.repeat(group.size) : encodeElement(group, read.x);
    const flag = read.isFlagged ? identityFlag : read.x !== undefined && isLarger(group, read.y) ? largerFlag : 0;
    return hex(Uint8Array.of(parseInt(text.slice(0, 2), 16) | flag)) + text.slice(2);
}

function decompress(group, bytes) {
    if (bytes.length !== group.size) return 'none';
    const identity = '00'.repeat(2 * group.size);
    if (isZero(bytes)) return identity;
    const read = splitFlags(group, bytes);
    if (!read) return 'none';
    if (read.flags === identityFlag) return identity;
    const { field, b } = group;
    const square = field.add(field.mul(field.sqr(read.value), read.value), b);
    const root = attempt(() => field.sqrt(square));
    if (root === undefined || !field.eql(field.sqr(root), square)) return 'none';
    const isWanted = isLarger(group, root) === (read.flags === largerFlag);
    return encodeElement(group, read.value) + encodeElement(group, isWanted ? root : field.neg(root));
}

/** `bytes` completed with zeros, if it is not longer than that. */
function padded(bytes, size) {
    if (bytes.length > size) return undefined;
    const whole = new Uint8Array(size);
    whole.set(bytes);
    return whole;
}

function add(group, bytes) {
    const half = 2 * group.size;
    if (bytes?.length !== 2 * half) return 'none';
    const p = readPoint(group, bytes.slice(0, half));
    const q = readPoint(group, bytes.slice(half));
    return p && q ? encodePoint(group, p.add(q)) : 'none';
}

const isInSubgroup = (group, point) => group === groups.g1 || point.is0() || point.isTorsionFree();

function multiply(group, bytes) {
    if (bytes?.length !== 2 * group.size + 32) return 'none';
    const point = readPoint(group, bytes.slice(0, 2 * group.size));
    if (!point || !isInSubgroup(group, point)) return 'none';
    return encodePoint(group, point.multiplyUnsafe(bigEndian(bytes.slice(2 * group.size)) % order));
}

function pairing(bytes) {
    if (bytes.length % 192 !== 0) return 'none';
    const pairs = [];
    for (let i = 0; i < bytes.length; i += 192) {
        const g1 = readPoint(groups.g1, bytes.slice(i, i + 64));
        const g2 = readPoint(groups.g2, bytes.slice(i + 64, i + 192));
        if (!g1 || !g2 || !isInSubgroup(groups.g2, g2)) return 'none';
        if (!g1.is0() && !g2.is0()) pairs.push({ g1, g2 });
    }
    return pairs.length === 0 || Fp12.eql(bn254.pairingBatch(pairs), Fp12.ONE) ? 'one' : 'other';
}

/** Little-endian bytes to big-endian ones: runs of these sizes, one after the other, reversed. */
function turned(bytes, sizes) {
    const parts = [];
    for (let at = 0, i = 0; at < bytes.length; at += sizes[i], i = (i + 1) % sizes.length) {
        parts.push(...reversed(bytes.slice(at, at + sizes[i])));
    }
    return Uint8Array.from(parts);
}

/** Hexadecimal big-endian elements to little-endian ones. */
function turnedText(text, size) {
    if (text === 'none') return text;
    return text.match(new RegExp(`.{${2 * size}}`, 'g')).map((run) => run.match(/../g).reverse().join('')).join('');
}

export const operations = {
    g1_add_be: ([input]) => add(groups.g1, padded(input, 128)),
    g1_multiply_be: ([input]) => multiply(groups.g1, padded(input, 96)),
    pairing_be: ([input]) => pairing(input),
    pairing_le: ([input]) => (input.length % 192 ? 'none' : pairing(turned(input, [32, 32, 64, 64]))),
};
for (const [name, group] of Object.entries(groups)) {
    const { size } = group;
    const both = (operation, compute, sizes) => {
        operations[`${name}_${operation}_be`] ??= ([input]) => compute(group, input);
        operations[`${name}_${operation}_le`] = ([input]) =>
            turnedText(compute(group, turned(input, sizes)), size);
    };
    both('add', add, [size]);
    both('multiply', multiply, [size, size, 32]);
    both('compress', compress, [size]);
    both('decompress', decompress, [size]);
}

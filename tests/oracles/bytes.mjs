// SPDX-License-Identifier: Apache-2.0
// Bytes, integers and hexadecimal text for the oracles.
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

export { bytesToHex as hex, hexToBytes as unhex };

export const isZero = (bytes) => bytes.every((byte) => byte === 0);
export const reversed = (bytes) => Uint8Array.from(bytes).reverse();
export const bigEndian = (bytes) => (bytes.length === 0 ? 0n : BigInt('0x' + bytesToHex(bytes)));
export const littleEndian = (bytes) => bigEndian(reversed(bytes));
export const toBigEndian = (value, size) => hexToBytes(value.toString(16).padStart(2 * size, '0'));
export const toLittleEndian = (value, size) => toBigEndian(value, size).reverse();

/** The value, or undefined where the library throws. */
export function attempt(compute) {
    try {
        return compute();
    } catch {
        return undefined;
    }
}

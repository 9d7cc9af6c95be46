// SPDX-License-Identifier: Apache-2.0
// Oracles of the hashes.
import { blake3 } from '@noble/hashes/blake3.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { keccak_256, sha3_512, shake256 } from '@noble/hashes/sha3.js';

import { hex } from './bytes.mjs';

const laneBytes = 2048;

/** The 1024 lanes of 16 bits that BLAKE3's extended output gives. */
function lanes(message) {
    const bytes = blake3(message, { dkLen: laneBytes });
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: laneBytes / 2 }, (_, i) => view.getUint16(2 * i, true));
}

/** first + second - third, lane by lane. */
function mixed([first, second, third]) {
    const [a, b, c] = [lanes(first), lanes(second), lanes(third)];
    const bytes = new Uint8Array(laneBytes);
    const view = new DataView(bytes.buffer);
    a.forEach((lane, i) => view.setUint16(2 * i, (lane + b[i] + 0x10000 - c[i]) % 0x10000, true));
    return bytes;
}

export const operations = {
    sha256: ([message]) => hex(sha256(message)),
    sha512: ([message]) => hex(sha512(message)),
    keccak256: ([message]) => hex(keccak_256(message)),
    sha3_512: ([message]) => hex(sha3_512(message)),
    shake256: ([message], size) => hex(shake256(message, { dkLen: size })),
    blake3: ([message], size) => hex(blake3(message, { dkLen: size })),
    lthash: ([message]) => hex(blake3(message, { dkLen: laneBytes })),
    lthash_sum: (messages) => hex(mixed(messages)),
    lthash_checksum: (messages) => hex(blake3(mixed(messages))),
};

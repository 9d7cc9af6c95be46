// SPDX-License-Identifier: Apache-2.0
// The generator's only source of randomness: sfc32, seeded by a text, the same on every machine.
import { createHash } from "node:crypto";

const kU64Max = 2n ** 64n - 1n;
// Where integer rules change: signs, widths, and what the ledger treats specially.
const kEdges = [0n, 1n, 2n, 127n, 128n, 255n, 256n, 5000n, 890879n, 890880n, 890881n, 2n ** 16n,
    10240n, 10241n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 10485760n, 10485761n,
    2n ** 63n - 1n, 2n ** 63n, kU64Max - 1n, kU64Max];

export class Random {
    constructor(text) {
        const seed = createHash("sha256").update(text).digest();
        this.a = seed.readInt32LE(0);
        this.b = seed.readInt32LE(4);
        this.c = seed.readInt32LE(8);
        this.counter = 1;
        for (let i = 0; i < 12; ++i) this.u32();
    }

    u32() {
        const t = (this.a + this.b + this.counter) | 0;
        this.counter = (this.counter + 1) | 0;
        this.a = this.b ^ (this.b >>> 9);
        this.b = (this.c + (this.c << 3)) | 0;
        this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
        return t >>> 0;
    }

    u64() { return (BigInt(this.u32()) << 32n) | BigInt(this.u32()); }
    /// Less than `count`, which is below 2^32.
    below(count) { return Math.floor((this.u32() / 2 ** 32) * count); }
    between(low, high) { return low + this.below(high - low + 1); }
    chance(probability) { return this.u32() / 2 ** 32 < probability; }
    pick(list) { return list[this.below(list.length)]; }

    /// One key of {name: weight}.
    weighted(weights) {
        let total = 0;
        for (const name in weights) total += weights[name];
        let at = (this.u32() / 2 ** 32) * total;
        let last;
        for (const name in weights) {
            last = name;
            at -= weights[name];
            if (at < 0) break;
        }
        return last;
    }

    bytes(count) {
        const bytes = Buffer.alloc(count);
        for (let i = 0; i < count; i += 4) {
            const word = this.u32();
            for (let j = i; j < Math.min(i + 4, count); ++j) bytes[j] = word >>> (8 * (j - i));
        }
        return bytes;
    }

    /// Small, an edge, near an edge, or anything.
    amount() {
        switch (this.below(5)) {
        case 0: return BigInt(this.below(1000));
        case 1: return this.pick(kEdges);
        case 2: return (this.pick(kEdges) + BigInt(this.below(5)) - 2n) & kU64Max;
        case 3: return BigInt(this.below(2 ** 31)) * 4n;
        default: return this.u64() >> BigInt(this.below(64));
        }
    }

    shuffled(list) {
        const copy = [...list];
        for (let i = copy.length - 1; i > 0; --i) {
            const j = this.below(i + 1);
            [copy[i], copy[j]] = [copy[j], copy[i]];
        }
        return copy;
    }
}

// SPDX-License-Identifier: Apache-2.0
// Little-endian fields, base58 and short vectors' lengths: what the wire formats are made of.
const kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const kBase5 = 58 ** 5;

export const u8 = (value) => Buffer.from([Number(value) & 255]);

export function u16(value) {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(Number(value) & 0xffff);
    return bytes;
}

export function u32(value) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(Number(value) >>> 0);
    return bytes;
}

export function u64(value) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
    return bytes;
}

/// bincode's Option.
export const option = (value, encode) =>
    value === null || value === undefined ? Buffer.from([0]) : Buffer.concat([Buffer.from([1]), encode(value)]);
/// bincode's String, and any bytes behind a u64 length.
export const counted = (value) => {
    const bytes = Buffer.from(value);
    return Buffer.concat([u64(bytes.length), bytes]);
};
/// bincode's Vec.
export const list = (values, encode) => Buffer.concat([u64(values.length), ...values.map(encode)]);

export function shortLength(count) {
    const bytes = [];
    let rest = count;
    while (rest > 127) {
        bytes.push((rest & 127) | 128);
        rest >>= 7;
    }
    bytes.push(rest);
    return Buffer.from(bytes);
}

export function toBase58(bytes) {
    // Limbs of 58^5, so that products stay exact in doubles.
    const limbs = [0];
    for (let i = 0; i < bytes.length; ++i) {
        let carry = bytes[i];
        for (let j = 0; j < limbs.length; ++j) {
            const value = limbs[j] * 256 + carry;
            carry = Math.floor(value / kBase5);
            limbs[j] = value - carry * kBase5;
        }
        if (carry) limbs.push(carry);
    }
    let text = "";
    for (const limb of limbs) {
        let rest = limb;
        for (let j = 0; j < 5; ++j) {
            text = kAlphabet[rest % 58] + text;
            rest = Math.floor(rest / 58);
        }
    }
    let zeros = 0;
    while (zeros < bytes.length && bytes[zeros] === 0) ++zeros;
    return "1".repeat(zeros) + text.replace(/^1+/, "");
}

/// 32 bytes of a key or hash.
export function fromBase58(text) {
    let number = 0n;
    for (const c of text) number = number * 58n + BigInt(kAlphabet.indexOf(c));
    return Buffer.from(number.toString(16).padStart(64, "0"), "hex");
}

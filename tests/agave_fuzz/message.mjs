// SPDX-License-Identifier: Apache-2.0
// From instructions to a transaction's bytes, as an SDK does it, and back to the accounts it names.
import { sign } from "node:crypto";
import { shortLength } from "./bytes.mjs";
import { Key } from "./keys.mjs";

export const writableSigner = (key) => ({ key, signer: true, writable: true });
export const signer = (key) => ({ key, signer: true, writable: false });
export const writable = (key) => ({ key, signer: false, writable: true });
export const readonly = (key) => ({ key, signer: false, writable: false });

export const kTableHeader = 56;

function collectKeys(payer, instructions) {
    const found = new Map([[payer, { signer: true, writable: true, invoked: false }]]);
    const note = (key, signs, writes, invoked) => {
        const flags = found.get(key) ?? { signer: false, writable: false, invoked: false };
        flags.signer ||= signs;
        flags.writable ||= writes;
        flags.invoked ||= invoked;
        found.set(key, flags);
    };
    for (const { program, accounts } of instructions) {
        for (const meta of accounts) note(meta.key, meta.signer, meta.writable, false);
        note(program, false, false, true);
    }
    return found;
}

/// Moves what a table has to the lookups: [lookups, keys looked up in the message's order].
function splitLookups(found, tables) {
    const lookups = [];
    const writableKeys = [];
    const readonlyKeys = [];
    const used = new Set();
    for (const { key, addresses } of tables) {
        const lookup = { key, writable: [], readonly: [] };
        addresses.forEach((address, index) => {
            const flags = found.get(address);
            if (index > 255 || !flags || flags.signer || flags.invoked || used.has(address)) return;
            used.add(address);
            (flags.writable ? lookup.writable : lookup.readonly).push(index);
            (flags.writable ? writableKeys : readonlyKeys).push(address);
        });
        if (lookup.writable.length + lookup.readonly.length > 0) lookups.push(lookup);
    }
    return [lookups, [...writableKeys, ...readonlyKeys], used];
}

/// The message of a case; its edits, which break rules on purpose, are applied last.
export function compile(scenario) {
    const { payer, instructions, version, tables, edits } = scenario;
    const found = collectKeys(payer, instructions);
    const [lookups, looked, used] = version === 0 ? splitLookups(found, tables) : [[], [], new Set()];
    const order = [[], [], [], []];
    for (const [key, flags] of found) {
        if (used.has(key)) continue;
        order[(flags.signer ? 0 : 2) + (flags.writable ? 0 : 1)].push(key);
    }
    const keys = order.flat();
    const position = new Map([...keys, ...looked].map((key, index) => [key, index]));
    const message = {
        version,
        header: [order[0].length + order[1].length, order[1].length, order[3].length],
        keys,
        blockhash: scenario.blockhash,
        instructions: instructions.map(({ program, accounts, data }) => ({
            program: position.get(program),
            accounts: accounts.map(({ key }) => position.get(key)),
            data,
        })),
        lookups,
    };
    for (const edit of edits) edit(message);
    return message;
}

export function messageBytes(message) {
    const parts = [];
    if (message.version === 0) parts.push(Buffer.from([0x80]));
    parts.push(Buffer.from(message.header.map((count) => count & 255)), shortLength(message.keys.length));
    for (const key of message.keys) parts.push(key.bytes);
    parts.push(message.blockhash, shortLength(message.instructions.length));
    for (const { program, accounts, data } of message.instructions) {
        parts.push(Buffer.from([program & 255]), shortLength(accounts.length), Buffer.from(accounts.map((i) => i & 255)),
            shortLength(data.length), data);
    }
    if (message.version === 0) {
        parts.push(shortLength(message.lookups.length));
        for (const lookup of message.lookups) {
            parts.push(lookup.key.bytes, shortLength(lookup.writable.length), Buffer.from(lookup.writable),
                shortLength(lookup.readonly.length), Buffer.from(lookup.readonly));
        }
    }
    return Buffer.concat(parts);
}

/// With filler instead of signatures, or with those of `secrets` (Key to private key).
export function transactionBytes(message, { filler, secrets, spoil }) {
    const bytes = messageBytes(message);
    const signatures = [];
    for (let i = 0; i < (message.header[0] & 255); ++i) {
        const secret = secrets?.get(message.keys[i]);
        signatures.push(secret ? sign(null, bytes, secret) : filler.subarray(0, 64));
    }
    spoil?.(signatures);
    return Buffer.concat([shortLength(signatures.length), ...signatures, bytes]);
}

/// The keys behind a message's indices; what no table holds is left out.
export function accountKeys(message, accountData) {
    const resolve = (lookup, indices) => {
        const data = accountData(lookup.key);
        if (!data) return [];
        return indices.filter((index) => data.length >= kTableHeader + 32 * (index + 1))
            .map((index) => Key.of(data.subarray(kTableHeader + 32 * index, kTableHeader + 32 * (index + 1))));
    };
    return [...message.keys, ...message.lookups.flatMap((lookup) => resolve(lookup, lookup.writable)),
        ...message.lookups.flatMap((lookup) => resolve(lookup, lookup.readonly))];
}

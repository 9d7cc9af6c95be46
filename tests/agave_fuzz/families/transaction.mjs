// SPDX-License-Identifier: Apache-2.0
// What is decided before any program runs: limits asked for, tables, payers, headers, locks, signatures.
import { createPrivateKey, createPublicKey } from "node:crypto";
import { u32, u64, u8 } from "../bytes.mjs";
import { ids, Key } from "../keys.mjs";
import { computeBudget, heapFrame, loadedSizeLimit, unitLimit, unitPrice } from "../scene.mjs";
import { account, minimumBalance } from "../world.mjs";

const kNever = 2n ** 64n - 1n;
const transferData = (amount) => Buffer.concat([u32(2), u64(amount)]);

export function transfer(scene, amount = BigInt(scene.random.below(3_000_000)), to = scene.wallet()) {
    scene.add(ids.system, [scene.ws(scene.payer), scene.w(to)], transferData(amount));
}

/// Compute Budget instructions among others.
export function budget(scene) {
    const { random } = scene;
    const makers = [
        () => unitLimit(random.pick([0, 1, 149, 150, 151, 299, 300, 301, 450, 1000, 1_400_000, 2 ** 32 - 1])),
        () => unitPrice(random.chance(0.7) ? BigInt(random.below(2_000_000)) : random.amount()),
        () => heapFrame(random.pick([32 * 1024, 64 * 1024, 256 * 1024, 257 * 1024, 0, 1024, 33 * 1024 + 1])),
        () => loadedSizeLimit(random.pick([0, 1, 64, 300, 2000, 64 * 1024 * 1024, 2 ** 32 - 1])),
        () => computeBudget(random.chance(0.5) ? random.bytes(random.below(10)) : Buffer.concat([u8(random.below(6)), random.bytes(random.below(10))])),
    ];
    transfer(scene);
    for (let i = random.below(3); i > 0; --i) transfer(scene);
    if (random.chance(0.3)) scene.add(random.pick(scene.pool.agents), [], Buffer.alloc(0));
    const chosen = random.chance(0.8) ? random.shuffled(makers.slice(0, 4)).slice(0, random.between(1, 4)) : [random.pick(makers), random.pick(makers)];
    for (const make of chosen) scene.instructions.splice(random.below(scene.instructions.length + 1), 0, make());
}

export function tableData(scene, addresses, { deactivated = kNever, extended, start = 0, authority = scene.payer } = {}) {
    const { random, world } = scene;
    const slot = extended ?? (random.chance(0.85) ? world.clock.slot - 100n : world.clock.slot);
    return Buffer.concat([u32(1), u64(deactivated), u64(slot), u8(start), authority ? Buffer.concat([u8(1), authority.bytes]) : Buffer.alloc(33),
        Buffer.alloc(2), ...addresses.map((key) => key.bytes)]);
}

/// A v0 transaction whose accounts come from tables, some of them unusable.
export function lookup(scene) {
    const { random, world } = scene;
    scene.version = 0;
    for (let i = random.between(1, 4); i > 0; --i) transfer(scene);
    if (random.chance(0.4)) scene.add(ids.memo, [], Buffer.from("hello"));
    const used = scene.instructions.flatMap(({ accounts }) => accounts.map(({ key }) => key)).filter((key) => key !== scene.payer);
    for (let i = random.pick([1, 1, 2, 3]); i > 0; --i) {
        const addresses = random.shuffled([...used, ...Array.from({ length: random.below(5) }, () => scene.key())]);
        if (random.chance(0.05)) addresses.push(scene.payer);
        const start = random.chance(0.8) ? 0 : addresses.length - 1;
        const deactivated = random.chance(0.85) ? kNever : random.pick([world.clock.slot, world.hashes.at(-1).slot, world.clock.slot - 513n, 1n]);
        let data = tableData(scene, addresses, { start, deactivated });
        if (random.chance(0.06)) data = random.pick([Buffer.alloc(0), data.subarray(0, 55), data.subarray(0, data.length - 5), Buffer.concat([u32(0), data.subarray(4)])]);
        const key = scene.owned(random.chance(0.95) ? ids.lookupTable : ids.system, data);
        if (random.chance(0.03)) scene.accounts.delete(key);
        scene.tables.push({ key, addresses });
    }
    if (random.chance(0.12)) {
        const wild = random.pick([
            (m) => { if (m.lookups[0]) m.lookups[0].readonly.push(200); },
            (m) => { if (m.lookups[0]) m.lookups.push(m.lookups[0]); },
            (m) => { if (m.lookups[0]) m.lookups[0] = { ...m.lookups[0], writable: [], readonly: [] }; },
            (m) => { if (m.lookups[0]) m.lookups[0].writable.push(...m.lookups[0].writable); },
            (m) => { m.instructions[0].program = m.keys.length; },
        ]);
        scene.edit(wild);
    }
}

/// Payers of every kind, with balances around what they need.
export function payers(scene) {
    const { random } = scene;
    const signatures = random.chance(0.8) ? 1n : 2n;
    const fee = 5000n * signatures;
    const around = random.pick([fee, fee + minimumBalance(0), fee * 2n, minimumBalance(0), fee + minimumBalance(80), minimumBalance(80)]) + BigInt(random.between(-1, 1));
    const data = random.weighted({ none: 6, nonce: 2, other: 1, token: 0.5 });
    const bytes = { none: Buffer.alloc(0), other: Buffer.alloc(random.pick([1, 80, 81])), token: Buffer.alloc(165),
        nonce: Buffer.concat([u32(random.pick([1, 1, 0, 2])), u32(random.pick([1, 1, 0])), random.bytes(64), u64(5000)]) }[data];
    scene.payer = scene.owned(data === "token" ? ids.token : ids.system, bytes, around);
    if (random.chance(0.05)) scene.accounts.delete(scene.payer);
    const amount = random.pick([0n, 1n, around - fee, around - fee - minimumBalance(0), 5n]);
    if (random.chance(0.8)) transfer(scene, amount < 0n ? 0n : amount, random.chance(0.3) ? scene.payer : scene.wallet());
    else scene.add(ids.memo, signatures === 2n ? [scene.s(scene.wallet())] : [], Buffer.from("payer"));
    if (random.chance(0.2)) scene.instructions.unshift(unitPrice(BigInt(random.below(100_000_000))));
}

/// Headers, indices, names given twice, too many of them, programs that are none.
export function hostile(scene) {
    const { random } = scene;
    for (let i = random.between(1, 3); i > 0; --i) transfer(scene, BigInt(random.below(100)));
    const edits = [
        (m, random) => { m.header[random.below(3)] = random.below(5); },
        (m, random) => { m.header[0] = random.pick([0, m.keys.length, 127]); },
        (m, random) => { m.keys.push(random.pick(m.keys)); m.header[2] += random.below(2); },
        (m, random) => { m.instructions[0].accounts[0] = random.below(10); },
        (m, random) => { m.instructions[0].program = random.below(6); },
        (m, random) => { m.instructions.length = 0; },
        (m, random) => { m.instructions[0].accounts = m.instructions[0].accounts.slice(0, random.below(3)); },
        (m, random) => { m.blockhash = random.bytes(32); },
        (m, random) => { m.keys.length = Math.max(1, m.keys.length - 1); },
    ];
    switch (random.below(7)) {
    case 0: case 1: scene.edit(random.pick(edits)); break;
    case 2: scene.add(random.pick([ids.nativeLoader, scene.key(), scene.wallet(), ids.clock, ids.instructions, scene.owned(ids.token, Buffer.alloc(10)),
        scene.pool.closed, ids.loader2, ids.loader1, ids.loader4, ids.zkToken, ids.feature]), [], random.bytes(random.below(8))); break;
    case 3: {
        const many = Array.from({ length: random.pick([59, 60, 61, 62, 63, 64, 120, 124, 125, 126, 127, 128]) }, () => ({ key: scene.key(), signer: false, writable: random.chance(0.5) }));
        scene.add(ids.memo, many, Buffer.from("many"));
        break;
    }
    case 4: {
        const metas = Array.from({ length: random.below(4) }, () => ({ key: random.pick([ids.clock, ids.system, ids.memo, ids.instructions, ids.vote, ids.rent, scene.payer]), signer: false, writable: true }));
        scene.add(random.pick([ids.memo, ids.system]), metas, Buffer.from("ok"));
        break;
    }
    case 5: {
        // The same few names more often than an instruction may have accounts.
        const names = [scene.r(scene.key()), scene.r(ids.clock)];
        scene.add(random.pick([...scene.pool.agents, ids.system, ids.memo, ids.vote]), Array.from({ length: random.pick([200, 254, 255, 256, 257]) }, (_, i) => names[i & 1]), Buffer.alloc(0));
        scene.unitLimit(1_400_000);
        break;
    }
    default: for (let i = random.between(1, 70); i > 0; --i) scene.add(ids.memo, [], u8(65));
    }
}

export function secretOf(seed) {
    const secret = createPrivateKey({ key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]), format: "der", type: "pkcs8" });
    return [Key.of(Buffer.from(createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32))), secret];
}

/// Real signatures, now and then spoiled.
export function signatures(scene) {
    const { random } = scene;
    scene.sigverify = true;
    const secrets = new Map();
    const party = () => {
        const [key, secret] = secretOf(random.bytes(32));
        secrets.set(key, secret);
        return scene.set(key, account(1_000_000_000n));
    };
    scene.payer = party();
    const second = random.chance(0.5) ? party() : scene.payer;
    scene.add(ids.system, [{ key: scene.payer, signer: true, writable: true }, { key: second, signer: second !== scene.payer, writable: true }], transferData(random.below(1000)));
    scene.secrets = secrets;
    if (random.chance(0.4)) {
        const [at, bit, which] = [random.below(64), 1 << random.below(8), random.u32()];
        scene.spoil = (list) => {
            const bad = list[which % list.length];
            bad[at] ^= bit;
        };
    }
}

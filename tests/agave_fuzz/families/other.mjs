// SPDX-License-Identifier: Apache-2.0
// Lookup tables, Config, Feature Gate, precompiles, ZK ElGamal: one maker each; and transactions of several families.
import { sign } from "node:crypto";
import { list, u16, u32, u64, u8 } from "../bytes.mjs";
import { findAddress, ids } from "../keys.mjs";
import { secretOf, tableData } from "./transaction.mjs";

export function tables(scene) {
    const { random, world } = scene;
    const authority = random.chance(0.7) ? scene.payer : scene.wallet();
    const addresses = Array.from({ length: random.pick([0, 1, 5, 255, 256]) }, () => scene.key());
    const deactivated = random.chance(0.7) ? 2n ** 64n - 1n : random.pick([world.clock.slot, world.clock.slot - 513n, world.hashes.at(-1).slot]);
    const table = scene.owned(random.chance(0.97) ? ids.lookupTable : ids.system,
        tableData(scene, addresses, { authority: random.chance(0.93) ? authority : null, deactivated }));
    const extras = Array.from({ length: random.pick([0, 1, 2, 20]) }, () => scene.key());
    const makers = [
        () => {
            const slot = random.chance(0.9) ? random.pick(world.hashes).slot : random.amount();
            const [address, bump] = findAddress([authority.bytes, u64(slot)], ids.lookupTable);
            scene.add(ids.lookupTable, [scene.w(random.chance(0.95) ? address : scene.key()), scene.s(authority), scene.ws(scene.payer), scene.r(ids.system)],
                Buffer.concat([u32(0), u64(slot), u8(random.chance(0.95) ? bump : bump - 1)]));
        },
        () => scene.add(ids.lookupTable, [scene.w(table), scene.s(authority)], u32(1)),
        () => scene.add(ids.lookupTable, [scene.w(table), scene.s(authority), ...(random.chance(0.9) ? [scene.ws(scene.payer), scene.r(ids.system)] : [])],
            Buffer.concat([u32(2), list(extras, (key) => key.bytes)])),
        () => scene.add(ids.lookupTable, [scene.w(table), scene.s(authority)], u32(3)),
        () => scene.add(ids.lookupTable, [scene.w(table), scene.s(authority), scene.w(random.chance(0.95) ? scene.payer : table)], u32(4)),
    ];
    for (let i = random.pick([1, 1, 2]); i > 0; --i) random.pick(makers)();
}

export function config(scene) {
    const { random } = scene;
    const keys = Array.from({ length: random.below(5) }, () => [scene.wallet(), random.chance(0.7)]);
    const encode = (entries) => Buffer.concat([u8(entries.length), ...entries.map(([key, signs]) => Buffer.concat([key.bytes, u8(signs ? 1 : 0)]))]);
    const stored = random.chance(0.5) ? encode(keys) : u8(0);
    const target = scene.owned(random.chance(0.97) ? ids.config : ids.system, Buffer.concat([stored, Buffer.alloc(random.pick([0, 100, 200]))]));
    const wanted = random.chance(0.7) ? keys : random.shuffled(keys).slice(0, 2);
    if (random.chance(0.1) && wanted.length) wanted.push(wanted[0]);
    const metas = [random.chance(0.5) ? scene.ws(target) : scene.w(target), ...wanted.filter(([, signs]) => signs).map(([key]) => scene.s(key))];
    scene.add(ids.config, metas, Buffer.concat([random.chance(0.95) ? encode(wanted) : u8(200), random.bytes(random.below(150))]));
}

export function featureGate(scene) {
    const { random } = scene;
    const data = random.pick([Buffer.alloc(9), Buffer.concat([u8(1), u64(5)]), Buffer.alloc(8)]);
    const feature = scene.owned(random.chance(0.9) ? ids.feature : ids.system, data);
    scene.add(ids.feature, [random.chance(0.9) ? scene.ws(feature) : scene.w(feature), scene.w(random.chance(0.9) ? ids.incinerator : scene.payer), scene.r(ids.system)],
        random.chance(0.9) ? u8(0) : random.bytes(2));
}

/// Offsets before key, signature and message, all in this instruction; now and then bent.
function precompileData(random, kind) {
    const message = random.bytes(random.below(60));
    let [key, signature] = [random.bytes(33), random.bytes(64)];
    if (kind === ids.ed25519) {
        const [public_, secret] = secretOf(random.bytes(32));
        [key, signature] = [public_.bytes, sign(null, message, secret)];
    }
    const count = random.chance(0.85) ? 1 : random.below(4);
    const start = 2 + 14 * Math.max(1, count);
    const here = 0xffff;
    const at = { signature: start, key: start + 64, message: start + 64 + key.length };
    const offsets = Buffer.concat([u16(at.signature), u16(here), u16(at.key), u16(here), u16(at.message), u16(message.length), u16(here)]);
    const data = Buffer.concat([u8(count), u8(0), ...Array.from({ length: Math.max(1, count) }, () => offsets), signature, key, message]);
    if (random.chance(0.3)) data[random.below(data.length)] ^= 1 << random.below(8);
    return random.chance(0.05) ? data.subarray(0, random.below(data.length)) : data;
}

export function precompiles(scene) {
    const { random } = scene;
    for (let i = random.pick([1, 1, 2]); i > 0; --i) {
        const kind = random.pick([ids.ed25519, ids.ed25519, ids.secp256r1, ids.secp256k1]);
        scene.add(kind, random.chance(0.1) ? [scene.r(scene.wallet())] : [], random.chance(0.85) ? precompileData(random, kind) : random.bytes(random.below(40)));
    }
}

export function elgamal(scene) {
    const { random } = scene;
    const context = scene.owned(ids.zkElgamal, Buffer.concat([scene.payer.bytes, u8(random.below(14)), random.bytes(random.pick([0, 32, 64, 160]))]));
    const metas = random.shuffled([scene.w(context), scene.w(random.chance(0.8) ? scene.payer : context), scene.s(scene.payer)]).slice(0, random.between(0, 3));
    if (random.chance(0.5)) scene.add(ids.zkElgamal, [scene.w(context), scene.w(scene.wallet()), scene.s(scene.payer)], u8(0));
    else scene.add(ids.zkElgamal, metas, Buffer.concat([u8(random.below(16)), random.bytes(random.pick([0, 4, 32, 96, 192, 500]))]));
    scene.unitLimit(1_400_000);
}

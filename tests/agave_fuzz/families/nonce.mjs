// SPDX-License-Identifier: Apache-2.0
// Nonce accounts: their instructions, and transactions that live on them.
import { createHash } from "node:crypto";
import { u32, u64 } from "../bytes.mjs";
import { ids } from "../keys.mjs";
import { minimumBalance } from "../world.mjs";

const durable = (hash) => createHash("sha256").update("DURABLE_NONCE").update(hash).digest();

function nonceData(scene, authority, { version = 1, state = 1, nonce } = {}) {
    const { random } = scene;
    return Buffer.concat([u32(version), u32(state), authority.bytes, nonce ?? durable(random.bytes(32)), u64(random.pick([5000, 0, 10000]))]);
}

function makeNonce(scene, authority, odd) {
    const { random } = scene;
    const version = random.chance(odd) ? random.pick([0, 0, 2]) : 1;
    const state = random.chance(odd) ? random.pick([0, 2]) : 1;
    let data = nonceData(scene, authority, { version, state, nonce: random.chance(0.1) ? durable(scene.world.latest) : undefined });
    if (random.chance(0.03)) data = Buffer.concat([data, Buffer.alloc(random.below(3))]);
    const owner = random.chance(0.03) ? ids.token : ids.system;
    const lamports = random.chance(0.8) ? minimumBalance(80) + BigInt(random.pick([0, 1, 5000, 1_000_000])) : minimumBalance(80) - 1n;
    return scene.owned(owner, data, lamports);
}

const makers = {
    advance(scene, nonce, authority) {
        scene.add(ids.system, [scene.w(nonce), scene.r(ids.recentBlockhashes), scene.s(authority)], u32(4));
    },
    withdraw(scene, nonce, authority) {
        const { random } = scene;
        const balance = scene.accounts.get(nonce)?.lamports ?? 0n;
        const amount = random.pick([balance, balance - minimumBalance(80), balance - 1n, 1n, 0n, balance + 1n]);
        scene.add(ids.system, [scene.w(nonce), scene.w(random.chance(0.8) ? scene.payer : random.pick([nonce, scene.key()])),
            scene.r(ids.recentBlockhashes), scene.r(ids.rent), scene.s(authority)], Buffer.concat([u32(5), u64(amount < 0n ? 0n : amount)]));
    },
    initialize(scene, nonce, authority) {
        const { random } = scene;
        const fresh = random.chance(0.8) ? scene.owned(ids.system, Buffer.alloc(random.chance(0.9) ? 80 : random.below(100))) : nonce;
        scene.add(ids.system, [scene.w(fresh), scene.r(ids.recentBlockhashes), scene.r(ids.rent)], Buffer.concat([u32(6), authority.bytes]));
    },
    authorize(scene, nonce, authority) {
        scene.add(ids.system, [scene.w(nonce), scene.s(authority)], Buffer.concat([u32(7), scene.key().bytes]));
    },
    upgrade(scene, nonce) { scene.add(ids.system, [scene.w(nonce)], u32(12)); },
    transfer(scene) {
        const { random } = scene;
        scene.add(ids.system, [scene.ws(scene.payer), scene.w(scene.wallet())], Buffer.concat([u32(2), u64(random.chance(0.6) ? 1_000_000 : 1n << 60n)]));
    },
};

export function nonce(scene) {
    const { random } = scene;
    const authority = random.chance(0.4) ? scene.payer : scene.wallet();
    const account = makeNonce(scene, authority, 0.1);
    const names = Object.keys(makers);
    for (let i = random.between(1, 3); i > 0; --i) makers[random.pick(names)](scene, account, random.chance(0.93) ? authority : scene.payer);
}

/// A transaction whose blockhash is a nonce's, or almost.
export function durableNonce(scene) {
    const { random } = scene;
    const authority = random.chance(0.4) ? scene.payer : scene.wallet();
    const account = makeNonce(scene, authority, 0.04);
    if (random.chance(0.06)) scene.payer = account;
    makers.advance(scene, account, random.chance(0.95) ? authority : scene.payer);
    const stored = scene.accounts.get(account)?.data;
    if (stored?.length >= 72) scene.blockhash = Buffer.from(stored.subarray(40, 72));
    if (random.chance(0.03)) scene.blockhash = random.bytes(32);
    for (let i = random.below(3); i > 0; --i) {
        const name = random.weighted({ transfer: 5, withdraw: 1, authorize: 1, upgrade: 0.5, advance: 0.5 });
        makers[name](scene, account, authority);
    }
}

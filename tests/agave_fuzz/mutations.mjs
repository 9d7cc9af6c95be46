// SPDX-License-Identifier: Apache-2.0
// Changes that make sense in any case: accounts, data and privileges bent, tables in place of keys,
// and limits and balances at exactly what the transaction takes, measured on the oracle.
import { ids } from "./keys.mjs";
import { makeVector, SetAside } from "./oracle.mjs";
import { heapFrame, loadedSizeLimit, unitLimit } from "./scene.mjs";
import { tableData } from "./families/transaction.mjs";
import { account, minimumBalance } from "./world.mjs";

const kProbability = 0.25;

function bendData(random, data) {
    if (!data.length) return random.bytes(random.below(4));
    const copy = Buffer.from(data);
    switch (random.below(4)) {
    case 0: copy[random.below(copy.length)] ^= 1 << random.below(8); return copy;
    case 1: return copy.subarray(0, random.below(copy.length));
    case 2: return Buffer.concat([copy, random.bytes(random.between(1, 9))]);
    default: {
        const at = random.below(copy.length);
        copy.fill(random.pick([0, 255]), at, Math.min(copy.length, at + random.pick([1, 4, 8])));
        return copy;
    }
    }
}

const bends = {
    instructionData(scene, ix) { ix.data = bendData(scene.random, ix.data); },
    signer(scene, ix) {
        const meta = scene.random.pick(ix.accounts);
        if (meta) Object.assign(meta, { signer: !meta.signer });
    },
    writable(scene, ix) {
        const meta = scene.random.pick(ix.accounts);
        if (meta) Object.assign(meta, { writable: !meta.writable });
    },
    drop(scene, ix) { if (ix.accounts.length) ix.accounts.splice(scene.random.below(ix.accounts.length), 1); },
    repeat(scene, ix) { if (ix.accounts.length) ix.accounts.push({ ...scene.random.pick(ix.accounts) }); },
    replace(scene, ix) {
        const { random } = scene;
        if (!ix.accounts.length) return;
        const other = random.pick(random.pick(scene.instructions).accounts)?.key ?? scene.key();
        ix.accounts[random.below(ix.accounts.length)].key = random.chance(0.8) ? other : random.pick([ids.clock, ids.system, ids.instructions, scene.key()]);
    },
    program(scene, ix) {
        ix.program = scene.random.pick([ids.system, ids.vote, ids.stake, ids.token, ids.loader3, ids.memo, ids.lookupTable, ids.config, ids.computeBudget]);
    },
    again(scene, ix) { scene.instructions.push({ ...ix, accounts: ix.accounts.map((meta) => ({ ...meta })) }); },
    order(scene) { scene.instructions = scene.random.shuffled(scene.instructions); },
    fail(scene) { scene.add(ids.system, [], Buffer.from([2, 0, 0, 0])); },
    stale(scene) { scene.blockhash = scene.random.bytes(32); },
    heap(scene) { scene.instructions.unshift(heapFrame(1024 * scene.random.pick([31, 32, 64, 256, 257]))); },
    owner: (scene) => change(scene, (value, random) => ({ ...value, owner: random.pick([ids.system, ids.token, ids.vote, ids.stake, ids.config, scene.pool.agents[0]]) })),
    data: (scene) => change(scene, (value, random) => ({ ...value, data: bendData(random, value.data) })),
    lamports: (scene) => change(scene, (value, random) => ({ ...value, lamports: random.pick([0n, 1n, minimumBalance(value.data.length), minimumBalance(value.data.length) - 1n, value.lamports + 1n, 2n ** 63n]) })),
    tables(scene) {
        const { random } = scene;
        const used = new Set(scene.instructions.flatMap(({ accounts }) => accounts.filter((meta) => !meta.signer).map(({ key }) => key)));
        used.delete(scene.payer);
        const addresses = [...used].filter(() => random.chance(0.7)).slice(0, 200);
        scene.version = 0;
        scene.tables.push({ key: scene.owned(ids.lookupTable, tableData(scene, addresses, { extended: 1n })), addresses });
    },
};

const weights = { instructionData: 4, signer: 2, writable: 2, drop: 2, repeat: 1, replace: 3, program: 0.5, again: 1.5, order: 1, fail: 1.5, stale: 0.2, heap: 0.5,
    owner: 1, data: 2.5, lamports: 1.5, tables: 2 };

function change(scene, edit) {
    const { random } = scene;
    const keys = [...scene.accounts.keys()].filter((key) => key !== scene.payer);
    if (!keys.length) return;
    const key = random.pick(keys);
    scene.set(key, edit(scene.accounts.get(key), random));
}

export function mutate(scene) {
    const { random } = scene;
    while (random.chance(kProbability) && scene.instructions.length) {
        bends[random.weighted(weights)](scene, random.pick(scene.instructions));
    }
}

/// Puts a Compute Budget instruction in front, or its value into the one of its kind.
function request(scene, made) {
    const at = scene.instructions.findIndex(({ program, data }) => program === ids.computeBudget && data[0] === made.data[0]);
    if (at < 0) scene.instructions.unshift(made);
    else scene.instructions[at] = made;
}

function measure(scene) {
    scene.world.enter(scene.accounts);
    try {
        return makeVector(scene.world, scene);
    } catch (error) {
        if (error instanceof SetAside) return null;
        throw error;
    }
}

const edges = {
    units(scene) {
        request(scene, unitLimit(1_400_000));
        const units = measure(scene)?.said.units ?? 0;
        const wanted = scene.random.chance(0.8) ? units + scene.random.between(-2, 1) : scene.random.below(units + 2);
        if (units) request(scene, unitLimit(Math.max(0, wanted)));
    },
    size(scene) {
        request(scene, loadedSizeLimit(64 * 1024 * 1024));
        const size = measure(scene)?.size ?? 0;
        if (size) request(scene, loadedSizeLimit(size + scene.random.between(-2, 1)));
    },
    balance(scene) {
        const measured = measure(scene);
        if (!measured || scene.world.get(scene.payer)?.owner !== ids.system || scene.accounts.get(scene.payer)?.data.length) return;
        const least = scene.random.pick([0n, minimumBalance(0)]);
        const balance = measured.fee + least + BigInt(scene.random.between(-1, 1)) + (scene.random.chance(0.3) ? minimumBalance(200) : 0n);
        if (balance > 0n && balance < 1n << 63n) scene.set(scene.payer, account(balance));
    },
};

/// Asks for exactly what it takes, or a little less or more.
export function exact(scene) {
    if (!scene.random.chance(0.15) || scene.sigverify) return;
    edges[scene.random.weighted({ units: 6, size: 2, balance: 2 })](scene);
}

// SPDX-License-Identifier: Apache-2.0
// The System program: every instruction, accounts of every kind, names given twice.
import { counted, u32, u64 } from "../bytes.mjs";
import { addressWithSeed, ids } from "../keys.mjs";
import { account, minimumBalance } from "../world.mjs";

const kSeeds = ["", "a", "vault", "seed seed seed", "x".repeat(31), "x".repeat(32), "y".repeat(33), "ä€😀"];
const owners = [ids.system, ids.token, ids.stake, ids.vote, ids.nativeLoader, ids.loader3, ids.config, ids.incinerator,
    ids.sysvarOwner];

function space(scene) {
    const { random } = scene;
    return random.chance(0.8) ? BigInt(random.pick([0, 1, 8, 80, 165, 200, 1024, 10240, 10241, 65536]))
        : random.chance(0.5) ? BigInt(10 * 1024 * 1024 + random.between(-1, 1)) : random.amount();
}

function lamports(scene, size) {
    const { random } = scene;
    if (random.chance(0.6)) return minimumBalance(size > 10_485_760n ? 0n : size) + BigInt(random.between(-1, 2));
    return random.amount();
}

/// An account in one of the states that the System program tells apart.
function target(scene) {
    const { random } = scene;
    switch (random.below(9)) {
    case 0: case 1: case 2: case 3: return scene.key();
    case 4: return scene.wallet();
    case 5: return scene.owned(random.pick(owners), random.bytes(random.below(100)));
    case 6: return scene.owned(ids.system, Buffer.alloc(random.pick([1, 80, 200])));
    case 7: return scene.payer;
    default: return random.pick([ids.incinerator, ids.clock, ids.system, ids.stakeConfig, scene.key()]);
    }
}

const makers = {
    createAccount(scene) {
        const [from, to] = [scene.random.chance(0.8) ? scene.payer : scene.wallet(), target(scene)];
        const size = space(scene);
        scene.add(ids.system, [scene.ws(from), scene.ws(to)],
            Buffer.concat([u32(0), u64(lamports(scene, size)), u64(size), scene.random.pick(owners).bytes]));
    },
    assign(scene) {
        scene.add(ids.system, [scene.ws(target(scene))], Buffer.concat([u32(1), scene.random.pick(owners).bytes]));
    },
    transfer(scene) {
        const { random } = scene;
        const from = random.chance(0.6) ? scene.payer : random.chance(0.7) ? scene.wallet() : target(scene);
        const to = random.chance(0.1) ? from : target(scene);
        const balance = scene.accounts.get(from)?.lamports ?? 0n;
        const amount = random.chance(0.3) ? balance - BigInt(random.pick([0, 1, 890880, 5000, 895880])) : lamports(scene, 0n);
        scene.add(ids.system, [scene.ws(from), scene.w(to)], Buffer.concat([u32(2), u64(amount)]));
    },
    createWithSeed(scene) {
        const { random } = scene;
        const base = random.chance(0.5) ? scene.payer : scene.wallet();
        const seed = Buffer.from(random.pick(kSeeds));
        const owner = random.pick(owners);
        const to = random.chance(0.85) ? addressWithSeed(base, seed, owner) : target(scene);
        const size = space(scene);
        const metas = [scene.ws(scene.payer), scene.w(to)];
        if (base !== scene.payer || random.chance(0.3)) metas.push(scene.s(base));
        scene.add(ids.system, metas, Buffer.concat([u32(3), base.bytes, counted(seed), u64(lamports(scene, size)), u64(size), owner.bytes]));
    },
    allocate(scene) {
        scene.add(ids.system, [scene.ws(target(scene))], Buffer.concat([u32(8), u64(space(scene))]));
    },
    allocateWithSeed(scene) { withSeed(scene, 9, true); },
    assignWithSeed(scene) { withSeed(scene, 10, false); },
    transferWithSeed(scene) {
        const { random } = scene;
        const base = random.chance(0.5) ? scene.payer : scene.wallet();
        const seed = Buffer.from(random.pick(kSeeds));
        const owner = random.pick(owners);
        const from = addressWithSeed(base, seed, owner);
        if (random.chance(0.85)) scene.set(from, account(random.between(1, 3_000_000), random.chance(0.9) ? ids.system : owner));
        scene.add(ids.system, [scene.w(from), scene.s(base), scene.w(target(scene))],
            Buffer.concat([u32(11), u64(lamports(scene, 0n)), counted(seed), owner.bytes]));
    },
    createPrefunded(scene) {
        const size = space(scene);
        const metas = [scene.ws(target(scene))];
        if (scene.random.chance(0.8)) metas.push(scene.ws(scene.payer));
        scene.add(ids.system, metas, Buffer.concat([u32(13), u64(lamports(scene, size)), u64(size), scene.random.pick(owners).bytes]));
    },
    hostile(scene) {
        const { random } = scene;
        const metas = Array.from({ length: random.below(4) }, () => scene.ws(target(scene)));
        scene.add(ids.system, metas, Buffer.concat([u32(random.chance(0.9) ? random.below(16) : random.u32()), random.bytes(random.below(120))]));
    },
};

function withSeed(scene, tag, sized) {
    const { random } = scene;
    const base = random.chance(0.5) ? scene.payer : scene.wallet();
    const seed = Buffer.from(random.pick(kSeeds));
    const owner = random.pick(owners);
    const to = random.chance(0.9) ? addressWithSeed(base, seed, owner) : target(scene);
    if (random.chance(0.6)) scene.set(to, account(10_000_000n));
    scene.add(ids.system, [scene.w(to), scene.s(base)],
        Buffer.concat([u32(tag), base.bytes, counted(seed), ...(sized ? [u64(space(scene))] : []), owner.bytes]));
}

export function system(scene) {
    const names = Object.keys(makers);
    for (let i = scene.random.pick([1, 1, 1, 2, 3, 5]); i > 0; --i) makers[scene.random.pick(names)](scene);
}

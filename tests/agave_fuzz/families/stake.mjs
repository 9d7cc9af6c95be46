// SPDX-License-Identifier: Apache-2.0
// The Stake program, a program on the chain: accounts of all states, every instruction.
import { counted, option, u32, u64, u8 } from "../bytes.mjs";
import { addressWithSeed, ids } from "../keys.mjs";
import { minimumBalance } from "../world.mjs";

const kNever = 2n ** 64n - 1n;
const f64 = (value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return bytes;
};
const lockupBytes = ({ unix, epoch, custodian }) => Buffer.concat([u64(unix), u64(epoch), custodian.bytes]);

function makeStake(scene, parties, kind) {
    const { random, world } = scene;
    const { epoch } = world.clock;
    const reserve = random.chance(0.95) ? minimumBalance(200) : 0n;
    const meta = Buffer.concat([u64(reserve), parties.staker.bytes, parties.withdrawer.bytes, lockupBytes(parties.lockup)]);
    const stake = random.chance(0.8) ? BigInt(random.between(1, 5)) * 1_000_000_000n : random.amount();
    const activation = random.pick([epoch, epoch - 1n, epoch - 5n, 0n, kNever, epoch + 1n]);
    const deactivation = random.pick([kNever, kNever, kNever, epoch, epoch - 1n, epoch - 5n]);
    const delegation = Buffer.concat([parties.voter.bytes, u64(stake), u64(activation), u64(deactivation), f64(random.chance(0.9) ? 0.25 : 0.09), u64(random.below(5000))]);
    const states = { empty: Buffer.alloc(0), initialized: Buffer.concat([u32(1), meta]), staked: Buffer.concat([u32(2), meta, delegation, u8(random.chance(0.9) ? 0 : 1)]),
        rewards: u32(3), wild: random.bytes(200) };
    const data = Buffer.concat([states[kind], Buffer.alloc(200 - states[kind].length)]);
    const extra = random.pick([0n, 1n, 1_000_000_000n, 5_000_000_000n]);
    const lamports = kind === "staked" && stake < 1n << 60n ? minimumBalance(200) + stake + extra : minimumBalance(200) + extra;
    return scene.owned(random.chance(0.98) ? ids.stake : ids.system, random.chance(0.98) ? data : data.subarray(0, random.below(200)), lamports);
}

function voteAccount(scene) {
    const { random, world } = scene;
    const { epoch } = world.clock;
    const credits = Array.from({ length: random.pick([0, 1, 5, 6, 10]) }, (_, i) => [epoch - BigInt(random.chance(0.8) ? 9 - i : 30 - i), BigInt(1000 * (i + 1)), BigInt(1000 * i)]);
    const head = Buffer.concat([u32(2), scene.key().bytes, scene.key().bytes, u8(5), u64(0), u8(0), u64(1), u64(epoch), scene.key().bytes,
        Buffer.alloc(1536), u64(31), u8(1), u64(credits.length), ...credits.map((entry) => Buffer.concat(entry.map(u64))), u64(0), u64(0)]);
    return scene.owned(random.chance(0.95) ? ids.vote : ids.system, Buffer.concat([head, Buffer.alloc(3762 - head.length)]));
}

const kinds = { empty: 2, initialized: 5, staked: 8, rewards: 0.3, wild: 0.2 };

const makers = {
    initialize(scene, p) {
        const { random } = scene;
        const fresh = makeStake(scene, p, random.chance(0.9) ? "empty" : "initialized");
        if (random.chance(0.5)) scene.add(ids.stake, [scene.w(fresh), scene.r(ids.rent)], Buffer.concat([u32(0), p.staker.bytes, p.withdrawer.bytes, lockupBytes(p.lockup)]));
        else scene.add(ids.stake, [scene.w(fresh), scene.r(ids.rent), scene.r(p.staker), scene.s(p.withdrawer)], u32(9));
    },
    authorize(scene, p) {
        const { random } = scene;
        const kind = random.below(2);
        const by = kind === 0 && random.chance(0.6) ? p.staker : p.withdrawer;
        const custodian = random.chance(0.4) ? [scene.s(p.lockup.custodian)] : [];
        if (random.chance(0.5)) scene.add(ids.stake, [scene.w(p.stake), scene.r(ids.clock), scene.s(by), ...custodian], Buffer.concat([u32(1), scene.key().bytes, u32(kind)]));
        else scene.add(ids.stake, [scene.w(p.stake), scene.r(ids.clock), scene.s(by), scene.s(scene.wallet()), ...custodian], Buffer.concat([u32(10), u32(kind)]));
    },
    delegate(scene, p) {
        scene.add(ids.stake, [scene.w(p.stake), scene.r(p.vote), scene.r(ids.clock), scene.r(ids.stakeHistory), scene.r(ids.stakeConfig), scene.s(p.staker)], u32(2));
    },
    split(scene, p) {
        const { random } = scene;
        const fresh = makeStake(scene, p, random.chance(0.9) ? "empty" : "initialized");
        const balance = scene.accounts.get(p.stake).lamports;
        scene.add(ids.stake, [scene.w(p.stake), scene.w(random.chance(0.95) ? fresh : p.stake), scene.s(p.staker)],
            Buffer.concat([u32(3), u64(random.pick([balance, balance / 2n, 1_000_000_000n, 1n, 0n, balance + 1n, minimumBalance(200) + 1n]))]));
    },
    withdraw(scene, p) {
        const { random } = scene;
        const balance = scene.accounts.get(p.stake).lamports;
        const custodian = random.chance(0.4) ? [scene.s(p.lockup.custodian)] : [];
        scene.add(ids.stake, [scene.w(p.stake), scene.w(random.chance(0.95) ? scene.payer : p.stake), scene.r(ids.clock), scene.r(ids.stakeHistory), scene.s(p.withdrawer), ...custodian],
            Buffer.concat([u32(4), u64(random.pick([balance, 1n, 0n, balance - minimumBalance(200), balance + 1n, 1_000_000_000n]))]));
    },
    deactivate(scene, p) { scene.add(ids.stake, [scene.w(p.stake), scene.r(ids.clock), scene.s(p.staker)], u32(5)); },
    lockup(scene, p) {
        const { random } = scene;
        const by = random.pick([p.withdrawer, p.lockup.custodian]);
        const times = Buffer.concat([option(random.chance(0.5) ? random.amount() : null, u64), option(random.chance(0.5) ? random.amount() : null, u64)]);
        if (random.chance(0.5)) scene.add(ids.stake, [scene.w(p.stake), scene.s(by)], Buffer.concat([u32(6), times, option(random.chance(0.5) ? scene.key() : null, (k) => k.bytes)]));
        else scene.add(ids.stake, [scene.w(p.stake), scene.s(by), ...(random.chance(0.5) ? [scene.s(scene.wallet())] : [])], Buffer.concat([u32(12), times]));
    },
    merge(scene, p) {
        const { random } = scene;
        const other = random.chance(0.95) ? makeStake(scene, random.chance(0.9) ? p : { ...p, voter: scene.key() }, random.weighted(kinds)) : p.stake;
        scene.add(ids.stake, [scene.w(p.stake), scene.w(other), scene.r(ids.clock), scene.r(ids.stakeHistory), scene.s(p.staker)], u32(7));
    },
    withSeed(scene, p) {
        const { random } = scene;
        const base = scene.wallet();
        const derived = addressWithSeed(base, "seed", ids.stake);
        const stake = makeStake(scene, { ...p, staker: derived, withdrawer: derived }, random.weighted(kinds));
        const kind = random.below(2);
        const seed = counted(random.chance(0.95) ? "seed" : "x".repeat(33));
        if (random.chance(0.5)) scene.add(ids.stake, [scene.w(stake), scene.s(base), scene.r(ids.clock)], Buffer.concat([u32(8), scene.key().bytes, u32(kind), seed, ids.stake.bytes]));
        else scene.add(ids.stake, [scene.w(stake), scene.s(base), scene.r(ids.clock), scene.s(scene.wallet())], Buffer.concat([u32(11), u32(kind), seed, ids.stake.bytes]));
    },
    minimum(scene) { scene.add(ids.stake, [], u32(13)); },
    delinquent(scene, p) { scene.add(ids.stake, [scene.w(p.stake), scene.r(p.vote), scene.r(voteAccount(scene))], u32(14)); },
    move(scene, p) {
        const { random } = scene;
        const other = makeStake(scene, p, random.weighted(kinds));
        scene.add(ids.stake, [scene.w(p.stake), scene.w(other), scene.s(p.staker)],
            Buffer.concat([u32(random.pick([16, 17])), u64(random.pick([1_000_000_000n, 1n, 0n, 2_000_000_000n, random.amount()]))]));
    },
    wild(scene, p) { scene.add(ids.stake, [scene.w(p.stake), scene.s(p.staker)], Buffer.concat([u32(scene.random.below(20)), scene.random.bytes(scene.random.below(50))])); },
};

export function stake(scene) {
    const { random, world } = scene;
    const staker = random.chance(0.5) ? scene.payer : scene.wallet();
    const vote = voteAccount(scene);
    const locked = random.chance(0.25);
    const parties = { staker, withdrawer: random.chance(0.5) ? staker : scene.wallet(), vote, voter: random.chance(0.9) ? vote : scene.key(),
        lockup: { unix: locked ? world.clock.unix + BigInt(random.between(-1, 1)) : 0n, epoch: locked ? world.clock.epoch + BigInt(random.between(-1, 1)) : 0n, custodian: scene.wallet() } };
    parties.stake = makeStake(scene, parties, random.weighted(kinds));
    const names = Object.keys(makers);
    for (let i = random.pick([1, 1, 1, 2]); i > 0; --i) makers[random.pick(names)](scene, parties);
}

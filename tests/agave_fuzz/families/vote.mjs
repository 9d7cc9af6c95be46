// SPDX-License-Identifier: Apache-2.0
// The Vote program: accounts of all versions, every instruction, votes that fit the slot hashes or do not.
import { counted, fromBase58, list, option, u16, u32, u64, u8 } from "../bytes.mjs";
import { addressWithSeed, ids } from "../keys.mjs";
import { minimumBalance } from "../world.mjs";

const lockout = ([slot, confirmations]) => Buffer.concat([u64(slot), u32(confirmations)]);

/// A tower of up to 31 votes below `top`, newest with one confirmation.
function tower(scene, top, count) {
    const { random } = scene;
    const votes = [];
    let slot = top;
    for (let i = 1; i <= count; ++i) {
        votes.unshift([slot, i]);
        slot -= BigInt(random.chance(0.9) ? 1 : random.between(1, 5));
    }
    return votes;
}

function state(scene, { node, voter, withdrawer }) {
    const { random, world } = scene;
    const { epoch, slot } = world.clock;
    const version = random.pick([1, 2, 2, 3, 3]);
    const top = world.hashes[Math.min(world.hashes.length - 1, random.below(40))].slot - BigInt(random.pick([0, 1, 31]));
    const votes = tower(scene, top, random.pick([0, 1, 5, 30, 31]));
    const root = votes.length === 31 || random.chance(0.3) ? (votes[0]?.[0] ?? top) - BigInt(random.between(1, 3)) : null;
    const voters = list([[random.chance(0.8) ? epoch : epoch - 2n, voter], ...(random.chance(0.15) ? [[epoch + 1n, scene.key()]] : [])],
        ([e, key]) => Buffer.concat([u64(e), key.bytes]));
    const prior = Buffer.concat([Buffer.alloc(1536), u64(31), u8(1)]);
    const credits = list(Array.from({ length: random.pick([0, 1, 3, 64]) }, (_, i, n = 64) => [epoch - BigInt(n) + BigInt(i), BigInt(1000 * (i + 1)), BigInt(1000 * i)]),
        (entry) => Buffer.concat(entry.map(u64)));
    const last = Buffer.concat([u64(random.chance(0.5) ? top : 0n), u64(random.chance(0.5) ? world.clock.unix - 100n : 0n)]);
    const landed = (vote) => (version === 1 ? lockout(vote) : Buffer.concat([u8(random.below(3)), lockout(vote)]));
    const tail = [list(votes, landed), option(root, u64), voters];
    const body = version === 3
        ? [u32(3), node.bytes, withdrawer.bytes, scene.key().bytes, node.bytes, u16(random.below(10001)), u16(random.below(10001)), u64(random.below(3)),
            option(random.chance(0.2) ? random.bytes(48) : null, (b) => b), ...tail, credits, last]
        : [u32(version), node.bytes, withdrawer.bytes, u8(random.below(101)), ...tail, prior, credits, last];
    const bytes = Buffer.concat(body);
    const size = version === 1 ? 3731 : 3762;
    return [Buffer.concat([bytes, Buffer.alloc(Math.max(0, size - bytes.length))]), votes, slot];
}

function varint(value) {
    const bytes = [];
    let rest = BigInt.asUintN(64, value);
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
    return Buffer.from(bytes);
}

/// Votes on top of the account's, and the hash of the newest.
function proposal(scene, votes) {
    const { random, world } = scene;
    const newest = world.hashes[Math.min(world.hashes.length - 1, random.below(8))];
    const count = random.pick([1, 2, 31, 31, 32]);
    const fresh = random.chance(0.5) && votes.length ? [...votes.slice(1).map(([s, c]) => [s, Math.min(31, c + 1)]), [newest.slot, 1]] : tower(scene, newest.slot, count);
    const root = random.chance(0.6) ? (fresh[0][0] - BigInt(random.between(1, 4))) : random.chance(0.5) ? null : random.amount();
    const hash = random.chance(0.9) ? fromBase58(newest.hash) : random.bytes(32);
    const time = random.chance(0.5) ? null : world.clock.unix + BigInt(random.between(-200, 5));
    if (random.chance(0.08)) fresh[random.below(fresh.length)][random.below(2)] = random.chance(0.5) ? BigInt(random.below(40)) : random.amount();
    return { fresh, root, hash, time };
}

function compact({ fresh, root, hash, time }) {
    let before = root ?? 0n;
    const offsets = fresh.map(([slot, confirmations]) => {
        const bytes = Buffer.concat([varint(BigInt(slot) - before), u8(confirmations)]);
        before = BigInt(slot);
        return bytes;
    });
    return Buffer.concat([u64(root ?? 2n ** 64n - 1n), u8(offsets.length), ...offsets, hash, option(time, u64)]);
}

const full = ({ fresh, root, hash, time }) => Buffer.concat([list(fresh, lockout), option(root, u64), hash, option(time, u64)]);

const makers = {
    initialize(scene, { vote, node, voter, withdrawer, random }) {
        const fresh = random.chance(0.9) ? scene.owned(ids.vote, Buffer.alloc(random.pick([3762, 3762, 3762, 3731, 100]))) : vote;
        scene.add(ids.vote, [scene.w(fresh), scene.r(ids.rent), scene.r(ids.clock), scene.s(node)],
            Buffer.concat([u32(0), node.bytes, voter.bytes, withdrawer.bytes, u8(random.below(256))]));
    },
    authorize(scene, { vote, signerOf, random }) {
        const kind = random.below(3);
        scene.add(ids.vote, [scene.w(vote), scene.r(ids.clock), scene.s(signerOf(kind))], Buffer.concat([u32(1), scene.key().bytes, u32(kind)]));
    },
    vote(scene, { vote, voter, random, votes }) {
        const { fresh, hash, time } = proposal(scene, votes);
        const data = Buffer.concat([list(fresh.slice(-random.pick([1, 1, 2, 5])).map(([slot]) => slot), u64), hash, option(time, u64)]);
        const tag = random.pick([2, 2, 6]);
        scene.add(ids.vote, [scene.w(vote), scene.r(ids.slotHashes), scene.r(ids.clock), scene.s(voter)], Buffer.concat([u32(tag), data, ...(tag === 6 ? [random.bytes(32)] : [])]));
    },
    withdraw(scene, { vote, withdrawer, random }) {
        const balance = scene.accounts.get(vote).lamports;
        const amount = random.pick([balance, 1n, balance - minimumBalance(3762), balance + 1n, 0n]);
        scene.add(ids.vote, [scene.w(vote), scene.w(random.chance(0.9) ? scene.payer : vote), scene.s(withdrawer)], Buffer.concat([u32(3), u64(amount)]));
    },
    identity(scene, { vote, withdrawer }) { scene.add(ids.vote, [scene.w(vote), scene.s(scene.wallet()), scene.s(withdrawer)], u32(4)); },
    commission(scene, { vote, withdrawer, random }) { scene.add(ids.vote, [scene.w(vote), scene.s(withdrawer)], Buffer.concat([u32(5), u8(random.below(256))])); },
    authorizeChecked(scene, { vote, signerOf, random }) {
        const kind = random.below(2);
        scene.add(ids.vote, [scene.w(vote), scene.r(ids.clock), scene.s(signerOf(kind)), scene.s(scene.wallet())], Buffer.concat([u32(7), u32(kind)]));
    },
    update(scene, { vote, voter, random, votes }) {
        const tag = random.pick([8, 9]);
        scene.add(ids.vote, [scene.w(vote), scene.s(voter)], Buffer.concat([u32(tag), full(proposal(scene, votes)), ...(tag === 9 ? [random.bytes(32)] : [])]));
    },
    compactUpdate(scene, { vote, voter, random, votes }) {
        const tag = random.pick([12, 13]);
        scene.add(ids.vote, [scene.w(vote), scene.s(voter)], Buffer.concat([u32(tag), compact(proposal(scene, votes)), ...(tag === 13 ? [random.bytes(32)] : [])]));
    },
    towerSync(scene, { vote, voter, random, votes }) {
        const tag = random.pick([14, 14, 14, 15]);
        scene.add(ids.vote, [scene.w(vote), scene.s(voter)], Buffer.concat([u32(tag), compact(proposal(scene, votes)), random.bytes(32), ...(tag === 15 ? [random.bytes(32)] : [])]));
    },
    withSeed(scene, context) {
        const { vote, random, base, seed, owner } = context;
        const checked = random.chance(0.5);
        const kind = random.below(2);
        const metas = [scene.w(vote), scene.r(ids.clock), scene.s(base)];
        if (checked) metas.push(scene.s(scene.wallet()));
        scene.add(ids.vote, metas, Buffer.concat([u32(checked ? 11 : 10), u32(kind), owner.bytes, counted(seed), ...(checked ? [] : [scene.key().bytes])]));
    },
    newer(scene, { vote, withdrawer, random }) {
        const tag = random.between(16, 20);
        const metas = [scene.w(vote), scene.w(random.chance(0.5) ? scene.payer : scene.wallet()), scene.s(withdrawer)];
        scene.add(ids.vote, random.shuffled(metas), Buffer.concat([u32(tag), random.chance(0.5) ? u32(random.below(3)) : u16(random.below(10002)), random.chance(0.5) ? u32(random.below(3)) : random.bytes(8)]));
    },
    wild(scene, { vote, random }) {
        scene.add(ids.vote, [scene.w(vote), scene.ws(scene.payer)], Buffer.concat([u32(random.below(22)), random.bytes(random.below(80))]));
    },
};

export function vote(scene) {
    const { random } = scene;
    const base = scene.wallet();
    const [seed, owner] = ["seed", ids.vote];
    const derived = random.chance(0.2) ? addressWithSeed(base, seed, owner) : null;
    const parties = { node: scene.wallet(), voter: derived ?? (random.chance(0.3) ? scene.payer : scene.wallet()), withdrawer: derived ?? scene.wallet() };
    const [data, votes] = state(scene, parties);
    const bent = random.chance(0.04) ? data.subarray(0, random.below(data.length)) : data;
    const key = scene.owned(random.chance(0.97) ? ids.vote : ids.system, bent);
    const wrong = random.chance(0.06);
    const context = { ...parties, random, votes, vote: key, base, seed, owner,
        signerOf: (kind) => (wrong ? scene.payer : kind === 0 && random.chance(0.6) ? parties.voter : parties.withdrawer) };
    const names = random.weighted({ old: 5, newer: 0.5, wild: 0.3, votes: 6 });
    const pool = { old: ["initialize", "authorize", "vote", "withdraw", "identity", "commission", "authorizeChecked", "withSeed"], newer: ["newer"], wild: ["wild"],
        votes: ["towerSync", "towerSync", "compactUpdate", "update", "vote"] }[names];
    for (let i = random.pick([1, 1, 1, 2]); i > 0; --i) makers[random.pick(pool)](scene, context);
}

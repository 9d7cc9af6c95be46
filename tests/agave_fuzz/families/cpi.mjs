// SPDX-License-Identifier: Apache-2.0
// Trees of calls made by generated programs (agent.mjs): who may call whom with what, and what the
// accounts look like in between.
import { inputLayout, kHeap, kInput, kStack, op, syscalls } from "../agent.mjs";
import { u32, u64, u8 } from "../bytes.mjs";
import { ids } from "../keys.mjs";
import { minimumBalance } from "../world.mjs";

const kMetas = kHeap + 64n;
const kInfos = kHeap + 1200n;
const kSeeds = kHeap + 7000n;
const kProgramId = kHeap + 7600n;
const kData = kHeap + 8192n;
const kRest = kHeap + 0x6000n;

const addresses = (random, layout) => {
    const edge = random.pick([kHeap, kInput, kStack, 0x100000000n, 0n, layout.instruction, kHeap + 0x8000n, kStack + 0x1000n,
        ...layout.accounts.flatMap((a) => [a.data, a.data + BigInt(a.size), a.data + BigInt(a.size) + 10240n, a.lamports, a.owner])]);
    return random.chance(0.7) ? edge + BigInt(random.between(-9, 9)) : random.chance(0.5) ? random.amount() : edge + BigInt(random.below(20000));
};

const kCodes = [0n, 1n, 2n, 0xffffffffn, 1n << 32n, 0x1_0000_0001n];

/// Operations that are no calls.
const doings = {
    log: ({ random }) => {
        const text = random.bytes(random.below(40));
        return [op.copy(kRest, text), op.syscall("sol_log_", kRest, text.length)];
    },
    ownData({ random, own }) {
        if (!own.length) return [];
        const { data, size } = random.pick(own);
        const at = data + BigInt(random.below(size + 4));
        return [random.chance(0.5) ? op.store(at, random.u64()) : op.copy(at, random.bytes(random.below(30)))];
    },
    anyData({ random, layout }) {
        if (!layout.accounts.length) return [];
        const { data, size } = random.pick(layout.accounts);
        return [op.storeByte(data + BigInt(random.below(size + 1)), random.below(3))];
    },
    move({ random, own, layout }) {
        if (!own.length) return [];
        const [from, to] = [random.pick(random.chance(0.9) ? own : layout.accounts), random.pick(layout.accounts)];
        const amount = BigInt(random.chance(0.7) ? random.below(3) : random.below(3_000_000));
        const back = random.chance(0.95) ? amount : amount + 1n;
        return [op.add(from.lamports, -amount), op.add(to.lamports, back)];
    },
    resize({ random, own, layout }) {
        const { length, size } = random.pick(own.length && random.chance(0.9) ? own : layout.accounts);
        const size2 = random.pick([0, size + 1, size + 8, Math.max(0, size - 1), size + 10240, size + 10241, 100, 1024]);
        return [op.store(length, size2)];
    },
    owner({ random, own, layout, agents }) {
        const { owner, data, size } = random.pick(own.length && random.chance(0.8) ? own : layout.accounts);
        const clear = random.chance(0.5) && size < 300 ? [op.copy(data, Buffer.alloc(size))] : [];
        return [...clear, op.copy(owner, random.pick([ids.system, ...agents]).bytes)];
    },
    header({ random, layout }) {
        const { at } = random.pick(layout.accounts);
        return [op.storeByte(at + BigInt(random.below(80)), random.below(256))];
    },
    returnData: ({ random }) => {
        const bytes = random.bytes(random.pick([0, 1, 32, 1023]));
        return [op.copy(kRest, bytes), op.syscall("sol_set_return_data", kRest, random.chance(0.9) ? bytes.length : 1025)];
    },
    readReturn: ({ random }) => [op.syscall("sol_get_return_data", kRest, random.pick([0, 8, 1024]), kRest + 2000n), op.load(kRest), op.load(kRest + 2000n)],
    sibling: ({ random }) => [op.store(kRest, 8), op.store(kRest + 8n, 2), op.syscall("sol_get_processed_sibling_instruction",
        random.below(4), kRest, kRest + 100n, kRest + 200n, kRest + 300n), op.load(kRest), op.load(kRest + 100n)],
    height: () => [op.syscall("sol_get_stack_height")],
    units: () => [op.syscall("sol_log_compute_units_")],
    count: ({ random }) => [op.count(random.pick([0, 1, 100, 5000, 300_000]))],
    deep: ({ random }) => [op.deep(random.pick([1, 20, 60, 61, 62, 63, 64, 65]))],
    load: ({ random, layout }) => [op.load(addresses(random, layout))],
    store: ({ random, layout }) => [op.store(addresses(random, layout), random.amount())],
    jump: ({ random, layout }) => [op.call(random.chance(0.5) ? 0x100000000n + BigInt(random.below(400) * 8) : addresses(random, layout))],
    sysvar({ random }) {
        const name = random.pick(["sol_get_clock_sysvar", "sol_get_rent_sysvar", "sol_get_epoch_schedule_sysvar",
            "sol_get_epoch_rewards_sysvar", "sol_get_last_restart_slot"]);
        return [op.syscall(name, kRest), op.load(kRest), op.load(kRest + 8n)];
    },
    slice({ random }) {
        const id = random.pick([ids.clock, ids.rent, ids.slotHashes, ids.stakeHistory, ids.recentBlockhashes, ids.instructions]);
        return [op.copy(kRest, id.bytes), op.syscall("sol_get_sysvar", kRest, kRest + 64n, random.pick([0, 8, 100]), random.pick([0, 8, 40, 1000]))];
    },
    hash({ random }) {
        const bytes = random.bytes(random.below(200));
        return [op.copy(kRest + 512n, bytes), op.copy(kRest, Buffer.concat([u64(kRest + 512n), u64(bytes.length)])),
            op.syscall(random.pick(["sol_sha256", "sol_keccak256", "sol_blake3", "sol_sha512"]), kRest, 1, kRest + 64n), op.load(kRest + 64n)];
    },
    address({ random }) {
        const seeds = Array.from({ length: random.pick([0, 1, 2, 16, 17]) }, () => random.bytes(random.pick([0, 1, 32, 33])));
        const table = [];
        const texts = [];
        let at = kRest + 1024n;
        for (const seed of seeds) {
            table.push(u64(at), u64(seed.length));
            texts.push(seed);
            at += BigInt(seed.length);
        }
        return [op.copy(kRest + 512n, Buffer.concat(table)), op.copy(kRest + 1024n, Buffer.concat(texts)), op.copy(kRest, random.bytes(32)),
            op.syscall(random.pick(["sol_create_program_address", "sol_try_find_program_address"]), kRest + 512n, seeds.length, kRest, kRest + 64n, kRest + 128n),
            op.load(kRest + 64n)];
    },
    memory({ random, layout }) {
        const name = random.pick(["sol_memcpy_", "sol_memmove_", "sol_memcmp_", "sol_memset_"]);
        return [op.syscall(name, addresses(random, layout), addresses(random, layout), random.pick([0, 1, 8, 100, 20000]), kRest)];
    },
    anySyscall({ random, layout }) {
        const number = random.below(syscalls.length + 1);
        return [op.syscall(number, ...Array.from({ length: 5 }, () => random.chance(0.5) ? addresses(random, layout) : BigInt(random.below(70))))];
    },
    exit: ({ random }) => [op.exit(random.chance(0.7) ? BigInt(random.between(1, 28)) << 32n : random.pick([...kCodes, random.u64(), BigInt(random.u32())]))],
};

const weights = { log: 5, ownData: 8, anyData: 0.4, move: 6, resize: 1.5, owner: 0.5, header: 0.3, returnData: 4, readReturn: 4, sibling: 3,
    height: 1, units: 1, count: 1, deep: 0.5, load: 0.3, store: 0.3, jump: 0.1, sysvar: 2, slice: 1, hash: 1, address: 1, memory: 0.3,
    anySyscall: 0.5, exit: 0.9 };

/// The heap image of one call in the C ABI, and the call.
function invoke(frame, target, metas, data) {
    const { random, layout, accounts, program } = frame;
    const at = new Map(accounts.map(({ key }, i) => [key, layout.accounts[i]]));
    const keyAt = (key) => at.get(key)?.key ?? kProgramId;
    const metaBytes = Buffer.concat(metas.map((m) => Buffer.concat([u64(keyAt(m.key)), u8(m.writable ? 1 : 0), u8(m.signer ? 1 : 0), Buffer.alloc(6)])));
    const unique = [...new Map(accounts.map((a) => [a.key, a])).values()].slice(0, 60);
    const infos = unique.filter(() => !random.chance(0.01)).map((a) => {
        const f = at.get(a.key);
        return Buffer.concat([u64(f.key), u64(f.lamports), u64(random.chance(0.995) ? a.size : a.size + 1), u64(f.data), u64(f.owner), u64(0),
            u8(a.signer ? 1 : 0), u8(a.writable ? 1 : 0), u8(a.executable ? 1 : 0), Buffer.alloc(5)]);
    });
    const instruction = Buffer.concat([u64(kProgramId), u64(kMetas), u64(metas.length), u64(kData), u64(data.length)]);
    const [, bump] = frame.signers.get(program);
    const seeds = frame.seeds ? [Buffer.from("agent"), Buffer.from([random.chance(0.97) ? bump : bump ^ 1])] : [];
    const seedBytes = seeds.length ? Buffer.concat([u64(kSeeds + 16n), u64(2), u64(kSeeds + 48n), u64(5), u64(kSeeds + 53n), u64(1), ...seeds]) : Buffer.alloc(0);
    return [op.copy(kHeap, instruction), op.copy(kMetas, metaBytes), op.copy(kInfos, Buffer.concat(infos)), op.copy(kProgramId, target.bytes),
        ...(seeds.length ? [op.copy(kSeeds, seedBytes)] : []), op.copy(kData, data),
        op.syscall("sol_invoke_signed_c", kHeap, kInfos, infos.length, seeds.length ? kSeeds : 0, seeds.length ? 1 : 0)];
}

function systemCall(frame) {
    const { random, accounts } = frame;
    const usable = accounts.filter((a) => (a.signer || a.isPda) && a.writable && a.owner === ids.system);
    const from = random.chance(0.9) && usable.length ? random.pick(usable) : random.pick(accounts);
    const to = random.pick(accounts);
    const pick = random.below(4);
    const data = [
        () => Buffer.concat([u32(2), u64(random.chance(0.6) ? random.below(100) : minimumBalance(0) + BigInt(random.below(10)))]),
        () => Buffer.concat([u32(0), u64(minimumBalance(0) * 3n), u64(random.below(200)), frame.program.bytes]),
        () => Buffer.concat([u32(8), u64(random.pick([0, 8, 200, 10240, 10241]))]),
        () => Buffer.concat([u32(1), frame.program.bytes]),
    ][pick]();
    const metas = pick === 1 ? [meta(frame, from, true, true), meta(frame, to, true, true)]
        : pick === 0 ? [meta(frame, from, true, true), meta(frame, to, false, true)] : [meta(frame, to, true, true)];
    return invoke(frame, ids.system, metas, data);
}

/// Mostly with the privileges that the caller has.
function meta(frame, account, signs, writes) {
    const free = frame.random.chance(0.02);
    return { key: account.key, signer: signs && (free || account.signer || account.isPda), writable: writes && (free || account.writable) };
}

function agentCall(frame, depth) {
    const { random, accounts, agents } = frame;
    const present = agents.filter((key) => accounts.some((a) => a.key === key));
    const target = random.chance(0.15) ? frame.program : random.pick(present.length && random.chance(0.97) ? present : agents);
    const chosen = accounts.filter((a) => random.chance(a.executable ? 0.98 : 0.85));
    if (random.chance(0.2) && chosen.length) chosen.push(random.pick(chosen));
    const metas = chosen.map((a) => meta(frame, a, random.chance(0.7), random.chance(0.85)));
    const passed = metas.map((m) => ({ ...accounts.find((a) => a.key === m.key), signer: m.signer, writable: m.writable, isPda: false }));
    return invoke(frame, target, metas, program(frame.scene, target, passed, depth - 1));
}

function otherCall(frame) {
    const { random, accounts } = frame;
    const target = random.pick([ids.memo, ids.memo1, ids.computeBudget, ids.loader3, ids.ed25519, ids.token, ids.vote, ids.loader2,
        ids.stake, frame.scene.pool.closed, ids.clock, frame.scene.key()]);
    const metas = random.shuffled(accounts).slice(0, random.below(3)).map((a) => meta(frame, a, true, true));
    return invoke(frame, target, metas, random.chance(0.5) ? Buffer.from("memo ä") : random.bytes(random.below(20)));
}

/// The data that makes `key` do something with these accounts, its calls up to `depth` deep.
export function program(scene, key, accounts, depth) {
    const { random, pool } = scene;
    const layout = inputLayout(accounts);
    const own = layout.accounts.filter((_, i) => accounts[i].owner === key && accounts[i].writable);
    const frame = { scene, random, accounts, layout, own, program: key, agents: pool.agents, signers: pool.signers, seeds: random.chance(0.3) };
    const [pda] = pool.signers.get(key);
    if (frame.seeds) frame.accounts = accounts.map((a) => ({ ...a, isPda: a.key === pda }));
    const ops = [];
    for (let i = random.below(4); i >= 0; --i) {
        const kind = random.weighted({ doing: 5, system: depth > 0 ? 1.5 : 0, agent: depth > 0 ? 3 : 0, other: depth > 0 ? 0.3 : 0 });
        if (!accounts.length || kind === "doing") {
            const name = random.weighted(weights);
            if (!accounts.length && ["resize", "owner", "header", "move", "anyData"].includes(name)) continue;
            ops.push(...doings[name](frame));
        } else ops.push(...(kind === "system" ? systemCall(frame) : kind === "agent" ? agentCall(frame, depth) : otherCall(frame)));
        if (ops.reduce((sum, o) => sum + o.length, 0) > 6000) break;
    }
    return Buffer.concat(ops).subarray(0, 9000);
}

export function cpi(scene) {
    const { random, pool } = scene;
    const program0 = random.pick(pool.agents);
    const accounts = [{ key: scene.payer, signer: true, writable: true, size: 0, owner: ids.system }];
    const note = (key, owner, size, signer = random.chance(0.4), writable = random.chance(0.85), executable = false) =>
        accounts.push({ key, owner, size, signer, writable, executable });
    for (let i = random.below(4); i > 0; --i) {
        const owner = random.pick([...pool.agents, program0, program0]);
        const size = random.pick([0, 1, 8, 100, 200, 1000]);
        note(scene.owned(owner, random.bytes(size)), owner, size);
    }
    if (random.chance(0.4)) note(scene.wallet(), ids.system, 0);
    if (random.chance(0.3)) note(scene.key(), ids.system, 0);
    if (random.chance(0.4)) {
        const [pda] = pool.signers.get(program0);
        if (random.chance(0.8)) scene.set(pda, { lamports: 50_000_000n, owner: ids.system, data: Buffer.alloc(0), executable: false, rentEpoch: 2n ** 64n - 1n });
        note(pda, ids.system, 0, false, true);
    }
    const programs = [ids.system, ...random.shuffled(pool.agents).slice(0, random.between(1, 4)), ...(random.chance(0.2) ? [ids.memo] : [])];
    for (const key of programs) {
        note(key, scene.world.get(key).owner, scene.world.get(key).data.length, false, false, true);
    }
    const count = random.pick([1, 1, 1, 2, 3]);
    for (let i = 0; i < count; ++i) {
        scene.add(program0, accounts.map((a) => ({ key: a.key, signer: a.signer, writable: a.writable })),
            program(scene, program0, accounts, random.pick([0, 1, 2, 3, 4, 5, 9])));
    }
    if (random.chance(0.7)) scene.unitLimit(1_400_000);
}

// SPDX-License-Identifier: Apache-2.0
// The upgradeable loader: buffers, deployments, upgrades, extensions, closing, and calls in between.
import { u32, u64, u8 } from "../bytes.mjs";
import { findAddress, ids, Key } from "../keys.mjs";
import { bufferData, programData } from "../pool.mjs";
import { account, minimumBalance } from "../world.mjs";

const { loader3 } = ids;

/// ELF files that any deployment environment judges alike: the oracle's accepts some broken
/// relocations that a validator refuses, so only headers and code are bent.
function elf(scene) {
    const { random, pool } = scene;
    const whole = random.pick([pool.elfs.small, pool.elfs.small, pool.elfs.v3, pool.elfs.smallOld, pool.elfs.v0]);
    if (random.chance(0.75)) return whole;
    const bent = Buffer.from(whole);
    if (random.chance(0.5)) bent[random.below(64)] ^= 1 << random.below(8);
    else return whole.subarray(0, random.below(whole.length));
    return bent;
}

function managed(scene) {
    const { random, pool } = scene;
    const chosen = random.pick(pool.managed);
    if (random.chance(0.3)) {
        const slot = random.pick([1000n, 1000n, scene.world.clock.slot - 1n]);
        const bytes = programData(slot, chosen.authority, Buffer.concat([chosen.elf, Buffer.alloc(random.pick([0, 0, 100, 5000]))]));
        scene.set(chosen.data, account(minimumBalance(bytes.length) + BigInt(random.pick([0, 0, 1, 1_000_000])), loader3, bytes));
    }
    return { ...chosen, authority: chosen.authority ?? scene.payer };
}

function makeBuffer(scene, authority, image = elf(scene)) {
    const { random } = scene;
    const data = bufferData(random.chance(0.95) ? authority : null, image);
    return scene.owned(random.chance(0.97) ? loader3 : ids.system, random.chance(0.97) ? data : data.subarray(0, random.below(50)));
}

const makers = {
    initialize(scene) {
        const fresh = scene.owned(loader3, Buffer.alloc(scene.random.pick([37, 100, 36, 0])));
        scene.add(loader3, [scene.w(fresh), scene.r(scene.payer)], u32(0));
    },
    write(scene) {
        const { random } = scene;
        const buffer = makeBuffer(scene, scene.payer);
        const bytes = random.bytes(random.below(200));
        const size = scene.accounts.get(buffer).data.length;
        const offset = random.pick([0, 1, Math.max(0, size - 37 - bytes.length), size, 2 ** 32 - 1, size - 37]);
        scene.add(loader3, [scene.w(buffer), scene.s(scene.payer)], Buffer.concat([u32(1), u32(offset), u64(bytes.length), bytes]));
    },
    deploy(scene) {
        const { random } = scene;
        const authority = random.chance(0.7) ? scene.payer : scene.wallet();
        const image = elf(scene);
        const buffer = makeBuffer(scene, random.chance(0.95) ? authority : scene.key(), image);
        const program = random.chance(0.9) ? deployKey(scene) : random.pick(scene.pool.managed).program;
        scene.set(program, account(minimumBalance(36) + BigInt(random.pick([0, 0, -1, 5])), random.chance(0.97) ? loader3 : ids.system,
            Buffer.alloc(random.chance(0.95) ? 36 : 35)));
        const [address] = findAddressOnce(program);
        if (random.chance(0.1)) scene.set(address, account(scene.balance() + 1n));
        const size = random.pick([image.length, image.length, image.length + 100, image.length - 1, 10 * 1024 * 1024, 2 * image.length]);
        scene.add(loader3, [scene.ws(scene.payer), scene.w(random.chance(0.97) ? address : scene.key()), scene.w(program), scene.w(buffer), scene.r(ids.rent),
            scene.r(ids.clock), scene.r(ids.system), scene.s(authority)], Buffer.concat([u32(2), u64(size), ...(random.chance(0.2) ? [u8(random.below(3))] : [])]));
        if (random.chance(0.15)) scene.add(program, [], Buffer.alloc(0));
    },
    upgrade(scene) {
        const { random } = scene;
        const { program, data, authority } = managed(scene);
        const buffer = makeBuffer(scene, random.chance(0.95) ? authority : scene.key());
        scene.add(loader3, [scene.w(data), scene.w(program), scene.w(buffer), scene.w(random.chance(0.9) ? scene.payer : buffer), scene.r(ids.rent), scene.r(ids.clock), scene.s(authority)],
            Buffer.concat([u32(3), ...(random.chance(0.2) ? [u8(random.below(3))] : [])]));
        if (random.chance(0.2)) scene.add(program, [], Buffer.alloc(0));
    },
    setAuthority(scene) {
        const { random } = scene;
        const { data, authority } = managed(scene);
        const isBuffer = random.chance(0.5);
        const on = isBuffer ? makeBuffer(scene, scene.payer) : data;
        const by = isBuffer ? scene.payer : authority;
        const other = random.chance(0.75) ? [random.chance(0.5) ? scene.s(scene.wallet()) : scene.r(scene.key())] : [];
        scene.add(loader3, [scene.w(on), scene.s(by), ...other], u32(random.pick([4, 4, 7])));
    },
    close(scene) {
        const { random } = scene;
        const { program, data, authority } = managed(scene);
        const kind = random.below(3);
        const on = [makeBuffer(scene, scene.payer), data, scene.owned(loader3, Buffer.alloc(random.pick([4, 37, 100])))][kind];
        const metas = [scene.w(on), scene.w(random.chance(0.93) ? scene.payer : on), scene.s(kind === 1 ? authority : scene.payer)];
        if (kind === 1 && random.chance(0.95)) metas.push(scene.w(random.chance(0.9) ? program : random.pick(scene.pool.managed).program));
        scene.add(loader3, metas, Buffer.concat([u32(5), ...(random.chance(0.2) ? [u8(random.below(3))] : [])]));
        if (random.chance(0.2)) scene.add(program, [], Buffer.alloc(0));
    },
    extend(scene) {
        const { random } = scene;
        const { program, data, authority } = managed(scene);
        const more = u32(random.pick([1, 100, 0, 10240, 10239, 20000, 10 * 1024 * 1024]));
        const paying = random.chance(0.9) ? [scene.r(ids.system), scene.ws(scene.payer)] : [];
        if (random.chance(0.5)) scene.add(loader3, [scene.w(data), scene.w(program), ...paying], Buffer.concat([u32(6), more]));
        else scene.add(loader3, [scene.w(data), scene.w(program), scene.s(authority), ...paying], Buffer.concat([u32(9), more]));
        if (random.chance(0.2)) scene.add(program, [], Buffer.alloc(0));
    },
    call(scene) { scene.add(scene.random.pick([...scene.pool.managed.map((m) => m.program), scene.pool.closed]), [], Buffer.alloc(0)); },
    wild(scene) {
        const { random } = scene;
        const { program, data } = managed(scene);
        const metas = random.shuffled([scene.w(data), scene.w(program), scene.ws(scene.payer), scene.w(makeBuffer(scene, scene.payer))]);
        scene.add(random.pick([loader3, loader3, ids.loader2, ids.loader1, ids.loader4]), metas, Buffer.concat([u32(random.below(12)), random.bytes(random.below(20))]));
    },
};

// Where a program goes; few, because deriving their ProgramData's address is slow here.
const derived = new Map();
function deployKey(scene) { return Key.lasting(Buffer.from(`deployed ${scene.random.below(12)}`.padEnd(32, "."))); }
function findAddressOnce(program) {
    if (!derived.has(program)) derived.set(program, Key.lasting(findAddress([program.bytes], loader3)[0].bytes));
    return [derived.get(program)];
}

export function loader(scene) {
    const { random } = scene;
    const name = () => random.weighted({ initialize: 1, write: 2, deploy: 4, upgrade: 4, setAuthority: 2, close: 3, extend: 3, call: 0.5, wild: 1 });
    for (let i = random.pick([1, 1, 1, 2]); i > 0; --i) makers[name()](scene);
    if (random.chance(0.3)) scene.unitLimit(1_400_000);
}

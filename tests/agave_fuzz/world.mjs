// SPDX-License-Identifier: Apache-2.0
// The oracle's ledger: litesvm with one feature set, its sysvars, and the accounts of the current
// case. What is here is also known on this side, so that a vector can list it.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fromBase58, toBase58 } from "./bytes.mjs";
import { ids, isKnown, Key, listedSysvars } from "./keys.mjs";

export const kRentEpoch = 2n ** 64n - 1n;
const kNothing = Buffer.alloc(0);

export function loadLitesvm(modules) {
    return createRequire(join(modules, "any.js"))("litesvm/dist/internal.js");
}

/// lamports, owner, data, executable, rentEpoch; `segments` is the JSON of constant data.
export const account = (lamports, owner = ids.system, data = kNothing, executable = false) =>
    ({ lamports: BigInt(lamports), owner, data, executable, rentEpoch: kRentEpoch });

export const minimumBalance = (size) => (128n + BigInt(size)) * 6960n;

export class World {
    constructor(litesvm, features, folder) {
        this.litesvm = litesvm;
        this.features = features;
        this.folder = folder;
        this.svm = features === "all" ? World.everything(litesvm) : new litesvm.LiteSvm();
        this.svm.setSigverify(false);
        this.svm.setBlockhashCheck(true);
        this.svm.setTransactionHistory(0n);
        this.latest = fromBase58(this.svm.latestBlockhash());
        this.lasting = new Map(); // what every case finds; null: does not exist
        this.current = new Map(); // what only this case has
        this.files = new Set();
    }

    static everything({ LiteSvm, FeatureSet }) {
        const svm = LiteSvm.default();
        svm.setFeatureSet(FeatureSet.allEnabled());
        svm.setBuiltins();
        svm.setLamports(1_000_000_000_000n);
        svm.setSysvars();
        svm.setDefaultPrograms();
        svm.setPrecompiles();
        return svm;
    }

    /// {mainnet: {id: slot}, all: [id]} as the oracle has them.
    static featureSets(litesvm) {
        const all = litesvm.FeatureSet.allEnabled().getActiveFeatures().map((id) => toBase58(id)).sort();
        const svm = new litesvm.LiteSvm();
        const mainnet = {};
        for (const id of all) {
            const data = svm.getAccount(fromBase58(id))?.data();
            if (data?.[0] === 1) mainnet[id] = Buffer.from(data).readBigUInt64LE(1).toString();
        }
        return { mainnet, all };
    }

    /// The sysvars of a batch of cases, drawn from `random`.
    setSysvars(random) {
        const { Clock, EpochRewards, StakeHistory, StakeHistoryEntry } = this.litesvm;
        const slot = 450_000_000n + BigInt(random.below(600_000));
        const epoch = slot / 432_000n;
        const unix = 1_790_000_000n + BigInt(random.below(1_000_000));
        this.svm.setClock(new Clock(slot, unix - BigInt(random.below(100_000)), epoch, epoch + 1n, unix));
        this.clock = { slot, epoch, unix };
        const hashes = [];
        const count = random.pick([1, 2, 31, 150, 512]);
        for (let i = 0n, at = slot - 1n; i < count; ++i, at -= BigInt(random.chance(0.05) ? 2 : 1)) {
            hashes.push({ slot: at, hash: toBase58(random.bytes(32)) });
        }
        this.hashes = hashes;
        this.svm.setSlotHashes(hashes);
        const history = new StakeHistory();
        for (let i = 1n; i <= BigInt(random.pick([0, 1, 8, 40])); ++i) {
            history.add(epoch - i, new StakeHistoryEntry(400_000_000_000_000_000n + random.amount() % 1000n,
                BigInt(random.below(2 ** 31)) << 20n, BigInt(random.below(2 ** 31)) << 20n));
        }
        this.svm.setStakeHistory(history);
        this.svm.setLastRestartSlot(random.chance(0.5) ? 0n : slot - BigInt(random.below(1_000_000)));
        const rewards = random.chance(0.15);
        this.svm.setEpochRewards(new EpochRewards(rewards ? slot - 10n : 0n, rewards ? 40n : 0n,
            toBase58(rewards ? random.bytes(32) : Buffer.alloc(32)), rewards ? 1n << 90n : 0n,
            rewards ? 1_000_000n : 0n, rewards ? 1000n : 0n, rewards));
        for (const key of [...listedSysvars, ids.slotHistory]) this.lasting.delete(key);
        this.sysvarsJson = listedSysvars.map((key) => this.accountJson(key, this.get(key))).join(",");
    }

    get(key) {
        if (this.current.has(key)) return this.current.get(key);
        if (this.lasting.has(key)) return this.lasting.get(key);
        const found = this.svm.getAccount(key.bytes);
        const value = found && found.lamports() > 0n ? {
            lamports: found.lamports(), owner: Key.lasting(Buffer.from(found.owner())), data: Buffer.from(found.data().buffer),
            executable: found.executable(), rentEpoch: found.rentEpoch() } : null;
        if (value) this.lasting.set(Key.lasting(key.bytes), value);
        else if (isKnown(key)) this.lasting.set(key, null);
        return value;
    }

    write(key, value) {
        this.svm.setAccount(key.bytes, new this.litesvm.Account(value.lamports, value.data, value.owner.bytes,
            value.executable, value.rentEpoch));
    }

    /// An account for the whole run. Programs can only be these: the oracle keeps their code.
    setLasting(key, value) {
        this.write(key, value);
        this.lasting.set(key, value);
    }

    enter(accounts) {
        this.leave();
        for (const [key, value] of accounts) {
            const before = this.get(key);
            this.current.set(key, value.lamports === 0n ? null : value);
            if (value.lamports !== 0n) this.write(key, value);
            else if (before) this.write(key, value);
        }
    }

    leave() {
        for (const [key, value] of this.current) {
            const before = this.lasting.get(key);
            if (before) this.write(key, before);
            else if (value) this.write(key, { ...value, lamports: 0n, data: kNothing, executable: false });
        }
        this.current.clear();
    }

    /// Big constant data goes to a file of its own, once.
    segments(value) {
        if (value.segments) return value.segments;
        const { data } = value;
        if (data.length > 4096 && !this.isCurrent(value)) {
            const elf = data.indexOf("\x7fELF");
            if (elf === 0 || elf === 45) {
                const head = elf === 0 ? "" : `["b","${data.toString("base64", 0, elf)}"],`;
                value.segments = `[${head}["f","${this.file(data.subarray(elf))}"]]`;
                return value.segments;
            }
        }
        return plainSegments(data);
    }

    isCurrent(value) {
        for (const other of this.current.values()) if (other === value) return true;
        return false;
    }

    file(bytes) {
        const digest = createHash("sha256").update(bytes).digest("hex");
        if (!this.files.has(digest)) {
            mkdirSync(join(this.folder, "elf"), { recursive: true });
            writeFileSync(join(this.folder, "elf", `${digest}.so`), bytes);
            this.files.add(digest);
        }
        return digest;
    }

    accountJson(key, value) {
        return `{"k":"${key.base58}","l":"${value.lamports}","o":"${value.owner.base58}","x":${value.executable ? 1 : 0},` +
            `"re":"${value.rentEpoch}","d":${this.segments(value)}}`;
    }
}

export function plainSegments(data) {
    if (data.length === 0) return "[]";
    let end = data.length;
    while (end > 0 && data[end - 1] === 0) --end;
    const zeros = data.length - end;
    if (zeros < 48) return `[["b","${data.toString("base64")}"]]`;
    if (end === 0) return `[["z",${zeros}]]`;
    return `[["b","${data.toString("base64", 0, end)}"],["z",${zeros}]]`;
}

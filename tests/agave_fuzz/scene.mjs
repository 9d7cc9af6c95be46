// SPDX-License-Identifier: Apache-2.0
// One case while it is being made: its random numbers, its accounts and its instructions.
import { u32, u64, u8 } from "./bytes.mjs";
import { ids, isKnown, Key } from "./keys.mjs";
import { readonly, signer, writable, writableSigner } from "./message.mjs";
import { Random } from "./random.mjs";
import { account, minimumBalance } from "./world.mjs";

export class Scene {
    constructor(world, random, pool) {
        this.world = world;
        this.random = random;
        this.pool = pool; // what the run has set up for all cases: programs and their addresses
        this.accounts = new Map();
        this.instructions = [];
        this.version = random.chance(0.15) ? 0 : "legacy";
        this.tables = [];
        this.edits = [];
        this.blockhash = world.latest;
        this.sigverify = false;
        this.filler = random.bytes(64);
        this.filler[0] |= 1;
        this.payer = this.wallet(10_000_000_000n);
    }

    get isAll() { return this.world.features === "all"; }
    key() { return Key.of(this.random.bytes(32)); }

    /// What the ledger has for all cases stays as it is.
    set(key, value) {
        if (!isKnown(key) && !this.world.lasting.get(key)?.executable) this.accounts.set(key, value);
        return key;
    }

    /// A system account with so many lamports, or as many as a random one has.
    wallet(lamports = this.balance()) {
        const key = this.key();
        if (lamports > 0n) this.set(key, account(lamports));
        return key;
    }

    balance() {
        const { random } = this;
        return BigInt(random.weighted({ a: 6, b: 1, c: 1, d: 1 }).replace(/./, (c) =>
            ({ a: random.between(1_000_000, 2_000_000_000), b: 0, c: 890880 + random.between(-1, 1), d: random.below(900_000) })[c]));
    }

    /// An account of data, mostly with the balance that its size needs.
    owned(owner, data, lamports) {
        const { random } = this;
        const exempt = minimumBalance(data.length);
        const value = lamports ?? (random.chance(0.85) ? exempt + BigInt(random.below(3)) * 1_000_000n
            : random.chance(0.5) ? exempt : exempt - BigInt(random.below(3)));
        return this.set(this.key(), account(value, owner, data));
    }

    add(program, accounts, data) { this.instructions.push({ program, accounts, data }); }

    /// A change of the compiled message, the same whenever it is compiled.
    edit(change) {
        const seed = `${this.random.u32()}`;
        this.edits.push((message) => change(message, new Random(seed)));
    }

    unitLimit(units) { this.instructions.unshift(unitLimit(units)); }

    /// `key` as the meta that it should be, or now and then as another.
    meta(key, signs, writes) {
        const slip = this.random.chance(0.02);
        const wrong = this.random.below(2);
        return { key, signer: slip && wrong === 0 ? !signs : signs, writable: slip && wrong === 1 ? !writes : writes };
    }

    ws(key) { return this.meta(key, true, true); }
    s(key) { return this.meta(key, true, false); }
    w(key) { return this.meta(key, false, true); }
    r(key) { return this.meta(key, false, false); }
}

export { readonly, signer, writable, writableSigner };

export const computeBudget = (data) => ({ program: ids.computeBudget, accounts: [], data });
export const unitLimit = (units) => computeBudget(Buffer.concat([u8(2), u32(units)]));
export const unitPrice = (price) => computeBudget(Buffer.concat([u8(3), u64(price)]));
export const heapFrame = (bytes) => computeBudget(Buffer.concat([u8(1), u32(bytes)]));
export const loadedSizeLimit = (bytes) => computeBudget(Buffer.concat([u8(4), u32(bytes)]));

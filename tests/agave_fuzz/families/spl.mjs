// SPDX-License-Identifier: Apache-2.0
// Token, Token-2022, Associated Token Account and Memo, as a chain has them.
import { u16, u32, u64, u8 } from "../bytes.mjs";
import { findAddress, ids, Key } from "../keys.mjs";
import { account, minimumBalance } from "../world.mjs";

const kNative = Key.named("So11111111111111111111111111111111111111112");
const coption = (value, size, encode) => (value === null ? Buffer.alloc(4 + size) : Buffer.concat([u32(1), encode(value)]));
const keyOption = (key) => coption(key, 32, (k) => k.bytes);

function mintData({ authority, supply, decimals, initialized = 1, freeze = null }) {
    return Buffer.concat([keyOption(authority), u64(supply), u8(decimals), u8(initialized), keyOption(freeze)]);
}

function tokenData({ mint, owner, amount, delegate = null, state = 1, native = null, delegated = 0n, close = null }) {
    return Buffer.concat([mint.bytes, owner.bytes, u64(amount), keyOption(delegate), u8(state), coption(native, 8, u64), u64(delegated), keyOption(close)]);
}

const kMintExtensions = [[3, 32], [9, 0], [12, 32], [1, 108], [6, 1], [10, 52], [14, 64], [18, 64], [26, 33]];
const kAccountExtensions = [[7, 0], [8, 1], [11, 1], [2, 8], [13, 0], [15, 1], [27, 1]];

/// A Token-2022 account with some extensions behind the base.
function extended(scene, base, kind, known) {
    const { random } = scene;
    const extensions = random.shuffled(known).slice(0, random.below(4)).map(([type, size]) =>
        Buffer.concat([u16(type), u16(size), random.chance(0.5) ? Buffer.alloc(size) : type === 3 || type === 12 ? scene.payer.bytes : random.bytes(size)]));
    if (!extensions.length) return base;
    return Buffer.concat([base, Buffer.alloc(165 - base.length), u8(kind), ...extensions]);
}

class Tokens {
    constructor(scene) {
        this.scene = scene;
        this.random = scene.random;
        this.program = this.random.chance(0.6) ? ids.token : ids.token2022;
        this.authority = this.random.chance(0.5) ? scene.payer : scene.wallet();
        this.owner = this.random.chance(0.5) ? scene.payer : scene.wallet();
        this.decimals = this.random.pick([0, 6, 9, 255]);
        this.freeze = this.random.chance(0.6) ? this.authority : null;
        this.mint = this.makeMint();
        this.source = this.makeAccount(this.owner);
        this.target = this.random.chance(0.1) ? this.source : this.makeAccount(this.random.chance(0.5) ? this.owner : scene.wallet());
    }

    makeMint() {
        const { random, scene } = this;
        if (random.chance(0.1)) return kNative;
        const base = mintData({ authority: random.chance(0.95) ? this.authority : null, supply: random.chance(0.9) ? 1n << 40n : random.amount(), decimals: this.decimals,
            initialized: random.chance(0.98) ? 1 : 0, freeze: this.freeze });
        return scene.owned(random.chance(0.98) ? this.program : ids.system, this.program === ids.token2022 ? extended(scene, base, 1, kMintExtensions) : base);
    }

    makeAccount(owner) {
        const { random, scene } = this;
        const native = this.mint === kNative && random.chance(0.9) ? minimumBalance(165) : null;
        const amount = random.chance(0.8) ? BigInt(random.below(1_000_000)) : random.amount();
        const delegate = random.chance(0.15) ? this.authority : null;
        const base = tokenData({ mint: random.chance(0.97) ? this.mint : scene.key(), owner, amount: native ? BigInt(random.below(2_000_000)) : amount, delegate,
            state: random.weighted({ 1: 20, 2: 2, 0: 1, 3: 0.2 }) | 0, native, delegated: delegate ? BigInt(random.below(1000)) : 0n,
            close: random.chance(0.1) ? this.authority : null });
        const data = this.program === ids.token2022 ? extended(scene, base, 2, kAccountExtensions) : base;
        const value = native ? native + base.readBigUInt64LE(64) : undefined;
        return scene.owned(random.chance(0.98) ? this.program : ids.system, data, value);
    }

    amount() {
        const { random, scene } = this;
        const data = scene.accounts.get(this.source).data;
        const held = data.readBigUInt64LE(64);
        return random.chance(0.5) ? BigInt(random.below(1000)) : random.pick([held, held + 1n, 0n, held / 2n, random.amount()]);
    }

    /// The authority, or a multisig with its signers.
    signers(key) {
        const { random, scene } = this;
        if (!random.chance(0.06)) return [scene.s(key)];
        const signers = Array.from({ length: random.between(1, 4) }, () => scene.wallet());
        const multisig = scene.owned(this.program, Buffer.concat([u8(random.between(1, signers.length)), u8(signers.length), u8(1),
            ...signers.map((k) => k.bytes), Buffer.alloc(32 * (11 - signers.length))]));
        return [scene.r(multisig), ...signers.map((k) => ({ key: k, signer: random.chance(0.9), writable: false }))];
    }

    add(metas, ...data) { this.scene.add(this.program, metas, Buffer.concat(data)); }
}

const operations = {
    initMint(t) {
        const { scene, random } = t;
        const fresh = scene.owned(t.program, Buffer.alloc(random.chance(0.95) ? 82 : 81));
        const tail = random.chance(0.5) ? Buffer.concat([u8(1), t.authority.bytes]) : u8(0);
        if (random.chance(0.5)) t.add([scene.w(fresh), scene.r(ids.rent)], u8(0), u8(6), t.authority.bytes, tail);
        else t.add([scene.w(fresh)], u8(20), u8(6), t.authority.bytes, tail);
    },
    initAccount(t) {
        const { scene, random } = t;
        const fresh = scene.owned(t.program, Buffer.alloc(random.chance(0.95) ? 165 : 164));
        const kind = random.pick([1, 16, 18]);
        if (kind === 1) t.add([scene.w(fresh), scene.r(t.mint), scene.r(t.owner), scene.r(ids.rent)], u8(1));
        else t.add([scene.w(fresh), scene.r(t.mint), ...(kind === 16 ? [scene.r(ids.rent)] : [])], u8(kind), t.owner.bytes);
    },
    initMultisig(t) {
        const { scene, random } = t;
        const fresh = scene.owned(t.program, Buffer.alloc(355));
        const keys = Array.from({ length: random.below(13) }, () => scene.r(scene.key()));
        if (random.chance(0.5)) t.add([scene.w(fresh), scene.r(ids.rent), ...keys], u8(2), u8(random.below(13)));
        else t.add([scene.w(fresh), ...keys], u8(19), u8(random.below(13)));
    },
    transfer(t) { t.add([t.scene.w(t.source), t.scene.w(t.target), ...t.signers(t.owner)], u8(3), u64(t.amount())); },
    transferChecked(t) {
        t.add([t.scene.w(t.source), t.scene.r(t.mint), t.scene.w(t.target), ...t.signers(t.owner)], u8(12), u64(t.amount()), u8(t.random.chance(0.95) ? t.decimals : 1));
    },
    approve(t) { t.add([t.scene.w(t.source), t.scene.r(t.authority), ...t.signers(t.owner)], u8(4), u64(t.amount())); },
    approveChecked(t) { t.add([t.scene.w(t.source), t.scene.r(t.mint), t.scene.r(t.authority), ...t.signers(t.owner)], u8(13), u64(t.amount()), u8(t.decimals)); },
    revoke(t) { t.add([t.scene.w(t.source), ...t.signers(t.owner)], u8(5)); },
    setAuthority(t) {
        const { random, scene } = t;
        const kind = random.chance(0.95) ? random.below(4) : random.below(20);
        const on = kind < 2 ? t.mint : t.source;
        t.add([scene.w(on), ...t.signers(kind < 2 ? t.authority : t.owner)], u8(6), u8(kind), random.chance(0.6) ? Buffer.concat([u8(1), scene.key().bytes]) : u8(0));
    },
    mintTo(t) { t.add([t.scene.w(t.mint), t.scene.w(t.target), ...t.signers(t.authority)], u8(7), u64(t.amount())); },
    mintToChecked(t) { t.add([t.scene.w(t.mint), t.scene.w(t.target), ...t.signers(t.authority)], u8(14), u64(t.amount()), u8(t.decimals)); },
    burn(t) { t.add([t.scene.w(t.source), t.scene.w(t.mint), ...t.signers(t.owner)], u8(8), u64(t.amount())); },
    burnChecked(t) { t.add([t.scene.w(t.source), t.scene.w(t.mint), ...t.signers(t.owner)], u8(15), u64(t.amount()), u8(t.decimals)); },
    close(t) { t.add([t.scene.w(t.source), t.scene.w(t.random.chance(0.9) ? t.scene.payer : t.source), ...t.signers(t.owner)], u8(9)); },
    freeze(t) { t.add([t.scene.w(t.source), t.scene.r(t.mint), ...t.signers(t.authority)], u8(t.random.pick([10, 11]))); },
    sync(t) { t.add([t.scene.w(t.source)], u8(17)); },
    size(t) { t.add([t.scene.r(t.mint)], u8(21)); },
    immutable(t) { t.add([t.scene.w(t.scene.owned(t.program, Buffer.alloc(165)))], u8(22)); },
    uiAmount(t) {
        if (t.random.chance(0.5)) t.add([t.scene.r(t.mint)], u8(23), u64(t.amount()));
        else t.add([t.scene.r(t.mint)], u8(24), Buffer.from(t.random.pick(["1", "0.5", "123.456789", "", ".", "1.0000000000", "99999999999999999999", "-1", "1e3"])));
    },
    excess(t) { t.add([t.scene.w(t.random.pick([t.source, t.mint])), t.scene.w(t.target), ...t.signers(t.owner)], u8(38)); },
    unwrap(t) { t.add([t.scene.w(t.source), t.scene.w(t.scene.payer), ...t.signers(t.owner)], u8(45), t.random.chance(0.5) ? u8(0) : Buffer.concat([u8(1), u64(t.amount())])); },
    batch(t) {
        const inner = Buffer.concat([u8(3), u64(1)]);
        t.add([t.scene.w(t.source), t.scene.w(t.target), t.scene.s(t.owner), t.scene.w(t.source), t.scene.w(t.target), t.scene.s(t.owner)],
            u8(255), u8(3), u8(inner.length), inner, u8(t.random.pick([3, 3, 2, 4])), u8(inner.length), inner);
    },
    extension(t) {
        const { scene, random } = t;
        const fresh = scene.owned(t.program, Buffer.alloc(random.pick([82, 165, 170, 202, 234, 278])));
        t.add([scene.w(random.chance(0.5) ? fresh : t.source), scene.ws(scene.payer)], u8(random.between(25, 47)), random.bytes(random.pick([0, 1, 33, 34, 66])));
    },
    wild(t) { t.add([t.scene.w(t.source), t.scene.w(t.mint), t.scene.s(t.owner)], t.random.bytes(t.random.below(20))); },
};
const weights = { initMint: 1, initAccount: 1.5, initMultisig: 0.5, transfer: 4, transferChecked: 3, approve: 1, approveChecked: 1, revoke: 0.7, setAuthority: 1.5,
    mintTo: 1.5, mintToChecked: 1, burn: 1.5, burnChecked: 1, close: 1.5, freeze: 1, sync: 0.7, size: 0.3, immutable: 0.3, uiAmount: 0.8, excess: 0.6, unwrap: 0.6,
    batch: 0.5, extension: 0.7, wild: 0.3 };

function withNative(scene) {
    const holder = scene.world.get(kNative);
    if (!holder) scene.set(kNative, account(minimumBalance(82), ids.token, mintData({ authority: null, supply: 0n, decimals: 9 })));
}

export function token(scene) {
    const tokens = new Tokens(scene);
    if (tokens.mint === kNative) withNative(scene);
    for (let i = scene.random.pick([1, 1, 1, 2, 3]); i > 0; --i) operations[scene.random.weighted(weights)](tokens);
}

const addresses = new Map();
function associatedAddress(wallet, program, mint) {
    const name = `${wallet.base58}${program.base58}${mint.base58}`;
    if (!addresses.has(name)) addresses.set(name, Key.lasting(findAddress([wallet.bytes, program.bytes, mint.bytes], ids.associated)[0].bytes));
    return addresses.get(name);
}

export function associated(scene) {
    const { random } = scene;
    const program = random.chance(0.7) ? ids.token : ids.token2022;
    // Few wallets and mints, because deriving an address is slow here.
    const fixed = (text) => Key.lasting(Buffer.from(text.padEnd(32, ".")));
    const [wallet, mint] = [fixed(`wallet ${random.below(6)}`), fixed(`mint ${random.below(6)}`)];
    const base = mintData({ authority: scene.payer, supply: 5n, decimals: 2 });
    scene.set(mint, account(minimumBalance(82) * 2n, random.chance(0.97) ? program : ids.system, program === ids.token2022 ? extended(scene, base, 1, kMintExtensions) : base));
    if (random.chance(0.5)) scene.set(wallet, account(1_000_000_000n));
    const address = random.chance(0.95) ? associatedAddress(wallet, program, mint) : scene.key();
    const before = random.weighted({ none: 6, lamports: 2, made: 3, other: 0.5 });
    if (before === "lamports") scene.set(address, account(scene.balance() + 1n));
    if (before === "made") scene.set(address, account(minimumBalance(165), program, tokenData({ mint, owner: random.chance(0.9) ? wallet : scene.key(), amount: 0n })));
    if (before === "other") scene.set(address, account(minimumBalance(10), ids.stake, Buffer.alloc(10)));
    const metas = [scene.ws(scene.payer), scene.w(address), scene.r(wallet), scene.r(mint), scene.r(ids.system), scene.r(program)];
    if (random.chance(0.05)) metas.push(scene.r(ids.rent));
    if (random.chance(0.05)) metas.length = random.below(6);
    scene.add(ids.associated, metas, random.pick([Buffer.alloc(0), u8(0), u8(1), u8(1), u8(1), u8(2), u8(3)]));
}

export function memo(scene) {
    const { random } = scene;
    const metas = Array.from({ length: random.below(3) }, () => scene.s(scene.wallet()));
    const text = random.chance(0.8) ? Buffer.from(random.pick(["hi", "", "ä€😀", "x".repeat(500), "12345"])) : random.bytes(random.below(60));
    scene.add(random.chance(0.7) ? ids.memo : ids.memo1, metas, text);
}

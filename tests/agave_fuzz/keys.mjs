// SPDX-License-Identifier: Apache-2.0
// Public keys, one object each, so that they are their own map keys; derived addresses.
import { createHash } from "node:crypto";
import { fromBase58, toBase58 } from "./bytes.mjs";

const known = new Map();
let ofCase = new Map();

export class Key {
    constructor(bytes) {
        this.bytes = bytes;
        this.text = undefined;
    }

    get base58() {
        this.text ??= toBase58(this.bytes);
        return this.text;
    }

    /// The one object for these bytes.
    static of(bytes) {
        const name = bytes.toString("latin1");
        const found = known.get(name) ?? ofCase.get(name);
        if (found) return found;
        const key = new Key(Buffer.from(bytes));
        ofCase.set(name, key);
        return key;
    }

    /// A key that stays for the whole run.
    static named(text) {
        const bytes = fromBase58(text);
        const name = bytes.toString("latin1");
        if (!known.has(name)) known.set(name, new Key(bytes));
        return known.get(name);
    }

    static lasting(bytes) {
        const name = bytes.toString("latin1");
        if (!known.has(name)) known.set(name, ofCase.get(name) ?? new Key(Buffer.from(bytes)));
        return known.get(name);
    }
    /// Random keys of earlier cases may be forgotten.
    static forget() { ofCase = new Map(); }
}

const kField = 2n ** 255n - 19n;
const kD = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

function power(base, exponent) {
    let result = 1n;
    for (let b = base % kField, e = exponent; e > 0n; e >>= 1n) {
        if (e & 1n) result = (result * b) % kField;
        b = (b * b) % kField;
    }
    return result;
}

/// Whether the bytes decode as a point: x² = (y² - 1) / (d·y² + 1) has a root.
export function isOnCurve(bytes) {
    const copy = Buffer.from(bytes);
    const sign = copy[31] >> 7;
    copy[31] &= 127;
    const y = BigInt("0x" + Buffer.from(copy).reverse().toString("hex"));
    const y2 = (y * y) % kField;
    const u = (y2 - 1n + kField) % kField;
    const v = (kD * y2 + 1n) % kField;
    // u/v is a square exactly if u·v is one.
    const symbol = power((u * v) % kField, (kField - 1n) / 2n);
    if (u === 0n) return sign === 0 || true;
    return symbol === 1n || u === 0n;
}

export function derivedAddress(seeds, program) {
    const digest = createHash("sha256");
    for (const seed of seeds) digest.update(seed);
    const bytes = digest.update(program.bytes).update("ProgramDerivedAddress").digest();
    return isOnCurve(bytes) ? null : Key.of(bytes);
}

/// [address, bump]
export function findAddress(seeds, program) {
    for (let bump = 255; bump >= 0; --bump) {
        const key = derivedAddress([...seeds, Buffer.from([bump])], program);
        if (key) return [key, bump];
    }
    throw new Error("no address off the curve");
}

export function addressWithSeed(base, seed, owner) {
    return Key.of(createHash("sha256").update(base.bytes).update(seed).update(owner.bytes).digest());
}

export const ids = {
    system: Key.named("11111111111111111111111111111111"),
    nativeLoader: Key.named("NativeLoader1111111111111111111111111111111"),
    loader1: Key.named("BPFLoader1111111111111111111111111111111111"),
    loader2: Key.named("BPFLoader2111111111111111111111111111111111"),
    loader3: Key.named("BPFLoaderUpgradeab1e11111111111111111111111"),
    loader4: Key.named("LoaderV411111111111111111111111111111111111"),
    computeBudget: Key.named("ComputeBudget111111111111111111111111111111"),
    vote: Key.named("Vote111111111111111111111111111111111111111"),
    stake: Key.named("Stake11111111111111111111111111111111111111"),
    stakeConfig: Key.named("StakeConfig11111111111111111111111111111111"),
    config: Key.named("Config1111111111111111111111111111111111111"),
    lookupTable: Key.named("AddressLookupTab1e1111111111111111111111111"),
    feature: Key.named("Feature111111111111111111111111111111111111"),
    ed25519: Key.named("Ed25519SigVerify111111111111111111111111111"),
    secp256k1: Key.named("KeccakSecp256k11111111111111111111111111111"),
    secp256r1: Key.named("Secp256r1SigVerify1111111111111111111111111"),
    zkElgamal: Key.named("ZkE1Gama1Proof11111111111111111111111111111"),
    zkToken: Key.named("ZkTokenProof1111111111111111111111111111111"),
    incinerator: Key.named("1nc1nerator11111111111111111111111111111111"),
    token: Key.named("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"),
    token2022: Key.named("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"),
    associated: Key.named("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL"),
    memo1: Key.named("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo"),
    memo: Key.named("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr"),
    sysvarOwner: Key.named("Sysvar1111111111111111111111111111111111111"),
    clock: Key.named("SysvarC1ock11111111111111111111111111111111"),
    epochRewards: Key.named("SysvarEpochRewards1111111111111111111111111"),
    epochSchedule: Key.named("SysvarEpochSchedu1e111111111111111111111111"),
    fees: Key.named("SysvarFees111111111111111111111111111111111"),
    lastRestartSlot: Key.named("SysvarLastRestartS1ot1111111111111111111111"),
    recentBlockhashes: Key.named("SysvarRecentB1ockHashes11111111111111111111"),
    rent: Key.named("SysvarRent111111111111111111111111111111111"),
    slotHashes: Key.named("SysvarS1otHashes111111111111111111111111111"),
    slotHistory: Key.named("SysvarS1otHistory11111111111111111111111111"),
    stakeHistory: Key.named("SysvarStakeHistory1111111111111111111111111"),
    instructions: Key.named("Sysvar1nstructions1111111111111111111111111"),
};

const knownKeys = new Set(Object.values(ids));
export const isKnown = (key) => knownKeys.has(key);

/// The sysvars that a vector lists always.
export const listedSysvars = [ids.clock, ids.epochRewards, ids.epochSchedule, ids.fees,
    ids.lastRestartSlot, ids.recentBlockhashes, ids.rent, ids.slotHashes, ids.stakeHistory];

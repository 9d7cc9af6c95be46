// SPDX-License-Identifier: Apache-2.0
// What Agave does before the first instruction runs, where litesvm does it otherwise: the limits a
// transaction asks for, the fee, the payer's check, the accounts' sizes and the programs' owners.
// Sources: compute-budget-instruction, runtime-transaction, svm/src/account_loader.rs,
// svm/src/rent_calculator.rs.
import { ids } from "./keys.mjs";
import { minimumBalance } from "./world.mjs";

const kU64Max = 2n ** 64n - 1n;
const kAccountBaseSize = 64;
const kTableSize = 8248;
const kMaxLoadedSize = 64 * 1024 * 1024;
const kMaxUnits = 1_400_000;
export const kNonceSize = 80;

const programOwners = new Set([ids.nativeLoader, ids.loader1, ids.loader2, ids.loader3, ids.loader4]);
const loaders = new Set([ids.loader1, ids.loader2, ids.loader3, ids.loader4]);
const builtins = new Set([ids.system, ids.computeBudget, ids.loader1, ids.loader2, ids.loader3, ids.loader4,
    ids.secp256k1, ids.ed25519]);
const precompiles = new Set([ids.ed25519, ids.secp256k1, ids.secp256r1]);

const fields = { 1: ["heap", 4], 2: ["units", 4], 3: ["price", 8], 4: ["loadedSize", 4] };

/// {error} or what the Compute Budget instructions ask for.
export function requestedLimits(message) {
    const limits = {};
    for (const [index, { program, data }] of message.instructions.entries()) {
        if (message.keys[program] !== ids.computeBudget) continue;
        const [name, size] = fields[data[0]] ?? [];
        if (!name || data.length < 1 + size) {
            return { error: { t: "InstructionError", i: index, e: "InvalidInstructionData" } };
        }
        if (name in limits) return { error: { t: "DuplicateInstruction", i: index } };
        limits[name] = size === 8 ? data.readBigUInt64LE(1) : data.readUInt32LE(1);
        if (name === "heap") limits.heapIndex = index;
    }
    return limits;
}

/// What is wrong with the values, which Agave finds after the locks and before the blockhash's age.
export function limitsError(limits) {
    const { heap, heapIndex, loadedSize } = limits;
    if (heap !== undefined && (heap < 32 * 1024 || heap > 256 * 1024 || heap % 1024 !== 0)) {
        return { t: "InstructionError", i: heapIndex, e: "InvalidInstructionData" };
    }
    return loadedSize === 0 ? { t: "InvalidLoadedAccountsDataSizeLimit" } : null;
}

export function unitLimit(message, limits, features) {
    if (limits.units !== undefined) return Math.min(limits.units, kMaxUnits);
    let sum = 0;
    for (const { program } of message.instructions) {
        const key = message.keys[program];
        sum += builtins.has(key) || (key === ids.vote && features === "mainnet") ? 3000 : 200_000;
    }
    return Math.min(sum, kMaxUnits);
}

export function feeOf(message, limits, features) {
    let signatures = message.header[0];
    for (const { program, data } of message.instructions) {
        if (precompiles.has(message.keys[program])) signatures += data[0] ?? 0;
    }
    const micro = (limits.price ?? 0n) * BigInt(unitLimit(message, limits, features));
    const priority = (micro + 999_999n) / 1_000_000n;
    const total = BigInt(signatures) * 5000n + (priority > kU64Max ? kU64Max : priority);
    return total > kU64Max ? kU64Max : total;
}

/// Whether an account of so much before and after may end like this (SIMD-0392, which both feature
/// sets have: what pays rent may stay so, but not lose lamports).
export function mayEndSo(before, after) {
    if (after.lamports === 0n || after.lamports >= minimumBalance(after.size)) return true;
    return before.lamports !== 0n && after.lamports >= before.lamports;
}

/// "system", "nonce" or null, as get_system_account_kind says.
function systemKind(account) {
    if (account.owner !== ids.system) return null;
    if (account.data.length === 0) return "system";
    if (account.data.length !== kNonceSize) return null;
    return account.data.readUInt32LE(0) <= 1 && account.data.readUInt32LE(4) === 1 ? "nonce" : null;
}

export function payerError(payer, fee) {
    if (!payer) return { t: "AccountNotFound" };
    const kind = systemKind(payer);
    if (!kind) return { t: "InvalidAccountForFee" };
    const keep = kind === "nonce" ? minimumBalance(kNonceSize) : 0n;
    if (payer.lamports - keep - fee < 0n) return { t: "InsufficientFundsForFee" };
    const size = payer.data.length;
    const fine = mayEndSo({ lamports: payer.lamports, size }, { lamports: payer.lamports - fee, size });
    return fine ? null : { t: "InsufficientFundsForRent", i: 0 };
}

function programDataOf(account) {
    if (account?.owner !== ids.loader3 || account.data.length < 36 || account.data.readUInt32LE(0) !== 2) return null;
    return account.data.subarray(4, 36);
}

/// The size that counts against the limit. Programdata counts once, and not where it is named.
export function loadedSize(message, keys, world, keyOf) {
    let size = kTableSize * message.lookups.length;
    const counted = new Set(keys);
    for (const key of keys) {
        if (key === ids.instructions) continue;
        const account = world.get(key);
        if (!account) continue;
        size += kAccountBaseSize + account.data.length;
        const address = programDataOf(account);
        if (!address) continue;
        const other = keyOf(address);
        const data = counted.has(other) ? null : world.get(other);
        if (!data) continue;
        counted.add(other);
        size += kAccountBaseSize + data.data.length;
    }
    return size;
}

export function loadError(message, size, limits, world) {
    const limit = Math.min(limits.loadedSize ?? kMaxLoadedSize, kMaxLoadedSize);
    if (size > limit) return { t: "MaxLoadedAccountsDataSizeExceeded" };
    for (const { program } of message.instructions) {
        const key = message.keys[program];
        const account = key === ids.instructions ? null : world.get(key);
        if (!account) return { t: "ProgramAccountNotFound" };
        if (!programOwners.has(account.owner)) return { t: "InvalidProgramForExecution" };
    }
    return null;
}

/// litesvm refuses what is not marked executable; Agave does not look at the mark.
export function hasUnmarkedProgram(message, world) {
    return message.instructions.some(({ program }) => {
        const account = world.get(message.keys[program]);
        return account && !account.executable && (loaders.has(account.owner) || account.owner === ids.nativeLoader);
    });
}

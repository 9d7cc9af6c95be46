// SPDX-License-Identifier: Apache-2.0
// Runs a case on litesvm and makes the vector of it. What litesvm does otherwise than Agave is
// corrected by rule; a rule that applied is named in `expect.derived`. A case where the oracle can
// not say what Agave would do is set aside with its reason.
import { createHash } from "node:crypto";
import { toBase58 } from "./bytes.mjs";
import { instructionErrors, transactionErrors } from "./errors.mjs";
import { ids, Key } from "./keys.mjs";
import { feeOf, hasUnmarkedProgram, kNonceSize, loadError, limitsError, loadedSize, mayEndSo, payerError, requestedLimits } from "./loading.mjs";
import { accountKeys, compile, transactionBytes } from "./message.mjs";
import { plainSegments } from "./world.mjs";

const kMaxAccounts = 255;
const kNoSignature = Buffer.alloc(64);

/// litesvm's error in the vectors' form.
function readError(litesvm, error) {
    if (typeof error === "number") return { t: transactionErrors[error] };
    if (error instanceof litesvm.TransactionErrorInstructionError) {
        const inner = error.err();
        const at = { t: "InstructionError", i: error.index };
        if (typeof inner === "number") return { ...at, e: instructionErrors[inner] };
        if (inner instanceof litesvm.InstructionErrorCustom) return { ...at, e: "Custom", c: inner.code };
        return { ...at, e: "BorshIoError" };
    }
    if (error instanceof litesvm.TransactionErrorDuplicateInstruction) return { t: "DuplicateInstruction", i: error.index };
    if (error instanceof litesvm.TransactionErrorInsufficientFundsForRent) {
        return { t: "InsufficientFundsForRent", i: error.accountIndex };
    }
    return { t: "ProgramExecutionTemporarilyRestricted", i: error.accountIndex };
}

/// The oracle's own words, nothing derived.
function ask(world, bytes) {
    const { litesvm, svm } = world;
    const result = svm.simulateVersionedTransaction(bytes);
    const failed = result instanceof litesvm.FailedTransactionMetadata;
    const meta = result.meta();
    const returned = meta.returnData();
    const returnData = Buffer.from(returned.data());
    return {
        error: failed ? readError(litesvm, result.err()) : null,
        executed: !failed || !kNoSignature.equals(Buffer.from(meta.signature())),
        units: Number(meta.computeUnitsConsumed()),
        logs: meta.logs(),
        returned: returnData.length ? { p: toBase58(returned.programId()), d: returnData.toString("base64") } : null,
        inner: innerInstructions(meta),
        post: failed ? [] : result.postAccounts().map((entry) => {
            const account = entry.account();
            return { key: Key.of(Buffer.from(entry.address)), lamports: account.lamports(), owner: Key.of(Buffer.from(account.owner())),
                executable: account.executable(), data: Buffer.from(account.data()) };
        }),
    };
}

function innerInstructions(meta) {
    const groups = meta.innerInstructions().map((group) => group.map((call) => {
        const instruction = call.instruction();
        return { p: instruction.programIdIndex(), a: [...instruction.accounts()],
            d: Buffer.from(instruction.data()).toString("base64"), h: call.stackHeight() };
    }));
    while (groups.length && groups.at(-1).length === 0) groups.pop();
    return groups;
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function hasChanged(before, after) {
    if (!before) return after.lamports !== 0n;
    if (after.lamports === 0n) return true;
    return before.lamports !== after.lamports || before.owner !== after.owner ||
        before.executable !== after.executable || !before.data.equals(after.data);
}

function postJson({ key, lamports, owner, executable, data }) {
    if (lamports === 0n) return `{"k":"${key.base58}","l":"0"}`;
    const body = data.length > 20_000
        ? `"dh":{"len":${data.length},"sha256":"${createHash("sha256").update(data).digest("hex")}"}`
        : `"d":${plainSegments(data)}`;
    return `{"k":"${key.base58}","l":"${lamports}","o":"${owner.base58}","x":${executable ? 1 : 0},${body}}`;
}

/// The accounts after a transaction that only paid: payer, and the nonce where one was used.
function rollback(message, world, fee, usesNonce) {
    const payer = { key: message.keys[0], ...world.get(message.keys[0]) };
    payer.lamports -= fee;
    if (!usesNonce) return fee === 0n ? [] : [payer];
    const key = message.keys[message.instructions[0].accounts[0]];
    const nonce = key === payer.key ? payer : { key, ...world.get(key) };
    nonce.data = advanced(nonce.data, message.blockhash);
    return nonce === payer ? [payer] : [payer, nonce];
}

function advanced(data, blockhash) {
    const copy = Buffer.from(data);
    copy.writeUInt32LE(1, 0);
    createHash("sha256").update("DURABLE_NONCE").update(blockhash).digest().copy(copy, 40);
    copy.writeBigUInt64LE(5000n, 72);
    return copy.subarray(0, Math.max(kNonceSize, copy.length));
}

/// Agave's verdict on the accounts' rent, where the oracle let them pass.
function rentError(message, keys, world, fee, post) {
    const after = new Map(post.map((entry) => [entry.key, entry]));
    for (const [index, key] of keys.entries()) {
        const account = after.get(key);
        if (!account || key === ids.incinerator) continue;
        const known = world.get(key);
        const before = { lamports: (known?.lamports ?? 0n) - (index === 0 ? fee : 0n), size: known?.data.length ?? 0 };
        if (!mayEndSo(before, { lamports: account.lamports, size: account.data.length })) {
            return { t: "InsufficientFundsForRent", i: index };
        }
    }
    return null;
}

const beforeFee = new Set(["SanitizeFailure", "AccountLoadedTwice", "TooManyAccountLocks", "BlockhashNotFound",
    "SignatureFailure", "AddressLookupTableNotFound", "InvalidAddressLookupTableOwner", "InvalidAddressLookupTableData",
    "InvalidAddressLookupTableIndex", "DuplicateInstruction", "InvalidLoadedAccountsDataSizeLimit", "InstructionError"]);
const afterSanitization = new Set(["AccountLoadedTwice", "TooManyAccountLocks", "BlockhashNotFound",
    "AddressLookupTableNotFound", "InvalidAddressLookupTableOwner", "InvalidAddressLookupTableData",
    "InvalidAddressLookupTableIndex"]);
const payerClass = new Set(["AccountNotFound", "InvalidAccountForFee", "InsufficientFundsForFee", "InsufficientFundsForRent"]);

/// {error, committed, derived} for a transaction that the oracle did not execute, or that Agave
/// would not have loaded; null if its execution counts. Throws SetAside where neither can be said.
function settleLoading(said, message, keys, world, limits, fee, size) {
    // limit_instruction_accounts, which both feature sets have, belongs to the bank's sanitization
    // (runtime-transaction/src/runtime_transaction/sdk_transactions.rs), and the oracle has its own.
    if (message.instructions.some(({ accounts }) => accounts.length > kMaxAccounts)) {
        const agreed = said.error?.t === "SanitizeFailure";
        return { error: { t: "SanitizeFailure" }, committed: "none", derived: agreed ? [] : ["instruction_accounts"] };
    }
    if (!said.executed && beforeFee.has(said.error.t)) {
        if (limits.error && afterSanitization.has(said.error.t)) {
            return { error: limits.error, committed: "none", derived: ["compute_budget_first"] };
        }
        const wrong = said.error.t === "BlockhashNotFound" ? limitsError(limits) : null;
        if (wrong) return { error: wrong, committed: "none", derived: ["compute_budget_first"] };
        return { error: said.error, committed: "none", derived: [] };
    }
    const payer = payerError(world.get(message.keys[0]), fee);
    const error = payer ?? loadError(message, size, limits, world);
    if (!error) {
        if (said.executed) return null;
        throw new SetAside(hasUnmarkedProgram(message, world) ? "unmarked program" : `not explained: ${said.error.t}`);
    }
    const committed = payer ? "none" : "fees";
    if (said.executed) {
        if (!allowedOverExecution(error)) throw new SetAside(`not explained: executed in spite of ${error.t}`);
        return { error, committed, derived: [ruleOf(error)] };
    }
    const agreed = same(error, said.error);
    if (!agreed && !allowedOver(error, said.error)) {
        throw new SetAside(`not explained: ${said.error.t} in place of ${error.t}`);
    }
    return { error, committed, derived: [...(agreed ? [] : [ruleOf(error)]), ...(payer ? [] : ["fees_only"])] };
}

const rules = { MaxLoadedAccountsDataSizeExceeded: "loaded_size", ProgramAccountNotFound: "program_account_not_found",
    InvalidProgramForExecution: "invalid_program" };
const ruleOf = (error) => rules[error.t] ?? "load_order";

const allowedOverExecution = (error) => error.t === "MaxLoadedAccountsDataSizeExceeded" || error.t === "ProgramAccountNotFound";

function allowedOver(error, said) {
    if (allowedOverExecution(error)) return !payerClass.has(said.t);
    // The payer comes first; the oracle counts lookup tables before it.
    return payerClass.has(error.t) && said.t === "MaxLoadedAccountsDataSizeExceeded";
}

export class SetAside extends Error {}

function settleExecution(said, message, keys, world, fee) {
    const derived = [];
    let error = said.error;
    if (!error) {
        // The oracle takes the payer's balance before the fee for what it had.
        error = rentError(message, keys, world, fee, said.post);
        if (error && error.i !== 0) throw new SetAside("not explained: rent");
        if (error) derived.push("payer_rent");
    }
    return { error, committed: error ? "fees" : "all", derived };
}

/// {json, said, outcome}: the vector as one line, the oracle's answer, and what is expected.
export function makeVector(world, scenario) {
    const message = compile(scenario);
    const bytes = transactionBytes(message, scenario);
    const keys = accountKeys(message, (key) => world.get(key)?.data);
    world.svm.setSigverify(scenario.sigverify);
    const said = ask(world, bytes);
    const limits = requestedLimits(message);
    const fee = limits.error ? 0n : feeOf(message, limits, world.features);
    const size = loadedSize(message, keys, world, (b) => Key.of(b));
    const loading = settleLoading(said, message, keys, world, limits, fee, size);
    const outcome = loading ?? settleExecution(said, message, keys, world, fee);
    const usesNonce = !message.blockhash.equals(world.latest);
    let post = [];
    if (outcome.committed === "all") post = said.post.filter((entry) => hasChanged(world.get(entry.key), entry));
    if (outcome.committed === "fees") {
        post = rollback(message, world, fee, usesNonce);
        if (usesNonce) outcome.derived.push("nonce_rollback");
    }
    const shown = loading ? { ...said, units: 0, logs: [], returned: null, inner: [] } : said;
    // The program runtime sees the latest blockhash; the oracle shows it the message's.
    const blockhash = toBase58(loading?.committed === "none" ? world.latest : message.blockhash);
    const { slot, epoch, unix } = world.clock;
    const json = `{"name":${JSON.stringify(scenario.name)},"family":"${scenario.family}","seed":"${scenario.seed}",` +
        `"fs":"${world.features}","sigverify":${scenario.sigverify ? 1 : 0},` +
        `"env":{"blockhash":"${blockhash}","latest_blockhash":"${toBase58(world.latest)}","lamports_per_signature":5000,` +
        `"slot":"${slot}","epoch":"${epoch}","unix":"${unix}"},"sysvars":[${world.sysvarsJson}],` +
        `"accounts":[${listAccounts(message, keys, world)}],"tx":"${bytes.toString("base64")}",` +
        `"v":${message.version === 0 ? 0 : '"legacy"'},"expect":{"committed":"${outcome.committed}",` +
        `"err":${JSON.stringify(outcome.error)},"cu":${shown.units},"fee":"${fee}","logs":${JSON.stringify(shown.logs)},` +
        `"ret":${JSON.stringify(shown.returned)},"inner":${JSON.stringify(shown.inner)},"post":[${post.map(postJson).join(",")}],` +
        `"loaded_size":${size}${outcome.derived.length ? `,"derived":${JSON.stringify(outcome.derived)}` : ""}}}`;
    return { json, said: shown, outcome, message, keys, size, fee };
}

const sysvarKeys = new Set([ids.clock, ids.epochRewards, ids.epochSchedule, ids.fees, ids.lastRestartSlot,
    ids.recentBlockhashes, ids.rent, ids.slotHashes, ids.stakeHistory, ids.instructions]);

function listAccounts(message, keys, world) {
    const listed = new Map();
    const add = (key) => {
        if (sysvarKeys.has(key) || listed.has(key)) return;
        const account = world.get(key);
        if (!account) return;
        listed.set(key, world.accountJson(key, account));
        if (account.owner === ids.loader3 && account.data.length >= 36 && account.data.readUInt32LE(0) === 2) {
            add(Key.of(account.data.subarray(4, 36)));
        }
    };
    for (const key of keys) add(key);
    for (const lookup of message.lookups) add(lookup.key);
    return [...listed.values()].join(",");
}

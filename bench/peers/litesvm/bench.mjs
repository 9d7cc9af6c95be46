// SPDX-License-Identifier: Apache-2.0
// The work of bench/transfer_bench.cpp done by litesvm: same parties, same messages, one line a row.
//
// Calls the addon's own class with ready wire bytes, as the public one does after encoding them, so
// that no JavaScript but the loop is timed. What crossing into the addon costs is a row of its own.
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { Account, FailedTransactionMetadata, FeatureSet, LiteSvm } = require("litesvm/dist/internal.js");

const kTransactions = 512;
const kPlenty = 1_000_000_000_000_000n;
const kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

const digest = (name) => createHash("sha256").update(name).digest();

function base58(text) {
    let number = 0n;
    for (const c of text) number = number * 58n + BigInt(kAlphabet.indexOf(c));
    return Buffer.from(number.toString(16).padStart(64, "0"), "hex");
}

const kSystemProgram = Buffer.alloc(32);
const kTokenProgram = base58("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
const kLoader = base58("BPFLoader2111111111111111111111111111111111");

function party(name) {
    const seed = digest(`fathom bench ${name}`);
    const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
    const secret = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
    const key = createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32);
    return { secret, key, tokenAccount: digest(`fathom bench token account of ${name}`) };
}

const u64 = (value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
};

// Legacy messages; every count is below 128, so one byte.
function solTransfer(from, to, amount, blockhash) {
    const data = Buffer.concat([Buffer.from([2, 0, 0, 0]), u64(amount)]);
    return Buffer.concat([Buffer.from([1, 0, 1, 3]), from.key, to.key, kSystemProgram, blockhash,
        Buffer.from([1, 2, 2, 0, 1, data.length]), data]);
}

function tokenTransfer(from, to, amount, blockhash) {
    const data = Buffer.concat([Buffer.from([3]), u64(amount)]);
    return Buffer.concat([Buffer.from([1, 0, 1, 4]), from.key, from.tokenAccount, to.tokenAccount,
        kTokenProgram, blockhash, Buffer.from([1, 3, 3, 1, 2, 0, data.length]), data]);
}

function makeTransactions(parties, make, blockhash) {
    const transactions = [];
    for (let i = 0; i < kTransactions; ++i) {
        const [from, to] = i % 2 === 0 ? parties : [parties[1], parties[0]];
        const message = make(from, to, 1 + Math.floor(i / 2), blockhash);
        transactions.push(new Uint8Array(
            Buffer.concat([Buffer.from([1]), sign(null, message, from.secret), message])));
    }
    return transactions;
}

// As `new LiteSVM()` is built, but with every feature on.
function makeSvm() {
    const svm = LiteSvm.default();
    svm.setFeatureSet(FeatureSet.allEnabled());
    svm.setBuiltins();
    svm.setSysvars();
    svm.setPrecompiles();
    svm.setBlockhashCheck(true);
    svm.setTransactionHistory(0n); // or the second pass would be refused as already processed
    return svm;
}

function addTokenProgram(svm, parties, elf) {
    svm.addProgramWithLoader(kTokenProgram, elf, kLoader);
    for (const { key, tokenAccount } of parties) {
        const data = Buffer.alloc(165);
        digest("fathom bench mint").copy(data, 0);
        Buffer.from(key).copy(data, 32);
        data.writeBigUInt64LE(kPlenty, 64);
        data[108] = 1;
        svm.setAccount(tokenAccount, new Account(2_039_280n, data, kTokenProgram, false, 0n));
    }
}

function timed(count, step) {
    const cpuBefore = process.cpuUsage();
    const before = process.hrtime.bigint();
    for (let i = 0; i < count; ++i) step(i);
    const us = Number(process.hrtime.bigint() - before) / 1000;
    const cpu = process.cpuUsage(cpuBefore);
    return `iterations=${count} us=${(us / count).toFixed(3)} cpu_us=${((cpu.user + cpu.system) / count).toFixed(3)}`;
}

function row(name, svm, transactions, sigverify, iterations) {
    svm.setSigverify(sigverify);
    let last;
    const step = (i) => {
        last = svm.sendLegacyTransaction(transactions[i % kTransactions]);
        if (last instanceof FailedTransactionMetadata) throw new Error(`a transaction failed: ${last}`);
    };
    for (let i = 0; i < 2 * kTransactions; ++i) step(i);
    const numbers = timed(iterations, step);
    console.log(`litesvm case=${name} sigverify=${Number(sigverify)} batch=1 engine=jit ${numbers} units=${last.computeUnitsConsumed()}`);
}

// Crossing into the addon and back: 32 bytes in and null out; nothing in and a wrapped object out.
function callRows(svm, iterations) {
    const nobody = digest("fathom bench nobody");
    for (let i = 0; i < 20000; ++i) { svm.getBalance(nobody); svm.getRent(); }
    console.log(`litesvm case=addon_call_bytes_to_null ${timed(iterations, () => svm.getBalance(nobody))}`);
    console.log(`litesvm case=addon_call_to_object ${timed(iterations, () => svm.getRent())}`);
}

const [iterations, tokenElf] = [Number(process.argv[2] ?? 10000), process.argv[3]];
const svm = makeSvm();
const parties = [party("alice"), party("bob")];
for (const { key } of parties) svm.setAccount(key, new Account(kPlenty, Buffer.alloc(0), kSystemProgram, false, 0n));
const blockhash = base58(svm.latestBlockhash());
callRows(svm, iterations * 10);
const sol = makeTransactions(parties, solTransfer, blockhash);
row("sol_transfer", svm, sol, false, iterations);
row("sol_transfer", svm, sol, true, iterations);
if (tokenElf) {
    addTokenProgram(svm, parties, readFileSync(tokenElf));
    const token = makeTransactions(parties, tokenTransfer, blockhash);
    row("token_transfer", svm, token, false, iterations);
    row("token_transfer", svm, token, true, iterations);
}

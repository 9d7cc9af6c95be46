// SPDX-License-Identifier: Apache-2.0
// litesvm on the transactions of a block that `fathom block --export` wrote, one by one, on one core.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { Account, FailedTransactionMetadata, FeatureSet, LiteSvm } = require("litesvm/dist/internal.js");

const file = readFileSync(process.argv[2]);
let at = 0;
const take = (size) => file.subarray(at, (at += size));
const u32 = () => take(4).readUInt32LE();
const u64 = () => take(8).readBigUInt64LE();

function makeSvm(accounts) {
    const svm = LiteSvm.default();
    svm.setFeatureSet(FeatureSet.allEnabled());
    svm.setBuiltins();
    svm.setSysvars();
    svm.setPrecompiles();
    svm.setBlockhashCheck(false);
    svm.setSigverify(false);
    svm.setTransactionHistory(0n);
    for (const { key, lamports, owner, executable, data } of accounts) {
        if (executable) svm.addProgramWithLoader(key, data, owner);
        else svm.setAccount(key, new Account(lamports, data, owner, false, 0n));
    }
    return svm;
}

const accounts = [];
for (let count = u32(); count > 0; --count) {
    const [key, lamports, owner] = [take(32), u64(), take(32)];
    const executable = take(1)[0] === 1;
    accounts.push({ key, lamports, owner, executable, data: take(u32()) });
}
const transactions = [];
for (let count = u32(); count > 0; --count) transactions.push(new Uint8Array(take(u32())));

// Twice on fresh states: the first pass warms everything up.
let best = Infinity;
for (let pass = 0; pass < 3; ++pass) {
    const svm = makeSvm(accounts);
    let failed = 0;
    const before = process.hrtime.bigint();
    for (const transaction of transactions) {
        if (svm.sendLegacyTransaction(transaction) instanceof FailedTransactionMetadata) ++failed;
    }
    const ms = Number(process.hrtime.bigint() - before) / 1e6;
    if (pass > 0) best = Math.min(best, ms);
    if (failed > 0) console.log(`# ${failed} of ${transactions.length} failed`);
}
console.log(`litesvm ${best.toFixed(2)} ms for ${transactions.length} transactions, ${(transactions.length / best * 1000).toFixed(0)} transactions/s`);

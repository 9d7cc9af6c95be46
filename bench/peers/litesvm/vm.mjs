// SPDX-License-Identifier: Apache-2.0
// The transactions of the VM benchmark executed by litesvm: rows.json in, one JSON object a line
// out, as vm_bench prints them.
//
// Calls the addon's own class with ready wire bytes, as the public one does after encoding them, so
// that no JavaScript but the loop is timed. What crossing into the addon costs is a row of its own.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { Account, Clock, FailedTransactionMetadata, FeatureSet, LiteSvm } = require("litesvm/dist/internal.js");

const bytes = (hex) => new Uint8Array(Buffer.from(hex, "hex"));

// As `new LiteSVM()` is built, but with every feature on and nothing checked that is not execution.
function makeSvm(work) {
    const svm = LiteSvm.default();
    svm.setFeatureSet(FeatureSet.allEnabled());
    svm.setBuiltins();
    svm.setSysvars();
    svm.setPrecompiles();
    svm.setClock(new Clock(1000n, 0n, 0n, 0n, 1700000000n)); // as in the World of bench/world.cpp
    svm.setSigverify(false);
    svm.setBlockhashCheck(false);
    svm.setTransactionHistory(0n); // or the second pass would be refused as already processed
    for (const payer of work.payers) {
        svm.setAccount(bytes(payer), new Account(BigInt(work.lamports), bytes(""), new Uint8Array(32), false, 18446744073709551615n));
    }
    return svm;
}

// Nanoseconds of one step: the best of several batches of a few milliseconds.
function bestNanoseconds(step) {
    const run = (count) => {
        const before = process.hrtime.bigint();
        for (let i = 0; i < count; ++i) step();
        return Number(process.hrtime.bigint() - before);
    };
    let count = 1;
    while (run(count) < 2e6 && count < 1000000) count *= 2;
    let best = run(count);
    for (let i = 1; i < 12; ++i) best = Math.min(best, run(count));
    return best / count;
}

function print(row, ns, units) {
    const { group, version, passes } = row;
    console.log(JSON.stringify({ side: "litesvm", engine: "jit", group, row: row.row, version, passes, ns, units, checksum: "0" }));
}

function measure(work, row) {
    const svm = makeSvm(work);
    svm.setSigverify(row.verified);
    for (const { id, elf } of row.programs) svm.addProgramWithLoader(bytes(id), readFileSync(elf), bytes(work.loader));
    for (const { key, lamports, owner, data } of row.accounts) {
        svm.setAccount(bytes(key), new Account(BigInt(lamports), bytes(data), bytes(owner), false, 18446744073709551615n));
    }
    const transactions = row.transactions.map(bytes);
    let [next, units] = [0, 0n];
    const step = () => {
        const result = svm.sendLegacyTransaction(transactions[next]);
        next = next + 1 === transactions.length ? 0 : next + 1;
        if (result instanceof FailedTransactionMetadata) throw new Error(`${row.row}: a transaction failed: ${result}`);
        return result;
    };
    for (let i = 0; i < transactions.length; ++i) units += step().computeUnitsConsumed();
    print(row, bestNanoseconds(step), Number(units));
}

const work = JSON.parse(readFileSync(`${process.argv[2]}/rows.json`, "utf8"));
const svm = makeSvm(work);
print({ group: "addon", row: "object out", version: "", passes: 0 }, bestNanoseconds(() => svm.getRent()), 0);
for (const row of work.rows) measure(work, row);

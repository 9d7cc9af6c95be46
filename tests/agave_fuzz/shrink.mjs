// SPDX-License-Identifier: Apache-2.0
// Makes a difference small, and says where it begins.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { toBase58 } from "./bytes.mjs";
import { ids } from "./keys.mjs";
import { makeVector, SetAside } from "./oracle.mjs";

const kTries = 400;

/// What differs, without the numbers and keys in it.
export const kindOf = (differences) =>
    [...new Set(differences.map(({ field }) => field.replace(/[0-9A-Za-z]{32,}|\d+/g, "*")))].join(" ");

/// What a smaller case must still show: the same field, and the same errors in it.
const essence = ([first]) => (first.field === "err" ? `${first.expected} ${first.actual}`.replace(/\d+/g, "*") : first.field.replace(/[0-9A-Za-z]{32,}|\d+/g, "*"));

const copy = (scenario) => Object.assign(Object.create(Object.getPrototypeOf(scenario)), scenario, {
    instructions: scenario.instructions.map((ix) => ({ ...ix, accounts: ix.accounts.map((meta) => ({ ...meta })) })),
    accounts: new Map(scenario.accounts), tables: [...scenario.tables], edits: [...scenario.edits] });

/// Every scenario that is one step smaller, biggest steps first.
function* smaller(scenario) {
    const edited = (change) => {
        const next = copy(scenario);
        change(next);
        return next;
    };
    for (let i = scenario.instructions.length - 1; i >= 0 && scenario.instructions.length > 1; --i) {
        yield edited((next) => next.instructions.splice(i, 1));
    }
    if (scenario.edits.length) yield edited((next) => next.edits.pop());
    if (scenario.version === 0) yield edited((next) => Object.assign(next, { version: "legacy", tables: [] }));
    for (const key of scenario.accounts.keys()) yield edited((next) => next.accounts.delete(key));
    for (const [i, ix] of scenario.instructions.entries()) {
        for (let j = ix.accounts.length - 1; j >= 0; --j) yield edited((next) => next.instructions[i].accounts.splice(j, 1));
        for (const keep of [0, ix.data.length >> 1, ix.data.length - 8, ix.data.length - 1]) {
            if (keep >= 0 && keep < ix.data.length) yield edited((next) => { next.instructions[i].data = ix.data.subarray(0, keep); });
        }
    }
    for (const [key, value] of scenario.accounts) {
        for (const keep of [0, value.data.length >> 1, value.data.length - 1]) {
            if (keep >= 0 && keep < value.data.length) yield edited((next) => next.accounts.set(key, { ...value, data: value.data.subarray(0, keep) }));
        }
        if (value.lamports > 10_000_000_000n) yield edited((next) => next.accounts.set(key, { ...value, lamports: 10_000_000_000n }));
    }
    for (const [i, ix] of scenario.instructions.entries()) {
        for (let at = 0; at + 8 <= ix.data.length && at < 256; at += 8) {
            if (ix.data.subarray(at, at + 8).every((byte) => byte === 0)) continue;
            yield edited((next) => {
                next.instructions[i].data = Buffer.from(ix.data);
                next.instructions[i].data.fill(0, at, at + 8);
            });
        }
    }
}

class Shrinker {
    constructor(run, world, compare, file) {
        Object.assign(this, { run, world, compare, file, tries: 0 });
    }

    /// The differences of a scenario, and its vector; none if the oracle cannot say.
    async differences(scenario) {
        ++this.tries;
        try {
            this.world.enter(scenario.accounts);
            const { json } = makeVector(this.world, scenario);
            writeFileSync(this.file, `${json}\n`);
            const report = await this.compare(this.file);
            return [report.failures[0]?.differences ?? [], json];
        } catch (error) {
            if (error instanceof SetAside || error instanceof RangeError || error instanceof TypeError) return [[], ""];
            throw error;
        }
    }

    async smallest(scenario, kind) {
        let best = scenario;
        for (let found = true; found && this.tries < kTries;) {
            found = false;
            for (const candidate of smaller(best)) {
                if (this.tries >= kTries) break;
                const [differences] = await this.differences(candidate);
                if (!differences.length || essence(differences) !== kind) continue;
                [best, found] = [candidate, true];
                break;
            }
        }
        return best;
    }

    /// The first instruction without which there is no difference.
    async firstDiverging(scenario) {
        for (let count = 1; count <= scenario.instructions.length; ++count) {
            const prefix = copy(scenario);
            prefix.instructions.length = count;
            const [differences] = await this.differences(prefix);
            if (differences.length) return count - 1;
        }
        return -1;
    }
}

const text = ({ program, accounts, data }) => `${Object.entries(ids).find(([, key]) => key === program)?.[0] ?? program.base58}` +
    `(${accounts.slice(0, 12).map(({ key, signer, writable }) => `${key.base58.slice(0, 6)}${signer ? "s" : ""}${writable ? "w" : ""}`).join(" ")}${accounts.length > 12 ? ` and ${accounts.length - 12} more` : ""}) ` +
    data.toString("hex").slice(0, 160);

export async function shrink(run, failure, compare) {
    const index = Number(failure.name.match(/(\d+)(?!.*\d)/)[0]);
    const [world, scenario] = run.generator.make(index);
    const file = join(run.folder, `difference-${failure.name.replace("/", "-")}.jsonl`);
    const shrinker = new Shrinker(run, world, compare, file);
    const [whole] = await shrinker.differences(copy(scenario));
    if (!whole.length) {
        console.log(`${failure.name}: no difference any more`);
        return;
    }
    const first = await shrinker.firstDiverging(scenario);
    const best = await shrinker.smallest(copy(scenario), essence(whole));
    const [differences] = await shrinker.differences(best);
    console.log(`${failure.name}, feature set ${world.features}, blockhash ${toBase58(best.blockhash).slice(0, 8)}`);
    if (first >= 0) console.log(`  first diverging instruction: ${first} of ${scenario.instructions.length}: ${text(scenario.instructions[first])}`);
    else console.log("  no instruction alone: the transaction as a whole");
    console.log(`  shrunk to ${best.instructions.length} instructions and ${best.accounts.size} accounts:`);
    for (const ix of best.instructions) console.log(`    ${text(ix)}`);
    for (const { field, expected, actual } of differences.slice(0, 8)) console.log(`  ${field}: agave ${expected.slice(0, 300)} | fathom ${actual.slice(0, 300)}`);
    console.log(`  reproduce: fathom conformance --show '*' ${failure.engine ? `--engine ${failure.engine} ` : ""}${file}`);
}

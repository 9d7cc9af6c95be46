// SPDX-License-Identifier: Apache-2.0
// Random transactions through litesvm and through Fathom, and what differs.
//   node main.mjs --fathom BINARY --modules NODE_MODULES --out FOLDER [--count N] [--seed S]
//                 [--families A,B] [--only NAME] [--print] [--chunk N] [--engine E]
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Generator } from "./generator.mjs";
import { makeVector, SetAside } from "./oracle.mjs";
import { loadLitesvm, World } from "./world.mjs";
import { kindOf, shrink } from "./shrink.mjs";
import { errorName, reportVariants } from "./variants.mjs";

const kShrunk = 12;

const { values: options } = parseArgs({ options: {
    fathom: { type: "string" }, modules: { type: "string" }, out: { type: "string" },
    count: { type: "string", default: "20000" }, seed: { type: "string", default: "1" },
    families: { type: "string" }, core: { type: "string" }, only: { type: "string" }, print: { type: "boolean" },
    chunk: { type: "string", default: "2048" }, engine: { type: "string" },
} });

const kEngines = ["interpreter", "jit", "tiered"];

/// The report of `fathom conformance --json` on a file.
function compare(file, engine) {
    return new Promise((resolve, reject) => {
        const child = spawn(options.fathom, ["conformance", "--json", "--threads", "1", "--engine", engine, file],
            { stdio: ["ignore", "pipe", "pipe"] });
        let [output, complaints] = ["", ""];
        child.stdout.on("data", (piece) => { output += piece; });
        child.stderr.on("data", (piece) => { complaints += piece; });
        child.on("error", reject);
        child.on("close", (status) => {
            if (status === 0 || status === 1) resolve(JSON.parse(output));
            else reject(new Error(`fathom ended with ${status} on ${file}: ${complaints.slice(-2000)}`));
        });
    });
}

class Run {
    constructor() {
        this.folder = options.out;
        mkdirSync(this.folder, { recursive: true });
        const litesvm = loadLitesvm(options.modules);
        writeFileSync(join(this.folder, "features.json"), JSON.stringify(World.featureSets(litesvm)));
        this.generator = new Generator(litesvm, { seed: options.seed, folder: this.folder,
            fathom: options.fathom, coreElfs: options.core, chosen: options.families?.split(",") });
        this.count = Number(options.count);
        this.errors = new Map();
        this.aside = new Map();
        this.derived = new Map();
        this.families = new Map();
        this.failures = [];
        this.compared = 0;
        this.started = Date.now();
    }

    note(scenario, { outcome }) {
        const bump = (map, name) => map.set(name, (map.get(name) ?? 0) + 1);
        bump(this.errors, errorName(outcome.error));
        for (const rule of outcome.derived) bump(this.derived, rule);
        const family = this.families.get(scenario.family) ?? { ok: 0, failed: 0, different: 0 };
        ++family[outcome.error ? "failed" : "ok"];
        this.families.set(scenario.family, family);
    }

    /// One vector's line, or nothing if the case was set aside.
    line(index) {
        const [world, scenario] = this.generator.make(index);
        try {
            const vector = makeVector(world, scenario);
            this.note(scenario, vector);
            return vector.json;
        } catch (error) {
            if (!(error instanceof SetAside)) {
                error.message = `${scenario.name}: ${error.message}`;
                throw error;
            }
            this.aside.set(error.message, [...(this.aside.get(error.message) ?? []), scenario.name]);
            return null;
        }
    }

    async settle(pending) {
        if (!pending) return;
        const [report, file, engine] = await pending;
        this.compared += report.passed + report.failed;
        for (const failure of report.failures) {
            this.failures.push({ ...failure, engine });
            ++this.families.get(failure.name.split("/")[0]).different;
        }
        rmSync(file);
    }

    async all() {
        const size = Number(options.chunk);
        let pending;
        for (let first = 0; first < this.count; first += size) {
            const lines = [];
            for (let i = first; i < Math.min(first + size, this.count); ++i) {
                const line = this.line(i);
                if (line) lines.push(line);
            }
            const file = join(this.folder, `chunk-${first}.jsonl`);
            writeFileSync(file, lines.join("\n") + "\n");
            await this.settle(pending);
            // Each engine in turn, unless one was asked for.
            const engine = options.engine ?? kEngines[(first / size) % kEngines.length];
            pending = compare(file, engine).then((report) => [report, file, engine]);
            this.progress(Math.min(first + size, this.count));
        }
        await this.settle(pending);
    }

    progress(done) {
        const seconds = (Date.now() - this.started) / 1000;
        process.stderr.write(`${done} of ${this.count}, ${Math.round(done / seconds)} a second, ` +
            `${this.failures.length} differences, ${[...this.aside.values()].flat().length} set aside\n`);
    }

    async explain() {
        const seen = new Map();
        for (const failure of this.failures) {
            const kind = `${failure.name.split("/")[0]}: ${kindOf(failure.differences)}`;
            seen.set(kind, [...(seen.get(kind) ?? []), failure]);
        }
        for (const [kind, list] of [...seen].slice(0, kShrunk)) {
            console.log(`\n${list.length} × ${kind}`);
            await shrink(this, list[0], (file) => compare(file, list[0].engine));
        }
        if (seen.size > kShrunk) console.log(`\n${seen.size - kShrunk} more kinds of differences are not shown`);
    }

    summary() {
        console.log(`\n${"family".padEnd(18)} ${"succeed".padStart(8)} ${"fail".padStart(8)} ${"differ".padStart(8)}`);
        for (const [name, { ok, failed, different }] of [...this.families].sort()) {
            console.log(`${name.padEnd(18)} ${String(ok).padStart(8)} ${String(failed).padStart(8)} ${String(different).padStart(8)}`);
        }
        console.log(`\nrules applied: ${[...this.derived].sort().map(([rule, n]) => `${rule} ${n}`).join(", ")}`);
        let unexplained = 0;
        for (const [reason, list] of this.aside) {
            console.log(`set aside: ${list.length} × ${reason} (${list.slice(0, 3).join(", ")})`);
            if (reason.startsWith("not explained")) unexplained += list.length;
        }
        reportVariants(this.errors);
        console.log(`\nagave: ${this.compared} transactions compared, ${this.failures.length} differences, seed ${options.seed}, ` +
            `${Math.round((Date.now() - this.started) / 1000)} s`);
        return this.failures.length + unexplained;
    }
}

const run = new Run();
if (options.only) {
    const [world, scenario] = run.generator.make(Number(options.only.match(/(\d+)(?!.*\d)/)[0]));
    const vector = makeVector(world, scenario);
    if (options.print) console.log(vector.json);
    else await shrink(run, { name: scenario.name, differences: [] }, (file) => compare(file, options.engine ?? kEngines[0]));
} else {
    await run.all();
    await run.explain();
    process.exitCode = run.summary() === 0 ? 0 : 1;
}

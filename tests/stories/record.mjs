// SPDX-License-Identifier: Apache-2.0
// Tells the life of a program of 900 KB to npm litesvm (Agave's crates) and writes down what each
// step did, for program_life_test.cpp.
//   node tests/stories/record.mjs FATHOM MODULES > tests/stories/program_life.json
// FATHOM: the command line, which assembles the programs. MODULES: a node_modules with litesvm 1.5.0.
import { execFileSync } from "node:child_process";
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [fathom, modules] = process.argv.slice(2);
if (!modules) throw new Error("usage: record.mjs FATHOM MODULES");
const require = createRequire(join(modules, "any.js"));
const { LiteSvm, Account, FailedTransactionMetadata } = require("litesvm/dist/internal.js");
const { getBase58Codec, getProgramDerivedAddress } = require("@solana/kit");

const base58 = getBase58Codec();
const fromBase58 = (text) => Buffer.from(base58.encode(text));
const toBase58 = (bytes) => base58.decode(bytes);
const sha256 = (...parts) => {
    const hash = createHash("sha256");
    for (const part of parts) hash.update(part);
    return hash.digest();
};
const u32 = (value) => { const out = Buffer.alloc(4); out.writeUInt32LE(value); return out; };
const u64 = (value) => { const out = Buffer.alloc(8); out.writeBigUInt64LE(BigInt(value)); return out; };

// Keys: the seed is the SHA-256 of the name, as Keypair::from_text has it.
const kPkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");
const keys = new Map();
function keypair(name) {
    if (!keys.has(name)) {
        const secret = createPrivateKey({ key: Buffer.concat([kPkcs8, sha256(name)]), format: "der", type: "pkcs8" });
        const key = createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32);
        keys.set(name, { name, secret, key, address: toBase58(key) });
    }
    return keys.get(name);
}

const kSystem = "11111111111111111111111111111111";
const kLoader = "BPFLoaderUpgradeab1e11111111111111111111111";
const kRent = "SysvarRent111111111111111111111111111111111";
const kClock = "SysvarC1ock11111111111111111111111111111111";
const kLamports = 100_000_000_000n;
const kChunk = 1012; // what fits into a transaction of 1232 bytes beside everything else
const minimumBalance = (size) => (128 + size) * 6960;

const payer = keypair("payer"), heir = keypair("heir"), program = keypair("program");
const buffers = [keypair("first buffer"), keypair("second buffer")];
const treasury = keypair("treasury");
const [programdata] = await getProgramDerivedAddress({ programAddress: kLoader, seeds: [program.key] });

const meta = (address, flags = "") => ({ address: address.address ?? address, flags });
const instruction = (programId, accounts, ...data) => ({ program: programId, accounts, data: Buffer.concat(data) });
const create = (account, size) => instruction(kSystem, [meta(payer, "sw"), meta(account, "sw")],
    u32(0), u64(minimumBalance(size)), u64(size), fromBase58(kLoader));
const initialize = (buffer) => instruction(kLoader, [meta(buffer, "w"), meta(payer)], u32(0));
const write = (buffer, offset, bytes) =>
    instruction(kLoader, [meta(buffer, "w"), meta(payer, "s")], u32(1), u32(offset), u64(bytes.length), bytes);
const deploy = (buffer, length) => instruction(kLoader, [meta(payer, "sw"), meta(programdata, "w"), meta(program, "w"),
    meta(buffer, "w"), meta(kRent), meta(kClock), meta(kSystem), meta(payer, "s")], u32(2), u64(length));
const upgrade = (buffer, authority) => instruction(kLoader, [meta(programdata, "w"), meta(program, "w"), meta(buffer, "w"),
    meta(payer, "w"), meta(kRent), meta(kClock), meta(authority, "s")], u32(3));
const setAuthority = (from, to) => instruction(kLoader, [meta(programdata, "w"), meta(from, "s"), meta(to)], u32(4));
const close = (authority) => instruction(kLoader,
    [meta(programdata, "w"), meta(treasury, "w"), meta(authority, "s"), meta(program, "w")], u32(5));
const extend = (bytes) => instruction(kLoader,
    [meta(programdata, "w"), meta(program, "w"), meta(kSystem), meta(payer, "sw")], u32(6), u32(bytes));
const call = () => instruction(program.address, []);

function transaction(instructions, signers, blockhash) {
    const accounts = new Map([[payer.address, { s: true, w: true }]]);
    for (const { address, flags } of instructions.flatMap((one) => [...one.accounts, meta(one.program)])) {
        const known = accounts.get(address) ?? { s: false, w: false };
        accounts.set(address, { s: known.s || flags.includes("s"), w: known.w || flags.includes("w") });
    }
    const ordered = [[true, true], [true, false], [false, true], [false, false]].map(([s, w]) =>
        [...accounts].filter(([, has]) => has.s === s && has.w === w).map(([address]) => address));
    const addresses = ordered.flat();
    const index = (address) => addresses.indexOf(address);
    const length = (n) => Buffer.from(n < 128 ? [n] : [(n & 127) | 128, n >> 7]);
    const message = Buffer.concat([
        Buffer.from([ordered[0].length + ordered[1].length, ordered[1].length, ordered[3].length]),
        length(addresses.length), ...addresses.map(fromBase58), fromBase58(blockhash), length(instructions.length),
        ...instructions.flatMap((one) => [Buffer.from([index(one.program)]), length(one.accounts.length),
            Buffer.from(one.accounts.map(({ address }) => index(address))), length(one.data.length), one.data]),
    ]);
    const signatures = [...ordered[0], ...ordered[1]].map((address) =>
        sign(null, message, [payer, ...signers].find((signer) => signer.address === address).secret));
    return Buffer.concat([length(signatures.length), ...signatures, message]);
}

const svm = new LiteSvm();
svm.setSigverify(true);
svm.setBlockhashCheck(true);
svm.setAccount(payer.key, new Account(kLamports, Buffer.alloc(0), fromBase58(kSystem), false, 2n ** 64n - 1n));

/// Everything that a bank keeps of an account but its rent epoch.
function accountHash(address) {
    const account = svm.getAccount(fromBase58(address));
    if (!account || account.lamports() === 0n) return null;
    return sha256(u64(account.lamports()), account.owner(), Buffer.from([account.executable() ? 1 : 0]),
        account.data()).toString("hex");
}

function send(instructions, signers) {
    const result = svm.sendLegacyTransaction(transaction(instructions, signers, svm.latestBlockhash()));
    const failed = result instanceof FailedTransactionMetadata;
    const done = failed ? result.meta() : result;
    const error = failed ? /err: (.*?), meta: /.exec(result.toString())[1] : "ok";
    return { status: error, units: Number(done.computeUnitsConsumed()), logs: done.logs(),
        returned: Buffer.from(done.returnData().data()).toString("hex") };
}

const watched = [payer.address, heir.address, treasury.address, program.address, programdata,
    ...buffers.map((buffer) => buffer.address)];
const states = () => Object.fromEntries(watched.map((address) => [address, accountHash(address)]));
const steps = [];

function step(name, slot, instructions, ...signers) {
    svm.expireBlockhash();
    svm.warpToSlot(BigInt(slot));
    steps.push({ name, slot, signers: signers.map((signer) => signer.name),
        instructions: instructions.map((one) => ({ program: one.program,
            accounts: one.accounts.map(({ address, flags }) => [address, flags]), data: one.data.toString("hex") })),
        expect: { ...send(instructions, signers), accounts: states() } });
}

/// All transactions that fill a buffer; their outcomes as one digest.
function fill(name, slot, buffer, source, elf) {
    svm.expireBlockhash();
    svm.warpToSlot(BigInt(slot));
    const digest = createHash("sha256");
    let count = 0;
    for (let at = 0; at < elf.length; at += kChunk, ++count) {
        const { status, units, logs } = send([write(buffer, at, elf.subarray(at, at + kChunk))], []);
        digest.update([status, units, ...logs, ""].join("\n"));
    }
    steps.push({ name, slot, write: { source, buffer: buffer.address, chunk: kChunk },
        expect: { elf: sha256(elf).toString("hex"), transactions: count, outcomes: digest.digest("hex"), accounts: states() } });
}

const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "fathom-story-"));
const assemble = (source) => {
    execFileSync(fathom, ["asm", join(here, source), "-o", join(folder, "program.so")]);
    return readFileSync(join(folder, "program.so"));
};
const [first, second] = [assemble("first.s"), assemble("second.s")];
rmSync(folder, { recursive: true });

step("create a buffer", 100, [create(buffers[0], 37 + first.length), initialize(buffers[0])], buffers[0]);
fill("write the first version", 100, buffers[0], "first.s", first);
step("deploy with too little room", 101, [create(program, 36), deploy(buffers[0], first.length - 1)], program);
step("deploy", 101, [create(program, 36), deploy(buffers[0], first.length)], program);
step("call the first version", 102, [call()]);
step("create another buffer", 102, [create(buffers[1], 37 + second.length), initialize(buffers[1])], buffers[1]);
fill("write the second version", 102, buffers[1], "second.s", second);
step("upgrade without being the authority", 103, [upgrade(buffers[1], heir)], heir);
step("upgrade", 103, [upgrade(buffers[1], payer)]);
step("call the second version", 104, [call()]);
step("upgrade from a buffer that is gone", 104, [upgrade(buffers[1], payer)]);
step("extend by too little", 105, [extend(100)]);
step("extend", 105, [extend(10240)]);
step("extend in the same slot", 105, [extend(10240)]);
step("call the extended program", 106, [call()]);
step("hand over", 106, [setAuthority(payer, heir)]);
step("hand over what is not one's own", 106, [setAuthority(payer, payer)]);
step("close what is not one's own", 106, [close(payer)]);
step("close", 106, [close(heir)], heir);
step("call the closed program", 107, [call()]);

const head = { oracle: "litesvm 1.5.0", payer: payer.name, lamports: kLamports.toString(), watched };
console.log(`${JSON.stringify(head).slice(0, -1)},"steps":[`);
console.log(`${steps.map((one) => JSON.stringify(one)).join(",\n")}\n]}`);

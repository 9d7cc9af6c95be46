// SPDX-License-Identifier: Apache-2.0
// What a world has for every case: programs of our own and their addresses. The oracle keeps the
// code of every program it was ever given, so programs stay as they are for the whole run.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assembleAgent } from "./agent.mjs";
import { option, u32, u64 } from "./bytes.mjs";
import { findAddress, ids, Key } from "./keys.mjs";
import { account, minimumBalance } from "./world.mjs";

const kMetadata = 45;
const named = (text) => Key.lasting(createHash("sha256").update(`fathom fuzz ${text}`).digest());

/// A ProgramData account: tag, slot, authority, the program.
export function programData(slot, authority, elf) {
    const head = Buffer.concat([u32(3), u64(slot), option(authority, (key) => key.bytes)]);
    return Buffer.concat([head, Buffer.alloc(kMetadata - head.length), elf]);
}

/// A Buffer account: tag, authority, the program.
export const bufferData = (authority, elf) => {
    const head = Buffer.concat([u32(1), option(authority, (key) => key.bytes)]);
    return Buffer.concat([head, Buffer.alloc(37 - head.length), elf]);
};

export class Pool {
    constructor(world, { fathom, folder, coreElfs }) {
        this.world = world;
        this.elfs = {};
        for (const version of ["v0", "v3"]) this.elfs[version] = assembleAgent(fathom, folder, version);
        this.elfs.small = smallElf(fathom, folder, "v3");
        this.elfs.smallOld = smallElf(fathom, folder, "v0");
        this.agents = [this.plain("agent a", this.elfs.v0), this.plain("agent b", this.elfs.v0),
            this.upgradeable("agent c", this.elfs.v0, named("authority c")).program,
            this.upgradeable("agent d", this.elfs.v3, null).program];
        this.signers = new Map(this.agents.map((key) => [key, findAddress([Buffer.from("agent")], key)]));
        for (const [key, [address, bump]] of this.signers) this.signers.set(key, [Key.lasting(address.bytes), bump]);
        this.managed = [];
        for (let i = 0; i < 8; ++i) {
            const elf = [this.elfs.small, this.elfs.smallOld, this.elfs.v0, this.elfs.v3][i % 4];
            this.managed.push(this.upgradeable(`managed ${i}`, elf, i === 7 ? null : named(`authority ${i}`)));
        }
        this.closed = this.closedProgram("closed");
        this.addCore(coreElfs);
    }

    plain(name, elf) {
        const key = named(name);
        this.world.setLasting(key, account(minimumBalance(elf.length), ids.loader2, elf, true));
        return key;
    }

    upgradeable(name, elf, authority, key = named(name)) {
        const [found] = findAddress([key.bytes], ids.loader3);
        const data = Key.lasting(found.bytes);
        const bytes = programData(1000n, authority, elf);
        this.world.setLasting(data, account(minimumBalance(bytes.length), ids.loader3, bytes));
        this.world.setLasting(key, account(minimumBalance(36), ids.loader3, Buffer.concat([u32(2), data.bytes]), true));
        return { program: key, data, authority, elf };
    }

    closedProgram(name) {
        const key = named(name);
        const [found] = findAddress([key.bytes], ids.loader3);
        this.world.setLasting(key, account(minimumBalance(36), ids.loader3, Buffer.concat([u32(2), found.bytes]), true));
        return key;
    }

    /// Config and Feature Gate, which litesvm does not bring along, where their files are.
    addCore(folder) {
        this.core = {};
        if (!folder) return;
        const files = readdirSync(folder);
        for (const [name, key] of [["config", ids.config], ["feature_gate", ids.feature]]) {
            const file = files.find((entry) => entry.startsWith(`core_bpf_${name}`) && entry.endsWith(".so"));
            if (file) this.core[name] = this.upgradeable(name, readFileSync(join(folder, file)), null, key);
        }
    }
}

/// A program that does nothing.
function smallElf(fathom, folder, version) {
    const [text, elf] = [join(folder, "small.s"), join(folder, `small-${version}.so`)];
    writeFileSync(text, `    .version ${version}\n    .globl entrypoint\nentrypoint:\n    mov64 r0, 0\n    exit\n`);
    execFileSync(fathom, ["asm", text, "-o", elf]);
    return readFileSync(elf);
}

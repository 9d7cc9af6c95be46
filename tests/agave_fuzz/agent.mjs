// SPDX-License-Identifier: Apache-2.0
// A program that does what its instruction data says, so that generated data is a generated
// program: stores, loads and syscalls at any address, calls of other programs, exits. And the
// addresses at which such data finds the accounts.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { u16, u32, u64, u8 } from "./bytes.mjs";

export const kHeap = 0x300000000n;
export const kInput = 0x400000000n;
export const kStack = 0x200000000n;

/// The number of a syscall in the data is its place in this list.
export const syscalls = `abort sol_panic_ sol_log_ sol_log_64_ sol_log_pubkey sol_log_compute_units_ sol_log_data
    sol_memcpy_ sol_memmove_ sol_memcmp_ sol_memset_ sol_invoke_signed_c sol_invoke_signed_rust sol_set_return_data
    sol_get_return_data sol_create_program_address sol_try_find_program_address sol_sha256 sol_keccak256 sol_blake3
    sol_sha512 sol_get_clock_sysvar sol_get_rent_sysvar sol_get_epoch_schedule_sysvar sol_get_epoch_rewards_sysvar
    sol_get_last_restart_slot sol_get_sysvar sol_get_fees_sysvar sol_get_stack_height
    sol_get_processed_sibling_instruction sol_get_epoch_stake sol_remaining_compute_units sol_secp256k1_recover
    sol_curve_validate_point sol_curve_group_op sol_alt_bn128_group_op sol_poseidon sol_alloc_free_`.trim().split(/\s+/);

// Operations: number, fields, what it does.
//   1 u64           exit with this
//   2 u64 u16 bytes copy the bytes to the address, by sol_memcpy_
//   3 u64 u64       store 8 bytes
//   4 u64 u8        store 1 byte
//   5 u8 5×u64      the syscall of this number
//   6 u64           load 8 bytes and log them
//   7 u32           count down from here
//   8 u64 u64       add to 8 bytes
//   9 u64           call the address
//   10 u32          call oneself so deep
const kSource = `
entrypoint:
    ldxdw r3, [r1+0]
    mov64 r6, r1
    add64 r6, 8
account:
    jeq r3, 0, accounts_done
    sub64 r3, 1
    ldxb r4, [r6+0]
    add64 r6, 8
    jne r4, 255, account
    ldxdw r4, [r6+72]
    add64 r6, r4
    add64 r6, 10327
    and64 r6, -8
    add64 r6, 8
    ja account
accounts_done:
    ldxdw r7, [r6+0]
    add64 r6, 8
    add64 r7, r6
next:
    jge r6, r7, done
    ldxb r8, [r6+0]
    jeq r8, 5, op_syscall
    jeq r8, 2, op_copy
    jeq r8, 3, op_store
    jeq r8, 8, op_add
    jeq r8, 4, op_store_byte
    jeq r8, 6, op_load
    jeq r8, 7, op_count
    jeq r8, 1, op_exit
    jeq r8, 9, op_call
    jeq r8, 10, op_deep
done:
    mov64 r0, 0
    exit
op_exit:
    ldxdw r0, [r6+1]
    exit
op_copy:
    ldxdw r1, [r6+1]
    ldxh r3, [r6+9]
    mov64 r2, r6
    add64 r2, 11
    mov64 r6, r2
    add64 r6, r3
    call sol_memcpy_
    ja next
op_store:
    ldxdw r1, [r6+1]
    ldxdw r2, [r6+9]
    stxdw [r1+0], r2
    add64 r6, 17
    ja next
op_add:
    ldxdw r1, [r6+1]
    ldxdw r2, [r6+9]
    ldxdw r3, [r1+0]
    add64 r3, r2
    stxdw [r1+0], r3
    add64 r6, 17
    ja next
op_store_byte:
    ldxdw r1, [r6+1]
    ldxb r2, [r6+9]
    stxb [r1+0], r2
    add64 r6, 10
    ja next
op_load:
    ldxdw r1, [r6+1]
    ldxdw r1, [r1+0]
    add64 r6, 9
    call sol_log_64_
    ja next
op_count:
    ldxw r1, [r6+1]
    add64 r6, 5
count:
    jeq r1, 0, next
    sub64 r1, 1
    ja count
op_call:
    ldxdw r1, [r6+1]
    add64 r6, 9
    callx r1
    ja next
op_deep:
    ldxw r1, [r6+1]
    add64 r6, 5
    call deep
    ja next
deep:
    jeq r1, 0, deep_enough
    sub64 r1, 1
    call deep
deep_enough:
    exit
op_syscall:
    ldxb r8, [r6+1]
    ldxdw r1, [r6+2]
    ldxdw r2, [r6+10]
    ldxdw r3, [r6+18]
    ldxdw r4, [r6+26]
    ldxdw r5, [r6+34]
    add64 r6, 42
`;

function source() {
    const cases = syscalls.map((name, number) => `    jne r8, ${number}, after_${number}\n    call ${name}\n    ja next\nafter_${number}:`);
    return `${kSource}${cases.join("\n")}\n    ja next\n`;
}

/// The program's ELF for an instruction set.
export function assembleAgent(fathom, folder, version) {
    const [text, elf] = [join(folder, "agent.s"), join(folder, `agent-${version}.so`)];
    writeFileSync(text, `    .version ${version}\n    .globl entrypoint\n${source()}`);
    execFileSync(fathom, ["asm", text, "-o", elf]);
    return readFileSync(elf);
}

export const op = {
    exit: (code) => Buffer.concat([u8(1), u64(code)]),
    copy: (address, bytes) => Buffer.concat([u8(2), u64(address), u16(bytes.length), bytes]),
    store: (address, value) => Buffer.concat([u8(3), u64(address), u64(value)]),
    storeByte: (address, value) => Buffer.concat([u8(4), u64(address), u8(value)]),
    syscall: (name, ...args) => Buffer.concat([u8(5), u8(typeof name === "number" ? name : syscalls.indexOf(name)),
        ...[0, 1, 2, 3, 4].map((i) => u64(args[i] ?? 0))]),
    load: (address) => Buffer.concat([u8(6), u64(address)]),
    count: (from) => Buffer.concat([u8(7), u32(from)]),
    add: (address, delta) => Buffer.concat([u8(8), u64(address), u64(delta)]),
    call: (address) => Buffer.concat([u8(9), u64(address)]),
    deep: (count) => Buffer.concat([u8(10), u32(count)]),
};

/// Where the fields of each account are in the serialized input; a repeated account has its first's.
export function inputLayout(accounts) {
    const seen = new Map();
    const fields = [];
    let at = kInput + 8n;
    for (const { key, size } of accounts) {
        const first = seen.get(key);
        if (first) {
            fields.push(first);
            at += 8n;
            continue;
        }
        const record = { at, flags: at + 1n, key: at + 8n, owner: at + 40n, lamports: at + 72n, length: at + 80n,
            data: at + 88n, size };
        seen.set(key, record);
        fields.push(record);
        at += 88n + BigInt(size) + 10240n;
        at = (at + 7n) / 8n * 8n + 8n;
    }
    return { accounts: fields, instruction: at + 8n };
}

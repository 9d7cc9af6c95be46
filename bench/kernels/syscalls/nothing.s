# SPDX-License-Identifier: Apache-2.0
# The loop of the other programs here without their syscall: what is subtracted from them.
#
# Instruction data: u64, how many passes; the rest is not read. No accounts.

    .globl entrypoint

entrypoint:
    ldxdw r6, [r1+16]
    mov64 r7, r1
    mov64 r8, 3                     # the heap is at 3 << 32
    lsh64 r8, 32
    jeq r6, 0, done
pass:
    mov64 r1, 0
    mov64 r2, r7
    add64 r2, 24
    mov64 r3, 0
    mov64 r4, r8
    mov64 r0, 0
    jne r0, 0, failed
    sub64 r6, 1
    jne r6, 0, pass
done:
    mov64 r0, 0
failed:
    exit

# SPDX-License-Identifier: Apache-2.0
# Values kept in the stack frame, as a compiler spills them.
#
# A pass is 32 loads and 16 stores relative to r10, and as many additions.
# Instruction data: u64, how many passes. No accounts. The first 8 bytes of the heap get a checksum.

    .globl entrypoint
    .equ HEAP_HIGH, 3               # the heap starts at HEAP_HIGH << 32

entrypoint:
    ldxdw r6, [r1+16]
    mov64 r0, 1
    stxdw [r10-8], r0
    stxdw [r10-16], r0
    stxdw [r10-24], r0
    stxdw [r10-32], r0
    stxdw [r10-40], r0
    stxdw [r10-48], r0
    stxdw [r10-56], r0
    stxdw [r10-64], r0
    stxdw [r10-72], r0
    stxdw [r10-80], r0
    stxdw [r10-88], r0
    stxdw [r10-96], r0
    stxdw [r10-104], r0
    stxdw [r10-112], r0
    stxdw [r10-120], r0
    stxdw [r10-128], r0
    jeq r6, 0, finish
pass:
    ldxdw r1, [r10-8]
    ldxdw r2, [r10-32]
    add64 r1, r2
    add64 r1, 1
    stxdw [r10-32], r1
    ldxdw r1, [r10-16]
    ldxdw r2, [r10-72]
    add64 r1, r2
    add64 r1, 2
    stxdw [r10-72], r1
    ldxdw r1, [r10-24]
    ldxdw r2, [r10-112]
    add64 r1, r2
    add64 r1, 3
    stxdw [r10-112], r1
    ldxdw r1, [r10-32]
    ldxdw r2, [r10-24]
    add64 r1, r2
    add64 r1, 4
    stxdw [r10-24], r1
    ldxdw r1, [r10-40]
    ldxdw r2, [r10-64]
    add64 r1, r2
    add64 r1, 5
    stxdw [r10-64], r1
    ldxdw r1, [r10-48]
    ldxdw r2, [r10-104]
    add64 r1, r2
    add64 r1, 6
    stxdw [r10-104], r1
    ldxdw r1, [r10-56]
    ldxdw r2, [r10-16]
    add64 r1, r2
    add64 r1, 7
    stxdw [r10-16], r1
    ldxdw r1, [r10-64]
    ldxdw r2, [r10-56]
    add64 r1, r2
    add64 r1, 8
    stxdw [r10-56], r1
    ldxdw r1, [r10-72]
    ldxdw r2, [r10-96]
    add64 r1, r2
    add64 r1, 9
    stxdw [r10-96], r1
    ldxdw r1, [r10-80]
    ldxdw r2, [r10-8]
    add64 r1, r2
    add64 r1, 10
    stxdw [r10-8], r1
    ldxdw r1, [r10-88]
    ldxdw r2, [r10-48]
    add64 r1, r2
    add64 r1, 11
    stxdw [r10-48], r1
    ldxdw r1, [r10-96]
    ldxdw r2, [r10-88]
    add64 r1, r2
    add64 r1, 12
    stxdw [r10-88], r1
    ldxdw r1, [r10-104]
    ldxdw r2, [r10-128]
    add64 r1, r2
    add64 r1, 13
    stxdw [r10-128], r1
    ldxdw r1, [r10-112]
    ldxdw r2, [r10-40]
    add64 r1, r2
    add64 r1, 14
    stxdw [r10-40], r1
    ldxdw r1, [r10-120]
    ldxdw r2, [r10-80]
    add64 r1, r2
    add64 r1, 15
    stxdw [r10-80], r1
    ldxdw r1, [r10-128]
    ldxdw r2, [r10-120]
    add64 r1, r2
    add64 r1, 16
    stxdw [r10-120], r1
    add64 r0, r1
    sub64 r6, 1
    jne r6, 0, pass

finish:
    mov64 r1, HEAP_HIGH
    lsh64 r1, 32
    stxdw [r1+0], r0
    mov64 r0, 0
    exit

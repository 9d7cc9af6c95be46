# SPDX-License-Identifier: Apache-2.0
# The sum of 2048 numbers on the heap.
#
# A pass reads 16 KiB, eight bytes at a time, in a loop unrolled four times.
# Instruction data: u64, how many passes. No accounts. The first 8 bytes of the heap get a checksum.

    .globl entrypoint
    .equ HEAP_HIGH, 3               # the heap starts at HEAP_HIGH << 32

entrypoint:
    ldxdw r6, [r1+16]
    mov64 r7, HEAP_HIGH
    lsh64 r7, 32
    add64 r7, 64
    mov64 r8, r7
    add64 r8, 16384
    mov64 r1, r7
    mov64 r2, 1
fill:
    stxdw [r1+0], r2
    add64 r2, 3
    add64 r1, 8
    jlt r1, r8, fill
    mov64 r0, 0
    jeq r6, 0, finish
pass:
    mov64 r1, r7
sum:
    ldxdw r2, [r1+0]
    add64 r0, r2
    ldxdw r2, [r1+8]
    add64 r0, r2
    ldxdw r2, [r1+16]
    add64 r0, r2
    ldxdw r2, [r1+24]
    add64 r0, r2
    add64 r1, 32
    jlt r1, r8, sum
    sub64 r6, 1
    jne r6, 0, pass

finish:
    mov64 r1, HEAP_HIGH
    lsh64 r1, 32
    stxdw [r1+0], r0
    mov64 r0, 0
    exit

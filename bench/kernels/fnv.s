# SPDX-License-Identifier: Apache-2.0
# FNV-1a of 1024 bytes, copied on the way.
#
# A pass is 1024 times: load a byte, store it elsewhere, mix it into the hash.
# Instruction data: u64, how many passes. No accounts. The first 8 bytes of the heap get a checksum.

    .globl entrypoint
    .equ HEAP_HIGH, 3               # the heap starts at HEAP_HIGH << 32

entrypoint:
    ldxdw r6, [r1+16]
    mov64 r7, HEAP_HIGH
    lsh64 r7, 32
    add64 r7, 64
    mov64 r1, r7
    mov64 r2, 0
fill:
    mov64 r3, r2
    mul64 r3, 7
    stxb [r1+0], r3
    add64 r1, 1
    add64 r2, 1
    jlt r2, 1024, fill
    lddw r0, 0xcbf29ce484222325
    lddw r5, 0x100000001b3
    jeq r6, 0, finish
pass:
    mov64 r1, r7
    mov64 r2, r7
    add64 r2, 1024
byte:
    ldxb r3, [r1+0]
    stxb [r1+1024], r3
    xor64 r0, r3
    mul64 r0, r5
    add64 r1, 1
    jlt r1, r2, byte
    sub64 r6, 1
    jne r6, 0, pass

finish:
    mov64 r1, HEAP_HIGH
    lsh64 r1, 32
    stxdw [r1+0], r0
    mov64 r0, 0
    exit

# SPDX-License-Identifier: Apache-2.0
# Arithmetic in registers: a linear congruential generator and shifts, 64 and 32 bits wide.
#
# A pass is 20 instructions without a memory access.
# Instruction data: u64, how many passes. No accounts. The first 8 bytes of the heap get a checksum.

    .globl entrypoint
    .equ HEAP_HIGH, 3               # the heap starts at HEAP_HIGH << 32

entrypoint:
    ldxdw r6, [r1+16]
    lddw r7, 6364136223846793005
    lddw r8, 1442695040888963407
    mov64 r0, 1
    mov64 r2, 2
    mov64 r3, 3
    mov64 r4, 4
    mov64 r5, 5
    jeq r6, 0, finish
pass:
    mul64 r0, r7
    add64 r0, r8
    mov64 r2, r0
    rsh64 r2, 33
    xor64 r3, r2
    lsh64 r3, 7
    add64 r3, r0
    mov32 r4, r3
    mul32 r4, 40503
    xor32 r4, r2
    rsh32 r4, 3
    or64 r4, 1
    sub64 r5, r4
    arsh64 r5, 2
    xor64 r5, r3
    add32 r2, r5
    and64 r2, 0xffff
    add64 r0, r2
    sub64 r6, 1
    jne r6, 0, pass
    add64 r0, r3
    add64 r0, r5

finish:
    mov64 r1, HEAP_HIGH
    lsh64 r1, 32
    stxdw [r1+0], r0
    mov64 r0, 0
    exit

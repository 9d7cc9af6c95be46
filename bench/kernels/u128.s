# SPDX-License-Identifier: Apache-2.0
# 128-bit arithmetic: x * y / z, as exchanges compute prices.
#
# A pass is a 64 by 64 bit product and its division by 64 bits, bit by bit.
# Instruction data: u64, how many passes. No accounts. The first 8 bytes of the heap get a checksum.

    .globl entrypoint
    .equ HEAP_HIGH, 3               # the heap starts at HEAP_HIGH << 32

entrypoint:
    ldxdw r6, [r1+16]
    mov64 r7, 1                     # the generator's state
    mov64 r8, 0                     # the sum of the quotients
    jeq r6, 0, sum_up
pass:
    lddw r1, 6364136223846793005
    lddw r2, 1442695040888963407
    mul64 r7, r1
    add64 r7, r2
    mov64 r1, r7                    # x
    mov64 r2, r7
    rsh64 r2, 24                    # y, below 2^40
    mov64 r3, r2
    add64 r3, 12345                 # z, above y, so that the quotient fits into 64 bits
    call multiply_divide
    add64 r8, r0
    sub64 r6, 1
    jne r6, 0, pass
sum_up:
    mov64 r0, r8
    ja finish

# r0 = r1 * r2 / r3, where r2 < r3 < 2^63.
multiply_divide:
    # r5:r4 = r1 * r2 from four products of 32-bit halves.
    mov64 r6, r1
    lsh64 r6, 32
    rsh64 r6, 32                    # low half of x
    rsh64 r1, 32                    # high half of x
    mov64 r7, r2
    lsh64 r7, 32
    rsh64 r7, 32                    # low half of y
    rsh64 r2, 32                    # high half of y
    mov64 r4, r6
    mul64 r4, r7                    # low * low
    mul64 r7, r1                    # high * low
    mul64 r6, r2                    # low * high
    mov64 r5, r1
    mul64 r5, r2                    # high * high
    mov64 r8, r4
    rsh64 r8, 32
    add64 r7, r8                    # cannot overflow
    mov64 r8, r7
    lsh64 r8, 32
    rsh64 r8, 32
    add64 r6, r8                    # cannot overflow
    rsh64 r7, 32
    add64 r5, r7
    mov64 r8, r6
    rsh64 r8, 32
    add64 r5, r8
    lsh64 r4, 32
    rsh64 r4, 32
    lsh64 r6, 32
    or64 r4, r6
    # r5 is the remainder so far; quotient bits enter r4 as its bits leave.
    mov64 r6, 64
bit:
    mov64 r7, r4
    rsh64 r7, 63
    lsh64 r5, 1
    or64 r5, r7
    lsh64 r4, 1
    jlt r5, r3, next_bit
    sub64 r5, r3
    or64 r4, 1
next_bit:
    sub64 r6, 1
    jne r6, 0, bit
    mov64 r0, r4
    exit

finish:
    mov64 r1, HEAP_HIGH
    lsh64 r1, 32
    stxdw [r1+0], r0
    mov64 r0, 0
    exit

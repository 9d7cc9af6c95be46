# SPDX-License-Identifier: Apache-2.0
# One product of a scalar and a Ristretto element a pass.
#
# Instruction data: u64, how many passes; the scalar; the element. No accounts.

    .globl entrypoint
    .equ RISTRETTO, 1
    .equ MULTIPLY, 2

entrypoint:
    ldxdw r6, [r1+16]
    mov64 r7, r1
    mov64 r8, 3                     # the heap is at 3 << 32
    lsh64 r8, 32
    jeq r6, 0, done
pass:
    mov64 r1, RISTRETTO
    mov64 r2, MULTIPLY
    mov64 r3, r7
    add64 r3, 24
    mov64 r4, r7
    add64 r4, 56
    mov64 r5, r8
    call sol_curve_group_op
    jne r0, 0, failed
    sub64 r6, 1
    jne r6, 0, pass
done:
    mov64 r0, 0
failed:
    exit

# SPDX-License-Identifier: Apache-2.0
# One Poseidon hash a pass.
#
# Instruction data: u64, how many passes; u64, how many inputs; the inputs, 32 big-endian bytes
# each. No accounts. The heap gets the slices of the inputs behind the digest.

    .globl entrypoint
    .equ SLICES, 32

entrypoint:
    ldxdw r6, [r1+16]
    ldxdw r7, [r1+24]
    mov64 r8, 3                     # the heap is at 3 << 32
    lsh64 r8, 32
    mov64 r2, r1
    add64 r2, 32
    mov64 r3, r8
    mov64 r4, r7
    mov64 r5, 32
slice:
    stxdw [r3+SLICES], r2
    stxdw [r3+SLICES+8], r5
    add64 r2, 32
    add64 r3, 16
    sub64 r4, 1
    jne r4, 0, slice
    jeq r6, 0, done
pass:
    mov64 r1, 0                     # BN254 with x^5
    mov64 r2, 0                     # big-endian
    mov64 r3, r8
    add64 r3, SLICES
    mov64 r4, r7
    mov64 r5, r8
    call sol_poseidon
    jne r0, 0, failed
    sub64 r6, 1
    jne r6, 0, pass
done:
    mov64 r0, 0
failed:
    exit

# SPDX-License-Identifier: Apache-2.0
# One alt_bn128 operation a pass.
#
# Instruction data: u64, how many passes; u64 operation; u64 size of its input; the input. No
# accounts.

    .globl entrypoint

entrypoint:
    ldxdw r6, [r1+16]
    mov64 r7, r1
    mov64 r8, 3                     # the heap is at 3 << 32
    lsh64 r8, 32
    jeq r6, 0, done
pass:
    ldxdw r1, [r7+24]
    ldxdw r3, [r7+32]
    mov64 r2, r7
    add64 r2, 40
    mov64 r4, r8
    call sol_alt_bn128_group_op
    jne r0, 0, failed
    sub64 r6, 1
    jne r6, 0, pass
done:
    mov64 r0, 0
failed:
    exit

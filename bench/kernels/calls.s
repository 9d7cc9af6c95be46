# SPDX-License-Identifier: Apache-2.0
# Calls another program, without accounts and without data.
#
# One account: the program to call. Instruction data: u64, how often.

    .globl entrypoint

entrypoint:
    ldxdw r6, [r2+0]
    add64 r1, 16                    # the account's address
    stxdw [r10-40], r1
    stdw [r10-32], 0                # accounts, how many
    stdw [r10-24], 0
    stdw [r10-16], 0                # data, how much
    stdw [r10-8], 0
    jeq r6, 0, done
call:
    mov64 r1, r10
    add64 r1, -40
    mov64 r2, 0
    mov64 r3, 0
    mov64 r4, 0
    mov64 r5, 0
    call sol_invoke_signed_c        # comes back only if it succeeded
    sub64 r6, 1
    jne r6, 0, call
done:
    mov64 r0, 0
    exit

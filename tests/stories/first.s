# SPDX-License-Identifier: Apache-2.0
# The first version of the program of program_life.json: 112000 instructions that all run, 896 KB.
.globl entrypoint
entrypoint:
    lddw r1, text
    mov64 r2, 9
    call sol_log_
    mov64 r0, -112000
    .fill 112000, 0x100000007 # add64 r0, 1
    exit
.rodata
text:
    .ascii "version 1"

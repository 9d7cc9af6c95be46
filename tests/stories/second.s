# SPDX-License-Identifier: Apache-2.0
# The second version: another text, fewer instructions, and it returns its words as data, too.
.globl entrypoint
entrypoint:
    lddw r1, text
    mov64 r2, 9
    call sol_log_
    lddw r1, text
    mov64 r2, 9
    call sol_set_return_data
    mov64 r0, -111000
    .fill 111000, 0x100000007 # add64 r0, 1
    exit
.rodata
text:
    .ascii "version 2"

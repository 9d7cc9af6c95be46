# SPDX-License-Identifier: Apache-2.0
# Fibonacci numbers by recursion: calls and returns.
#
# A pass computes fib(15), 1973 calls.
# Instruction data: u64, how many passes. No accounts. The first 8 bytes of the heap get a checksum.

    .globl entrypoint
    .equ HEAP_HIGH, 3               # the heap starts at HEAP_HIGH << 32

entrypoint:
    ldxdw r6, [r1+16]
    mov64 r7, 0
    jeq r6, 0, sum_up
pass:
    mov64 r1, 15
    call fib
    add64 r7, r0
    sub64 r6, 1
    jne r6, 0, pass
sum_up:
    mov64 r0, r7
    ja finish

# r0 = fib(r1)
fib:
    jgt r1, 1, recur
    mov64 r0, r1
    exit
recur:
    mov64 r6, r1
    sub64 r1, 1
    call fib
    mov64 r7, r0
    mov64 r1, r6
    sub64 r1, 2
    call fib
    add64 r0, r7
    exit

finish:
    mov64 r1, HEAP_HIGH
    lsh64 r1, 32
    stxdw [r1+0], r0
    mov64 r0, 0
    exit

# SPDX-License-Identifier: Apache-2.0
# Quicksort of 256 numbers.
#
# A pass makes 256 pseudo-random numbers on the heap, sorts them and checks their order.
# Instruction data: u64, how many passes. No accounts. The first 8 bytes of the heap get a checksum.

    .globl entrypoint
    .equ HEAP_HIGH, 3               # the heap starts at HEAP_HIGH << 32

entrypoint:
    ldxdw r6, [r1+16]
    mov64 r7, HEAP_HIGH
    lsh64 r7, 32
    add64 r7, 64
    mov64 r8, 1
    mov64 r0, 0
    jeq r6, 0, finish
pass:
    lddw r4, 6364136223846793005
    lddw r5, 1442695040888963407
    mov64 r1, r7
    mov64 r2, r7
    add64 r2, 2048
make:
    mul64 r8, r4
    add64 r8, r5
    mov64 r3, r8
    rsh64 r3, 20
    stxdw [r1+0], r3
    add64 r1, 8
    jlt r1, r2, make
    mov64 r1, r7
    mov64 r2, r7
    add64 r2, 2040
    call quicksort
    mov64 r1, r7
    mov64 r2, r7
    add64 r2, 2040
check:
    ldxdw r3, [r1+0]
    ldxdw r4, [r1+8]
    jgt r3, r4, unsorted
    add64 r1, 8
    jlt r1, r2, check
    sub64 r6, 1
    jne r6, 0, pass
    ldxdw r0, [r7+1024]
    ja finish
unsorted:
    mov64 r0, 1
    exit

# Sorts the numbers from address r1 to address r2, both included. The shorter part is left to a
# call and the longer one to another turn, so that 256 numbers never need more than 8 frames.
quicksort:
    mov64 r6, r1
    mov64 r7, r2
turn:
    jge r6, r7, sorted
    mov64 r3, r7
    sub64 r3, r6
    rsh64 r3, 4
    lsh64 r3, 3
    add64 r3, r6
    ldxdw r3, [r3+0]                # the pivot
    mov64 r8, r6
    mov64 r9, r7
rising:
    ldxdw r0, [r8+0]
    jge r0, r3, falling
    add64 r8, 8
    ja rising
falling:
    ldxdw r1, [r9+0]
    jle r1, r3, compare
    sub64 r9, 8
    ja falling
compare:
    jgt r8, r9, split
    stxdw [r8+0], r1
    stxdw [r9+0], r0
    add64 r8, 8
    sub64 r9, 8
    jle r8, r9, rising
split:
    mov64 r1, r9
    sub64 r1, r6
    mov64 r2, r7
    sub64 r2, r8
    jsgt r1, r2, left_is_longer
    mov64 r1, r6
    mov64 r2, r9
    call quicksort
    mov64 r6, r8
    ja turn
left_is_longer:
    mov64 r1, r8
    mov64 r2, r7
    call quicksort
    mov64 r7, r9
    ja turn
sorted:
    exit

finish:
    mov64 r1, HEAP_HIGH
    lsh64 r1, 32
    stxdw [r1+0], r0
    mov64 r0, 0
    exit

# SPDX-License-Identifier: Apache-2.0
# SHA-256 of "abc".
#
# A pass is one block: the message schedule in the stack frame and 64 rounds in registers.
# Instruction data: u64, how many passes. No accounts. The first 8 bytes of the heap get a checksum.

    .globl entrypoint
    .equ HEAP_HIGH, 3               # the heap starts at HEAP_HIGH << 32

entrypoint:
    ldxdw r6, [r1+16]
    jeq r6, 0, done
pass:
    call hash_abc
    sub64 r6, 1
    jne r6, 0, pass
done:
    mov64 r0, 0
    exit

    # This frame, downwards from r10.
    .equ W,      -256               # 64 words of the message schedule
    .equ KW,     W - 256            # the same, each with its round's constant added
    .equ NEXT,   KW - 8             # address of the next 8 words of KW
    .equ ROUNDS, NEXT - 8           # how many groups of 8 rounds remain

# Writes the digest of "abc" to the heap, as bytes.
hash_abc:
    # The schedule's first 16 words.
    lddw r1, message
    mov64 r2, r10
    add64 r2, W
    mov64 r3, 16
load:
    ldxw r4, [r1+0]
    be32 r4
    stxw [r2+0], r4
    add64 r1, 4
    add64 r2, 4
    sub64 r3, 1
    jne r3, 0, load
    # The other 48. A word beside a copy of itself turns rotations into shifts.
    mov64 r3, 48
extend:
    ldxw r4, [r2-60]
    mov64 r5, r4
    lsh64 r5, 32
    or64 r5, r4
    rsh64 r4, 3
    rsh64 r5, 7
    xor64 r4, r5
    rsh64 r5, 11
    xor64 r4, r5
    ldxw r0, [r2-8]
    mov64 r5, r0
    lsh64 r5, 32
    or64 r5, r0
    rsh64 r0, 10
    rsh64 r5, 17
    xor64 r0, r5
    rsh64 r5, 2
    xor64 r0, r5
    add64 r4, r0
    ldxw r0, [r2-64]
    add64 r4, r0
    ldxw r0, [r2-28]
    add64 r4, r0
    stxw [r2+0], r4
    add64 r2, 4
    sub64 r3, 1
    jne r3, 0, extend
    # Constants.
    lddw r1, constants
    mov64 r2, r10
    add64 r2, W
    mov64 r3, 64
constant:
    ldxw r4, [r1+0]
    ldxw r5, [r2+0]
    add64 r4, r5
    stxw [r2-256], r4
    add64 r1, 4
    add64 r2, 4
    sub64 r3, 1
    jne r3, 0, constant
    # a to h in r1 to r8; who is who moves on by one register every round.
    mov64 r0, r10
    add64 r0, KW
    stxdw [r10+NEXT], r0
    mov64 r0, 8
    stxdw [r10+ROUNDS], r0
    lddw r9, initial
    ldxw r1, [r9+0]
    ldxw r2, [r9+4]
    ldxw r3, [r9+8]
    ldxw r4, [r9+12]
    ldxw r5, [r9+16]
    ldxw r6, [r9+20]
    ldxw r7, [r9+24]
    ldxw r8, [r9+28]
rounds:
    # round 0
    mov64 r9, r5
    lsh64 r9, 32
    or64 r9, r5
    mov64 r0, r9
    rsh64 r0, 6
    rsh64 r9, 11
    xor64 r0, r9
    rsh64 r9, 14
    xor64 r0, r9
    add64 r8, r0
    mov64 r9, r6
    xor64 r9, r7
    and64 r9, r5
    xor64 r9, r7
    add64 r8, r9
    ldxdw r0, [r10+NEXT]
    ldxw r0, [r0+0]
    add64 r8, r0
    add64 r4, r8
    mov32 r4, r4
    mov64 r9, r1
    lsh64 r9, 32
    or64 r9, r1
    mov64 r0, r9
    rsh64 r0, 2
    rsh64 r9, 13
    xor64 r0, r9
    rsh64 r9, 9
    xor64 r0, r9
    add64 r8, r0
    mov64 r9, r1
    or64 r9, r2
    and64 r9, r3
    mov64 r0, r1
    and64 r0, r2
    or64 r9, r0
    add64 r8, r9
    mov32 r8, r8
    # round 1
    mov64 r9, r4
    lsh64 r9, 32
    or64 r9, r4
    mov64 r0, r9
    rsh64 r0, 6
    rsh64 r9, 11
    xor64 r0, r9
    rsh64 r9, 14
    xor64 r0, r9
    add64 r7, r0
    mov64 r9, r5
    xor64 r9, r6
    and64 r9, r4
    xor64 r9, r6
    add64 r7, r9
    ldxdw r0, [r10+NEXT]
    ldxw r0, [r0+4]
    add64 r7, r0
    add64 r3, r7
    mov32 r3, r3
    mov64 r9, r8
    lsh64 r9, 32
    or64 r9, r8
    mov64 r0, r9
    rsh64 r0, 2
    rsh64 r9, 13
    xor64 r0, r9
    rsh64 r9, 9
    xor64 r0, r9
    add64 r7, r0
    mov64 r9, r8
    or64 r9, r1
    and64 r9, r2
    mov64 r0, r8
    and64 r0, r1
    or64 r9, r0
    add64 r7, r9
    mov32 r7, r7
    # round 2
    mov64 r9, r3
    lsh64 r9, 32
    or64 r9, r3
    mov64 r0, r9
    rsh64 r0, 6
    rsh64 r9, 11
    xor64 r0, r9
    rsh64 r9, 14
    xor64 r0, r9
    add64 r6, r0
    mov64 r9, r4
    xor64 r9, r5
    and64 r9, r3
    xor64 r9, r5
    add64 r6, r9
    ldxdw r0, [r10+NEXT]
    ldxw r0, [r0+8]
    add64 r6, r0
    add64 r2, r6
    mov32 r2, r2
    mov64 r9, r7
    lsh64 r9, 32
    or64 r9, r7
    mov64 r0, r9
    rsh64 r0, 2
    rsh64 r9, 13
    xor64 r0, r9
    rsh64 r9, 9
    xor64 r0, r9
    add64 r6, r0
    mov64 r9, r7
    or64 r9, r8
    and64 r9, r1
    mov64 r0, r7
    and64 r0, r8
    or64 r9, r0
    add64 r6, r9
    mov32 r6, r6
    # round 3
    mov64 r9, r2
    lsh64 r9, 32
    or64 r9, r2
    mov64 r0, r9
    rsh64 r0, 6
    rsh64 r9, 11
    xor64 r0, r9
    rsh64 r9, 14
    xor64 r0, r9
    add64 r5, r0
    mov64 r9, r3
    xor64 r9, r4
    and64 r9, r2
    xor64 r9, r4
    add64 r5, r9
    ldxdw r0, [r10+NEXT]
    ldxw r0, [r0+12]
    add64 r5, r0
    add64 r1, r5
    mov32 r1, r1
    mov64 r9, r6
    lsh64 r9, 32
    or64 r9, r6
    mov64 r0, r9
    rsh64 r0, 2
    rsh64 r9, 13
    xor64 r0, r9
    rsh64 r9, 9
    xor64 r0, r9
    add64 r5, r0
    mov64 r9, r6
    or64 r9, r7
    and64 r9, r8
    mov64 r0, r6
    and64 r0, r7
    or64 r9, r0
    add64 r5, r9
    mov32 r5, r5
    # round 4
    mov64 r9, r1
    lsh64 r9, 32
    or64 r9, r1
    mov64 r0, r9
    rsh64 r0, 6
    rsh64 r9, 11
    xor64 r0, r9
    rsh64 r9, 14
    xor64 r0, r9
    add64 r4, r0
    mov64 r9, r2
    xor64 r9, r3
    and64 r9, r1
    xor64 r9, r3
    add64 r4, r9
    ldxdw r0, [r10+NEXT]
    ldxw r0, [r0+16]
    add64 r4, r0
    add64 r8, r4
    mov32 r8, r8
    mov64 r9, r5
    lsh64 r9, 32
    or64 r9, r5
    mov64 r0, r9
    rsh64 r0, 2
    rsh64 r9, 13
    xor64 r0, r9
    rsh64 r9, 9
    xor64 r0, r9
    add64 r4, r0
    mov64 r9, r5
    or64 r9, r6
    and64 r9, r7
    mov64 r0, r5
    and64 r0, r6
    or64 r9, r0
    add64 r4, r9
    mov32 r4, r4
    # round 5
    mov64 r9, r8
    lsh64 r9, 32
    or64 r9, r8
    mov64 r0, r9
    rsh64 r0, 6
    rsh64 r9, 11
    xor64 r0, r9
    rsh64 r9, 14
    xor64 r0, r9
    add64 r3, r0
    mov64 r9, r1
    xor64 r9, r2
    and64 r9, r8
    xor64 r9, r2
    add64 r3, r9
    ldxdw r0, [r10+NEXT]
    ldxw r0, [r0+20]
    add64 r3, r0
    add64 r7, r3
    mov32 r7, r7
    mov64 r9, r4
    lsh64 r9, 32
    or64 r9, r4
    mov64 r0, r9
    rsh64 r0, 2
    rsh64 r9, 13
    xor64 r0, r9
    rsh64 r9, 9
    xor64 r0, r9
    add64 r3, r0
    mov64 r9, r4
    or64 r9, r5
    and64 r9, r6
    mov64 r0, r4
    and64 r0, r5
    or64 r9, r0
    add64 r3, r9
    mov32 r3, r3
    # round 6
    mov64 r9, r7
    lsh64 r9, 32
    or64 r9, r7
    mov64 r0, r9
    rsh64 r0, 6
    rsh64 r9, 11
    xor64 r0, r9
    rsh64 r9, 14
    xor64 r0, r9
    add64 r2, r0
    mov64 r9, r8
    xor64 r9, r1
    and64 r9, r7
    xor64 r9, r1
    add64 r2, r9
    ldxdw r0, [r10+NEXT]
    ldxw r0, [r0+24]
    add64 r2, r0
    add64 r6, r2
    mov32 r6, r6
    mov64 r9, r3
    lsh64 r9, 32
    or64 r9, r3
    mov64 r0, r9
    rsh64 r0, 2
    rsh64 r9, 13
    xor64 r0, r9
    rsh64 r9, 9
    xor64 r0, r9
    add64 r2, r0
    mov64 r9, r3
    or64 r9, r4
    and64 r9, r5
    mov64 r0, r3
    and64 r0, r4
    or64 r9, r0
    add64 r2, r9
    mov32 r2, r2
    # round 7
    mov64 r9, r6
    lsh64 r9, 32
    or64 r9, r6
    mov64 r0, r9
    rsh64 r0, 6
    rsh64 r9, 11
    xor64 r0, r9
    rsh64 r9, 14
    xor64 r0, r9
    add64 r1, r0
    mov64 r9, r7
    xor64 r9, r8
    and64 r9, r6
    xor64 r9, r8
    add64 r1, r9
    ldxdw r0, [r10+NEXT]
    ldxw r0, [r0+28]
    add64 r1, r0
    add64 r5, r1
    mov32 r5, r5
    mov64 r9, r2
    lsh64 r9, 32
    or64 r9, r2
    mov64 r0, r9
    rsh64 r0, 2
    rsh64 r9, 13
    xor64 r0, r9
    rsh64 r9, 9
    xor64 r0, r9
    add64 r1, r0
    mov64 r9, r2
    or64 r9, r3
    and64 r9, r4
    mov64 r0, r2
    and64 r0, r3
    or64 r9, r0
    add64 r1, r9
    mov32 r1, r1
    ldxdw r0, [r10+NEXT]
    add64 r0, 32
    stxdw [r10+NEXT], r0
    ldxdw r0, [r10+ROUNDS]
    sub64 r0, 1
    stxdw [r10+ROUNDS], r0
    jne r0, 0, rounds
    # Add the initial values and write the digest.
    lddw r9, initial
    ldxw r0, [r9+0]
    add64 r1, r0
    be32 r1
    ldxw r0, [r9+4]
    add64 r2, r0
    be32 r2
    ldxw r0, [r9+8]
    add64 r3, r0
    be32 r3
    ldxw r0, [r9+12]
    add64 r4, r0
    be32 r4
    ldxw r0, [r9+16]
    add64 r5, r0
    be32 r5
    ldxw r0, [r9+20]
    add64 r6, r0
    be32 r6
    ldxw r0, [r9+24]
    add64 r7, r0
    be32 r7
    ldxw r0, [r9+28]
    add64 r8, r0
    be32 r8
    mov64 r9, HEAP_HIGH
    lsh64 r9, 32
    stxw [r9+0], r1
    stxw [r9+4], r2
    stxw [r9+8], r3
    stxw [r9+12], r4
    stxw [r9+16], r5
    stxw [r9+20], r6
    stxw [r9+24], r7
    stxw [r9+28], r8
    exit

    .rodata
    # "abc" padded to a block.
message:
    .ascii "abc"
    .byte 0x80
    .space 59
    .byte 24
    .align 8
initial:
    .word 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a
    .word 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
constants:
    .word 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5
    .word 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5
    .word 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3
    .word 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174
    .word 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc
    .word 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da
    .word 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7
    .word 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967
    .word 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13
    .word 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85
    .word 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3
    .word 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070
    .word 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5
    .word 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3
    .word 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208
    .word 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2

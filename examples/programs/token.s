# SPDX-License-Identifier: Apache-2.0
# Token: the two instructions that move most of what moves, with SPL Token's account layouts.
#
# Transfer: instruction data u8 3, u64 amount
#   0  source       writable          165 bytes
#   1  destination  writable          165 bytes, of the same mint
#   2  authority    signer            the source's owner
# MintTo: instruction data u8 7, u64 amount
#   0  mint         writable          82 bytes
#   1  destination  writable          165 bytes, of this mint
#   2  authority    signer            the mint's authority
#
# Token account, 165 bytes:  0 mint, 32 owner, 64 u64 amount; the rest is not looked at.
# Mint, 82 bytes:            4 authority, 36 u64 supply; the rest is not looked at.
#
# There is nothing here to create or close accounts with: this program is for chains whose genesis
# has them. Whether the accounts are this program's own is for the runtime to find out, which
# refuses writes to anybody else's.
#
# Custom errors: 1 wrong accounts, 2 the authority has not signed, 3 it is not the owner's or the
# mint's, 4 another mint, 5 unknown instruction, 6 not enough, 7 too much.
#
# Compute units: Transfer 71, MintTo 59.

    .version v3
    .globl entrypoint

    # A record of the serialized input (counter.s explains it), here without the room to grow.
    .equ IS_SIGNER, 1
    .equ KEY,       8
    .equ DATA_LEN,  80
    .equ DATA,      88
    .equ ROOM,      10240 + 8

    .equ ACCOUNT_SIZE, 165
    .equ ACCOUNT_RECORD, DATA + ACCOUNT_SIZE + 3 + ROOM   # 3: up to a multiple of 8
    .equ OWNER,     DATA + 32
    .equ AMOUNT,    DATA + 64

    .equ MINT_SIZE, 82
    .equ MINT_RECORD, DATA + MINT_SIZE + 6 + ROOM
    .equ MINTER,    DATA + 4
    .equ SUPPLY,    DATA + 36

    .equ NOT_REPEATED, 255

# r1: the serialized input, r2: the instruction data.
entrypoint:
    ldxdw r3, [r1+0]
    jne r3, 3, wrong_accounts
    ldxdw r3, [r2-8]
    jne r3, 9, unknown_instruction
    mov64 r6, r1
    add64 r6, 8
    mov64 r7, r6
    ldxdw r4, [r6+DATA_LEN]
    ldxb r3, [r2+0]
    jeq r3, 7, mint_to
    jne r3, 3, unknown_instruction

# r6, r7, r8: the records of the three accounts. r4: whose signature, r5: which mint.
    jne r4, ACCOUNT_SIZE, wrong_accounts
    add64 r7, ACCOUNT_RECORD
    mov64 r4, r6
    add64 r4, OWNER
    mov64 r5, r6
    add64 r5, DATA
    ja check
mint_to:
    jne r4, MINT_SIZE, wrong_accounts
    add64 r7, MINT_RECORD
    mov64 r4, r6
    add64 r4, MINTER
    mov64 r5, r6
    add64 r5, KEY

check:
    ldxb r3, [r7+0]
    jne r3, NOT_REPEATED, wrong_accounts
    ldxdw r3, [r7+DATA_LEN]
    jne r3, ACCOUNT_SIZE, wrong_accounts
    mov64 r8, r7
    add64 r8, ACCOUNT_RECORD
    ldxb r3, [r8+0]
    jne r3, NOT_REPEATED, wrong_accounts
    ldxb r3, [r8+IS_SIGNER]
    jeq r3, 0, missing_signature

    ldxdw r0, [r4+0]
    ldxdw r3, [r8+KEY]
    jne r0, r3, wrong_authority
    ldxdw r0, [r4+8]
    ldxdw r3, [r8+KEY+8]
    jne r0, r3, wrong_authority
    ldxdw r0, [r4+16]
    ldxdw r3, [r8+KEY+16]
    jne r0, r3, wrong_authority
    ldxdw r0, [r4+24]
    ldxdw r3, [r8+KEY+24]
    jne r0, r3, wrong_authority

    ldxdw r0, [r5+0]
    ldxdw r3, [r7+DATA]
    jne r0, r3, wrong_mint
    ldxdw r0, [r5+8]
    ldxdw r3, [r7+DATA+8]
    jne r0, r3, wrong_mint
    ldxdw r0, [r5+16]
    ldxdw r3, [r7+DATA+16]
    jne r0, r3, wrong_mint
    ldxdw r0, [r5+24]
    ldxdw r3, [r7+DATA+24]
    jne r0, r3, wrong_mint

# r4: the amount, r5: what the destination will have. No account can have more than was ever minted,
# so only minting can come to too much.
    ldxdw r4, [r2+1]
    ldxdw r5, [r7+AMOUNT]
    add64 r5, r4
    ldxb r3, [r2+0]
    jeq r3, 7, mint
    ldxdw r3, [r6+AMOUNT]
    jlt r3, r4, not_enough
    sub64 r3, r4
    stxdw [r6+AMOUNT], r3
    stxdw [r7+AMOUNT], r5
    mov64 r0, 0
    exit
mint:
    ldxdw r3, [r6+SUPPLY]
    add64 r3, r4
    jlt r3, r4, too_much
    stxdw [r6+SUPPLY], r3
    stxdw [r7+AMOUNT], r5
    mov64 r0, 0
    exit

wrong_accounts:
    mov64 r0, 1
    exit
missing_signature:
    mov64 r0, 2
    exit
wrong_authority:
    mov64 r0, 3
    exit
wrong_mint:
    mov64 r0, 4
    exit
unknown_instruction:
    mov64 r0, 5
    exit
not_enough:
    mov64 r0, 6
    exit
too_much:
    mov64 r0, 7
    exit

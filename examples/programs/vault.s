# SPDX-License-Identifier: Apache-2.0
# Vault: lamports that a user puts aside and that only this program, asked by the user, gives back.
#
# Accounts
#   0  user   writable, signer
#   1  vault  writable            address derived from ["vault", user key, bump]
#   2  System program
# Instruction data, 10 bytes
#   0  u8   0 deposit, 1 withdraw
#   1  u8   bump of the vault's address
#   2  u64  lamports, little-endian
#
# The vault has no data and belongs to the System program like any wallet, but there is no private
# key for its address: this program alone can sign for it. A withdrawal that leaves something, but
# less than the rent minimum of an empty account (890880 lamports), fails the transaction with
# InsufficientFundsForRent, and so does a first deposit below it.
#
# Logs: "vault: deposit" or "vault: withdraw", then the lamports.
#
# Custom errors: 1 wrong accounts (too few, or one given twice), 2 the user has not signed,
# 3 account 1 is not the vault of this user and bump, 4 wrong instruction data. The System program's
# custom error 1: not that many lamports there.
#
# Compute units (Agave 4.3, all features): deposit 2979, withdraw 2984.

    .version v0
    .globl entrypoint

    # A record of the serialized input: one account. The data is followed by 10240 bytes of room to
    # grow, by padding to a multiple of 8, and by 8 bytes that nobody uses any more.
    .equ IS_SIGNER,   1
    .equ IS_WRITABLE, 2
    .equ EXECUTABLE,  3
    .equ KEY,         8
    .equ OWNER,       40
    .equ LAMPORTS,    72
    .equ DATA_LEN,    80
    .equ DATA,        88
    .equ RECORD_SIZE, DATA + 10240 + 8

    .equ INSTRUCTION_SIZE, 10

    # This function's stack frame, downwards from r10, which is the end of the frame.
    .equ SEEDS,        -48              # 3 slices {address, length}: "vault", user key, bump
    .equ SIGNER,       SEEDS - 16       # 1 slice of seeds
    .equ ADDRESS,      SIGNER - 32      # the derived address
    .equ TRANSFER,     ADDRESS - 16     # the data of System's Transfer, 12 bytes
    .equ METAS,        TRANSFER - 32    # 2 account metas for it
    .equ INSTRUCTION,  METAS - 40       # the instruction that ties these together
    .equ INFOS,        INSTRUCTION - 112 # 2 account infos

# r1: the serialized input, r2: the instruction data. The 8 bytes before the data are its length,
# and the program's own id comes behind it.
entrypoint:
    ldxdw r3, [r1+0]                    # number of accounts
    jlt r3, 3, wrong_accounts
    ldxdw r3, [r2-8]
    jne r3, INSTRUCTION_SIZE, wrong_data
    mov64 r9, r2                        # r9: the instruction data

    # r6: user, r7: vault.
    mov64 r6, r1
    add64 r6, 8
    mov64 r1, r6
    call next_account
    jeq r0, 0, wrong_accounts
    mov64 r7, r0
    mov64 r1, r7
    call next_account
    jeq r0, 0, wrong_accounts

    ldxb r3, [r6+IS_SIGNER]
    jeq r3, 0, missing_signature

    # With the bump given, deriving the address costs one attempt instead of a search. A bump that
    # the caller makes up is harmless here: it names another vault of the same user.
    lddw r3, prefix
    stxdw [r10+SEEDS], r3
    stdw [r10+SEEDS+8], prefix_size
    mov64 r3, r6
    add64 r3, KEY
    stxdw [r10+SEEDS+16], r3
    stdw [r10+SEEDS+24], 32
    mov64 r3, r9
    add64 r3, 1
    stxdw [r10+SEEDS+32], r3
    stdw [r10+SEEDS+40], 1
    mov64 r1, r10
    add64 r1, SEEDS
    mov64 r2, 3
    mov64 r3, r9
    add64 r3, INSTRUCTION_SIZE
    mov64 r4, r10
    add64 r4, ADDRESS
    call sol_create_program_address
    jne r0, 0, wrong_address
    mov64 r1, r7
    add64 r1, KEY
    mov64 r2, r10
    add64 r2, ADDRESS
    call compare_keys
    jne r0, 0, wrong_address

    # System's Transfer {u32 2, u64 lamports}; what differs is who gives and who signs.
    stw [r10+TRANSFER], 2
    ldxdw r8, [r9+2]                    # r8: lamports
    stxdw [r10+TRANSFER+4], r8
    ldxb r3, [r9+0]
    jeq r3, 0, deposit
    jeq r3, 1, withdraw

wrong_data:
    mov64 r0, 4
    exit
wrong_accounts:
    mov64 r0, 1
    exit
missing_signature:
    mov64 r0, 2
    exit
wrong_address:
    mov64 r0, 3
    exit

# The user has signed the transaction, and that holds for calls made in it as well: no seeds.
deposit:
    mov64 r1, r6
    mov64 r2, r7
    mov64 r3, r10
    call write_transfer
    mov64 r4, 0
    mov64 r5, 0
    call invoke
    lddw r1, deposited
    mov64 r2, deposited_size
    ja log

# The vault signs through the seeds that its address is made of.
withdraw:
    mov64 r3, r10
    add64 r3, SEEDS
    stxdw [r10+SIGNER], r3
    stdw [r10+SIGNER+8], 3
    mov64 r1, r7
    mov64 r2, r6
    mov64 r3, r10
    call write_transfer
    mov64 r4, r10
    add64 r4, SIGNER
    mov64 r5, 1
    call invoke
    lddw r1, withdrawn
    mov64 r2, withdrawn_size

# r1, r2: a text, r8: the lamports.
log:
    call sol_log_
    mov64 r1, 0
    mov64 r2, 0
    mov64 r3, 0
    mov64 r4, 0
    mov64 r5, r8
    call sol_log_64_
    mov64 r0, 0
    exit

# r1: the record that gives, r2: the record that receives, r3: the caller's r10. Writes metas, infos
# and instruction into the caller's frame; returns that r10 in r3 for invoke.
write_transfer:
    mov64 r6, r1
    mov64 r7, r2
    mov64 r8, r3

    # Metas: {address of the key, is writable, is signer}.
    mov64 r3, r6
    add64 r3, KEY
    stxdw [r8+METAS], r3
    stdw [r8+METAS+8], 0x0101           # writable and signer, then 6 bytes of padding
    mov64 r3, r7
    add64 r3, KEY
    stxdw [r8+METAS+16], r3
    stdw [r8+METAS+24], 0x0001          # writable only

    # The instruction: {program id, metas, number of metas, data, length of the data}. The id is a
    # constant of ours: with an id from account 2, a caller could name a program of his own and
    # would have the vault's signature there.
    lddw r3, system_program
    stxdw [r8+INSTRUCTION], r3
    mov64 r3, r8
    add64 r3, METAS
    stxdw [r8+INSTRUCTION+8], r3
    stdw [r8+INSTRUCTION+16], 2
    mov64 r3, r8
    add64 r3, TRANSFER
    stxdw [r8+INSTRUCTION+24], r3
    stdw [r8+INSTRUCTION+32], 12

    mov64 r1, r8
    add64 r1, INFOS
    mov64 r2, r6
    call fill_info
    mov64 r1, r8
    add64 r1, INFOS+56
    mov64 r2, r7
    call fill_info
    mov64 r3, r8
    exit

# r3: the frame that write_transfer filled, r4, r5: the seeds and how many signers they make. Comes
# back only if the System program succeeded.
invoke:
    mov64 r1, r3
    add64 r1, INSTRUCTION
    mov64 r2, r3
    add64 r2, INFOS
    mov64 r3, 2
    call sol_invoke_signed_c
    exit

# r1: a record. Returns the record behind it, or 0 if this one is a repeated account, which has no
# record of its own.
next_account:
    mov64 r0, 0
    ldxb r2, [r1+0]
    jne r2, 255, next_account_done
    ldxdw r2, [r1+DATA_LEN]
    add64 r2, 7
    and64 r2, -8
    add64 r1, r2
    add64 r1, RECORD_SIZE
    mov64 r0, r1
next_account_done:
    exit

# r1, r2: addresses of 32 bytes each. Returns 0 if they are the same.
compare_keys:
    mov64 r0, 1
    ldxdw r3, [r1+0]
    ldxdw r4, [r2+0]
    jne r3, r4, compare_keys_done
    ldxdw r3, [r1+8]
    ldxdw r4, [r2+8]
    jne r3, r4, compare_keys_done
    ldxdw r3, [r1+16]
    ldxdw r4, [r2+16]
    jne r3, r4, compare_keys_done
    ldxdw r3, [r1+24]
    ldxdw r4, [r2+24]
    jne r3, r4, compare_keys_done
    mov64 r0, 0
compare_keys_done:
    exit

# r1: 56 bytes for an account info, r2: the record to describe. An info points into the record:
# {key, lamports, data length, data, owner, rent epoch, is signer, is writable, executable}.
fill_info:
    mov64 r3, r2
    add64 r3, KEY
    stxdw [r1+0], r3
    mov64 r3, r2
    add64 r3, LAMPORTS
    stxdw [r1+8], r3
    ldxdw r3, [r2+DATA_LEN]
    stxdw [r1+16], r3
    mov64 r3, r2
    add64 r3, DATA
    stxdw [r1+24], r3
    mov64 r3, r2
    add64 r3, OWNER
    stxdw [r1+32], r3
    stdw [r1+40], -1
    ldxb r3, [r2+IS_SIGNER]
    stxb [r1+48], r3
    ldxb r3, [r2+IS_WRITABLE]
    stxb [r1+49], r3
    ldxb r3, [r2+EXECUTABLE]
    stxb [r1+50], r3
    exit

    .rodata
prefix:
    .ascii "vault"
    .equ prefix_size, . - prefix
deposited:
    .ascii "vault: deposit"
    .equ deposited_size, . - deposited
withdrawn:
    .ascii "vault: withdraw"
    .equ withdrawn_size, . - withdrawn
system_program:                         # its id is 32 zero bytes
    .space 32

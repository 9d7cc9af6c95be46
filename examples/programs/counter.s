# SPDX-License-Identifier: Apache-2.0
# Counter: one number per payer, in an account whose address only this program can sign for.
#
# Accounts
#   0  counter  writable          address derived from ["counter", payer key], canonical bump
#   1  payer    writable, signer  pays for the account on the first call
#   2  System program             called on the first call; must be listed on every call
# Instruction data: none (whatever is given is ignored).
#
# The first call creates the counter with the value 0; every later call adds 1 to it.
#
# Counter account: owned by this program, 8 bytes, 946560 lamports (the rent minimum for 8 bytes).
#   0  u64  count
#
# Return data: the count, 8 bytes, little-endian.
# Logs: "counter: created" on the first call, "counter: incremented" and the count later.
#
# Custom errors: 1 wrong accounts (too few, or one given twice), 2 the payer has not signed,
# 3 account 0 is not the payer's counter, 4 account 0 is owned by another program or is not 8 bytes.
# A counter address that somebody has sent lamports to before the first call makes the System
# program refuse to create the account (its custom error 0).
#
# Compute units (Agave 4.3, all features): create 2986, increment 1916, and 1500 more for every bump
# below 255 that the search has to go down.

    .version v3
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

    .equ COUNTER_SIZE, 8
    .equ RENT_MINIMUM, 946560

    # This function's stack frame, downwards from r10, which is the end of the frame.
    .equ SEEDS,        -48              # 3 slices {address, length}: "counter", payer key, bump
    .equ SIGNER,       SEEDS - 16       # 1 slice of seeds
    .equ ADDRESS,      SIGNER - 32      # the derived address
    .equ BUMP,         ADDRESS - 8      # the derived bump, one byte
    .equ PROGRAM_ID,   BUMP - 8         # where this program's id lies
    .equ CREATE,       PROGRAM_ID - 56  # the data of System's CreateAccount, 52 bytes
    .equ METAS,        CREATE - 32      # 2 account metas for it
    .equ INSTRUCTION,  METAS - 40       # the instruction that ties these together
    .equ INFOS,        INSTRUCTION - 112 # 2 account infos

# r1: the serialized input, r2: the instruction data. The 8 bytes before the data are its length,
# and the program's own id comes behind it.
entrypoint:
    ldxdw r3, [r1+0]                    # number of accounts
    jlt r3, 3, wrong_accounts
    ldxdw r3, [r2-8]
    add64 r3, r2
    stxdw [r10+PROGRAM_ID], r3

    # r6: counter, r7: payer. The System program's record itself is of no interest.
    mov64 r6, r1
    add64 r6, 8
    mov64 r1, r6
    call next_account
    jeq r0, 0, wrong_accounts
    mov64 r7, r0
    mov64 r1, r7
    call next_account
    jeq r0, 0, wrong_accounts

    ldxb r3, [r7+IS_SIGNER]
    jeq r3, 0, missing_signature

    # Which address belongs to this payer? The search also finds the bump that goes with it.
    lddw r3, prefix
    stxdw [r10+SEEDS], r3
    stdw [r10+SEEDS+8], prefix_size
    mov64 r3, r7
    add64 r3, KEY
    stxdw [r10+SEEDS+16], r3
    stdw [r10+SEEDS+24], 32
    mov64 r1, r10
    add64 r1, SEEDS
    mov64 r2, 2
    ldxdw r3, [r10+PROGRAM_ID]
    mov64 r4, r10
    add64 r4, ADDRESS
    mov64 r5, r10
    add64 r5, BUMP
    call sol_try_find_program_address
    jne r0, 0, wrong_address
    mov64 r1, r6
    add64 r1, KEY
    mov64 r2, r10
    add64 r2, ADDRESS
    call compare_keys
    jne r0, 0, wrong_address

    ldxdw r3, [r6+DATA_LEN]
    jeq r3, 0, create

    # The counter exists. Only its owner can have written it, so the owner must be this program.
    jne r3, COUNTER_SIZE, wrong_state
    mov64 r1, r6
    add64 r1, OWNER
    ldxdw r2, [r10+PROGRAM_ID]
    call compare_keys
    jne r0, 0, wrong_state
    ldxdw r8, [r6+DATA]
    add64 r8, 1
    stxdw [r6+DATA], r8
    lddw r1, incremented
    mov64 r2, incremented_size
    call sol_log_
    mov64 r1, 0
    mov64 r2, 0
    mov64 r3, 0
    mov64 r4, 0
    mov64 r5, r8
    call sol_log_64_
    ja return_count

# System's CreateAccount {u32 0, u64 lamports, u64 size, owner}, from the payer to the counter. The
# counter has to sign, which this program does for it by giving the seeds, bump included.
create:
    stw [r10+CREATE], 0
    stdw [r10+CREATE+4], RENT_MINIMUM
    stdw [r10+CREATE+12], COUNTER_SIZE
    mov64 r1, r10
    add64 r1, CREATE+20
    ldxdw r2, [r10+PROGRAM_ID]
    mov64 r3, 32
    call sol_memcpy_

    # Metas: {address of the key, is writable, is signer}.
    mov64 r3, r7
    add64 r3, KEY
    stxdw [r10+METAS], r3
    stdw [r10+METAS+8], 0x0101          # writable and signer, then 6 bytes of padding
    mov64 r3, r6
    add64 r3, KEY
    stxdw [r10+METAS+16], r3
    stdw [r10+METAS+24], 0x0101

    # The instruction: {program id, metas, number of metas, data, length of the data}. The id is a
    # constant of ours: with an id from account 2, a caller could name a program of his own and
    # would have the counter's signature there.
    lddw r3, system_program
    stxdw [r10+INSTRUCTION], r3
    mov64 r3, r10
    add64 r3, METAS
    stxdw [r10+INSTRUCTION+8], r3
    stdw [r10+INSTRUCTION+16], 2
    mov64 r3, r10
    add64 r3, CREATE
    stxdw [r10+INSTRUCTION+24], r3
    stdw [r10+INSTRUCTION+32], 52

    mov64 r1, r10
    add64 r1, INFOS
    mov64 r2, r7
    call fill_info
    mov64 r1, r10
    add64 r1, INFOS+56
    mov64 r2, r6
    call fill_info

    mov64 r3, r10
    add64 r3, BUMP
    stxdw [r10+SEEDS+32], r3
    stdw [r10+SEEDS+40], 1
    mov64 r3, r10
    add64 r3, SEEDS
    stxdw [r10+SIGNER], r3
    stdw [r10+SIGNER+8], 3

    mov64 r1, r10
    add64 r1, INSTRUCTION
    mov64 r2, r10
    add64 r2, INFOS
    mov64 r3, 2
    mov64 r4, r10
    add64 r4, SIGNER
    mov64 r5, 1
    call sol_invoke_signed_c            # comes back only if it succeeded
    lddw r1, created
    mov64 r2, created_size
    call sol_log_

return_count:
    mov64 r1, r6
    add64 r1, DATA
    mov64 r2, COUNTER_SIZE
    call sol_set_return_data
    mov64 r0, 0
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
wrong_state:
    mov64 r0, 4
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
    .ascii "counter"
    .equ prefix_size, . - prefix
created:
    .ascii "counter: created"
    .equ created_size, . - created
incremented:
    .ascii "counter: incremented"
    .equ incremented_size, . - incremented
system_program:                         # its id is 32 zero bytes
    .space 32

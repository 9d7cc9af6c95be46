# SPDX-License-Identifier: Apache-2.0
# Escrow: a maker locks lamports and names a price; whoever pays the maker that price gets them.
#
# Make: accounts
#   0  maker   writable, signer
#   1  escrow  writable             address derived from ["escrow", maker key, bump]
#   2  System program
# Instruction data, 18 bytes
#   0   u8   0
#   1   u8   bump of the escrow's address
#   2   u64  amount: lamports offered
#   10  u64  price: lamports wanted for them
#
# Take: accounts
#   0  taker   writable, signer
#   1  maker   writable             the maker that the escrow names
#   2  escrow  writable
#   3  System program
# Instruction data, 1 byte
#   0   u8   1
#
# Make creates the escrow with 1224960 lamports (the rent minimum for 48 bytes) and the amount, all
# from the maker. Take moves the price from the taker to the maker (a call to the System program),
# then empties the escrow: the amount goes to the taker, the rest to the maker. A maker has at most
# one open escrow per bump.
#
# Escrow account: owned by this program, 48 bytes.
#   0   key  maker
#   32  u64  amount
#   40  u64  price
#
# Logs: "escrow: made", then amount and price; "escrow: taken", then amount and price.
#
# Custom errors: 1 wrong accounts (too few, or one given twice), 2 the maker or the taker has not
# signed, 3 account 1 of make is not the escrow of this maker and bump, 4 wrong instruction data,
# 5 account 2 of take is no escrow of this program, 6 account 1 of take is not its maker, 7 amount
# and rent together overflow. The System program's custom errors: 0 the escrow is open already,
# 1 not that many lamports there.
#
# Compute units (Agave 4.3, all features): make 3023, take 1507.

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

    # The escrow account's data, as offsets in its record.
    .equ MAKER,        DATA
    .equ AMOUNT,       DATA + 32
    .equ PRICE,        DATA + 40
    .equ ESCROW_SIZE,  48
    .equ RENT_MINIMUM, 1224960

    .equ MAKE_SIZE, 18
    .equ TAKE_SIZE, 1

    # This function's stack frame, downwards from r10, which is the end of the frame.
    .equ SEEDS,        -48              # 3 slices {address, length}: "escrow", maker key, bump
    .equ SIGNER,       SEEDS - 16       # 1 slice of seeds
    .equ ADDRESS,      SIGNER - 32      # the derived address
    .equ PROGRAM_ID,   ADDRESS - 8      # where this program's id lies
    .equ SYSTEM_DATA,  PROGRAM_ID - 56  # the System instruction's data, at most 52 bytes
    .equ METAS,        SYSTEM_DATA - 32 # 2 account metas for it
    .equ INSTRUCTION,  METAS - 40       # the instruction that ties these together
    .equ INFOS,        INSTRUCTION - 112 # 2 account infos

# r1: the serialized input, r2: the instruction data. The 8 bytes before the data are its length,
# and the program's own id comes behind it.
entrypoint:
    mov64 r6, r1                        # r6: the input, then its first record
    mov64 r9, r2                        # r9: the instruction data
    ldxdw r4, [r9-8]
    mov64 r3, r9
    add64 r3, r4
    stxdw [r10+PROGRAM_ID], r3
    ldxdw r5, [r6+0]                    # number of accounts
    add64 r6, 8
    jeq r4, 0, wrong_data
    ldxb r3, [r9+0]
    jeq r3, 0, make
    jeq r3, 1, take

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
wrong_escrow:
    mov64 r0, 5
    exit
wrong_maker:
    mov64 r0, 6
    exit
overflow:
    mov64 r0, 7
    exit

# r4: length of the data, r5: number of accounts.
make:
    jne r4, MAKE_SIZE, wrong_data
    jlt r5, 3, wrong_accounts

    # r6: maker, r7: escrow.
    mov64 r1, r6
    call next_account
    jeq r0, 0, wrong_accounts
    mov64 r7, r0
    mov64 r1, r7
    call next_account
    jeq r0, 0, wrong_accounts
    ldxb r3, [r6+IS_SIGNER]
    jeq r3, 0, missing_signature

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
    mov64 r3, r10
    add64 r3, SEEDS
    stxdw [r10+SIGNER], r3
    stdw [r10+SIGNER+8], 3
    mov64 r1, r10
    add64 r1, SEEDS
    mov64 r2, 3
    ldxdw r3, [r10+PROGRAM_ID]
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

    # System's CreateAccount {u32 0, u64 lamports, u64 size, owner}, signed by maker and escrow.
    ldxdw r8, [r9+2]                    # r8: amount
    mov64 r3, r8
    add64 r3, RENT_MINIMUM
    jlt r3, RENT_MINIMUM, overflow
    stw [r10+SYSTEM_DATA], 0
    stxdw [r10+SYSTEM_DATA+4], r3
    stdw [r10+SYSTEM_DATA+12], ESCROW_SIZE
    mov64 r1, r10
    add64 r1, SYSTEM_DATA+20
    ldxdw r2, [r10+PROGRAM_ID]
    mov64 r3, 32
    call sol_memcpy_
    mov64 r1, r10
    mov64 r2, r6
    mov64 r3, r7
    call write_instruction
    stdw [r10+METAS+24], 0x0101         # the escrow signs too
    stdw [r10+INSTRUCTION+32], 52
    mov64 r1, r10
    add64 r1, INSTRUCTION
    mov64 r2, r10
    add64 r2, INFOS
    mov64 r3, 2
    mov64 r4, r10
    add64 r4, SIGNER
    mov64 r5, 1
    call sol_invoke_signed_c            # comes back only if it succeeded

    # The account is ours now, with 48 zero bytes of data that we may write.
    mov64 r1, r7
    add64 r1, MAKER
    mov64 r2, r6
    add64 r2, KEY
    mov64 r3, 32
    call sol_memcpy_
    stxdw [r7+AMOUNT], r8
    ldxdw r3, [r9+10]
    stxdw [r7+PRICE], r3
    lddw r1, made
    mov64 r2, made_size
    call sol_log_
    mov64 r4, r8
    ldxdw r5, [r9+10]
    ja log_numbers

# r4: length of the data, r5: number of accounts.
take:
    jne r4, TAKE_SIZE, wrong_data
    jlt r5, 4, wrong_accounts

    # r6: taker, r7: maker, r8: escrow.
    mov64 r1, r6
    call next_account
    jeq r0, 0, wrong_accounts
    mov64 r7, r0
    mov64 r1, r7
    call next_account
    jeq r0, 0, wrong_accounts
    mov64 r8, r0
    mov64 r1, r8
    call next_account
    jeq r0, 0, wrong_accounts
    ldxb r3, [r6+IS_SIGNER]
    jeq r3, 0, missing_signature

    # Only this program writes to accounts that it owns, so what it owns can be trusted: the address
    # needs no second derivation.
    ldxdw r3, [r8+DATA_LEN]
    jne r3, ESCROW_SIZE, wrong_escrow
    mov64 r1, r8
    add64 r1, OWNER
    ldxdw r2, [r10+PROGRAM_ID]
    call compare_keys
    jne r0, 0, wrong_escrow
    mov64 r1, r8
    add64 r1, MAKER
    mov64 r2, r7
    add64 r2, KEY
    call compare_keys
    jne r0, 0, wrong_maker

    # System's Transfer {u32 2, u64 lamports} from taker to maker, signed by the taker. It comes
    # before our own changes: at every call, the lamports of all accounts must add up.
    stw [r10+SYSTEM_DATA], 2
    ldxdw r3, [r8+PRICE]
    stxdw [r10+SYSTEM_DATA+4], r3
    mov64 r1, r10
    mov64 r2, r6
    mov64 r3, r7
    call write_instruction
    stdw [r10+INSTRUCTION+32], 12
    mov64 r1, r10
    add64 r1, INSTRUCTION
    mov64 r2, r10
    add64 r2, INFOS
    mov64 r3, 2
    mov64 r4, 0
    mov64 r5, 0
    call sol_invoke_signed_c

    lddw r1, taken
    mov64 r2, taken_size
    call sol_log_
    ldxdw r9, [r8+AMOUNT]               # r9: amount
    mov64 r1, 0
    mov64 r2, 0
    mov64 r3, 0
    mov64 r4, r9
    ldxdw r5, [r8+PRICE]
    call sol_log_64_

    # A program may take lamports from accounts that it owns and give them to any writable account.
    # The sum of all lamports bounds each of these additions.
    ldxdw r3, [r6+LAMPORTS]
    add64 r3, r9
    stxdw [r6+LAMPORTS], r3
    ldxdw r4, [r8+LAMPORTS]
    sub64 r4, r9
    ldxdw r3, [r7+LAMPORTS]
    add64 r3, r4
    stxdw [r7+LAMPORTS], r3
    stdw [r8+LAMPORTS], 0

    # An account without lamports disappears, but only when the transaction ends. Without its data
    # it is no escrow from now on, whatever the rest of the transaction gives it.
    stdw [r8+DATA_LEN], 0
    mov64 r0, 0
    exit

# r4, r5: amount and price.
log_numbers:
    mov64 r1, 0
    mov64 r2, 0
    mov64 r3, 0
    call sol_log_64_
    mov64 r0, 0
    exit

# r1: the caller's r10, r2: the record that gives and signs, r3: the record that receives. Writes
# metas, infos and instruction into the caller's frame; what is left to the caller is the length of
# the data and whether the receiver signs.
write_instruction:
    mov64 r6, r1
    mov64 r7, r2
    mov64 r8, r3

    # Metas: {address of the key, is writable, is signer}.
    mov64 r3, r7
    add64 r3, KEY
    stxdw [r6+METAS], r3
    stdw [r6+METAS+8], 0x0101           # writable and signer, then 6 bytes of padding
    mov64 r3, r8
    add64 r3, KEY
    stxdw [r6+METAS+16], r3
    stdw [r6+METAS+24], 0x0001          # writable only

    # The instruction: {program id, metas, number of metas, data, length of the data}. The id is a
    # constant of ours, because a caller chooses what the last account is.
    lddw r3, system_program
    stxdw [r6+INSTRUCTION], r3
    mov64 r3, r6
    add64 r3, METAS
    stxdw [r6+INSTRUCTION+8], r3
    stdw [r6+INSTRUCTION+16], 2
    mov64 r3, r6
    add64 r3, SYSTEM_DATA
    stxdw [r6+INSTRUCTION+24], r3

    mov64 r1, r6
    add64 r1, INFOS
    mov64 r2, r7
    call fill_info
    mov64 r1, r6
    add64 r1, INFOS+56
    mov64 r2, r8
    call fill_info
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
    .ascii "escrow"
    .equ prefix_size, . - prefix
made:
    .ascii "escrow: made"
    .equ made_size, . - made
taken:
    .ascii "escrow: taken"
    .equ taken_size, . - taken
system_program:                         # its id is 32 zero bytes
    .space 32

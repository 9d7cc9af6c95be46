.version v0
.equ SIZE, 0x10
entrypoint:
    lddw r1, text
    mov64 r2, text_size
    call sol_log_
    ldxdw r1, [r10-SIZE]
    stxb [r10-8], r1
    stw [r10-4], -1
    jeq r1, 5, done
    jgt r1, r2, +1
    be16 r0
    neg64 r0
    call helper
    lddw r3, helper
    callx r3
done:
    exit
helper: exit
.rodata
text: .ascii "a\n\x41"
.equ text_size, . - text
.align 8
.byte 1, 'b'
.quad text
.space 3, 7

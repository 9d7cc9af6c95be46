.version v2
    add64 r10, -64
    lddw r1, d+1
    lmul32 r1, r2
    hor64 r1, 1
    self: call self
    syscall abort
    .fill 2, 0x95
.rodata
d: .byte 1, 2

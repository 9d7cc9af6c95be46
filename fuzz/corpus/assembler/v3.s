.version v3
    jeq32 r1, 0xffffffff, -1 ; loop
    call +1
    syscall 5 // number
    exit # end

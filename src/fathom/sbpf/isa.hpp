// SPDX-License-Identifier: Apache-2.0
// The one table of the instruction set: operations, their text and shape, and the byte of each per
// version.
//
// An operation here is a behaviour, not an encoding: where two versions give one byte two meanings,
// there are two operations, and where a version swaps operands, the swapped form has its own name.
// After decoding, nobody needs to ask for a version again. Source of the rules: anza-xyz/sbpf
// src/ebpf.rs, src/verifier.rs, src/interpreter.rs.
#pragma once

#include "fathom/sbpf/version.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace fathom::sbpf {

/// Which fields an instruction uses, and how it is written.
enum class Form : std::uint8_t {
    Invalid,  // no such instruction in this version
    DstImm,   // add64 r1, 5
    DstSrc,   // add64 r1, r2
    Dst,      // neg64 r1
    Endian,   // be16 r1: imm is 16, 32 or 64
    WideImm,  // lddw r1, 0x1122334455667788: two slots
    Load,     // ldxb r1, [r2+4]
    StoreImm, // stb [r1+4], 7
    StoreReg, // stxb [r1+4], r2
    Jump,     // ja +2
    JumpImm,  // jeq r1, 5, +2
    JumpReg,  // jeq r1, r2, +2
    CallImm,  // call name
    CallReg,  // callx r3
    Exit,     // exit
};

/// What the verifier checks beside the registers.
enum class Check : std::uint8_t {
    None,
    DivisorImm,
    Shift32,
    Shift64,
    EndianSize,
    Target,
    Wide,
    CallRegister
};

// X(operation, mnemonic, form, check)
// Suffix Sx: the 32-bit result is sign-extended to 64 bits; without it, zero-extended. Rsub:
// immediate - dst.
#define FATHOM_SBPF_OPS(X)                                                                         \
    X(Invalid, "invalid", Invalid, None)                                                           \
    X(Lddw, "lddw", WideImm, Wide)                                                                 \
    X(Load8, "ldxb", Load, None)                                                                   \
    X(Load16, "ldxh", Load, None)                                                                  \
    X(Load32, "ldxw", Load, None)                                                                  \
    X(Load64, "ldxdw", Load, None)                                                                 \
    X(Store8Imm, "stb", StoreImm, None)                                                            \
    X(Store16Imm, "sth", StoreImm, None)                                                           \
    X(Store32Imm, "stw", StoreImm, None)                                                           \
    X(Store64Imm, "stdw", StoreImm, None)                                                          \
    X(Store8Reg, "stxb", StoreReg, None)                                                           \
    X(Store16Reg, "stxh", StoreReg, None)                                                          \
    X(Store32Reg, "stxw", StoreReg, None)                                                          \
    X(Store64Reg, "stxdw", StoreReg, None)                                                         \
    X(Add32Imm, "add32", DstImm, None)                                                             \
    X(Add32Reg, "add32", DstSrc, None)                                                             \
    X(Add32ImmSx, "add32", DstImm, None)                                                           \
    X(Add32RegSx, "add32", DstSrc, None)                                                           \
    X(Rsub32Imm, "sub32", DstImm, None)                                                            \
    X(Sub32Reg, "sub32", DstSrc, None)                                                             \
    X(Sub32ImmSx, "sub32", DstImm, None)                                                           \
    X(Sub32RegSx, "sub32", DstSrc, None)                                                           \
    X(Mul32ImmSx, "mul32", DstImm, None)                                                           \
    X(Mul32RegSx, "mul32", DstSrc, None)                                                           \
    X(Div32Imm, "div32", DstImm, DivisorImm)                                                       \
    X(Div32Reg, "div32", DstSrc, None)                                                             \
    X(Mod32Imm, "mod32", DstImm, DivisorImm)                                                       \
    X(Mod32Reg, "mod32", DstSrc, None)                                                             \
    X(Or32Imm, "or32", DstImm, None)                                                               \
    X(Or32Reg, "or32", DstSrc, None)                                                               \
    X(And32Imm, "and32", DstImm, None)                                                             \
    X(And32Reg, "and32", DstSrc, None)                                                             \
    X(Lsh32Imm, "lsh32", DstImm, Shift32)                                                          \
    X(Lsh32Reg, "lsh32", DstSrc, None)                                                             \
    X(Rsh32Imm, "rsh32", DstImm, Shift32)                                                          \
    X(Rsh32Reg, "rsh32", DstSrc, None)                                                             \
    X(Neg32, "neg32", Dst, None)                                                                   \
    X(Xor32Imm, "xor32", DstImm, None)                                                             \
    X(Xor32Reg, "xor32", DstSrc, None)                                                             \
    X(Mov32Imm, "mov32", DstImm, None)                                                             \
    X(Mov32Reg, "mov32", DstSrc, None)                                                             \
    X(Mov32RegSx, "mov32", DstSrc, None)                                                           \
    X(Arsh32Imm, "arsh32", DstImm, Shift32)                                                        \
    X(Arsh32Reg, "arsh32", DstSrc, None)                                                           \
    X(Le, "le", Endian, EndianSize)                                                                \
    X(Be, "be", Endian, EndianSize)                                                                \
    X(Add64Imm, "add64", DstImm, None)                                                             \
    X(Add64Reg, "add64", DstSrc, None)                                                             \
    X(Sub64Imm, "sub64", DstImm, None)                                                             \
    X(Rsub64Imm, "sub64", DstImm, None)                                                            \
    X(Sub64Reg, "sub64", DstSrc, None)                                                             \
    X(Mul64Imm, "mul64", DstImm, None)                                                             \
    X(Mul64Reg, "mul64", DstSrc, None)                                                             \
    X(Div64Imm, "div64", DstImm, DivisorImm)                                                       \
    X(Div64Reg, "div64", DstSrc, None)                                                             \
    X(Mod64Imm, "mod64", DstImm, DivisorImm)                                                       \
    X(Mod64Reg, "mod64", DstSrc, None)                                                             \
    X(Or64Imm, "or64", DstImm, None)                                                               \
    X(Or64Reg, "or64", DstSrc, None)                                                               \
    X(And64Imm, "and64", DstImm, None)                                                             \
    X(And64Reg, "and64", DstSrc, None)                                                             \
    X(Lsh64Imm, "lsh64", DstImm, Shift64)                                                          \
    X(Lsh64Reg, "lsh64", DstSrc, None)                                                             \
    X(Rsh64Imm, "rsh64", DstImm, Shift64)                                                          \
    X(Rsh64Reg, "rsh64", DstSrc, None)                                                             \
    X(Neg64, "neg64", Dst, None)                                                                   \
    X(Xor64Imm, "xor64", DstImm, None)                                                             \
    X(Xor64Reg, "xor64", DstSrc, None)                                                             \
    X(Mov64Imm, "mov64", DstImm, None)                                                             \
    X(Mov64Reg, "mov64", DstSrc, None)                                                             \
    X(Arsh64Imm, "arsh64", DstImm, Shift64)                                                        \
    X(Arsh64Reg, "arsh64", DstSrc, None)                                                           \
    X(Hor64Imm, "hor64", DstImm, None)                                                             \
    X(Uhmul64Imm, "uhmul64", DstImm, None)                                                         \
    X(Uhmul64Reg, "uhmul64", DstSrc, None)                                                         \
    X(Shmul64Imm, "shmul64", DstImm, None)                                                         \
    X(Shmul64Reg, "shmul64", DstSrc, None)                                                         \
    X(Lmul32Imm, "lmul32", DstImm, None)                                                           \
    X(Lmul32Reg, "lmul32", DstSrc, None)                                                           \
    X(Lmul64Imm, "lmul64", DstImm, None)                                                           \
    X(Lmul64Reg, "lmul64", DstSrc, None)                                                           \
    X(Udiv32Imm, "udiv32", DstImm, DivisorImm)                                                     \
    X(Udiv32Reg, "udiv32", DstSrc, None)                                                           \
    X(Udiv64Imm, "udiv64", DstImm, DivisorImm)                                                     \
    X(Udiv64Reg, "udiv64", DstSrc, None)                                                           \
    X(Urem32Imm, "urem32", DstImm, DivisorImm)                                                     \
    X(Urem32Reg, "urem32", DstSrc, None)                                                           \
    X(Urem64Imm, "urem64", DstImm, DivisorImm)                                                     \
    X(Urem64Reg, "urem64", DstSrc, None)                                                           \
    X(Sdiv32Imm, "sdiv32", DstImm, DivisorImm)                                                     \
    X(Sdiv32Reg, "sdiv32", DstSrc, None)                                                           \
    X(Sdiv64Imm, "sdiv64", DstImm, DivisorImm)                                                     \
    X(Sdiv64Reg, "sdiv64", DstSrc, None)                                                           \
    X(Srem32Imm, "srem32", DstImm, DivisorImm)                                                     \
    X(Srem32Reg, "srem32", DstSrc, None)                                                           \
    X(Srem64Imm, "srem64", DstImm, DivisorImm)                                                     \
    X(Srem64Reg, "srem64", DstSrc, None)                                                           \
    X(Ja, "ja", Jump, Target)                                                                      \
    X(Jeq64Imm, "jeq", JumpImm, Target)                                                            \
    X(Jeq64Reg, "jeq", JumpReg, Target)                                                            \
    X(Jgt64Imm, "jgt", JumpImm, Target)                                                            \
    X(Jgt64Reg, "jgt", JumpReg, Target)                                                            \
    X(Jge64Imm, "jge", JumpImm, Target)                                                            \
    X(Jge64Reg, "jge", JumpReg, Target)                                                            \
    X(Jset64Imm, "jset", JumpImm, Target)                                                          \
    X(Jset64Reg, "jset", JumpReg, Target)                                                          \
    X(Jne64Imm, "jne", JumpImm, Target)                                                            \
    X(Jne64Reg, "jne", JumpReg, Target)                                                            \
    X(Jsgt64Imm, "jsgt", JumpImm, Target)                                                          \
    X(Jsgt64Reg, "jsgt", JumpReg, Target)                                                          \
    X(Jsge64Imm, "jsge", JumpImm, Target)                                                          \
    X(Jsge64Reg, "jsge", JumpReg, Target)                                                          \
    X(Jlt64Imm, "jlt", JumpImm, Target)                                                            \
    X(Jlt64Reg, "jlt", JumpReg, Target)                                                            \
    X(Jle64Imm, "jle", JumpImm, Target)                                                            \
    X(Jle64Reg, "jle", JumpReg, Target)                                                            \
    X(Jslt64Imm, "jslt", JumpImm, Target)                                                          \
    X(Jslt64Reg, "jslt", JumpReg, Target)                                                          \
    X(Jsle64Imm, "jsle", JumpImm, Target)                                                          \
    X(Jsle64Reg, "jsle", JumpReg, Target)                                                          \
    X(Jeq32Imm, "jeq32", JumpImm, Target)                                                          \
    X(Jeq32Reg, "jeq32", JumpReg, Target)                                                          \
    X(Jgt32Imm, "jgt32", JumpImm, Target)                                                          \
    X(Jgt32Reg, "jgt32", JumpReg, Target)                                                          \
    X(Jge32Imm, "jge32", JumpImm, Target)                                                          \
    X(Jge32Reg, "jge32", JumpReg, Target)                                                          \
    X(Jset32Imm, "jset32", JumpImm, Target)                                                        \
    X(Jset32Reg, "jset32", JumpReg, Target)                                                        \
    X(Jne32Imm, "jne32", JumpImm, Target)                                                          \
    X(Jne32Reg, "jne32", JumpReg, Target)                                                          \
    X(Jsgt32Imm, "jsgt32", JumpImm, Target)                                                        \
    X(Jsgt32Reg, "jsgt32", JumpReg, Target)                                                        \
    X(Jsge32Imm, "jsge32", JumpImm, Target)                                                        \
    X(Jsge32Reg, "jsge32", JumpReg, Target)                                                        \
    X(Jlt32Imm, "jlt32", JumpImm, Target)                                                          \
    X(Jlt32Reg, "jlt32", JumpReg, Target)                                                          \
    X(Jle32Imm, "jle32", JumpImm, Target)                                                          \
    X(Jle32Reg, "jle32", JumpReg, Target)                                                          \
    X(Jslt32Imm, "jslt32", JumpImm, Target)                                                        \
    X(Jslt32Reg, "jslt32", JumpReg, Target)                                                        \
    X(Jsle32Imm, "jsle32", JumpImm, Target)                                                        \
    X(Jsle32Reg, "jsle32", JumpReg, Target)                                                        \
    X(Call, "call", CallImm, None)                                                                 \
    X(Callx, "callx", CallReg, CallRegister)                                                       \
    X(Exit, "exit", Exit, None)

enum class Op : std::uint8_t {
#define FATHOM_ROW(op, mnemonic, form, check) op,
    FATHOM_SBPF_OPS(FATHOM_ROW)
#undef FATHOM_ROW
};

struct OpInfo {
    std::string_view mnemonic;
    Form form;
    Check check;
};

inline constexpr OpInfo kOpInfo[] = {
#define FATHOM_ROW(op, mnemonic, form, check) {mnemonic, Form::form, Check::check},
    FATHOM_SBPF_OPS(FATHOM_ROW)
#undef FATHOM_ROW
};

inline constexpr std::size_t kOpCount = std::size(kOpInfo);

[[nodiscard]] constexpr const OpInfo& info(Op op) {
    return kOpInfo[static_cast<std::size_t>(op)];
}

/// Bytes that a load or store reaches. Relies on the order of the table: three groups of four.
[[nodiscard]] constexpr std::uint64_t access_size(Op op) {
    return 1u << ((static_cast<unsigned>(op) - static_cast<unsigned>(Op::Load8)) & 3u);
}
static_assert(access_size(Op::Load8) == 1 && access_size(Op::Load64) == 8 &&
              access_size(Op::Store8Imm) == 1 && access_size(Op::Store64Imm) == 8 &&
              access_size(Op::Store8Reg) == 1 && access_size(Op::Store16Reg) == 2 &&
              access_size(Op::Store32Reg) == 4 && access_size(Op::Store64Reg) == 8);

/// Set of versions, one bit each.
using VersionMask = std::uint8_t;
inline constexpr VersionMask kOnlyV2 = 1u << 2;
inline constexpr VersionMask kAllVersions = 0b11111;
inline constexpr VersionMask kNotV2 = kAllVersions & ~kOnlyV2;
inline constexpr VersionMask kFromV3 = 0b11000;

struct Encoding {
    std::uint8_t byte;
    Op op;
    VersionMask versions;
};

inline constexpr Encoding kEncodings[] = {
    {0x18, Op::Lddw, kNotV2},
    {0x71, Op::Load8, kNotV2},
    {0x69, Op::Load16, kNotV2},
    {0x61, Op::Load32, kNotV2},
    {0x79, Op::Load64, kNotV2},
    {0x72, Op::Store8Imm, kNotV2},
    {0x6a, Op::Store16Imm, kNotV2},
    {0x62, Op::Store32Imm, kNotV2},
    {0x7a, Op::Store64Imm, kNotV2},
    {0x73, Op::Store8Reg, kNotV2},
    {0x6b, Op::Store16Reg, kNotV2},
    {0x63, Op::Store32Reg, kNotV2},
    {0x7b, Op::Store64Reg, kNotV2},
    // V2 moved the memory class into the freed multiplication and division bytes.
    {0x2c, Op::Load8, kOnlyV2},
    {0x3c, Op::Load16, kOnlyV2},
    {0x8c, Op::Load32, kOnlyV2},
    {0x9c, Op::Load64, kOnlyV2},
    {0x27, Op::Store8Imm, kOnlyV2},
    {0x37, Op::Store16Imm, kOnlyV2},
    {0x87, Op::Store32Imm, kOnlyV2},
    {0x97, Op::Store64Imm, kOnlyV2},
    {0x2f, Op::Store8Reg, kOnlyV2},
    {0x3f, Op::Store16Reg, kOnlyV2},
    {0x8f, Op::Store32Reg, kOnlyV2},
    {0x9f, Op::Store64Reg, kOnlyV2},
    {0x04, Op::Add32ImmSx, kNotV2},
    {0x0c, Op::Add32RegSx, kNotV2},
    {0x04, Op::Add32Imm, kOnlyV2},
    {0x0c, Op::Add32Reg, kOnlyV2},
    {0x14, Op::Sub32ImmSx, kNotV2},
    {0x1c, Op::Sub32RegSx, kNotV2},
    {0x14, Op::Rsub32Imm, kOnlyV2},
    {0x1c, Op::Sub32Reg, kOnlyV2},
    {0x24, Op::Mul32ImmSx, kNotV2},
    {0x2c, Op::Mul32RegSx, kNotV2},
    {0x34, Op::Div32Imm, kNotV2},
    {0x3c, Op::Div32Reg, kNotV2},
    {0x94, Op::Mod32Imm, kNotV2},
    {0x9c, Op::Mod32Reg, kNotV2},
    {0x44, Op::Or32Imm, kAllVersions},
    {0x4c, Op::Or32Reg, kAllVersions},
    {0x54, Op::And32Imm, kAllVersions},
    {0x5c, Op::And32Reg, kAllVersions},
    {0x64, Op::Lsh32Imm, kAllVersions},
    {0x6c, Op::Lsh32Reg, kAllVersions},
    {0x74, Op::Rsh32Imm, kAllVersions},
    {0x7c, Op::Rsh32Reg, kAllVersions},
    {0x84, Op::Neg32, kNotV2},
    {0xa4, Op::Xor32Imm, kAllVersions},
    {0xac, Op::Xor32Reg, kAllVersions},
    {0xb4, Op::Mov32Imm, kAllVersions},
    {0xbc, Op::Mov32Reg, kNotV2},
    {0xbc, Op::Mov32RegSx, kOnlyV2},
    {0xc4, Op::Arsh32Imm, kAllVersions},
    {0xcc, Op::Arsh32Reg, kAllVersions},
    {0xd4, Op::Le, kNotV2},
    {0xdc, Op::Be, kAllVersions},
    {0x07, Op::Add64Imm, kAllVersions},
    {0x0f, Op::Add64Reg, kAllVersions},
    {0x17, Op::Sub64Imm, kNotV2},
    {0x17, Op::Rsub64Imm, kOnlyV2},
    {0x1f, Op::Sub64Reg, kAllVersions},
    {0x27, Op::Mul64Imm, kNotV2},
    {0x2f, Op::Mul64Reg, kNotV2},
    {0x37, Op::Div64Imm, kNotV2},
    {0x3f, Op::Div64Reg, kNotV2},
    {0x97, Op::Mod64Imm, kNotV2},
    {0x9f, Op::Mod64Reg, kNotV2},
    {0x47, Op::Or64Imm, kAllVersions},
    {0x4f, Op::Or64Reg, kAllVersions},
    {0x57, Op::And64Imm, kAllVersions},
    {0x5f, Op::And64Reg, kAllVersions},
    {0x67, Op::Lsh64Imm, kAllVersions},
    {0x6f, Op::Lsh64Reg, kAllVersions},
    {0x77, Op::Rsh64Imm, kAllVersions},
    {0x7f, Op::Rsh64Reg, kAllVersions},
    {0x87, Op::Neg64, kNotV2},
    {0xa7, Op::Xor64Imm, kAllVersions},
    {0xaf, Op::Xor64Reg, kAllVersions},
    {0xb7, Op::Mov64Imm, kAllVersions},
    {0xbf, Op::Mov64Reg, kAllVersions},
    {0xc7, Op::Arsh64Imm, kAllVersions},
    {0xcf, Op::Arsh64Reg, kAllVersions},
    {0xf7, Op::Hor64Imm, kOnlyV2},
    {0x36, Op::Uhmul64Imm, kOnlyV2},
    {0x3e, Op::Uhmul64Reg, kOnlyV2},
    {0xb6, Op::Shmul64Imm, kOnlyV2},
    {0xbe, Op::Shmul64Reg, kOnlyV2},
    {0x86, Op::Lmul32Imm, kOnlyV2},
    {0x8e, Op::Lmul32Reg, kOnlyV2},
    {0x96, Op::Lmul64Imm, kOnlyV2},
    {0x9e, Op::Lmul64Reg, kOnlyV2},
    {0x46, Op::Udiv32Imm, kOnlyV2},
    {0x4e, Op::Udiv32Reg, kOnlyV2},
    {0x56, Op::Udiv64Imm, kOnlyV2},
    {0x5e, Op::Udiv64Reg, kOnlyV2},
    {0x66, Op::Urem32Imm, kOnlyV2},
    {0x6e, Op::Urem32Reg, kOnlyV2},
    {0x76, Op::Urem64Imm, kOnlyV2},
    {0x7e, Op::Urem64Reg, kOnlyV2},
    {0xc6, Op::Sdiv32Imm, kOnlyV2},
    {0xce, Op::Sdiv32Reg, kOnlyV2},
    {0xd6, Op::Sdiv64Imm, kOnlyV2},
    {0xde, Op::Sdiv64Reg, kOnlyV2},
    {0xe6, Op::Srem32Imm, kOnlyV2},
    {0xee, Op::Srem32Reg, kOnlyV2},
    {0xf6, Op::Srem64Imm, kOnlyV2},
    {0xfe, Op::Srem64Reg, kOnlyV2},
    {0x05, Op::Ja, kAllVersions},
    {0x15, Op::Jeq64Imm, kAllVersions},
    {0x1d, Op::Jeq64Reg, kAllVersions},
    {0x25, Op::Jgt64Imm, kAllVersions},
    {0x2d, Op::Jgt64Reg, kAllVersions},
    {0x35, Op::Jge64Imm, kAllVersions},
    {0x3d, Op::Jge64Reg, kAllVersions},
    {0x45, Op::Jset64Imm, kAllVersions},
    {0x4d, Op::Jset64Reg, kAllVersions},
    {0x55, Op::Jne64Imm, kAllVersions},
    {0x5d, Op::Jne64Reg, kAllVersions},
    {0x65, Op::Jsgt64Imm, kAllVersions},
    {0x6d, Op::Jsgt64Reg, kAllVersions},
    {0x75, Op::Jsge64Imm, kAllVersions},
    {0x7d, Op::Jsge64Reg, kAllVersions},
    {0xa5, Op::Jlt64Imm, kAllVersions},
    {0xad, Op::Jlt64Reg, kAllVersions},
    {0xb5, Op::Jle64Imm, kAllVersions},
    {0xbd, Op::Jle64Reg, kAllVersions},
    {0xc5, Op::Jslt64Imm, kAllVersions},
    {0xcd, Op::Jslt64Reg, kAllVersions},
    {0xd5, Op::Jsle64Imm, kAllVersions},
    {0xdd, Op::Jsle64Reg, kAllVersions},
    {0x16, Op::Jeq32Imm, kFromV3},
    {0x1e, Op::Jeq32Reg, kFromV3},
    {0x26, Op::Jgt32Imm, kFromV3},
    {0x2e, Op::Jgt32Reg, kFromV3},
    {0x36, Op::Jge32Imm, kFromV3},
    {0x3e, Op::Jge32Reg, kFromV3},
    {0x46, Op::Jset32Imm, kFromV3},
    {0x4e, Op::Jset32Reg, kFromV3},
    {0x56, Op::Jne32Imm, kFromV3},
    {0x5e, Op::Jne32Reg, kFromV3},
    {0x66, Op::Jsgt32Imm, kFromV3},
    {0x6e, Op::Jsgt32Reg, kFromV3},
    {0x76, Op::Jsge32Imm, kFromV3},
    {0x7e, Op::Jsge32Reg, kFromV3},
    {0xa6, Op::Jlt32Imm, kFromV3},
    {0xae, Op::Jlt32Reg, kFromV3},
    {0xb6, Op::Jle32Imm, kFromV3},
    {0xbe, Op::Jle32Reg, kFromV3},
    {0xc6, Op::Jslt32Imm, kFromV3},
    {0xce, Op::Jslt32Reg, kFromV3},
    {0xd6, Op::Jsle32Imm, kFromV3},
    {0xde, Op::Jsle32Reg, kFromV3},
    {0x85, Op::Call, kAllVersions},
    {0x8d, Op::Callx, kAllVersions},
    {0x95, Op::Exit, kAllVersions},
};

using DecodeTable = std::array<Op, 256>;

/// Byte to operation for one version. Two rows that claim one byte do not compile.
consteval DecodeTable make_decode_table(Version version) {
    DecodeTable table{};
    for (const Encoding& row : kEncodings) {
        if (!(row.versions >> static_cast<unsigned>(version) & 1u)) continue;
        if (table[row.byte] != Op::Invalid) throw "two rows of kEncodings claim one byte";
        table[row.byte] = row.op;
    }
    return table;
}

inline constexpr std::array<DecodeTable, 5> kDecodeTables = {
    make_decode_table(Version::V0), make_decode_table(Version::V1), make_decode_table(Version::V2),
    make_decode_table(Version::V3), make_decode_table(Version::V4)};

[[nodiscard]] constexpr const DecodeTable& decode_table(Version version) {
    return kDecodeTables[static_cast<std::size_t>(version)];
}

/// One 8-byte slot of text. `imm` is sign-extended where it is used as 64 bits.
struct RawInstruction {
    std::uint8_t opcode;
    std::uint8_t dst;
    std::uint8_t src;
    std::int16_t offset;
    std::int32_t imm;
};

} // namespace fathom::sbpf

/* SPDX-License-Identifier: Apache-2.0 */
/* The conformance interface as a C library: contexts in, effects out, both serialized as proto/ says. */
#ifndef FATHOM_SOL_COMPAT_H
#define FATHOM_SOL_COMPAT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint64_t struct_size;
    const uint64_t* hardcoded_features; /* a fixture must have them */
    uint64_t hardcoded_features_cnt;
    const uint64_t* supported_features; /* a fixture may have them */
    uint64_t supported_features_cnt;
} sol_compat_features_t;

void sol_compat_init(int log_level);
void sol_compat_fini(void);
/* Lives as long as the library is loaded. */
const sol_compat_features_t* sol_compat_get_features_v1(void);

/* *out_sz: how much fits in, how much was written out. 1: effects were written. 0: the context is
 * malformed or one that the reference refuses, or the effects do not fit; nothing is written. Any
 * bytes may be given, from any thread. */
int sol_compat_elf_loader_v1(uint8_t* out, uint64_t* out_sz, const uint8_t* in, uint64_t in_sz);
int sol_compat_vm_interp_v1(uint8_t* out, uint64_t* out_sz, const uint8_t* in, uint64_t in_sz);
int sol_compat_vm_syscall_execute_v1(uint8_t* out, uint64_t* out_sz, const uint8_t* in,
                                     uint64_t in_sz);
int sol_compat_vm_cpi_syscall_v1(uint8_t* out, uint64_t* out_sz, const uint8_t* in,
                                 uint64_t in_sz);
int sol_compat_vm_serialize_execute_v1(uint8_t* out, uint64_t* out_sz, const uint8_t* in,
                                       uint64_t in_sz);
int sol_compat_instr_execute_v1(uint8_t* out, uint64_t* out_sz, const uint8_t* in, uint64_t in_sz);
int sol_compat_txn_execute_v1(uint8_t* out, uint64_t* out_sz, const uint8_t* in, uint64_t in_sz);
int sol_compat_txn_cost_v1(uint8_t* out, uint64_t* out_sz, const uint8_t* in, uint64_t in_sz);
/* Blocks are not supported: always 0. */
int sol_compat_block_execute_v1(uint8_t* out, uint64_t* out_sz, const uint8_t* in, uint64_t in_sz);

#ifdef __cplusplus
}
#endif

#endif

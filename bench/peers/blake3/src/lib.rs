// SPDX-License-Identifier: Apache-2.0
//! The blake3 crate behind a C function, for crypto_bench to load.

/// Writes the digest of `size` bytes at `input` to the 32 bytes at `output`.
///
/// # Safety
/// Both must be valid for that.
#[no_mangle]
pub unsafe extern "C" fn fathom_peer_blake3(input: *const u8, size: usize, output: *mut u8) {
    let digest = blake3::hash(std::slice::from_raw_parts(input, size));
    std::ptr::copy_nonoverlapping(digest.as_bytes().as_ptr(), output, 32);
}

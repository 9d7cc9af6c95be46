// SPDX-License-Identifier: Apache-2.0
// Memory for account data: small buffers that a thread gave up are kept for it to use again.
//
// Every transaction that writes to an account's data needs a buffer for it and gives one up, often
// in another thread than the one that got it. Asking the system each time would be the only
// allocation left on that path. Nothing is shared between threads: a thread keeps what it frees, up
// to a limit, and a buffer carries no mark of where it came from.
#pragma once

#include <cstddef>

namespace fathom::types {

/// Aligned to 16.
inline constexpr std::size_t kBufferAlignment = 16;

/// What allocate_buffer gives for this many bytes.
[[nodiscard]] std::size_t buffer_size(std::size_t bytes);
/// `size` is a value of buffer_size().
[[nodiscard]] void* allocate_buffer(std::size_t size);
/// `size` as it was allocated.
void free_buffer(void* buffer, std::size_t size) noexcept;

} // namespace fathom::types

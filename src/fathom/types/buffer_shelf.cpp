// SPDX-License-Identifier: Apache-2.0
#include "fathom/types/buffer_shelf.hpp"

#include <array>
#include <bit>
#include <new>

namespace fathom::types {
namespace {

// Sizes in steps of 64 bytes up to 1 KiB, then powers of two up to 16 KiB; larger ones are not
// kept.
constexpr std::size_t kStep = 64;
constexpr std::size_t kSteps = 16;
constexpr std::size_t kSmall = kStep * kSteps;
constexpr std::size_t kPowers = 4;
constexpr std::size_t kLargest = kSmall << kPowers;
constexpr std::size_t kKeptSmall = 128;
constexpr std::size_t kKeptLarge = 16;

// A sanitizer has to see every buffer come and go.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kKeepsBuffers = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kKeepsBuffers = false;
#else
constexpr bool kKeepsBuffers = true;
#endif
#else
constexpr bool kKeepsBuffers = true;
#endif

/// Of a size that is kept.
std::size_t class_of(std::size_t size) {
    if (size <= kSmall) return size / kStep - 1;
    return kSteps - 1 + static_cast<std::size_t>(std::countr_zero(size / kSmall));
}

struct Kept {
    Kept* next;
};

struct Shelf {
    struct Class {
        Kept* first = nullptr;
        std::size_t count = 0;
    };
    std::array<Class, kSteps + kPowers> classes;

    Shelf() = default;
    Shelf(const Shelf&) = delete;
    Shelf& operator=(const Shelf&) = delete;
    ~Shelf();
};

// Account data may outlive the shelf of its thread, in objects that die even later.
thread_local bool shelf_is_gone = false;
thread_local Shelf shelf;

Shelf::~Shelf() {
    shelf_is_gone = true;
    for (Class& each : classes) {
        while (Kept* const first = each.first) {
            each.first = first->next;
            ::operator delete(first, std::align_val_t{kBufferAlignment});
        }
    }
}

} // namespace

std::size_t buffer_size(std::size_t bytes) {
    if (bytes <= kSmall) return (bytes + kStep - 1) / kStep * kStep;
    return bytes <= kLargest ? std::bit_ceil(bytes) : bytes;
}

void* allocate_buffer(std::size_t size) {
    if (kKeepsBuffers && size <= kLargest && !shelf_is_gone) {
        Shelf::Class& kept = shelf.classes[class_of(size)];
        if (Kept* const first = kept.first) {
            kept.first = first->next;
            --kept.count;
            return first;
        }
    }
    return ::operator new(size, std::align_val_t{kBufferAlignment});
}

void free_buffer(void* buffer, std::size_t size) noexcept {
    if (kKeepsBuffers && size <= kLargest && !shelf_is_gone) {
        Shelf::Class& kept = shelf.classes[class_of(size)];
        if (kept.count < (size <= kSmall ? kKeptSmall : kKeptLarge)) {
            kept.first = new (buffer) Kept{kept.first};
            ++kept.count;
            return;
        }
    }
    ::operator delete(buffer, std::align_val_t{kBufferAlignment});
}

} // namespace fathom::types

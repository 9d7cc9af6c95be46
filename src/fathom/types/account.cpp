// SPDX-License-Identifier: Apache-2.0
// The shared buffer behind account data.
#include "fathom/types/account.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <utility>

namespace fathom {

// The header sits directly in front of the bytes; both are in one allocation aligned to 16.
struct alignas(16) AccountData::Header {
    std::atomic<std::uint32_t> count;
    std::uint64_t capacity;
};

AccountData::Header* AccountData::header() const {
    return bytes_ ? reinterpret_cast<Header*>(bytes_ - sizeof(Header)) : nullptr;
}

AccountData::AccountData(ByteView bytes) {
    assign(bytes);
}

AccountData::AccountData(const AccountData& other) noexcept
    : bytes_(other.bytes_), size_(other.size_) {
    if (Header* shared = header()) shared->count.fetch_add(1, std::memory_order_relaxed);
}

AccountData::AccountData(AccountData&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}

AccountData& AccountData::operator=(const AccountData& other) noexcept {
    if (this != &other) {
        AccountData copy(other);
        std::swap(bytes_, copy.bytes_);
        std::swap(size_, copy.size_);
    }
    return *this;
}

AccountData& AccountData::operator=(AccountData&& other) noexcept {
    if (this != &other) {
        release();
        bytes_ = std::exchange(other.bytes_, nullptr);
        size_ = std::exchange(other.size_, 0);
    }
    return *this;
}

AccountData::~AccountData() {
    release();
}

void AccountData::release() noexcept {
    Header* shared = header();
    if (shared && shared->count.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        shared->~Header();
        ::operator delete(shared, std::align_val_t{alignof(Header)});
    }
    bytes_ = nullptr;
}

bool AccountData::is_shared() const {
    const Header* shared = header();
    return shared && shared->count.load(std::memory_order_acquire) > 1;
}

void AccountData::reallocate(std::uint64_t capacity) {
    void* memory = ::operator new(sizeof(Header) + capacity, std::align_val_t{alignof(Header)});
    auto* fresh = new (memory) Header{{1}, capacity};
    auto* bytes = reinterpret_cast<std::uint8_t*>(fresh + 1);
    if (const std::uint64_t kept = std::min(size_, capacity)) std::memcpy(bytes, bytes_, kept);
    release();
    bytes_ = bytes;
}

MutableByteView AccountData::mutable_view() {
    if (is_shared()) reallocate(size_);
    return {bytes_, size_};
}

void AccountData::reserve(std::uint64_t capacity) {
    const Header* current = header();
    if (!current || is_shared() || current->capacity < capacity) {
        reallocate(std::max(capacity, size_));
    }
}

void AccountData::resize(std::uint64_t size) {
    if (size == size_) return;
    const Header* current = header();
    if (!current || is_shared() || current->capacity < size) reallocate(size);
    if (size > size_) std::memset(bytes_ + size_, 0, size - size_);
    size_ = size;
}

void AccountData::assign(ByteView bytes) {
    const Header* current = header();
    if (bytes.empty()) {
        size_ = 0;
        return;
    }
    if (!current || is_shared() || current->capacity < bytes.size()) {
        AccountData fresh;
        fresh.reallocate(bytes.size());
        std::memcpy(fresh.bytes_, bytes.data(), bytes.size());
        fresh.size_ = bytes.size();
        *this = std::move(fresh);
        return;
    }
    std::memmove(bytes_, bytes.data(), bytes.size());
    size_ = bytes.size();
}

} // namespace fathom

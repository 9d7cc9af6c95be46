// SPDX-License-Identifier: Apache-2.0
// An account: balance, owner and copy-on-write data.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/types/pubkey.hpp"
#include "fathom/types/units.hpp"

#include <atomic>
#include <cstdint>
#include <limits>
#include <utility>

namespace fathom {

/// Reference-counted bytes with copy on write. Copying shares the buffer; every mutable access
/// first makes it unshared. Copies may live on different threads; one object must not be used by
/// two at once. The buffer is aligned to 16 bytes. Empty data owns no buffer.
class AccountData {
public:
    AccountData() = default;
    explicit AccountData(ByteView bytes);
    AccountData(const AccountData& other) noexcept : bytes_(other.bytes_), size_(other.size_) {
        if (Header* shared = header()) shared->count.fetch_add(1, std::memory_order_relaxed);
    }
    AccountData(AccountData&& other) noexcept
        : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    AccountData& operator=(const AccountData& other) noexcept {
        if (bytes_ == other.bytes_) {
            size_ = other.size_;
            return *this;
        }
        AccountData copy(other);
        std::swap(bytes_, copy.bytes_);
        std::swap(size_, copy.size_);
        return *this;
    }
    AccountData& operator=(AccountData&& other) noexcept {
        if (this != &other) {
            release();
            bytes_ = std::exchange(other.bytes_, nullptr);
            size_ = std::exchange(other.size_, 0);
        }
        return *this;
    }
    ~AccountData() { release(); }

    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] const std::uint8_t* data() const { return bytes_; }
    [[nodiscard]] ByteView view() const { return {bytes_, size_}; }
    /// True if both are the same buffer, so that as long as both exist neither can change.
    [[nodiscard]] bool shares_buffer_with(const AccountData& other) const {
        return bytes_ == other.bytes_ && size_ == other.size_;
    }
    /// True if another AccountData refers to the same buffer.
    [[nodiscard]] bool is_shared() const;

    /// Unshares, then gives write access to all size() bytes. Invalidates earlier pointers.
    [[nodiscard]] MutableByteView mutable_view();
    /// Unshares and makes room for at least `capacity` bytes, so that later growth up to it keeps
    /// pointers.
    void reserve(std::uint64_t capacity);
    /// New bytes are zero. Unshares.
    void resize(std::uint64_t size);
    /// Replaces the contents.
    void assign(ByteView bytes);

    friend bool operator==(const AccountData& a, const AccountData& b) {
        return a.size_ == b.size_ && (a.size_ == 0 || a.bytes_ == b.bytes_ ||
                                      std::memcmp(a.bytes_, b.bytes_, a.size_) == 0);
    }

private:
    // Directly in front of the bytes; both are in one allocation aligned to 16.
    struct alignas(16) Header {
        std::atomic<std::uint32_t> count;
        std::uint64_t capacity;
    };
    [[nodiscard]] Header* header() const {
        return bytes_ ? reinterpret_cast<Header*>(bytes_ - sizeof(Header)) : nullptr;
    }
    void release() noexcept {
        if (bytes_) release_buffer();
    }
    void release_buffer() noexcept;
    void reallocate(std::uint64_t capacity);

    std::uint8_t* bytes_ =
        nullptr; // behind a Header with count and capacity; null if never allocated
    std::uint64_t size_ = 0;
};

inline constexpr Epoch kRentExemptRentEpoch = std::numeric_limits<Epoch>::max();

/// What the account store holds under an address. An account with zero lamports does not exist.
struct Account {
    Lamports lamports = 0;
    AccountData data;
    Pubkey owner;
    bool executable = false;
    Epoch rent_epoch = kRentExemptRentEpoch;

    friend bool operator==(const Account&, const Account&) = default;
};

} // namespace fathom

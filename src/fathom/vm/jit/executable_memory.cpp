// SPDX-License-Identifier: Apache-2.0
// Executable pages from the operating system.
#include "fathom/vm/jit/executable_memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

namespace fathom::vm::jit {
namespace {

std::size_t whole_pages(std::size_t size) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return (size + page - 1) / page * page;
}

} // namespace

ExecutableMemory::~ExecutableMemory() {
    if (!base_) return;
    ::munmap(base_, size_);
    if (budget_) budget_->give_back(size_);
}

WritableCode::WritableCode(std::size_t capacity) {
    // Populated at once: a fault for every page would cost more than writing it.
    const std::size_t size = whole_pages(capacity);
    void* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) return;
    data_ = static_cast<std::uint8_t*>(memory);
    capacity_ = size;
}

WritableCode::~WritableCode() {
    if (data_) ::munmap(data_, capacity_);
}

bool WritableCode::grow() {
    void* const memory = ::mremap(data_, capacity_, 2 * capacity_, MREMAP_MAYMOVE);
    if (memory == MAP_FAILED) return false;
    data_ = static_cast<std::uint8_t*>(memory);
    capacity_ *= 2;
    return true;
}

std::optional<ExecutableMemory> WritableCode::finish(std::size_t size,
                                                     std::shared_ptr<CodeBudget> budget) {
    const std::size_t kept = whole_pages(size);
    if (budget && !budget->take(kept)) return std::nullopt;
    if (kept < capacity_) ::munmap(data_ + kept, capacity_ - kept);
    ExecutableMemory result(std::exchange(data_, nullptr), kept, std::move(budget));
    // Whatever lies behind the code traps.
    std::memset(result.base_ + size, 0xcc, kept - size);
    if (::mprotect(result.base_, kept, PROT_READ | PROT_EXEC) != 0) return std::nullopt;
    return result;
}

} // namespace fathom::vm::jit

// SPDX-License-Identifier: Apache-2.0
// Executable pages from the operating system.
#include "fathom/vm/jit/executable_memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

namespace fathom::vm::jit {

std::optional<ExecutableMemory> ExecutableMemory::create(ByteView code,
                                                         std::shared_ptr<CodeBudget> budget) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t size = (code.size() + page - 1) / page * page;
    if (budget && !budget->take(size)) return std::nullopt;
    void* const memory =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        if (budget) budget->give_back(size);
        return std::nullopt;
    }
    ExecutableMemory result(static_cast<std::uint8_t*>(memory), size, std::move(budget));
    std::memcpy(memory, code.data(), code.size());
    // Whatever lies behind the code traps.
    std::memset(result.base_ + code.size(), 0xcc, size - code.size());
    if (::mprotect(memory, size, PROT_READ | PROT_EXEC) != 0) return std::nullopt;
    return result;
}

ExecutableMemory::~ExecutableMemory() {
    if (!base_) return;
    ::munmap(base_, size_);
    if (budget_) budget_->give_back(size_);
}

} // namespace fathom::vm::jit

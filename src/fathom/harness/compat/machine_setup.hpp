// SPDX-License-Identifier: Apache-2.0
// Guest memory of the machine harnesses, and what the effects say about it.
#pragma once

#include "fathom/harness/compat/instruction_setup.hpp"
#include "fathom/harness/compat/messages.hpp"
#include "fathom/vm/machine.hpp"

#include <optional>

namespace fathom::harness::compat {

inline constexpr std::uint64_t kMaxHeap = 256 * 1024;

/// An instruction that has begun, its input in place, and stack and heap as the context wants them.
class MachineSetup {
public:
    /// Null where the reference would stop. `machine` and `setup` must outlive it.
    [[nodiscard]] static std::unique_ptr<MachineSetup> create(InstructionSetup& setup,
                                                              const MachineInput& machine,
                                                              const vm::Executable& executable,
                                                              std::uint64_t heap_size);
    MachineSetup(const MachineSetup&) = delete;
    MachineSetup& operator=(const MachineSetup&) = delete;

    [[nodiscard]] vm::MemoryMap& map() { return *map_; }
    [[nodiscard]] ByteView stack() const { return stack_; }
    [[nodiscard]] ByteView heap() const { return heap_; }
    /// The regions from the input on, by address.
    void write_input_regions(WireWriter& effects) const;

private:
    MachineSetup() = default;

    invoke::SerializedInput serialized_;
    Bytes stack_;
    Bytes heap_;
    std::optional<vm::MemoryMap> map_;
};

} // namespace fathom::harness::compat

// SPDX-License-Identifier: Apache-2.0
#include "fathom/vm/tracer.hpp"

#include "fathom/base/integers.hpp"

#include <algorithm>

namespace fathom::vm {

RunResult run_observed(Machine& machine, std::uint64_t r1, std::uint64_t r2,
                       StepObserver& observer) {
    RunState start;
    start.registers[1] = r1;
    start.registers[2] = r2;
    start.registers[10] = machine.executable().initial_frame_pointer();
    start.pc = machine.executable().program().entry_pc();
    return run_observed_from(machine, start, observer);
}

void RegisterTrace::on_step(const std::array<std::uint64_t, 11>& registers, std::uint64_t pc,
                            std::uint64_t) {
    ++step_count_;
    if (entries_.size() >= limit_) return;
    TraceEntry& entry = entries_.emplace_back();
    std::ranges::copy(registers, entry.begin());
    entry[11] = pc;
}

Bytes RegisterTrace::register_bytes() const {
    Bytes bytes(entries_.size() * sizeof(TraceEntry));
    std::uint8_t* out = bytes.data();
    for (const TraceEntry& entry : entries_) {
        for (const std::uint64_t value : entry) {
            store_le(out, value);
            out += 8;
        }
    }
    return bytes;
}

Bytes RegisterTrace::instruction_bytes(const sbpf::Program& program) const {
    Bytes bytes;
    bytes.reserve(entries_.size() * 8);
    for (const TraceEntry& entry : entries_) {
        const ByteView slot = program.text().subspan(8 * entry[11], 8);
        bytes.insert(bytes.end(), slot.begin(), slot.end());
    }
    return bytes;
}

} // namespace fathom::vm

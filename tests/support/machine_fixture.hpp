// SPDX-License-Identifier: Apache-2.0
// A program with memory of its own and test syscalls, run on any engine; everything a run leaves
// behind as one comparable value.
#pragma once

#include "fathom/sbpf/assembler.hpp"
#include "fathom/vm/jit/code_auditor.hpp"
#include "fathom/vm/machine.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <memory>
#include <ostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace fathom::tests {

/// What the test syscalls work on, and what they noted.
struct SyscallHost {
    std::vector<std::array<std::uint64_t, 7>> calls; // name tag, r1 to r5, remaining units
    Bytes* spare = nullptr;                          // where sol_remap moves the last input region
};

namespace detail {

inline SyscallHost& host_of(vm::Machine& machine) {
    return *static_cast<SyscallHost*>(machine.host());
}

inline void note(vm::Machine& machine, std::uint64_t tag, std::uint64_t r1, std::uint64_t r2,
                 std::uint64_t r3, std::uint64_t r4, std::uint64_t r5) {
    host_of(machine).calls.push_back({tag, r1, r2, r3, r4, r5, machine.meter().remaining});
}

/// r0 = r1 + 2 r2 + 3 r3 + 4 r4 + 5 r5.
inline vm::SyscallResult sum(vm::Machine& machine, std::uint64_t r1, std::uint64_t r2,
                             std::uint64_t r3, std::uint64_t r4, std::uint64_t r5) {
    note(machine, 1, r1, r2, r3, r4, r5);
    return {.value = r1 + 2 * r2 + 3 * r3 + 4 * r4 + 5 * r5};
}

/// Charges r1 & 0xff units and fails if they are not there; r0 = what remains.
inline vm::SyscallResult burn(vm::Machine& machine, std::uint64_t r1, std::uint64_t r2,
                              std::uint64_t r3, std::uint64_t r4, std::uint64_t r5) {
    note(machine, 2, r1, r2, r3, r4, r5);
    if (!machine.meter().consume(r1 & 0xff)) return {.failed = true};
    return {.value = machine.meter().remaining};
}

inline vm::SyscallResult fail(vm::Machine& machine, std::uint64_t r1, std::uint64_t r2,
                              std::uint64_t r3, std::uint64_t r4, std::uint64_t r5) {
    note(machine, 3, r1, r2, r3, r4, r5);
    return {.value = 77, .failed = true};
}

/// Stores r2 at r1 as a syscall would; fails where the guest may not write.
inline vm::SyscallResult poke(vm::Machine& machine, std::uint64_t r1, std::uint64_t r2,
                              std::uint64_t r3, std::uint64_t r4, std::uint64_t r5) {
    note(machine, 4, r1, r2, r3, r4, r5);
    const auto place = machine.memory().translate_or_handle(vm::Access::Store, r1, 8);
    if (!place) return {.failed = true};
    store_le(*place, r2);
    return {.value = 1};
}

/// Moves the last region of the map to other host memory and back, and makes it writable or not by
/// the low bit of r1: what a cross-program call may do to accounts.
inline vm::SyscallResult remap(vm::Machine& machine, std::uint64_t r1, std::uint64_t r2,
                               std::uint64_t r3, std::uint64_t r4, std::uint64_t r5) {
    note(machine, 5, r1, r2, r3, r4, r5);
    SyscallHost& host = host_of(machine);
    vm::MemoryRegion& region = machine.memory().mutable_regions().back();
    if (region.vm_addr < sbpf::kInputStart || region.length > host.spare->size()) return {};
    std::uint8_t* const old = region.host;
    std::memcpy(host.spare->data(), old, region.length);
    region.host = host.spare->data();
    region.is_writable = (r1 & 1) != 0;
    // The old bytes become poison: a stale translation would show.
    if (old != host.spare->data()) std::memset(old, 0xee, region.length);
    machine.memory().regions_changed();
    return {.value = 2};
}

} // namespace detail

inline std::shared_ptr<const vm::SyscallTable> test_syscalls() {
    static const auto table = std::make_shared<const vm::SyscallTable>(std::vector<vm::Syscall>{
        {.name = "sol_sum", .function = detail::sum},
        {.name = "sol_burn", .function = detail::burn},
        {.name = "sol_fail", .function = detail::fail},
        {.name = "sol_poke", .function = detail::poke},
        {.name = "sol_remap", .function = detail::remap},
    });
    return table;
}

inline std::uint32_t syscall_key(std::string_view name) {
    return sbpf::murmur3_32(as_bytes(name));
}

/// Everything that must be the same whichever engine ran.
struct Outcome {
    std::uint64_t value = 0;
    std::string fault;      // text; empty: the run returned value
    std::string fault_name; // same
    std::uint64_t remaining = 0;
    std::array<std::uint64_t, 11> registers{};
    std::uint64_t pc = 0;
    std::uint64_t call_depth = 0;
    std::vector<Bytes> memory; // writable regions at the end, and the spare bytes
    std::vector<std::array<std::uint64_t, 7>> calls;

    friend bool operator==(const Outcome&, const Outcome&) = default;

    friend std::ostream& operator<<(std::ostream& out, const Outcome& o) {
        std::ostringstream text;
        text << std::hex;
        if (o.fault.empty()) {
            text << "value " << o.value;
        } else {
            text << o.fault;
        }
        text << std::dec << " | remaining " << o.remaining << " pc " << o.pc << " depth "
             << o.call_depth << " |" << std::hex;
        for (std::size_t i = 0; i < 11; ++i)
            text << " r" << std::dec << i << std::hex << '=' << o.registers[i];
        text << " | " << std::dec << o.calls.size() << " syscalls |" << std::hex;
        for (const Bytes& bytes : o.memory) text << ' ' << sbpf::murmur3_32(bytes);
        out << text.str();
        return out;
    }
};

struct MachineOptions {
    bool stack_frame_gaps = true;
    vm::MapLayout layout = vm::MapLayout::Aligned;
    Bytes input = Bytes(256, 0);
    /// Unaligned layout: input is split into regions after these many bytes.
    std::vector<std::uint64_t> input_cuts = {};
    /// The last input region's handler state: grows and becomes writable on a store.
    bool last_input_grows = false;
    std::uint64_t heap_size = 64;
    /// Code that the auditor refuses is a failure.
    vm::JitConfig jit = {.audits_code = true};
};

/// Makes the last input region writable and as long as its backing bytes on the first store.
class GrowingInput final : public vm::AccessHandler {
public:
    void on_violation(vm::MemoryRegion& region, std::uint64_t reserved, vm::Access access,
                      std::uint64_t addr, std::uint64_t len) override {
        ++calls;
        if (access != vm::Access::Store || region.payload == vm::MemoryRegion::kNoPayload) return;
        const std::uint64_t wanted = addr + len - region.vm_addr;
        if (wanted > reserved || wanted > backing.size()) return;
        if (region.host != backing.data()) {
            std::memcpy(backing.data(), region.host, region.length);
            region.host = backing.data();
        }
        region.length = std::max(region.length, wanted);
        region.is_writable = true;
    }

    Bytes backing = Bytes(96, 0x5a);
    std::uint64_t calls = 0;
};

class MachineFixture {
public:
    explicit MachineFixture(sbpf::Program program, MachineOptions options = {})
        : options_(std::move(options)),
          executable_(std::move(program), test_syscalls(),
                      {.enable_stack_frame_gaps = options_.stack_frame_gaps,
                       .layout = options_.layout,
                       .jit = options_.jit}) {}

    [[nodiscard]] const vm::Executable& executable() const { return executable_; }

    /// From the entry point with r1 = the input's address and r2 = its size.
    [[nodiscard]] Outcome run(vm::Engine engine, std::uint64_t budget) const {
        vm::RunState start;
        start.registers[1] = sbpf::kInputStart;
        start.registers[2] = options_.input.size();
        start.registers[10] = executable_.initial_frame_pointer();
        start.pc = executable_.program().entry_pc();
        return run_from(engine, budget, start);
    }

    [[nodiscard]] Outcome run_from(vm::Engine engine, std::uint64_t budget,
                                   const vm::RunState& start) const {
        if (engine == vm::Engine::Jit) expect_no_refusal();
        static thread_local Bytes stack(sbpf::kStackSize, 0); // all zero between runs
        Bytes heap(options_.heap_size, 0);
        Bytes input = options_.input;
        Bytes spare(512, 0);
        GrowingInput handler;
        std::vector<vm::MemoryRegion> regions = {
            executable_.rodata_region(), executable_.stack_region(stack),
            vm::MemoryRegion::writable(heap, sbpf::kHeapStart)};
        add_input(regions, input);
        auto memory = vm::MemoryMap::create(std::move(regions), options_.layout,
                                            executable_.program().version(), &handler);
        if (!memory) {
            ADD_FAILURE() << memory.error().text();
            return {};
        }
        vm::ComputeMeter meter{budget};
        SyscallHost host;
        host.spare = &spare;
        vm::Machine machine(executable_, *memory, meter, &host);
        const vm::RunResult result = machine.run_from(engine, start);
        Outcome outcome;
        outcome.value = result.value.value_or(0);
        if (!result.value) {
            outcome.fault = result.value.error().text();
            outcome.fault_name = result.value.error().name();
        }
        outcome.remaining = meter.remaining;
        outcome.registers = result.registers;
        outcome.pc = result.pc;
        outcome.call_depth = result.call_depth;
        outcome.memory = {take_written_frames(stack), std::move(heap), std::move(input),
                          std::move(spare), std::move(handler.backing)};
        outcome.memory.push_back(Bytes(1, static_cast<std::uint8_t>(handler.calls)));
        outcome.calls = std::move(host.calls);
        return outcome;
    }

private:
    void expect_no_refusal() const {
        if (executable_.compiled() || options_.jit.budget) return;
        vm::jit::AuditFinding finding{};
        if (!vm::jit::JitProgram::create(executable_, &finding) && finding.what) {
            ADD_FAILURE() << "the auditor refuses slot " << finding.slot << ": " << finding.what;
        }
    }

    /// The stack up to its last frame that is not all zero; clears it.
    static Bytes take_written_frames(Bytes& stack) {
        static const Bytes zeros(sbpf::kStackFrameSize, 0);
        std::size_t end = stack.size();
        while (end > 0 &&
               std::memcmp(stack.data() + end - zeros.size(), zeros.data(), zeros.size()) == 0)
            end -= zeros.size();
        Bytes written(stack.data(), stack.data() + end);
        std::memset(stack.data(), 0, end);
        return written;
    }

    void add_input(std::vector<vm::MemoryRegion>& regions, MutableByteView input) const {
        std::uint64_t start = 0;
        for (const std::uint64_t cut : options_.input_cuts) {
            regions.push_back(vm::MemoryRegion::writable(input.subspan(start, cut - start),
                                                         sbpf::kInputStart + start));
            start = cut;
        }
        vm::MemoryRegion last =
            vm::MemoryRegion::writable(input.subspan(start), sbpf::kInputStart + start);
        if (options_.last_input_grows) {
            last.is_writable = false;
            last.payload = 0;
        }
        regions.push_back(last);
    }

    MachineOptions options_;
    vm::Executable executable_;
};

/// A verified program from assembly text; a failure is the test's.
inline sbpf::Program assembled(std::string_view source, sbpf::Version version) {
    const auto assembly = sbpf::assemble(source, {.version = version});
    if (!assembly) {
        ADD_FAILURE() << assembly.error().text() << "\n" << source;
        return sbpf::Program::from_text(Bytes{0x95, 0, 0, 0, 0, 0, 0, 0}, version);
    }
    sbpf::Program program = sbpf::to_program(*assembly);
    if (const auto verified = sbpf::verify(program); !verified)
        ADD_FAILURE() << verified.error().text() << "\n" << source;
    return program;
}

} // namespace fathom::tests

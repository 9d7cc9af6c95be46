// SPDX-License-Identifier: Apache-2.0
// A program with memory of its own and test syscalls, run on any engine; everything a run leaves
// behind as one comparable value.
#pragma once

#include "fathom/vm/machine.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fathom::harness {

/// What the test syscalls work on, and what they noted.
struct SyscallHost {
    std::vector<std::array<std::uint64_t, 7>> calls; // name tag, r1 to r5, remaining units
    MutableByteView spare;                           // where sol_remap moves the last input region
    /// While a run is only stepped through: units that are left, though the meter shows one.
    bool is_stepping = false;
    std::uint64_t stepped_remaining = 0;
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
    if (region.vm_addr < sbpf::kInputStart || region.length > host.spare.size()) return {};
    std::uint8_t* const old = region.host;
    std::memcpy(host.spare.data(), old, region.length);
    region.host = host.spare.data();
    region.is_writable = (r1 & 1) != 0;
    // The old bytes become poison: a stale translation would show.
    if (old != host.spare.data()) std::memset(old, 0xee, region.length);
    machine.memory().regions_changed();
    return {.value = 2};
}

/// r0 = memcmp-like result or zero after moving, setting or comparing r3 bytes: enough for real
/// programs to go on.
inline vm::SyscallResult copy(vm::Machine& machine, std::uint64_t r1, std::uint64_t r2,
                              std::uint64_t r3, std::uint64_t r4, std::uint64_t r5) {
    note(machine, 6, r1, r2, r3, r4, r5);
    if (!machine.meter().consume(10)) return {.failed = true};
    const auto from = machine.memory().translate_or_handle(vm::Access::Load, r2, r3);
    const auto to = machine.memory().translate_or_handle(vm::Access::Store, r1, r3);
    if (!from || !to) return {.failed = true};
    if (r3 != 0) std::memmove(*to, *from, r3);
    return {};
}

inline vm::SyscallResult fill(vm::Machine& machine, std::uint64_t r1, std::uint64_t r2,
                              std::uint64_t r3, std::uint64_t r4, std::uint64_t r5) {
    note(machine, 7, r1, r2, r3, r4, r5);
    if (!machine.meter().consume(10)) return {.failed = true};
    const auto to = machine.memory().translate_or_handle(vm::Access::Store, r1, r3);
    if (!to) return {.failed = true};
    if (r3 != 0) std::memset(*to, static_cast<int>(r2 & 0xff), r3);
    return {};
}

inline vm::SyscallResult nothing(vm::Machine& machine, std::uint64_t r1, std::uint64_t r2,
                                 std::uint64_t r3, std::uint64_t r4, std::uint64_t r5) {
    note(machine, 8, r1, r2, r3, r4, r5);
    return {};
}

/// The syscall with the true meter, whether the run is stepped through or not.
template <vm::SyscallFunction F>
vm::SyscallResult metered(vm::Machine& machine, std::uint64_t r1, std::uint64_t r2,
                          std::uint64_t r3, std::uint64_t r4, std::uint64_t r5) {
    SyscallHost& host = host_of(machine);
    if (!host.is_stepping) return F(machine, r1, r2, r3, r4, r5);
    machine.meter().remaining = host.stepped_remaining;
    const vm::SyscallResult result = F(machine, r1, r2, r3, r4, r5);
    host.stepped_remaining = machine.meter().remaining;
    machine.meter().remaining = 0;
    return result;
}

} // namespace detail

inline std::shared_ptr<const vm::SyscallTable> test_syscalls() {
    static const auto table = std::make_shared<const vm::SyscallTable>(std::vector<vm::Syscall>{
        {.name = "sol_sum", .function = detail::metered<detail::sum>},
        {.name = "sol_burn", .function = detail::metered<detail::burn>},
        {.name = "sol_fail", .function = detail::metered<detail::fail>},
        {.name = "sol_poke", .function = detail::metered<detail::poke>},
        {.name = "sol_remap", .function = detail::metered<detail::remap>},
    });
    return table;
}

inline std::uint32_t syscall_key(std::string_view name) {
    return sbpf::murmur3_32(as_bytes(name));
}

/// Everything that must be the same whichever engine ran.
struct Outcome {
    std::uint64_t value = 0;
    std::optional<vm::Fault> ended_by;
    std::string fault;      // its text, for tests; empty: the run returned value
    std::string fault_name; // same
    std::uint64_t remaining = 0;
    std::array<std::uint64_t, 11> registers{};
    std::uint64_t pc = 0;
    std::uint64_t call_depth = 0;
    /// Stack up to its last frame that is not all zero, heap, input, spare bytes, grown input.
    std::array<Bytes, 5> memory;
    std::uint64_t handler_calls = 0;
    /// Stack pages that were written though the map was not told, one bit each: always zero.
    std::uint64_t unnoted_pages = 0;
    std::vector<std::array<std::uint64_t, 7>> calls;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

[[nodiscard]] inline std::string describe(const Outcome& o) {
    const auto hex = [](std::uint64_t number) {
        char text[17] = {};
        std::snprintf(text, sizeof text, "%llx", static_cast<unsigned long long>(number));
        return std::string(text);
    };
    std::string text = o.ended_by ? o.ended_by->text() : "value " + hex(o.value);
    text += " | remaining " + std::to_string(o.remaining) + " pc " + std::to_string(o.pc) +
            " depth " + std::to_string(o.call_depth) + " |";
    for (std::size_t i = 0; i < o.registers.size(); ++i)
        text += " r" + std::to_string(i) + "=" + hex(o.registers[i]);
    text += " | " + std::to_string(o.calls.size()) + " syscalls |";
    for (const Bytes& bytes : o.memory) text += " " + hex(sbpf::murmur3_32(bytes));
    text += " | handler " + std::to_string(o.handler_calls) + " unnoted " + hex(o.unnoted_pages);
    return text;
}

struct LabOptions {
    bool stack_frame_gaps = true;
    vm::MapLayout layout = vm::MapLayout::Aligned;
    Bytes input = Bytes(256, 0);
    /// Unaligned layout: input is split into regions after these many bytes.
    std::vector<std::uint64_t> input_cuts = {};
    /// The last input region's handler state: grows and becomes writable on a store.
    bool last_input_grows = false;
    std::uint64_t heap_size = 64;
    /// What the layout of compiled code is drawn from; must not change any result.
    std::uint64_t layout_seed = 1;
    /// Its seed, unless 0, goes first.
    vm::JitConfig jit = {};
    /// Look for writes to the stack that the map was not told of.
    bool checks_written_pages = true;
};

/// Makes the last input region writable and as long as its backing bytes on the first store.
class GrowingInput final : public vm::AccessHandler {
public:
    void on_violation(vm::MemoryRegion& region, std::uint64_t reserved, vm::Access access,
                      std::uint64_t addr, std::uint64_t len) override {
        ++calls;
        if (access != vm::Access::Store || region.payload == vm::MemoryRegion::kNoPayload) return;
        const std::uint64_t wanted = addr + len - region.vm_addr;
        if (wanted > reserved || wanted > kSize || region.length > kSize) return;
        if (region.host != backing.data()) {
            std::memcpy(backing.data(), region.host, region.length);
            region.host = backing.data();
        }
        region.length = std::max(region.length, wanted);
        region.is_writable = true;
    }

    void reset() {
        backing.fill(0x5a);
        calls = 0;
    }

    static constexpr std::size_t kSize = 96;
    std::array<std::uint8_t, kSize> backing{};
    std::uint64_t calls = 0;
};

/// Memory that runs use one after the other; its stack is all zero between them.
struct LabMemory {
    Bytes stack = Bytes(sbpf::kStackSize, 0);
    Bytes heap;
    Bytes input;
    std::array<std::uint8_t, 512> spare{};
    GrowingInput handler;
    SyscallHost host;
};

class EngineLab {
public:
    explicit EngineLab(sbpf::Program program, LabOptions options = {},
                       std::shared_ptr<const vm::SyscallTable> syscalls = test_syscalls())
        : options_(std::move(options)),
          executable_(std::move(program), std::move(syscalls), config_of(options_)) {}

    [[nodiscard]] const vm::Executable& executable() const { return executable_; }
    [[nodiscard]] const LabOptions& options() const { return options_; }

    /// The entry point with r1 = the input's address and r2 = its size.
    [[nodiscard]] vm::RunState entry() const {
        vm::RunState start;
        start.registers[1] = sbpf::kInputStart;
        start.registers[2] = options_.input.size();
        start.registers[10] = executable_.initial_frame_pointer();
        start.pc = executable_.program().entry_pc();
        return start;
    }

    /// False if the options describe no memory.
    bool run(LabMemory& memory, vm::Engine engine, std::uint64_t budget, const vm::RunState& start,
             Outcome& outcome) const {
        auto map = prepare(memory);
        if (!map) return false;
        vm::ComputeMeter meter{budget};
        vm::Machine machine(executable_, *map, meter, &memory.host);
        const vm::RunResult result = machine.run_from(engine, start);
        outcome.value = result.value.value_or(0);
        outcome.ended_by.reset();
        if (!result.value) outcome.ended_by = result.value.error();
        outcome.remaining = meter.remaining;
        outcome.registers = result.registers;
        outcome.pc = result.pc;
        outcome.call_depth = result.call_depth;
        collect(memory, *map, outcome);
        return true;
    }

    /// Fresh memory for one run.
    [[nodiscard]] Result<vm::MemoryMap, vm::Fault> prepare(LabMemory& memory) const {
        memory.heap.assign(options_.heap_size, 0);
        memory.input = options_.input;
        memory.spare.fill(0);
        memory.handler.reset();
        memory.host.calls.clear();
        memory.host.spare = memory.spare;
        memory.host.is_stepping = false;
        std::vector<vm::MemoryRegion> regions;
        regions.reserve(4 + options_.input_cuts.size());
        regions.push_back(executable_.rodata_region());
        regions.push_back(executable_.stack_region(memory.stack));
        regions.push_back(vm::MemoryRegion::writable(memory.heap, sbpf::kHeapStart));
        add_input(regions, memory.input);
        return vm::MemoryMap::create(std::move(regions), options_.layout,
                                     executable_.program().version(), &memory.handler);
    }

    /// What the run wrote; clears the stack.
    void collect(LabMemory& memory, const vm::MemoryMap& map, Outcome& outcome) const {
        const std::uint64_t written = map.written().stack;
        outcome.unnoted_pages = options_.checks_written_pages ? clear_unnoted(memory, written) : 0;
        // One page more, for the bytes behind the last one.
        std::size_t end = static_cast<std::size_t>(65 - std::countl_zero(written)) * kPage;
        end = std::min<std::size_t>(end, sbpf::kStackSize);
        const std::size_t written_end = end;
        while (end > 0 && is_zero({memory.stack.data() + end - kPage, kPage})) end -= kPage;
        outcome.memory[0].assign(memory.stack.data(), memory.stack.data() + end);
        std::memset(memory.stack.data(), 0, written_end);
        outcome.memory[1] = memory.heap;
        outcome.memory[2] = memory.input;
        outcome.memory[3].assign(memory.spare.begin(), memory.spare.end());
        outcome.memory[4].assign(memory.handler.backing.begin(), memory.handler.backing.end());
        outcome.handler_calls = memory.handler.calls;
        outcome.calls = memory.host.calls;
    }

private:
    /// The one place where test suites hand layout seeds to the engines.
    static vm::VmConfig config_of(const LabOptions& options) {
        vm::VmConfig config{.enable_stack_frame_gaps = options.stack_frame_gaps,
                            .layout = options.layout,
                            .jit = options.jit};
        if (config.jit.seed == 0) config.jit.seed = options.layout_seed;
        return config;
    }

    static constexpr std::size_t kPage = vm::WrittenPages::kPageSize;

    static bool is_zero(ByteView bytes) {
        return bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
    }

    static std::uint64_t clear_unnoted(LabMemory& memory, std::uint64_t written) {
        std::uint64_t unnoted = 0;
        for (std::size_t page = 0; page < sbpf::kStackSize / kPage; ++page) {
            if (written >> page & 1) continue;
            const bool is_behind = page > 0 && (written >> (page - 1) & 1) != 0;
            const std::size_t first = is_behind ? vm::WrittenPages::kBehind : 0;
            std::uint8_t* const bytes = memory.stack.data() + page * kPage;
            if (is_zero({bytes + first, kPage - first})) continue;
            unnoted |= std::uint64_t{1} << page;
            std::memset(bytes + first, 0, kPage - first);
        }
        return unnoted;
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

    LabOptions options_;
    vm::Executable executable_;
};

} // namespace fathom::harness

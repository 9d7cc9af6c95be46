// SPDX-License-Identifier: Apache-2.0
// Block boundaries by stepping, and the comparison at each of them.
#include "fathom/harness/lockstep.hpp"

#include "fathom/vm/decoded_program.hpp"
#include "fathom/vm/naive_interpreter.hpp"

#include <algorithm>

namespace fathom::harness {

using sbpf::Form;

LockstepCounts& LockstepCounts::operator+=(const LockstepCounts& other) {
    programs += other.programs;
    instructions += other.instructions;
    stops += other.stops;
    return *this;
}

const char* engine_name(vm::Engine engine) {
    switch (engine) {
    case vm::Engine::Naive: return "naive";
    case vm::Engine::Interpreter: return "interpreter";
    case vm::Engine::Jit: return "jit";
    case vm::Engine::Tiered: return "tiered";
    }
    return "unknown";
}

// By the opcode table alone, so that it does not depend on what the engines think.
void Lockstep::find_heads(const vm::Executable& executable) {
    const sbpf::Program& program = executable.program();
    const sbpf::DecodeTable& table = sbpf::decode_table(program.version());
    const auto count = static_cast<std::int64_t>(program.slot_count());
    is_head_.assign(program.slot_count() + 1, 0);
    is_head_[0] = 1;
    const auto mark = [&](std::int64_t slot) {
        if (slot >= 0 && slot <= count) is_head_[static_cast<std::size_t>(slot)] = 1;
    };
    for (const sbpf::Function& function : program.functions()) mark(function.pc);
    for (std::int64_t pc = 0; pc < count; ++pc) {
        const sbpf::RawInstruction raw = program.instruction(static_cast<std::uint64_t>(pc));
        switch (sbpf::info(table[raw.opcode]).form) {
        case Form::Jump:
        case Form::JumpImm:
        case Form::JumpReg: mark(pc + 1 + raw.offset); break;
        case Form::CallImm:
            if (sbpf::static_syscalls(program.version())) mark(pc + 1 + raw.imm);
            break;
        case Form::CallReg:
        case Form::Exit: break;
        case Form::WideImm: ++pc; continue;
        default: continue;
        }
        mark(pc + 1);
    }
}

std::vector<std::uint64_t> Lockstep::boundaries(const EngineLab& lab, const vm::RunState& start,
                                                std::uint64_t steps) {
    find_heads(lab.executable());
    std::vector<std::uint64_t> found;
    auto map = lab.prepare(memory_);
    if (!map) return found;
    SyscallHost& host = memory_.host;
    host.is_stepping = true;
    // Stepping is not charged for, but syscalls may ask how much is left.
    constexpr std::uint64_t kPlenty = 1'000'000;
    host.stepped_remaining = kPlenty;
    std::vector<vm::CallFrame> frames;
    vm::RunState state = start;
    for (std::uint64_t step = 0; step < steps; ++step) {
        if (state.pc < is_head_.size() && is_head_[state.pc]) {
            found.push_back(kPlenty - host.stepped_remaining);
        }
        --host.stepped_remaining;
        vm::ComputeMeter one{1};
        vm::Machine machine(lab.executable(), *map, one, &host);
        const vm::RunResult result = vm::run_naive(machine, state, frames);
        if (result.value || result.value.error().kind != vm::FaultKind::ExceededMaxInstructions) {
            break;
        }
        if (result.call_depth > frames.size()) {
            frames.push_back({.saved = {state.registers[6], state.registers[7], state.registers[8],
                                        state.registers[9]},
                              .frame_pointer = state.registers[10],
                              .return_pc = state.pc + 1});
        } else {
            frames.resize(result.call_depth);
        }
        state = {.registers = result.registers, .pc = result.pc};
    }
    found.push_back(kPlenty - host.stepped_remaining);
    lab.collect(memory_, *map, expected_);
    return found;
}

std::optional<LockstepDifference>
Lockstep::compare_at(const EngineLab& lab, const vm::RunState& start, std::uint64_t budget) {
    if (!lab.run(memory_, vm::Engine::Naive, budget, start, expected_)) return std::nullopt;
    counts_.instructions += budget - expected_.remaining;
    for (const vm::Engine engine : engines_) {
        static_cast<void>(lab.run(memory_, engine, budget, start, actual_));
        counts_.instructions += budget - actual_.remaining;
        ++counts_.stops;
        if (actual_ == expected_) continue;
        return LockstepDifference{engine, budget, start, expected_, actual_};
    }
    return std::nullopt;
}

std::optional<LockstepDifference> Lockstep::compare(const EngineLab& lab, const vm::RunState& start,
                                                    const Limits& limits,
                                                    std::span<const std::uint64_t> extra_budgets) {
    ++counts_.programs;
    if (auto difference = compare_at(lab, start, limits.budget)) return difference;
    for (const std::uint64_t budget : extra_budgets) {
        if (auto difference = compare_at(lab, start, budget)) return difference;
    }
    const std::vector<std::uint64_t> stops = boundaries(lab, start, limits.steps);
    const std::size_t count = std::min<std::size_t>(stops.size(), limits.stops);
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t budget = stops[i * stops.size() / count];
        if (auto difference = compare_at(lab, start, budget)) return difference;
    }
    return std::nullopt;
}

} // namespace fathom::harness

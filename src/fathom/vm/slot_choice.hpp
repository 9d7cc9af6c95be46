// SPDX-License-Identifier: Apache-2.0
// Which translation slot a memory operation gets. Any choice is right; a good one hits often.
//
// Much code runs once, so that an operation with a slot of its own would find it cold. Operations
// that reach memory through the same pointer usually mean the same region: they share a slot until
// the pointer's register is given a new value. A copy of a pointer, and a pointer that has moved,
// keep it.
#pragma once

#include "fathom/sbpf/isa.hpp"
#include "fathom/vm/translation_cache.hpp"

#include <array>
#include <cstdint>

namespace fathom::vm {

/// Fed with a program's instructions in their order.
class SlotChoice {
public:
    /// For an operation that the next call of pass() is about.
    [[nodiscard]] std::uint16_t slot_for(std::uint8_t base) {
        std::uint16_t& slot = slots_[base];
        if (slot == kNone) slot = static_cast<std::uint16_t>(given_++ % kTranslationSlots);
        return slot;
    }

    /// What the instruction does to pointers.
    void pass(sbpf::Op op, std::uint8_t dst, std::uint8_t src) {
        switch (sbpf::info(op).form) {
        case sbpf::Form::StoreImm:
        case sbpf::Form::StoreReg:
        case sbpf::Form::Jump:
        case sbpf::Form::JumpImm:
        case sbpf::Form::JumpReg:
        case sbpf::Form::Exit:
        case sbpf::Form::Invalid: return;
        case sbpf::Form::CallImm:
        case sbpf::Form::CallReg:
            for (std::uint8_t index = 0; index <= 5; ++index) slots_[index] = kNone;
            return;
        default: break;
        }
        switch (op) {
        case sbpf::Op::Add64Imm:
        case sbpf::Op::Add64Reg:
        case sbpf::Op::Sub64Imm: return;
        case sbpf::Op::Mov64Reg: slots_[dst] = slots_[src]; return;
        default: slots_[dst] = kNone; return;
        }
    }

private:
    static constexpr std::uint16_t kNone = 0xffff;

    std::array<std::uint16_t, 11> slots_ = {kNone, kNone, kNone, kNone, kNone, kNone,
                                            kNone, kNone, kNone, kNone, kNone};
    std::uint64_t given_ = 0;
};

} // namespace fathom::vm

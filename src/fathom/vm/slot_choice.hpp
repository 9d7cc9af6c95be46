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

/// What an operation does to what is known of pointers.
enum class PointerEffect : std::uint8_t { Keeps, Forgets, Copies, Calls };

inline constexpr auto kPointerEffects = [] {
    std::array<PointerEffect, sbpf::kOpCount> effects{};
    for (std::size_t i = 0; i < sbpf::kOpCount; ++i) {
        const auto op = static_cast<sbpf::Op>(i);
        PointerEffect& effect = effects[i];
        switch (sbpf::info(op).form) {
        case sbpf::Form::StoreImm:
        case sbpf::Form::StoreReg:
        case sbpf::Form::Jump:
        case sbpf::Form::JumpImm:
        case sbpf::Form::JumpReg:
        case sbpf::Form::Exit:
        case sbpf::Form::Invalid: effect = PointerEffect::Keeps; continue;
        case sbpf::Form::CallImm:
        case sbpf::Form::CallReg: effect = PointerEffect::Calls; continue;
        default: effect = PointerEffect::Forgets; break;
        }
        if (op == sbpf::Op::Add64Imm || op == sbpf::Op::Add64Reg || op == sbpf::Op::Sub64Imm) {
            effect = PointerEffect::Keeps;
        } else if (op == sbpf::Op::Mov64Reg) {
            effect = PointerEffect::Copies;
        }
    }
    return effects;
}();

/// Fed with a program's instructions in their order.
class SlotChoice {
public:
    /// For an operation that the next call of pass() is about.
    [[nodiscard]] std::uint16_t slot_for(std::uint8_t base) {
        std::uint16_t& slot = slots_[base];
        if (slot == kNone) slot = static_cast<std::uint16_t>(given_++ % kTranslationSlots);
        return slot;
    }

    /// What the instruction does to pointers. Both registers are below 16.
    [[gnu::always_inline]] void pass(sbpf::Op op, std::uint8_t dst, std::uint8_t src) {
        const PointerEffect effect = kPointerEffects[static_cast<std::size_t>(op)];
        if (effect == PointerEffect::Calls) {
            for (std::uint8_t index = 0; index <= 5; ++index) slots_[index] = kNone;
            return;
        }
        // Without a jump, because none could be foreseen.
        const std::uint16_t copied = slots_[src];
        const std::uint16_t changed = effect == PointerEffect::Copies ? copied : kNone;
        slots_[dst] = effect == PointerEffect::Keeps ? slots_[dst] : changed;
    }

private:
    static constexpr std::uint16_t kNone = 0xffff;

    std::array<std::uint16_t, 16> slots_ = {kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone,
                                            kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone};
    std::uint64_t given_ = 0;
};

} // namespace fathom::vm

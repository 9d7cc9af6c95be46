// SPDX-License-Identifier: Apache-2.0
// Random programs that the verifier passes and that live long enough to be interesting: pointers
// near the ends of regions, calls of every kind, jumps anywhere.
#pragma once

#include "fathom/harness/engine_lab.hpp"
#include "fathom/sbpf/isa.hpp"
#include "fathom/sbpf/program.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace fathom::harness {

/// Where choices come from: a seed, or bytes that a fuzzer chose, with a seed for what they leave
/// open.
class Choices {
public:
    explicit Choices(std::uint64_t seed) : random_(seed) {}
    explicit Choices(ByteView bytes) : bytes_(bytes), random_(bytes.size()) {}

    std::uint64_t below(std::uint64_t bound) { return next(bound <= 256 ? 1 : 8) % bound; }
    std::uint64_t bits() { return next(8); }

private:
    std::uint64_t next(std::size_t wanted) {
        if (bytes_.size() < wanted) return random_();
        std::uint64_t value = 0;
        std::memcpy(&value, bytes_.data(), wanted);
        bytes_ = bytes_.subspan(wanted);
        return value;
    }

    ByteView bytes_;
    std::mt19937_64 random_;
};

class RandomProgram {
public:
    RandomProgram(std::uint64_t seed, sbpf::Version version, std::size_t length)
        : RandomProgram(Choices(seed), version, length) {}

    RandomProgram(Choices choices, sbpf::Version version, std::size_t length)
        : choices_(std::move(choices)), version_(version), length_(length) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const sbpf::Op op = sbpf::decode_table(version)[byte];
            if (op == sbpf::Op::Invalid) continue;
            bytes_of_[static_cast<std::size_t>(op)] = static_cast<std::uint8_t>(byte);
            sort_in(op);
        }
    }

    [[nodiscard]] sbpf::Program generate() {
        for (std::uint8_t index = 6; index < 9; ++index) load_pointer(index);
        while (slots_.size() < length_) emit_any();
        if (below(8) != 0) emit(sbpf::Op::Exit, 0, 0, 0, 0); // else it may run off the end
        resolve();
        return finish();
    }

    /// Settings that go with the program.
    [[nodiscard]] LabOptions options() {
        LabOptions options;
        options.stack_frame_gaps = below(2) != 0;
        options.layout_seed = 1 + below(3);
        options.input = Bytes(kInputSize);
        for (std::uint8_t& byte : options.input) byte = static_cast<std::uint8_t>(below(256));
        options.heap_size =
            std::array<std::uint64_t, 4>{kHeapSize, 3, 8, 0}[below(8) < 5 ? 0 : below(4)];
        if (below(2) != 0) {
            options.layout = vm::MapLayout::Unaligned;
            if (below(2) != 0) options.input_cuts = {9, 16, 40, 41};
            if (below(4) == 0) options.input_cuts = cuts();
            options.last_input_grows = below(2) != 0;
        }
        return options;
    }

    std::uint64_t below(std::uint64_t bound) { return choices_.below(bound); }

private:
    static constexpr std::uint64_t kInputSize = 64;
    static constexpr std::uint64_t kHeapSize = 64;

    struct Jump {
        std::size_t slot;
        bool is_call; // relative in imm; otherwise in the offset
    };

    /// Regions of any length from 0 to 17, side by side.
    std::vector<std::uint64_t> cuts() {
        std::vector<std::uint64_t> ends;
        for (std::uint64_t end = below(18); end < kInputSize && ends.size() < 8; end += below(18))
            ends.push_back(end);
        return ends;
    }

    void sort_in(sbpf::Op op) {
        switch (sbpf::info(op).form) {
        case sbpf::Form::DstImm:
        case sbpf::Form::DstSrc:
        case sbpf::Form::Dst:
        case sbpf::Form::Endian: alu_.push_back(op); break;
        case sbpf::Form::Load:
        case sbpf::Form::StoreImm:
        case sbpf::Form::StoreReg: memory_.push_back(op); break;
        case sbpf::Form::Jump:
        case sbpf::Form::JumpImm:
        case sbpf::Form::JumpReg: jumps_.push_back(op); break;
        default: break;
        }
    }

    void emit(sbpf::Op op, std::uint64_t dst, std::uint64_t src, std::int64_t offset,
              std::int64_t imm) {
        const std::uint64_t word =
            bytes_of_[static_cast<std::size_t>(op)] | dst << 8 | src << 12 |
            static_cast<std::uint64_t>(static_cast<std::uint16_t>(offset)) << 16 |
            static_cast<std::uint64_t>(static_cast<std::uint32_t>(imm)) << 32;
        starts_.push_back(slots_.size());
        slots_.push_back(word);
    }

    void load_wide(std::uint64_t index, std::uint64_t value) {
        const auto low = static_cast<std::int64_t>(value & 0xffffffff);
        const auto high = static_cast<std::int64_t>(value >> 32);
        if (version_ == sbpf::Version::V2) {
            emit(sbpf::Op::Mov32Imm, index, 0, 0, low);
            emit(sbpf::Op::Hor64Imm, index, 0, 0, high);
        } else {
            emit(sbpf::Op::Lddw, index, 0, 0, low);
            slots_.push_back(value & 0xffffffff00000000);
        }
    }

    std::int64_t small(std::int64_t reach) {
        return static_cast<std::int64_t>(below(static_cast<std::uint64_t>(2 * reach + 1))) - reach;
    }

    std::int64_t immediate() {
        static constexpr std::int64_t kEdges[] = {0, 1, -1, 2, 7, 0x7fffffff, -0x80000000ll, 64};
        return below(2) != 0 ? kEdges[below(8)] : static_cast<std::int32_t>(choices_.bits());
    }

    /// Somewhere in or around a region.
    std::uint64_t pointer() {
        const std::uint64_t stride = below(2) != 0 ? 8192 : 4096;
        switch (below(8)) {
        case 0:
            return sbpf::kStackStart + stride * below(64) + static_cast<std::uint64_t>(small(9));
        case 1: return sbpf::kStackStart + sbpf::kStackSize + static_cast<std::uint64_t>(small(9));
        case 2: return (version_ >= sbpf::Version::V3 ? 0 : sbpf::kBytecodeStart) + below(80);
        case 3: return sbpf::kHeapStart + static_cast<std::uint64_t>(small(9));
        case 4: return sbpf::kHeapStart + below(kHeapSize + 9);
        case 5: return sbpf::kInputStart + static_cast<std::uint64_t>(small(9));
        case 6: return sbpf::kInputStart + below(128);
        default:
            return below(20) == 0 ? choices_.bits() : sbpf::kInputStart + below(kInputSize - 8);
        }
    }

    void load_pointer(std::uint64_t index) { load_wide(index, pointer()); }

    void emit_any() {
        const std::uint64_t choice = below(100);
        if (choice < 40) {
            emit_alu();
        } else if (choice < 68) {
            emit_memory();
        } else if (choice < 83) {
            emit_jump();
        } else if (choice < 92) {
            emit_call();
        } else if (choice < 93) {
            emit(sbpf::Op::Exit, 0, 0, 0, 0);
        } else if (choice < 94) {
            emit_walk();
        } else if (choice < 97) {
            load_pointer(6 + below(3));
        } else {
            emit_pointer_step();
        }
    }

    void emit_alu() {
        if (below(25) == 0) {
            static constexpr std::uint64_t kEdges[] = {1ull << 63,        0x80000000, 0x7fffffff,
                                                       ~std::uint64_t{0}, 0xffffffff, 0};
            load_wide(below(6), kEdges[below(6)]);
        }
        if (version_ == sbpf::Version::V2 && below(60) == 0) {
            load_wide(0, below(2) != 0 ? 1ull << 63 : 0x80000000);
            emit(below(2) != 0 ? sbpf::Op::Sdiv64Imm : sbpf::Op::Srem32Imm, 0, 0, 0, -1);
        }
        const sbpf::Op op = alu_[below(alu_.size())];
        std::int64_t imm = immediate();
        switch (sbpf::info(op).check) {
        case sbpf::Check::Shift32: imm &= 31; break;
        case sbpf::Check::Shift64: imm &= 63; break;
        case sbpf::Check::EndianSize: imm = std::int64_t{16} << below(3); break;
        case sbpf::Check::DivisorImm: imm = imm == 0 ? -1 : imm; break;
        default: break;
        }
        // Registers 6 to 8 mostly keep their pointers.
        const std::uint64_t dst = below(12) == 0 ? below(10) : (below(7) == 0 ? 9 : below(6));
        emit(op, dst, below(11), static_cast<std::int16_t>(choices_.bits()), imm);
    }

    void emit_memory() {
        const sbpf::Op op = memory_[below(memory_.size())];
        const bool on_frame = below(3) == 0;
        const std::uint64_t base = on_frame ? 10 : 6 + below(3);
        std::int64_t offset = small(8);
        if (on_frame && below(10) != 0) {
            offset = -8 - static_cast<std::int64_t>(below(4089));
        } else if (below(12) == 0) {
            offset = small(4200);
        }
        const bool is_load = sbpf::info(op).form == sbpf::Form::Load;
        emit(op, is_load ? below(6) : base, is_load ? base : below(11), offset, immediate());
    }

    void emit_jump() {
        jumps_to_fix_.push_back({slots_.size(), false});
        emit(jumps_[below(jumps_.size())], below(10), below(11), 0, immediate());
    }

    /// A loop whose accesses walk along, over frame ends, gaps and region ends.
    void emit_walk() {
        const std::uint64_t pointer = 6 + below(3);
        load_pointer(pointer);
        const std::int64_t step = below(2) != 0 ? small(9) : small(1100);
        emit(sbpf::Op::Mov64Imm, 9, 0, 0, 2 + static_cast<std::int64_t>(below(12)));
        const std::size_t head = slots_.size();
        for (std::uint64_t i = 0; i <= below(3); ++i) {
            const sbpf::Op op = memory_[below(memory_.size())];
            const bool is_load = sbpf::info(op).form == sbpf::Form::Load;
            emit(op, is_load ? below(6) : pointer, is_load ? pointer : below(11), small(4),
                 immediate());
        }
        emit(sbpf::Op::Add64Imm, pointer, 0, 0, step);
        emit(sbpf::Op::Add64Imm, 9, 0, 0, -1);
        emit(sbpf::Op::Jne64Imm, 9, 0,
             static_cast<std::int64_t>(head) - static_cast<std::int64_t>(slots_.size()) - 1, 0);
    }

    void emit_pointer_step() {
        if (sbpf::manual_stack_frames(version_) && below(2) != 0) {
            emit(sbpf::Op::Add64Imm, 10, 0, 0, 64 * small(3));
        } else {
            emit(sbpf::Op::Add64Imm, 6 + below(3), 0, 0, small(9));
        }
    }

    void emit_call() {
        const std::uint64_t choice = below(10);
        if (choice < 4) {
            jumps_to_fix_.push_back({slots_.size(), true});
            emit(sbpf::Op::Call, 0, 1, 0, 0);
        } else if (choice < 6) {
            emit_callx();
        } else {
            static constexpr std::string_view kNames[] = {"sol_sum",  "sol_sum",   "sol_burn",
                                                          "sol_poke", "sol_remap", "sol_fail"};
            const std::uint64_t which = below(30);
            if (which % 2 != 0) emit(sbpf::Op::Mov64Reg, 1, 6 + below(3), 0, 0);
            const std::string_view name = kNames[which < 25 ? which / 5 : which % 6];
            emit(sbpf::Op::Call, 0, 0, 0,
                 below(60) == 0 ? 12345 : static_cast<std::int64_t>(syscall_key(name)));
        }
    }

    void emit_callx() {
        const std::uint64_t index = below(6);
        // Any slot, the halves of an lddw too, and a little beyond the end.
        load_wide(index, sbpf::kBytecodeStart + below(length_ + 2) * 8 + below(8));
        emit(sbpf::Op::Callx, version_ >= sbpf::Version::V3 ? index : 0,
             version_ == sbpf::Version::V2 ? index : 0, 0,
             version_ < sbpf::Version::V2 ? static_cast<std::int64_t>(index) : 0);
    }

    /// Jumps and local calls to the first slot of any instruction, in reach.
    void resolve() {
        for (const Jump& jump : jumps_to_fix_) {
            const std::uint64_t reach = below(3) != 0 ? 12 : starts_.size();
            const auto here = static_cast<std::size_t>(
                std::ranges::lower_bound(starts_, jump.slot) - starts_.begin());
            const std::size_t first = here > reach ? here - reach : 0;
            const std::size_t last = std::min(here + reach, starts_.size() - 1);
            const std::size_t target = starts_[first + below(last - first + 1)];
            const std::int64_t distance =
                static_cast<std::int64_t>(target) - static_cast<std::int64_t>(jump.slot) - 1;
            if (!jump.is_call) {
                slots_[jump.slot] |=
                    static_cast<std::uint64_t>(static_cast<std::uint16_t>(distance)) << 16;
                continue;
            }
            std::uint32_t imm = static_cast<std::uint32_t>(distance);
            if (version_ < sbpf::Version::V3) {
                imm = sbpf::function_key(target);
                functions_.push_back({imm, static_cast<std::uint32_t>(target), {}});
                slots_[jump.slot] &= 0xffffffffffff0fff;
            }
            slots_[jump.slot] |= static_cast<std::uint64_t>(imm) << 32;
        }
    }

    sbpf::Program finish() {
        if (version_ < sbpf::Version::V3 && below(4) == 0) {
            // One key for a syscall and a function.
            functions_.push_back({syscall_key("sol_sum"),
                                  static_cast<std::uint32_t>(starts_[below(starts_.size())]),
                                  {}});
        }
        std::ranges::sort(functions_, {}, &sbpf::Function::key);
        const auto again = std::ranges::unique(functions_, {}, &sbpf::Function::key);
        functions_.erase(again.begin(), again.end());
        Bytes text(slots_.size() * 8);
        std::memcpy(text.data(), slots_.data(), text.size());
        return sbpf::Program::from_text(std::move(text), version_, 0, functions_, Bytes(48, 0x33));
    }

    Choices choices_;
    sbpf::Version version_;
    std::size_t length_;
    std::array<std::uint8_t, sbpf::kOpCount> bytes_of_{};
    std::vector<sbpf::Op> alu_;
    std::vector<sbpf::Op> memory_;
    std::vector<sbpf::Op> jumps_;
    std::vector<std::uint64_t> slots_;
    std::vector<std::size_t> starts_; // first slots of instructions
    std::vector<Jump> jumps_to_fix_;
    std::vector<sbpf::Function> functions_;
};

} // namespace fathom::harness

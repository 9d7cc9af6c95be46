// SPDX-License-Identifier: Apache-2.0
#include "fathom/sbpf/control_flow.hpp"

#include "fathom/sbpf/disassembler.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace fathom::sbpf {
namespace {

Form form_of(const Program& program, const RawInstruction& insn) {
    return info(decode_table(program.version())[insn.opcode]).form;
}

bool is_jump(Form form) {
    return form == Form::Jump || form == Form::JumpImm || form == Form::JumpReg;
}

/// Distances count from the next slot; what wraps is outside of the text as well.
std::uint64_t after(std::uint64_t pc, std::int64_t distance) {
    return pc + 1 + static_cast<std::uint64_t>(distance);
}

/// Divides a text into functions and blocks.
class Graph {
public:
    Graph(const Program& program, const FunctionNames& names)
        : program_(program), names_(names), slots_(program.slot_count()) {
        if (slots_ == 0) return;
        for (const auto& [start, name] : names) add_function(start);
        for (const Function& function : program.functions()) add_function(function.pc);
        add_function(program.entry_pc());
        leaders_.insert(0);
        for_each([this](std::uint64_t pc, std::uint64_t next, const RawInstruction& insn) {
            find_leaders(pc, next, insn);
        });
        leaders_.insert(functions_.begin(), functions_.end());
    }

    [[nodiscard]] std::vector<FunctionBlocks> run() const {
        std::vector<FunctionBlocks> result;
        if (slots_ == 0) return result;
        // Text in front of the first function belongs to one of its own.
        if (!functions_.contains(0)) result.push_back({"function_0", 0, {}});
        for (auto leader = leaders_.begin(); leader != leaders_.end(); ++leader) {
            if (functions_.contains(*leader)) {
                result.push_back({function_name(names_, *leader), *leader, {}});
            }
            const auto next = std::next(leader);
            BasicBlock block{.start = *leader,
                             .end = next == leaders_.end() ? slots_ : *next,
                             .successors = {},
                             .calls = {}};
            connect(block);
            result.back().blocks.push_back(std::move(block));
        }
        return result;
    }

private:
    /// Calls `visit` with the slot, the slot behind it, and the instruction.
    template <class Visit> void for_each(Visit visit) const { visit_range(0, slots_, visit); }
    template <class Visit>
    void visit_range(std::uint64_t start, std::uint64_t end, Visit visit) const {
        for (std::uint64_t pc = start; pc < end;) {
            const RawInstruction insn = program_.instruction(pc);
            const std::uint64_t next =
                pc + (form_of(program_, insn) == Form::WideImm && pc + 1 < end ? 2 : 1);
            visit(pc, next, insn);
            pc = next;
        }
    }

    void add_function(std::uint64_t start) {
        if (start < slots_) functions_.insert(start);
    }

    void find_leaders(std::uint64_t pc, std::uint64_t next, const RawInstruction& insn) {
        const Form form = form_of(program_, insn);
        if (is_jump(form)) {
            if (const auto target = after(pc, insn.offset); target < slots_) {
                leaders_.insert(target);
            }
        } else if (form == Form::CallImm) {
            if (const auto target = call_target(program_, pc)) add_function(*target);
        }
        if ((is_jump(form) || form == Form::Exit) && next < slots_) leaders_.insert(next);
    }

    void connect(BasicBlock& block) const {
        Form last = Form::Invalid;
        visit_range(block.start, block.end,
                    [&](std::uint64_t pc, std::uint64_t, const RawInstruction& insn) {
                        last = form_of(program_, insn);
                        if (last == Form::CallImm) {
                            const auto target = call_target(program_, pc);
                            if (target) block.calls.push_back(*target);
                        }
                        if (!is_jump(last)) return;
                        const std::uint64_t target = after(pc, insn.offset);
                        if (target < slots_) block.successors.push_back(target);
                    });
        const bool falls_through = last != Form::Exit && last != Form::Jump;
        if (!falls_through || block.end >= slots_) return;
        if (std::ranges::find(block.successors, block.end) == block.successors.end()) {
            block.successors.push_back(block.end);
        }
    }

    const Program& program_;
    const FunctionNames& names_;
    std::uint64_t slots_;
    std::set<std::uint64_t> functions_;
    std::set<std::uint64_t> leaders_;
};

/// For an HTML-like label.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        default: out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
        }
    }
    return out;
}

std::string node(std::uint64_t slot) {
    return "lbb_" + std::to_string(slot);
}

class DotWriter {
public:
    DotWriter(const Program& program, const FunctionNames& names,
              std::span<const std::string_view> syscall_names)
        : program_(program), names_(names), functions_(control_flow(program, names)) {
        for (const std::string_view name : syscall_names) {
            syscalls_.emplace(murmur3_32(as_bytes(name)), name);
        }
    }

    std::string run() {
        out_ = "digraph {\n"
               "  graph [rankdir=TB; style=filled; color=lightgrey; fontname=\"Courier New\"];\n"
               "  node [shape=rect; style=filled; fillcolor=white; fontname=\"Courier New\"];\n"
               "  edge [fontname=\"Courier New\"];\n";
        for (const FunctionBlocks& function : functions_) write_cluster(function);
        for (const FunctionBlocks& function : functions_) {
            for (const BasicBlock& block : function.blocks) write_edges(block);
        }
        return std::move(out_) + "}\n";
    }

private:
    void write_cluster(const FunctionBlocks& function) {
        out_ += "  subgraph cluster_" + std::to_string(function.start) + " {\n    label=<" +
                escaped(function.name) + ">;\n";
        for (const BasicBlock& block : function.blocks) {
            out_ += "    " + node(block.start) +
                    " [label=<<table border=\"0\" cellborder=\"0\" cellpadding=\"3\">";
            for (std::uint64_t pc = block.start; pc < block.end; ++pc) {
                const RawInstruction insn = program_.instruction(pc);
                out_ += "<tr><td align=\"right\">" + std::to_string(pc) +
                        "</td><td align=\"left\">" + escaped(line(pc, insn)) + "</td></tr>";
                if (form_of(program_, insn) == Form::WideImm) ++pc;
            }
            out_ += "</table>>];\n";
        }
        out_ += "  }\n";
    }

    [[nodiscard]] std::string line(std::uint64_t pc, const RawInstruction& insn) const {
        const Form form = form_of(program_, insn);
        if (form == Form::CallImm) {
            if (const auto target = call_target(program_, pc)) {
                return "call " + function_name(names_, *target);
            }
            const auto found = syscalls_.find(static_cast<std::uint32_t>(insn.imm));
            if (found != syscalls_.end()) return "syscall " + std::string(found->second);
        }
        const RawInstruction second =
            pc + 1 < program_.slot_count() ? program_.instruction(pc + 1) : RawInstruction{};
        return disassemble_instruction(insn, program_.version(), second);
    }

    void write_edges(const BasicBlock& block) {
        for (const std::uint64_t successor : block.successors) {
            out_ += "  " + node(block.start) + " -> " + node(successor) + ";\n";
        }
        std::set<std::uint64_t> called;
        for (const std::uint64_t target : block.calls) {
            if (!called.insert(target).second) continue;
            out_ += "  " + node(block.start) + " -> " + node(target) + " [style=dashed];\n";
        }
    }

    const Program& program_;
    const FunctionNames& names_;
    std::vector<FunctionBlocks> functions_;
    std::map<std::uint32_t, std::string_view> syscalls_;
    std::string out_;
};

} // namespace

std::optional<std::uint64_t> call_target(const Program& program, std::uint64_t pc) {
    const RawInstruction insn = program.instruction(pc);
    if (form_of(program, insn) != Form::CallImm) return std::nullopt;
    std::optional<std::uint64_t> target;
    if (!static_syscalls(program.version())) {
        target = program.find_function(static_cast<std::uint32_t>(insn.imm));
    } else if (insn.src == 1) {
        target = after(pc, insn.imm);
    }
    return target && *target < program.slot_count() ? target : std::nullopt;
}

std::vector<FunctionBlocks> control_flow(const Program& program, const FunctionNames& names) {
    return Graph(program, names).run();
}

std::string control_flow_dot(const Program& program, const FunctionNames& names,
                             std::span<const std::string_view> syscall_names) {
    return DotWriter(program, names, syscall_names).run();
}

} // namespace fathom::sbpf

// SPDX-License-Identifier: Apache-2.0
// The control flow graph of a program: basic blocks by function, and where each may go.
#pragma once

#include "fathom/sbpf/program.hpp"
#include "fathom/sbpf/symbols.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::sbpf {

/// Instructions that run one after another.
struct BasicBlock {
    std::uint64_t start = 0; // first slot
    std::uint64_t end = 0;   // behind the last one
    /// First slots of the blocks that may run next within the program's text: the jump target,
    /// then what follows. A call is not the end of a block.
    std::vector<std::uint64_t> successors;
    /// Entry slots of the functions that it calls, in order.
    std::vector<std::uint64_t> calls;
};

struct FunctionBlocks {
    std::string name;
    std::uint64_t start = 0;
    std::vector<BasicBlock> blocks; // ascending
};

/// Slot of the function that the call at `pc` goes to; nullopt for syscalls, for calls out of the
/// text, and if there is no call by constant.
[[nodiscard]] std::optional<std::uint64_t> call_target(const Program& program, std::uint64_t pc);

/// Functions ascending by slot: those with a name, the registered ones and all that are called. A
/// function is the text from its entry to the next one's. Any program, verified or not; jumps out
/// of the text have no edge.
[[nodiscard]] std::vector<FunctionBlocks> control_flow(const Program& program,
                                                       const FunctionNames& names);

/// The graph in Graphviz form: a cluster for each function, jumps as solid and calls as dashed
/// edges.
[[nodiscard]] std::string control_flow_dot(const Program& program, const FunctionNames& names,
                                           std::span<const std::string_view> syscall_names = {});

} // namespace fathom::sbpf

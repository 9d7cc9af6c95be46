// SPDX-License-Identifier: Apache-2.0
// The control flow graph of a program: basic blocks by function, and where each may go.
#pragma once

#include "fathom/sbpf/disassembler.hpp"
#include "fathom/sbpf/program.hpp"

#include <cstdint>
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

/// Functions ascending by slot: the registered ones, the entry point and all that are called. A
/// function is the text from its entry to the next one's. Any program, verified or not; jumps out
/// of the text have no edge.
[[nodiscard]] std::vector<FunctionBlocks> control_flow(const Program& program);

/// The graph in Graphviz form: a cluster for each function, jumps as solid and calls as dashed
/// edges.
[[nodiscard]] std::string control_flow_dot(const Program& program,
                                           std::span<const std::string_view> syscall_names = {});

} // namespace fathom::sbpf

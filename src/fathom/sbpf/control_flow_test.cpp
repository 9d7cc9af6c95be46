// SPDX-License-Identifier: Apache-2.0
// Control flow graphs: blocks, edges, functions, and the text form.
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/control_flow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace fathom::sbpf {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Program assembled(std::string_view source, Version version = Version::V0) {
    const auto assembly = assemble(source, {.version = version});
    EXPECT_TRUE(assembly.has_value()) << assembly.error().text();
    return to_program(*assembly);
}

std::vector<FunctionBlocks> graph(const Program& program) {
    return control_flow(program, function_names(program));
}

constexpr std::string_view kLoop = "entrypoint:\n"
                                   "    lddw r6, 3\n"
                                   "loop:\n"
                                   "    call double\n"
                                   "    sub64 r6, 1\n"
                                   "    jne r6, 0, loop\n"
                                   "    syscall sol_log_\n"
                                   "    exit\n"
                                   "double:\n"
                                   "    add64 r7, r7\n"
                                   "    exit\n";

TEST(ControlFlow, BlocksEndAtJumpsAndBeforeTargets) {
    for (const Version version : {Version::V0, Version::V3}) {
        const auto functions = graph(assembled(kLoop, version));
        ASSERT_EQ(functions.size(), 2u);
        EXPECT_EQ(functions[0].name, "entrypoint");
        // Only before V3 programs have a registry, which the assembler fills with names.
        EXPECT_EQ(functions[1].name, version == Version::V0 ? "double" : "function_7");
        const auto& blocks = functions[0].blocks;
        ASSERT_EQ(blocks.size(), 3u);
        EXPECT_EQ(blocks[0].start, 0u);
        EXPECT_EQ(blocks[0].end, 2u);
        EXPECT_THAT(blocks[0].successors, ElementsAre(2u));
        EXPECT_THAT(blocks[1].successors, ElementsAre(2u, 5u));
        EXPECT_THAT(blocks[1].calls, ElementsAre(7u));
        EXPECT_THAT(blocks[2].successors, IsEmpty());
        ASSERT_EQ(functions[1].blocks.size(), 1u);
        EXPECT_EQ(functions[1].blocks[0].end, 9u);
    }
}

TEST(ControlFlow, AJumpToWhatFollowsIsOneEdge) {
    const auto functions = graph(assembled("entrypoint:\n jeq r1, 0, +0\n exit\n"));
    EXPECT_THAT(functions.at(0).blocks.at(0).successors, ElementsAre(1u));
}

TEST(ControlFlow, TextInFrontOfTheFirstFunctionIsAFunction) {
    Bytes text(16);
    text[0] = text[8] = 0x95;
    const auto functions = graph(Program::from_text(text, Version::V0, 1));
    ASSERT_EQ(functions.size(), 2u);
    EXPECT_EQ(functions[0].name, "function_0");
    EXPECT_EQ(functions[1].start, 1u);
}

TEST(ControlFlow, TakesProgramsThatNoVerifierWould) {
    // A jump and a call out of the text, half an lddw, and no text at all.
    const Bytes wild = {0x05, 0,    0xff, 0x7f, 0,    0, 0, 0, 0x85, 0x10, 0, 0,
                        0xff, 0xff, 0xff, 0x7f, 0x18, 0, 0, 0, 0,    0,    0, 0};
    for (const Version version : {Version::V0, Version::V2, Version::V3}) {
        const Program program = Program::from_text(wild, version);
        for (const FunctionBlocks& function : graph(program)) {
            for (const BasicBlock& block : function.blocks) {
                EXPECT_LE(block.end, 3u);
                EXPECT_THAT(block.calls, IsEmpty());
            }
        }
        EXPECT_THAT(control_flow_dot(program, function_names(program)), HasSubstr("lbb_0"));
    }
    EXPECT_THAT(graph(Program::from_text({}, Version::V0)), IsEmpty());
}

TEST(ControlFlow, DotHasAClusterPerFunctionAndDashedCalls) {
    const Program program = assembled(kLoop);
    constexpr std::array<std::string_view, 1> kSyscalls = {"sol_log_"};
    const std::string dot = control_flow_dot(program, function_names(program), kSyscalls);
    for (const char* part : {"digraph {\n", "  subgraph cluster_0 {\n    label=<entrypoint>;\n",
                             "  subgraph cluster_7 {\n    label=<double>;\n", "call double",
                             "syscall sol_log_", "  lbb_0 -> lbb_2;\n", "  lbb_2 -> lbb_2;\n",
                             "  lbb_2 -> lbb_5;\n", "  lbb_2 -> lbb_7 [style=dashed];\n"}) {
        EXPECT_THAT(dot, HasSubstr(part));
    }
}

TEST(ControlFlow, DotEscapesNames) {
    const Program program = assembled("entrypoint:\n exit\n");
    const std::string dot = control_flow_dot(program, {{0, "<T as \"&\">"}});
    EXPECT_THAT(dot, HasSubstr("label=<&lt;T as &quot;&amp;&quot;&gt;>;"));
}

} // namespace
} // namespace fathom::sbpf

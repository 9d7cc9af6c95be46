// SPDX-License-Identifier: Apache-2.0
// Where a run spends its instructions: counts per stack of functions, over all programs of a
// transaction.
#pragma once

#include "fathom/sbpf/symbols.hpp"
#include "fathom/vm/tracer.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fathom::vm {

/// Instructions per call stack. A tree of frames; grows while programs run.
class Profile {
public:
    using Frame = std::uint32_t;
    static constexpr Frame kRoot = 0;

    Profile() : frames_(1) {}

    /// The frame of `name` called from `caller`.
    [[nodiscard]] Frame enter(Frame caller, std::string_view name);
    void count(Frame frame) { ++frames_[frame].instructions; }
    [[nodiscard]] std::uint64_t total() const;
    /// One line a stack that has instructions of its own, "outer;inner COUNT", in order of names:
    /// what flame graph tools call folded stacks.
    [[nodiscard]] std::string folded() const;

private:
    struct Node {
        std::uint64_t instructions = 0;
        std::map<std::string, Frame, std::less<>> callees;
    };

    std::vector<Node> frames_;
};

/// Counts the instructions of one program run.
class Profiler final : public StepObserver {
public:
    /// `outside` is the frame that the program is called from. All must outlive the profiler.
    Profiler(Profile& profile, Profile::Frame outside, const sbpf::FunctionNames& names)
        : profile_(profile), outside_(outside), names_(names) {}

    void on_step(const std::array<std::uint64_t, 11>& registers, std::uint64_t pc,
                 std::uint64_t call_depth) override;

    /// The frame of the function that runs now.
    [[nodiscard]] Profile::Frame current() const {
        return stack_.empty() ? outside_ : stack_.back();
    }

private:
    [[nodiscard]] Profile::Frame enter(Profile::Frame caller, std::uint64_t pc);

    Profile& profile_;
    Profile::Frame outside_;
    const sbpf::FunctionNames& names_;
    std::vector<Profile::Frame> stack_;
    std::map<std::pair<Profile::Frame, std::uint64_t>, Profile::Frame> known_;
};

} // namespace fathom::vm

// SPDX-License-Identifier: Apache-2.0
#include "fathom/vm/profiler.hpp"

#include <algorithm>

namespace fathom::vm {

Profile::Frame Profile::enter(Frame caller, std::string_view name) {
    // A symbol may be any bytes; these two have a meaning in folded stacks.
    std::string text(name);
    std::ranges::replace_if(
        text, [](char c) { return c == ';' || static_cast<unsigned char>(c) < 0x20; }, '_');
    const auto next = static_cast<Frame>(frames_.size());
    const auto [found, is_new] = frames_[caller].callees.try_emplace(std::move(text), next);
    const Frame frame = found->second;
    if (is_new) frames_.emplace_back();
    return frame;
}

std::uint64_t Profile::total() const {
    std::uint64_t sum = 0;
    for (const Node& node : frames_) sum += node.instructions;
    return sum;
}

std::string Profile::folded() const {
    struct Pending {
        Frame frame;
        std::string stack;
    };
    std::string text;
    // Depth first without recursion: guests decide how deep stacks are.
    std::vector<Pending> pending = {{kRoot, {}}};
    while (!pending.empty()) {
        const Pending at = std::move(pending.back());
        pending.pop_back();
        const Node& node = frames_[at.frame];
        if (node.instructions != 0) {
            text += at.stack + ' ' + std::to_string(node.instructions) + '\n';
        }
        for (auto callee = node.callees.rbegin(); callee != node.callees.rend(); ++callee) {
            pending.push_back(
                {callee->second, at.stack + (at.stack.empty() ? "" : ";") + callee->first});
        }
    }
    return text;
}

Profile::Frame Profiler::enter(Profile::Frame caller, std::uint64_t pc) {
    const auto [found, is_new] = known_.try_emplace({caller, pc}, Profile::kRoot);
    if (is_new) found->second = profile_.enter(caller, sbpf::function_name(names_, pc));
    return found->second;
}

void Profiler::on_step(const std::array<std::uint64_t, 11>&, std::uint64_t pc,
                       std::uint64_t call_depth) {
    while (stack_.size() > call_depth + 1) stack_.pop_back();
    while (stack_.size() < call_depth + 1) stack_.push_back(enter(current(), pc));
    profile_.count(stack_.back());
}

} // namespace fathom::vm

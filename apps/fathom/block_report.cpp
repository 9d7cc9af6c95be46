// SPDX-License-Identifier: Apache-2.0
#include "block_report.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <utility>

namespace fathom::app {

std::uint64_t nanoseconds_now() {
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

std::string with_spaces(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, " ");
    return text;
}

void print_block_times(const bank::BlockTimes& times, std::uint64_t whole, ComputeUnits units) {
    const std::array<std::pair<const char*, std::uint64_t>, 8> stages{{
        {"prepare", times.prepare},
        {"verify", times.verify},
        {"order", times.order},
        {"load", times.load},
        {"execute", times.execute},
        {"commit", times.commit},
        {"freeze", times.freeze},
        {"other", whole - std::min(whole, times.prepare + times.verify + times.order + times.load +
                                              times.execute + times.commit + times.freeze)},
    }};
    constexpr std::uint64_t kBarWidth = 40;
    for (const auto& [name, time] : stages) {
        std::string bar;
        const auto cells = whole == 0 ? 0 : (time * kBarWidth + whole / 2) / whole;
        for (std::uint64_t i = 0; i < cells; ++i) bar += "█";
        std::printf("  %-8s %9.3f ms  %s\n", name, static_cast<double>(time) / 1e6, bar.c_str());
    }
    const double seconds = static_cast<double>(std::max<std::uint64_t>(whole, 1)) / 1e9;
    const auto busy = std::accumulate(times.busy.begin(), times.busy.end(), std::uint64_t{0});
    std::printf(
        "  %s transactions/s, %s units/s; %.2f of %zu workers busy while executing; "
        "longest chain %s\n",
        with_spaces(static_cast<std::uint64_t>(static_cast<double>(times.transactions) / seconds))
            .c_str(),
        with_spaces(static_cast<std::uint64_t>(static_cast<double>(units) / seconds)).c_str(),
        times.execute == 0 ? 0.0 : static_cast<double>(busy) / static_cast<double>(times.execute),
        times.busy.size(), with_spaces(times.longest_chain).c_str());
}

} // namespace fathom::app

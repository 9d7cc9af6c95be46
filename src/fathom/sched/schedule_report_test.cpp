// SPDX-License-Identifier: Apache-2.0
// The report on a block, and that its picture says what the simulation says.
#include "fathom/sched/schedule_drawing.hpp"
#include "fathom/sched/schedule_report.hpp"
#include "fathom/sched/workload.hpp"
#include "fathom/types/base58.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace fathom::sched {
namespace {

using testing::HasSubstr;
using testing::Not;

AccountLock reads(std::uint64_t number) {
    return {numbered_key(number), false};
}
AccountLock writes(std::uint64_t number) {
    return {numbered_key(number), true};
}

// A chain of 30, 20 and 50 on account 1, and one of 60 beside it.
struct SmallBlock {
    LockSet hot{writes(1), reads(9)};
    LockSet cold{writes(2), reads(9)};
    std::vector<TransactionWork> transactions{
        {hot, 30, "first"}, {cold, 60, "beside"}, {hot, 20, "a < b & \"c\""}, {hot, 50}};
};

std::size_t occurrences(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + part.size())) {
        ++count;
    }
    return count;
}

// Every tag is closed, in order; enough for what the drawing writes.
bool is_well_formed(std::string_view svg) {
    std::vector<std::string_view> open;
    for (std::size_t at = svg.find('<'); at != std::string_view::npos; at = svg.find('<', at + 1)) {
        const std::size_t end = svg.find('>', at);
        if (end == std::string_view::npos) return false;
        const std::string_view tag = svg.substr(at + 1, end - at - 1);
        const std::string_view name = tag.substr(0, tag.find_first_of(" \n/"));
        if (tag.starts_with('/')) {
            if (open.empty() || open.back() != tag.substr(1)) return false;
            open.pop_back();
        } else if (!tag.ends_with('/')) {
            open.push_back(name);
        }
    }
    return open.empty();
}

TEST(ScheduleReport, SaysWhatTheBlockIs) {
    const ScheduleReport report = simulate_schedule(SmallBlock().transactions);
    EXPECT_THAT(report.text, HasSubstr("transactions   4, 2 wait for nothing\n"));
    EXPECT_THAT(report.text, HasSubstr("accounts       3\n"));
    EXPECT_THAT(report.text, HasSubstr("dependencies   2\n"));
    EXPECT_THAT(report.text, HasSubstr("cost           160\n"));
    EXPECT_THAT(report.text, HasSubstr("critical path  100 in 3 transactions\n"));
}

TEST(ScheduleReport, HasALineForEachNumberOfWorkers) {
    const std::string text = simulate_schedule(SmallBlock().transactions).text;
    EXPECT_THAT(text, HasSubstr("\n      1           160      1.00      1.00    100.0%"));
    EXPECT_THAT(text, HasSubstr("\n      2           100      1.60      1.60    100.0%"));
    EXPECT_THAT(text, HasSubstr("\n    256           100      1.60      1.60    100.0%"));
}

TEST(ScheduleReport, NamesTheHottestAccounts) {
    const std::string text = simulate_schedule(SmallBlock().transactions).text;
    EXPECT_THAT(text, HasSubstr("        3           100            100.0%  " +
                                types::encode_base58(numbered_key(1).bytes) + "\n"));
    EXPECT_THAT(text, Not(HasSubstr(types::encode_base58(numbered_key(9).bytes))));
}

TEST(ScheduleReport, OverheadMakesTasksLonger) {
    const std::string text =
        simulate_schedule(SmallBlock().transactions, {.overhead_per_task = 10}).text;
    EXPECT_THAT(text, HasSubstr("\n      1           200 "));
}

TEST(ScheduleReport, EmptyBlockHasAReportToo) {
    const ScheduleReport report = simulate_schedule({});
    EXPECT_THAT(report.text, HasSubstr("transactions   0"));
    EXPECT_TRUE(is_well_formed(report.svg));
}

TEST(ScheduleReport, NoLanesMeansNoPicture) {
    EXPECT_TRUE(simulate_schedule(SmallBlock().transactions, {.drawn_workers = 0}).svg.empty());
}

TEST(ScheduleDrawing, DrawsEachTaskWhereItRan) {
    const std::string svg = simulate_schedule(SmallBlock().transactions, {.drawn_workers = 2}).svg;
    // 860 pixels are 100 units, from 148 on; a gap of 0.6 follows each.
    EXPECT_THAT(svg, HasSubstr("<rect class=\"task\" x=\"148\" y=\"221\" width=\"515.4\""));
    EXPECT_THAT(svg, HasSubstr("<rect class=\"critical\" x=\"406\" y=\"197\" width=\"171.4\""));
    EXPECT_THAT(svg, HasSubstr("cost 20, from 30 to 50"));
    EXPECT_TRUE(is_well_formed(svg));
}

TEST(ScheduleDrawing, CriticalTasksAreInTheirOwnLaneAndInTheirWorkers) {
    const std::string svg = simulate_schedule(SmallBlock().transactions, {.drawn_workers = 2}).svg;
    EXPECT_EQ(occurrences(svg, "<rect class=\"critical\""), 1U + 3U + 3U); // the key's is one
    EXPECT_EQ(occurrences(svg, "<rect class=\"task\""), 1U + 1U);
    EXPECT_EQ(occurrences(svg, "<rect class=\"account\""), 1U + 4U);
}

TEST(ScheduleDrawing, LabelsAreEscaped) {
    const std::string svg = simulate_schedule(SmallBlock().transactions, {.title = "<&>"}).svg;
    EXPECT_THAT(svg, HasSubstr("transaction 2: a &lt; b &amp; &quot;c&quot;"));
    EXPECT_THAT(svg, HasSubstr("<title>&lt;&amp;&gt;</title>"));
}

TEST(ScheduleDrawing, WaitForAWorkerIsInTheTipAndInTheArea) {
    const std::string svg = simulate_schedule(SmallBlock().transactions, {.drawn_workers = 1}).svg;
    EXPECT_THAT(svg, HasSubstr("waited 100 for a worker"));
    EXPECT_EQ(occurrences(svg, "<path class=\"ready\""), 1U);
}

TEST(ScheduleDrawing, HasALaneForEachWorker) {
    for (const unsigned workers : {1U, 8U, 64U, 256U}) {
        const std::string svg =
            simulate_schedule(SmallBlock().transactions, {.drawn_workers = workers}).svg;
        // Besides those: one in the key, the critical path's, two accounts'.
        EXPECT_EQ(occurrences(svg, "<rect class=\"lane\""), workers + 4U);
        EXPECT_TRUE(is_well_formed(svg));
    }
}

TEST(ScheduleDrawing, ServesLightAndDarkSurroundings) {
    const std::string svg = simulate_schedule(SmallBlock().transactions).svg;
    EXPECT_THAT(svg, HasSubstr("prefers-color-scheme:dark"));
    EXPECT_THAT(svg, HasSubstr("viewBox=\"0 0 1200 "));
}

TEST(ScheduleDrawing, LargeBlockStaysSmallAndIsTheSameEachTime) {
    const Workload mix = make_mix({.transactions = 50'000});
    std::vector<TransactionWork> block;
    for (std::size_t i = 0; i < mix.size(); ++i) block.push_back({mix.locks(i), mix.cost(i)});
    const ReportOptions options{.worker_counts = {}, .drawn_workers = 64};
    const std::string svg = simulate_schedule(block, options).svg;
    EXPECT_LT(svg.size(), 1'500'000U);
    EXPECT_EQ(simulate_schedule(block, options).svg, svg);
    EXPECT_TRUE(is_well_formed(svg));
}

// The picture of docs/scheduler.md, which says how it is made.
TEST(ScheduleDrawing, PictureOfTheDocumentationIsWhatWouldBeDrawnToday) {
    MixOptions trading = *named_mix("trading");
    trading.transactions = 300;
    trading.seed = 5;
    const Workload mix = make_mix(trading);
    std::vector<TransactionWork> block;
    for (std::size_t i = 0; i < mix.size(); ++i) block.push_back({mix.locks(i), mix.cost(i)});
    const ScheduleReport report = simulate_schedule(
        block, {.title = "300 transactions on 12 workers", .seed = 2, .drawn_workers = 12});
    std::ifstream file(FATHOM_SOURCE_DIR "/docs/schedule.svg");
    const std::string drawn{std::istreambuf_iterator<char>(file), {}};
    EXPECT_TRUE(drawn == report.svg) << "docs/scheduler.md has the command that draws it anew";
}

TEST(NamedMix, KnowsItsNamesOnly) {
    for (const std::string_view name : {"usual", "transfers", "trading", "mint", "serial"}) {
        EXPECT_TRUE(named_mix(name)) << name;
    }
    EXPECT_FALSE(named_mix(""));
    EXPECT_FALSE(named_mix("Usual"));
}

TEST(ScheduleDrawing, HugeCostsDoNotWrap) {
    const LockSet locks{writes(1)};
    const std::vector<TransactionWork> block(4, {locks, ~std::uint64_t{0} / 2});
    EXPECT_TRUE(is_well_formed(simulate_schedule(block).svg));
}

} // namespace
} // namespace fathom::sched

// SPDX-License-Identifier: Apache-2.0
// A simulated block as SVG text.
//
// Everything is placed in tenths of a pixel, as whole numbers: the text is the same on every
// machine, and neighbours that share an edge share it exactly.
#include "fathom/sched/schedule_drawing.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/types/base58.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <utility>
#include <vector>

namespace fathom::sched {
namespace {

using Tenths = std::int64_t; // of a pixel

constexpr Tenths kWidth = 12'000;
constexpr Tenths kLeft = 1'480;
constexpr Tenths kRight = 10'080; // the figures' columns follow
constexpr Tenths kEdge = 240;
constexpr Tenths kLastColumn = kWidth - kEdge;
constexpr Tenths kMiddleColumn = 10'880;
constexpr Tenths kSeparate = 40; // a task this wide is drawn on its own
constexpr Tenths kGap = 6;       // between tasks drawn on their own

// Light first; renderers without media queries stay there.
constexpr std::string_view kStyle = R"(<style>
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-size:12px;fill:#59636e}
.mono{font-family:ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace;font-size:11px}
.end{text-anchor:end}.mid{text-anchor:middle}
.title{font-size:20px;font-weight:600;fill:#1f2328}
.value{font-size:18px;font-weight:600;fill:#1f2328}
.head{font-weight:600;fill:#1f2328}
.page{fill:#ffffff}.lane{fill:#eef1f4}.grid{stroke:#d8dee4;stroke-width:1}
.task{fill:#6f9fd8}.critical{fill:#e0561c}.account{fill:#8b6fd1}.ready{fill:#aab4be}
.link{stroke:#e0561c;stroke-width:1.2;fill:none;opacity:.75}
@media (prefers-color-scheme:dark){
text{fill:#9198a1}
.title,.value,.head{fill:#f0f6fc}
.page{fill:#0d1117}.lane{fill:#1b222b}.grid{stroke:#30363d}
.task{fill:#4a7fbd}.critical{fill:#f47a3f}.account{fill:#9a82dd}.ready{fill:#6e7883}
.link{stroke:#f47a3f}
}
</style>
)";

[[gnu::format(printf, 2, 3)]] void append(std::string& text, const char* format, ...) {
    char buffer[512];
    va_list arguments;
    va_start(arguments, format);
    const int length = std::vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    if (length > 0) {
        text.append(buffer, std::min(static_cast<std::size_t>(length), sizeof buffer - 1));
    }
}

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
        case '&': result += "&amp;"; break;
        case '<': result += "&lt;"; break;
        case '>': result += "&gt;"; break;
        case '"': result += "&quot;"; break;
        default:
            // Other control characters may not stand in XML at all.
            if (static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\t') result += c;
        }
    }
    return result;
}

// Pixels, without a fraction where there is none.
std::string pixels(Tenths tenths) {
    std::string text = std::to_string(tenths / 10);
    if (tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
    return text;
}

std::string with_commas(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t end = text.size(); end > 3;) {
        end -= 3;
        text.insert(end, ",");
    }
    return text;
}

// Three digits that matter.
std::string brief(std::uint64_t number) {
    if (number < 10'000) return with_commas(number);
    constexpr const char* kUnits[] = {"k", "M", "G", "T", "P", "E"};
    auto value = static_cast<double>(number);
    std::size_t unit = 0;
    for (value /= 1000; value >= 999.5 && unit < 5; ++unit) value /= 1000;
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, value < 99.95 ? "%.1f %s" : "%.0f %s", value,
                  kUnits[unit]);
    return buffer;
}

class Drawing {
public:
    Drawing(const ConflictGraph& graph, const Simulation& simulation, const DrawingOptions& options)
        : graph_(graph), simulation_(simulation), options_(options),
          chain_(simulation.critical_chain), is_critical_(graph.task_count()),
          lanes_(simulation.workers) {
        for (const TaskIndex task : chain_) is_critical_[task] = true;
        for (const TaskIndex task : simulation.order) {
            lanes_[simulation.runs[task].worker].push_back(task);
        }
        const std::size_t count = std::max<std::size_t>(lanes_.size(), 1);
        pitch_ = std::clamp<Tenths>(5'600 / static_cast<Tenths>(count), 30, 240);
        bar_ = pitch_ >= 100 ? pitch_ - 30 : pitch_ >= 50 ? pitch_ - 10 : pitch_ - 5;
    }

    std::string draw() {
        draw_header();
        draw_key();
        const Tenths top = y_;
        draw_critical_path();
        draw_lanes();
        draw_links();
        draw_ready();
        draw_axis(top);
        draw_accounts();
        return document();
    }

private:
    struct Span {
        Tenths left;
        Tenths right;
    };

    [[nodiscard]] Tenths x_of(std::uint64_t time) const {
        const std::uint64_t whole = std::max<std::uint64_t>(simulation_.makespan, 1);
        // 48 bits of time, 14 of place.
        const int dropped = std::max(static_cast<int>(std::bit_width(whole)) - 48, 0);
        constexpr auto kRoom = static_cast<std::uint64_t>(kRight - kLeft);
        const std::uint64_t part = (std::min(time, whole) >> dropped) * kRoom / (whole >> dropped);
        return kLeft + static_cast<Tenths>(part);
    }
    [[nodiscard]] Span span_of(TaskIndex task) const {
        const SimulatedRun& run = simulation_.runs[task];
        return {x_of(run.start), x_of(run.end)};
    }

    void text(Tenths x, Tenths y, const char* kind, std::string_view words) {
        body_ += "<text x=\"" + pixels(x) + "\" y=\"" + pixels(y) + "\"";
        if (*kind != 0) body_ += std::string(" class=\"") + kind + "\"";
        body_ += ">" + escaped(words) + "</text>\n";
    }
    void rectangle(const char* kind, Span span, Tenths y, Tenths height,
                   std::string_view tip = {}) {
        append(body_, "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"", kind,
               pixels(span.left).c_str(), pixels(y).c_str(),
               pixels(std::max<Tenths>(span.right - span.left, 1)).c_str(), pixels(height).c_str());
        body_ += tip.empty() ? "/>\n" : "><title>" + escaped(tip) + "</title></rect>\n";
    }
    void line(Tenths x1, Tenths y1, Tenths x2, Tenths y2) {
        append(body_, "<line class=\"grid\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n",
               pixels(x1).c_str(), pixels(y1).c_str(), pixels(x2).c_str(), pixels(y2).c_str());
    }

    [[nodiscard]] std::string tip_of(TaskIndex task) const {
        const SimulatedRun& run = simulation_.runs[task];
        std::string tip = "transaction " + std::to_string(task);
        if (task < options_.labels.size() && !options_.labels[task].empty()) {
            tip += ": " + std::string(options_.labels[task]);
        }
        tip += "\ncost " + with_commas(graph_.cost(task)) + ", from " + with_commas(run.start);
        tip += " to " + with_commas(run.end);
        if (run.start > run.ready) {
            tip += "\nwaited " + with_commas(run.start - run.ready) + " for a worker";
        }
        return tip;
    }

    // Those of `tasks` that are of the kind, in order of time and without overlap: wide ones as
    // rectangles with a tip, runs of narrow ones as one path.
    template <class IsOfKind>
    void bars(const char* kind, std::span<const TaskIndex> tasks, Tenths y, Tenths height,
              IsOfKind&& is_of_kind) {
        std::string path;
        Span narrow{0, -1};
        const auto flush = [&] {
            if (narrow.right < narrow.left) return;
            const std::string width = pixels(std::max<Tenths>(narrow.right - narrow.left, 4));
            path += "M" + pixels(narrow.left) + " " + pixels(y) + "h" + width + "v" +
                    pixels(height) + "h-" + width + "z";
            narrow = {0, -1};
        };
        for (const TaskIndex task : tasks) {
            if (!is_of_kind(task)) continue;
            const Span span = span_of(task);
            if (span.right - span.left >= kSeparate) {
                rectangle(kind, {span.left, span.right - kGap}, y, height, tip_of(task));
                continue;
            }
            if (narrow.right >= narrow.left && span.left <= narrow.right + 2) {
                narrow.right = std::max(narrow.right, span.right);
                continue;
            }
            flush();
            narrow = span;
        }
        flush();
        if (!path.empty()) append_path(kind, path);
    }
    void append_path(const char* kind, const std::string& path) {
        body_ += std::string("<path class=\"") + kind + "\" d=\"" + path + "\"/>\n";
    }

    void draw_header() {
        text(kEdge, 420, "title", options_.title);
        struct Figure {
            std::string value;
            std::string name;
        };
        char speed_up[32];
        char utilisation[32];
        char efficiency[64];
        std::snprintf(speed_up, sizeof speed_up, "%.2f×", simulation_.speed_up());
        std::snprintf(utilisation, sizeof utilisation, "%.1f %%", 100 * simulation_.utilisation());
        std::snprintf(efficiency, sizeof efficiency, "speed-up, %.1f %% of the bound",
                      100 * simulation_.efficiency());
        const Figure figures[] = {
            {with_commas(graph_.task_count()), "transactions"},
            {with_commas(simulation_.workers), simulation_.workers == 1 ? "worker" : "workers"},
            {brief(simulation_.makespan), "units of time"},
            {brief(simulation_.critical_path),
             "critical path, " + with_commas(chain_.size()) + " long"},
            {speed_up, efficiency},
            {utilisation, "of the workers’ time used"}};
        constexpr Tenths kColumns[] = {240, 1'740, 3'040, 4'640, 6'940, 9'540};
        for (std::size_t i = 0; i < std::size(figures); ++i) {
            text(kColumns[i], 860, "value", figures[i].value);
            text(kColumns[i], 1'050, "", figures[i].name);
        }
        y_ = 1'350;
    }

    void draw_key() {
        constexpr std::pair<const char*, const char*> kKinds[] = {
            {"task", "transaction"},
            {"critical", "on the critical path"},
            {"lane", "worker waits"},
            {"ready", "ready, no worker free"},
            {"account", "writes the account"}};
        constexpr Tenths kColumns[] = {0, 1'200, 2'900, 4'100, 5'900};
        for (std::size_t i = 0; i < std::size(kKinds); ++i) {
            const Tenths x = kLeft + kColumns[i];
            rectangle(kKinds[i].first, {x, x + 120}, y_ - 100, 120);
            text(x + 190, y_, "", kKinds[i].second);
        }
        text(kLastColumn, y_, "end", "of the time");
        y_ += 300;
    }

    [[nodiscard]] std::uint64_t time_of(std::span<const TaskIndex> tasks) const {
        std::uint64_t time = 0;
        for (const TaskIndex task : tasks) {
            const SimulatedRun& run = simulation_.runs[task];
            time = saturating_add(time, run.end - run.start);
        }
        return time;
    }

    void draw_critical_path() {
        rectangle("lane", {kLeft, kRight}, y_, 180);
        text(kLeft - 100, y_ + 135, "head end", "critical path");
        bars("critical", chain_, y_, 180, [](TaskIndex) { return true; });
        text(kLastColumn, y_ + 135, "end", share(simulation_.critical_path));
        y_ += 320;
    }

    [[nodiscard]] std::string share(std::uint64_t time) const {
        char words[32];
        const auto whole = static_cast<double>(std::max<std::uint64_t>(simulation_.makespan, 1));
        std::snprintf(words, sizeof words, "%.1f %%", 100 * static_cast<double>(time) / whole);
        return words;
    }

    // Every lane has a name where names have room, else every so many.
    void draw_lanes() {
        lanes_top_ = y_;
        std::size_t step = 1;
        while (static_cast<Tenths>(step) * pitch_ < 140) step *= 2;
        for (std::size_t worker = 0; worker < lanes_.size(); ++worker, y_ += pitch_) {
            rectangle("lane", {kLeft, kRight}, y_, bar_);
            const auto& tasks = lanes_[worker];
            bars("task", tasks, y_, bar_, [&](TaskIndex task) { return !is_critical_[task]; });
            bars("critical", tasks, y_, bar_, [&](TaskIndex task) { return is_critical_[task]; });
            if (worker % step != 0) continue;
            const Tenths base = y_ + std::max<Tenths>(bar_ / 2 + 42, 90);
            text(kLeft - 100, base, "end", "worker " + std::to_string(worker));
            text(kLastColumn, base, "end", share(time_of(tasks)));
        }
        y_ += 160;
    }

    // From where a task of the critical path ended to where the next began.
    void draw_links() {
        std::string path;
        const auto middle = [&](const SimulatedRun& run) {
            return lanes_top_ + static_cast<Tenths>(run.worker) * pitch_ + bar_ / 2;
        };
        for (std::size_t i = 1; i < chain_.size(); ++i) {
            const SimulatedRun& from = simulation_.runs[chain_[i - 1]];
            const SimulatedRun& to = simulation_.runs[chain_[i]];
            if (from.worker == to.worker) continue;
            path += "M" + pixels(x_of(from.end)) + " " + pixels(middle(from)) + "L" +
                    pixels(x_of(to.start)) + " " + pixels(middle(to));
        }
        if (!path.empty()) append_path("link", path);
    }

    struct Step {
        std::uint64_t time;
        std::int64_t change;
    };
    // When tasks came free, and when a worker took them.
    [[nodiscard]] std::vector<Step> ready_steps() const {
        std::vector<Step> steps;
        for (const SimulatedRun& run : simulation_.runs) {
            if (run.start == run.ready) continue;
            steps.push_back({run.ready, 1});
            steps.push_back({run.start, -1});
        }
        std::ranges::sort(steps, {},
                          [](const Step& step) { return std::pair(step.time, step.change); });
        return steps;
    }

    // The most in each column of a pixel.
    void draw_ready() {
        constexpr Tenths kHeight = 560;
        constexpr auto kColumns = static_cast<std::size_t>((kRight - kLeft) / 10);
        std::vector<std::int64_t> most(kColumns + 1);
        std::int64_t count = 0;
        std::size_t column = 0;
        for (const Step& step : ready_steps()) {
            const auto at = static_cast<std::size_t>((x_of(step.time) - kLeft) / 10);
            while (column < at) most[++column] = count;
            count += step.change;
            most[column] = std::max(most[column], count);
        }
        const std::int64_t highest = std::max<std::int64_t>(*std::ranges::max_element(most), 1);
        const Tenths floor = y_ + kHeight;
        std::string path = "M" + pixels(kLeft) + " " + pixels(floor);
        for (std::size_t i = 0; i < kColumns; ++i) {
            if (i == 0 || most[i] != most[i - 1]) {
                path += "V" + pixels(floor - most[i] * kHeight / highest);
            }
            path += "h1";
        }
        path += "V" + pixels(floor) + "z";
        append_path("ready", path);
        line(kLeft, floor, kRight, floor);
        text(kLeft - 100, y_ + 260, "head end", "ready,");
        text(kLeft - 100, y_ + 420, "head end", "no worker");
        text(kLastColumn, y_ + 100, "end", "at most");
        text(kLastColumn, y_ + 260, "end",
             with_commas(static_cast<std::uint64_t>(std::ranges::max(most))));
        y_ = floor;
    }

    void draw_axis(Tenths top) {
        const auto whole = static_cast<double>(std::max<std::uint64_t>(simulation_.makespan, 1));
        const double power = std::pow(10, std::floor(std::log10(whole / 8)));
        double step = power;
        for (const double factor : {2.0, 5.0, 10.0}) {
            if (whole / step > 9) step = power * factor;
        }
        const auto stride = static_cast<std::uint64_t>(std::max(std::llround(step), 1LL));
        std::string ticks;
        for (std::uint64_t time = 0; time <= simulation_.makespan; time += stride) {
            const Tenths x = x_of(time);
            append(ticks, "<line class=\"grid\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n",
                   pixels(x).c_str(), pixels(top).c_str(), pixels(x).c_str(),
                   pixels(y_ + 50).c_str());
            text(x, y_ + 200, "mid", brief(time));
            if (simulation_.makespan - time < stride) break;
        }
        text(kLastColumn, y_ + 200, "end", "units");
        behind_ += ticks;
        y_ += 480;
    }

    void draw_accounts() {
        const auto accounts = hottest_accounts(graph_, options_.hot_accounts);
        if (accounts.empty()) return;
        text(kLeft - 100, y_, "head end", "hot accounts");
        text(kLeft, y_, "", "when each was written; its writers run one after another");
        text(kMiddleColumn, y_, "end", "writers");
        text(kLastColumn, y_, "end", "of the time");
        y_ += 110;
        for (const HotAccount& account : accounts) {
            const std::string key =
                types::encode_base58(graph_.accounts().key(account.account).bytes);
            rectangle("lane", {kLeft, kRight}, y_, 140, key);
            const auto writers = writers_of(account.account);
            bars("account", writers, y_, 140, [](TaskIndex) { return true; });
            const std::string name =
                key.size() > 13 ? key.substr(0, 6) + "…" + key.substr(key.size() - 6) : key;
            text(kLeft - 100, y_ + 110, "mono end", name);
            text(kMiddleColumn, y_ + 110, "end", with_commas(account.writers));
            text(kLastColumn, y_ + 110, "end", share(time_of(writers)));
            y_ += 210;
        }
    }

    [[nodiscard]] std::vector<TaskIndex> writers_of(AccountNumber account) const {
        std::vector<TaskIndex> writers;
        for (const TaskIndex task : simulation_.order) {
            const auto uses = graph_.uses(task);
            if (std::ranges::any_of(uses, [&](const AccountUse use) {
                    return use.account() == account && use.is_writable();
                })) {
                writers.push_back(task);
            }
        }
        return writers;
    }

    [[nodiscard]] std::string document() const {
        const std::string height = pixels(y_ + 200);
        std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1200\" height=\"" +
                          height + "\" viewBox=\"0 0 1200 " + height + "\" role=\"img\">\n<title>" +
                          escaped(options_.title) + "</title>\n";
        svg += kStyle;
        svg += "<rect class=\"page\" width=\"1200\" height=\"" + height + "\"/>\n";
        return svg + behind_ + body_ + "</svg>\n";
    }

    const ConflictGraph& graph_;
    const Simulation& simulation_;
    const DrawingOptions& options_;
    std::span<const TaskIndex> chain_;
    std::vector<bool> is_critical_;
    std::vector<std::vector<TaskIndex>> lanes_; // by worker, in order of time
    Tenths pitch_;
    Tenths bar_;
    Tenths y_ = 0; // where the next part begins
    Tenths lanes_top_ = 0;
    std::string behind_;
    std::string body_;
};

} // namespace

std::string draw_schedule(const ConflictGraph& graph, const Simulation& simulation,
                          const DrawingOptions& options) {
    return Drawing(graph, simulation, options).draw();
}

} // namespace fathom::sched

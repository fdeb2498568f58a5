//===- Svg.cpp - Plots of an explanation ----------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Colours are classes of the page's style sheet, so that the plots follow
/// light, dark and print.
///
//===----------------------------------------------------------------------===//

#include "Gather.h"

#include "kiln/Target/LaunchPlan.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace kiln::explain;
using llvm::formatv;
using llvm::StringRef;

std::string kiln::explain::escape(StringRef text) {
  std::string result;
  for (char c : text) {
    switch (c) {
    case '&':
      result += "&amp;";
      break;
    case '<':
      result += "&lt;";
      break;
    case '>':
      result += "&gt;";
      break;
    case '"':
      result += "&quot;";
      break;
    default:
      result += c;
    }
  }
  return result;
}

namespace {
/// An SVG image; lengths are in its own units.
class Svg {
public:
  Svg(double width, double height, StringRef title) : os(text) {
    os << formatv("<svg viewBox=\"0 0 {0} {1}\" role=\"img\" "
                  "aria-label=\"{2}\">\n",
                  width, height, escape(title));
  }
  void line(double x1, double y1, double x2, double y2, StringRef style) {
    os << formatv("<line class=\"{4}\" x1=\"{0:f1}\" y1=\"{1:f1}\" "
                  "x2=\"{2:f1}\" y2=\"{3:f1}\"/>\n",
                  x1, y1, x2, y2, style);
  }
  void rectangle(double x, double y, double width, double height,
                 StringRef style, const llvm::Twine &title = "") {
    os << formatv("<rect class=\"{4}\" x=\"{0:f2}\" y=\"{1:f1}\" "
                  "width=\"{2:f2}\" height=\"{3:f1}\"",
                  x, y, width, height, style);
    if (title.isTriviallyEmpty())
      os << "/>\n";
    else
      os << "><title>" << escape(title.str()) << "</title></rect>\n";
  }
  void circle(double x, double y, StringRef style, const llvm::Twine &title) {
    os << formatv("<circle class=\"{2}\" cx=\"{0:f1}\" cy=\"{1:f1}\" "
                  "r=\"5\"><title>{3}</title></circle>\n",
                  x, y, style, escape(title.str()));
  }
  void write(double x, double y, const llvm::Twine &words,
             StringRef anchor = "start", StringRef style = "label") {
    os << formatv("<text class=\"{2}\" x=\"{0:f1}\" y=\"{1:f1}\" "
                  "text-anchor=\"{3}\">{4}</text>\n",
                  x, y, style, anchor, escape(words.str()));
  }
  std::string finish() {
    os << "</svg>\n";
    return text;
  }

private:
  std::string text;
  llvm::raw_string_ostream os;
};

/// A logarithmic axis.
struct LogAxis {
  double low, high, from, to; ///< values, and where they lie
  double at(double value) const {
    value = std::clamp(value, low, high);
    return from + (to - from) * std::log(value / low) / std::log(high / low);
  }
};
} // namespace

/// "0.25", "4", "1024".
static std::string printTick(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%g", value);
  return text;
}

std::string kiln::explain::drawRoofline(const KernelExplanation &kernel) {
  const RooflinePosition &roof = kernel.roofline;
  double ridge = roof.peakTflops * 1e3 / roof.bandwidthGbs;
  LogAxis x{std::min(0.25, std::max(1e-3, roof.intensity / 2)),
            std::max(ridge * 8, roof.intensity * 2), 60, 620};
  double low = x.low * roof.bandwidthGbs / 1e3;
  LogAxis y{low, roof.peakTflops * 2, 270, 15};
  Svg svg(640, 310, "roofline of " + kernel.name);
  for (double tick = 1.0 / 1024; tick <= x.high; tick *= 4)
    if (tick >= x.low) {
      svg.line(x.at(tick), y.to, x.at(tick), y.from, "grid");
      svg.write(x.at(tick), 285, printTick(tick), "middle", "tick");
    }
  for (double tick = 1e-4; tick <= y.high; tick *= 10)
    if (tick >= y.low) {
      svg.line(x.from, y.at(tick), x.to, y.at(tick), "grid");
      svg.write(x.from - 6, y.at(tick) + 4, printTick(tick), "end", "tick");
    }
  svg.write(340, 303, "FLOP for each byte of device memory", "middle");
  svg.write(64, 12, "TFLOP/s");
  svg.line(x.at(x.low), y.at(low), x.at(ridge), y.at(roof.peakTflops), "roof");
  svg.line(x.at(ridge), y.at(roof.peakTflops), x.at(x.high),
           y.at(roof.peakTflops), "roof");
  svg.write(
      x.at(ridge) + 8, y.at(roof.peakTflops) - 8,
      formatv("{0:f1} TFLOP/s at {1:f0} MHz", roof.peakTflops, roof.clockMhz)
          .str());
  svg.write(x.at(ridge / 16) - 8, y.at(roof.peakTflops / 16) - 6,
            formatv("{0:f0} GB/s", roof.bandwidthGbs).str(), "end");
  svg.line(x.at(roof.intensity), y.from, x.at(roof.intensity),
           y.at(roof.attainableTflops), "marker");
  svg.circle(x.at(roof.intensity), y.at(roof.attainableTflops), "attainable",
             formatv("attainable: {0:f1} TFLOP/s in {1:f4} ms",
                     roof.attainableTflops, roof.boundMs())
                 .str());
  if (kernel.predictedMs && *kernel.predictedMs > 0) {
    double rate = kernel.facts.flops / *kernel.predictedMs / 1e9;
    svg.circle(x.at(roof.intensity), y.at(rate), "predicted",
               formatv("predicted: {0:f1} TFLOP/s in {1:f4} ms", rate,
                       *kernel.predictedMs)
                   .str());
    // At the clock of the prediction the roof is higher.
    double boosted = roof.peakTflops * kernel.predictedMhz / roof.clockMhz;
    double corner = boosted * 1e3 / roof.bandwidthGbs;
    svg.line(x.at(corner), y.at(boosted), x.at(x.high), y.at(boosted),
             "boosted");
    svg.circle(x.from + 20, y.to + 40, "predicted", "");
    svg.write(x.to - 158, y.from - 30,
              formatv("predicted {0:f1} TFLOP/s at {1:f0} MHz", rate,
                      kernel.predictedMhz)
                  .str());
  }
  svg.circle(x.from + 20, y.to + 20, "attainable", "");
  svg.write(x.from + 30, y.to + 24,
            formatv("attainable {0:f1} TFLOP/s", roof.attainableTflops).str());
  return svg.finish();
}

std::string kiln::explain::drawPath(const KernelExplanation &kernel) {
  constexpr double kWidth = 116, kGap = 36, kHeight = 44;
  size_t count = kernel.path.size();
  double width = count * kWidth + (count - 1) * kGap;
  Svg svg(width, 96, "the tile's way through memory");
  double x = 0;
  for (auto [i, step] : llvm::enumerate(kernel.path)) {
    svg.rectangle(x, 8, kWidth, kHeight, "box", step.what);
    svg.write(x + kWidth / 2, 34, step.place, "middle");
    if (i + 1 < count) {
      double from = x + kWidth, to = from + kGap, middle = 8 + kHeight / 2;
      svg.line(from, middle, to - 2, middle, "arrow");
      svg.line(to - 9, middle - 5, to - 2, middle, "arrow");
      svg.line(to - 9, middle + 5, to - 2, middle, "arrow");
      svg.write(from + kGap / 2, 72,
                step.bytes > 0 ? formatScaled(step.bytes, "B") : "", "middle",
                "tick");
    }
    x += kWidth + kGap;
  }
  svg.write(width / 2, 92, "bytes of one tile, in all", "middle", "tick");
  return svg.finish();
}

namespace {
/// Lanes over a span of cycles.
class LanePlot {
public:
  static constexpr double kLeft = 100, kRight = 940, kLane = 26, kTop = 6;

  LanePlot(const Timeline &timeline, double end, StringRef title)
      : timeline(timeline), end(end), svg(960, kTop + 4 * kLane + 34, title) {}

  std::string draw() {
    double step = std::pow(10, std::floor(std::log10(std::max(1.0, end))));
    if (end / step < 3)
      step /= 4;
    for (double tick = 0; tick <= end; tick += step) {
      svg.line(at(tick), kTop, at(tick), kTop + 4 * kLane + 4, "grid");
      svg.write(at(tick), kTop + 4 * kLane + 16, printTick(tick), "middle",
                "tick");
    }
    for (auto lane : {TimelineEvent::Copies, TimelineEvent::Fragments,
                      TimelineEvent::Multiplies, TimelineEvent::Stores}) {
      svg.write(kLeft - 8, top(lane) + 16, stringify(lane), "end", "tick");
      svg.line(kLeft, top(lane) + kLane - 2, kRight, top(lane) + kLane - 2,
               "grid");
      drawLane(lane);
    }
    svg.write(kRight, kTop + 4 * kLane + 30, "cycles", "end", "tick");
    return svg.finish();
  }

private:
  static double top(TimelineEvent::Lane lane) {
    return kTop + int(lane) * kLane;
  }
  double at(double cycle) const {
    return kLeft + (kRight - kLeft) * std::min(cycle, end) / end;
  }

  void drawLane(TimelineEvent::Lane lane) {
    static constexpr StringRef kStyles[] = {"copies", "fragments", "multiplies",
                                            "stores"};
    // Copies of several stages are under way at once: two rows.
    double half = lane == TimelineEvent::Copies ? 2 : 1;
    size_t row = 0;
    // Neighbours that a reader could not tell apart are one box.
    const TimelineEvent *first = nullptr, *last = nullptr;
    size_t merged = 0;
    auto flush = [&] {
      if (!first)
        return;
      double height = (kLane - 6) / half;
      svg.rectangle(
          at(first->begin), top(lane) + 1 + (row % size_t(half)) * height,
          std::max(0.5, at(last->end) - at(first->begin)), height - 1,
          kStyles[lane],
          merged == 1 ? first->name : first->name + " to " + last->name);
      first = nullptr;
      merged = 0;
      ++row;
    };
    for (const TimelineEvent &event : timeline.events) {
      if (event.lane != lane || event.begin >= end)
        continue;
      bool narrow = at(event.end) - at(event.begin) < 3;
      if (first && !(narrow && at(event.begin) - at(last->end) < 0.5))
        flush();
      if (!first)
        first = &event;
      last = &event;
      ++merged;
    }
    flush();
  }

  const Timeline &timeline;
  double end;
  Svg svg;
};
} // namespace

std::string kiln::explain::drawTimeline(const KernelExplanation &kernel) {
  const Timeline &timeline = kernel.timeline;
  if (timeline.events.empty())
    return "";
  std::string plots =
      LanePlot(timeline, timeline.cycles, "one tile of a block").draw();
  // The beginning, in which single k-steps are seen.
  size_t steps = 0;
  double end = 0;
  for (const TimelineEvent &event : timeline.events)
    if (event.lane == TimelineEvent::Multiplies && steps < 24) {
      end = event.end;
      ++steps;
    }
  if (end > 0 && end < timeline.cycles / 2)
    plots += "<p>The first k-steps:</p>\n" +
             LanePlot(timeline, end, "the first k-steps of a block").draw();
  return plots;
}

//===- Trace.cpp - Timelines for Perfetto ---------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Chrome's trace event format ("X" events with begin and duration in
/// microseconds): a process a kernel, a thread a lane.
///
//===----------------------------------------------------------------------===//

#include "Gather.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace kiln::explain;
using llvm::json::Array;
using llvm::json::Object;
using llvm::json::Value;

std::string kiln::explain::formatTrace(const Explanation &explanation) {
  Array events;
  for (auto [pid, kernel] : llvm::enumerate(explanation.kernels)) {
    const Timeline &timeline = kernel.timeline;
    if (timeline.events.empty())
      continue;
    auto name = [&](llvm::StringRef what, int64_t tid, llvm::StringRef value) {
      events.push_back(Object{{"ph", "M"},
                              {"name", what},
                              {"pid", int64_t(pid)},
                              {"tid", tid},
                              {"args", Object{{"name", value}}}});
    };
    name("process_name", 0, kernel.name);
    for (auto lane : {TimelineEvent::Copies, TimelineEvent::Fragments,
                      TimelineEvent::Multiplies, TimelineEvent::Stores})
      name("thread_name", lane, stringify(lane));
    for (const TimelineEvent &event : timeline.events)
      events.push_back(
          Object{{"ph", "X"},
                 {"name", event.name},
                 {"cat", stringify(event.lane)},
                 {"pid", int64_t(pid)},
                 {"tid", int64_t(event.lane)},
                 {"ts", event.begin / timeline.clockMhz},
                 {"dur", (event.end - event.begin) / timeline.clockMhz},
                 {"args", Object{{"begin_cycle", event.begin},
                                 {"end_cycle", event.end}}}});
  }
  Object trace{{"displayTimeUnit", "ns"},
               {"otherData", Object{{"program", explanation.program},
                                    {"target", explanation.target}}},
               {"traceEvents", std::move(events)}};
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::formatv("{0:2}", Value(std::move(trace))) << "\n";
  return text;
}

//===- MeasureReplay.cpp - Times from a file ------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tuning/Measurer.h"

#include <map>

using namespace llvm;
using namespace kiln;
using namespace kiln::tuning;

namespace {
class ReplayMeasurer : public Measurer {
public:
  std::string describe() const override { return name; }
  std::string card() const override { return device; }
  bool needsCode() const override { return false; }
  Expected<std::vector<MeasureResult>> measure(ArrayRef<ToMeasure> batch,
                                               const MeasureLimits &,
                                               function_ref<void()>) override {
    std::vector<MeasureResult> results;
    for (const ToMeasure &candidate : batch) {
      auto found = known.find(candidate.schedule);
      results.push_back(found == known.end() ? MeasureResult() : found->second);
    }
    return results;
  }

  std::string name, device;
  std::map<std::string, MeasureResult> known;
};
} // namespace

Expected<std::unique_ptr<Measurer>> kiln::tuning::createReplayMeasurer(
    const Program &program, std::vector<Record> records, StringRef file) {
  auto replay = std::make_unique<ReplayMeasurer>();
  std::string device;
  bool isMixed = false;
  size_t others = 0;
  for (Record &record : records) {
    if (!record.program.empty() && record.program != program.entry()) {
      ++others;
      continue;
    }
    // As this version writes it; a field that it does not know: no candidate.
    KernelSchedule schedule = program.parse(record.schedule);
    MeasureResult &result =
        replay->known[schedule ? tuning::print(schedule) : record.schedule];
    result.times.ms.insert(result.times.ms.end(), record.ms.begin(),
                           record.ms.end());
    if (result.failure.empty())
      result.failure = record.failure;
    isMixed |= !device.empty() && device != record.device;
    device = record.device;
  }
  if (replay->known.empty())
    return createStringError(
        "'" + file + "' holds no record of the program '" + program.entry() +
        "'" +
        (others ? ", only " + std::to_string(others) + " of others" : ""));
  if (isMixed)
    return createStringError("'" + file +
                             "' holds times of several devices; put those of "
                             "one device into a file");
  replay->name = "replay of " + file.str();
  if (!device.empty())
    replay->name += " (" + device + ")";
  replay->device = device;
  return replay;
}

//===- CheckProfile.cpp - Whether a profile can be of a kernel ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Rows.h"
#include "kiln/Profiling/Diagnosis.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace kiln;
using namespace kiln::profiling;
using llvm::formatv;
using llvm::StringRef;
using llvm::Twine;

static llvm::Error refuse(const KernelProfile &profile, Metric metric,
                          const Twine &message) {
  auto place = profile.places.find(metric);
  return makeError(
      place == profile.places.end() ? profile.place : place->second, message);
}

/// A fact of the kernel that is exact and must agree.
static llvm::Error compare(const KernelProfile &profile, Metric metric,
                           std::optional<int64_t> expected, StringRef kernel) {
  std::optional<double> value = profile.get(metric);
  if (!value || !expected || *value == *expected)
    return llvm::Error::success();
  return refuse(profile, metric,
                formatv("{0} is {1}, but kernel '{2}' has {3}: the profile is "
                        "of another kernel, schedule or card",
                        getName(metric), printNumber(*value), kernel,
                        *expected));
}

llvm::Error kiln::profiling::checkProfile(const KernelProfile &profile,
                                          const KernelFacts &facts) {
  if (auto error = compare(profile, Metric::GridSize, facts.grid, facts.kernel))
    return error;
  if (auto error =
          compare(profile, Metric::BlockSize, facts.threads, facts.kernel))
    return error;

  TargetAttr target = facts.target;
  std::optional<double> threads = profile.get(Metric::BlockSize);
  if (!threads && facts.threads)
    threads = *facts.threads;
  auto registers = profile.get(Metric::Registers);
  if (registers && threads &&
      *registers * *threads > target.getRegistersPerSm())
    return refuse(profile, Metric::Registers,
                  formatv("{0} threads of {1} registers do not fit the {2} "
                          "of a multiprocessor of {3}",
                          int64_t(*threads), int64_t(*registers),
                          target.getRegistersPerSm(), target.getName()));

  std::optional<int64_t> blocks = profile.getBlocksPerSm();
  // The driver's compiler may give another number of registers than ptxas.
  if (!blocks && (!registers || registers == facts.registers))
    blocks = facts.blocksPerSm;
  auto active = profile.get(Metric::WarpsActive);
  if (active && blocks && threads) {
    double warps = double(*blocks) * llvm::divideCeil(int64_t(*threads), 32);
    double most = std::min(100.0, 100 * warps * 32 / target.getThreadsPerSm());
    if (*active > most + kSlack)
      return refuse(profile, Metric::WarpsActive,
                    formatv("{0} is {1:f2} %, but {2} block{7} of {3} threads "
                            "{6} at most {4:f2} % of the warps of {5}",
                            getName(Metric::WarpsActive), *active, *blocks,
                            int64_t(*threads), most, target.getName(),
                            *blocks == 1 ? "is" : "are",
                            *blocks == 1 ? "" : "s"));
  }

  auto bytes = profile.get(Metric::DramBytes);
  auto time = profile.get(Metric::DurationNs);
  if (bytes && time && *time > 0) {
    double gbs = *bytes / *time;
    // Memory is clocked a little above the table on some cards.
    if (gbs > 1.05 * target.getBandwidthGbs())
      return refuse(profile, Metric::DramBytes,
                    formatv("{0:f0} GB/s, by {1} and {2}, are more than the "
                            "{3} of {4}",
                            gbs, getName(Metric::DramBytes),
                            getName(Metric::DurationNs),
                            target.getBandwidthGbs(), target.getName()));
  }
  return llvm::Error::success();
}

//===- Profile.h - Reads what Nsight Compute wrote --------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Profiles come as JSON, in one of four forms,
///
///   {"kernel": {"metric": value, ...}, ...}
///   {"kernel": [{"metric": value, ...}, ...], ...}     a row a launch
///   [{"Kernel Name": "kernel", "metric": value}, ...]  the name may be missing
///   {"metric": value, ...}                             one kernel
///
/// or as `ncu --csv` writes them, on the details or the raw page. A value is a
/// number, a string as ncu writes it ("1,234.5", "49.12 %"), or null, "inf",
/// "nan" or empty where there is none.
///
//===----------------------------------------------------------------------===//

#ifndef KILN_PROFILING_PROFILE_H
#define KILN_PROFILING_PROFILE_H

#include "kiln/Profiling/Metrics.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <map>
#include <vector>

namespace kiln::profiling {

/// What was measured of one kernel.
struct KernelProfile {
  std::string kernel; ///< empty: the file does not say
  /// "file:line" of the first of its rows, for messages.
  std::string place;
  size_t launches = 1;
  /// In the units of Metrics.h; medians where there are several launches.
  std::map<Metric, double> values;
  /// Warps for each instruction issued, by reason.
  std::map<std::string, double> stalls;
  /// Where each value stands, "file:line".
  std::map<Metric, std::string> places;

  std::optional<double> get(Metric metric) const;
  /// The least of the limits; nothing where no limit is known.
  std::optional<int64_t> getBlocksPerSm() const;
};

struct Profile {
  /// In the order of the file (of the names in a JSON object). Launches of one
  /// kernel with different grids or blocks are different entries.
  std::vector<KernelProfile> kernels;
  /// What was left out: unknown metrics, missing values.
  std::vector<std::string> notes;
};

/// Reads a profile. An error says file and line, and what cannot be: no JSON or
/// CSV of these forms, a value that is no number of its unit, a percentage
/// above 100, registers that no thread has, two values that exclude each other.
llvm::Expected<Profile> readProfile(llvm::StringRef text, llvm::StringRef file);

/// The entry of `kernel`: by its name, with the launch grid `grid` where that
/// is known; or the only entry. An error says which there are.
llvm::Expected<const KernelProfile *> selectKernel(const Profile &profile,
                                                   llvm::StringRef kernel,
                                                   std::optional<int64_t> grid,
                                                   llvm::StringRef file);

} // namespace kiln::profiling

#endif // KILN_PROFILING_PROFILE_H

//===- Diagnosis.h - What bounds a kernel, and what to change ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PROFILING_DIAGNOSIS_H
#define KILN_PROFILING_DIAGNOSIS_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Profiling/Profile.h"

#include "llvm/Support/JSON.h"

#include <functional>

namespace kiln::profiling {

// Thresholds. Those in percent are the ones by which Nsight Compute's own
// "speed of light" rule speaks of latency (below 60) and of a bound (80).
inline constexpr double kIdle = 60; ///< no unit reaches it: warps wait
inline constexpr double kFull = 80; ///< a unit that reaches it is the bound
/// Part of the attainable rate of the tensor pipe from which it is full. The
/// best products on an RTX 4090 read 45 to 47 of the 50 % that they can reach.
inline constexpr double kTensorFull = 0.90;
/// What is read is the tensor pipe's, where the work over the time is at least
/// this part of the rate that it would have then.
inline constexpr double kWorkFull = 0.80;
/// Part of the block slots that do work, over all waves; and of the
/// multiprocessors that have a block.
inline constexpr double kTailFull = 0.80;
/// A kernel that ends earlier is mostly its launch; microseconds. An empty
/// kernel takes about two.
inline constexpr double kShortUs = 5;
/// Part of all stalls from which a reason is named.
inline constexpr double kMainStall = 0.30;
/// Reads above 100 that are rounding of several passes, percent.
inline constexpr double kSlack = 0.5;

enum class Bound {
  Latency,      ///< warps wait; no unit is busy
  Issue,        ///< instructions: issue slots or an arithmetic unit
  TensorPipe,   ///< multiplications on tensor cores
  SharedMemory, ///< wavefronts through shared memory
  L2,           ///< bandwidth of the level 2 cache
  Dram,         ///< bandwidth of device memory
  Tail,         ///< the last wave of blocks is nearly empty
  Launch,       ///< too few blocks, or too short
  Unknown,      ///< the metrics do not tell; `missing` would
};
llvm::StringRef stringify(Bound bound);

/// What is known of the kernel besides its profile. Only `target` must be set.
struct KernelFacts {
  std::string kernel;
  TargetAttr target;
  std::optional<int64_t> grid;    ///< blocks of the launch
  std::optional<int64_t> tiles;   ///< that blocks loop over; else as the grid
  std::optional<int64_t> threads; ///< of a block
  std::optional<int64_t> registers;
  int64_t spillBytes = 0;
  std::optional<int64_t> blocksPerSm;
  double flops = 0; ///< 0: not known
  double bytes = 0; ///< that must pass device memory; 0: not known
  /// What multiplies; nothing where that is not known.
  std::optional<Contraction> instruction;
  /// Null for kernels that are not Kiln's: nothing is proposed for them.
  KernelSchedule schedule;
  /// Empty if a schedule fits the kernel, else why not; null: not asked.
  std::function<std::string(KernelSchedule)> check;
  /// Milliseconds that a model expects of a schedule: of several steps with one
  /// purpose the fastest is proposed. Null: the first.
  std::function<std::optional<double>(KernelSchedule)> predict;
  /// The profile is that model's: what it expects to be slower is not proposed.
  bool isPrediction = false;
};

/// A value beside the threshold that decided.
struct Evidence {
  std::string metric; ///< ncu's name, or "work rate", "wave efficiency", ...
  double value = 0;
  std::string relation; ///< "<" or ">="
  double threshold = 0;
  std::string unit;    ///< "%", "blocks", ...
  std::string meaning; ///< one sentence
};

/// A field of the schedule that is changed, as it is written in the attribute.
struct FieldChange {
  std::string field, from, to;
};

/// A step of the schedule, with all fields that move together.
struct Proposal {
  std::vector<FieldChange> changes;
  std::string reason;
  KernelSchedule schedule; ///< with this change alone
  std::string text;        ///< the same as text, which needs no context
};

struct Diagnosis {
  Bound bound = Bound::Unknown;
  /// The unit that bounds it works nearly all the time.
  bool isFull = false;
  std::string summary; ///< one sentence
  std::vector<Evidence> evidence;
  /// Why warps mostly wait: ncu's name of the reason, where one stands out.
  std::string mainStall;
  std::vector<Proposal> proposals;
  /// All proposals together, as far as that is a valid schedule that fits; null
  /// where nothing is proposed.
  KernelSchedule proposed;
  std::string proposedText; ///< the same as text; empty where it is null
  /// Metrics that would say more, by ncu's names.
  std::vector<std::string> missing;
};

/// Refuses a profile that cannot be one of this kernel on this card: another
/// grid, block or register count, more active warps than fit.
llvm::Error checkProfile(const KernelProfile &profile,
                         const KernelFacts &facts);

/// What bounds the kernel. The profile must have passed `checkProfile`. Metrics
/// may as well be predicted ones.
Diagnosis diagnose(const KernelProfile &profile, const KernelFacts &facts);

/// The percentage that the tensor pipe reads when it is full: 50 where the
/// profiler counts against twice the rate with f32 accumulation (GeForce).
double getTensorCeiling(TargetAttr target);

/// The fields of a schedule with their values, as the attribute prints them.
std::vector<std::pair<std::string, std::string>>
getFields(KernelSchedule schedule);
/// The fields in which `to` differs from `from`.
std::vector<FieldChange> getChanges(KernelSchedule from, KernelSchedule to);

/// For a program, and for a reader.
llvm::json::Object toJson(const Diagnosis &diagnosis);
std::string formatText(const Diagnosis &diagnosis);
/// "stages 2 -> 3, chunk 8 -> 16", or "no field".
std::string formatText(llvm::ArrayRef<FieldChange> changes,
                       llvm::StringRef arrow = "->");
/// A list of objects with the members' names.
llvm::json::Array toJson(llvm::ArrayRef<Evidence> evidence);
llvm::json::Array toJson(llvm::ArrayRef<FieldChange> changes);

} // namespace kiln::profiling

#endif // KILN_PROFILING_DIAGNOSIS_H

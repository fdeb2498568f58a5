//===- SearchSpace.h - The schedules of a kernel to choose from -*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SCHEDULING_SEARCHSPACE_H
#define KILN_SCHEDULING_SEARCHSPACE_H

#include "kiln/Scheduling/Rules.h"

namespace kiln {

/// A schedule to be considered.
struct Candidate {
  KernelSchedule schedule;
  /// Why it does not fit, as kiln-select-schedule says it; empty where it fits.
  std::string pruned;

  bool fits() const { return pruned.empty(); }
};

/// The schedules of a kernel that are worth a look on a target: those that the
/// rules try, and what lies around the rules' choice and the baseline.
///
/// Around a contraction they vary along
///
///   warps      2, 4 or 8 a block, along channels, rows and columns
///   tile       powers of two: up to 256 channels, 64 rows, 256 columns, none
///              larger than the result padded to a power of two; warps and tile
///              also move together
///   chunk      from the instruction's k to four times the rules' smallest
///   stages     1, 2 or 3
///   ring       none, or 2 to 4 parts, where that stages less of the filter
///   persistent and columns, and transpose where 16-bit channels lie in planes
///   lookahead  with early_barrier, spread and peel as the rules set them, or
///              none of the four
///
/// and without one along each axis by tile, vector (up to 4) and threads; the
/// block, of 32 to 512 threads, follows. Other fields are those that the rules
/// set. Steps have an inverse.
class SearchSpace {
public:
  /// Candidates of a list where no other limit is given.
  static constexpr int64_t kDefaultLimit = 512;

  /// The space of a compute kernel without tiles, whose IR must outlive it and
  /// stay as it is; or failure, after saying at the kernel or its contraction
  /// why it has no schedule at all.
  static mlir::FailureOr<SearchSpace> create(KernelOp kernel, TargetAttr target,
                                             Precision precision);

  /// Up to `limit` candidates in a stable order, each once: the rules' choice,
  /// the baseline where there is one, the neighbours of both, the other
  /// schedules that the rules try, then the neighbours of each candidate that
  /// fits, from the first on. A smaller limit gives a prefix of the same list.
  llvm::SmallVector<Candidate> enumerate(int64_t limit = kDefaultLimit) const;

  /// The same in one call.
  static mlir::FailureOr<llvm::SmallVector<Candidate>>
  enumerate(KernelOp kernel, TargetAttr target, Precision precision,
            int64_t limit = kDefaultLimit);

  /// The rules' choice, and the conservative baseline or null.
  KernelSchedule getChoice() const { return choice; }
  KernelSchedule getBaseline() const { return baseline; }

  /// Those of `getNeighbours` of the attribute that lie in the space, with the
  /// fields that follow from others.
  llvm::SmallVector<KernelSchedule> getNeighbours(KernelSchedule from) const;

  /// Empty if `schedule` fits, else why not.
  std::string check(KernelSchedule schedule) const;

private:
  SearchSpace() = default;

  KernelSpace space;
  llvm::SmallVector<mlir::Value> results;
  /// That of `space`, with all that the results ask of it.
  std::optional<ContractionView> view;
  TargetAttr target;
  KernelSchedule choice, baseline;
  /// What else the rules try.
  llvm::SmallVector<KernelSchedule> tried;
};

} // namespace kiln

#endif // KILN_SCHEDULING_SEARCHSPACE_H

//===- Compare.h - Outputs against a float64 reference ----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_COMPARE_H
#define KILN_RUNTIME_COMPARE_H

#include "kiln/Runtime/Artifact.h"

namespace kiln::runtime {

/// How far an output may be from the reference.
struct Tolerance {
  /// Norm of the error by the norm of the reference.
  double norm = 0;
  /// Greatest error by the greatest magnitude of the reference.
  double maximum = 0;
  /// Part of the elements of an integer output that may differ: a reference in
  /// other arithmetic decides near ties otherwise.
  double mismatches = 0;
};

/// From the precision and the types of the program: what its roundings do to
/// an output. See docs/tools.md for the numbers.
Tolerance chooseTolerance(const Artifact &artifact, size_t output);

struct WorstElement {
  Shape coordinates;
  double expected = 0, actual = 0, bound = 0;
};

/// The result of verifying one output.
struct OutputReport {
  std::string name;
  bool passed = true;
  int64_t checked = 0;    // elements
  int64_t mismatches = 0; // elements that are wrong each on its own
  double maxError = 0;
  double relativeNorm = 0;
  std::optional<WorstElement> worst;
  /// Why it failed, or what else a reader should know.
  std::vector<std::string> messages;
};

/// Tells whether a reference is worth comparing with.
class DegenerateCheck {
public:
  void add(double value);
  /// Adds all values of another check.
  void merge(const DegenerateCheck &later);
  /// Empty, or why the values prove nothing: more than 1 % are not finite, or
  /// they are nearly constant: they differ (standard deviation) by no more than
  /// a thousandth of the greatest magnitude and than `allowedError`, so that
  /// one number in place of all would be taken for right.
  std::string describe(double allowedError) const;

private:
  int64_t count = 0, notFinite = 0;
  double mean = 0, squares = 0, largest = 0; // Welford's running sums
};

/// Compares all elements, on all processors. `expected` has the same shape; its
/// float type may be wider and is first rounded to the actual one. NaN and
/// infinities must be where the reference has them.
OutputReport compareTensors(const TensorInfo &info, const Tensor &actual,
                            const Tensor &expected, const Tolerance &tolerance,
                            bool allowDegenerate);

} // namespace kiln::runtime

#endif // KILN_RUNTIME_COMPARE_H

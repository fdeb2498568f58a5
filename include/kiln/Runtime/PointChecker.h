//===- PointChecker.h - Elements against the exact reference ----*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_POINTCHECKER_H
#define KILN_RUNTIME_POINTCHECKER_H

#include "kiln/Runtime/Compare.h"
#include "kiln/Runtime/CompilerLibrary.h"
#include "kiln/Runtime/TileSampling.h"

namespace kiln::runtime {

/// Checks chosen output elements with the point evaluator, which knows an
/// error bound for each.
class PointChecker {
public:
  /// `inputs` must outlive the checker. Fails without a source program.
  static Result<std::unique_ptr<PointChecker>>
  create(std::shared_ptr<const CompilerLibrary> library,
         const Artifact &artifact, const std::vector<Tensor> &inputs,
         const DiagnosticHandler &handler, unsigned threads = 0);
  ~PointChecker();
  PointChecker(const PointChecker &) = delete;
  PointChecker &operator=(const PointChecker &) = delete;

  /// Checks all elements of a region. `elements` holds them, packed in
  /// row-major order.
  Status checkRegion(size_t output, const Region &region, const void *elements);
  /// Checks `count` pseudo-random elements of a whole output and its corners.
  Status checkSamples(size_t output, const Tensor &actual, int64_t count,
                      uint64_t seed);

  /// One report an output, over all checks so far. `exact`: an element of which
  /// more than one value would be right fails, too.
  std::vector<OutputReport> finish(bool allowDegenerate, bool exact = false);

private:
  PointChecker() = default;
  Status check(size_t output, const std::vector<int64_t> &coordinates,
               const void *elements, size_t count);
  void addResult(size_t output, const int64_t *coordinates, double actual,
                 const KilnReferenceResult &result);

  std::shared_ptr<const CompilerLibrary> library;
  const Artifact *artifact = nullptr;
  DiagnosticHandler handler;
  KilnReference *reference = nullptr;
  int threads = 1;

  struct State {
    OutputReport report;
    DegenerateCheck degenerate;
    std::vector<float> bounds; ///< of finite elements
    int64_t numInexact = 0;    ///< elements with a bound above zero
    double errorSquares = 0, referenceSquares = 0, worstRatio = -1;
  };
  std::vector<State> states;
  bool isConstant = false; ///< the program depends on no input
};

/// Copies a region out of a tensor, packed.
std::vector<std::byte> gather(const Tensor &tensor, const Region &region);

} // namespace kiln::runtime

#endif // KILN_RUNTIME_POINTCHECKER_H

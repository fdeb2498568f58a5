//===- PointChecker.cpp - Elements against the exact reference --*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/PointChecker.h"

#include "Parallel.h"
#include "kiln/Runtime/RandomData.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace kiln::runtime {

static void forwardDiagnostic(KilnSeverity severity, const char *message,
                              void *user) {
  (*static_cast<const DiagnosticHandler *>(user))(severity, message);
}

Result<std::unique_ptr<PointChecker>>
PointChecker::create(std::shared_ptr<const CompilerLibrary> library,
                     const Artifact &artifact,
                     const std::vector<Tensor> &inputs,
                     const DiagnosticHandler &handler, unsigned threads) {
  if (artifact.source.empty())
    return makeError("the artifact holds no source program to verify against: "
                     "compile it with --with-reference");
  std::unique_ptr<PointChecker> checker(new PointChecker);
  checker->library = std::move(library);
  checker->artifact = &artifact;
  checker->handler = handler;
  checker->threads = int(getNumThreads(threads));
  const CompilerLibrary &api = *checker->library;
  checker->reference = api.kilnReferenceCreate(
      artifact.source.data(), artifact.source.size(),
      artifact.sourceName.c_str(), artifact.entry.c_str(),
      artifact.precision.c_str(), forwardDiagnostic, &checker->handler);
  if (!checker->reference)
    return makeError("cannot evaluate the source program ",
                     artifact.sourceName);
  for (size_t i = 0; i < inputs.size(); ++i)
    if (api.kilnReferenceSetInput(checker->reference, i, inputs[i].data.data(),
                                  inputs[i].data.size()) != 0)
      return makeError("the reference refuses input ", artifact.inputs[i].name);
  // What depends on no input has nothing to vary with.
  const auto &kernels = artifact.plan.kernels;
  checker->isConstant =
      !kernels.empty() &&
      std::all_of(kernels.begin(), kernels.end(), [](const auto &kernel) {
        return kernel.dependsOn && kernel.dependsOn->empty();
      });
  checker->states.resize(artifact.outputs.size());
  for (size_t i = 0; i < artifact.outputs.size(); ++i)
    checker->states[i].report.name = artifact.outputs[i].name;
  return checker;
}

PointChecker::~PointChecker() {
  if (reference)
    library->kilnReferenceDestroy(reference);
}

void PointChecker::addResult(size_t output, const int64_t *coordinates,
                             double actual, const KilnReferenceResult &result) {
  State &state = states[output];
  OutputReport &report = state.report;
  ++report.checked;
  state.degenerate.add(result.value);
  double error = std::fabs(actual - result.value);
  bool finite = std::isfinite(actual) && std::isfinite(result.value);
  if (finite) {
    state.errorSquares += error * error;
    state.referenceSquares += result.value * result.value;
    state.bounds.push_back(float(result.bound));
    report.maxError = std::max(report.maxError, error);
  }
  if (!result.ok)
    ++report.mismatches;
  if (result.bound > 0)
    ++state.numInexact;
  // The worst is the farthest beyond its own bound, any wrong one before any
  // right one.
  double ratio = finite && result.bound > 0 ? error / result.bound : 0;
  if (!result.ok)
    ratio = 1e30 + (finite ? ratio : 1e30);
  if (ratio > state.worstRatio) {
    state.worstRatio = ratio;
    size_t rank = artifact->outputs[output].shape.size();
    report.worst = WorstElement{Shape(coordinates, coordinates + rank),
                                result.value, actual, result.bound};
  }
}

Status PointChecker::check(size_t output,
                           const std::vector<int64_t> &coordinates,
                           const void *elements, size_t count) {
  std::vector<KilnReferenceResult> results(count);
  if (library->kilnReferenceCheck(reference, output, coordinates.data(), count,
                                  elements, results.data(), threads) != 0)
    return makeError("the reference of output ", artifact->outputs[output].name,
                     " cannot be evaluated");
  const TensorInfo &info = artifact->outputs[output];
  for (size_t i = 0; i < count; ++i)
    addResult(output, coordinates.data() + i * info.shape.size(),
              loadAsDouble(info.type, elements, i), results[i]);
  return {};
}

Status PointChecker::checkRegion(size_t output, const Region &region,
                                 const void *elements) {
  // Bounds the memory of coordinates and results.
  constexpr int64_t batch = 1 << 16;
  const TensorInfo &info = artifact->outputs[output];
  Shape extent(region.begin.size());
  for (size_t i = 0; i < extent.size(); ++i)
    extent[i] = region.end[i] - region.begin[i];
  int64_t total = region.numElements();
  for (int64_t first = 0; first < total; first += batch) {
    int64_t count = std::min(batch, total - first);
    std::vector<int64_t> coordinates;
    coordinates.reserve(size_t(count) * extent.size());
    for (int64_t i = first; i < first + count; ++i) {
      Shape local = getCoordinates(extent, i);
      for (size_t dim = 0; dim < local.size(); ++dim)
        coordinates.push_back(region.begin[dim] + local[dim]);
    }
    const char *data = static_cast<const char *>(elements) +
                       size_t(first) * getSize(info.type);
    if (Status status = check(output, coordinates, data, size_t(count));
        status.failed())
      return status;
  }
  return {};
}

Status PointChecker::checkSamples(size_t output, const Tensor &actual,
                                  int64_t count, uint64_t seed) {
  const TensorInfo &info = artifact->outputs[output];
  // One-element tiles give what is wanted: corners, edges, then chance.
  TileInfo points;
  points.count = info.numElements();
  points.grid = info.shape;
  points.shape.assign(info.shape.size(), 1);
  for (size_t i = 0; i < info.shape.size(); ++i)
    points.outputDims.push_back(int64_t(i));
  std::vector<int64_t> chosen = chooseTiles(points, count, seed + output);
  std::vector<int64_t> coordinates;
  size_t size = getSize(info.type);
  std::vector<std::byte> elements(chosen.size() * size);
  for (size_t i = 0; i < chosen.size(); ++i) {
    Shape point = getCoordinates(info.shape, chosen[i]);
    coordinates.insert(coordinates.end(), point.begin(), point.end());
    std::memcpy(elements.data() + i * size,
                actual.data.data() + size_t(chosen[i]) * size, size);
  }
  return check(output, coordinates, elements.data(), chosen.size());
}

/// A few elements have bounds as wide as their type, where a comparison may go
/// either way.
static double getMedian(std::vector<float> &values) {
  if (values.empty())
    return 0;
  auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<OutputReport> PointChecker::finish(bool allowDegenerate,
                                               bool exact) {
  std::vector<OutputReport> reports;
  for (State &state : states) {
    OutputReport report = state.report;
    report.relativeNorm =
        state.referenceSquares > 0
            ? std::sqrt(state.errorSquares / state.referenceSquares)
        : state.errorSquares > 0 ? std::numeric_limits<double>::infinity()
                                 : 0;
    if (report.checked == 0) {
      report.passed = false;
      report.messages.push_back("no element was checked");
    }
    if (report.mismatches > 0) {
      report.passed = false;
      report.messages.push_back(std::to_string(report.mismatches) +
                                " elements are beyond their error bound");
    }
    if (exact && state.numInexact > 0) {
      report.passed = false;
      report.messages.push_back(
          std::to_string(state.numInexact) +
          " elements have more than one right value: the program is not exact "
          "on this data");
    }
    if (std::string why = state.degenerate.describe(getMedian(state.bounds));
        !why.empty() && !isConstant) {
      report.messages.push_back(
          why + (allowDegenerate ? "" : " (--allow-degenerate accepts it)"));
      if (!allowDegenerate)
        report.passed = false;
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

std::vector<std::byte> gather(const Tensor &tensor, const Region &region) {
  size_t size = getSize(tensor.type);
  std::vector<std::byte> result;
  result.reserve(size_t(region.numElements()) * size);
  forEachRun(region, tensor.shape, [&](int64_t offset, int64_t length) {
    const std::byte *begin = tensor.data.data() + size_t(offset) * size;
    result.insert(result.end(), begin, begin + size_t(length) * size);
  });
  return result;
}

} // namespace kiln::runtime

//===- Compare.cpp - Outputs against a float64 reference --------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Compare.h"

#include "Parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kiln::runtime {

Tolerance chooseTolerance(const Artifact &artifact, size_t output) {
  // A single element may be off by a few times the norm's part.
  constexpr double maximumFactor = 5;
  auto make = [](double norm, double mismatches) {
    return Tolerance{norm, maximumFactor * norm, mismatches};
  };
  Tolerance result = artifact.outputs[output].type == ElementType::F64
                         ? make(1e-12, 1e-3)
                         : make(1e-5, 1e-3);
  auto widen = [&](const Tolerance &other) {
    result.norm = std::max(result.norm, other.norm);
    result.maximum = std::max(result.maximum, other.maximum);
    result.mismatches = std::max(result.mismatches, other.mismatches);
  };
  auto widenFor = [&](ElementType type) {
    if (type == ElementType::F32 && artifact.precision == "tf32")
      widen(make(1e-3, 1e-3));
    // Narrow values tie often, and a float64 reference sees no tie.
    if (type == ElementType::F16)
      widen(make(2e-3, 1e-2));
    if (type == ElementType::BF16)
      widen(make(1.6e-2, 5e-2));
  };
  widenFor(artifact.outputs[output].type);
  for (const TensorInfo &input : artifact.inputs)
    widenFor(input.type);
  return result;
}

void DegenerateCheck::add(double value) {
  ++count;
  if (!std::isfinite(value)) {
    ++notFinite;
    return;
  }
  double finite = double(count - notFinite);
  double delta = value - mean;
  mean += delta / finite;
  squares += delta * (value - mean);
  largest = std::max(largest, std::fabs(value));
}

void DegenerateCheck::merge(const DegenerateCheck &later) {
  double finite = double(count - notFinite);
  double added = double(later.count - later.notFinite);
  if (added > 0) { // as Chan, Golub and LeVeque add variances
    double delta = later.mean - mean;
    mean += delta * added / (finite + added);
    squares +=
        later.squares + delta * delta * finite * added / (finite + added);
  }
  count += later.count;
  notFinite += later.notFinite;
  largest = std::max(largest, later.largest);
}

std::string DegenerateCheck::describe(double allowedError) const {
  if (double(notFinite) > 0.01 * double(count))
    return std::to_string(notFinite) + " of " + std::to_string(count) +
           " reference values are not finite, so the comparison proves little";
  int64_t finite = count - notFinite;
  if (finite < 2)
    return {};
  double deviation = std::sqrt(squares / double(finite));
  // Bounds alone may be far wider than any error is likely to be.
  if (deviation <= std::min(allowedError, 1e-3 * largest))
    return "the reference values are nearly constant, within the error that is "
           "allowed, so the comparison proves little";
  return {};
}

namespace {
/// Sums of one pass over two tensors of floats.
struct FloatSums {
  double errorSquares = 0, referenceSquares = 0;
  double maxError = -1, scale = 0;
  int64_t worst = -1;
  int64_t kindMismatches = 0, firstKindMismatch = -1;
  DegenerateCheck degenerate;

  void addRange(const Tensor &actual, const Tensor &expected, int64_t begin,
                int64_t end);
  void merge(const FloatSums &later);
};

/// The same of integers.
struct IntegerSums {
  int64_t mismatches = 0;
  double maxError = 0;
  int64_t worst = -1;
  DegenerateCheck degenerate;

  void addRange(const Tensor &actual, const Tensor &expected, int64_t begin,
                int64_t end);
  void merge(const IntegerSums &later);
};
} // namespace

/// The sums over all elements. Chunks and the order of their sums are the same
/// on every machine, and so are the results.
template <typename Sums>
static Sums addAll(const Tensor &actual, const Tensor &expected) {
  constexpr int64_t kChunk = 1 << 18;
  int64_t count = actual.numElements();
  std::vector<Sums> parts((count + kChunk - 1) / kChunk);
  parallelFor(count, kChunk, /*threads=*/0, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i += kChunk)
      parts[i / kChunk].addRange(actual, expected, i,
                                 std::min(end, i + kChunk));
  });
  Sums sums;
  for (const Sums &part : parts)
    sums.merge(part);
  return sums;
}

/// Equal in kind: both NaN, the same infinity, or both finite. A finite value
/// next to overflow may have become infinite.
static bool sameKind(ElementType type, double actual, double expected) {
  if (std::isnan(actual) || std::isnan(expected))
    return std::isnan(actual) && std::isnan(expected);
  if (std::isinf(actual) == std::isinf(expected))
    return !std::isinf(actual) || actual == expected;
  double finite = std::isinf(actual) ? expected : actual;
  double infinite = std::isinf(actual) ? actual : expected;
  return std::signbit(finite) == std::signbit(infinite) &&
         std::fabs(finite) >= 0.99 * getLargest(type);
}

void FloatSums::addRange(const Tensor &actual, const Tensor &expected,
                         int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; ++i) {
    double got = actual.at(i);
    // Before the comparison only overflow is applied: rounding the reference
    // too would hide half of the last bit.
    double want = expected.at(i);
    if (std::isinf(roundTo(actual.type, want)))
      want = roundTo(actual.type, want);
    degenerate.add(want);
    if (!sameKind(actual.type, got, want)) {
      if (kindMismatches++ == 0)
        firstKindMismatch = i;
      continue;
    }
    if (!std::isfinite(got) || !std::isfinite(want))
      continue;
    double error = std::fabs(got - want);
    errorSquares += error * error;
    referenceSquares += want * want;
    scale = std::max(scale, std::fabs(want));
    if (error > maxError) {
      maxError = error;
      worst = i;
    }
  }
}

void FloatSums::merge(const FloatSums &later) {
  errorSquares += later.errorSquares;
  referenceSquares += later.referenceSquares;
  scale = std::max(scale, later.scale);
  if (later.maxError > maxError) {
    maxError = later.maxError;
    worst = later.worst;
  }
  if (kindMismatches == 0)
    firstKindMismatch = later.firstKindMismatch;
  kindMismatches += later.kindMismatches;
  degenerate.merge(later.degenerate);
}

void IntegerSums::addRange(const Tensor &actual, const Tensor &expected,
                           int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; ++i) {
    int64_t got = loadAsInteger(actual.type, actual.data.data(), i);
    int64_t want = loadAsInteger(expected.type, expected.data.data(), i);
    degenerate.add(double(want));
    if (got == want)
      continue;
    double error = std::fabs(double(got) - double(want));
    if (mismatches++ == 0 || error > maxError) {
      maxError = error;
      worst = i;
    }
  }
}

void IntegerSums::merge(const IntegerSums &later) {
  if (later.mismatches > 0 && (mismatches == 0 || later.maxError > maxError)) {
    maxError = later.maxError;
    worst = later.worst;
  }
  mismatches += later.mismatches;
  degenerate.merge(later.degenerate);
}

static std::string formatNumber(double value) {
  std::ostringstream stream;
  stream.precision(3);
  stream << value;
  return stream.str();
}

static void judgeFloats(const Tensor &actual, const Tensor &expected,
                        const Tolerance &tolerance, const FloatSums &sums,
                        OutputReport &report) {
  auto setWorst = [&](int64_t index, double bound) {
    report.worst = WorstElement{getCoordinates(actual.shape, index),
                                expected.at(index), actual.at(index), bound};
  };
  report.maxError = std::max(0.0, sums.maxError);
  // An all-zero reference leaves no scale: any error at all is then too much.
  report.relativeNorm =
      sums.referenceSquares > 0
          ? std::sqrt(sums.errorSquares / sums.referenceSquares)
      : sums.errorSquares > 0 ? std::numeric_limits<double>::infinity()
                              : 0;
  double bound = tolerance.maximum * sums.scale;
  if (sums.worst >= 0)
    setWorst(sums.worst, bound);
  auto fail = [&](std::string message) {
    report.passed = false;
    report.messages.push_back(std::move(message));
  };
  if (report.relativeNorm > tolerance.norm)
    fail("the relative norm of the error is " +
         formatNumber(report.relativeNorm) + ", above " +
         formatNumber(tolerance.norm));
  if (report.maxError > bound)
    fail("the greatest error is " + formatNumber(report.maxError) + ", above " +
         formatNumber(bound));
  if (sums.kindMismatches > 0) {
    report.mismatches = sums.kindMismatches;
    setWorst(sums.firstKindMismatch, bound);
    fail(std::to_string(sums.kindMismatches) +
         " elements differ in being NaN, infinite or finite");
  }
}

static void judgeIntegers(const Tensor &actual, const Tensor &expected,
                          const Tolerance &tolerance, const IntegerSums &sums,
                          OutputReport &report) {
  report.mismatches = sums.mismatches;
  report.maxError = sums.maxError;
  if (sums.worst >= 0)
    report.worst =
        WorstElement{getCoordinates(actual.shape, sums.worst),
                     expected.at(sums.worst), actual.at(sums.worst), 0};
  double part = double(report.mismatches) / double(report.checked);
  if (report.mismatches > 0)
    report.messages.push_back(
        std::to_string(report.mismatches) + " elements (" +
        formatNumber(100 * part) + " %) differ; " +
        formatNumber(100 * tolerance.mismatches) +
        " % may, since a float64 reference decides near ties otherwise");
  report.passed = part <= tolerance.mismatches;
}

OutputReport compareTensors(const TensorInfo &info, const Tensor &actual,
                            const Tensor &expected, const Tolerance &tolerance,
                            bool allowDegenerate) {
  OutputReport report;
  report.name = info.name;
  report.checked = actual.numElements();
  DegenerateCheck degenerate;
  double allowedError = 0;
  if (isFloat(info.type)) {
    auto sums = addAll<FloatSums>(actual, expected);
    judgeFloats(actual, expected, tolerance, sums, report);
    degenerate = sums.degenerate;
    if (report.checked > 0)
      allowedError = tolerance.norm *
                     std::sqrt(sums.referenceSquares / double(report.checked));
  } else {
    auto sums = addAll<IntegerSums>(actual, expected);
    judgeIntegers(actual, expected, tolerance, sums, report);
    degenerate = sums.degenerate;
  }
  if (std::string why = degenerate.describe(allowedError); !why.empty()) {
    report.messages.push_back(
        why + (allowDegenerate ? "" : " (--allow-degenerate accepts it)"));
    if (!allowDegenerate)
      report.passed = false;
  }
  return report;
}

} // namespace kiln::runtime

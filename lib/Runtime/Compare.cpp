//===- Compare.cpp - Outputs against a float64 reference --------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Compare.h"

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
/// Sums of one pass over two tensors.
struct Sums {
  double errorSquares = 0, referenceSquares = 0;
  double maxError = -1, scale = 0;
  int64_t worst = -1;
  int64_t kindMismatches = 0, firstKindMismatch = -1;
};
} // namespace

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

static void compareFloats(const Tensor &actual, const Tensor &expected,
                          Sums &sums, DegenerateCheck &degenerate) {
  for (int64_t i = 0, count = actual.numElements(); i < count; ++i) {
    double got = actual.at(i);
    // Before the comparison only overflow is applied: rounding the reference
    // too would hide half of the last bit.
    double want = expected.at(i);
    if (std::isinf(roundTo(actual.type, want)))
      want = roundTo(actual.type, want);
    degenerate.add(want);
    if (!sameKind(actual.type, got, want)) {
      if (sums.kindMismatches++ == 0)
        sums.firstKindMismatch = i;
      continue;
    }
    if (!std::isfinite(got) || !std::isfinite(want))
      continue;
    double error = std::fabs(got - want);
    sums.errorSquares += error * error;
    sums.referenceSquares += want * want;
    sums.scale = std::max(sums.scale, std::fabs(want));
    if (error > sums.maxError) {
      sums.maxError = error;
      sums.worst = i;
    }
  }
}

static std::string formatNumber(double value) {
  std::ostringstream stream;
  stream.precision(3);
  stream << value;
  return stream.str();
}

static void judgeFloats(const Tensor &actual, const Tensor &expected,
                        const Tolerance &tolerance, const Sums &sums,
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

static void compareIntegers(const Tensor &actual, const Tensor &expected,
                            const Tolerance &tolerance, OutputReport &report,
                            DegenerateCheck &degenerate) {
  for (int64_t i = 0, count = actual.numElements(); i < count; ++i) {
    int64_t got = loadAsInteger(actual.type, actual.data.data(), i);
    int64_t want = loadAsInteger(expected.type, expected.data.data(), i);
    degenerate.add(double(want));
    if (got == want)
      continue;
    double error = std::fabs(double(got) - double(want));
    if (report.mismatches++ == 0 || error > report.maxError) {
      report.maxError = error;
      report.worst = WorstElement{getCoordinates(actual.shape, i), double(want),
                                  double(got), 0};
    }
  }
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
    Sums sums;
    compareFloats(actual, expected, sums, degenerate);
    judgeFloats(actual, expected, tolerance, sums, report);
    if (report.checked > 0)
      allowedError = tolerance.norm *
                     std::sqrt(sums.referenceSquares / double(report.checked));
  } else {
    compareIntegers(actual, expected, tolerance, report, degenerate);
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

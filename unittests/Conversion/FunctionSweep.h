//===- FunctionSweep.h - Errors of compiled scalar functions ----*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Compiles an expression of one or two floats to a kernel, runs it over many
/// of them and compares with the C library in float64. Runs in the emulator,
/// whose approximating instructions are exact; with KILN_SWEEP_DEVICE=cuda on
/// the card. KILN_SWEEP_STRIDE is the distance of the bit patterns that are
/// tried; 1 tries every float.
///
//===----------------------------------------------------------------------===//

#ifndef KILN_UNITTESTS_CONVERSION_FUNCTIONSWEEP_H
#define KILN_UNITTESTS_CONVERSION_FUNCTIONSWEEP_H

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace kiln::sweep {

struct Deviation {
  /// In units of the last place of the right result, subnormal ones too; huge
  /// where one is NaN, infinite or of another sign and the other is not.
  double ulps = 0;
  float x = 0, y = 0, got = 0, want = 0;
};

/// What may be off beside the ulps.
struct Allowance {
  /// Absolutely.
  double absolute = 0;
  /// Results below the normal numbers may be zero.
  bool flushes = false;
  /// Wider arguments are not compared.
  double domain = 0x1p128;
};

bool isOnCard();

/// All floats `stride` apart, and edges. `body` computes `%r` from `%x`.
/// Nothing where it could not be compiled or run; that is reported.
Deviation sweepUnary(const std::string &body,
                     const std::function<double(double)> &exact,
                     const Allowance &allowance = {},
                     const char *rounding = "fused");
/// Every pair of `xs` and `ys`; `body` computes `%r` from `%x` and `%y`.
Deviation sweepBinary(const std::string &body,
                      const std::function<double(double, double)> &exact,
                      const std::vector<float> &xs,
                      const std::vector<float> &ys);

} // namespace kiln::sweep

#endif // KILN_UNITTESTS_CONVERSION_FUNCTIONSWEEP_H

//===- KernelResult.h - What leaves a kernel ------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SCHEDULING_KERNELRESULT_H
#define KILN_SCHEDULING_KERNELRESULT_H

#include "kiln/Analysis/ContractionView.h"

namespace kiln {

/// What a kernel stores of its contraction.
struct KernelResult {
  /// Every output of the contraction leaves the kernel; false where the kernel
  /// reduces any of them.
  bool keepsChannels;
  /// Bytes of one element of the result; of the widest, if there are several.
  int64_t elementBytes;
};

/// Looks at the kernel around `conv`.
KernelResult describeResult(const ContractionView &conv);

} // namespace kiln

#endif // KILN_SCHEDULING_KERNELRESULT_H

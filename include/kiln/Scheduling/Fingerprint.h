//===- Fingerprint.h - What determines a schedule, in one word --*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SCHEDULING_FINGERPRINT_H
#define KILN_SCHEDULING_FINGERPRINT_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include <string>

namespace kiln {

/// Raised when the same program gets another fingerprint than before.
constexpr unsigned kFingerprintVersion = 1;

/// "1-" (kFingerprintVersion) and 32 hexadecimal digits that stand for what
/// `kernel` computes: the first half of the SHA-256 of printCanonicalForm. Two
/// kernels with the same fingerprint are the same program, so that a schedule
/// of the one fits the other. It is the same on each machine and in each run.
/// `kernel` is at level 1 or 2: its schedule and its flops do not count.
std::string getFingerprint(KernelOp kernel);

/// What is hashed, a line for each op: its name, the numbers of its operands,
/// its own attributes with the values of constants, the types of its results
/// and its regions. Without locations, names of values, the kernel's name, and
/// attributes that are not the op's own (what exporters leave on it).
void printCanonicalForm(KernelOp kernel, llvm::raw_ostream &os);

} // namespace kiln

#endif // KILN_SCHEDULING_FINGERPRINT_H

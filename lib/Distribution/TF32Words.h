//===- TF32Words.h - f32 words as tf32 ------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DISTRIBUTION_TF32WORDS_H
#define KILN_LIB_DISTRIBUTION_TF32WORDS_H

#include "DistributionContext.h"

namespace kiln {

/// Round to nearest, ties away from zero, on the bits: the hardware ignores the
/// low 13. The signed maximum keeps the canonical NaN 0x7fffffff, which would
/// otherwise wrap to -0; for every other positive value and for all negative
/// ones but NaNs of full payload the sum is the greater of the two.
mlir::Value roundToTF32(mlir::Location loc, mlir::Value word,
                        DistributionContext &context);

/// f32 words as sums of two tf32 words. A word that several pieces of a dot
/// take is split once.
class TF32Parts {
public:
  TF32Parts(mlir::Location loc, DistributionContext &context)
      : loc(loc), context(context) {}

  struct Parts {
    /// The words rounded to tf32.
    llvm::SmallVector<mlir::Value> high;
    /// What that leaves, exactly: of its 12 bits the hardware ignores at most
    /// the last.
    llvm::SmallVector<mlir::Value> low;
  };
  Parts get(llvm::ArrayRef<mlir::Value> words);

private:
  std::pair<mlir::Value, mlir::Value> split(mlir::Value word);

  mlir::Location loc;
  DistributionContext &context;
  llvm::DenseMap<mlir::Value, std::pair<mlir::Value, mlir::Value>> known;
};

} // namespace kiln

#endif // KILN_LIB_DISTRIBUTION_TF32WORDS_H

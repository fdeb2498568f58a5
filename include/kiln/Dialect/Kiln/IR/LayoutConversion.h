//===- LayoutConversion.h - From one layout to another --------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_KILN_IR_LAYOUTCONVERSION_H
#define KILN_DIALECT_KILN_IR_LAYOUTCONVERSION_H

#include "kiln/Dialect/Kiln/IR/KilnAttrs.h"

#include <optional>

namespace kiln {

/// What has to happen so that every thread holds its elements in another
/// layout.
enum class ConversionKind {
  Registers, ///< each thread holds them already
  Shuffles,  ///< they are in other lanes of its warp
  Scratch    ///< they are in other warps
};

/// Which bit of a thread's numbers a step belongs to.
struct LayoutBit {
  enum class Number { Register, Lane, Warp };
  Number number;
  int64_t bit;
  bool operator==(const LayoutBit &) const = default;
};

/// Where the same step is before and after.
struct MovedBit {
  LayoutBit from, to;
};

/// Where each step of `from` is in `to`; nothing where they have different
/// steps, or registers with copies.
std::optional<llvm::SmallVector<MovedBit>> matchLayoutBits(LayoutAttr from,
                                                           LayoutAttr to);

ConversionKind getConversionKind(llvm::ArrayRef<MovedBit> bits);

} // namespace kiln

#endif // KILN_DIALECT_KILN_IR_LAYOUTCONVERSION_H

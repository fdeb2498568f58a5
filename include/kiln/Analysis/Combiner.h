//===- Combiner.h - How a reduction combines partial results --*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_COMBINER_H
#define KILN_ANALYSIS_COMBINER_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"

namespace kiln {

/// How the body of a reduction combines an element with what it has so far,
/// and so how two partial results are combined in any order.
///
/// *Independent* results are each combined by one operation with a neutral
/// element. A *minimum or maximum*, alone or with the index where it stands, is
/// recognised by what the body computes, in whatever spelling: it is evaluated
/// on smaller, greater, equal and NaN values and on zeros of either sign, which
/// tells minimum from maximum, the tie rule and the NaN rule.
///
/// Two things then depend on the order and are not kept: which of two zeros of
/// different sign a compare and select gives, and the index that a body leaves
/// where only its value takes a NaN.
class Combiner {
public:
  /// The combiner of `op`; nothing where partial results cannot be combined, so
  /// that elements must be taken one by one in the source's order.
  static std::optional<Combiner> match(mlir::linalg::LinalgOp op);

  /// What the body combines into each result: values of the body that do not
  /// depend on what is there so far.
  llvm::ArrayRef<mlir::Value> getCombined() const { return combined; }
  /// Whether `op` does the combining: it is no part of what is combined.
  bool combines(mlir::Operation *op) const {
    return llvm::is_contained(ops, op);
  }
  /// Whether `op` does it for this result; another may combine the same value.
  bool combines(mlir::Operation *op, unsigned result) const {
    return isExtremum ? combines(op) : ops[result] == op;
  }
  /// What takes the place of an element that must not take part.
  llvm::ArrayRef<mlir::TypedAttr> getNeutral() const { return neutral; }
  /// Two partial results as one.
  llvm::SmallVector<mlir::Value> combine(mlir::OpBuilder &builder,
                                         mlir::Location loc,
                                         mlir::ValueRange left,
                                         mlir::ValueRange right) const;
  /// `right`, the result over some elements, behind `left`, what was there
  /// before them: the body's own step.
  llvm::SmallVector<mlir::Value> append(mlir::OpBuilder &builder,
                                        mlir::Location loc,
                                        mlir::ValueRange left,
                                        mlir::ValueRange right) const;

private:
  bool matchIndependent();
  bool matchExtremum();
  bool findCombiningOps(mlir::Value element, mlir::Value number);

  mlir::linalg::LinalgOp op;
  llvm::SmallVector<mlir::Value> combined;
  llvm::SmallVector<mlir::Operation *> ops; ///< that combine, in order
  llvm::SmallVector<mlir::TypedAttr> neutral;

  enum class Ties { First, Last };
  enum class NaNRule { Ignored, Taken, ValueOnly };
  bool isExtremum = false;
  bool hasIndex = false;
  bool smallest = false;    ///< minimum, not maximum
  bool ordersZeros = false; ///< -0 is less than +0, for the value alone
  NaNRule nanRule = NaNRule::Ignored;
  Ties ties = Ties::First;
};

} // namespace kiln

#endif // KILN_ANALYSIS_COMBINER_H

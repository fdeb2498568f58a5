//===- Aggregates.cpp - Ops that stand for several ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Aggregates.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace kiln;

void kiln::decomposeAggregates(func::FuncOp function) {
  SmallVector<linalg::AggregatedOpInterface> ops;
  function.walk([&](linalg::AggregatedOpInterface op) {
    if (isa<linalg::SoftmaxOp>(op))
      ops.push_back(op);
  });
  for (linalg::AggregatedOpInterface op : ops) {
    OpBuilder builder(op);
    FailureOr<SmallVector<Value>> results = op.decomposeOperation(builder);
    if (failed(results))
      continue; // refused later, at the op
    op->replaceAllUsesWith(*results);
    op->erase();
  }
}

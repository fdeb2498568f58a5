//===- BuildKernel.cpp - Moving a group of ops into a kernel --------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "KernelGroup.h"

#include "mlir/Analysis/TopologicalSortUtils.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace kiln;

namespace {

/// Adds what `value` needs from outside the group, in the order of reading.
void collectInputs(Value value, const KernelGroup &group,
                   llvm::SetVector<Value> &inputs,
                   llvm::DenseSet<Operation *> &visited) {
  Operation *op = value.getDefiningOp();
  if (!op || !group.contains(op)) {
    inputs.insert(value);
    return;
  }
  if (!visited.insert(op).second)
    return;
  for (Value read : getReads(op))
    collectInputs(read, group, inputs, visited);
}

} // namespace

KernelOp kiln::buildKernel(const KernelGroup &group, StringRef name) {
  Block *block = group.getBlock();
  auto isOutside = [&](OpOperand &use) { return group.isOutside(use); };

  SmallVector<Value> results;
  for (Operation *op : group.getJoined())
    for (Value result : op->getResults())
      if (llvm::any_of(result.getUses(), isOutside))
        results.push_back(result);
  if (results.empty())
    return nullptr;

  // A contraction comes first so that image and filter lead the inputs.
  llvm::SetVector<Value> inputs;
  llvm::DenseSet<Operation *> visited;
  if (Operation *seed = group.getSeed())
    collectInputs(seed->getResult(0), group, inputs, visited);
  for (Operation *op : group.getJoined())
    for (Value result : op->getResults())
      collectInputs(result, group, inputs, visited);

  Operation *last = group.getJoined().back();
  OpBuilder builder(last);
  SmallVector<Location> locations;
  for (Operation *op : group.getJoined())
    locations.push_back(op->getLoc());
  auto kernel = KernelOp::create(
      builder, builder.getFusedLoc(locations), TypeRange(ValueRange(results)),
      inputs.getArrayRef(), name, /*schedule=*/KernelSchedule(),
      /*flops=*/IntegerAttr());
  Block &body = kernel.getBody().emplaceBlock();
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, body.addArgument(input.getType(), input.getLoc()));
  builder.setInsertionPointToStart(&body);
  for (Operation &op : llvm::make_range(block->begin(), last->getIterator()))
    if (group.contains(&op))
      builder.clone(op, mapping);
  // The kernel stands before `last`, which the range above leaves out.
  builder.clone(*last, mapping);
  SmallVector<Value> yielded;
  for (Value result : results)
    yielded.push_back(mapping.lookup(result));
  YieldOp::create(builder, kernel.getLoc(), yielded);

  for (auto [result, replacement] :
       llvm::zip_equal(results, kernel.getResults()))
    result.replaceUsesWithIf(replacement, isOutside);
  // Readers first: joined ops and those computed for them may read each other.
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*block)))
    if (group.contains(&op) && op.use_empty())
      op.erase();
  // Ops between the group's may use its results: they go behind the kernel.
  sortTopologically(block);
  return kernel;
}

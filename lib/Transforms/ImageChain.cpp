//===- ImageChain.cpp - What computes an image on its way -----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ImageChain.h"

#include "kiln/Analysis/ImageWork.h"
#include "kiln/Dialect/Kiln/IR/SourceName.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace kiln;

/// `view` of what `work` reads, and the work on it.
static void hoistReshape(Operation *view, linalg::LinalgOp work) {
  OpBuilder builder(view);
  Value source = getWorkedTensor(work);
  auto type = cast<RankedTensorType>(view->getResult(0).getType())
                  .clone(getElementTypeOrSelf(source));
  Operation *hoisted = builder.clone(*view);
  hoisted->setOperand(0, source);
  hoisted->getResult(0).setType(type);
  Value made =
      createTileWork(builder, {work}, hoisted->getResult(0)).getResult(0);
  view->getResult(0).replaceAllUsesWith(made);
  view->erase();
  work->erase();
}

void kiln::hoistImageReshapes(const ContractionView &view) {
  // A reshape passes all work in front of it, until it meets something else.
  bool moved = true;
  while (moved) {
    moved = false;
    for (Value value = view.getImage(); value;) {
      Operation *op = value.getDefiningOp();
      bool reshapes =
          isa_and_nonnull<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op);
      if (!op || (!reshapes && ImageChain::getSources(op).size() != 1))
        break;
      if (!reshapes) {
        value = ImageChain::getSources(op).front();
        continue;
      }
      value = op->getOperand(0);
      Operation *work = value.getDefiningOp();
      if (!getWorkedTensor(work) || !value.hasOneUse() || !op->hasOneUse())
        continue;
      hoistReshape(op, cast<linalg::LinalgOp>(work));
      moved = true;
      break;
    }
  }
}

SmallVector<Value> ImageChain::getSources(Operation *op) {
  if (auto pad = dyn_cast<tensor::PadOp>(op))
    return {pad.getSource()};
  return getWorkedTensors(op);
}

ImageChain::ImageChain(const ContractionView &view,
                       function_ref<bool(Operation *)> isAllowed)
    : source(view.getImage()) {
  // A filter is packed, or copied as it is.
  while (source != view.getFilter()) {
    Operation *op = source.getDefiningOp();
    SmallVector<Value> next;
    if (op && isAllowed(op))
      next = getSources(op);
    if (next.empty() || llvm::is_contained(next, view.getFilter()))
      break;
    ops.push_back(op);
    source = next.front();
    // All of several are staged, as they lie in memory.
    if (next.size() > 1)
      break;
  }
  while (refuseOne(view)) {
  }
}

/// Takes the last op that cannot be part of the chain out of it, and all before
/// that; false if there is none.
bool ImageChain::refuseOne(const ContractionView &view) {
  std::optional<ChainFault> fault =
      findChainFault(ops, getElementTypeOrSelf(view.getImageType()));
  if (!fault)
    return false;
  refused.emplace_back(
      ops[fault->place],
      llvm::formatv("it computes the image of '{0}' {1}; compute it outside "
                    "the program",
                    getSourceName(view.op), fault->reason));
  source = ops[fault->place]->getResult(0);
  ops.truncate(fault->place);
  return true;
}

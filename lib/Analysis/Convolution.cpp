//===- Convolution.cpp - One view of every 2-D convolution ----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/Convolution.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace kiln;

ShapedType Convolution::getImageType() const {
  return cast<ShapedType>(getImage().getType());
}
ShapedType Convolution::getFilterType() const {
  return cast<ShapedType>(getFilter().getType());
}
ShapedType Convolution::getOutType() const {
  return cast<ShapedType>(op->getResult(0).getType());
}

template <typename ConvOp>
static void setWindow(Convolution &conv, ConvOp op) {
  auto strides = op.getStrides().template getValues<int64_t>();
  auto dilations = op.getDilations().template getValues<int64_t>();
  for (int dim = 0; dim < 2; ++dim) {
    conv.strides[dim] = strides[dim];
    conv.dilations[dim] = dilations[dim];
  }
}

FailureOr<Convolution> Convolution::match(Operation *op) {
  Convolution conv;
  bool matched = TypeSwitch<Operation *, bool>(op)
                     .Case<linalg::Conv2DNchwFchwOp>([&](auto named) {
                       conv.out = {0, 1, 2, 3};
                       conv.image = {0, 1, 2, 3};
                       conv.filter = {0, 1, 2, 3};
                       setWindow(conv, named);
                       return true;
                     })
                     .Case<linalg::Conv2DNhwcHwcfOp>([&](auto named) {
                       conv.out = {0, 3, 1, 2};
                       conv.image = {0, 3, 1, 2};
                       conv.filter = {3, 2, 0, 1};
                       setWindow(conv, named);
                       return true;
                     })
                     .Case<linalg::Conv2DNhwcFhwcOp>([&](auto named) {
                       conv.out = {0, 3, 1, 2};
                       conv.image = {0, 3, 1, 2};
                       conv.filter = {0, 3, 1, 2};
                       setWindow(conv, named);
                       return true;
                     })
                     .Default([](Operation *) { return false; });
  if (!matched || op->getNumResults() != 1)
    return failure();
  conv.op = cast<linalg::LinalgOp>(op);
  return conv;
}

FailureOr<Convolution> Convolution::find(Region &region) {
  FailureOr<Convolution> found = failure();
  WalkResult result = region.walk([&](Operation *op) {
    FailureOr<Convolution> conv = match(op);
    if (failed(conv))
      return WalkResult::advance();
    if (succeeded(found))
      return WalkResult::interrupt();
    found = conv;
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();
  return found;
}

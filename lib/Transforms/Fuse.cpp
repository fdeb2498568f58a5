//===- Fuse.cpp - kiln-fuse -----------------------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "KernelGroup.h"
#include "kiln/Dialect/Kiln/IR/KernelNames.h"
#include "kiln/Transforms/Passes.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Remarks.h"

namespace kiln {
#define GEN_PASS_DEF_KILNFUSE
#include "kiln/Transforms/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {

constexpr StringLiteral kFanInAttrName = "kiln.fan_in";

/// Marks the function arguments that `value` is computed from.
void setFanIn(Value value, func::FuncOp function, int64_t fanIn) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (argument.getOwner() == &function.getBody().front() &&
        isa<TensorType>(argument.getType()))
      function.setArgAttr(
          argument.getArgNumber(), kFanInAttrName,
          Builder(function.getContext()).getI64IntegerAttr(fanIn));
    return;
  }
  Operation *op = value.getDefiningOp();
  if (isa<linalg::GenericOp, linalg::FillOp, tensor::PadOp>(op) || isView(op))
    for (Value operand : op->getOperands())
      setFanIn(operand, function, fanIn);
}

void remarkOnGroup(const KernelGroup &group, StringRef function) {
  for (Operation *op : group.getJoined())
    remark::passed(op->getLoc(), remark::RemarkOpts::name("Joined")
                                     .category("kiln-fuse")
                                     .function(function))
        << ("'" + op->getName().getStringRef() + "' joined the kernel").str();
  for (const auto &[op, reason] : group.getOutside())
    remark::missed(op->getLoc(), remark::RemarkOpts::name("NotJoined")
                                     .category("kiln-fuse")
                                     .function(function))
        << ("'" + op->getName().getStringRef() +
            "' did not join the kernel: " + reason)
               .str();
}

struct Fuse : kiln::impl::KilnFuseBase<Fuse> {
  void runOnOperation() override {
    KernelNames names(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>())
      fuse(function, names);
  }

  void fuse(func::FuncOp function, KernelNames &names) {
    SmallVector<Operation *> seeds;
    function.walk([&](Operation *op) {
      if (isSeed(op) && !op->getParentOfType<KernelOp>())
        seeds.push_back(op);
    });
    for (Operation *seed : seeds) {
      auto conv = cast<linalg::LinalgOp>(seed);
      KernelGroup group(conv);
      remarkOnGroup(group, function.getName());
      for (const auto &[op, reason] : group.getOutside())
        op->setAttr(kNotFusedAttrName, StringAttr::get(&getContext(), reason));
      numCuts += group.getOutside().size();
      numFused += group.getJoined().size() - 1;

      auto filter = cast<ShapedType>(conv->getOperand(1).getType());
      auto output = cast<ShapedType>(conv->getResult(0).getType());
      int channelDim = isa<linalg::Conv2DNchwFchwOp>(seed) ? 1 : 3;
      int64_t filters = output.getDimSize(channelDim);
      int64_t products = filters ? filter.getNumElements() / filters : 0;
      if (products > 0) {
        setFanIn(conv->getOperand(2), function, products);
        setFanIn(conv->getOperand(1), function, products);
      }
      if (buildKernel(group, names.make(function.getName())))
        ++numKernels;
    }
  }
};

} // namespace

//===- Fuse.cpp - kiln-fuse -----------------------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "KernelGroup.h"
#include "kiln/Transforms/Passes.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/StringSet.h"

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

/// A name that PTX accepts and no other kernel of the module has.
std::string makeName(StringRef function, llvm::StringSet<> &taken) {
  std::string base;
  for (char c : function)
    base += llvm::isAlnum(c) ? c : '_';
  if (base.empty() || llvm::isDigit(base.front()))
    base.insert(0, "kernel_");
  std::string name = base;
  for (unsigned number = 1; !taken.insert(name).second; ++number)
    name = base + "_" + std::to_string(number);
  return name;
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
    llvm::StringSet<> taken;
    getOperation().walk(
        [&](KernelOp kernel) { taken.insert(kernel.getKernelName()); });
    for (auto function : getOperation().getOps<func::FuncOp>())
      fuse(function, taken);
  }

  void fuse(func::FuncOp function, llvm::StringSet<> &taken) {
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
      if (buildKernel(group, makeName(function.getName(), taken)))
        ++numKernels;
    }
  }
};

} // namespace

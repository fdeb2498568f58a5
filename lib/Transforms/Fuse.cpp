//===- Fuse.cpp - kiln-fuse -----------------------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ImageChain.h"
#include "KernelGroup.h"
#include "kiln/Dialect/Kiln/IR/KernelNames.h"
#include "kiln/Dialect/Kiln/IR/SourceName.h"
#include "kiln/Transforms/Passes.h"

#include "mlir/IR/Remarks.h"

namespace kiln {
#define GEN_PASS_DEF_KILNFUSE
#include "kiln/Transforms/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {

void remarkOnGroup(const KernelGroup &group, StringRef function) {
  for (Operation *op : group.getJoined())
    remark::passed(op->getLoc(), remark::RemarkOpts::name("Joined")
                                     .category("kiln-fuse")
                                     .function(function))
        << ("'" + getSourceName(op) + "' joined the kernel").str();
  for (const auto &[op, reason] : group.getOutside())
    remark::missed(op->getLoc(), remark::RemarkOpts::name("NotJoined")
                                     .category("kiln-fuse")
                                     .function(function))
        << ("'" + getSourceName(op) + "' did not join the kernel: " + reason)
               .str();
}

struct Fuse : kiln::impl::KilnFuseBase<Fuse> {
  void runOnOperation() override {
    KernelNames names(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>())
      fuse(function, names);
  }

  void fuse(func::FuncOp function, KernelNames &names) {
    if (function.isExternal() || !function.getBody().hasOneBlock())
      return;
    if (function.getOps<KernelOp>().empty())
      copyRepeated(function);
    SmallVector<Operation *> seeds;
    for (Operation &op : function.getBody().front())
      if (isSeed(&op))
        seeds.push_back(&op);
    for (Operation *seed : seeds)
      hoistImageReshapes(*ContractionView::match(seed));
    for (Operation *seed : seeds)
      build(KernelGroup(*ContractionView::match(seed)), function, names);
    if (seeds.empty() && function.getOps<KernelOp>().empty()) {
      copyReturned(function);
      build(KernelGroup(function.getBody().front()), function, names);
    }
  }

  /// What is returned as it came in is copied: results are memory of their own.
  /// So are pads and slices, which are ways to read a value.
  static void copyReturned(func::FuncOp function) {
    Operation *end = function.getBody().front().getTerminator();
    OpBuilder builder(end);
    for (OpOperand &returned : end->getOpOperands()) {
      Operation *op = getSource(returned.get()).getDefiningOp();
      bool isMade = op && !op->hasTrait<OpTrait::ConstantLike>() &&
                    !isa<tensor::PadOp, tensor::ExtractSliceOp>(op);
      if (!isMade && canCopy(returned.get()))
        returned.set(copy(builder, end->getLoc(), returned.get()));
    }
  }

  /// Nor do two results share theirs: what is returned again is a copy.
  static void copyRepeated(func::FuncOp function) {
    Operation *end = function.getBody().front().getTerminator();
    OpBuilder builder(end);
    llvm::SmallDenseSet<Value> seen;
    for (OpOperand &returned : end->getOpOperands()) {
      Value source = getSource(returned.get());
      if (seen.insert(source).second || !source.getDefiningOp() ||
          !canCopy(source))
        continue;
      // Reshapes are those of the copy, since a kernel ends before them.
      SmallVector<Operation *> views;
      for (Value value = returned.get(); value != source;
           value = views.back()->getOperand(0))
        views.push_back(value.getDefiningOp());
      Value value = copy(builder, end->getLoc(), source);
      for (Operation *view : llvm::reverse(views)) {
        Operation *clone = builder.clone(*view);
        clone->setOperand(0, value);
        value = clone->getResult(0);
      }
      returned.set(value);
      for (Operation *view : views)
        if (view->use_empty())
          view->erase();
    }
  }

  static Value getSource(Value value) {
    while (isView(value.getDefiningOp()))
      value = value.getDefiningOp()->getOperand(0);
    return value;
  }

  static bool canCopy(Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type && type.hasStaticShape();
  }

  static Value copy(OpBuilder &builder, Location loc, Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                          type.getElementType());
    AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
    SmallVector<utils::IteratorType> iterators(type.getRank(),
                                               utils::IteratorType::parallel);
    return linalg::GenericOp::create(
               builder, loc, TypeRange{type}, ValueRange{value},
               ValueRange{empty}, ArrayRef<AffineMap>{identity, identity},
               iterators,
               [](OpBuilder &b, Location loc, ValueRange arguments) {
                 linalg::YieldOp::create(b, loc, arguments[0]);
               })
        .getResult(0);
  }

  void build(const KernelGroup &group, func::FuncOp function,
             KernelNames &names) {
    remarkOnGroup(group, function.getName());
    for (const auto &[op, reason] : group.getOutside())
      op->setAttr(kNotFusedAttrName, StringAttr::get(&getContext(), reason));
    if (group.getJoined().empty())
      return;
    numCuts += group.getOutside().size();
    numFused += group.getJoined().size() - 1;
    if (buildKernel(group, names.make(function.getName())))
      ++numKernels;
  }
};

} // namespace

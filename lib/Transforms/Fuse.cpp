//===- Fuse.cpp - kiln-fuse -----------------------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "KernelGroup.h"
#include "kiln/Dialect/Kiln/IR/KernelNames.h"
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
    if (function.isExternal() || !function.getBody().hasOneBlock())
      return;
    if (function.getOps<KernelOp>().empty())
      copyReturnedTwice(function);
    SmallVector<Operation *> seeds;
    for (Operation &op : function.getBody().front())
      if (isSeed(&op))
        seeds.push_back(&op);
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
      Value source = returned.get();
      while (isView(source.getDefiningOp()))
        source = source.getDefiningOp()->getOperand(0);
      auto type = dyn_cast<RankedTensorType>(returned.get().getType());
      Operation *op = source.getDefiningOp();
      bool isMade = op && !op->hasTrait<OpTrait::ConstantLike>() &&
                    !isa<tensor::PadOp, tensor::ExtractSliceOp>(op);
      if (isMade || !type || !type.hasStaticShape())
        continue;
      returned.set(copy(builder, returned.get()));
    }
  }

  /// A value that is returned twice, perhaps in views, is copied: each result
  /// is memory of its own.
  static void copyReturnedTwice(func::FuncOp function) {
    Operation *end = function.getBody().front().getTerminator();
    OpBuilder builder(end);
    llvm::DenseSet<Value> seen;
    for (OpOperand &returned : end->getOpOperands()) {
      SmallVector<Operation *> views;
      Value source = returned.get();
      for (; isView(source.getDefiningOp());
           source = source.getDefiningOp()->getOperand(0))
        views.push_back(source.getDefiningOp());
      auto type = dyn_cast<RankedTensorType>(source.getType());
      if (seen.insert(source).second || !type || !type.hasStaticShape())
        continue;
      Value result = copy(builder, source);
      for (Operation *view : llvm::reverse(views)) {
        Operation *clone = builder.clone(*view);
        clone->setOperand(0, result);
        result = clone->getResult(0);
      }
      returned.set(result);
    }
  }

  static Value copy(OpBuilder &builder, Value value) {
    Location loc = builder.getInsertionPoint()->getLoc();
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

//===- FoldPacking.cpp - Packing constant filters -------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Views.h"
#include "kiln/Tiling/Passes.h"

#include "kiln/Analysis/Packing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace kiln {
#define GEN_PASS_DEF_FOLDPACKING
#include "kiln/Tiling/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// The kiln.pack that is all of `kernel`; null for any other kernel.
static PackOp getOnlyPack(KernelOp kernel) {
  Block &body = kernel.getBody().front();
  auto yield = dyn_cast<YieldOp>(body.back());
  if (!yield || yield.getValues().size() != 1)
    return nullptr;
  auto pack = yield.getValues()[0].getDefiningOp<PackOp>();
  return pack && isa<BlockArgument>(pack.getFilter()) ? pack : nullptr;
}

/// The elements as they lie in memory, one for a splat; none where only an
/// iterator over them, or nothing at all, is at hand.
static std::optional<ArrayRef<char>> getRawData(ElementsAttr value) {
  unsigned bits = value.getShapedType().getElementTypeBitWidth();
  if (!llvm::isPowerOf2_32(bits) || bits < 8 || bits > 64)
    return std::nullopt;
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    return dense.getRawData();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      return blob->getData();
  return std::nullopt;
}

/// Erases `op` and the operations that only it read.
static void eraseDead(Operation *op) {
  SmallVector<Operation *> list{op};
  while (!list.empty()) {
    Operation *next = list.pop_back_val();
    if (!isOpTriviallyDead(next))
      continue;
    for (Value operand : next->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        if (!llvm::is_contained(list, producer))
          list.push_back(producer);
    next->erase();
  }
}

namespace {
struct FoldPacking : public kiln::impl::FoldPackingBase<FoldPacking> {
  void runOnOperation() override {
    SmallVector<KernelOp> kernels;
    getOperation().walk([&](KernelOp kernel) {
      if (kernel.getRole() == Role::Pack)
        kernels.push_back(kernel);
    });
    for (KernelOp kernel : kernels)
      if (failed(fold(kernel)))
        return signalPassFailure();
  }

  LogicalResult fold(KernelOp kernel) {
    PackOp pack = getOnlyPack(kernel);
    if (!pack)
      return success();
    auto argument = cast<BlockArgument>(pack.getFilter());
    auto constant = stripViews(kernel.getInputs()[argument.getArgNumber()])
                        .getDefiningOp<arith::ConstantOp>();
    auto value =
        constant ? dyn_cast<ElementsAttr>(constant.getValue()) : ElementsAttr();
    std::optional<ArrayRef<char>> filter =
        value ? getRawData(value) : std::nullopt;
    if (!filter)
      return success();
    RankedTensorType packed = pack.getPacked().getType();
    size_t width = packed.getElementTypeBitWidth() / 8;
    size_t whole = value.getNumElements() * width;
    if (filter->size() != whole &&
        !(value.isSplat() && filter->size() == width))
      return constant.emitError("the constant of type ")
             << value.getType() << " has " << filter->size()
             << " bytes of data, it needs " << whole;

    AsmResourceBlob rows = HeapAsmResourceBlob::allocate(
        packed.getNumElements() * width, /*align=*/alignof(uint64_t));
    evaluatePack(pack, *filter, rows.getMutableData());
    OpBuilder builder(kernel);
    auto folded = arith::ConstantOp::create(
        builder, pack.getLoc(),
        DenseResourceElementsAttr::get(packed, kernel.getKernelName(),
                                       std::move(rows)));
    remark::passed(kernel.getLoc(), remark::RemarkOpts::name("pack")
                                        .category("kiln-fold-packing")
                                        .function(kernel.getKernelName()))
        << remark::reason("the filter is constant and was packed at compile "
                          "time: no packing kernel runs");
    kernel.getResult(0).replaceAllUsesWith(folded);
    eraseDead(kernel);
    ++numFolded;
    return success();
  }
};
} // namespace

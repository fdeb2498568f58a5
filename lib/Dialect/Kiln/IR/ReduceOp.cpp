//===- ReduceOp.cpp - Verifier of kiln.reduce -----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TileVerifiers.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace kiln;

/// The result's layout must be what the reduction leaves of its input's.
static LogicalResult verifyReducedLayout(ReduceOp op, RankedTensorType from,
                                         RankedTensorType to) {
  auto input = dyn_cast_or_null<LayoutAttr>(from.getEncoding());
  auto result = dyn_cast_or_null<LayoutAttr>(to.getEncoding());
  if (!input && !result)
    return success();
  if (!input || !result)
    return op.emitOpError("needs a #kiln.layout encoding on inputs and results "
                          "or on none");
  const StringRef names[] = {"register", "lane", "warp"};
  auto getLists = [](LayoutAttr layout) {
    return std::array<ArrayRef<Basis>, 3>{layout.getRegisters(),
                                          layout.getLanes(), layout.getWarps()};
  };
  auto print = [](const Basis &basis) {
    return llvm::formatv("[{0:$[, ]}]", llvm::make_range(basis.values().begin(),
                                                         basis.values().end()))
        .str();
  };
  // Values that differ in a bit are combined, or none of them are.
  for (auto [list, name] : llvm::zip_equal(getLists(input), names))
    for (auto [bit, basis] : llvm::enumerate(list)) {
      bool reduced = false, kept = false;
      for (auto [dim, size] : llvm::enumerate(basis.values()))
        (llvm::is_contained(op.getDims(), dim) ? reduced : kept) |= size != 0;
      if (reduced && kept)
        return op.emitOpError()
               << name << " bit " << bit << " of the input steps by "
               << print(basis)
               << ", in a reduced and in another dimension at once";
      if (!reduced && !kept && name == "register")
        return op.emitOpError()
               << name << " bit " << bit
               << " of the input steps by nothing: registers with copies "
                  "cannot be reduced";
    }
  LayoutAttr wanted = getReducedLayout(input, op.getDims(), op.getHalving());
  for (auto [actual, expected, name] :
       llvm::zip_equal(getLists(result), getLists(wanted), names)) {
    for (auto [bit, pair] : llvm::enumerate(llvm::zip(actual, expected)))
      if (auto [is, should] = pair; !(is == should))
        return op.emitOpError()
               << name << " bit " << bit << " of the result steps by "
               << print(is) << "; the reduction leaves " << print(should);
    if (actual.size() != expected.size())
      return op.emitOpError("the result has ")
             << actual.size() << " " << name << " bits; the reduction leaves "
             << expected.size();
  }
  return success();
}

LogicalResult ReduceOp::verify() {
  if (getInputs().size() != getResults().size() || getInputs().empty())
    return emitOpError("needs as many results as inputs, at least one");
  auto first = cast<RankedTensorType>(getInputs().front().getType());
  llvm::SmallDenseSet<int64_t> distinct(getDims().begin(), getDims().end());
  if (getDims().empty() || distinct.size() != getDims().size() ||
      llvm::any_of(getDims(), [&](int64_t dim) {
        return dim < 0 || dim >= first.getRank();
      }))
    return emitOpError("needs different dimensions of the inputs to reduce "
                       "over, not [")
           << getDims() << "]";
  SmallVector<Type> elements;
  for (auto [input, result] : llvm::zip_equal(getInputs(), getResults())) {
    auto from = cast<RankedTensorType>(input.getType());
    auto to = cast<RankedTensorType>(result.getType());
    if (from.getShape() != first.getShape() ||
        from.getEncoding() != first.getEncoding())
      return emitOpError("inputs must have one shape and layout");
    SmallVector<int64_t> shape;
    for (int64_t dim = 0; dim < from.getRank(); ++dim)
      if (!llvm::is_contained(getDims(), dim))
        shape.push_back(from.getDimSize(dim));
    if (ArrayRef<int64_t>(shape) != to.getShape())
      return emitOpError("result shape must be the input's without the reduced "
                         "dimensions");
    if (from.getElementType() != to.getElementType())
      return emitOpError("results must have their inputs' element types");
    if (failed(verifyTileEncoding(*this, from)) ||
        failed(verifyTileEncoding(*this, to)))
      return failure();
    if (failed(verifyReducedLayout(*this, from, to)))
      return failure();
    elements.push_back(from.getElementType());
  }
  Block &block = getCombiner().front();
  SmallVector<Type> arguments(elements);
  llvm::append_range(arguments, elements);
  if (block.getArgumentTypes() != TypeRange(arguments))
    return emitOpError(
        "combiner takes two values for each input, the left ones "
        "first");
  auto yield = dyn_cast<ReduceYieldOp>(block.getTerminator());
  if (!yield)
    return emitOpError("combiner must end in 'kiln.reduce_yield'");
  if (yield.getValues().getTypes() != TypeRange(elements))
    return yield.emitOpError("must yield one value for each input, of its "
                             "element type");
  return success();
}

SmallVector<int64_t> ReduceOp::getScratchBytes() {
  SmallVector<int64_t> bytes;
  for (auto [input, result] : llvm::zip_equal(getInputs(), getResults())) {
    auto from = cast<RankedTensorType>(input.getType()),
         to = cast<RankedTensorType>(result.getType());
    auto layout = dyn_cast_or_null<LayoutAttr>(from.getEncoding()),
         reduced = dyn_cast_or_null<LayoutAttr>(to.getEncoding());
    if (!layout || !reduced)
      return {};
    int64_t size = getReductionScratchBytes(layout, reduced, getDims(),
                                            from.getElementType());
    // Results have one layout: none of them leaves the warp.
    if (size == 0)
      return {};
    bytes.push_back(size);
  }
  return bytes;
}

bool ReduceOp::meetsWholeBlock() {
  auto layout = dyn_cast_or_null<LayoutAttr>(
      cast<RankedTensorType>(getInputs()[0].getType()).getEncoding());
  return layout && reducesAcrossBlock(layout, getDims());
}

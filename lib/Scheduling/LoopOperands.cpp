//===- LoopOperands.cpp - What a kernel of loops touches ------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "LoopOperands.h"

#include "kiln/Analysis/LinearForm.h"
#include "kiln/Analysis/Views.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/MathExtras.h"

#include <set>

using namespace mlir;
using namespace kiln;

namespace {
/// Coordinates are affine expressions of the axes, axis a as the dimension
/// d<a>.
class OperandReader {
public:
  OperandReader(const KernelSpace &space, ValueRange results)
      : space(space), blocks(space.getBlockAxes(results)) {
    SmallVector<int> all = space.getAllAxes();
    numAxes = all.empty() ? 0 : all.back() + 1;
  }

  void readResult(Value result) {
    Coordinates at = getCoordinates(result.getContext(), space.getAxes(result));
    consider(result, at);
    auto op = result.getDefiningOp<linalg::LinalgOp>();
    if (!op || !space.isAnchored(op))
      follow(result, at);
  }
  void readInputs(linalg::LinalgOp op, ArrayRef<AffineExpr> loops);
  LoopOperands takeFound();

  using Coordinates = SmallVector<AffineExpr>;
  static Coordinates getCoordinates(MLIRContext *context, ArrayRef<int> axes) {
    return llvm::map_to_vector(axes, [&](int axis) -> AffineExpr {
      if (axis == KernelSpace::kUnit)
        return getAffineConstantExpr(0, context);
      return getAffineDimExpr(axis, context);
    });
  }

private:
  void follow(Value value, ArrayRef<AffineExpr> at);
  void consider(Value tensor, ArrayRef<AffineExpr> at);
  std::optional<int> readCoordinate(AffineExpr expr);
  bool isBlock(int axis) const { return llvm::is_contained(blocks, axis); }

  const KernelSpace &space;
  SmallVector<int> blocks;
  unsigned numAxes;
  LoopOperands found;
  struct Contiguous {
    int axis;
    int64_t elements;
  };
  SmallVector<Contiguous> contiguous;
  int64_t largest = 0;
  /// Values that were followed, with their coordinates.
  std::set<std::pair<void *, std::vector<const void *>>> seen;
};
} // namespace

/// From a value that is computed wherever it is read to the arguments.
void OperandReader::follow(Value value, ArrayRef<AffineExpr> at) {
  std::vector<const void *> key;
  for (AffineExpr expr : at)
    key.push_back(expr.getAsOpaquePointer());
  if (!seen.insert({value.getAsOpaquePointer(), key}).second)
    return;
  if (isa<BlockArgument>(value)) {
    found.reads.push_back({value, Coordinates(at)});
    return consider(value, at);
  }
  if (auto pad = value.getDefiningOp<tensor::PadOp>())
    return follow(pad.getSource(), at);
  if (Operation *view = value.getDefiningOp(); view && isStaticView(view))
    return follow(view->getOperand(0), getViewCoordinates(view, at, numAxes));
  auto op = value.getDefiningOp<linalg::LinalgOp>();
  if (!op || isa<linalg::FillOp>(op))
    return;
  AffineMap map = op.getMatchingIndexingMap(
      op.getDpsInitOperand(cast<OpResult>(value).getResultNumber()));
  Coordinates loops(op.getNumLoops(),
                    getAffineConstantExpr(0, op.getContext()));
  for (auto [expr, coordinate] : llvm::zip_equal(map.getResults(), at))
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      loops[dim.getPosition()] = coordinate;
  readInputs(op, loops);
}

void OperandReader::readInputs(linalg::LinalgOp op,
                               ArrayRef<AffineExpr> loops) {
  for (OpOperand *operand : op.getDpsInputOperands()) {
    if (!isa<ShapedType>(operand->get().getType()) ||
        space.isAnchored(operand->get()))
      continue;
    follow(operand->get(),
           llvm::map_to_vector(
               op.getMatchingIndexingMap(operand).getResults(),
               [&](AffineExpr expr) { return expr.replaceDims(loops); }));
  }
}

/// The axis that a coordinate moves along: `kUnit` where none, nothing where
/// several do. Of a window it is that of the results, and the window is noted.
std::optional<int> OperandReader::readCoordinate(AffineExpr expr) {
  constexpr int64_t kMostTaps = 16;
  SmallVector<int> axes;
  for (int axis : space.getAllAxes())
    if (expr.isFunctionOfDim(axis))
      axes.push_back(axis);
  if (axes.empty())
    return KernelSpace::kUnit;
  if (axes.size() == 1)
    return axes.front();
  std::optional<LinearForm> form = getLinearForm(expr, numAxes);
  if (!form)
    return std::nullopt;
  auto along = llvm::find_if(axes, [&](int axis) { return isBlock(axis); });
  if (along == axes.end())
    return axes.front();
  int64_t step = std::abs(form->factors[*along]);
  for (int axis : axes) {
    int64_t extent = space.getAxis(axis).extent;
    bool overlaps = step < extent * std::abs(form->factors[axis]);
    if (isBlock(axis) || found.isTaps(axis))
      continue;
    // Long rows of a reshaped tensor are no windows.
    if (!overlaps && extent > kMostTaps)
      return axis;
    found.windows.push_back({axis, *along, overlaps});
  }
  return *along;
}

void OperandReader::consider(Value tensor, ArrayRef<AffineExpr> at) {
  SmallVector<std::optional<int>> axes = llvm::map_to_vector(
      at, [&](AffineExpr expr) { return readCoordinate(expr); });
  auto type = cast<ShapedType>(tensor.getType());
  auto inner = llvm::find_if(llvm::reverse(axes), [&](std::optional<int> axis) {
    return axis != KernelSpace::kUnit &&
           (!axis || space.getAxis(*axis).extent > 1);
  });
  if (!type.hasStaticShape() || inner == axes.rend() || !*inner)
    return;
  contiguous.push_back({**inner, type.getNumElements()});
  if (type.getNumElements() <= largest)
    return;
  largest = type.getNumElements();
  found.innermost = **inner;
  found.elementBytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
}

LoopOperands OperandReader::takeFound() {
  for (const Contiguous &other : contiguous)
    if (other.axis != found.innermost && 2 * other.elements > largest)
      found.turned = other.axis;
  return std::move(found);
}

LoopOperands kiln::readLoopOperands(const KernelSpace &space,
                                    ValueRange results) {
  OperandReader reader(space, results);
  for (Value result : results)
    reader.readResult(result);
  for (linalg::LinalgOp op : space.getOps())
    if (space.isAnchored(op))
      reader.readInputs(op, OperandReader::getCoordinates(
                                op.getContext(), space.getLoopAxes(op)));
  return reader.takeFound();
}

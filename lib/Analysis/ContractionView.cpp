//===- ContractionView.cpp - One view of every contraction ----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/ContractionView.h"

#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/IR/AffineExpr.h"

using namespace mlir;
using namespace kiln;

ShapedType ContractionView::getImageType() const {
  return cast<ShapedType>(getImage().getType());
}
ShapedType ContractionView::getFilterType() const {
  return cast<ShapedType>(getFilter().getType());
}
ShapedType ContractionView::getOutType() const {
  return cast<ShapedType>(op->getResult(0).getType());
}
int64_t ContractionView::getOutRows() const {
  return out.h < 0 ? 1 : getOutType().getDimSize(out.h);
}
int64_t ContractionView::getOutColumns() const {
  return out.w < 0 ? 1 : getOutType().getDimSize(out.w);
}

bool ContractionView::hasInstruction() const {
  Type element = getImageType().getElementType();
  return element == getFilterType().getElementType() &&
         getOutType().getElementType().isF32() &&
         (element.isF32() || element.isF16() || element.isBF16());
}

namespace {
/// `loop * factor`, summed: one entry for each loop of an image's dimension.
using Terms = SmallVector<std::pair<unsigned, int64_t>>;
} // namespace

/// The loops of `expr` and their factors; nothing where it is not linear.
static std::optional<Terms> getTerms(AffineExpr expr) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return Terms{{dim.getPosition(), 1}};
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return std::nullopt;
  std::optional<Terms> left = getTerms(binary.getLHS());
  if (!left)
    return std::nullopt;
  if (binary.getKind() == AffineExprKind::Mul) {
    auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
    if (!factor || left->size() != 1)
      return std::nullopt;
    left->front().second *= factor.getValue();
    return left;
  }
  std::optional<Terms> right = getTerms(binary.getRHS());
  if (binary.getKind() != AffineExprKind::Add || !right)
    return std::nullopt;
  left->append(*right);
  return left;
}

static int64_t positionOf(AffineMap map, int64_t loop) {
  if (loop < 0)
    return ContractionView::kNone;
  std::optional<unsigned> position =
      map.getResultPosition(getAffineDimExpr(loop, map.getContext()));
  return position ? static_cast<int64_t>(*position) : ContractionView::kNone;
}

namespace {
/// Loops by class as upstream infers them.
struct Loops {
  SmallVector<unsigned> batch, m, n, k, taps;
};
struct Window {
  unsigned position, tap;
  int64_t stride, dilation;
};
} // namespace

static FailureOr<Loops> inferLoops(linalg::LinalgOp op) {
  auto widen = [](const auto &list) {
    return SmallVector<unsigned>(list.begin(), list.end());
  };
  if (linalg::isaConvolutionOpInterface(op)) {
    FailureOr<linalg::ConvolutionDimensions> dims =
        linalg::inferConvolutionDims(op);
    if (failed(dims))
      return failure();
    Loops loops{widen(dims->depth), widen(dims->outputChannel),
                widen(dims->batch), widen(dims->inputChannel),
                widen(dims->filterLoop)};
    llvm::append_range(loops.n, dims->outputImage);
    return loops;
  }
  if (!linalg::isaContractionOpInterface(op))
    return failure();
  FailureOr<linalg::ContractionDimensions> dims =
      linalg::inferContractionDims(op);
  if (failed(dims))
    return failure();
  // Upstream's m loops are those of the first operand, the image here.
  return Loops{
      widen(dims->batch), widen(dims->n), widen(dims->m), widen(dims->k), {}};
}

/// The windows of the image's map; failure where a dimension is anything but a
/// loop or a tap that moves along one.
static FailureOr<SmallVector<Window>> findWindows(AffineMap image,
                                                  const Loops &loops) {
  SmallVector<Window> windows;
  for (AffineExpr expr : image.getResults()) {
    if (isa<AffineDimExpr>(expr))
      continue;
    std::optional<Terms> terms = getTerms(expr);
    if (!terms || terms->size() != 2)
      return failure();
    auto [first, second] = std::pair((*terms)[0], (*terms)[1]);
    if (llvm::is_contained(loops.taps, first.first))
      std::swap(first, second);
    if (!llvm::is_contained(loops.taps, second.first) ||
        !llvm::is_contained(loops.n, first.first) || first.second <= 0 ||
        second.second <= 0)
      return failure();
    windows.push_back({first.first, second.first, first.second, second.second});
  }
  return windows;
}

FailureOr<ContractionView> ContractionView::match(Operation *operation) {
  auto op = dyn_cast<linalg::LinalgOp>(operation);
  if (!op || op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      op->getNumResults() != 1 || op.getNumReductionLoops() == 0 ||
      op.hasDynamicShape())
    return failure();
  FailureOr<Loops> loops = inferLoops(op);
  if (failed(loops) || loops->m.size() != 1 || loops->k.size() != 1 ||
      loops->n.empty())
    return failure();
  ContractionView view;
  view.op = op;
  view.batch = loops->batch;
  view.n = loops->n;
  view.m = loops->m.front();
  view.k = loops->k.front();
  AffineMap image = view.getImageMap(), filter = view.getFilterMap(),
            out = view.getOutMap();
  if (!filter.isProjectedPermutation() || !out.isProjectedPermutation())
    return failure();
  FailureOr<SmallVector<Window>> windows = findWindows(image, *loops);
  if (failed(windows) || windows->size() != loops->taps.size() ||
      windows->size() > 2)
    return failure();

  // Columns are the innermost n loop of the result, rows the one before it;
  // with windows those that taps move along.
  SmallVector<unsigned> positions = loops->n;
  if (!windows->empty())
    positions = llvm::map_to_vector(
        *windows, [](const Window &window) { return window.position; });
  llvm::sort(positions, [&](unsigned a, unsigned b) {
    return positionOf(out, a) < positionOf(out, b);
  });
  view.column = positions.back();
  if (positions.size() > 1)
    view.row = positions[positions.size() - 2];
  for (const Window &window : *windows) {
    bool isColumn = window.position == view.column;
    (isColumn ? view.tapColumn : view.tapRow) = window.tap;
    view.strides[isColumn] = window.stride;
    view.dilations[isColumn] = window.dilation;
  }

  auto imageDimOf = [&](int64_t loop) {
    for (auto [dim, expr] : llvm::enumerate(image.getResults()))
      if (loop >= 0 && expr.isFunctionOfDim(loop))
        return static_cast<int64_t>(dim);
    return kNone;
  };
  view.out = {positionOf(out, view.m), positionOf(out, view.row),
              positionOf(out, view.column)};
  view.image = {imageDimOf(view.k), imageDimOf(view.row),
                imageDimOf(view.column)};
  view.filter = {positionOf(filter, view.m), positionOf(filter, view.k),
                 positionOf(filter, view.tapRow),
                 positionOf(filter, view.tapColumn)};
  return view;
}

FailureOr<ContractionView> ContractionView::find(Region &region) {
  FailureOr<ContractionView> found = failure();
  WalkResult result = region.walk([&](linalg::LinalgOp op) {
    FailureOr<ContractionView> view = match(op);
    if (failed(view))
      return WalkResult::advance();
    if (succeeded(found))
      return WalkResult::interrupt();
    found = view;
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();
  return found;
}

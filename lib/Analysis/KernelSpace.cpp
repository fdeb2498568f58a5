//===- KernelSpace.cpp - The axes of a kernel -----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/KernelSpace.h"

#include "kiln/Analysis/Combiner.h"
#include "kiln/Analysis/LoopOrder.h"
#include "kiln/Dialect/Kiln/IR/KilnAttrs.h"
#include "kiln/Dialect/Kiln/IR/SourceName.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace kiln;

int KernelSpace::find(int axis) const {
  while (axis >= 0 && parent[axis] != axis)
    axis = parent[axis];
  return axis;
}

int KernelSpace::addAxis(int64_t extent, std::string name) {
  axes.push_back({extent, std::move(name)});
  parent.push_back(axes.size() - 1);
  return axes.size() - 1;
}

KernelSpace::KernelSpace(const ContractionView &view) : contraction(view) {
  linalg::LinalgOp op = view.op;
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  SmallVector<int> loops(op.getNumLoops(), kUnit);
  for (AffineExpr expr : view.getOutMap().getResults()) {
    unsigned loop = cast<AffineDimExpr>(expr).getPosition();
    std::string name = loop == view.m                         ? "channel"
                       : loop == view.row                     ? "row"
                       : loop == view.column                  ? "column"
                       : llvm::is_contained(view.batch, loop) ? "group"
                                                              : "image";
    loops[loop] = addAxis(ranges[loop], name);
  }
  ops.push_back(op);
  loopsOf[op] = loops;
  axesOf[op->getResult(0)] =
      llvm::map_to_vector(view.getOutMap().getResults(), [&](AffineExpr expr) {
        return loops[cast<AffineDimExpr>(expr).getPosition()];
      });
}

int KernelSpace::getChannelAxis() const {
  if (!contraction)
    return kUnit;
  return loopsOf.find(contraction->op)->second[contraction->m];
}

bool KernelSpace::isAnchored(linalg::LinalgOp op) const {
  return op.getNumReductionLoops() > 0 ||
         llvm::any_of(op->getOperands(),
                      [&](Value value) { return isAnchored(value); });
}

bool KernelSpace::join(int left, int right) {
  left = find(left);
  right = find(right);
  if (left == right)
    return true;
  // The axes of a contraction are told apart by what they are in it.
  if (contraction || axes[left].extent != axes[right].extent)
    return false;
  parent[std::max(left, right)] = std::min(left, right);
  axes[std::min(left, right)].reduced |= axes[std::max(left, right)].reduced;
  return true;
}

/// Why a computed value is not read through `expr` along dimension `dim`.
static std::string describeRead(AffineExpr expr, int64_t dim) {
  if (isa<AffineConstantExpr>(expr))
    return llvm::formatv("it reads values that the kernel computes at position "
                         "{0} of dimension {1} alone; slices of computed "
                         "values are not supported",
                         expr, dim);
  llvm::SmallDenseSet<AffineExpr> loops;
  expr.walk([&](AffineExpr part) {
    if (isa<AffineDimExpr>(part))
      loops.insert(part);
  });
  if (loops.size() > 1)
    return llvm::formatv("it reads windows of values that the kernel computes, "
                         "along dimension {0}; only arguments can be read "
                         "through windows",
                         dim);
  return llvm::formatv("it reads values that the kernel computes shifted or in "
                       "steps along dimension {0}; only arguments can be",
                       dim);
}

std::string KernelSpace::assignLoops(linalg::LinalgOp op,
                                     SmallVectorImpl<int> &loops) {
  constexpr int kUnknown = -2;
  loops.assign(op.getNumLoops(), kUnknown);
  for (OpOperand &operand : op->getOpOperands()) {
    auto known = axesOf.find(operand.get());
    if (known == axesOf.end())
      continue;
    AffineMap map = op.getMatchingIndexingMap(&operand);
    for (auto [place, axis] : llvm::enumerate(known->second)) {
      AffineExpr expr = map.getResult(place);
      if (auto constant = dyn_cast<AffineConstantExpr>(expr);
          constant && (axis == kUnit || getAxis(axis).extent == 1)) {
        // A tile of a contraction has several positions there all the same.
        if (contraction && axis != kUnit)
          return llvm::formatv(
              "it drops a dimension of extent 1 of the result of '{0}'; keep "
              "the dimension and reshape what is returned",
              getSourceName(contraction->op));
        continue;
      }
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (!dim)
        return describeRead(expr, place);
      int &loop = loops[dim.getPosition()];
      if (loop == kUnknown || (loop == kUnit && axis != kUnit))
        loop = axis;
      else if (axis != kUnit && !join(loop, axis))
        return "it combines values of the kernel from different positions";
    }
  }
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  for (auto [number, loop] : llvm::enumerate(loops)) {
    if (loop != kUnknown)
      continue;
    if (ranges[number] == 1)
      loop = kUnit;
    else if (contraction)
      return "it spreads the kernel's values over further elements";
    else
      loop = addAxis(ranges[number], llvm::formatv("axis {0}", axes.size()));
  }
  // Two loops of one op are two axes, whatever their extents.
  llvm::SmallDenseSet<int> distinct;
  for (int loop : loops)
    if (loop != kUnit && !distinct.insert(find(loop)).second)
      return "it combines values of the kernel from different positions";
  return {};
}

/// What a kernel around a contraction allows.
std::string KernelSpace::checkContractionKernel(linalg::LinalgOp op,
                                                ArrayRef<int> loops,
                                                bool readsReduced) const {
  int channel = getChannelAxis();
  // The user knows an axis as a dimension of the op that he wrote.
  ArrayRef<int> dims = axesOf.find(contraction->op->getResult(0))->second;
  auto describe = [&](int axis) -> std::string {
    return llvm::formatv("dimension {0}",
                         llvm::find(dims, axis) - dims.begin());
  };
  StringRef name = getSourceName(contraction->op);
  for (auto [loop, iterator] :
       llvm::zip_equal(loops, op.getIteratorTypesArray()))
    if (iterator == utils::IteratorType::reduction && loop != channel &&
        loop != kUnit)
      return llvm::formatv("it reduces over {0} of the result of '{1}'; only a "
                           "reduction over {2} stays within a thread block",
                           describe(loop), name, describe(channel));
  // Threads reduce their own channels, and then combine what they have.
  if (op.getNumReductionLoops() > 0 && !Combiner::match(op))
    return llvm::formatv(
        "it reduces over {0} of the result of '{1}', which threads do "
        "together: each result must be combined by one operation with a "
        "neutral element, "
        "or be a minimum or maximum with its index",
        describe(channel), name);
  if (readsReduced && llvm::is_contained(loops, channel) &&
      axes[channel].extent > kMostHeldChannels)
    return llvm::formatv("it uses a value that is reduced over {0} of the "
                         "result of '{1}' again at every position of it: a "
                         "block holds at most {2} positions at once, {3} need "
                         "a second pass over them",
                         describe(channel), name, kMostHeldChannels,
                         axes[channel].extent);
  return {};
}

/// Tiles hold coordinates of so many dimensions and no more.
static std::string checkRank(int64_t rank, StringRef what) {
  if (rank <= kMaxTileRank)
    return {};
  return llvm::formatv("{0} {1} dimensions, at most {2} are supported", what,
                       rank, kMaxTileRank);
}

std::string KernelSpace::add(linalg::LinalgOp op) {
  if (op.hasDynamicShape())
    return "it has a dynamic shape";
  if (std::string tooMany = checkRank(op.getNumLoops(), "it loops over");
      !tooMany.empty())
    return tooMany;
  for (AffineMap map : op.getIndexingMapsArray())
    if (std::string tooMany =
            checkRank(map.getNumResults(), "it has an operand of");
        !tooMany.empty())
      return tooMany;
  // A failed attempt leaves no joins behind.
  SmallVector<Axis> savedAxes = axes;
  SmallVector<int> savedParent = parent;
  SmallVector<int> loops;
  std::string reason = assignLoops(op, loops);
  bool readsReduced = llvm::any_of(op->getOperands(), [&](Value value) {
    return reducedValues.contains(value);
  });
  if (reason.empty() && contraction)
    reason = checkContractionKernel(op, loops, readsReduced);
  for (OpOperand &init : op.getDpsInitsMutable())
    if (AffineMap map = op.getMatchingIndexingMap(&init);
        reason.empty() &&
        !llvm::all_of(map.getResults(),
                      llvm::IsaPred<AffineDimExpr, AffineConstantExpr>))
      reason = "it writes its result at other positions than those it works on";
    else if (reason.empty() && op.getNumReductionLoops() > 0 &&
             map != op.getMatchingIndexingMap(op.getDpsInitOperand(0)))
      reason = "its results are reduced together but have their dimensions in "
               "different orders; write one op for each";
  if (!reason.empty()) {
    axes = std::move(savedAxes);
    parent = std::move(savedParent);
    return reason;
  }
  ops.push_back(op);
  loopsOf[op] = loops;
  for (auto [loop, iterator] :
       llvm::zip_equal(loops, op.getIteratorTypesArray()))
    if (iterator == utils::IteratorType::reduction && loop != kUnit)
      axes[find(loop)].reduced = true;
  bool reduces = readsReduced || op.getNumReductionLoops() > 0;
  for (OpOperand &init : op.getDpsInitsMutable()) {
    Value result = op.getTiedOpResult(&init);
    if (reduces)
      reducedValues.insert(result);
    axesOf[result] = llvm::map_to_vector(
        op.getMatchingIndexingMap(&init).getResults(), [&](AffineExpr expr) {
          auto dim = dyn_cast<AffineDimExpr>(expr);
          return dim ? loops[dim.getPosition()] : kUnit;
        });
  }
  return {};
}

std::string KernelSpace::addResults(ValueRange results) {
  for (Value result : results) {
    if (isAnchored(result))
      continue;
    auto type = dyn_cast<RankedTensorType>(result.getType());
    if (!type || !type.hasStaticShape())
      return "a result of dynamic shape";
    if (std::string tooMany = checkRank(type.getRank(), "a result of");
        !tooMany.empty())
      return tooMany;
    if (contraction)
      return llvm::formatv("a result does not depend on '{0}'",
                           getSourceName(contraction->op));
    // Results of one shape are computed at the same positions.
    auto alike = llvm::find_if(results, [&](Value other) {
      return isAnchored(other) &&
             cast<ShapedType>(other.getType()).getShape() == type.getShape();
    });
    if (alike != results.end()) {
      axesOf[result] = SmallVector<int>(axesOf[*alike]);
      continue;
    }
    SmallVector<int> own;
    for (int64_t extent : type.getShape())
      own.push_back(extent == 1 ? kUnit
                                : addAxis(extent, llvm::formatv("axis {0}",
                                                                axes.size())));
    axesOf[result] = own;
  }
  return {};
}

SmallVector<int> KernelSpace::getAxes(Value value) const {
  auto it = axesOf.find(value);
  if (it == axesOf.end())
    return {};
  return llvm::map_to_vector(it->second, [&](int axis) { return find(axis); });
}

SmallVector<int> KernelSpace::getLoopAxes(Operation *op) const {
  auto it = loopsOf.find(op);
  if (it == loopsOf.end())
    return {};
  return llvm::map_to_vector(it->second, [&](int axis) { return find(axis); });
}

SmallVector<int> KernelSpace::getAllAxes() const {
  SmallVector<int> all;
  for (int axis = 0; axis < static_cast<int>(axes.size()); ++axis)
    if (find(axis) == axis)
      all.push_back(axis);
  return all;
}

bool KernelSpace::needsAllChannels(ValueRange results) const {
  int channel = getChannelAxis();
  if (channel == kUnit)
    return false;
  auto isReduced = [&](Value value) { return reducedValues.contains(value); };
  for (linalg::LinalgOp op : ops)
    if (llvm::any_of(op->getOperands(), isReduced) &&
        llvm::is_contained(getLoopAxes(op), channel))
      return true;
  auto keeps = [&](Value value) {
    return llvm::is_contained(getAxes(value), channel);
  };
  return llvm::any_of(results, keeps) && !llvm::all_of(results, keeps);
}

SmallVector<int> KernelSpace::getBlockAxes(ValueRange results) const {
  SmallVector<int> block;
  for (int axis : getAllAxes()) {
    auto hasAxis = [&](Value value) {
      return llvm::is_contained(getAxes(value), axis);
    };
    bool everywhere = llvm::all_of(results, hasAxis);
    for (linalg::LinalgOp op : ops)
      if (!contraction && op.getNumReductionLoops() > 0)
        everywhere &= llvm::all_of(op->getResults(), hasAxis);
    if (everywhere)
      block.push_back(axis);
  }
  return block;
}

FailureOr<KernelSpace> KernelSpace::analyze(Block &block, ValueRange results,
                                            bool aroundContraction) {
  // The contraction leads: its axes are what every other op is measured by.
  FailureOr<ContractionView> view = ContractionView::find(*block.getParent());
  KernelSpace space;
  if (aroundContraction && succeeded(view) && view->hasInstruction())
    space = KernelSpace(*view);
  for (Operation &op : block.without_terminator()) {
    auto structured = dyn_cast<linalg::LinalgOp>(op);
    if (structured)
      if (std::string wrong = findWrongLoop(structured); !wrong.empty())
        return structured->emitOpError() << wrong;
    if (!structured || space.loopsOf.contains(&op)) {
      // Views and windows of anchored values would need them at positions that
      // are not theirs.
      if (!structured && llvm::any_of(op.getOperands(), [&](Value value) {
            return space.isAnchored(value);
          }))
        return emitSourceError(&op,
                               "not supported in one kernel: it reads values "
                               "that the kernel computes; only linalg ops can");
      continue;
    }
    if (!space.isAnchored(structured))
      continue;
    if (std::string reason = space.add(structured); !reason.empty())
      return emitSourceError(&op, "not supported in one kernel: ") << reason;
  }
  if (std::string reason = space.addResults(results); !reason.empty())
    return block.getParentOp()->emitOpError("not supported in one kernel: ")
           << reason;
  return space;
}

//===- AssignLayouts.cpp - Who holds which element ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "BlockReduction.h"

#include "kiln/Staging/Passes.h"

#include "kiln/Analysis/Combiner.h"
#include "kiln/Analysis/Layouts.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

namespace kiln {
#define GEN_PASS_DEF_ASSIGNLAYOUTS
#include "kiln/Staging/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {
/// Rebuilds what a stored tile depends on with layouts in the types, starting
/// from the accumulator's.
class LayoutAssigner {
public:
  /// For a kernel around a contraction.
  LayoutAssigner(ScheduleAttr schedule, ContractionView conv)
      : halving(schedule.getHalving()), conv(conv),
        accumulator(getOperandLayouts(schedule, conv).out),
        builder(schedule.getContext()) {}
  /// For a kernel whose tiles have layouts already.
  explicit LayoutAssigner(MLIRContext *context) : builder(context) {}

  LogicalResult run(StoreTileOp store);
  /// Turns a reduction on tiles with layouts into one in the block.
  LogicalResult replaceReduction(linalg::LinalgOp op);
  int64_t getNumReductions() const { return reductions; }
  int64_t getNumConversions() const { return conversions; }

private:
  FailureOr<LayoutAttr> layoutOf(Value value);
  FailureOr<LayoutAttr> iterationLayoutOf(linalg::LinalgOp op);
  FailureOr<Value> materialize(Value value, LayoutAttr layout);
  FailureOr<Value> convert(Value made, LayoutAttr layout);
  FailureOr<Value> materializeLoop(scf::ForOp loop, unsigned index,
                                   LayoutAttr layout);
  FailureOr<Value> materializeElementwise(linalg::LinalgOp op,
                                          unsigned resultNumber,
                                          LayoutAttr layout);
  LogicalResult materializeReduction(linalg::LinalgOp op, LayoutAttr layout);
  FailureOr<SmallVector<Value>> makeReductionInputs(linalg::LinalgOp op,
                                                    const Combiner &combiner,
                                                    LayoutAttr iteration);

  bool halving = false;
  std::optional<ContractionView> conv;
  LayoutAttr accumulator;
  OpBuilder builder;
  DenseMap<std::pair<Value, Attribute>, Value> done;
  /// Loops and reductions with the values that they became: they are not
  /// repeated for another layout.
  DenseMap<Value, Value> computedOnce;
  int64_t reductions = 0, conversions = 0;
};
} // namespace

static RankedTensorType withLayout(Value value, LayoutAttr layout) {
  auto type = cast<RankedTensorType>(value.getType());
  return RankedTensorType::get(type.getShape(), type.getElementType(), layout);
}

/// The layout in the iteration space of an op, from that of a value that it
/// reads or writes through `map`; nothing where the map leaves out a loop of
/// more than one position. Unit loops have no step.
static std::optional<LayoutAttr>
toIterationSpace(LayoutAttr layout, AffineMap map, ArrayRef<int64_t> ranges) {
  SmallVector<AffineExpr> places;
  for (auto [loop, range] : llvm::enumerate(ranges)) {
    AffineExpr dim = getAffineDimExpr(loop, layout.getContext());
    std::optional<unsigned> place = map.getResultPosition(dim);
    if (!place && range != 1)
      return std::nullopt;
    places.push_back(place ? getAffineDimExpr(*place, layout.getContext())
                           : getAffineConstantExpr(0, layout.getContext()));
  }
  return projectLayout(layout, AffineMap::get(map.getNumResults(), 0, places,
                                              layout.getContext()));
}

FailureOr<LayoutAttr> LayoutAssigner::iterationLayoutOf(linalg::LinalgOp op) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<RankedTensorType>(operand.get().getType()))
      continue;
    FailureOr<LayoutAttr> layout = layoutOf(operand.get());
    if (failed(layout))
      continue;
    if (auto iteration = toIterationSpace(
            *layout, op.getMatchingIndexingMap(&operand), ranges))
      return *iteration;
  }
  return failure();
}

/// The layout that `value` has because of the accumulator, or failure for what
/// can be made in any layout.
FailureOr<LayoutAttr> LayoutAssigner::layoutOf(Value value) {
  if (auto layout = dyn_cast_or_null<LayoutAttr>(
          cast<RankedTensorType>(value.getType()).getEncoding()))
    return layout;
  if (conv && value == conv->op->getResult(0))
    return accumulator;
  Operation *op = value.getDefiningOp();
  if (!op)
    return failure();
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return layoutOf(loop.getBody()->getTerminator()->getOperand(
        cast<OpResult>(value).getResultNumber()));
  auto structured = dyn_cast<linalg::LinalgOp>(op);
  if (!structured)
    return failure();
  FailureOr<LayoutAttr> iteration = iterationLayoutOf(structured);
  if (failed(iteration))
    return failure();
  if (structured.getNumReductionLoops() > 0) {
    SmallVector<unsigned> dims;
    structured.getReductionDims(dims);
    return getReducedLayout(
        *iteration, SmallVector<int64_t>(dims.begin(), dims.end()), halving);
  }
  return projectLayout(
      *iteration,
      structured.getMatchingIndexingMap(structured.getDpsInitOperand(
          cast<OpResult>(value).getResultNumber())));
}

FailureOr<Value> LayoutAssigner::materialize(Value value, LayoutAttr layout) {
  if (cast<RankedTensorType>(value.getType()).getEncoding() == layout)
    return value;
  if (Value found = done.lookup({value, layout}))
    return found;
  OpBuilder::InsertionGuard guard(builder);
  Operation *op = value.getDefiningOp();
  if (Value made = computedOnce.lookup(value)) {
    FailureOr<Value> converted = convert(made, layout);
    if (succeeded(converted))
      done[{value, layout}] = *converted;
    return converted;
  }
  if (!op)
    return emitError(value.getLoc()) << "a tile of no known origin";
  builder.setInsertionPoint(op);
  RankedTensorType type = withLayout(value, layout);
  Location loc = op->getLoc();
  FailureOr<Value> result = failure();
  if (auto tile = dyn_cast<ExtractTileOp>(op)) {
    result = ExtractTileOp::create(builder, loc, type, tile.getSource(),
                                   tile.getOffsets(), tile.getInBounds())
                 .getResult();
  } else if (auto tile = dyn_cast<LoadTileOp>(op)) {
    result = LoadTileOp::create(builder, loc, type, tile.getSource(),
                                tile.getOffsets(), tile.getMap(),
                                tile.getInBounds(), tile.getPaddingAttr())
                 .getResult();
  } else if (isa<tensor::EmptyOp>(op)) {
    result =
        tensor::EmptyOp::create(builder, loc, type, ValueRange()).getResult();
  } else if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    auto splat = dyn_cast<SplatElementsAttr>(constant.getValue());
    if (!splat)
      return op->emitOpError("not supported: a constant tile that is no splat");
    result = arith::ConstantOp::create(builder, loc, splat.resizeSplat(type))
                 .getResult();
  } else if (auto loop = dyn_cast<scf::ForOp>(op)) {
    result =
        materializeLoop(loop, cast<OpResult>(value).getResultNumber(), layout);
  } else if (auto structured = dyn_cast<linalg::LinalgOp>(op)) {
    if (structured.getNumReductionLoops() > 0) {
      if (failed(materializeReduction(structured, layout)))
        return failure();
      return done.lookup({value, layout});
    }
    result = materializeElementwise(
        structured, cast<OpResult>(value).getResultNumber(), layout);
  } else {
    return op->emitOpError("not supported on tiles");
  }
  if (succeeded(result))
    done[{value, layout}] = *result;
  return result;
}

/// A tile that is held in another layout than it is needed in.
FailureOr<Value> LayoutAssigner::convert(Value made, LayoutAttr layout) {
  RankedTensorType type = withLayout(made, layout);
  if (made.getType() == type)
    return made;
  auto from =
      cast<LayoutAttr>(cast<RankedTensorType>(made.getType()).getEncoding());
  if (from.getWarps().size() != layout.getWarps().size() ||
      !matchLayoutBits(from, layout))
    return emitError(made.getLoc())
           << "not supported: a tile that is held in the layout " << from
           << " but needed in " << layout << ", which has other steps";
  builder.setInsertionPointAfterValue(made);
  ++conversions;
  return ConvertLayoutOp::create(builder, made.getLoc(), type, made)
      .getResult();
}

/// Loops change their types in place: the chunk loop, which carries the
/// accumulator, and the loop over channel tiles, which carries reduced tiles.
FailureOr<Value> LayoutAssigner::materializeLoop(scf::ForOp loop,
                                                 unsigned index,
                                                 LayoutAttr layout) {
  Operation *yield = loop.getBody()->getTerminator();
  Value yielded = yield->getOperand(index);
  bool accumulates = conv && yielded == conv->op->getResult(0);
  if (accumulates && conv->getInit() != loop.getRegionIterArg(index))
    return loop.emitOpError("must carry the accumulator of one contraction");
  if (accumulates && layout != accumulator) {
    FailureOr<Value> made = materialize(loop.getResult(index), accumulator);
    return failed(made) ? made : convert(*made, layout);
  }
  // Results of one reduction get their layout at once, whichever are used.
  SmallVector<unsigned> carried = {index};
  auto reduction = yielded.getDefiningOp<linalg::LinalgOp>();
  if (reduction && !accumulates && reduction.getNumReductionLoops() > 0)
    for (auto [place, next] : llvm::enumerate(yield->getOperands()))
      if (place != index && next.getDefiningOp() == reduction)
        carried.push_back(place);
  for (unsigned place : carried) {
    FailureOr<Value> init = materialize(loop.getInitArgs()[place], layout);
    if (failed(init))
      return failure();
    loop.getInitArgsMutable()[place].set(*init);
    loop.getRegionIterArg(place).setType(init->getType());
    loop.getResult(place).setType(init->getType());
    computedOnce[loop.getResult(place)] = loop.getResult(place);
  }
  if (accumulates) {
    yielded.setType(loop.getResult(index).getType());
    return loop.getResult(index);
  }
  for (unsigned place : carried) {
    FailureOr<Value> next = materialize(yield->getOperand(place), layout);
    if (failed(next))
      return failure();
    yield->setOperand(place, *next);
  }
  return loop.getResult(index);
}

FailureOr<Value> LayoutAssigner::materializeElementwise(linalg::LinalgOp op,
                                                        unsigned resultNumber,
                                                        LayoutAttr layout) {
  AffineMap resultMap =
      op.getMatchingIndexingMap(op.getDpsInitOperand(resultNumber));
  if (!resultMap.isPermutation())
    return op.emitOpError("not supported on tiles: result map must be a "
                          "permutation");
  LayoutAttr iteration =
      *toIterationSpace(layout, resultMap, op.getStaticLoopRanges());
  SmallVector<Value> operands;
  SmallVector<Type> types;
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<RankedTensorType>(operand.get().getType())) {
      operands.push_back(operand.get());
      continue;
    }
    LayoutAttr wanted =
        projectLayout(iteration, op.getMatchingIndexingMap(&operand));
    FailureOr<Value> made = materialize(operand.get(), wanted);
    if (failed(made))
      return failure();
    operands.push_back(*made);
    if (op.isDpsInit(&operand))
      types.push_back(made->getType());
  }
  Operation *clone = builder.clone(*op);
  clone->setOperands(operands);
  for (auto [result, type] : llvm::zip_equal(clone->getResults(), types))
    result.setType(type);
  return clone->getResult(resultNumber);
}

/// What a reduction combines, in the layout of its iteration space: inputs as
/// they are, or tiles of their own where the body computes it from its inputs.
FailureOr<SmallVector<Value>> LayoutAssigner::makeReductionInputs(
    linalg::LinalgOp op, const Combiner &combiner, LayoutAttr iteration) {
  auto findInput = [&](Value combined) -> OpOperand * {
    auto argument = dyn_cast<BlockArgument>(combined);
    if (!argument || argument.getOwner() != op.getBlock())
      return nullptr;
    OpOperand &operand = op->getOpOperand(argument.getArgNumber());
    return op.getMatchingIndexingMap(&operand).isIdentity() ? &operand
                                                            : nullptr;
  };
  if (llvm::all_of(combiner.getCombined(), findInput)) {
    SmallVector<Value> tiles;
    for (Value combined : combiner.getCombined()) {
      FailureOr<Value> made =
          materialize(findInput(combined)->get(), iteration);
      if (failed(made))
        return failure();
      tiles.push_back(*made);
    }
    return tiles;
  }
  SmallVector<Value> inputs, inits;
  SmallVector<AffineMap> maps;
  for (OpOperand *operand : op.getDpsInputOperands()) {
    AffineMap map = op.getMatchingIndexingMap(operand);
    FailureOr<Value> made =
        materialize(operand->get(), projectLayout(iteration, map));
    if (failed(made))
      return failure();
    inputs.push_back(*made);
    maps.push_back(map);
  }
  int64_t loops = op.getNumLoops();
  for (Value combined : combiner.getCombined()) {
    auto type = RankedTensorType::get(op.getStaticLoopRanges(),
                                      combined.getType(), iteration);
    inits.push_back(
        tensor::EmptyOp::create(builder, op.getLoc(), type, ValueRange()));
    maps.push_back(builder.getMultiDimIdentityMap(loops));
  }
  SmallVector<utils::IteratorType> iterators(loops,
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, op.getLoc(), TypeRange(ValueRange(inits)), inputs, inits, maps,
      iterators, [&](OpBuilder &b, Location loc, ValueRange arguments) {
        IRMapping mapping;
        mapping.map(op.getBlock()->getArguments().take_front(inputs.size()),
                    arguments.take_front(inputs.size()));
        for (Operation &inner : op.getBlock()->without_terminator())
          if (!combiner.combines(&inner))
            b.clone(inner, mapping);
        linalg::YieldOp::create(
            b, loc, llvm::map_to_vector(combiner.getCombined(), [&](Value v) {
              return mapping.lookupOrDefault(v);
            }));
      });
  return SmallVector<Value>(generic.getResults());
}

/// The reduction in the block; its results, in `layout`, are in `done`.
LogicalResult LayoutAssigner::materializeReduction(linalg::LinalgOp op,
                                                   LayoutAttr layout) {
  std::optional<Combiner> combiner = Combiner::match(op);
  if (!combiner)
    return op.emitOpError(
        "not supported: a reduction of several positions at a time must "
        "combine each result by one associative operation, or a value and its "
        "index");
  FailureOr<LayoutAttr> iteration = iterationLayoutOf(op);
  SmallVector<unsigned> unsignedDims;
  op.getReductionDims(unsignedDims);
  SmallVector<int64_t> dims(unsignedDims.begin(), unsignedDims.end());
  // Threads that go on with all channels of a position want every copy.
  bool halve = halving && succeeded(iteration) &&
               getReducedLayout(*iteration, dims, true) == layout;
  if (failed(iteration))
    return op.emitOpError("has no layout: it depends on no tile that has one");
  if (!halve && getReducedLayout(*iteration, dims, false) != layout) {
    LayoutAttr reduced = getReducedLayout(*iteration, dims, halving);
    if (failed(materializeReduction(op, reduced)))
      return failure();
    for (Value result : op->getResults()) {
      FailureOr<Value> converted =
          convert(done.lookup({result, reduced}), layout);
      if (failed(converted))
        return failure();
      done[{result, layout}] = *converted;
    }
    return success();
  }
  FailureOr<SmallVector<Value>> inputs =
      makeReductionInputs(op, *combiner, *iteration);
  if (failed(inputs))
    return failure();
  SmallVector<Type> types =
      llvm::map_to_vector(op.getDpsInits(), [&](Value init) -> Type {
        return withLayout(init, layout);
      });
  auto reduce = makeBlockReduction(builder, op.getLoc(), *combiner, types,
                                   *inputs, dims, halve);
  ++reductions;
  SmallVector<Value> results(reduce.getResults());
  // The start value counts once, unless it adds nothing.
  if (!startsNeutral(op, *combiner)) {
    SmallVector<Value> starts;
    for (Value init : op.getDpsInits()) {
      FailureOr<Value> tile = materialize(init, layout);
      if (failed(tile))
        return failure();
      starts.push_back(*tile);
    }
    results = appendToStarts(builder, op.getLoc(), *combiner, starts, results);
  }
  for (auto [result, made] : llvm::zip_equal(op->getResults(), results))
    done[{result, layout}] = computedOnce[result] = made;
  return success();
}

LogicalResult LayoutAssigner::replaceReduction(linalg::LinalgOp op) {
  FailureOr<LayoutAttr> layout = layoutOf(op->getResult(0));
  if (failed(layout))
    return op.emitOpError("has no layout");
  builder.setInsertionPoint(op);
  if (failed(materializeReduction(op, *layout)))
    return failure();
  for (Value result : op->getResults())
    result.replaceAllUsesWith(done.lookup({result, *layout}));
  op->erase();
  return success();
}

LogicalResult LayoutAssigner::run(StoreTileOp store) {
  FailureOr<LayoutAttr> layout = layoutOf(store.getTile());
  if (failed(layout))
    return store.emitOpError("stores a tile that does not depend on the "
                             "contraction");
  FailureOr<Value> tile = materialize(store.getTile(), *layout);
  if (failed(tile))
    return failure();
  store.getTileMutable().set(*tile);
  return success();
}

/// Erases what has been rebuilt, last first, loops included.
static void eraseDead(Region &region) {
  for (Block &block : region)
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
      if (isOpTriviallyDead(&op)) {
        op.erase();
        continue;
      }
      for (Region &inner : op.getRegions())
        eraseDead(inner);
    }
}

namespace {
struct AssignLayouts : public kiln::impl::AssignLayoutsBase<AssignLayouts> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<gpu::GPUFuncOp>()) {
      Attribute schedule = function->getAttr(KilnDialect::kScheduleAttrName);
      if (isa_and_nonnull<LoopScheduleAttr>(schedule)) {
        if (failed(replaceReductions(function)))
          return signalPassFailure();
        continue;
      }
      auto contraction = dyn_cast_or_null<ScheduleAttr>(schedule);
      FailureOr<ContractionView> conv =
          ContractionView::find(function.getBody());
      if (!contraction || failed(conv))
        continue;
      LayoutAssigner assigner(contraction, *conv);
      WalkResult result = function.walk([&](StoreTileOp store) {
        return failed(assigner.run(store)) ? WalkResult::interrupt()
                                           : WalkResult::advance();
      });
      if (result.wasInterrupted())
        return signalPassFailure();
      numReductions += assigner.getNumReductions();
      numConversions += assigner.getNumConversions();
      eraseDead(function.getBody());
    }
  }

  /// The tiles of a loop schedule have its layouts from the start.
  LogicalResult replaceReductions(gpu::GPUFuncOp function) {
    SmallVector<linalg::LinalgOp> reductions;
    function.walk([&](linalg::LinalgOp op) {
      if (op.getNumReductionLoops() > 0)
        reductions.push_back(op);
    });
    LayoutAssigner assigner(&getContext());
    for (linalg::LinalgOp op : reductions)
      if (failed(assigner.replaceReduction(op)))
        return failure();
    numReductions += assigner.getNumReductions();
    numConversions += assigner.getNumConversions();
    eraseDead(function.getBody());
    return success();
  }
};
} // namespace

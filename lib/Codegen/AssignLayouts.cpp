//===- AssignLayouts.cpp - Who holds which element ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Codegen/Passes.h"

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
#include "kiln/Codegen/Passes.h.inc"
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

private:
  FailureOr<LayoutAttr> layoutOf(Value value);
  FailureOr<LayoutAttr> iterationLayoutOf(linalg::LinalgOp op);
  FailureOr<Value> materialize(Value value, LayoutAttr layout);
  FailureOr<Value> materializeLoop(scf::ForOp loop, unsigned index,
                                   LayoutAttr layout);
  FailureOr<Value> materializeElementwise(linalg::LinalgOp op,
                                          unsigned resultNumber,
                                          LayoutAttr layout);
  FailureOr<Value> materializeReduction(linalg::LinalgOp op, LayoutAttr layout);
  FailureOr<Value> makeReductionInput(linalg::LinalgOp op, Operation *combiner,
                                      LayoutAttr iteration);

  bool halving = false;
  std::optional<ContractionView> conv;
  LayoutAttr accumulator;
  OpBuilder builder;
  DenseMap<std::pair<Value, Attribute>, Value> done;
  int64_t reductions = 0;
};

} // namespace

static RankedTensorType withLayout(Value value, LayoutAttr layout) {
  auto type = cast<RankedTensorType>(value.getType());
  return RankedTensorType::get(type.getShape(), type.getElementType(), layout);
}

/// The layout in the iteration space of an op, from that of an operand whose
/// map is a permutation of all loops.
static LayoutAttr toIterationSpace(LayoutAttr layout, AffineMap map) {
  return projectLayout(layout, inversePermutation(map));
}

FailureOr<LayoutAttr> LayoutAssigner::iterationLayoutOf(linalg::LinalgOp op) {
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    if (!isa<RankedTensorType>(operand.get().getType()) || !map.isPermutation())
      continue;
    FailureOr<LayoutAttr> layout = layoutOf(operand.get());
    if (succeeded(layout))
      return toIterationSpace(*layout, map);
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
    return getReducedLayout(*iteration,
                            SmallVector<int64_t>(dims.begin(), dims.end()),
                            halving);
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
  Operation *op = value.getDefiningOp();
  if (!op)
    return emitError(value.getLoc()) << "a tile of no known origin";
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(op);
  RankedTensorType type = withLayout(value, layout);
  Location loc = op->getLoc();
  FailureOr<Value> result = failure();
  if (auto tile = dyn_cast<ExtractTileOp>(op)) {
    result = ExtractTileOp::create(builder, loc, type, tile.getSource(),
                                   tile.getOffsets(), tile.getInBounds())
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
    result =
        structured.getNumReductionLoops() > 0
            ? materializeReduction(structured, layout)
            : materializeElementwise(
                  structured, cast<OpResult>(value).getResultNumber(), layout);
  } else {
    return op->emitOpError("not supported on tiles");
  }
  if (succeeded(result))
    done[{value, layout}] = *result;
  return result;
}

/// Loops change their types in place: the chunk loop, which carries the
/// accumulator, and the loop over channel tiles, which carries reduced tiles.
FailureOr<Value> LayoutAssigner::materializeLoop(scf::ForOp loop,
                                                 unsigned index,
                                                 LayoutAttr layout) {
  Operation *yield = loop.getBody()->getTerminator();
  Value yielded = yield->getOperand(index);
  bool accumulates = conv && yielded == conv->op->getResult(0);
  if (accumulates &&
      (conv->getInit() != loop.getRegionIterArg(index) ||
       layout != accumulator))
    return loop.emitOpError("must carry the accumulator of one convolution in "
                            "the schedule's layout");
  FailureOr<Value> init = materialize(loop.getInitArgs()[index], layout);
  if (failed(init))
    return failure();
  loop.getInitArgsMutable()[index].set(*init);
  loop.getRegionIterArg(index).setType(init->getType());
  loop.getResult(index).setType(init->getType());
  if (accumulates) {
    yielded.setType(init->getType());
    return loop.getResult(index);
  }
  FailureOr<Value> next = materialize(yielded, layout);
  if (failed(next))
    return failure();
  yield->setOperand(index, *next);
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
  LayoutAttr iteration = toIterationSpace(layout, resultMap);
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

/// What the combiner adds to the accumulator, as a tile of its own where the
/// body computes it from its inputs.
FailureOr<Value> LayoutAssigner::makeReductionInput(linalg::LinalgOp op,
                                                    Operation *combiner,
                                                    LayoutAttr iteration) {
  BlockArgument accumulated = op.getRegionOutputArgs().front();
  Value added = combiner->getOperand(0) == accumulated
                    ? combiner->getOperand(1)
                    : combiner->getOperand(0);
  auto inputType = [&](Type element) {
    return RankedTensorType::get(op.getStaticLoopRanges(), element, iteration);
  };
  if (auto argument = dyn_cast<BlockArgument>(added);
      argument && argument.getOwner() == op.getBlock() &&
      argument != accumulated) {
    OpOperand &operand = op->getOpOperand(argument.getArgNumber());
    if (op.getMatchingIndexingMap(&operand).isIdentity())
      return materialize(operand.get(), iteration);
  }
  SmallVector<Value> inputs;
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
  maps.push_back(builder.getMultiDimIdentityMap(loops));
  RankedTensorType type = inputType(added.getType());
  Value empty =
      tensor::EmptyOp::create(builder, op.getLoc(), type, ValueRange());
  SmallVector<utils::IteratorType> iterators(loops,
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, op.getLoc(), TypeRange{type}, inputs, ValueRange{empty}, maps,
      iterators, [&](OpBuilder &b, Location loc, ValueRange arguments) {
        IRMapping mapping;
        mapping.map(op.getBlock()->getArguments().take_front(inputs.size()),
                    arguments.take_front(inputs.size()));
        for (Operation &inner : op.getBlock()->without_terminator())
          if (&inner != combiner)
            b.clone(inner, mapping);
        linalg::YieldOp::create(b, loc, mapping.lookup(added));
      });
  return generic.getResult(0);
}

FailureOr<Value> LayoutAssigner::materializeReduction(linalg::LinalgOp op,
                                                      LayoutAttr layout) {
  SmallVector<Operation *> combiners;
  Value reduced = op->getNumResults() == 1
                      ? matchReduction(op.getRegionOutputArgs(), 0, combiners)
                      : nullptr;
  // What has a neutral element can be combined in any order; subf cannot.
  if (!reduced || combiners.size() != 1 ||
      combiners.front()->getNumOperands() != 2 ||
      !arith::getNeutralElement(combiners.front()))
    return op.emitOpError("not supported: a reduction must combine one result "
                          "with one associative operation");
  Operation *combiner = combiners.front();
  FailureOr<LayoutAttr> iteration = iterationLayoutOf(op);
  SmallVector<unsigned> unsignedDims;
  op.getReductionDims(unsignedDims);
  SmallVector<int64_t> dims(unsignedDims.begin(), unsignedDims.end());
  if (failed(iteration) ||
      getReducedLayout(*iteration, dims, halving) != layout)
    return op.emitOpError(
        "not supported: a reduction whose result is needed in "
        "another layout");
  FailureOr<Value> input = makeReductionInput(op, combiner, *iteration);
  if (failed(input))
    return failure();
  Location loc = op.getLoc();
  Value init = op.getDpsInits().front();
  Type element = cast<RankedTensorType>(init.getType()).getElementType();
  RankedTensorType type = withLayout(init, layout);
  auto reduce =
      ReduceOp::create(builder, loc, TypeRange{type}, ValueRange{*input}, dims,
                       halving);
  auto buildCombiner = [&](OpBuilder &b, Value left, Value right) {
    Operation *clone = b.clone(*combiner);
    clone->setOperands({left, right});
    return clone->getResult(0);
  };
  {
    OpBuilder::InsertionGuard guard(builder);
    Block *block = builder.createBlock(&reduce.getCombiner(), {},
                                       {element, element}, {loc, loc});
    ReduceYieldOp::create(
        builder, loc,
        buildCombiner(builder, block->getArgument(0), block->getArgument(1)));
  }
  ++reductions;
  // The start value counts once, unless it adds nothing.
  std::optional<TypedAttr> neutral = arith::getNeutralElement(combiner);
  auto fill = init.getDefiningOp<linalg::FillOp>();
  Attribute start;
  if (fill && neutral &&
      matchPattern(fill.getInputs()[0], m_Constant(&start)) &&
      start == *neutral)
    return reduce.getResult(0);
  FailureOr<Value> initTile = materialize(init, layout);
  if (failed(initTile))
    return failure();
  AffineMap map = builder.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  Value empty = tensor::EmptyOp::create(builder, loc, type, ValueRange());
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange{type}, ValueRange{*initTile, reduce.getResult(0)},
      ValueRange{empty}, ArrayRef<AffineMap>{map, map, map}, iterators,
      [&](OpBuilder &b, Location loc, ValueRange arguments) {
        linalg::YieldOp::create(b, loc,
                                buildCombiner(b, arguments[0], arguments[1]));
      });
  return generic.getResult(0);
}

LogicalResult LayoutAssigner::replaceReduction(linalg::LinalgOp op) {
  FailureOr<LayoutAttr> layout = layoutOf(op->getResult(0));
  if (failed(layout))
    return op.emitOpError("has no layout");
  builder.setInsertionPoint(op);
  FailureOr<Value> made = materializeReduction(op, *layout);
  if (failed(made))
    return failure();
  op->getResult(0).replaceAllUsesWith(*made);
  op->erase();
  return success();
}

LogicalResult LayoutAssigner::run(StoreTileOp store) {
  FailureOr<LayoutAttr> layout = layoutOf(store.getTile());
  if (failed(layout))
    return store.emitOpError("stores a tile that does not depend on the "
                             "convolution");
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
    eraseDead(function.getBody());
    return success();
  }
};
} // namespace

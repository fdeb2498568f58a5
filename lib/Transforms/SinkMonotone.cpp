//===- SinkMonotone.cpp - kiln-sink-monotone ------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Expressions.h"
#include "NormalizePatterns.h"
#include "kiln/Transforms/Monotonicity.h"
#include "kiln/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace kiln {
#define GEN_PASS_DEF_KILNSINKMONOTONE
#include "kiln/Transforms/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {

/// The combiner of a min or max reduction.
struct Combiner {
  bool isMin;
  bool skipsNaN;
};

std::optional<Combiner> getCombiner(Operation *op) {
  return TypeSwitch<Operation *, std::optional<Combiner>>(op)
      .Case<arith::MinimumFOp>([](auto) { return Combiner{true, false}; })
      .Case<arith::MaximumFOp>([](auto) { return Combiner{false, false}; })
      .Case<arith::MinNumFOp>([](auto) { return Combiner{true, true}; })
      .Case<arith::MaxNumFOp>([](auto) { return Combiner{false, true}; })
      .Default([](Operation *) { return std::nullopt; });
}

Value createCombiner(OpBuilder &builder, Location loc, Combiner combiner,
                     Value lhs, Value rhs) {
  if (combiner.skipsNaN)
    return combiner.isMin
               ? arith::MinNumFOp::create(builder, loc, lhs, rhs).getResult()
               : arith::MaxNumFOp::create(builder, loc, lhs, rhs).getResult();
  return combiner.isMin
             ? arith::MinimumFOp::create(builder, loc, lhs, rhs).getResult()
             : arith::MaximumFOp::create(builder, loc, lhs, rhs).getResult();
}

/// +inf for a minimum, -inf for a maximum.
bool isIdentity(Value init, Combiner combiner) {
  auto fill = init.getDefiningOp<linalg::FillOp>();
  APFloat value(0.0);
  return fill && matchPattern(fill.value(), m_ConstantFloat(&value)) &&
         value.isInfinity() && value.isNegative() != combiner.isMin;
}

/// An elementwise generic and the min or max reduction that alone reads it.
class Sinker {
public:
  Sinker(linalg::GenericOp reduction, bool approximate)
      : approximate(approximate), reduction(reduction) {}

  /// Rewrites and returns how many ops moved; `flipped` tells whether the
  /// combiner changed. 0, with `why`, when nothing moves.
  unsigned sink(RewriterBase &rewriter, bool &flipped, std::string &why);

private:
  bool match(std::string &why);
  bool isVarying(Value value);
  Value buildHead(RewriterBase &rewriter, AffineMap &map);
  Value buildReduction(RewriterBase &rewriter, Value input, AffineMap map,
                       Combiner combiner);
  Value buildTail(RewriterBase &rewriter, Value reduced);
  void cloneScalar(OpBuilder &builder, Value value, IRMapping &mapping);

  bool approximate;
  linalg::GenericOp reduction, producer;
  Combiner combiner{};
  /// For each loop of the producer, that of the reduction.
  SmallVector<AffineExpr> producerToReduction;
  SmallVector<MonotoneStep> steps; // from the yielded value inwards
  Value head;
  DenseMap<Value, bool> varying;
};

bool Sinker::match(std::string &why) {
  if (reduction.getNumDpsInputs() != 1 || !reduction.hasPureTensorSemantics())
    return false;
  producer = reduction.getInputs()[0].getDefiningOp<linalg::GenericOp>();
  if (!producer || producer->getNumResults() != 1 ||
      producer.getNumParallelLoops() != producer.getNumLoops() ||
      llvm::hasSingleElement(*producer.getBody()))
    return false;
  Block *body = reduction.getBody();
  std::optional<Combiner> found = getCombiner(&body->front());
  if (reduction->getNumResults() != 1) {
    // Only an extremum with its index is worth a remark.
    if (!llvm::any_of(*body, [](Operation &op) { return getCombiner(&op); }))
      return false;
    why = "the reduction also yields an index, and rounding could create ties";
    return false;
  }
  if (!found || std::next(body->begin()) != std::prev(body->end()) ||
      body->getTerminator()->getOperand(0) != body->front().getResult(0) ||
      body->front().getOperand(0) == body->front().getOperand(1))
    return false;
  combiner = *found;
  if (!isIdentity(reduction.getOutputs()[0], combiner)) {
    why = "the reduction does not start from the identity of its combiner";
    return false;
  }
  if (!producer->hasOneUse()) {
    why = "its result has other users";
    return false;
  }
  AffineMap readMap = reduction.getIndexingMapsArray()[0];
  AffineMap writeMap =
      producer.getMatchingIndexingMap(producer.getDpsInitOperand(0));
  if (!readMap.isPermutation() || !writeMap.isPermutation() ||
      !reduction.getIndexingMapsArray()[1].isProjectedPermutation())
    return false;
  producerToReduction.resize(producer.getNumLoops());
  for (auto [written, read] :
       llvm::zip_equal(writeMap.getResults(), readMap.getResults()))
    producerToReduction[cast<AffineDimExpr>(written).getPosition()] = read;
  return true;
}

bool Sinker::isVarying(Value value) {
  if (value.getParentBlock() != producer.getBody())
    return false;
  if (auto known = varying.find(value); known != varying.end())
    return known->second;
  bool result;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    OpOperand &operand = producer->getOpOperand(argument.getArgNumber());
    AffineMap map = producer.getMatchingIndexingMap(&operand);
    result = producer.isDpsInit(&operand);
    SmallVector<utils::IteratorType> iterators =
        reduction.getIteratorTypesArray();
    for (auto [loop, expr] : llvm::enumerate(producerToReduction))
      result |= map.isFunctionOfDim(loop) &&
                iterators[cast<AffineDimExpr>(expr).getPosition()] ==
                    utils::IteratorType::reduction;
  } else {
    Operation *op = value.getDefiningOp();
    result = isa<linalg::IndexOp>(op) || op->getNumRegions() != 0 ||
             llvm::any_of(op->getOperands(),
                          [&](Value operand) { return isVarying(operand); });
  }
  return varying[value] = result;
}

void Sinker::cloneScalar(OpBuilder &builder, Value value, IRMapping &mapping) {
  if (value.getParentBlock() != producer.getBody() || mapping.contains(value))
    return;
  Operation *op = value.getDefiningOp();
  for (Value operand : op->getOperands())
    cloneScalar(builder, operand, mapping);
  builder.clone(*op, mapping);
}

/// What is left of the producer; its map in the loops of the reduction.
Value Sinker::buildHead(RewriterBase &rewriter, AffineMap &map) {
  unsigned numLoops = reduction.getNumLoops();
  auto toReduction = [&](AffineMap old) {
    return old.replaceDimsAndSymbols(producerToReduction, {}, numLoops, 0);
  };
  if (auto argument = dyn_cast<BlockArgument>(head)) {
    OpOperand &operand = producer->getOpOperand(argument.getArgNumber());
    map = toReduction(producer.getMatchingIndexingMap(&operand));
    if (map.isPermutation())
      return operand.get();
  }
  map = reduction.getIndexingMapsArray()[0];
  Value old = producer.getResult(0);
  Location loc = producer.getLoc();
  Value empty = tensor::EmptyOp::create(
      rewriter, loc, tensor::getMixedSizes(rewriter, loc, old), head.getType());
  return linalg::GenericOp::create(
             rewriter, loc, empty.getType(), producer.getInputs(), empty,
             producer.getIndexingMapsArray(), producer.getIteratorTypesArray(),
             [&](OpBuilder &builder, Location nested, ValueRange args) {
               IRMapping mapping;
               mapping.map(producer.getBody()->getArguments().drop_back(),
                           args.drop_back());
               cloneScalar(builder, head, mapping);
               linalg::YieldOp::create(builder, nested,
                                       mapping.lookupOrDefault(head));
             })
      .getResult(0);
}

Value Sinker::buildReduction(RewriterBase &rewriter, Value input, AffineMap map,
                             Combiner newCombiner) {
  Location loc = reduction.getLoc();
  auto type = cast<FloatType>(head.getType());
  Value identity = arith::ConstantOp::create(
      rewriter, loc, type,
      rewriter.getFloatAttr(type,
                            APFloat::getInf(type.getFloatSemantics(),
                                            /*Negative=*/!newCombiner.isMin)));
  Value empty = tensor::EmptyOp::create(
      rewriter, loc,
      tensor::getMixedSizes(rewriter, loc, reduction.getOutputs()[0]), type);
  Value init =
      linalg::FillOp::create(rewriter, loc, identity, empty).getResult(0);
  return linalg::GenericOp::create(
             rewriter, loc, init.getType(), input, init,
             ArrayRef<AffineMap>{map, reduction.getIndexingMapsArray()[1]},
             reduction.getIteratorTypesArray(),
             [&](OpBuilder &builder, Location nested, ValueRange args) {
               linalg::YieldOp::create(builder, nested,
                                       createCombiner(builder, nested,
                                                      newCombiner, args[0],
                                                      args[1]));
             })
      .getResult(0);
}

Value Sinker::buildTail(RewriterBase &rewriter, Value reduced) {
  Location loc = producer.getLoc();
  AffineMap writeMap = reduction.getIndexingMapsArray()[1];
  unsigned rank = writeMap.getNumResults();
  // Loops of the reduction as loops of the tail; reduced ones are not read.
  SmallVector<AffineExpr> toTail(
      reduction.getNumLoops(), getAffineConstantExpr(0, rewriter.getContext()));
  for (auto [position, expr] : llvm::enumerate(writeMap.getResults()))
    toTail[cast<AffineDimExpr>(expr).getPosition()] =
        rewriter.getAffineDimExpr(position);

  SmallVector<Value> inputs{reduced};
  SmallVector<AffineMap> maps{rewriter.getMultiDimIdentityMap(rank)};
  SmallVector<BlockArgument> arguments;
  for (OpOperand *input : producer.getDpsInputOperands()) {
    BlockArgument argument = producer.getMatchingBlockArgument(input);
    if (isVarying(argument))
      continue;
    arguments.push_back(argument);
    inputs.push_back(input->get());
    maps.push_back(producer.getMatchingIndexingMap(input)
                       .replaceDimsAndSymbols(producerToReduction, {},
                                              reduction.getNumLoops(), 0)
                       .replaceDimsAndSymbols(toTail, {}, rank, 0));
  }
  maps.push_back(maps.front());
  Type elementType = getElementTypeOrSelf(reduction.getResult(0));
  Value empty = tensor::EmptyOp::create(
      rewriter, loc, tensor::getMixedSizes(rewriter, loc, reduced),
      elementType);
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             rewriter, loc, empty.getType(), inputs, empty, maps, iterators,
             [&](OpBuilder &builder, Location nested, ValueRange args) {
               IRMapping mapping;
               mapping.map(head, args[0]);
               for (auto [argument, arg] :
                    llvm::zip_equal(arguments, args.drop_front().drop_back()))
                 mapping.map(argument, arg);
               Value yielded =
                   producer.getBody()->getTerminator()->getOperand(0);
               cloneScalar(builder, yielded, mapping);
               linalg::YieldOp::create(builder, nested,
                                       mapping.lookup(yielded));
             })
      .getResult(0);
}

unsigned Sinker::sink(RewriterBase &rewriter, bool &flipped, std::string &why) {
  flipped = false;
  if (!match(why))
    return 0;
  head = producer.getBody()->getTerminator()->getOperand(0);
  unsigned moved = 0;
  while (
      auto step = matchMonotoneStep(
          head, [&](Value value) { return isVarying(value); }, approximate)) {
    if (combiner.skipsNaN && !step->keepsInfinities)
      break;
    head = step->variable;
    flipped ^= step->direction == Direction::NonIncreasing;
    moved += step->ops.size();
  }
  if (!moved) {
    why = "its last op is not proven monotone";
    return 0;
  }
  rewriter.setInsertionPoint(reduction);
  AffineMap map;
  Value input = buildHead(rewriter, map);
  Combiner newCombiner{combiner.isMin != flipped, combiner.skipsNaN};
  Value reduced = buildReduction(rewriter, input, map, newCombiner);
  rewriter.replaceOp(reduction, buildTail(rewriter, reduced));
  rewriter.eraseOp(producer);
  return moved;
}

struct SinkMonotone : kiln::impl::KilnSinkMonotoneBase<SinkMonotone> {
  using KilnSinkMonotoneBase::KilnSinkMonotoneBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (failed(verifyRounding(rounding, [&] { return function.emitError(); })))
      return signalPassFailure();
    SmallVector<linalg::GenericOp> reductions;
    function.walk([&](linalg::GenericOp op) {
      if (op.getNumReductionLoops())
        reductions.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    unsigned total = 0;
    for (linalg::GenericOp reduction : reductions) {
      Location loc = reduction.getLoc();
      bool flipped;
      std::string why;
      unsigned moved =
          Sinker(reduction, rounding != "source").sink(rewriter, flipped, why);
      auto options = remark::RemarkOpts::name("SinkMonotone")
                         .category("kiln-sink-monotone")
                         .function(function.getName());
      if (moved)
        remark::passed(loc, options)
            << (std::to_string(moved) + " op(s) moved behind the reduction" +
                (flipped ? ", which changes between min and max" : ""));
      else if (!why.empty())
        remark::missed(loc, options)
            << "the elementwise op before the reduction stays: " + why;
      total += moved;
      numFlipped += flipped && moved;
    }
    numSunk += total;
    if (!total)
      return;
    // The tails meet what already stood behind the reductions.
    RewritePatternSet patterns(&getContext());
    populateFuseElementwisePatterns(patterns);
    if (failed(applyPatternsGreedily(function, std::move(patterns)))) {
      function.emitError("elementwise fusion does not reach a fixed point");
      signalPassFailure();
    }
  }
};

} // namespace

//===- Combiner.cpp - How a reduction combines partial results ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/Combiner.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace kiln;

std::optional<Combiner> Combiner::match(linalg::LinalgOp op) {
  Combiner combiner;
  combiner.op = op;
  if (combiner.matchIndependent() || combiner.matchValueAndIndex())
    return combiner;
  return std::nullopt;
}

/// Every result by an operation of its own.
bool Combiner::matchIndependent() {
  combined.clear();
  ops.clear();
  neutral.clear();
  for (unsigned result = 0; result < op->getNumResults(); ++result) {
    SmallVector<Operation *> chain;
    Value value = matchReduction(op.getRegionOutputArgs(), result, chain);
    // What has a neutral element can be combined in any order; subf cannot.
    if (!value || chain.size() != 1 || chain.front()->getNumOperands() != 2)
      return false;
    std::optional<TypedAttr> element = arith::getNeutralElement(chain.front());
    if (!element)
      return false;
    combined.push_back(value);
    ops.push_back(chain.front());
    neutral.push_back(*element);
  }
  // What is combined must not depend on what is there so far.
  for (Value value : combined)
    for (BlockArgument accumulated : op.getRegionOutputArgs()) {
      llvm::SetVector<Operation *> slice;
      getForwardSlice(accumulated, &slice);
      if (value == accumulated ||
          (value.getDefiningOp() && slice.contains(value.getDefiningOp())))
        return false;
    }
  return true;
}

namespace {
/// Values of a body at a point; null where one cannot be folded.
class Point {
public:
  void set(Value value, Attribute attr) { known[value] = attr; }
  Attribute get(Value value) {
    if (Attribute attr = known.lookup(value))
      return attr;
    Attribute constant;
    if (matchPattern(value, m_Constant(&constant)))
      return constant;
    Operation *op = value.getDefiningOp();
    if (!op || op->getNumRegions() != 0 || op->getNumResults() != 1)
      return {};
    SmallVector<Attribute> operands;
    for (Value operand : op->getOperands())
      if (Attribute attr = get(operand))
        operands.push_back(attr);
      else
        return {};
    // A select needs no folder that looks at its operands.
    if (isa<arith::SelectOp>(op)) {
      auto condition = dyn_cast<IntegerAttr>(operands[0]);
      return condition ? operands[condition.getValue().isZero() ? 2 : 1]
                       : Attribute();
    }
    // Folding in place would change the body, so that a copy is folded.
    Operation *copy = op->clone();
    SmallVector<OpFoldResult> results;
    Attribute folded;
    if (succeeded(copy->fold(operands, results)) && results.size() == 1) {
      folded = dyn_cast_if_present<Attribute>(results.front());
      if (auto value = dyn_cast_if_present<Value>(results.front()))
        for (auto [number, operand] : llvm::enumerate(copy->getOperands()))
          if (operand == value)
            folded = operands[number];
    }
    copy->destroy();
    known[value] = folded;
    return folded;
  }

private:
  llvm::DenseMap<Value, Attribute> known;
};
} // namespace

/// The only value among the leaves of selects, minima and maxima above `value`
/// that does not depend on what is there so far.
static Value findElement(Value value, const llvm::DenseSet<Value> &dependent) {
  Value found;
  SmallVector<Value> list{value};
  while (!list.empty()) {
    Value next = list.pop_back_val();
    if (!dependent.contains(next)) {
      Attribute constant;
      if (found && found != next)
        return {};
      found = next;
      continue;
    }
    Operation *op = next.getDefiningOp();
    if (!op)
      continue;
    if (auto select = dyn_cast<arith::SelectOp>(op))
      list.append({select.getTrueValue(), select.getFalseValue()});
    else if (isa<arith::MinimumFOp, arith::MaximumFOp, arith::MinNumFOp,
                 arith::MaxNumFOp, arith::MinSIOp, arith::MaxSIOp,
                 arith::MinUIOp, arith::MaxUIOp>(op))
      list.append(op->operand_begin(), op->operand_end());
    else
      return {};
  }
  return found;
}

bool Combiner::matchValueAndIndex() {
  Block *body = op.getBlock();
  if (op->getNumResults() != 2)
    return false;
  ArrayRef<BlockArgument> outs = op.getRegionOutputArgs();
  auto valueType = dyn_cast<FloatType>(outs[0].getType());
  auto indexType = dyn_cast<IntegerType>(outs[1].getType());
  if (!valueType || !indexType || indexType.getWidth() < 8)
    return false;
  Operation *end = body->getTerminator();
  // All that depends on what is there so far does the combining.
  llvm::DenseSet<Value> dependent(outs.begin(), outs.end());
  ops.clear();
  for (Operation &inner : body->without_terminator())
    if (llvm::any_of(inner.getOperands(),
                     [&](Value v) { return dependent.contains(v); })) {
      ops.push_back(&inner);
      dependent.insert(inner.result_begin(), inner.result_end());
    }
  Value element = findElement(end->getOperand(0), dependent),
        number = findElement(end->getOperand(1), dependent);
  if (!element || !number || element.getType() != valueType ||
      number.getType() != indexType)
    return false;
  // The index must grow with the position, so that the first of equals is the
  // one of the smallest index.
  Operation *cast = number.getDefiningOp();
  auto position = cast && isa<arith::IndexCastOp, arith::IndexCastUIOp>(cast)
                      ? cast->getOperand(0).getDefiningOp<linalg::IndexOp>()
                      : linalg::IndexOp();
  if (!position ||
      op.getIteratorTypesArray()[position.getDim()] !=
          utils::IteratorType::reduction ||
      op.getNumReductionLoops() != 1)
    return false;

  MLIRContext *context = op->getContext();
  const llvm::fltSemantics &semantics = valueType.getFloatSemantics();
  auto real = [&](double value) {
    APFloat number(value);
    bool inexact;
    number.convert(semantics, APFloat::rmNearestTiesToEven, &inexact);
    return FloatAttr::get(valueType, number);
  };
  Attribute one = real(1), two = real(2),
            nan = FloatAttr::get(valueType, APFloat::getQNaN(semantics)),
            zero = real(0.0), minusZero = real(-0.0);
  auto at = [&](int64_t value) { return IntegerAttr::get(indexType, value); };
  // What the body makes of an element and its index beside what is there.
  struct Outcome {
    Attribute value, index;
  };
  auto step = [&](Attribute v, int64_t j, Attribute m,
                  int64_t k) -> Outcome {
    Point point;
    point.set(element, v);
    point.set(number, at(j));
    point.set(outs[0], m);
    point.set(outs[1], at(k));
    return {point.get(end->getOperand(0)), point.get(end->getOperand(1))};
  };
  auto takes = [&](Attribute v, Attribute m) -> std::optional<bool> {
    std::optional<bool> taken;
    for (auto [j, k] : {std::pair(3, 5), std::pair(5, 3)}) {
      Outcome outcome = step(v, j, m, k);
      bool isTaken = outcome.index == at(j) && outcome.value == v;
      bool isKept = outcome.index == at(k) && outcome.value == m;
      if (isTaken == isKept || (taken && *taken != isTaken))
        return std::nullopt;
      taken = isTaken;
    }
    return taken;
  };
  // The index of two that are alike.
  auto tieOf = [&](Attribute v, Attribute m) -> std::optional<Ties> {
    int64_t later = 5, earlier = 3;
    Outcome forward = step(v, later, m, earlier);
    if (forward.index == at(earlier))
      return Ties::First;
    if (forward.index == at(later))
      return Ties::Last;
    return std::nullopt;
  };
  (void)context;
  std::optional<bool> lessTaken = takes(one, two), greaterTaken = takes(two, one),
                      nanTaken = takes(nan, one), nanLeft = takes(one, nan);
  std::optional<Ties> equal = tieOf(one, one), bothNaN = tieOf(nan, nan);
  if (!lessTaken || !greaterTaken || !nanTaken || *lessTaken == *greaterTaken ||
      !equal)
    return false;
  smallest = *lessTaken;
  ties = *equal;
  propagatesNaN = *nanTaken;
  // A NaN that is taken must stay, and the same of several be kept.
  if (propagatesNaN && (!nanLeft || *nanLeft || bothNaN != equal))
    return false;
  // Zeros of either sign are equals for the index. The value may still be the
  // lesser of them, as minimumf gives it.
  Outcome down = step(smallest ? minusZero : zero, 5, smallest ? zero : minusZero,
                      3),
          up = step(smallest ? zero : minusZero, 5, smallest ? minusZero : zero,
                    3);
  Attribute best = smallest ? minusZero : zero;
  ordersZeros = down.value == best && up.value == best;
  Attribute tied = at(ties == Ties::First ? 3 : 5);
  if (down.index != tied || up.index != tied)
    return false;
  valueAndIndex = true;
  combined = {element, number};
  unsigned bits = indexType.getWidth();
  neutral = {FloatAttr::get(valueType, APFloat::getInf(semantics, !smallest)),
             IntegerAttr::get(indexType, ties == Ties::First
                                             ? APInt::getSignedMaxValue(bits)
                                             : APInt::getSignedMinValue(bits))};
  return true;
}

SmallVector<Value> Combiner::combine(OpBuilder &b, Location loc,
                                     ValueRange left, ValueRange right) const {
  SmallVector<Value> results;
  if (!valueAndIndex) {
    for (auto [number, combiner] : llvm::enumerate(ops)) {
      Operation *clone = b.clone(*combiner);
      clone->setOperands({left[number], right[number]});
      results.push_back(clone->getResult(0));
    }
    return results;
  }
  auto compare = [&](arith::CmpFPredicate predicate, Value x, Value y) -> Value {
    return arith::CmpFOp::create(b, loc, predicate, x, y);
  };
  auto both = [&](Value x, Value y) -> Value {
    return arith::AndIOp::create(b, loc, x, y);
  };
  auto either = [&](Value x, Value y) -> Value {
    return arith::OrIOp::create(b, loc, x, y);
  };
  Value better = compare(smallest ? arith::CmpFPredicate::OLT
                                  : arith::CmpFPredicate::OGT,
                         right[0], left[0]);
  Value tie = compare(arith::CmpFPredicate::OEQ, right[0], left[0]);
  if (propagatesNaN) {
    Value rightNaN = compare(arith::CmpFPredicate::UNO, right[0], right[0]);
    Value leftNaN = compare(arith::CmpFPredicate::UNO, left[0], left[0]);
    Value yes = arith::ConstantIntOp::create(b, loc, 1, 1);
    Value leftReal = arith::XOrIOp::create(b, loc, leftNaN, yes);
    better = either(better, both(rightNaN, leftReal));
    tie = either(tie, both(rightNaN, leftNaN));
  }
  Value nearer = arith::CmpIOp::create(b, loc,
                                       ties == Ties::First
                                           ? arith::CmpIPredicate::slt
                                           : arith::CmpIPredicate::sgt,
                                       right[1], left[1]);
  Value take = either(better, both(tie, nearer));
  Value value = arith::SelectOp::create(b, loc, take, right[0], left[0]);
  if (ordersZeros)
    value = smallest ? arith::MinimumFOp::create(b, loc, left[0], right[0])
                           .getResult()
                     : arith::MaximumFOp::create(b, loc, left[0], right[0])
                           .getResult();
  return {value, arith::SelectOp::create(b, loc, take, right[1], left[1])};
}

SmallVector<Value> Combiner::append(OpBuilder &b, Location loc, ValueRange left,
                                    ValueRange right) const {
  if (!valueAndIndex)
    return combine(b, loc, left, right);
  linalg::LinalgOp linalgOp = op;
  IRMapping mapping;
  mapping.map(linalgOp.getRegionOutputArgs()[0], left[0]);
  mapping.map(linalgOp.getRegionOutputArgs()[1], left[1]);
  mapping.map(combined[0], right[0]);
  mapping.map(combined[1], right[1]);
  Block *body = linalgOp.getBlock();
  // Constants of the body come along.
  for (Operation &inner : body->without_terminator())
    if (inner.hasTrait<OpTrait::ConstantLike>() || combines(&inner))
      b.clone(inner, mapping);
  return llvm::map_to_vector(body->getTerminator()->getOperands(),
                             [&](Value v) { return mapping.lookupOrDefault(v); });
}

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
  if (combiner.matchIndependent() || combiner.matchExtremum())
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

/// The loop whose position an index grows with: `index_cast(index)`, perhaps
/// counted from an offset, perhaps replaced where it must not take part; made
/// by the body of `op` or by the op that an input comes from.
static std::optional<unsigned> findPosition(linalg::LinalgOp op, Value number) {
  if (auto argument = dyn_cast<BlockArgument>(number)) {
    OpOperand &operand = op->getOpOperand(argument.getArgNumber());
    auto producer = operand.get().getDefiningOp<linalg::LinalgOp>();
    if (!producer || producer.getNumReductionLoops() > 0 ||
        !op.getMatchingIndexingMap(&operand).isIdentity())
      return std::nullopt;
    auto result = cast<OpResult>(operand.get());
    unsigned place = result.getResultNumber();
    if (!producer.getIndexingMapMatchingResult(result).isIdentity())
      return std::nullopt;
    return findPosition(
        producer, producer.getBlock()->getTerminator()->getOperand(place));
  }
  Block *body = op.getBlock();
  auto getIndex = [&](Value position) -> linalg::IndexOp {
    // The offset is the same at every position.
    if (auto sum = position.getDefiningOp<arith::AddIOp>())
      if (sum.getRhs().getParentBlock() != body)
        position = sum.getLhs();
    return position.getDefiningOp<linalg::IndexOp>();
  };
  if (auto select = number.getDefiningOp<arith::SelectOp>()) {
    // Beyond the last position.
    auto valid = select.getCondition().getDefiningOp<arith::CmpIOp>();
    if (!valid || valid.getPredicate() != arith::CmpIPredicate::ult ||
        !getIndex(valid.getLhs()) ||
        !matchPattern(valid.getRhs(), m_Constant()) ||
        !matchPattern(select.getFalseValue(), m_Constant()))
      return std::nullopt;
    number = select.getTrueValue();
  }
  Operation *cast = number.getDefiningOp();
  if (!isa_and_nonnull<arith::IndexCastOp, arith::IndexCastUIOp>(cast))
    return std::nullopt;
  linalg::IndexOp index = getIndex(cast->getOperand(0));
  if (!index)
    return std::nullopt;
  return index.getDim();
}

/// All that the body computes from the element, its number and what is there so
/// far does the combining; nothing of it may also make the element or number.
bool Combiner::findCombiningOps(Value element, Value number) {
  Block *body = op.getBlock();
  auto collect = [&](ValueRange from, llvm::DenseSet<Operation *> &found,
                     bool stops) {
    SmallVector<Value> list(from);
    while (!list.empty()) {
      Value value = list.pop_back_val();
      Operation *inner = value.getDefiningOp();
      if (inner && inner->getBlock() == body &&
          !inner->hasTrait<OpTrait::ConstantLike>() &&
          !(stops && (value == element || value == number)) &&
          found.insert(inner).second)
        llvm::append_range(list, inner->getOperands());
    }
  };
  llvm::DenseSet<Operation *> combining, before;
  collect(body->getTerminator()->getOperands(), combining, /*stops=*/true);
  collect(element, before, /*stops=*/false);
  if (number)
    collect(number, before, /*stops=*/false);
  ops.clear();
  for (Operation &inner : body->without_terminator())
    if (combining.contains(&inner)) {
      if (before.contains(&inner))
        return false;
      ops.push_back(&inner);
    }
  return true;
}

/// A minimum or maximum that the body makes by comparing and selecting, with
/// the index where it stands or without.
bool Combiner::matchExtremum() {
  Block *body = op.getBlock();
  hasIndex = op->getNumResults() == 2;
  if (op->getNumResults() > 2)
    return false;
  ArrayRef<BlockArgument> outs = op.getRegionOutputArgs();
  auto valueType = dyn_cast<FloatType>(outs[0].getType());
  auto indexType =
      hasIndex ? dyn_cast<IntegerType>(outs[1].getType()) : IntegerType();
  if (!valueType || (hasIndex && (!indexType || indexType.getWidth() < 8)))
    return false;
  Operation *end = body->getTerminator();
  llvm::DenseSet<Value> dependent(outs.begin(), outs.end());
  for (Operation &inner : body->without_terminator())
    if (llvm::any_of(inner.getOperands(),
                     [&](Value v) { return dependent.contains(v); }))
      dependent.insert(inner.result_begin(), inner.result_end());
  Value element = findElement(end->getOperand(0), dependent);
  Value number =
      hasIndex ? findElement(end->getOperand(1), dependent) : Value();
  if (!element || element.getType() != valueType)
    return false;
  if (hasIndex && (!number || number.getType() != indexType))
    return false;
  if (!findCombiningOps(element, number))
    return false;
  // Where the index grows with the position, the first of equals is the one of
  // the smallest index. Where it may not, the body must compare indices.
  bool grows = true;
  if (hasIndex) {
    std::optional<unsigned> loop = findPosition(op, number);
    grows = loop && op.getNumReductionLoops() == 1 &&
            op.getIteratorTypesArray()[*loop] == utils::IteratorType::reduction;
  }

  const llvm::fltSemantics &semantics = valueType.getFloatSemantics();
  auto real = [&](double value) -> Attribute {
    APFloat number(value);
    bool inexact;
    number.convert(semantics, APFloat::rmNearestTiesToEven, &inexact);
    return FloatAttr::get(valueType, number);
  };
  auto at = [&](int64_t value) -> Attribute {
    return hasIndex ? IntegerAttr::get(indexType, value) : Attribute();
  };
  // What the body makes of an element of one index beside what is there, of
  // another.
  struct Outcome {
    Attribute value, index;
  };
  auto step = [&](Attribute v, Attribute m, int64_t own = 5,
                  int64_t there = 3) -> Outcome {
    Point point;
    point.set(element, v);
    point.set(outs[0], m);
    if (hasIndex) {
      point.set(number, at(own));
      point.set(outs[1], at(there));
    }
    return {point.get(end->getOperand(0)),
            hasIndex ? point.get(end->getOperand(1)) : Attribute()};
  };
  auto takes = [&](Attribute v, Attribute m) {
    Outcome outcome = step(v, m);
    return outcome.value == v && outcome.index == at(5) &&
           (grows || step(v, m, 3, 5).index == at(3));
  };
  auto keeps = [&](Attribute v, Attribute m) {
    Outcome outcome = step(v, m);
    return outcome.value == m && outcome.index == at(3) &&
           (grows || step(v, m, 3, 5).index == at(5));
  };
  // Which of two equals the index is of.
  auto tie = [&](Attribute v, Attribute m) -> std::optional<Ties> {
    Attribute index = step(v, m).index;
    if (index != at(3) && index != at(5))
      return std::nullopt;
    if (!grows && step(v, m, 3, 5).index != index)
      return std::nullopt;
    return index == at(3) ? Ties::First : Ties::Last;
  };
  Attribute one = real(1), two = real(2), zero = real(0.0),
            minusZero = real(-0.0),
            nan = FloatAttr::get(valueType, APFloat::getQNaN(semantics));
  smallest = takes(one, two) && keeps(two, one);
  if (!smallest && !(takes(two, one) && keeps(one, two)))
    return false;
  std::optional<Ties> equal = tie(one, one);
  if (step(one, one).value != one || !equal)
    return false;
  ties = *equal;
  // NaN: passed over; or taken and kept; or the value alone takes it.
  Outcome nanAhead = step(nan, one);
  if (keeps(nan, one)) {
    nanRule = NaNRule::Ignored;
  } else if (takes(nan, one) && keeps(one, nan) && tie(nan, nan) == ties) {
    nanRule = NaNRule::Taken;
  } else if (hasIndex && grows && nanAhead.value == nan &&
             nanAhead.index == at(3) && keeps(one, nan)) {
    nanRule = NaNRule::ValueOnly;
  } else {
    return false;
  }
  // Zeros of either sign are equals for the index. The value may still be the
  // lesser of them, as minimumf gives it.
  Attribute best = smallest ? minusZero : zero,
            other = smallest ? zero : minusZero;
  Outcome bestComes = step(best, other), otherComes = step(other, best);
  ordersZeros = bestComes.value == best && otherComes.value == best;
  if (tie(best, other) != ties || tie(other, best) != ties ||
      (nanRule == NaNRule::ValueOnly && !ordersZeros))
    return false;
  isExtremum = true;
  combined = {element};
  neutral = {FloatAttr::get(valueType, APFloat::getInf(semantics, !smallest))};
  if (hasIndex) {
    unsigned bits = indexType.getWidth();
    combined.push_back(number);
    neutral.push_back(IntegerAttr::get(
        indexType, ties == Ties::First ? APInt::getSignedMaxValue(bits)
                                       : APInt::getSignedMinValue(bits)));
  }
  return true;
}

SmallVector<Value> Combiner::combine(OpBuilder &b, Location loc,
                                     ValueRange left, ValueRange right) const {
  SmallVector<Value> results;
  if (!isExtremum) {
    for (auto [number, combiner] : llvm::enumerate(ops)) {
      Operation *clone = b.clone(*combiner);
      clone->setOperands({left[number], right[number]});
      results.push_back(clone->getResult(0));
    }
    return results;
  }
  auto compare = [&](arith::CmpFPredicate predicate, Value x,
                     Value y) -> Value {
    return arith::CmpFOp::create(b, loc, predicate, x, y);
  };
  auto both = [&](Value x, Value y) -> Value {
    return arith::AndIOp::create(b, loc, x, y);
  };
  auto either = [&](Value x, Value y) -> Value {
    return arith::OrIOp::create(b, loc, x, y);
  };
  Value take =
      compare(smallest ? arith::CmpFPredicate::OLT : arith::CmpFPredicate::OGT,
              right[0], left[0]);
  Value rightNaN, leftNaN;
  if (nanRule == NaNRule::Taken) {
    rightNaN = compare(arith::CmpFPredicate::UNO, right[0], right[0]);
    leftNaN = compare(arith::CmpFPredicate::UNO, left[0], left[0]);
    Value yes = arith::ConstantIntOp::create(b, loc, 1, 1);
    Value leftReal = arith::XOrIOp::create(b, loc, leftNaN, yes);
    take = either(take, both(rightNaN, leftReal));
  }
  if (hasIndex) {
    Value tie = compare(arith::CmpFPredicate::OEQ, right[0], left[0]);
    if (rightNaN)
      tie = either(tie, both(rightNaN, leftNaN));
    Value nearer =
        arith::CmpIOp::create(b, loc,
                              ties == Ties::First ? arith::CmpIPredicate::slt
                                                  : arith::CmpIPredicate::sgt,
                              right[1], left[1]);
    take = either(take, both(tie, nearer));
  }
  if (!ordersZeros)
    results.push_back(arith::SelectOp::create(b, loc, take, right[0], left[0]));
  else if (nanRule == NaNRule::Ignored)
    results.push_back(
        smallest
            ? arith::MinNumFOp::create(b, loc, left[0], right[0]).getResult()
            : arith::MaxNumFOp::create(b, loc, left[0], right[0]).getResult());
  else
    results.push_back(
        smallest
            ? arith::MinimumFOp::create(b, loc, left[0], right[0]).getResult()
            : arith::MaximumFOp::create(b, loc, left[0], right[0]).getResult());
  if (hasIndex)
    results.push_back(arith::SelectOp::create(b, loc, take, right[1], left[1]));
  return results;
}

SmallVector<Value> Combiner::append(OpBuilder &b, Location loc, ValueRange left,
                                    ValueRange right) const {
  if (!isExtremum)
    return combine(b, loc, left, right);
  linalg::LinalgOp linalgOp = op;
  IRMapping mapping;
  for (auto [number, argument] :
       llvm::enumerate(linalgOp.getRegionOutputArgs())) {
    mapping.map(argument, left[number]);
    mapping.map(combined[number], right[number]);
  }
  Block *body = linalgOp.getBlock();
  // Constants of the body come along.
  for (Operation &inner : body->without_terminator())
    if (inner.hasTrait<OpTrait::ConstantLike>() || combines(&inner))
      b.clone(inner, mapping);
  return llvm::map_to_vector(
      body->getTerminator()->getOperands(),
      [&](Value v) { return mapping.lookupOrDefault(v); });
}

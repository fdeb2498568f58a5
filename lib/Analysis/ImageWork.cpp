//===- ImageWork.cpp - Elementwise work before a contraction --------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/ImageWork.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace kiln;

/// The scalar that `value` is everywhere; null where that is not constant.
static TypedAttr getScalar(Value value) {
  if (auto fill = value.getDefiningOp<linalg::FillOp>())
    return getScalar(fill.getInputs()[0]);
  Attribute constant;
  if (!matchPattern(value, m_Constant(&constant)))
    return {};
  if (!isa<ShapedType>(value.getType()))
    return dyn_cast<TypedAttr>(constant);
  auto splat = dyn_cast<SplatElementsAttr>(constant);
  return splat ? dyn_cast<TypedAttr>(splat.getSplatValue<Attribute>())
               : TypedAttr();
}

/// Whether the body computes scalars from its arguments and constants alone.
static bool isSelfContained(Block *body) {
  auto isKnown = [&](Value value) {
    return value.getParentBlock() == body || getScalar(value);
  };
  return llvm::all_of(*body, [&](Operation &op) {
    bool computes =
        op.hasTrait<OpTrait::IsTerminator>() ||
        (isa<arith::ArithDialect, math::MathDialect>(op.getDialect()) &&
         op.getNumRegions() == 0 && isPure(&op));
    return computes && llvm::all_of(op.getOperands(), isKnown) &&
           llvm::none_of(op.getOperandTypes(), llvm::IsaPred<ShapedType>);
  });
}

SmallVector<Value> kiln::getWorkedTensors(Operation *operation) {
  auto op = dyn_cast_or_null<linalg::LinalgOp>(operation);
  if (!op || isa<linalg::FillOp>(operation) || !op.hasPureTensorSemantics() ||
      op.hasDynamicShape() || op->getNumResults() != 1 ||
      op.getNumParallelLoops() != op.getNumLoops() ||
      op.payloadUsesValueFromOperand(op.getDpsInitOperand(0)) ||
      !isSelfContained(op.getBlock()))
    return {};
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  auto type = cast<ShapedType>(op->getResult(0).getType());
  SmallVector<Value> worked;
  for (OpOperand *operand : op.getDpsInputOperands()) {
    Value input = operand->get();
    if (getScalar(input))
      continue;
    auto shaped = dyn_cast<ShapedType>(input.getType());
    if (!shaped || op.getMatchingIndexingMap(operand) != result ||
        shaped.getShape() != type.getShape())
      return {};
    if (!llvm::is_contained(worked, input))
      worked.push_back(input);
  }
  return worked;
}

Value kiln::getWorkedTensor(Operation *op) {
  SmallVector<Value> worked = getWorkedTensors(op);
  return worked.size() == 1 ? worked.front() : Value();
}

Value kiln::cloneWork(OpBuilder &builder, linalg::LinalgOp op,
                      ValueRange elements) {
  IRMapping mapping;
  SmallVector<Value> worked = getWorkedTensors(op);
  auto addConstant = [&](Value value, Value source) {
    if (mapping.contains(value))
      return;
    mapping.map(value, arith::ConstantOp::create(builder, op.getLoc(),
                                                 getScalar(source))
                           .getResult());
  };
  for (OpOperand *operand : op.getDpsInputOperands()) {
    BlockArgument argument = op.getMatchingBlockArgument(operand);
    if (!getScalar(operand->get()))
      mapping.map(
          argument,
          elements[llvm::find(worked, operand->get()) - worked.begin()]);
    else if (!argument.use_empty())
      addConstant(argument, operand->get());
  }
  for (Operation &inner : *op.getBlock()) {
    for (Value operand : inner.getOperands())
      if (operand.getParentBlock() != op.getBlock())
        addConstant(operand, operand);
    if (!inner.hasTrait<OpTrait::IsTerminator>())
      builder.clone(inner, mapping);
  }
  return mapping.lookup(op.getBlock()->getTerminator()->getOperand(0));
}

static FloatAttr convert(FloatAttr value, Type type) {
  APFloat converted = value.getValue();
  bool loses;
  converted.convert(cast<FloatType>(type).getFloatSemantics(),
                    APFloat::rmNearestTiesToEven, &loses);
  return FloatAttr::get(type, converted);
}

/// What ops without a folder make of numbers.
static Attribute foldNumbers(Operation *op, ArrayRef<Attribute> operands) {
  SmallVector<APFloat> numbers;
  for (Attribute operand : operands) {
    auto number = dyn_cast_or_null<FloatAttr>(operand);
    if (!number)
      return {};
    numbers.push_back(number.getValue());
  }
  Type type = op->getResult(0).getType();
  if (isa<math::FmaOp>(op)) {
    numbers[0].fusedMultiplyAdd(numbers[1], numbers[2],
                                APFloat::rmNearestTiesToEven);
    return FloatAttr::get(type, numbers[0]);
  }
  if (isa<math::ClampFOp>(op))
    return FloatAttr::get(
        type, llvm::minimum(llvm::maximum(numbers[0], numbers[1]), numbers[2]));
  if (isa<math::RsqrtOp>(op))
    return FloatAttr::get(
        type, 1 / std::sqrt(cast<FloatAttr>(operands[0]).getValueAsDouble()));
  return {};
}

/// The only result of `op` on constants; null where its folder does not know.
static Attribute foldOp(Operation *op, ArrayRef<Attribute> operands) {
  SmallVector<OpFoldResult> results;
  if (failed(op->fold(operands, results)) || results.size() != 1)
    return foldNumbers(op, operands);
  if (auto attribute = dyn_cast<Attribute>(results[0]))
    return attribute;
  auto same = llvm::find(op->getOperands(), cast<Value>(results[0]));
  return same == op->operand_end() ? Attribute() : operands[same.getIndex()];
}

/// The same in f32: folders of functions know no smaller numbers.
static Attribute foldInF32(Operation *op, ArrayRef<Attribute> operands) {
  Type type = op->getResult(0).getType(),
       f32 = Float32Type::get(op->getContext());
  if (!isa<math::MathDialect>(op->getDialect()) || !isa<FloatType>(type))
    return {};
  SmallVector<Attribute> wide;
  for (Attribute operand : operands) {
    auto number = dyn_cast<FloatAttr>(operand);
    wide.push_back(number ? convert(number, f32) : operand);
  }
  op->getResult(0).setType(f32);
  auto folded = dyn_cast_or_null<FloatAttr>(foldOp(op, wide));
  op->getResult(0).setType(type);
  return folded ? convert(folded, type) : Attribute();
}

TypedAttr kiln::foldWork(linalg::LinalgOp op, ArrayRef<TypedAttr> elements) {
  // Folders may change an op: they work on a copy.
  Region scratch;
  OpBuilder builder(op.getContext());
  builder.createBlock(&scratch);
  SmallVector<Value> start;
  for (TypedAttr element : elements)
    start.push_back(arith::ConstantOp::create(builder, op.getLoc(), element));
  Value result = cloneWork(builder, op, start);
  llvm::DenseMap<Value, Attribute> known;
  for (Operation &inner : scratch.front()) {
    if (inner.getNumResults() != 1)
      return {};
    Attribute &folded = known[inner.getResult(0)];
    if (matchPattern(&inner, m_Constant(&folded)))
      continue;
    SmallVector<Attribute> operands =
        llvm::map_to_vector(inner.getOperands(), [&](Value operand) {
          return known.lookup(operand);
        });
    Attribute made = foldOp(&inner, operands);
    if (!made)
      made = foldInF32(&inner, operands);
    if (!made)
      return {};
    known[inner.getResult(0)] = made;
  }
  return dyn_cast<TypedAttr>(known.lookup(result));
}

std::optional<ChainFault> kiln::findChainFault(ArrayRef<Operation *> ops,
                                               Type element) {
  // What the work makes of zero: tiles have zeros where the image has nothing.
  TypedAttr zero;
  std::optional<size_t> last;
  for (size_t place = ops.size(); place-- > 0;) {
    auto work = dyn_cast<linalg::LinalgOp>(ops[place]);
    if (!work) {
      if (last && !(zero && matchPattern(zero, m_AnyZeroFloat())))
        return ChainFault{*last, "before it is padded, and what it makes of "
                                 "zero is not zero, as which padding is "
                                 "copied"};
      continue;
    }
    SmallVector<Value> read = getWorkedTensors(work);
    Type from = getElementTypeOrSelf(read.front());
    for (Value other : read)
      if (getElementTypeOrSelf(other) != element)
        from = getElementTypeOrSelf(other);
    if (!last && from != element)
      return ChainFault{place,
                        llvm::formatv("from {0}; tiles of the image are staged "
                                      "as {1}, as it is multiplied",
                                      from, element)};
    if (!last)
      zero = FloatAttr::get(element, 0.0);
    last = place;
    if (zero)
      zero = foldWork(work, SmallVector<TypedAttr>(read.size(), zero));
  }
  if (!last)
    return std::nullopt;
  // Weights beyond the last channel are zero, and so must be their products.
  constexpr double kMost = 1e38;
  auto number = dyn_cast_or_null<FloatAttr>(zero);
  if (number && std::abs(number.getValueAsDouble()) < kMost)
    return std::nullopt;
  return ChainFault{*last, "beyond its last channel too, where tiles are zero, "
                           "and what it makes of zero is not known to be "
                           "finite"};
}

linalg::GenericOp kiln::createTileWork(OpBuilder &builder,
                                       ArrayRef<linalg::LinalgOp> work,
                                       ValueRange tiles) {
  auto from = cast<RankedTensorType>(tiles.front().getType());
  auto type = RankedTensorType::get(
      from.getShape(), getElementTypeOrSelf(work.front()->getResult(0)));
  Location loc = work.front()->getLoc();
  Value empty = tensor::EmptyOp::create(builder, loc, type, ValueRange());
  SmallVector<AffineMap> maps(tiles.size() + 1,
                              builder.getMultiDimIdentityMap(type.getRank()));
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  return linalg::GenericOp::create(
      builder, loc, TypeRange{type}, tiles, ValueRange{empty}, maps, iterators,
      [&](OpBuilder &b, Location loc, ValueRange arguments) {
        SmallVector<Value> elements(arguments.drop_back());
        for (linalg::LinalgOp op : llvm::reverse(work))
          elements = {cloneWork(b, op, elements)};
        linalg::YieldOp::create(b, loc, elements);
      });
}

ImageTile::ImageTile(const ContractionView &conv) {
  SmallVector<Value> tiles{conv.getImage()};
  work = conv.getImage().getDefiningOp<linalg::GenericOp>();
  if (work)
    tiles = getWorkedTensors(work);
  for (Value tile : tiles)
    boxes.push_back(tile.getDefiningOp<ExtractTileOp>());
  if (llvm::is_contained(boxes, ExtractTileOp()))
    boxes.clear();
}

void ImageTile::erase() {
  if (work) {
    Operation *empty = work.getOutputs()[0].getDefiningOp();
    work.erase();
    if (empty && empty->use_empty())
      empty->erase();
  }
  for (ExtractTileOp box : boxes)
    box.erase();
}

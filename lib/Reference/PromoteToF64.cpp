//===- PromoteToF64.cpp - Compute a program in float64 --------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Reference/Passes.h"

#include "Program.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace kiln {
#define GEN_PASS_DEF_KILNPROMOTETOF64
#include "kiln/Reference/Passes.h.inc"
} // namespace kiln

using namespace mlir;

namespace {

bool isNarrowFloat(Type type) { return isa<FloatType>(type) && !type.isF64(); }

/// `type` with its floats replaced by f64.
Type promote(Type type) {
  if (isNarrowFloat(type))
    return Float64Type::get(type.getContext());
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    if (isNarrowFloat(tensor.getElementType()))
      return tensor.clone(Float64Type::get(type.getContext()));
  return type;
}

/// An elementwise op over `source` that gives elements of `type`.
Value mapElements(OpBuilder &builder, Location loc, Value source, Type type,
                  function_ref<Value(OpBuilder &, Location, Value)> compute) {
  auto from = cast<RankedTensorType>(source.getType());
  Value init = tensor::EmptyOp::create(builder, loc, from.getShape(), type);
  AffineMap identity = builder.getMultiDimIdentityMap(from.getRank());
  SmallVector<AffineMap> maps(2, identity);
  SmallVector<utils::IteratorType> iterators(from.getRank(),
                                             utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             builder, loc, init.getType(), source, init, maps, iterators,
             [&](OpBuilder &nested, Location at, ValueRange arguments) {
               linalg::YieldOp::create(nested, at,
                                       compute(nested, at, arguments[0]));
             })
      .getResult(0);
}

/// Rounds an f64 that holds an f32 as tensor cores do: to 10 bits of fraction,
/// ties away from zero. NaN stays.
Value roundToTF32(OpBuilder &b, Location loc, Value wide) {
  auto constant = [&](int32_t bits) -> Value {
    return arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(bits));
  };
  Value single = arith::TruncFOp::create(b, loc, b.getF32Type(), wide);
  Value bits = arith::BitcastOp::create(b, loc, b.getI32Type(), single);
  bits = arith::AddIOp::create(b, loc, bits, constant(0x1000));
  bits = arith::AndIOp::create(b, loc, bits, constant(~0x1fff));
  Value rounded = arith::BitcastOp::create(b, loc, b.getF32Type(), bits);
  Value isNaN =
      arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, single, single);
  Value result = arith::SelectOp::create(b, loc, isNaN, single, rounded);
  return arith::ExtFOp::create(b, loc, b.getF64Type(), result);
}

/// A sum of products of f32 with a loop of its own for each operand: what
/// tensor cores compute.
bool isMatrixProduct(linalg::LinalgOp op) {
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      op.getNumReductionLoops() == 0)
    return false;
  for (OpOperand *input : op.getDpsInputOperands())
    if (!getElementTypeOrSelf(input->get().getType()).isF32())
      return false;
  Value yielded = op.getBlock()->getTerminator()->getOperand(0);
  auto sum = yielded.getDefiningOp<arith::AddFOp>();
  if (!sum || !sum.getType().isF32())
    return false;
  auto isProduct = [](Value value) {
    auto product = value.getDefiningOp<arith::MulFOp>();
    return product && isa<BlockArgument>(product.getLhs()) &&
           isa<BlockArgument>(product.getRhs()) &&
           product.getLhs() != product.getRhs();
  };
  BlockArgument accumulator = op.getBlock()->getArgument(2);
  if (!(isProduct(sum.getLhs()) && sum.getRhs() == accumulator) &&
      !(isProduct(sum.getRhs()) && sum.getLhs() == accumulator))
    return false;
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  bool own[2] = {false, false};
  for (auto [loop, iterator] : llvm::enumerate(iterators)) {
    if (iterator != utils::IteratorType::parallel)
      continue;
    bool first = maps[0].isFunctionOfDim(loop);
    bool second = maps[1].isFunctionOfDim(loop);
    own[0] |= first && !second;
    own[1] |= second && !first;
  }
  return own[0] && own[1];
}

/// Reads `pad`'s source where it is inside, by a generic that can fuse.
LogicalResult replacePad(tensor::PadOp pad) {
  RankedTensorType type = pad.getResultType();
  Value constant = pad.getConstantPaddingValue();
  if (!constant || !type.hasStaticShape() ||
      llvm::any_of(pad.getStaticLow(), ShapedType::isDynamic))
    return pad.emitOpError("needs a constant value and static sizes for the "
                           "reference on a GPU");
  OpBuilder b(pad);
  Location loc = pad.getLoc();
  Value source = pad.getSource();
  auto sourceType = cast<RankedTensorType>(source.getType());
  Value init =
      tensor::EmptyOp::create(b, loc, type.getShape(), type.getElementType());
  AffineMap identity = b.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, loc, type, ValueRange(), init, identity, iterators,
      [&](OpBuilder &n, Location at, ValueRange) {
        auto index = [&](int64_t value) -> Value {
          return arith::ConstantIndexOp::create(n, at, value);
        };
        SmallVector<Value> coordinates;
        Value inside;
        for (int64_t i = 0; i != type.getRank(); ++i) {
          Value coordinate = linalg::IndexOp::create(n, at, i);
          int64_t low = pad.getStaticLow()[i];
          int64_t size = sourceType.getDimSize(i);
          if (low == 0 && size == type.getDimSize(i)) {
            coordinates.push_back(coordinate);
            continue;
          }
          coordinate = arith::SubIOp::create(n, at, coordinate, index(low));
          // Unsigned: a negative coordinate is a large one.
          Value fits = arith::CmpIOp::create(n, at, arith::CmpIPredicate::ult,
                                             coordinate, index(size));
          inside = inside ? arith::AndIOp::create(n, at, inside, fits) : fits;
          coordinates.push_back(
              arith::SelectOp::create(n, at, fits, coordinate, index(0)));
        }
        Value element = tensor::ExtractOp::create(n, at, source, coordinates);
        if (inside)
          element = arith::SelectOp::create(n, at, inside, element, constant);
        linalg::YieldOp::create(n, at, element);
      });
  if (Operation *definition = constant.getDefiningOp();
      definition && pad->isAncestor(definition))
    definition->moveBefore(generic);
  pad.getResult().replaceAllUsesWith(generic.getResult(0));
  pad.erase();
  return success();
}

struct PromoteToF64 : kiln::impl::KilnPromoteToF64Base<PromoteToF64> {
  using Base::Base;

  LogicalResult promoteConstant(arith::ConstantOp op);
  void extendArguments(func::FuncOp function);
  void runOnOperation() override;
};

} // namespace

/// The value whose bytes a resource holds; null where it is missing or does not
/// have one element for each of the type's.
static DenseFPElementsAttr readResource(DenseResourceElementsAttr resource) {
  AsmResourceBlob *blob = resource.getRawHandle().getBlob();
  ShapedType type = resource.getType();
  if (!blob || static_cast<int64_t>(blob->getData().size()) * 8 !=
                   type.getNumElements() * type.getElementTypeBitWidth())
    return nullptr;
  return cast<DenseFPElementsAttr>(
      DenseElementsAttr::getFromRawBuffer(type, blob->getData()));
}

LogicalResult PromoteToF64::promoteConstant(arith::ConstantOp op) {
  Type wide = Float64Type::get(&getContext());
  if (auto number = dyn_cast<FloatAttr>(op.getValue())) {
    op.setValueAttr(FloatAttr::get(wide, number.getValueAsDouble()));
    return success();
  }
  auto dense = dyn_cast<DenseFPElementsAttr>(op.getValue());
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(op.getValue()))
    dense = readResource(resource);
  if (!dense)
    return op.emitOpError("needs a dense value, or a resource with the bytes "
                          "of its type, for the reference on a GPU");
  op.setValueAttr(dense.mapValues(wide, [](const APFloat &value) {
    APFloat result = value;
    bool ignored;
    result.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                   &ignored);
    return result.bitcastToAPInt();
  }));
  return success();
}

/// Arguments keep their type: single elements are extended where they are
/// extracted, whole tensors by an op that fuses into its readers.
void PromoteToF64::extendArguments(func::FuncOp function) {
  OpBuilder builder(&getContext());
  Type wide = builder.getF64Type();
  for (BlockArgument argument : function.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || !isNarrowFloat(type.getElementType()))
      continue;
    SmallVector<tensor::ExtractOp> extracts;
    SmallVector<OpOperand *> others;
    for (OpOperand &use : argument.getUses()) {
      if (auto extract = dyn_cast<tensor::ExtractOp>(use.getOwner()))
        extracts.push_back(extract);
      else
        others.push_back(&use);
    }
    for (tensor::ExtractOp extract : extracts) {
      extract.getResult().setType(type.getElementType());
      builder.setInsertionPointAfter(extract);
      auto extension = arith::ExtFOp::create(builder, extract.getLoc(), wide,
                                             extract.getResult());
      extract.getResult().replaceAllUsesExcept(extension.getResult(),
                                               extension);
    }
    if (others.empty())
      continue;
    builder.setInsertionPointToStart(&function.front());
    Value extended = mapElements(
        builder, argument.getLoc(), argument, wide,
        [&](OpBuilder &nested, Location at, Value element) -> Value {
          return arith::ExtFOp::create(nested, at, wide, element);
        });
    for (OpOperand *use : others)
      use->set(extended);
  }
}

void PromoteToF64::runOnOperation() {
  func::FuncOp function = getOperation();
  if (function.isExternal())
    return;
  if (!kiln::reference::parsePrecision(precision)) {
    function.emitError("unknown precision '")
        << precision << "'; it is tf32, f32 or tf32x3";
    return signalPassFailure();
  }
  if (!function.getBody().hasOneBlock()) {
    function.emitError("the reference needs a function of one block");
    return signalPassFailure();
  }
  SmallVector<linalg::LinalgOp> products;
  SmallVector<tensor::PadOp> pads;
  SmallVector<Operation *> asserts;
  function.walk([&](Operation *op) {
    if (auto pad = dyn_cast<tensor::PadOp>(op))
      pads.push_back(pad);
    else if (isa<cf::AssertOp>(op))
      asserts.push_back(op);
    else if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
      if (precision == "tf32" && isMatrixProduct(linalgOp))
        products.push_back(linalgOp);
  });
  numAsserts += asserts.size();
  for (Operation *op : asserts)
    op->erase();
  for (tensor::PadOp pad : pads)
    if (failed(replacePad(pad)))
      return signalPassFailure();

  // Types change in place; what then does not fit is mended below.
  SmallVector<Operation *> casts;
  WalkResult walked = function.walk([&](Operation *op) {
    if (op == function)
      return WalkResult::advance();
    if (auto bitcast = dyn_cast<arith::BitcastOp>(op))
      if (isNarrowFloat(getElementTypeOrSelf(bitcast.getIn().getType())) ||
          isNarrowFloat(getElementTypeOrSelf(bitcast.getType()))) {
        op->emitOpError("on a float that becomes f64 has no meaning in the "
                        "reference on a GPU");
        return WalkResult::interrupt();
      }
    if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
      if (isNarrowFloat(getElementTypeOrSelf(constant.getType())) &&
          failed(promoteConstant(constant)))
        return WalkResult::interrupt();
    }
    if (isa<arith::ExtFOp, arith::TruncFOp>(op))
      casts.push_back(op);
    auto promoteValue = [&](Value value) {
      Type type = promote(value.getType());
      numPromoted += type != value.getType();
      value.setType(type);
    };
    llvm::for_each(op->getResults(), promoteValue);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        llvm::for_each(block.getArguments(), promoteValue);
    return WalkResult::advance();
  });
  if (walked.wasInterrupted())
    return signalPassFailure();
  extendArguments(function);
  for (Operation *cast : casts) {
    if (cast->getOperand(0).getType() != cast->getResult(0).getType())
      continue;
    cast->getResult(0).replaceAllUsesWith(cast->getOperand(0));
    cast->erase();
  }
  for (linalg::LinalgOp product : products) {
    OpBuilder builder(product);
    for (OpOperand *operand : product.getDpsInputOperands()) {
      operand->set(mapElements(builder, product.getLoc(), operand->get(),
                               builder.getF64Type(), roundToTF32));
      ++numRounded;
    }
  }
  SmallVector<Type> results =
      llvm::map_to_vector(function.getResultTypes(), promote);
  function.setFunctionType(
      FunctionType::get(&getContext(), function.getArgumentTypes(), results));

  // An index that no one reads would be computed and stored.
  RewritePatternSet patterns(&getContext());
  linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
  if (failed(applyPatternsGreedily(function, std::move(patterns))))
    signalPassFailure();
}

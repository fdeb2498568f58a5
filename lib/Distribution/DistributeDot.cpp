//===- DistributeDot.cpp - A thread's part of dots ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TF32Words.h"
#include "TilePattern.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace kiln;

namespace {
/// Finds registers of an operand by their coordinates in the iteration space.
class RegisterIndex {
public:
  /// Only every `group`-th register is entered.
  RegisterIndex(LayoutAttr layout, AffineMap map, int64_t group) : map(map) {
    for (int64_t reg = 0; reg < layout.getNumRegisters(); reg += group)
      registers[toVector(layout.getCoordinate(reg, 0, 0))] = reg;
  }
  /// The register at a point of the iteration space, or -1.
  int64_t find(ArrayRef<int64_t> point) const {
    std::vector<int64_t> coordinate;
    for (AffineExpr expr : map.getResults()) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      coordinate.push_back(dim ? point[dim.getPosition()] : 0);
    }
    auto it = registers.find(coordinate);
    return it == registers.end() ? -1 : it->second;
  }

private:
  static std::vector<int64_t> toVector(ArrayRef<int64_t> list) {
    return std::vector<int64_t>(list.begin(), list.end());
  }
  AffineMap map;
  std::map<std::vector<int64_t>, int64_t> registers;
};
} // namespace

/// The point of the iteration space at an accumulator's coordinate; summed
/// dimensions are 0.
static SmallVector<int64_t> getPoint(AffineMap map,
                                     ArrayRef<int64_t> coordinate) {
  SmallVector<int64_t> point(map.getNumDims(), 0);
  for (auto [expr, value] : llvm::zip_equal(map.getResults(), coordinate))
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      point[dim.getPosition()] = value;
  return point;
}

/// The dimension that is summed over, and its extent in the operand.
static std::pair<int64_t, int64_t> getSummedDim(DotOp op) {
  auto map = [&](int i) {
    return cast<AffineMapAttr>(op.getMaps()[i]).getValue();
  };
  for (auto [dim, expr] : llvm::enumerate(map(0).getResults())) {
    auto position = dyn_cast<AffineDimExpr>(expr);
    if (position && !map(2).getResultPosition(expr))
      return {position.getPosition(),
              cast<RankedTensorType>(op.getA().getType()).getDimSize(dim)};
  }
  return {-1, 0};
}

namespace {
/// A thread's part of a dot on tensor cores: which registers each instruction
/// takes, and the instruction itself.
class MmaDot {
public:
  /// One instruction: the first registers of its fragments.
  struct Piece {
    int64_t a, b, acc;
  };

  MmaDot(DotOp op, DistributionContext &context)
      : op(op), builder(context.builder), statistics(context.statistics),
        instruction(op.getContractionAttr()),
        aSize(instruction.getALayout().getNumRegisters()),
        bSize(instruction.getBLayout().getNumRegisters()),
        accSize(instruction.getAccLayout().getNumRegisters()) {
    std::tie(summed, extent) = getSummedDim(op);
    assert(summed >= 0 && "kiln.dot is verified by its layouts");
    resultType = LLVM::LLVMStructType::getLiteral(
        op.getContext(), SmallVector<Type>(accSize, builder.getF32Type()));
    type = instruction.getOperandType().isF16()    ? NVVM::MMATypes::f16
           : instruction.getOperandType().isBF16() ? NVVM::MMATypes::bf16
                                                   : NVVM::MMATypes::tf32;
  }

  /// The pieces of each k-step. Consecutive ones share their a operand, which
  /// the register file then reads once.
  SmallVector<SmallVector<Piece>> getSteps() {
    auto map = [&](int i) {
      return cast<AffineMapAttr>(op.getMaps()[i]).getValue();
    };
    RegisterIndex aIndex(getTileLayout(op.getA()), map(0), aSize),
        bIndex(getTileLayout(op.getB()), map(1), bSize);
    LayoutAttr accLayout = getTileLayout(op.getAcc());
    SmallVector<SmallVector<Piece>> steps;
    for (int64_t step = 0; step < extent; step += instruction.getShape().k) {
      SmallVector<Piece> &pieces = steps.emplace_back();
      for (int64_t reg = 0; reg < accLayout.getNumRegisters(); reg += accSize) {
        SmallVector<int64_t> point =
            getPoint(map(2), accLayout.getCoordinate(reg, 0, 0));
        point[summed] = step;
        int64_t aReg = aIndex.find(point), bReg = bIndex.find(point);
        assert(aReg >= 0 && bReg >= 0 && "kiln.dot is verified by its layouts");
        pieces.push_back({aReg, bReg, reg});
      }
      llvm::stable_sort(pieces, [](const Piece &left, const Piece &right) {
        return left.a < right.a;
      });
    }
    return steps;
  }

  /// The words of a piece's operands, of all words that the thread holds.
  ArrayRef<Value> getA(ArrayRef<Value> words, const Piece &piece) const {
    int64_t perWord = instruction.getElementsPerWord();
    return words.slice(piece.a / perWord, aSize / perWord);
  }
  ArrayRef<Value> getB(ArrayRef<Value> words, const Piece &piece) const {
    int64_t perWord = instruction.getElementsPerWord();
    return words.slice(piece.b / perWord, bSize / perWord);
  }
  /// What a piece accumulates to, of all registers of the accumulator.
  MutableArrayRef<Value> getAcc(MutableArrayRef<Value> values,
                                const Piece &piece) const {
    return values.slice(piece.acc, accSize);
  }
  int64_t getAccSize() const { return accSize; }

  /// acc += a * b
  void multiply(ArrayRef<Value> a, ArrayRef<Value> b,
                MutableArrayRef<Value> acc) {
    auto [m, n, k, perWord] = instruction.getShape();
    SmallVector<Value> aOperands = toOperands(a), bOperands = toOperands(b);
    Value mma = NVVM::MmaOp::create(
        builder, op.getLoc(), resultType, aOperands, bOperands,
        ValueRange(ArrayRef<Value>(acc)), ArrayRef<int64_t>{m, n, k},
        std::nullopt, std::nullopt, std::array{type, type},
        std::array{NVVM::MMALayout::row, NVVM::MMALayout::col});
    ++statistics.mma;
    for (auto [i, value] : llvm::enumerate(acc))
      value = LLVM::ExtractValueOp::create(builder, op.getLoc(), mma, i);
  }

private:
  SmallVector<Value> toOperands(ArrayRef<Value> words) {
    SmallVector<Value> operands(words);
    if (instruction.getOperandType().isF16())
      for (Value &word : operands)
        word = LLVM::BitcastOp::create(
            builder, op.getLoc(), VectorType::get({2}, builder.getF16Type()),
            word);
    return operands;
  }

  DotOp op;
  OpBuilder &builder;
  DistributionStatistics &statistics;
  InstructionAttr instruction;
  int64_t aSize, bSize, accSize; ///< registers of a fragment, in elements
  int64_t summed, extent;
  Type resultType;
  NVVM::MMATypes type;
};
} // namespace

/// Three products of each piece, without that of the low words. They are summed
/// from zero, the small ones first, and their sum is added to the accumulator
/// here: a tensor core cuts off what it adds to a large accumulator, an
/// addition rounds it to nearest.
///
/// Where an operand is infinite the low words' products are NaN, and only the
/// high words' product knows the result: the largest negative number takes
/// their place, which no infinity feels.
static void multiplySplit(DotOp op, DistributionContext &context, MmaDot &dot,
                          ArrayRef<MmaDot::Piece> pieces, ArrayRef<Value> a,
                          ArrayRef<Value> b, SmallVector<Value> &result) {
  // Pieces that are multiplied beside each other, so that none waits for its
  // own last product.
  constexpr size_t kInterleaved = 4;
  OpBuilder &builder = context.builder;
  Location loc = op.getLoc();
  auto getConstant = [&](float value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getF32FloatAttr(value));
  };
  Value zero = getConstant(0);
  Value least = getConstant(std::numeric_limits<float>::lowest());
  TF32Parts parts(loc, context);
  for (; !pieces.empty();
       pieces = pieces.drop_front(std::min(kInterleaved, pieces.size()))) {
    struct Sum {
      TF32Parts::Parts a, b;
      SmallVector<Value> values;
    };
    SmallVector<Sum, kInterleaved> sums;
    for (const MmaDot::Piece &piece : pieces.take_front(kInterleaved)) {
      Sum &sum = sums.emplace_back();
      sum.a = parts.get(dot.getA(a, piece));
      sum.b = parts.get(dot.getB(b, piece));
      sum.values.assign(dot.getAccSize(), zero);
    }
    for (Sum &sum : sums)
      dot.multiply(sum.a.low, sum.b.high, sum.values);
    for (Sum &sum : sums)
      dot.multiply(sum.a.high, sum.b.low, sum.values);
    for (Sum &sum : sums)
      for (Value &value : sum.values)
        value = arith::MaxNumFOp::create(builder, loc, value, least);
    for (Sum &sum : sums)
      dot.multiply(sum.a.high, sum.b.high, sum.values);
    for (auto [sum, piece] : llvm::zip(sums, pieces))
      for (auto [total, value] :
           llvm::zip_equal(dot.getAcc(result, piece), sum.values))
        total = arith::AddFOp::create(builder, loc, total, value);
  }
}

static LogicalResult distributeMma(DotOp op, DistributionContext &context) {
  FailureOr<Fragment> a = context.fragments.get(op.getA()),
                      b = context.fragments.get(op.getB());
  FailureOr<Fragment> acc = context.fragments.get(op.getAcc());
  if (failed(a) || failed(b) || failed(acc))
    return failure();
  if (!a->words || !b->words)
    return op.emitOpError("operands must be loaded from shared memory");
  MmaDot dot(op, context);
  SmallVector<Value> result = acc->values;
  for (ArrayRef<MmaDot::Piece> pieces : dot.getSteps()) {
    if (op.getContractionAttr().splitsToTF32()) {
      multiplySplit(op, context, dot, pieces, a->values, b->values, result);
      continue;
    }
    for (const MmaDot::Piece &piece : pieces)
      dot.multiply(dot.getA(a->values, piece), dot.getB(b->values, piece),
                   dot.getAcc(result, piece));
  }
  context.fragments[op.getResult()].values = result;
  return success();
}

static LogicalResult distributeFma(DotOp op, DistributionContext &context) {
  OpBuilder &builder = context.builder;
  Location loc = op.getLoc();
  FailureOr<SmallVector<Value>> a = context.fragments.getScalars(op.getA()),
                                b = context.fragments.getScalars(op.getB()),
                                acc = context.fragments.getScalars(op.getAcc());
  if (failed(a) || failed(b) || failed(acc))
    return failure();
  auto map = [&](int i) {
    return cast<AffineMapAttr>(op.getMaps()[i]).getValue();
  };
  RegisterIndex aIndex(getTileLayout(op.getA()), map(0), 1),
      bIndex(getTileLayout(op.getB()), map(1), 1);
  LayoutAttr accLayout = getTileLayout(op.getAcc());
  auto [summed, extent] = getSummedDim(op);
  Type accType = cast<RankedTensorType>(op.getAcc().getType()).getElementType();
  auto extend = [&](Value value) -> Value {
    if (value.getType() == accType)
      return value;
    return arith::ExtFOp::create(builder, loc, accType, value);
  };
  SmallVector<Value> result;
  for (int64_t reg = 0; reg < accLayout.getNumRegisters(); ++reg) {
    SmallVector<int64_t> point =
        getPoint(map(2), accLayout.getCoordinate(reg, 0, 0));
    Value sum = (*acc)[reg];
    for (int64_t step = 0; step < std::max<int64_t>(extent, 1); ++step) {
      if (summed >= 0)
        point[summed] = step;
      int64_t aReg = aIndex.find(point), bReg = bIndex.find(point);
      assert(aReg >= 0 && bReg >= 0 && "kiln.dot is verified by its layouts");
      sum = math::FmaOp::create(builder, loc, extend((*a)[aReg]),
                                extend((*b)[bReg]), sum);
    }
    result.push_back(sum);
  }
  context.fragments[op.getResult()].values = result;
  return success();
}

namespace {
struct DistributeDot : TilePattern<DotOp> {
  LogicalResult distribute(DotOp op,
                           DistributionContext &context) const override {
    return op.getContractionAttr().usesTensorCores()
               ? distributeMma(op, context)
               : distributeFma(op, context);
  }
};
} // namespace

void kiln::populateDotPatterns(TilePatternSet &patterns) {
  patterns.add<DistributeDot>();
}

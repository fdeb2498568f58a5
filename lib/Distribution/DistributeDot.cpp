//===- DistributeDot.cpp - A thread's part of dots ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

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

static LogicalResult distributeMma(DotOp op, DistributionContext &context) {
  OpBuilder &builder = context.builder;
  Location loc = op.getLoc();
  FailureOr<Fragment> a = context.fragments.get(op.getA()),
                      b = context.fragments.get(op.getB());
  FailureOr<Fragment> acc = context.fragments.get(op.getAcc());
  if (failed(a) || failed(b) || failed(acc))
    return failure();
  if (!a->words || !b->words)
    return op.emitOpError("operands must be loaded from shared memory");
  InstructionAttr instruction = op.getContractionAttr();
  auto [m, n, k, perWord] = instruction.getShape();
  // Registers of an instruction, in elements; words of a and b hold `perWord`.
  int64_t aSize = instruction.getALayout().getNumRegisters(),
          bSize = instruction.getBLayout().getNumRegisters(),
          accSize = instruction.getAccLayout().getNumRegisters();
  auto map = [&](int i) {
    return cast<AffineMapAttr>(op.getMaps()[i]).getValue();
  };
  RegisterIndex aIndex(getTileLayout(op.getA()), map(0), aSize),
      bIndex(getTileLayout(op.getB()), map(1), bSize);
  LayoutAttr accLayout = getTileLayout(op.getAcc());
  auto [summed, extent] = getSummedDim(op);
  assert(summed >= 0 && "kiln.dot is verified by its layouts");
  SmallVector<Value> result = acc->values;
  Type f32 = builder.getF32Type();
  auto resultType = LLVM::LLVMStructType::getLiteral(
      op.getContext(), SmallVector<Type>(accSize, f32));
  auto half = VectorType::get({2}, builder.getF16Type());
  auto toOperand = [&](Value word) -> Value {
    if (!instruction.getOperandType().isF16())
      return word;
    return LLVM::BitcastOp::create(builder, loc, half, word);
  };
  auto type = instruction.getOperandType().isF16()    ? NVVM::MMATypes::f16
              : instruction.getOperandType().isBF16() ? NVVM::MMATypes::bf16
                                                      : NVVM::MMATypes::tf32;
  struct Instruction {
    int64_t a, b, acc; ///< first registers
  };
  for (int64_t step = 0; step < extent; step += k) {
    SmallVector<Instruction> instructions;
    for (int64_t reg = 0; reg < accLayout.getNumRegisters(); reg += accSize) {
      SmallVector<int64_t> point =
          getPoint(map(2), accLayout.getCoordinate(reg, 0, 0));
      point[summed] = step;
      int64_t aReg = aIndex.find(point), bReg = bIndex.find(point);
      assert(aReg >= 0 && bReg >= 0 && "kiln.dot is verified by its layouts");
      instructions.push_back({aReg, bReg, reg});
    }
    // Consecutive instructions share their a operand, which the register file
    // then reads once.
    llvm::stable_sort(instructions,
                      [](const Instruction &left, const Instruction &right) {
                        return left.a < right.a;
                      });
    for (auto [aReg, bReg, reg] : instructions) {
      SmallVector<Value> aWords, bWords;
      for (int64_t i = 0; i < aSize / perWord; ++i)
        aWords.push_back(toOperand(a->values[aReg / perWord + i]));
      for (int64_t i = 0; i < bSize / perWord; ++i)
        bWords.push_back(toOperand(b->values[bReg / perWord + i]));
      Value mma = NVVM::MmaOp::create(
          builder, loc, resultType, aWords, bWords,
          ValueRange(result).slice(reg, accSize), ArrayRef<int64_t>{m, n, k},
          std::nullopt, std::nullopt, std::array{type, type},
          std::array{NVVM::MMALayout::row, NVVM::MMALayout::col});
      ++context.statistics.mma;
      for (int64_t i = 0; i < accSize; ++i)
        result[reg + i] = LLVM::ExtractValueOp::create(builder, loc, mma, i);
    }
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

//===- DistributeMath.cpp - A thread's part of dots and reductions --------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Distributor.h"

#include "kiln/Analysis/Layouts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace kiln;

//===----------------------------------------------------------------------===//
// Dots
//===----------------------------------------------------------------------===//

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

LogicalResult Distributor::distributeDot(DotOp op) {
  return op.getContractionAttr().usesTensorCores() ? distributeMma(op)
                                                   : distributeFma(op);
}

LogicalResult Distributor::distributeMma(DotOp op) {
  Location loc = op.getLoc();
  FailureOr<Fragment> a = getFragment(op.getA()), b = getFragment(op.getB());
  FailureOr<Fragment> acc = getFragment(op.getAcc());
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
  RegisterIndex aIndex(getLayout(op.getA()), map(0), aSize),
      bIndex(getLayout(op.getB()), map(1), bSize);
  LayoutAttr accLayout = getLayout(op.getAcc());
  auto [summed, extent] = getSummedDim(op);
  if (summed < 0)
    return op.emitOpError("sums over no dimension");
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
      if (aReg < 0 || bReg < 0)
        return op.emitOpError("operand layouts do not meet the accumulator's");
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
      ++statistics.mma;
      for (int64_t i = 0; i < accSize; ++i)
        result[reg + i] = LLVM::ExtractValueOp::create(builder, loc, mma, i);
    }
  }
  fragments[op.getResult()].values = result;
  return success();
}

LogicalResult Distributor::distributeFma(DotOp op) {
  Location loc = op.getLoc();
  FailureOr<SmallVector<Value>> a = getScalars(op.getA()),
                                b = getScalars(op.getB()),
                                acc = getScalars(op.getAcc());
  if (failed(a) || failed(b) || failed(acc))
    return failure();
  auto map = [&](int i) {
    return cast<AffineMapAttr>(op.getMaps()[i]).getValue();
  };
  RegisterIndex aIndex(getLayout(op.getA()), map(0), 1),
      bIndex(getLayout(op.getB()), map(1), 1);
  LayoutAttr accLayout = getLayout(op.getAcc());
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
      if (aReg < 0 || bReg < 0)
        return op.emitOpError("operand layouts do not meet the accumulator's");
      sum = math::FmaOp::create(builder, loc, extend((*a)[aReg]),
                                extend((*b)[bReg]), sum);
    }
    result.push_back(sum);
  }
  fragments[op.getResult()].values = result;
  return success();
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

/// The value of the lane whose number differs in `mask`; shuffles move 32 bits.
Value Distributor::shuffleXor(Location loc, Value value, int64_t mask) {
  Type type = value.getType(), i32 = builder.getI32Type();
  int64_t bits = type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
  auto shuffle = [&](Value word) -> Value {
    return NVVM::ShflOp::create(
        builder, loc, word.getType(), constant32(-1), word, constant32(mask),
        constant32(31),
        NVVM::ShflKindAttr::get(builder.getContext(), NVVM::ShflKind::bfly),
        UnitAttr());
  };
  if (type.isF32() || type.isInteger(32))
    return shuffle(value);
  Type integer = builder.getIntegerType(bits);
  Value raw = value;
  if (type.isIndex())
    raw = arith::IndexCastOp::create(builder, loc, integer, value);
  else if (!type.isInteger())
    raw = arith::BitcastOp::create(builder, loc, integer, value);
  if (bits < 32) {
    raw = arith::ExtUIOp::create(builder, loc, i32, raw);
    raw = arith::TruncIOp::create(builder, loc, integer, shuffle(raw));
  } else {
    Value low = arith::TruncIOp::create(builder, loc, i32, raw);
    Value shift = arith::ConstantIntOp::create(builder, loc, 32, 64);
    Value high = arith::TruncIOp::create(
        builder, loc, i32, arith::ShRUIOp::create(builder, loc, raw, shift));
    low = arith::ExtUIOp::create(builder, loc, integer, shuffle(low));
    high = arith::ExtUIOp::create(builder, loc, integer, shuffle(high));
    raw = arith::OrIOp::create(
        builder, loc, low, arith::ShLIOp::create(builder, loc, high, shift));
  }
  if (type.isIndex())
    return arith::IndexCastOp::create(builder, loc, type, raw);
  if (!type.isInteger())
    return arith::BitcastOp::create(builder, loc, type, raw);
  return raw;
}

SmallVector<Value> Distributor::combine(ReduceOp op, ValueRange left,
                                        ValueRange right) {
  Block &block = op.getCombiner().front();
  IRMapping body(mapping);
  body.map(block.getArguments().take_front(left.size()), left);
  body.map(block.getArguments().drop_front(left.size()), right);
  for (Operation &inner : block.without_terminator())
    builder.clone(inner, body);
  return llvm::map_to_vector(block.getTerminator()->getOperands(),
                             [&](Value v) { return body.lookup(v); });
}

/// Only the warps whose partial results meet wait for each other, as long as
/// the hardware's 15 named barriers suffice.
void Distributor::barrierOfPartners(Location loc, LayoutAttr layout,
                                    ArrayRef<int64_t> warpBits) {
  int64_t groups = int64_t(1) << (layout.getWarps().size() - warpBits.size());
  if (groups == 1 || namedBarriers + groups > 15) {
    gpu::BarrierOp::create(builder, loc);
    return;
  }
  SmallVector<int64_t> groupParts;
  int64_t part = 1;
  for (size_t bit = 0; bit < layout.getWarps().size(); ++bit) {
    bool partner = llvm::is_contained(warpBits, static_cast<int64_t>(bit));
    groupParts.push_back(partner ? 0 : part);
    part *= partner ? 1 : 2;
  }
  Value id = arith::AddIOp::create(
      builder, loc, getThreadSum(SmallVector<int64_t>(5, 0), groupParts),
      constant32(1 + namedBarriers));
  NVVM::BarrierOp::create(builder, loc, TypeRange(), id,
                          constant32(int64_t(32) << warpBits.size()),
                          NVVM::BarrierReductionAttr(), Value());
  namedBarriers += groups;
}

LogicalResult Distributor::distributeReduce(ReduceOp op) {
  Location loc = op.getLoc();
  LayoutAttr from = getLayout(op.getInputs()[0]),
             to = getLayout(op.getResults()[0]);
  ArrayRef<int64_t> dims = op.getDims();
  size_t arity = op.getInputs().size();
  SmallVector<SmallVector<Value>> inputs;
  for (Value input : op.getInputs()) {
    FailureOr<SmallVector<Value>> scalars = getScalars(input);
    if (failed(scalars))
      return failure();
    inputs.push_back(*scalars);
  }
  auto isReduced = [&](const Basis &basis) {
    return llvm::any_of(dims,
                        [&](int64_t dim) { return basis.values()[dim] != 0; });
  };

  // Registers: those that differ only in reduced bits are folded.
  SmallVector<Basis> keptBits;
  int64_t reducedMask = 0;
  for (auto [bit, basis] : llvm::enumerate(from.getRegisters())) {
    if (isReduced(basis))
      reducedMask |= int64_t(1) << bit;
    else
      keptBits.push_back(basis);
  }
  SmallVector<SmallVector<Value>> values;
  for (int64_t reg = 0; reg < from.getNumRegisters(); ++reg) {
    int64_t slot = 0, next = 0;
    for (size_t bit = 0; bit < from.getRegisters().size(); ++bit)
      if (!(reducedMask >> bit & 1))
        slot |= (reg >> bit & 1) << next++;
    SmallVector<Value> value =
        llvm::map_to_vector(inputs, [&](const SmallVector<Value> &scalars) {
          return scalars[reg];
        });
    if (static_cast<int64_t>(values.size()) <= slot)
      values.resize(slot + 1);
    values[slot] =
        values[slot].empty() ? value : combine(op, values[slot], value);
  }

  // Lanes, the highest bit first; with halving a lane bit takes over the last
  // register bit that is left, as the result's layout says.
  for (int64_t bit = 4; bit >= 0; --bit) {
    if (!isReduced(from.getLanes()[bit]))
      continue;
    int64_t mask = int64_t(1) << bit;
    bool halve = !to.getLanes()[bit].isZero();
    if (!halve) {
      for (SmallVector<Value> &value : values) {
        SmallVector<Value> other = llvm::map_to_vector(
            value, [&](Value v) { return shuffleXor(loc, v, mask); });
        value = combine(op, value, other);
      }
      continue;
    }
    Value upper = arith::CmpIOp::create(
        hoisted, loc, arith::CmpIPredicate::ne,
        arith::AndIOp::create(hoisted, loc, lane, constant32(mask)),
        constant32(0));
    size_t half = values.size() / 2;
    SmallVector<SmallVector<Value>> kept;
    for (size_t i = 0; i < half; ++i) {
      SmallVector<Value> keep, received;
      for (size_t n = 0; n < arity; ++n) {
        Value low = values[i][n], high = values[i + half][n];
        keep.push_back(arith::SelectOp::create(builder, loc, upper, high, low));
        Value send = arith::SelectOp::create(builder, loc, upper, low, high);
        received.push_back(shuffleXor(loc, send, mask));
      }
      kept.push_back(combine(op, keep, received));
    }
    values = std::move(kept);
  }

  // Warps: partial results meet in shared memory.
  SmallVector<int64_t> warpBits;
  for (auto [bit, basis] : llvm::enumerate(from.getWarps()))
    if (isReduced(basis))
      warpBits.push_back(bit);
  if (!warpBits.empty()) {
    if (arity != 1)
      return op.emitOpError("not supported: several results across warps");
    Type element = values[0][0].getType();
    int64_t bytes = std::max<int64_t>(4, element.getIntOrFloatBitWidth() / 8);
    // Every warp has a row of its own, every lane a place for each register;
    // lanes that hold copies share one, which the first of them writes.
    SmallVector<int64_t> laneParts;
    int64_t rowBytes = bytes, copyMask = 0;
    for (int bit = 0; bit < 5; ++bit) {
      bool copy = to.getLanes()[bit].isZero();
      laneParts.push_back(copy ? 0 : rowBytes);
      if (copy)
        copyMask |= int64_t(1) << bit;
      else
        rowBytes *= 2;
    }
    int64_t registers = values.size();
    int64_t scratch =
        reserve(getReductionScratchBytes(from, to, dims, element));
    SmallVector<int64_t> warpParts;
    for (size_t bit = 0; bit < from.getWarps().size(); ++bit)
      warpParts.push_back((registers * rowBytes) << bit);
    Value mine = arith::AddIOp::create(
        builder, loc, getThreadSum(laneParts, warpParts), constant32(scratch));
    auto pointer = LLVM::LLVMPointerType::get(op.getContext(), 3);
    auto at = [&](Value base, int64_t reg) -> Value {
      return LLVM::GEPOp::create(
          builder, loc, pointer, builder.getI8Type(),
          getSharedPointer(loc, base),
          ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(reg * rowBytes)});
    };
    // The place may still be read from the last turn of a loop.
    if (walksInLoops)
      gpu::BarrierOp::create(builder, loc);
    {
      OpBuilder::InsertionGuard insertion(builder);
      if (copyMask != 0) {
        Value first = arith::CmpIOp::create(
            hoisted, loc, arith::CmpIPredicate::eq,
            arith::AndIOp::create(hoisted, loc, lane, constant32(copyMask)),
            constant32(0));
        auto guard = scf::IfOp::create(builder, loc, first, false);
        builder.setInsertionPoint(guard.thenBlock()->getTerminator());
      }
      for (int64_t reg = 0; reg < registers; ++reg)
        LLVM::StoreOp::create(builder, loc,
                              toMemory(builder, loc, values[reg][0]),
                              at(mine, reg));
    }
    barrierOfPartners(loc, from, warpBits);
    loaded.clear();
    // Partners in the order of their number, so that all copies agree.
    int64_t partners = int64_t(1) << warpBits.size();
    int64_t clearMask = 0;
    for (int64_t bit : warpBits)
      clearMask |= int64_t(1) << bit;
    SmallVector<int64_t> ownParts(warpParts);
    for (int64_t bit : warpBits)
      ownParts[bit] = 0;
    Value first = arith::AddIOp::create(
        builder, loc, getThreadSum(laneParts, ownParts), constant32(scratch));
    for (int64_t reg = 0; reg < registers; ++reg) {
      Value sum;
      for (int64_t partner = 0; partner < partners; ++partner) {
        int64_t offset = reg * rowBytes;
        for (auto [i, bit] : llvm::enumerate(warpBits))
          if (partner >> i & 1)
            offset += warpParts[bit];
        Value address = LLVM::GEPOp::create(
            builder, loc, pointer, builder.getI8Type(),
            getSharedPointer(loc, first),
            ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)});
        Value value = fromMemory(
            builder, loc,
            LLVM::LoadOp::create(builder, loc, getMemoryType(element), address),
            element);
        sum = sum ? combine(op, {sum}, {value})[0] : value;
      }
      values[reg][0] = sum;
    }
  }

  for (auto [n, result] : llvm::enumerate(op.getResults())) {
    Fragment &fragment = fragments[result];
    for (SmallVector<Value> &value : values)
      fragment.values.push_back(value[n]);
  }
  return success();
}

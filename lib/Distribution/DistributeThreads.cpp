//===- DistributeThreads.cpp - What depends on a thread's number ----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Distributor.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace kiln;

Value Distributor::constant32(int64_t value, OpBuilder *at) {
  Value &constant = constants[value];
  if (!constant) {
    OpBuilder entry = OpBuilder::atBlockBegin(tid.getParentBlock());
    constant =
        arith::ConstantIntOp::create(entry, function.getLoc(), value, 32);
  }
  return constant;
}

Type Distributor::getMemoryType(Type element) {
  return element.isInteger(1) ? IntegerType::get(element.getContext(), 8)
                              : element;
}

Value Distributor::toMemory(OpBuilder &builder, Location loc, Value element) {
  Type type = getMemoryType(element.getType());
  if (type == element.getType())
    return element;
  return arith::ExtUIOp::create(builder, loc, type, element);
}

Value Distributor::fromMemory(OpBuilder &builder, Location loc, Value value,
                              Type element) {
  if (value.getType() == element)
    return value;
  Value zero = arith::ConstantIntOp::create(builder, loc, value.getType(), 0);
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, value,
                               zero);
}

LLVM::GEPArg Distributor::getConstantOffset(int64_t offset) {
  // GEPArg cuts larger constants off without a word.
  if (llvm::isIntN(LLVM::kGEPConstantBitWidth, offset))
    return static_cast<int32_t>(offset);
  return arith::ConstantIntOp::create(hoisted, function.getLoc(), offset, 64)
      .getResult();
}

Value Distributor::scale(Location loc, Value number, int64_t factor,
                         bool wide) {
  if (!wide)
    return factor == 1
               ? number
               : arith::MulIOp::create(hoisted, loc, number, constant32(factor))
                     .getResult();
  number = arith::ExtUIOp::create(hoisted, loc, builder.getI64Type(), number);
  return arith::MulIOp::create(
      hoisted, loc, number,
      arith::ConstantIntOp::create(hoisted, loc, factor, 64));
}

Value Distributor::toI32(Value index) {
  if (index.getType().isInteger(32))
    return index;
  return arith::IndexCastOp::create(builder, index.getLoc(),
                                    builder.getI32Type(), index);
}

Value Distributor::getThreadSum(ArrayRef<int64_t> laneBits,
                                ArrayRef<int64_t> warpBits, bool wide) {
  std::vector<int64_t> key(laneBits.begin(), laneBits.end());
  key.insert(key.end(), warpBits.begin(), warpBits.end());
  key.push_back(wide);
  Value &sum = threadSums[key];
  if (sum)
    return sum;
  Location loc = function.getLoc();
  // Runs of bits whose numbers double are one field of the thread's number
  // times the first number.
  auto addField = [&](Value number, ArrayRef<int64_t> bits) {
    for (size_t first = 0; first < bits.size();) {
      if (bits[first] == 0) {
        ++first;
        continue;
      }
      size_t last = first;
      while (last + 1 < bits.size() && bits[last + 1] == 2 * bits[last])
        ++last;
      Value field = number;
      if (first > 0)
        field = arith::ShRUIOp::create(hoisted, loc, field, constant32(first));
      if (last + 1 < bits.size() || number == lane)
        field = arith::AndIOp::create(
            hoisted, loc, field,
            constant32((int64_t(1) << (last - first + 1)) - 1));
      field = wide ? scale(loc, field, bits[first], wide)
                   : arith::MulIOp::create(hoisted, loc, field,
                                           constant32(bits[first]))
                         .getResult();
      sum = sum ? arith::AddIOp::create(hoisted, loc, sum, field).getResult()
                : field;
      first = last + 1;
    }
  };
  addField(lane, laneBits);
  addField(warp, warpBits);
  if (!sum)
    sum = wide ? arith::ConstantIntOp::create(hoisted, loc, 0, 64).getResult()
               : constant32(0);
  return sum;
}

Value Distributor::getThreadCoordinate(LayoutAttr layout, int64_t dim) {
  SmallVector<int64_t> strides(layout.getRank(), 0);
  strides[dim] = 1;
  return getThreadOffset(layout, strides);
}

static int64_t dotProduct(ArrayRef<int64_t> left, ArrayRef<int64_t> right) {
  int64_t sum = 0;
  for (auto [a, b] : llvm::zip_equal(left, right))
    sum += a * b;
  return sum;
}

Value Distributor::getThreadOffset(LayoutAttr layout, ArrayRef<int64_t> strides,
                                   bool wide) {
  auto weigh = [&](const Basis &basis) {
    return dotProduct(basis.values(), strides);
  };
  return getThreadSum(llvm::map_to_vector(layout.getLanes(), weigh),
                      llvm::map_to_vector(layout.getWarps(), weigh), wide);
}

Value Distributor::isFirstCopy(LayoutAttr layout) {
  Location loc = function.getLoc();
  int64_t mask = 0;
  for (auto [bit, basis] : llvm::enumerate(layout.getLanes()))
    mask |= basis.isZero() ? int64_t(1) << bit : 0;
  for (auto [bit, basis] : llvm::enumerate(layout.getWarps()))
    mask |= basis.isZero() ? int64_t(32) << bit : 0;
  if (mask == 0)
    return Value();
  Value bits = arith::AndIOp::create(hoisted, loc, tid, constant32(mask));
  return arith::CmpIOp::create(hoisted, loc, arith::CmpIPredicate::eq, bits,
                               constant32(0));
}

//===- ThreadNumbers.cpp - What depends on a thread's number --------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ThreadNumbers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

using namespace mlir;
using namespace kiln;

Value kiln::toI32(OpBuilder &builder, Value index) {
  if (index.getType().isInteger(32))
    return index;
  return arith::IndexCastOp::create(builder, index.getLoc(),
                                    builder.getI32Type(), index);
}

ThreadNumbers::ThreadNumbers(Operation *end, Location loc)
    : loc(loc), builder(end) {
  // Numbers go in front of everything that uses them.
  anchor = arith::ConstantIntOp::create(builder, loc, 0, 1);
  builder.setInsertionPoint(anchor);
  Value index = gpu::ThreadIdOp::create(builder, loc, gpu::Dimension::x);
  id = arith::IndexCastUIOp::create(builder, loc, builder.getI32Type(), index);
  lane = arith::AndIOp::create(builder, loc, id, constant32(31));
  warp = arith::ShRUIOp::create(builder, loc, id, constant32(5));
}

void ThreadNumbers::finish() {
  anchor->erase();
  anchor = nullptr;
}

Value ThreadNumbers::constant32(int64_t value) {
  Value &constant = constants[value];
  if (!constant) {
    OpBuilder entry = OpBuilder::atBlockBegin(anchor->getBlock());
    constant = arith::ConstantIntOp::create(entry, loc, value, 32);
  }
  return constant;
}

LLVM::GEPArg ThreadNumbers::getConstantOffset(int64_t offset) {
  // GEPArg cuts larger constants off without a word.
  if (llvm::isIntN(LLVM::kGEPConstantBitWidth, offset))
    return static_cast<int32_t>(offset);
  return arith::ConstantIntOp::create(builder, loc, offset, 64).getResult();
}

Value ThreadNumbers::scale(Location loc, Value number, int64_t factor,
                           bool wide) {
  if (!wide)
    return factor == 1
               ? number
               : arith::MulIOp::create(builder, loc, number, constant32(factor))
                     .getResult();
  number = arith::ExtUIOp::create(builder, loc, builder.getI64Type(), number);
  return arith::MulIOp::create(
      builder, loc, number,
      arith::ConstantIntOp::create(builder, loc, factor, 64));
}

Value ThreadNumbers::getSum(ArrayRef<int64_t> laneBits,
                            ArrayRef<int64_t> warpBits, bool wide) {
  std::vector<int64_t> key(laneBits.begin(), laneBits.end());
  key.insert(key.end(), warpBits.begin(), warpBits.end());
  key.push_back(wide);
  Value &sum = sums[key];
  if (sum)
    return sum;
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
        field = arith::ShRUIOp::create(builder, loc, field, constant32(first));
      if (last + 1 < bits.size() || number == lane)
        field = arith::AndIOp::create(
            builder, loc, field,
            constant32((int64_t(1) << (last - first + 1)) - 1));
      field = wide ? scale(loc, field, bits[first], wide)
                   : arith::MulIOp::create(builder, loc, field,
                                           constant32(bits[first]))
                         .getResult();
      sum = sum ? arith::AddIOp::create(builder, loc, sum, field).getResult()
                : field;
      first = last + 1;
    }
  };
  addField(lane, laneBits);
  addField(warp, warpBits);
  if (!sum)
    sum = wide ? arith::ConstantIntOp::create(builder, loc, 0, 64).getResult()
               : constant32(0);
  return sum;
}

Value ThreadNumbers::getCoordinate(LayoutAttr layout, int64_t dim) {
  SmallVector<int64_t> strides(layout.getRank(), 0);
  strides[dim] = 1;
  return getOffset(layout, strides);
}

static int64_t dotProduct(ArrayRef<int64_t> left, ArrayRef<int64_t> right) {
  int64_t sum = 0;
  for (auto [a, b] : llvm::zip_equal(left, right))
    sum += a * b;
  return sum;
}

Value ThreadNumbers::getOffset(LayoutAttr layout, ArrayRef<int64_t> strides,
                               bool wide) {
  auto weigh = [&](const Basis &basis) {
    return dotProduct(basis.values(), strides);
  };
  return getSum(llvm::map_to_vector(layout.getLanes(), weigh),
                llvm::map_to_vector(layout.getWarps(), weigh), wide);
}

Value ThreadNumbers::isFirstCopy(LayoutAttr layout) {
  int64_t mask = 0;
  for (auto [bit, basis] : llvm::enumerate(layout.getLanes()))
    mask |= basis.isZero() ? int64_t(1) << bit : 0;
  for (auto [bit, basis] : llvm::enumerate(layout.getWarps()))
    mask |= basis.isZero() ? int64_t(32) << bit : 0;
  if (mask == 0)
    return Value();
  Value bits = arith::AndIOp::create(builder, loc, id, constant32(mask));
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, bits,
                               constant32(0));
}

//===- Shuffle.cpp - Values of other lanes --------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Shuffle.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace kiln;

/// Shuffles move 32 bits.
static Value shuffleWords(Location loc, Value value, NVVM::ShflKind kind,
                          Value laneOrMask, DistributionContext &context) {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  Type type = value.getType(), i32 = builder.getI32Type();
  int64_t bits = type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
  auto shuffle = [&](Value word) -> Value {
    return NVVM::ShflOp::create(
        builder, loc, word.getType(), threads.constant32(-1), word, laneOrMask,
        threads.constant32(31),
        NVVM::ShflKindAttr::get(builder.getContext(), kind), UnitAttr());
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

Value kiln::shuffleXor(Location loc, Value value, int64_t mask,
                       DistributionContext &context) {
  return shuffleWords(loc, value, NVVM::ShflKind::bfly,
                      context.threads.constant32(mask), context);
}

Value kiln::shuffleFrom(Location loc, Value value, Value lane,
                        DistributionContext &context) {
  return shuffleWords(loc, value, NVVM::ShflKind::idx, lane, context);
}

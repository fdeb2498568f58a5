//===- TF32Words.cpp - f32 words as tf32 ----------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TF32Words.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace kiln;

Value kiln::roundToTF32(Location loc, Value word,
                        DistributionContext &context) {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  Value sum =
      arith::AddIOp::create(builder, loc, word, threads.constant32(0x1000));
  return arith::MaxSIOp::create(builder, loc, sum, word);
}

std::pair<Value, Value> TF32Parts::split(Value word) {
  OpBuilder &builder = context.builder;
  Type i32 = builder.getI32Type(), f32 = builder.getF32Type();
  auto toFloat = [&](Value bits) {
    return arith::BitcastOp::create(builder, loc, f32, bits);
  };
  Value high = arith::AndIOp::create(
      builder, loc, roundToTF32(loc, word, context),
      context.threads.constant32(static_cast<int32_t>(0xffffe000)));
  Value low = arith::SubFOp::create(builder, loc, toFloat(word), toFloat(high));
  return {high, arith::BitcastOp::create(builder, loc, i32, low)};
}

TF32Parts::Parts TF32Parts::get(ArrayRef<Value> words) {
  Parts parts;
  for (Value word : words) {
    std::pair<Value, Value> &both = known[word];
    if (!both.first)
      both = split(word);
    parts.high.push_back(both.first);
    parts.low.push_back(both.second);
  }
  return parts;
}

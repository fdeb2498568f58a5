//===- GlobalMemory.cpp - Addresses in global memory ----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "GlobalMemory.h"

#include "kiln/Analysis/Offsets.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace kiln;

Type kiln::getMemoryType(Type element) {
  return element.isInteger(1) ? IntegerType::get(element.getContext(), 8)
                              : element;
}

Value kiln::toMemory(OpBuilder &builder, Location loc, Value element) {
  Type type = getMemoryType(element.getType());
  if (type == element.getType())
    return element;
  return arith::ExtUIOp::create(builder, loc, type, element);
}

Value kiln::fromMemory(OpBuilder &builder, Location loc, Value value,
                       Type element) {
  if (value.getType() == element)
    return value;
  Value zero = arith::ConstantIntOp::create(builder, loc, value.getType(), 0);
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, value,
                               zero);
}

SmallVector<int64_t> kiln::getRowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t dim = static_cast<int64_t>(shape.size()) - 2; dim >= 0; --dim)
    strides[dim] = strides[dim + 1] * shape[dim + 1];
  return strides;
}

GlobalBox GlobalBox::get(ValueRange offsets, ArrayRef<bool> inBounds,
                         ArrayRef<int64_t> shape) {
  GlobalBox box{llvm::to_vector(offsets), inBounds, shape,
                SmallVector<int64_t>(shape.size(), 0)};
  for (auto [offset, moved] : llvm::zip_equal(box.offsets, box.moved)) {
    auto apply = offset.getDefiningOp<affine::AffineApplyOp>();
    if (!apply || apply.getAffineMap().getNumInputs() != 1)
      continue;
    auto sum = dyn_cast<AffineBinaryOpExpr>(apply.getAffineMap().getResult(0));
    if (!sum || sum.getKind() != AffineExprKind::Add ||
        !isa<AffineDimExpr>(sum.getLHS()))
      continue;
    if (auto constant = dyn_cast<AffineConstantExpr>(sum.getRHS())) {
      moved = constant.getValue();
      offset = apply.getMapOperands().front();
    }
  }
  return box;
}

Value GlobalBox::getLinearOffset(Location loc,
                                 DistributionContext &context) const {
  OpBuilder &builder = context.builder;
  Type i64 = builder.getI64Type();
  Value sum;
  for (auto [offset, stride] :
       llvm::zip_equal(offsets, getRowMajorStrides(shape))) {
    Value term =
        arith::IndexCastOp::create(builder, loc, i64, context.lookup(offset));
    if (stride != 1)
      term = arith::MulIOp::create(
          builder, loc, term,
          arith::ConstantIntOp::create(builder, loc, stride, 64));
    sum =
        sum ? arith::AddIOp::create(builder, loc, sum, term).getResult() : term;
  }
  return sum ? sum
             : arith::ConstantIntOp::create(builder, loc, 0, 64).getResult();
}

Value GlobalBox::getCoordinate(Location loc, int64_t dim, Value part,
                               DistributionContext &context) const {
  OpBuilder &builder = context.builder;
  Value start = context.lookup(offsets[dim]);
  if (llvm::isInt<32>(shape[dim]))
    return arith::AddIOp::create(builder, loc, toI32(builder, start), part);
  Type i64 = builder.getI64Type();
  start = arith::IndexCastOp::create(builder, loc, i64, start);
  part = arith::ExtUIOp::create(builder, loc, i64, part);
  return arith::AddIOp::create(builder, loc, start, part);
}

/// Unsigned comparison covers both ends.
Value GlobalBox::contains(Location loc, function_ref<Value(int64_t)> coordinate,
                          DistributionContext &context) const {
  OpBuilder &builder = context.builder;
  Value valid;
  for (auto [dim, safe] : llvm::enumerate(inBounds)) {
    if (safe)
      continue;
    Value position = getCoordinate(loc, dim, coordinate(dim), context);
    Value extent =
        position.getType().isInteger(32)
            ? context.threads.constant32(shape[dim])
            : arith::ConstantIntOp::create(builder, loc, shape[dim], 64)
                  .getResult();
    Value inside = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::ult, position, extent);
    valid = valid
                ? arith::AndIOp::create(builder, loc, valid, inside).getResult()
                : inside;
  }
  return valid;
}

Value GlobalBox::getThreadBase(Location loc, Value tensor, Type element,
                               LayoutAttr layout,
                               DistributionContext &context) const {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext(), 1);
  Value base = LLVM::GEPOp::create(
      builder, loc, pointer, element, tensor,
      ArrayRef<LLVM::GEPArg>{getLinearOffset(loc, context)});
  return LLVM::GEPOp::create(builder, loc, pointer, element, base,
                             ArrayRef<LLVM::GEPArg>{threads.getOffset(
                                 layout, getRowMajorStrides(shape),
                                 needsWideOffsets(layout.getShape(), shape))});
}

std::pair<int64_t, Value>
GlobalBox::getRegisterPlace(Location loc, LayoutAttr layout, int64_t reg,
                            DistributionContext &context) const {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  SmallVector<int64_t> at = layout.getCoordinate(reg, 0, 0);
  for (auto [coordinate, constant] : llvm::zip_equal(at, moved))
    coordinate += constant;
  int64_t offset = 0;
  for (auto [coordinate, stride] :
       llvm::zip_equal(at, getRowMajorStrides(shape)))
    offset += coordinate * stride;
  Value valid = contains(
      loc,
      [&](int64_t dim) {
        return arith::AddIOp::create(builder, loc,
                                     threads.getCoordinate(layout, dim),
                                     threads.constant32(at[dim]))
            .getResult();
      },
      context);
  return {offset, valid};
}

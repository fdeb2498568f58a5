//===- DistributeGlobal.cpp - A thread's accesses to global memory --------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Distributor.h"

#include "kiln/Analysis/Divisibility.h"
#include "kiln/Analysis/Offsets.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace kiln;

Value Distributor::getLinearOffset(Location loc, ValueRange offsets,
                                   ArrayRef<int64_t> shape) {
  Type i64 = builder.getI64Type();
  Value sum;
  for (auto [offset, stride] :
       llvm::zip_equal(offsets, getRowMajorStrides(shape))) {
    Value term =
        arith::IndexCastOp::create(builder, loc, i64, mapping.lookup(offset));
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

/// Whether the element at `offsets` plus a thread's `coordinate` lies in the
/// tensor; null where it always does. Unsigned comparison covers both ends.
Value Distributor::isInBounds(Location loc, ValueRange offsets,
                              ArrayRef<bool> inBounds, ArrayRef<int64_t> shape,
                              function_ref<Value(int64_t)> coordinate) {
  Value valid;
  for (auto [dim, safe] : llvm::enumerate(inBounds)) {
    if (safe)
      continue;
    Value start = mapping.lookup(offsets[dim]), step, extent;
    if (llvm::isInt<32>(shape[dim])) {
      start = toI32(start);
      step = coordinate(dim);
      extent = constant32(shape[dim]);
    } else {
      Type i64 = builder.getI64Type();
      start = arith::IndexCastOp::create(builder, loc, i64, start);
      step = arith::ExtUIOp::create(builder, loc, i64, coordinate(dim));
      extent = arith::ConstantIntOp::create(builder, loc, shape[dim], 64);
    }
    Value position = arith::AddIOp::create(builder, loc, start, step);
    Value inside = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::ult, position, extent);
    valid = valid
                ? arith::AndIOp::create(builder, loc, valid, inside).getResult()
                : inside;
  }
  return valid;
}

/// Where a thread's part of a tile begins in global memory.
Value Distributor::getTileBase(Location loc, Value tensor, Type element,
                               LayoutAttr layout, ValueRange offsets,
                               ArrayRef<int64_t> shape) {
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext(), 1);
  Value base = LLVM::GEPOp::create(
      builder, loc, pointer, element, tensor,
      ArrayRef<LLVM::GEPArg>{getLinearOffset(loc, offsets, shape)});
  return LLVM::GEPOp::create(builder, loc, pointer, element, base,
                             ArrayRef<LLVM::GEPArg>{getThreadOffset(
                                 layout, getRowMajorStrides(shape),
                                 needsWideOffsets(layout.getShape(), shape))});
}

/// The element offset of register `reg` from the thread's base, and whether it
/// lies in the tensor (null: always).
std::pair<int64_t, Value>
Distributor::getRegisterPlace(Location loc, LayoutAttr layout, int64_t reg,
                              ValueRange offsets, ArrayRef<bool> inBounds,
                              ArrayRef<int64_t> shape) {
  SmallVector<int64_t> at = layout.getCoordinate(reg, 0, 0);
  int64_t offset = 0;
  for (auto [coordinate, stride] :
       llvm::zip_equal(at, getRowMajorStrides(shape)))
    offset += coordinate * stride;
  Value valid = isInBounds(loc, offsets, inBounds, shape, [&](int64_t dim) {
    return arith::AddIOp::create(builder, loc, getThreadCoordinate(layout, dim),
                                 constant32(at[dim]))
        .getResult();
  });
  return {offset, valid};
}

LogicalResult Distributor::distributeExtract(ExtractTileOp op) {
  LayoutAttr layout = getLayout(op.getTile());
  if (!layout)
    return op.emitOpError("needs a layout to be distributed");
  Location loc = op.getLoc();
  auto type = cast<MemRefType>(op.getSource().getType());
  ArrayRef<int64_t> shape = type.getShape();
  Type element = type.getElementType(), stored = getMemoryType(element);
  auto pointer = LLVM::LLVMPointerType::get(op.getContext(), 1);
  Value source = mapping.lookup(op.getSource());
  Value base = getTileBase(loc, source, stored, layout, op.getOffsets(), shape);
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(element));
  SmallVector<Value> &values = fragments[op.getTile()].values;
  for (int64_t reg = 0; reg < layout.getNumRegisters(); ++reg) {
    auto [offset, valid] = getRegisterPlace(loc, layout, reg, op.getOffsets(),
                                            op.getInBounds(), shape);
    Value address =
        LLVM::GEPOp::create(builder, loc, pointer, stored, base,
                            ArrayRef<LLVM::GEPArg>{getConstantOffset(offset)});
    // What is outside is read at the tensor's start and thrown away.
    if (valid)
      address = LLVM::SelectOp::create(builder, loc, valid, address, source);
    Value value = fromMemory(
        builder, loc, LLVM::LoadOp::create(builder, loc, stored, address),
        element);
    if (valid)
      value = arith::SelectOp::create(builder, loc, valid, value, zero);
    values.push_back(value);
  }
  return success();
}

LogicalResult Distributor::distributeStore(StoreTileOp op) {
  LayoutAttr layout = getLayout(op.getTile());
  if (!layout)
    return op.emitOpError("needs a layout to be distributed");
  FailureOr<SmallVector<Value>> values = getScalars(op.getTile());
  if (failed(values))
    return failure();
  Location loc = op.getLoc();
  auto type = cast<MemRefType>(op.getDest().getType());
  ArrayRef<int64_t> shape = type.getShape();
  Type stored = getMemoryType(type.getElementType());
  auto pointer = LLVM::LLVMPointerType::get(op.getContext(), 1);
  Value base = getTileBase(loc, mapping.lookup(op.getDest()), stored, layout,
                           op.getOffsets(), shape);

  // Two neighbours in one store, where they are always stored together.
  int64_t inner = shape.size() - 1;
  bool paired =
      schedule && schedule.getPairedStores() && !shape.empty() &&
      !layout.getRegisters().empty() &&
      layout.getRegisters()[0] == Basis::unit(layout.getRank(), inner, 1) &&
      shape[inner] % 2 == 0 && getKnownDivisor(op.getOffsets()[inner]) % 2 == 0;
  int64_t width = paired ? 2 : 1;
  Value first = isFirstCopy(layout);
  for (int64_t reg = 0; reg < layout.getNumRegisters(); reg += width) {
    auto [offset, inside] = getRegisterPlace(loc, layout, reg, op.getOffsets(),
                                             op.getInBounds(), shape);
    Value valid = inside;
    int64_t place = offset;
    if (first)
      valid =
          valid ? arith::AndIOp::create(builder, loc, first, valid).getResult()
                : first;
    auto store = [&](OpBuilder &b, Location loc) {
      Value address =
          LLVM::GEPOp::create(b, loc, pointer, stored, base,
                              ArrayRef<LLVM::GEPArg>{getConstantOffset(place)});
      Value value = toMemory(b, loc, (*values)[reg]);
      if (paired)
        value = vector::FromElementsOp::create(
            b, loc, VectorType::get({2}, stored),
            ValueRange{value, toMemory(b, loc, (*values)[reg + 1])});
      LLVM::StoreOp::create(b, loc, value, address,
                            width * stored.getIntOrFloatBitWidth() / 8);
    };
    if (valid)
      scf::IfOp::create(builder, loc, valid, [&](OpBuilder &b, Location loc) {
        store(b, loc);
        scf::YieldOp::create(b, loc);
      });
    else
      store(builder, loc);
  }
  return success();
}

LogicalResult Distributor::distributeAsyncCopy(AsyncCopyOp op) {
  Location loc = op.getLoc();
  auto source = cast<MemRefType>(op.getSource().getType());
  SharedType buffer = op.getBuffer().getType();
  Type element = source.getElementType();
  int64_t elementBytes = element.getIntOrFloatBitWidth() / 8;
  int64_t vector = op.getVector(), bytes = vector * elementBytes;
  ArrayRef<int64_t> sourceShape = source.getShape();
  // The box in units along its innermost dimension.
  SmallVector<int64_t> box = buffer.getShape();
  if (op.getFlat())
    box = {buffer.getLayout().getCosize()};
  SmallVector<int64_t> units = op.getUnits();
  int64_t total = 1;
  for (int64_t size : units)
    total *= size;
  int64_t threads = (*function.getKnownBlockSize())[0];
  int64_t firstRound = 0, lastRound = op.getNumRounds(threads);
  if (auto rounds = op.getRounds()) {
    firstRound = (*rounds)[0];
    lastRound = std::min(lastRound, (*rounds)[1]);
  }

  OpBuilder::InsertionGuard insertion(builder);
  if (op.getPredicate()) {
    auto guard = scf::IfOp::create(builder, loc,
                                   mapping.lookup(op.getPredicate()), false);
    builder.setInsertionPoint(guard.thenBlock()->getTerminator());
  }
  auto global = LLVM::LLVMPointerType::get(op.getContext(), 1);
  Value base = LLVM::GEPOp::create(builder, loc, global, element,
                                   mapping.lookup(op.getSource()),
                                   ArrayRef<LLVM::GEPArg>{getLinearOffset(
                                       loc, op.getOffsets(), sourceShape)});
  Value slot = getSlotOffset(loc, op.getBuffer(), op.getSlot());
  bool wide = !op.getFlat() && needsWideOffsets(box, sourceShape);

  // A unit's place in a flat or dense slot is its number times its size.
  SmallVector<int64_t> dense = getRowMajorStrides(box);
  bool contiguous = op.getFlat();
  if (!contiguous)
    contiguous = llvm::all_of(
        llvm::enumerate(buffer.getLayout().getModes()), [&](auto mode) {
          ArrayRef<Mode::Part> parts = mode.value().parts();
          return box[mode.index()] == 1 ||
                 (parts.size() == 1 && parts[0].stride == dense[mode.index()]);
        });

  for (int64_t round = firstRound; round < lastRound; ++round) {
    Value unit =
        arith::AddIOp::create(hoisted, loc, tid, constant32(round * threads));
    // Coordinates of the unit's first element in the box.
    SmallVector<Value> at(units.size());
    Value rest = unit;
    for (int64_t dim = units.size() - 1; dim >= 0; --dim) {
      Value digit = rest;
      if (dim > 0) {
        digit =
            arith::RemUIOp::create(hoisted, loc, rest, constant32(units[dim]));
        rest =
            arith::DivUIOp::create(hoisted, loc, rest, constant32(units[dim]));
      }
      at[dim] = digit;
    }
    if (vector > 1)
      at.back() =
          arith::MulIOp::create(hoisted, loc, at.back(), constant32(vector));
    Value sharedOffset, globalOffset;
    auto accumulate = [&](Value &sum, Value term, int64_t stride,
                          bool wide = false) {
      if (stride == 0)
        return;
      term = scale(loc, term, stride, wide);
      sum = sum ? arith::AddIOp::create(hoisted, loc, sum, term).getResult()
                : term;
    };
    if (contiguous) {
      sharedOffset = arith::AddIOp::create(
          hoisted, loc,
          arith::MulIOp::create(hoisted, loc, tid, constant32(bytes)),
          constant32(round * threads * bytes));
    } else {
      for (auto [coordinate, mode] :
           llvm::zip_equal(at, buffer.getLayout().getModes())) {
        Value remaining = coordinate;
        for (auto [i, part] : llvm::enumerate(mode.parts())) {
          Value digit = remaining;
          if (static_cast<int64_t>(i) + 1 < mode.numParts) {
            digit = arith::RemUIOp::create(hoisted, loc, remaining,
                                           constant32(part.size));
            remaining = arith::DivUIOp::create(hoisted, loc, remaining,
                                               constant32(part.size));
          }
          accumulate(sharedOffset, digit, part.stride * elementBytes);
        }
      }
    }
    if (op.getFlat())
      accumulate(globalOffset, at[0], 1);
    else
      for (auto [coordinate, stride] :
           llvm::zip_equal(at, getRowMajorStrides(sourceShape)))
        accumulate(globalOffset, coordinate, stride, wide);
    if (!sharedOffset)
      sharedOffset = constant32(0);
    if (!globalOffset)
      globalOffset = constant32(0);

    // Threads without a unit in the last round write zeros to the slot's tail,
    // or branch where it has none.
    Value exists;
    bool partial = (round + 1) * threads > total;
    int64_t excess = ((round + 1) * threads - total) * bytes;
    bool intoTail = partial && bytes >= 4 && buffer.getTail() >= excess;
    if (partial)
      exists = arith::CmpIOp::create(hoisted, loc, arith::CmpIPredicate::ult,
                                     unit, constant32(total));
    if (intoTail) {
      int64_t end = buffer.getLayout().getCosize() * elementBytes;
      Value tail = arith::AddIOp::create(
          hoisted, loc,
          arith::MulIOp::create(hoisted, loc, unit, constant32(bytes)),
          constant32(end - total * bytes));
      sharedOffset =
          arith::SelectOp::create(hoisted, loc, exists, sharedOffset, tail);
      Value zero = constant32(0);
      if (wide)
        zero = arith::ConstantIntOp::create(hoisted, loc, 0, 64);
      globalOffset =
          arith::SelectOp::create(hoisted, loc, exists, globalOffset, zero);
    }

    auto copy = [&]() {
      Value target = getSharedPointer(
          loc, arith::AddIOp::create(builder, loc, slot, sharedOffset));
      Value address = LLVM::GEPOp::create(builder, loc, global, element, base,
                                          ArrayRef<LLVM::GEPArg>{globalOffset});
      Value valid =
          isInBounds(loc, op.getOffsets(), op.getInBounds(), sourceShape,
                     [&](int64_t dim) { return at[dim]; });
      if (intoTail)
        valid =
            valid
                ? arith::AndIOp::create(builder, loc, exists, valid).getResult()
                : exists;
      if (bytes < 4) {
        // Below 4 bytes there is no asynchronous copy.
        Value zero = arith::ConstantOp::create(builder, loc,
                                               builder.getZeroAttr(element));
        if (valid)
          address = LLVM::SelectOp::create(builder, loc, valid, address,
                                           mapping.lookup(op.getSource()));
        Value value = LLVM::LoadOp::create(builder, loc, element, address);
        if (valid)
          value = arith::SelectOp::create(builder, loc, valid, value, zero);
        LLVM::StoreOp::create(builder, loc, value, target);
        return;
      }
      Value size;
      if (valid)
        size = arith::SelectOp::create(builder, loc, valid, constant32(bytes),
                                       constant32(0));
      auto cache = bytes == 16 ? NVVM::LoadCacheModifierKind::CG
                               : NVVM::LoadCacheModifierKind::CA;
      NVVM::CpAsyncOp::create(
          builder, loc, target, address, builder.getI32IntegerAttr(bytes),
          NVVM::LoadCacheModifierKindAttr::get(op.getContext(), cache), size);
    };
    if (!partial || intoTail) {
      copy();
      continue;
    }
    auto guard = scf::IfOp::create(builder, loc, exists, false);
    OpBuilder::InsertionGuard inner(builder);
    builder.setInsertionPoint(guard.thenBlock()->getTerminator());
    copy();
  }
  return success();
}

//===- SharedMemory.cpp - Addresses in shared memory ----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "SharedMemory.h"

#include "kiln/Dialect/Kiln/IR/KernelNames.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace kiln;

void SharedMemory::place(Value buffer, int64_t offset) {
  offsets[buffer] = offset;
  int64_t size = llvm::alignTo(cast<SharedType>(buffer.getType()).getBytes(),
                               SharedType::kAlignment);
  bytes = std::max(bytes, offset + size);
}

Value SharedMemory::getPointer(Location loc, Value byteOffset) {
  auto pointer = LLVM::LLVMPointerType::get(module.getContext(), 3);
  if (!base) {
    auto type =
        LLVM::LLVMArrayType::get(builder.getI8Type(), /*numElements=*/0);
    if (!module.lookupSymbol(kSharedMemoryName)) {
      OpBuilder atStart = OpBuilder::atBlockBegin(module.getBody());
      LLVM::GlobalOp::create(atStart, module.getLoc(), type,
                             /*isConstant=*/false, LLVM::Linkage::External,
                             kSharedMemoryName, Attribute(),
                             /*alignment=*/SharedType::kAlignment,
                             /*addrSpace=*/3);
    }
    base = LLVM::AddressOfOp::create(threads.hoisted(), loc, pointer,
                                     kSharedMemoryName);
  }
  return LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(), base,
                             ArrayRef<LLVM::GEPArg>{byteOffset});
}

Value SharedMemory::getSlotOffset(Location loc, Value buffer, Value slot) {
  auto type = cast<SharedType>(buffer.getType());
  Value start = threads.constant32(offsets.lookup(buffer));
  if (type.getSlots() == 1)
    return start;
  Value slotStart =
      arith::MulIOp::create(builder, loc, toI32(builder, slot),
                            threads.constant32(type.getSlotBytes()));
  return arith::AddIOp::create(builder, loc, slotStart, start);
}

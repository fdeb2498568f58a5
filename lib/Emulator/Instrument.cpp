//===- Instrument.cpp - A check before each memory access -----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A checked access goes through the pointer that the check returns: its own, or
// scratch memory where the access would be wrong, so that emulated code never
// faults. Local memory (the thread's own stack) is not checked.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"

#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace kiln::emulator;
using namespace llvm;

namespace {
struct Access {
  Instruction *inst;
  unsigned pointerOperand;
  uint64_t bytes;
  uint32_t flags;
};
} // namespace

static bool isChecked(const Value *pointer) {
  unsigned space = pointer->getType()->getPointerAddressSpace();
  if (space != 0 && space != 1 && space != 3)
    return false; // Local memory, constants and parameters.
  if (space == 0)
    if (isa<AllocaInst, Argument>(getUnderlyingObject(pointer, 0))) {
      const Value *object = getUnderlyingObject(pointer, 0);
      auto *argument = dyn_cast<Argument>(object);
      return argument && !argument->hasByValAttr();
    }
  return true;
}

static uint32_t getSpaceFlags(const Value *pointer) {
  switch (pointer->getType()->getPointerAddressSpace()) {
  case 1:
    return AccessGlobal;
  case 3:
    return AccessShared;
  default:
    return 0;
  }
}

static void collect(Instruction &inst, const DataLayout &layout,
                    SmallVectorImpl<Access> &accesses) {
  auto add = [&](unsigned operand, Type *type, Align align, uint32_t flags) {
    Value *pointer = inst.getOperand(operand);
    // What the device needs; the program may happen to know a larger one.
    align = std::min(align, Align(PowerOf2Ceil(layout.getTypeStoreSize(type))));
    if (isChecked(pointer))
      accesses.push_back({&inst, operand, layout.getTypeStoreSize(type),
                          flags | getSpaceFlags(pointer) |
                              static_cast<uint32_t>(Log2(align))});
  };
  if (auto *load = dyn_cast<LoadInst>(&inst))
    add(load->getPointerOperandIndex(), load->getType(), load->getAlign(), 0);
  else if (auto *store = dyn_cast<StoreInst>(&inst))
    add(store->getPointerOperandIndex(), store->getValueOperand()->getType(),
        store->getAlign(), AccessStore);
  else if (auto *rmw = dyn_cast<AtomicRMWInst>(&inst))
    add(rmw->getPointerOperandIndex(), rmw->getType(), rmw->getAlign(),
        AccessStore | AccessAtomic);
  else if (auto *swap = dyn_cast<AtomicCmpXchgInst>(&inst))
    add(swap->getPointerOperandIndex(), swap->getNewValOperand()->getType(),
        swap->getAlign(), AccessStore | AccessAtomic);
}

/// memcpy, memmove and memset have a size known only when they run.
static void checkBlockTransfer(MemIntrinsic &inst, uint32_t site) {
  IRBuilder<> b(&inst);
  Module &module = *inst.getModule();
  Type *ptr = b.getPtrTy();
  FunctionCallee check = module.getOrInsertFunction(
      "kilnRtCheckRange",
      FunctionType::get(
          b.getInt32Ty(),
          {ptr, ptr, b.getInt64Ty(), b.getInt32Ty(), b.getInt32Ty()}, false));
  Value *length = b.CreateZExtOrTrunc(inst.getLength(), b.getInt64Ty());
  Value *good = b.getTrue();
  auto emit = [&](Value *pointer, uint32_t flags) {
    if (!isChecked(pointer))
      return;
    Value *result = b.CreateCall(
        check,
        {getSelf(*inst.getFunction()), b.CreateAddrSpaceCast(pointer, ptr),
         length, b.getInt32(flags | getSpaceFlags(pointer)), b.getInt32(site)});
    good = b.CreateAnd(good, b.CreateICmpNE(result, b.getInt32(0)));
  };
  if (auto *transfer = dyn_cast<MemTransferInst>(&inst))
    emit(transfer->getRawSource(), 0);
  emit(inst.getRawDest(), AccessStore);
  inst.setLength(
      b.CreateSelect(good, inst.getLength(),
                     Constant::getNullValue(inst.getLength()->getType())));
  inst.setDestAlignment(Align(1));
  if (auto *transfer = dyn_cast<MemTransferInst>(&inst))
    transfer->setSourceAlignment(Align(1));
}

Error kiln::emulator::instrumentAccesses(Module &module, const SiteTable &sites,
                                         LoweredProgram &program) {
  const DataLayout &layout = module.getDataLayout();
  SmallVector<Access> accesses;
  SmallVector<MemIntrinsic *> transfers;
  for (Function &function : module)
    for (BasicBlock &block : function)
      for (Instruction &inst : block) {
        if (auto *transfer = dyn_cast<MemIntrinsic>(&inst))
          transfers.push_back(transfer);
        else
          collect(inst, layout, accesses);
      }
  LLVMContext &context = module.getContext();
  Type *ptr = PointerType::get(context, 0), *i32 = Type::getInt32Ty(context);
  FunctionCallee check = module.getOrInsertFunction(
      "kilnRtCheck", FunctionType::get(ptr, {ptr, ptr, i32, i32, i32}, false));
  for (const Access &access : accesses) {
    if (access.bytes > 256)
      return createStringError(
          "an access of %llu bytes in function '%s'",
          static_cast<unsigned long long>(access.bytes),
          access.inst->getFunction()->getName().str().c_str());
    // The finest shared access decides how finely races are told apart.
    if (!(access.flags & AccessGlobal) && access.bytes < 4)
      program.granuleLog2 =
          std::min<unsigned>(program.granuleLog2, Log2_64_Ceil(access.bytes));
    if ((access.flags & AccessStore) && !(access.flags & AccessShared))
      program.storeGranuleLog2 = std::min<unsigned>(
          {program.storeGranuleLog2, access.flags & AccessAlignMask,
           static_cast<unsigned>(countr_zero(access.bytes))});
    uint32_t site = sites.lookup(access.inst);
    Value *self = getSelf(*access.inst->getFunction());
    IRBuilder<> b(access.inst);
    Value *pointer = access.inst->getOperand(access.pointerOperand);
    Value *checked =
        b.CreateCall(check, {self, b.CreateAddrSpaceCast(pointer, ptr),
                             ConstantInt::get(i32, access.bytes),
                             ConstantInt::get(i32, access.flags),
                             ConstantInt::get(i32, site)});
    access.inst->setOperand(access.pointerOperand,
                            b.CreateAddrSpaceCast(checked, pointer->getType()));
  }
  for (MemIntrinsic *transfer : transfers) {
    program.storeGranuleLog2 = 0;
    checkBlockTransfer(*transfer, sites.lookup(transfer));
  }
  return Error::success();
}

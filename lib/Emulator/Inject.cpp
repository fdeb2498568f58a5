//===- Inject.cpp - Faults planted on purpose -----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Emulator/Inject.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;
using namespace llvm::PatternMatch;

/// The name of a called NVVM intrinsic behind "llvm.nvvm.", or nothing.
static StringRef getNvvmName(const Instruction &inst) {
  auto *call = dyn_cast<CallInst>(&inst);
  const Function *callee = call ? call->getCalledFunction() : nullptr;
  if (!callee)
    return "";
  StringRef name = callee->getName();
  return name.consume_front("llvm.nvvm.") ? name : "";
}

static bool isMma(const Instruction &inst) {
  return getNvvmName(inst).starts_with("mma.");
}

static SmallVector<Function *> getComputeFunctions(Module &module) {
  SmallVector<Function *> all, withMma;
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    all.push_back(&function);
    if (any_of(instructions(function), isMma))
      withMma.push_back(&function);
  }
  return withMma.empty() ? all : withMma;
}

static SmallVector<StoreInst *> getGlobalStores(Function &function) {
  SmallVector<StoreInst *> stores;
  for (Instruction &inst : instructions(function)) {
    auto *store = dyn_cast<StoreInst>(&inst);
    if (!store)
      continue;
    const Value *object = getUnderlyingObject(store->getPointerOperand(), 0);
    unsigned space = store->getPointerAddressSpace();
    bool isLocal = isa<AllocaInst>(object);
    if (auto *type = dyn_cast<PointerType>(object->getType()))
      isLocal |= type->getAddressSpace() == 3 || type->getAddressSpace() == 5;
    if (space == 1 || (space == 0 && !isLocal))
      stores.push_back(store);
  }
  return stores;
}

//===----------------------------------------------------------------------===//
// wait
//===----------------------------------------------------------------------===//

static bool injectWait(Function &function) {
  bool changed = false;
  for (Instruction &inst : make_early_inc_range(instructions(function))) {
    StringRef name = getNvvmName(inst);
    if (name == "cp.async.wait.group") {
      auto &call = cast<CallInst>(inst);
      auto *count = cast<ConstantInt>(call.getArgOperand(0));
      call.setArgOperand(
          0, ConstantInt::get(count->getType(), count->getZExtValue() + 1));
      changed = true;
    } else if (name == "cp.async.wait.all") {
      inst.eraseFromParent();
      changed = true;
    }
  }
  return changed;
}

//===----------------------------------------------------------------------===//
// barrier
//===----------------------------------------------------------------------===//

/// Takes away the last one.
static bool injectBarrier(Function &function) {
  Instruction *last = nullptr;
  for (Instruction &inst : instructions(function))
    if (getNvvmName(inst).starts_with("barrier.cta.sync"))
      last = &inst;
  if (last)
    last->eraseFromParent();
  return last != nullptr;
}

//===----------------------------------------------------------------------===//
// lane
//===----------------------------------------------------------------------===//

static bool injectLane(Function &function) {
  CallInst *last = nullptr;
  for (Instruction &inst : instructions(function))
    if (getNvvmName(inst).starts_with("shfl.sync."))
      last = cast<CallInst>(&inst);
  IRBuilder<> b(function.getContext());
  if (last) {
    // Every shuffle of the last step, or only one register would be wrong.
    Value *offset = last->getArgOperand(2);
    Function *callee = last->getCalledFunction();
    for (Instruction &inst : instructions(function)) {
      auto *call = dyn_cast<CallInst>(&inst);
      if (!call || call->getCalledFunction() != callee ||
          call->getArgOperand(2) != offset)
        continue;
      b.SetInsertPoint(call);
      auto *constant = dyn_cast<ConstantInt>(offset);
      if (constant && constant->getZExtValue() > 0) {
        uint64_t old = constant->getZExtValue();
        call->setArgOperand(
            2, ConstantInt::get(offset->getType(), old > 1 ? old / 2 : 2));
      } else {
        call->setArgOperand(2, b.CreateXor(offset, b.getInt32(1)));
      }
    }
    return true;
  }
  for (Instruction &inst : instructions(function)) {
    bool isMatrix = getNvvmName(inst).starts_with("ldmatrix.");
    auto *load = dyn_cast<LoadInst>(&inst);
    if (!isMatrix && !(load && load->getPointerAddressSpace() == 3))
      continue;
    // The neighbouring lane's part: rows of ldmatrix have 16 bytes.
    uint64_t bytes =
        isMatrix ? 16
                 : function.getDataLayout().getTypeStoreSize(load->getType());
    unsigned operand = isMatrix ? 0 : load->getPointerOperandIndex();
    b.SetInsertPoint(&inst);
    inst.setOperand(
        operand,
        b.CreateConstGEP1_64(b.getInt8Ty(), inst.getOperand(operand), bytes));
    return true;
  }
  return false;
}

//===----------------------------------------------------------------------===//
// mask
//===----------------------------------------------------------------------===//

/// The nearest branch that decides whether `block` runs, other than the exit of
/// a loop; `taken` tells which way leads to the block.
static BranchInst *findGuard(BasicBlock *block, DominatorTree &dominators,
                             LoopInfo &loops, bool &taken) {
  for (DomTreeNode *node = dominators.getNode(block); node && node->getIDom();
       node = node->getIDom()) {
    BasicBlock *above = node->getIDom()->getBlock();
    auto *branch = dyn_cast<BranchInst>(above->getTerminator());
    if (!branch || !branch->isConditional())
      continue;
    Loop *loop = loops.getLoopFor(above);
    for (unsigned way : {0u, 1u}) {
      BasicBlock *here = branch->getSuccessor(way);
      BasicBlock *other = branch->getSuccessor(1 - way);
      if (here == other || here->getSinglePredecessor() != above ||
          !dominators.dominates(here, block))
        continue;
      if (loop && (!loop->contains(here) || !loop->contains(other)))
        continue;
      taken = way == 0;
      return branch;
    }
  }
  return nullptr;
}

static bool injectMask(Function &function) {
  SmallVector<StoreInst *> stores = getGlobalStores(function);
  if (stores.empty())
    return false;
  DominatorTree dominators(function);
  LoopInfo loops(dominators);
  SmallVector<std::pair<BranchInst *, bool>> guards;
  for (StoreInst *store : stores) {
    bool taken = true;
    if (BranchInst *guard =
            findGuard(store->getParent(), dominators, loops, taken))
      guards.push_back({guard, taken});
  }
  for (auto [guard, taken] : guards)
    guard->setCondition(ConstantInt::getBool(function.getContext(), taken));
  if (!guards.empty())
    return true;
  // Nothing guards the stores: leave them out in the last thread.
  IRBuilder<> b(&*function.getEntryBlock().getFirstInsertionPt());
  Value *thread = b.CreateIntrinsic(Intrinsic::nvvm_read_ptx_sreg_tid_x, {});
  Value *count = b.CreateIntrinsic(Intrinsic::nvvm_read_ptx_sreg_ntid_x, {});
  Value *others = b.CreateICmpNE(b.CreateAdd(thread, b.getInt32(1)), count);
  for (StoreInst *store : stores) {
    Instruction *end =
        SplitBlockAndInsertIfThen(others, store, /*Unreachable=*/false);
    store->moveBefore(end->getIterator());
  }
  return true;
}

//===----------------------------------------------------------------------===//
// round
//===----------------------------------------------------------------------===//

/// Whether a value reaches an operand of mma or is stored: rounded data, not an
/// address.
static bool isData(Value *value, SmallPtrSetImpl<Value *> &seen) {
  if (!seen.insert(value).second)
    return false;
  for (Use &use : value->uses()) {
    auto *user = cast<Instruction>(use.getUser());
    if (isMma(*user))
      return true;
    if (auto *store = dyn_cast<StoreInst>(user);
        store && store->getValueOperand() == value)
      return true;
    if (isa<SelectInst, BitCastInst, PHINode, InsertElementInst,
            ExtractElementInst, ShuffleVectorInst, InsertValueInst,
            MinMaxIntrinsic>(user) || // A maximum keeps NaN as it is.
        (isa<BinaryOperator>(user) && user->getOpcode() == Instruction::And))
      if (isData(user, seen))
        return true;
  }
  return false;
}

static bool injectTf32Round(Function &function) {
  bool changed = false;
  for (Instruction &inst : make_early_inc_range(instructions(function))) {
    IRBuilder<> b(&inst);
    if (getNvvmName(inst).starts_with("f2tf32.r")) {
      inst.replaceAllUsesWith(
          b.CreateBitCast(inst.getOperand(0), inst.getType()));
      inst.eraseFromParent();
      changed = true;
      continue;
    }
    Value *bits;
    SmallPtrSet<Value *, 16> seen;
    if ((match(&inst, m_Add(m_Value(bits), m_SpecificInt(0x1000))) ||
         match(&inst, m_Intrinsic<Intrinsic::uadd_sat>(
                          m_Value(bits), m_SpecificInt(0x1000))) ||
         match(&inst, m_Intrinsic<Intrinsic::sadd_sat>(
                          m_Value(bits), m_SpecificInt(0x1000)))) &&
        inst.getType()->getScalarType()->isIntegerTy(32) &&
        isData(&inst, seen)) {
      inst.replaceAllUsesWith(bits);
      inst.eraseFromParent();
      changed = true;
    }
  }
  return changed;
}

/// Cuts the bits that the narrow type does not have, so that the conversion has
/// nothing left to round.
static Value *cut(IRBuilder<> &b, Value *value, bool toBfloat) {
  if (!value->getType()->getScalarType()->isFloatTy())
    return value;
  Type *bits = value->getType()->getWithNewType(b.getInt32Ty());
  Value *kept =
      b.CreateAnd(b.CreateBitCast(value, bits),
                  ConstantInt::get(bits, toBfloat ? 0xffff0000 : 0xffffe000));
  return b.CreateBitCast(kept, value->getType());
}

static bool injectNarrowRound(Function &function) {
  bool changed = false;
  for (Instruction &inst : make_early_inc_range(instructions(function))) {
    IRBuilder<> b(&inst);
    Type *narrow = inst.getType()->getScalarType();
    if (isa<BinaryOperator>(inst) &&
        (narrow->isHalfTy() || narrow->isBFloatTy())) {
      Type *wide = inst.getType()->getWithNewType(b.getFloatTy());
      Value *result = b.CreateBinOp(cast<BinaryOperator>(inst).getOpcode(),
                                    b.CreateFPExt(inst.getOperand(0), wide),
                                    b.CreateFPExt(inst.getOperand(1), wide));
      inst.replaceAllUsesWith(b.CreateFPTrunc(
          cut(b, result, narrow->isBFloatTy()), inst.getType()));
      inst.eraseFromParent();
      changed = true;
      continue;
    }
    if (isa<FPTruncInst>(inst)) {
      Type *to = inst.getType()->getScalarType();
      if (!to->isHalfTy() && !to->isBFloatTy())
        continue;
      inst.setOperand(0, cut(b, inst.getOperand(0), to->isBFloatTy()));
      changed = true;
      continue;
    }
    StringRef name = getNvvmName(inst);
    bool toBfloat = name.starts_with("f2bf16.") || name.starts_with("ff2bf16");
    if (!toBfloat && !name.starts_with("f2h.") && !name.starts_with("f2f16.") &&
        !name.starts_with("ff2f16"))
      continue;
    auto &call = cast<CallInst>(inst);
    for (Use &argument : call.args())
      argument.set(cut(b, argument, toBfloat));
    changed = true;
  }
  return changed;
}

//===----------------------------------------------------------------------===//
// index
//===----------------------------------------------------------------------===//

/// Whether an integer holds the bits of floats rather than a number: somewhere
/// in its making stands a conversion from a floating-point type.
static bool holdsFloats(Value *value, SmallPtrSetImpl<Value *> &seen) {
  auto *inst = dyn_cast<Instruction>(value);
  if (!inst || !seen.insert(value).second)
    return false;
  if (isa<BitCastInst>(inst) &&
      inst->getOperand(0)->getType()->isFPOrFPVectorTy())
    return true;
  StringRef name = getNvvmName(*inst);
  if (name.starts_with("f2") || name.starts_with("ff2"))
    return true;
  if (!isa<CastInst, BinaryOperator, SelectInst, PHINode, InsertElementInst,
           ExtractElementInst, ShuffleVectorInst>(inst)) {
    auto *extract = dyn_cast<ExtractValueInst>(inst);
    auto *whole = extract
                      ? dyn_cast<Instruction>(extract->getAggregateOperand())
                      : nullptr;
    return whole && isMma(*whole);
  }
  // The condition of a select compares values, it is none of them.
  unsigned first = isa<SelectInst>(inst) ? 1 : 0;
  for (Value *operand : drop_begin(inst->operands(), first))
    if (holdsFloats(operand, seen))
      return true;
  return false;
}

static bool injectIndex(Function &function) {
  SmallVector<StoreInst *> stores = getGlobalStores(function);
  IRBuilder<> b(function.getContext());
  bool changed = false;
  for (StoreInst *store : stores) {
    Value *value = store->getValueOperand();
    Type *scalar = value->getType()->getScalarType();
    SmallPtrSet<Value *, 16> seen;
    if (!(scalar->isIntegerTy(32) || scalar->isIntegerTy(64)) ||
        isa<LoadInst>(value) || holdsFloats(value, seen))
      continue;
    b.SetInsertPoint(store);
    store->setOperand(
        0, b.CreateAdd(value, ConstantInt::get(value->getType(), 1)));
    changed = true;
  }
  if (changed)
    return true;
  for (StoreInst *store : stores) {
    // By its own size, so that alignment does not give it away.
    uint64_t bytes = function.getDataLayout().getTypeStoreSize(
        store->getValueOperand()->getType());
    b.SetInsertPoint(store);
    store->setOperand(
        store->getPointerOperandIndex(),
        b.CreateConstGEP1_64(b.getInt8Ty(), store->getPointerOperand(), bytes));
  }
  return !stores.empty();
}

//===----------------------------------------------------------------------===//
// block
//===----------------------------------------------------------------------===//

static bool injectBlock(Function &function) {
  SmallVector<Instruction *> reads;
  for (Instruction &inst : instructions(function))
    if (getNvvmName(inst) == "read.ptx.sreg.ctaid.x")
      reads.push_back(&inst);
  IRBuilder<> b(function.getContext());
  for (Instruction *read : reads) {
    b.SetInsertPoint(read->getNextNode());
    auto *even = cast<Instruction>(b.CreateAnd(read, b.getInt32(~1u)));
    read->replaceUsesWithIf(even,
                            [&](Use &use) { return use.getUser() != even; });
  }
  return !reads.empty();
}

Error kiln::emulator::injectFault(Module &module, StringRef kind) {
  using Injection = bool (*)(Function &);
  auto apply = [](ArrayRef<Function *> functions, Injection injection) {
    bool changed = false;
    for (Function *function : functions)
      changed |= injection(*function);
    return changed;
  };
  SmallVector<Function *> compute = getComputeFunctions(module);
  auto fail = [&](const char *what) {
    return createStringError("cannot inject '%s': the kernels hold no %s",
                             kind.str().c_str(), what);
  };
  if (kind == "wait")
    return apply(compute, injectWait) ? Error::success()
                                      : fail("wait for asynchronous copies");
  if (kind == "barrier")
    return apply(compute, injectBarrier) ? Error::success() : fail("barrier");
  if (kind == "lane")
    return apply(compute, injectLane)
               ? Error::success()
               : fail("shuffle and no load from shared memory");
  if (kind == "mask")
    return apply(compute, injectMask) ? Error::success()
                                      : fail("store to global memory");
  if (kind == "index")
    return apply(compute, injectIndex) ? Error::success()
                                       : fail("store to global memory");
  if (kind == "block")
    return apply(compute, injectBlock) ? Error::success()
                                       : fail("read of the block's number");
  if (kind == "round") {
    // Weights may be rounded by the kernel that packs them.
    SmallVector<Function *> all;
    for (Function &function : module)
      if (!function.isDeclaration())
        all.push_back(&function);
    if (apply(all, injectTf32Round) || apply(compute, injectNarrowRound))
      return Error::success();
    return fail("rounding to tf32, f16 or bf16");
  }
  return createStringError("unknown fault '%s'; known are wait, barrier, "
                           "lane, mask, round, index, block",
                           kind.str().c_str());
}

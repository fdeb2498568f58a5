//===- LowerCalls.cpp - Intrinsics as calls of the runtime ----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace kiln::emulator;
using namespace llvm;

namespace {
class CallLowerer {
public:
  CallLowerer(Module &module, SiteTable &sites, LoweredProgram &program)
      : module(module), sites(sites), program(program),
        context(module.getContext()), i32(Type::getInt32Ty(context)),
        i64(Type::getInt64Ty(context)), ptr(PointerType::get(context, 0)) {}
  Error lowerCall(CallInst &call);

private:
  Error lowerExternal(CallInst &call, Function &callee);
  void emitOperation(CallInst &call, const Operation &operation);
  Value *getBuffer(Function &function);
  void appendWords(IRBuilder<> &b, Value *value, SmallVectorImpl<Value *> &out);
  Value *readWords(IRBuilder<> &b, Type *type, Value *buffer, unsigned &index);

  Module &module;
  SiteTable &sites;
  LoweredProgram &program;
  LLVMContext &context;
  Type *i32, *i64, *ptr;
  DenseMap<Function *, AllocaInst *> buffers;
};
} // namespace

/// One area a function for operands (first half) and results.
Value *CallLowerer::getBuffer(Function &function) {
  AllocaInst *&buffer = buffers[&function];
  if (!buffer) {
    IRBuilder<> b(&*function.getEntryBlock().begin());
    buffer = b.CreateAlloca(ArrayType::get(i32, 64), nullptr, "kiln.words");
    buffer->setAlignment(Align(16));
  }
  return buffer;
}

void CallLowerer::appendWords(IRBuilder<> &b, Value *value,
                              SmallVectorImpl<Value *> &out) {
  Type *type = value->getType();
  if (type->isPointerTy()) {
    value = b.CreatePtrToInt(value, i64);
  } else if (!type->isIntegerTy()) {
    value = b.CreateBitCast(value, b.getIntNTy(type->getPrimitiveSizeInBits()));
  }
  if (value->getType()->getIntegerBitWidth() <= 32) {
    out.push_back(b.CreateZExt(value, i32));
    return;
  }
  out.push_back(b.CreateTrunc(value, i32));
  out.push_back(b.CreateTrunc(b.CreateLShr(value, 32), i32));
}

Value *CallLowerer::readWords(IRBuilder<> &b, Type *type, Value *buffer,
                              unsigned &index) {
  auto word = [&] {
    return b.CreateLoad(i32, b.CreateConstGEP1_32(i32, buffer, index++));
  };
  if (auto *tuple = dyn_cast<StructType>(type)) {
    Value *result = PoisonValue::get(tuple);
    for (unsigned i = 0; i < tuple->getNumElements(); ++i)
      result = b.CreateInsertValue(
          result, readWords(b, tuple->getElementType(i), buffer, index), i);
    return result;
  }
  unsigned bits = type->getPrimitiveSizeInBits();
  Value *value = word();
  if (bits > 32)
    value = b.CreateOr(b.CreateZExt(value, i64),
                       b.CreateShl(b.CreateZExt(word(), i64), 32));
  else
    value = b.CreateTrunc(value, b.getIntNTy(bits));
  return b.CreateBitCast(value, type);
}

void CallLowerer::emitOperation(CallInst &call, const Operation &operation) {
  uint32_t site = sites.lookup(&call);
  program.operations.push_back(operation);
  Operation &kept = program.operations.back();
  kept.site = site;
  Function &function = *call.getFunction();
  Value *self = getSelf(function);
  Value *buffer = getBuffer(function);
  IRBuilder<> b(&call);
  SmallVector<Value *> words;
  for (Value *argument : call.args())
    appendWords(b, argument, words);
  for (auto [i, word] : enumerate(words))
    b.CreateStore(word, b.CreateConstGEP1_32(i32, buffer, i));
  Value *results = b.CreateConstGEP1_32(i32, buffer, 32);
  FunctionCallee perform = module.getOrInsertFunction(
      "kilnRtPerform",
      FunctionType::get(b.getVoidTy(), {ptr, ptr, ptr, ptr}, false));
  auto *decl = cast<Function>(perform.getCallee());
  decl->setDoesNotThrow();
  decl->setConvergent();
  Value *address = b.CreateIntToPtr(
      ConstantInt::get(i64, reinterpret_cast<uint64_t>(&kept)), ptr);
  b.CreateCall(perform, {self, address, buffer, results})->setConvergent();
  if (!call.getType()->isVoidTy()) {
    unsigned index = 0;
    call.replaceAllUsesWith(readWords(b, call.getType(), results, index));
  }
  call.eraseFromParent();
}

/// Device functions of libdevice that the host's libm has.
Error CallLowerer::lowerExternal(CallInst &call, Function &callee) {
  StringRef name = callee.getName();
  static const StringMap<Intrinsic::ID> known = {
      {"exp", Intrinsic::exp},     {"exp2", Intrinsic::exp2},
      {"log", Intrinsic::log},     {"log2", Intrinsic::log2},
      {"log10", Intrinsic::log10}, {"sin", Intrinsic::sin},
      {"cos", Intrinsic::cos},     {"tan", Intrinsic::tan},
      {"tanh", Intrinsic::tanh},   {"sqrt", Intrinsic::sqrt},
      {"pow", Intrinsic::pow},     {"fabs", Intrinsic::fabs},
      {"floor", Intrinsic::floor}, {"ceil", Intrinsic::ceil},
      {"fma", Intrinsic::fma},     {"atan", Intrinsic::atan},
      {"fmin", Intrinsic::minnum}, {"fmax", Intrinsic::maxnum}};
  StringRef base = name;
  if (base.consume_front("__nv_")) {
    if (call.getType()->isFloatTy())
      base.consume_back("f");
    IRBuilder<> b(&call);
    SmallVector<Value *> arguments(call.args());
    if (auto found = known.find(base); found != known.end()) {
      call.replaceAllUsesWith(
          b.CreateIntrinsic(found->second, {call.getType()}, arguments));
      call.eraseFromParent();
      return Error::success();
    }
    // Functions of libm without an intrinsic.
    for (StringRef plain : {"erf", "expm1", "log1p", "sinh", "cosh", "asinh",
                            "acosh", "atanh", "cbrt", "erfc"})
      if (base == plain) {
        FunctionCallee host = module.getOrInsertFunction(
            (base + (call.getType()->isFloatTy() ? "f" : "")).str(),
            call.getFunctionType());
        call.replaceAllUsesWith(b.CreateCall(host, arguments));
        call.eraseFromParent();
        return Error::success();
      }
  }
  return createStringError("the emulator does not know the external function "
                           "'%s', called in function '%s'",
                           name.str().c_str(),
                           call.getFunction()->getName().str().c_str());
}

Error CallLowerer::lowerCall(CallInst &call) {
  Function *callee = call.getCalledFunction();
  if (!callee)
    return createStringError("indirect call in function '%s'",
                             call.getFunction()->getName().str().c_str());
  if (!callee->isDeclaration())
    return Error::success();
  if (call.getIntrinsicID() == Intrinsic::trap ||
      callee->getName() == "__assertfail") {
    Operation trap;
    trap.kind = OpKind::Trap;
    trap.name = callee->getName().str();
    if (!callee->isIntrinsic()) {
      // The message stays on the device.
      auto *plain = CallInst::Create(
          module.getOrInsertFunction(
              "llvm.trap", FunctionType::get(Type::getVoidTy(context), false)),
          "", call.getIterator());
      plain->setDebugLoc(call.getDebugLoc());
      sites[plain] = sites.lookup(&call);
      call.eraseFromParent();
      emitOperation(*plain, trap);
      return Error::success();
    }
    emitOperation(call, trap);
    return Error::success();
  }
  StringRef name = callee->getName();
  if (!name.consume_front("llvm.nvvm.")) {
    if (callee->isIntrinsic()) {
      if (name.starts_with("llvm.masked."))
        return createStringError("the emulator does not know '%s'",
                                 name.str().c_str());
      return Error::success();
    }
    if (name == "kilnRtSelf" || name.starts_with("kilnRt"))
      return Error::success();
    return lowerExternal(call, *callee);
  }
  StringRef special = name;
  if (special.consume_front("read.ptx.sreg."))
    if (int number = getSpecialRegister(special); number >= 0) {
      FunctionCallee read = module.getOrInsertFunction(
          "kilnRtSpecialRegister", FunctionType::get(i32, {ptr, i32}, false));
      auto *decl = cast<Function>(read.getCallee());
      decl->setMemoryEffects(MemoryEffects::none());
      decl->setDoesNotThrow();
      decl->addFnAttr(Attribute::WillReturn);
      Value *self = getSelf(*call.getFunction());
      IRBuilder<> b(&call);
      call.replaceAllUsesWith(
          b.CreateCall(read, {self, ConstantInt::get(i32, number)}));
      call.eraseFromParent();
      return Error::success();
    }
  Operation operation;
  if (decodeOperation(name, call, operation)) {
    emitOperation(call, operation);
    return Error::success();
  }
  IRBuilder<> b(&call);
  if (Value *value = expandScalar(name, call, b)) {
    call.replaceAllUsesWith(value);
    call.eraseFromParent();
    return Error::success();
  }
  return createStringError("the emulator does not know the intrinsic '%s', "
                           "called in function '%s'",
                           callee->getName().str().c_str(),
                           call.getFunction()->getName().str().c_str());
}

Error kiln::emulator::lowerCalls(Module &module, SiteTable &sites,
                                 LoweredProgram &program) {
  CallLowerer lowerer(module, sites, program);
  SmallVector<CallInst *> calls;
  for (Function &function : module)
    for (BasicBlock &block : function)
      for (Instruction &inst : block)
        if (auto *call = dyn_cast<CallInst>(&inst))
          calls.push_back(call);
  for (CallInst *call : calls)
    if (Error error = lowerer.lowerCall(*call))
      return error;
  return Error::success();
}

//===- Lowering.cpp - From an NVPTX module to a host module ---------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Pointers of all address spaces become 64-bit host pointers. The arena for
// shared memory lies below 4 GB, so that 32-bit shared addresses work too.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/ReplaceConstant.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace kiln::emulator;
using namespace llvm;

static constexpr StringRef kSelfName = "kiln.self";

Value *kiln::emulator::getSelf(Function &function) {
  for (Instruction &inst : function.getEntryBlock())
    if (inst.getName() == kSelfName)
      return &inst;
  Module &module = *function.getParent();
  LLVMContext &context = module.getContext();
  FunctionCallee callee = module.getOrInsertFunction(
      "kilnRtSelf", FunctionType::get(PointerType::get(context, 0), false));
  auto *decl = cast<Function>(callee.getCallee());
  // The same for the whole life of an activation.
  decl->setMemoryEffects(MemoryEffects::none());
  decl->setDoesNotThrow();
  decl->addFnAttr(Attribute::WillReturn);
  IRBuilder<> b(&*function.getEntryBlock().getFirstNonPHIOrDbgOrAlloca());
  return b.CreateCall(callee, {}, kSelfName);
}

uint32_t kiln::emulator::addSite(LoweredProgram &program,
                                 const Instruction &inst) {
  Site site;
  site.function = inst.getFunction()->getName().str();
  raw_string_ostream(site.text) << inst;
  site.text = StringRef(site.text).trim().str();
  size_t tail = site.text.find(", !");
  if (tail != std::string::npos)
    site.text.resize(tail);
  if (site.text.size() > 120)
    site.text = site.text.substr(0, 117) + "...";
  if (const DILocation *location = inst.getDebugLoc())
    site.location =
        (location->getFilename() + ":" + Twine(location->getLine()) + ":" +
         Twine(location->getColumn()))
            .str();
  program.sites.push_back(std::move(site));
  return program.sites.size() - 1;
}

namespace {
class Lowerer {
public:
  Lowerer(Module &module, LoweredProgram &program)
      : module(module), program(program), context(module.getContext()),
        i32(Type::getInt32Ty(context)), i64(Type::getInt64Ty(context)),
        ptr(PointerType::get(context, 0)) {}

  Error findKernels();
  void dropDeviceProperties();
  Error lowerCalls();
  Error lowerSharedVariables();
  Error lowerOtherVariables();
  Error lowerAllocas();
  void addWrappers();

private:
  Error lowerCall(CallInst &call);
  Error lowerExternal(CallInst &call, Function &callee);
  void emitOperation(CallInst &call, const Operation &operation);
  Value *getBuffer(Function &function);
  void appendWords(IRBuilder<> &b, Value *value, SmallVectorImpl<Value *> &out);
  Value *readWords(IRBuilder<> &b, Type *type, Value *buffer, unsigned &index);

  Module &module;
  LoweredProgram &program;
  LLVMContext &context;
  Type *i32, *i64, *ptr;
  SmallVector<Function *> kernels;
  DenseSet<std::pair<Function *, unsigned>> byValue;
  DenseMap<Function *, AllocaInst *> buffers;
};
} // namespace

Error Lowerer::findKernels() {
  if (!module.getTargetTriple().isNVPTX())
    return createStringError("the bitcode is for target '%s', not for nvptx64",
                             module.getTargetTriple().str().c_str());
  SmallPtrSet<Function *, 8> annotated;
  if (NamedMDNode *node = module.getNamedMetadata("nvvm.annotations"))
    for (MDNode *entry : node->operands()) {
      auto *function =
          entry->getNumOperands() >= 2
              ? mdconst::dyn_extract_or_null<Function>(entry->getOperand(0))
              : nullptr;
      for (const MDOperand &operand : entry->operands())
        if (auto *text = dyn_cast_or_null<MDString>(operand.get());
            text && text->getString() == "kernel" && function)
          annotated.insert(function);
    }
  for (Function &function : module)
    if (!function.isDeclaration() &&
        (function.getCallingConv() == CallingConv::PTX_Kernel ||
         annotated.contains(&function)))
      kernels.push_back(&function);
  for (Function *kernel : kernels)
    for (Argument &argument : kernel->args())
      if (argument.hasByValAttr())
        byValue.insert({kernel, argument.getArgNo()});
  if (kernels.empty())
    return createStringError("the bitcode holds no kernel");
  return Error::success();
}

/// What is only for the device, or would let the optimiser assume what the
/// checks are to find.
void Lowerer::dropDeviceProperties() {
  for (StringRef name :
       {"nvvm.annotations", "nvvmir.version", "llvm.ident", "nvvm-reflect-ftz"})
    if (NamedMDNode *node = module.getNamedMetadata(name))
      module.eraseNamedMetadata(node);
  for (StringRef name : {"llvm.used", "llvm.compiler.used"})
    if (GlobalVariable *list = module.getNamedGlobal(name))
      list->eraseFromParent();
  for (Function &function : module) {
    if (function.isIntrinsic() || function.getName().starts_with("kilnRt"))
      continue;
    function.setCallingConv(CallingConv::C);
    function.setAttributes(AttributeList());
    function.setDoesNotThrow();
    function.setComdat(nullptr);
    function.setSection("");
    if (!function.isDeclaration())
      function.setLinkage(GlobalValue::InternalLinkage);
    for (BasicBlock &block : function)
      for (Instruction &inst : make_early_inc_range(block)) {
        if (auto *call = dyn_cast<CallInst>(&inst)) {
          call->setCallingConv(CallingConv::C);
          if (!isa<IntrinsicInst>(call))
            call->setAttributes(AttributeList());
          call->setTailCallKind(CallInst::TCK_None);
          if (call->getIntrinsicID() == Intrinsic::assume)
            call->eraseFromParent();
          continue;
        }
        // Host buffers may be less aligned than device memory; alignment is
        // what the checks look at, from the values noted before.
        for (unsigned kind :
             {LLVMContext::MD_invariant_load, LLVMContext::MD_align,
              LLVMContext::MD_nonnull, LLVMContext::MD_dereferenceable})
          inst.setMetadata(kind, nullptr);
        if (auto *load = dyn_cast<LoadInst>(&inst); load && load->isSimple())
          load->setAlignment(Align(1));
        else if (auto *store = dyn_cast<StoreInst>(&inst);
                 store && store->isSimple())
          store->setAlignment(Align(1));
      }
  }
}

Error Lowerer::lowerSharedVariables() {
  SmallVector<GlobalVariable *> variables;
  SmallVector<Constant *> constants;
  for (GlobalVariable &variable : module.globals())
    if (variable.getAddressSpace() == 3) {
      variables.push_back(&variable);
      constants.push_back(&variable);
    }
  convertUsersOfConstantsToInstructions(constants);
  const DataLayout &layout = module.getDataLayout();
  uint64_t end = 0;
  DenseMap<GlobalVariable *, uint64_t> offsets;
  for (GlobalVariable *variable : variables) {
    uint64_t bytes = layout.getTypeAllocSize(variable->getValueType());
    if (bytes == 0)
      continue;
    uint64_t align =
        std::max<uint64_t>(variable->getAlign().valueOrOne().value(), 16);
    uint64_t offset = alignTo(end, align);
    program.shared.variables.push_back(
        {variable->getName().str(), offset, bytes});
    offsets[variable] = offset;
    end = offset + bytes;
  }
  program.shared.staticBytes = end;
  // Dynamic memory starts where a write behind the last variable misses it.
  program.shared.dynamicOffset =
      variables.empty() || end == 0 ? 0 : alignTo(end + 64, 256);
  for (GlobalVariable *variable : variables)
    if (!offsets.contains(variable))
      offsets[variable] = program.shared.dynamicOffset;

  FunctionCallee getBase = module.getOrInsertFunction(
      "kilnRtSharedBase", FunctionType::get(i64, {ptr}, false));
  auto *decl = cast<Function>(getBase.getCallee());
  decl->setMemoryEffects(MemoryEffects::none());
  decl->setDoesNotThrow();
  decl->addFnAttr(Attribute::WillReturn);
  DenseMap<Function *, Value *> bases;
  for (GlobalVariable *variable : variables) {
    DenseMap<Function *, Value *> addresses;
    for (Use &use : make_early_inc_range(variable->uses())) {
      auto *user = dyn_cast<Instruction>(use.getUser());
      if (!user)
        return createStringError(
            "the address of shared variable '%s' stands in an initialiser",
            variable->getName().str().c_str());
      Function *function = user->getFunction();
      Value *&base = bases[function];
      Value *&address = addresses[function];
      if (!address) {
        auto *self = cast<Instruction>(getSelf(*function));
        IRBuilder<> b(self->getNextNode());
        if (base)
          b.SetInsertPoint(cast<Instruction>(base)->getNextNode());
        else
          base = b.CreateCall(getBase, {self});
        address = b.CreateIntToPtr(
            b.CreateAdd(base, ConstantInt::get(i64, offsets[variable])),
            variable->getType(), variable->getName());
      }
      use.set(address);
    }
    variable->eraseFromParent();
  }
  return Error::success();
}

Error Lowerer::lowerOtherVariables() {
  const DataLayout &layout = module.getDataLayout();
  unsigned number = 0;
  for (GlobalVariable &variable : module.globals()) {
    if (!variable.hasInitializer())
      return createStringError("variable '%s' has no definition",
                               variable.getName().str().c_str());
    variable.setLinkage(GlobalValue::ExternalLinkage);
    variable.setComdat(nullptr);
    variable.setSection("");
    std::string shown = variable.getName().str();
    variable.setName("kiln.variable." + Twine(number++));
    program.variables.push_back(
        {shown, layout.getTypeAllocSize(variable.getValueType())});
  }
  return Error::success();
}

Error Lowerer::lowerAllocas() {
  const DataLayout &layout = module.getDataLayout();
  for (Function &function : module)
    for (BasicBlock &block : function)
      for (Instruction &inst : make_early_inc_range(block)) {
        if (inst.isLifetimeStartOrEnd()) {
          inst.eraseFromParent(); // Only allowed right on an alloca.
          continue;
        }
        auto *alloca = dyn_cast<AllocaInst>(&inst);
        if (!alloca)
          continue;
        std::optional<TypeSize> bytes = alloca->getAllocationSize(layout);
        if (!bytes)
          return createStringError(
              "function '%s' has local memory of a size known only when it "
              "runs",
              function.getName().str().c_str());
        program.localBytes += bytes->getFixedValue();
        if (alloca->getAddressSpace() == 0)
          continue;
        IRBuilder<> b(alloca);
        AllocaInst *local = b.CreateAlloca(alloca->getAllocatedType(), 0u,
                                           alloca->getArraySize());
        local->setAlignment(alloca->getAlign());
        alloca->replaceAllUsesWith(
            b.CreateAddrSpaceCast(local, alloca->getType()));
        alloca->eraseFromParent();
      }
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

/// One area a function for operands (first half) and results.
Value *Lowerer::getBuffer(Function &function) {
  AllocaInst *&buffer = buffers[&function];
  if (!buffer) {
    IRBuilder<> b(&*function.getEntryBlock().begin());
    buffer = b.CreateAlloca(ArrayType::get(i32, 64), nullptr, "kiln.words");
    buffer->setAlignment(Align(16));
  }
  return buffer;
}

void Lowerer::appendWords(IRBuilder<> &b, Value *value,
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

Value *Lowerer::readWords(IRBuilder<> &b, Type *type, Value *buffer,
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

void Lowerer::emitOperation(CallInst &call, const Operation &operation) {
  program.operations.push_back(operation);
  Operation &kept = program.operations.back();
  kept.site = addSite(program, call);
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
Error Lowerer::lowerExternal(CallInst &call, Function &callee) {
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

Error Lowerer::lowerCall(CallInst &call) {
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

Error Lowerer::lowerCalls() {
  SmallVector<CallInst *> calls;
  for (Function &function : module)
    for (BasicBlock &block : function)
      for (Instruction &inst : block)
        if (auto *call = dyn_cast<CallInst>(&inst))
          calls.push_back(call);
  for (CallInst *call : calls)
    if (Error error = lowerCall(*call))
      return error;
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Wrappers
//===----------------------------------------------------------------------===//

void Lowerer::addWrappers() {
  for (auto [number, kernel] : enumerate(kernels)) {
    KernelInfo info;
    info.wrapper = ("kiln.entry." + Twine(number)).str();
    info.numArguments = kernel->arg_size();
    auto *wrapper = Function::Create(
        FunctionType::get(Type::getVoidTy(context), {ptr}, false),
        GlobalValue::ExternalLinkage, info.wrapper, module);
    IRBuilder<> b(BasicBlock::Create(context, "", wrapper));
    SmallVector<Value *> arguments;
    for (auto [i, parameter] : enumerate(kernel->args())) {
      Value *place =
          b.CreateLoad(ptr, b.CreateConstGEP1_64(ptr, wrapper->getArg(0), i));
      // A struct passed by value is read where the launch holds it.
      if (byValue.contains({kernel, static_cast<unsigned>(i)}))
        arguments.push_back(b.CreateAddrSpaceCast(place, parameter.getType()));
      else
        arguments.push_back(
            b.CreateAlignedLoad(parameter.getType(), place, Align(1)));
    }
    b.CreateCall(kernel, arguments);
    b.CreateRetVoid();
    program.kernels[kernel->getName().str()] = info;
  }
}

Error kiln::emulator::lowerToHost(Module &module, bool checks,
                                  LoweredProgram &program) {
  program.sites.emplace_back();
  Lowerer lowerer(module, program);
  if (Error error = lowerer.findKernels())
    return error;
  if (Error error = rewriteInlineAsm(module))
    return error;
  if (Error error = lowerer.lowerAllocas())
    return error;
  // Checks come first: they see the alignment that the device relies on.
  if (checks)
    if (Error error = instrumentAccesses(module, program))
      return error;
  lowerer.dropDeviceProperties();
  if (Error error = lowerer.lowerCalls())
    return error;
  if (Error error = lowerer.lowerSharedVariables())
    return error;
  if (Error error = lowerer.lowerOtherVariables())
    return error;
  lowerer.addWrappers();
  return Error::success();
}

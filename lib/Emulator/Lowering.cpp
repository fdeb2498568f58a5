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
#include "llvm/IR/ModuleSlotTracker.h"
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

/// Notes the places of all instructions that a report may name. Printing them
/// later, one at a time, would number the whole function each time.
static void collectSites(Module &module, LoweredProgram &program,
                         SiteTable &table) {
  ModuleSlotTracker slots(&module, /*ShouldInitializeAllMetadata=*/false);
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    slots.incorporateFunction(function);
    for (BasicBlock &block : function)
      for (Instruction &inst : block) {
        if (!inst.mayReadOrWriteMemory() && !isa<CallInst>(inst))
          continue;
        Site site;
        site.function = function.getName().str();
        raw_string_ostream os(site.text);
        inst.print(os, slots);
        site.text = StringRef(site.text).trim().str();
        if (size_t tail = site.text.find(", !"); tail != std::string::npos)
          site.text.resize(tail);
        if (site.text.size() > 120)
          site.text = site.text.substr(0, 117) + "...";
        if (const DILocation *location = inst.getDebugLoc();
            location && location->getLine())
          site.location =
              (location->getFilename() + ":" + Twine(location->getLine()) +
               ":" + Twine(location->getColumn()))
                  .str();
        table[&inst] = program.sites.size();
        program.sites.push_back(std::move(site));
      }
  }
}

namespace {
class Lowerer {
public:
  Lowerer(Module &module, LoweredProgram &program)
      : module(module), program(program), context(module.getContext()),
        i64(Type::getInt64Ty(context)), ptr(PointerType::get(context, 0)) {}

  Error findKernels();
  void dropDeviceProperties();
  Error lowerSharedVariables();
  Error lowerOtherVariables();
  Error lowerAllocas();
  void addWrappers();

private:
  Module &module;
  LoweredProgram &program;
  LLVMContext &context;
  Type *i64, *ptr;
  SmallVector<Function *> kernels;
  DenseSet<std::pair<Function *, unsigned>> byValue;
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
  // A gap behind each variable shows accesses that run over its end.
  constexpr uint64_t kGap = 64;
  uint64_t end = 0, gapEnd = 0;
  DenseMap<GlobalVariable *, uint64_t> offsets;
  for (GlobalVariable *variable : variables) {
    uint64_t bytes = layout.getTypeAllocSize(variable->getValueType());
    if (bytes == 0)
      continue;
    uint64_t align =
        std::max<uint64_t>(variable->getAlign().valueOrOne().value(), 16);
    uint64_t offset = alignTo(gapEnd, align);
    program.shared.variables.push_back(
        {variable->getName().str(), offset, bytes});
    offsets[variable] = offset;
    end = offset + bytes;
    gapEnd = end + kGap;
  }
  program.shared.staticBytes = end;
  program.shared.dynamicOffset =
      variables.empty() || end == 0 ? 0 : alignTo(gapEnd, 256);
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
    if (!variable.hasInitializer() && variable.use_empty())
      continue;
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
  if (Error error = lowerer.lowerAllocas())
    return error;
  SiteTable sites;
  collectSites(module, program, sites);
  // Checks come first: they see the alignment that the device relies on.
  if (checks)
    if (Error error = instrumentAccesses(module, sites, program))
      return error;
  lowerer.dropDeviceProperties();
  if (Error error = lowerCalls(module, sites, program))
    return error;
  if (Error error = lowerer.lowerSharedVariables())
    return error;
  if (Error error = lowerer.lowerOtherVariables())
    return error;
  lowerer.addWrappers();
  return Error::success();
}

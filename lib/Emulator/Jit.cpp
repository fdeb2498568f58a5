//===- Jit.cpp - Compiled kernels for the host ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Jit.h"

#include "Numeric.h"
#include "Runtime.h"
#include "kiln/Emulator/Inject.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/ThreadSafeModule.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"

#include <bit>
#include <cstring>

using namespace kiln::emulator;
using namespace llvm;

//===----------------------------------------------------------------------===//
// Conversions that the host compiler calls where the CPU has no instruction
//===----------------------------------------------------------------------===//

// Narrow floats travel in vector registers, as a float whose low bits hold
// them.
static float fromBits(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits));
}
static float truncFloatToHalf(float value) {
  return fromBits(doubleToHalf(value));
}
static float truncDoubleToHalf(double value) {
  return fromBits(doubleToHalf(value));
}
static float extendHalf(float value) {
  return halfToFloat(std::bit_cast<uint32_t>(value) & 0xffff);
}
static float truncFloatToBfloat(float value) {
  return fromBits(floatToBfloat(value));
}
static float truncDoubleToBfloat(double value) {
  return fromBits(doubleToBfloat(value));
}

static orc::SymbolMap getRuntimeSymbols(orc::LLJIT &jit) {
  orc::SymbolMap symbols;
  auto add = [&](StringRef name, auto *function) {
    symbols[jit.mangleAndIntern(name)] = {orc::ExecutorAddr::fromPtr(function),
                                          JITSymbolFlags::Exported |
                                              JITSymbolFlags::Callable};
  };
  add("kilnRtSelf", &kilnRtSelf);
  add("kilnRtSpecialRegister", &kilnRtSpecialRegister);
  add("kilnRtSharedBase", &kilnRtSharedBase);
  add("kilnRtCheck", &kilnRtCheck);
  add("kilnRtCheckRange", &kilnRtCheckRange);
  add("kilnRtPerform", &kilnRtPerform);
  add("__truncsfhf2", &truncFloatToHalf);
  add("__truncdfhf2", &truncDoubleToHalf);
  add("__extendhfsf2", &extendHalf);
  add("__truncsfbf2", &truncFloatToBfloat);
  add("__truncdfbf2", &truncDoubleToBfloat);
  return symbols;
}

/// The host with a fixed set of features instead of all that this machine has:
/// results must not depend on where the emulator runs, and instructions for
/// narrow floats are not all right. AVX512-BF16 and AVX10.2 convert to bf16
/// with subnormals flushed to zero; AVX512-FP16 rounds a fused multiply-add of
/// f16 once where without it LLVM computes in f32. Without them LLVM computes
/// in f32 and rounds by F16C or by the functions above, right for all values.
static Expected<orc::JITTargetMachineBuilder> getHost() {
  Expected<orc::JITTargetMachineBuilder> host =
      orc::JITTargetMachineBuilder::detectHost();
  if (!host)
    return host.takeError();
  const Triple &triple = host->getTargetTriple();
  if (triple.getArch() == Triple::x86_64) {
    // AVX2, FMA and F16C, or on a processor before Haswell none of them.
    StringMap<bool> has = sys::getHostCPUFeatures();
    bool isV3 = all_of(ArrayRef<StringRef>{"avx2", "fma", "f16c", "bmi", "bmi2",
                                           "lzcnt", "movbe", "popcnt"},
                       [&](StringRef feature) { return has.lookup(feature); });
    host->setCPU(isV3 ? "x86-64-v3" : "x86-64").setFeatures("");
  } else if (triple.isAArch64()) {
    host->setCPU("generic").setFeatures("");
  } // Elsewhere features decide the calling convention: those of the host.
  return host;
}

static void optimize(Module &module, TargetMachine *machine) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PassBuilder builder(machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(OptimizationLevel::O1)
      .run(module, modules);
}

Expected<std::unique_ptr<CompiledProgram>>
CompiledProgram::create(StringRef bitcode, bool checks, StringRef inject) {
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  auto context = std::make_unique<LLVMContext>();
  // Without a handler an error in the code generator ends the process. The
  // context moves on to the JIT and dies with it.
  auto result = std::make_unique<CompiledProgram>();
  context->setDiagnosticHandlerCallBack(
      [](const DiagnosticInfo *info, void *errors) {
        if (info->getSeverity() != DS_Error)
          return;
        raw_string_ostream os(*static_cast<std::string *>(errors));
        DiagnosticPrinterRawOStream printer(os);
        info->print(printer);
        os << '\n';
      },
      result->errors.get());
  Expected<std::unique_ptr<Module>> parsed =
      parseBitcodeFile(MemoryBufferRef(bitcode, "kernels.bc"), *context);
  if (!parsed)
    return createStringError("the bitcode cannot be read: %s",
                             toString(parsed.takeError()).c_str());
  std::unique_ptr<Module> module = std::move(*parsed);
  std::string problems;
  raw_string_ostream problemStream(problems);
  if (verifyModule(*module, &problemStream))
    return createStringError("the bitcode is not valid: %s", problems.c_str());
  if (Error error = rewriteInlineAsm(*module))
    return error;
  if (!inject.empty())
    if (Error error = injectFault(*module, inject))
      return error;

  if (Error error = lowerToHost(*module, checks, result->program))
    return error;

  Expected<orc::JITTargetMachineBuilder> host = getHost();
  if (!host)
    return host.takeError();
  host->setCodeGenOptLevel(CodeGenOptLevel::Less);
  Expected<std::unique_ptr<TargetMachine>> machine =
      host->createTargetMachine();
  if (!machine)
    return machine.takeError();
  module->setTargetTriple((*machine)->getTargetTriple());
  module->setDataLayout((*machine)->createDataLayout());
  StripDebugInfo(*module);
  if (NamedMDNode *flags = module->getModuleFlagsMetadata())
    module->eraseNamedMetadata(flags);
  if (verifyModule(*module, &problemStream))
    return createStringError("the emulator made invalid code: %s",
                             problems.c_str());
  optimize(*module, machine->get());

  Expected<std::unique_ptr<orc::LLJIT>> jit =
      orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(*host)).create();
  if (!jit)
    return jit.takeError();
  result->jit = std::move(*jit);
  result->jit->getExecutionSession().setErrorReporter(
      [errors = result->errors.get()](Error error) {
        *errors += toString(std::move(error)) + "\n";
      });
  orc::JITDylib &library = result->jit->getMainJITDylib();
  if (Error error =
          library.define(orc::absoluteSymbols(getRuntimeSymbols(*result->jit))))
    return error;
  if (Error error = result->jit->addIRModule(
          orc::ThreadSafeModule(std::move(module), std::move(context))))
    return error;
  // Compile now, so that what is missing is known when the emulator is made.
  for (const auto &[name, kernel] : result->program.kernels)
    if (Expected<KernelEntry> entry = result->getEntry(kernel); !entry)
      return createStringError("kernel '%s' cannot be compiled: %s%s",
                               name.c_str(), result->errors->c_str(),
                               toString(entry.takeError()).c_str());
  if (!result->errors->empty())
    return createStringError("the kernels cannot be compiled: %s",
                             result->errors->c_str());
  return result;
}

Expected<KernelEntry> CompiledProgram::getEntry(const KernelInfo &kernel) {
  Expected<orc::ExecutorAddr> address = jit->lookup(kernel.wrapper);
  if (!address)
    return address.takeError();
  return address->toPtr<KernelEntry>();
}

Expected<void *> CompiledProgram::getVariable(size_t index) {
  Expected<orc::ExecutorAddr> address =
      jit->lookup("kiln.variable." + std::to_string(index));
  if (!address)
    return address.takeError();
  return address->toPtr<void *>();
}

//===- Serialize.cpp - Kernels to LLVM IR, bitcode and PTX ----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Target/Serialize.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"

#include <mutex>

// Declared here as llvm/Support/TargetSelect.h names every target that LLVM was
// built with.
extern "C" {
void LLVMInitializeNVPTXTargetInfo(void);
void LLVMInitializeNVPTXTarget(void);
void LLVMInitializeNVPTXTargetMC(void);
void LLVMInitializeNVPTXAsmPrinter(void);
}

using namespace mlir;

namespace {
constexpr llvm::StringLiteral kTriple = "nvptx64-nvidia-cuda";

std::unique_ptr<llvm::TargetMachine> createMachine(StringRef arch,
                                                   std::string &error) {
  // LLVM's registry is shared by the process; once is enough for all threads.
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
  });
  llvm::Triple triple(kTriple);
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return nullptr;
  llvm::TargetOptions options;
  // A contracted multiply-add would round once where the source rounds twice;
  // kernels ask for fma where they mean it.
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      triple, arch, kiln::kPtxFeature, options, std::nullopt, std::nullopt,
      llvm::CodeGenOptLevel::Default));
}

/// Hands what LLVM reports to the diagnostics of MLIR; without a handler LLVM
/// would print errors and exit.
struct DiagnosticForwarder : llvm::DiagnosticHandler {
  Operation *op;
  bool &failed;

  DiagnosticForwarder(Operation *op, bool &failed) : op(op), failed(failed) {}

  bool handleDiagnostics(const llvm::DiagnosticInfo &info) override {
    if (info.getSeverity() == llvm::DS_Remark ||
        info.getSeverity() == llvm::DS_Note)
      return true;
    std::string text;
    llvm::raw_string_ostream stream(text);
    llvm::DiagnosticPrinterRawOStream printer(stream);
    info.print(printer);
    if (info.getSeverity() == llvm::DS_Error) {
      failed = true;
      op->emitError("LLVM could not make PTX of it: ") << text;
    } else {
      op->emitWarning("LLVM: ") << text;
    }
    return true;
  }
};

void optimize(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::PipelineTuningOptions tuning;
  // Loops and vectors are the schedule's decision; a second unrolling or
  // packing here costs registers.
  tuning.LoopUnrolling = false;
  tuning.LoopVectorization = false;
  tuning.LoopInterleaving = false;
  tuning.SLPVectorization = false;
  llvm::PassBuilder builder(&machine, tuning);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager callGraph;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2)
      .run(module, modules);
}
/// Adds what the kernels call of the libdevice that the module around them
/// names.
LogicalResult linkLibdevice(gpu::GPUModuleOp op, llvm::Module &module) {
  if (llvm::none_of(module, [](const llvm::Function &function) {
        return function.isDeclaration() &&
               function.getName().starts_with("__nv_");
      }))
    return success();
  auto around = op->getParentOfType<ModuleOp>();
  auto path = around ? around->getAttrOfType<StringAttr>(
                           kiln::KilnDialect::kLibdeviceAttrName)
                     : StringAttr();
  if (!path)
    return op.emitError("kernels call libdevice, and the module names none");
  llvm::SMDiagnostic error;
  std::unique_ptr<llvm::Module> library =
      llvm::parseIRFile(path, error, module.getContext());
  if (!library)
    return op.emitError("cannot read the libdevice '")
           << path.getValue() << "': " << error.getMessage();
  library->setTargetTriple(module.getTargetTriple());
  library->setDataLayout(module.getDataLayout());
  if (llvm::Linker::linkModules(module, std::move(library),
                                llvm::Linker::LinkOnlyNeeded))
    return op.emitError("cannot link the libdevice '")
           << path.getValue() << "'";
  for (llvm::Function &function : module) {
    if (!function.getName().starts_with("__nv_"))
      continue;
    if (function.isDeclaration())
      return op.emitError("the libdevice '")
             << path.getValue() << "' has no function " << function.getName();
    function.setLinkage(llvm::GlobalValue::InternalLinkage);
  }
  return success();
}
} // namespace

FailureOr<kiln::SerializedKernels>
kiln::serializeKernels(gpu::GPUModuleOp op, StringRef arch,
                       const SerializeOptions &options) {
  std::string error;
  std::unique_ptr<llvm::TargetMachine> machine = createMachine(arch, error);
  if (!machine)
    return op.emitError("this LLVM has no NVPTX target: ") << error;

  bool failed = false;
  llvm::LLVMContext context;
  context.setDiagnosticHandler(
      std::make_unique<DiagnosticForwarder>(op, failed));
  std::unique_ptr<llvm::Module> module =
      translateModuleToLLVMIR(op, context, op.getName());
  if (!module)
    return failure(); // diagnosed at the op
  module->setTargetTriple(llvm::Triple(kTriple));
  module->setDataLayout(machine->createDataLayout());
  if (mlir::failed(linkLibdevice(op, *module)))
    return failure();
  optimize(*module, *machine);
  if (failed)
    return failure();

  SerializedKernels result;
  if (options.wantText) {
    llvm::raw_string_ostream stream(result.llvmIR);
    module->print(stream, nullptr);
  }
  {
    llvm::raw_string_ostream stream(result.bitcode);
    llvm::WriteBitcodeToFile(*module, stream);
  }
  if (!options.wantPtx)
    return result;

  llvm::SmallString<0> ptx;
  llvm::raw_svector_ostream stream(ptx);
  llvm::legacy::PassManager codegen;
  if (machine->addPassesToEmitFile(codegen, stream, nullptr,
                                   llvm::CodeGenFileType::AssemblyFile))
    return op.emitError("this LLVM cannot emit PTX");
  codegen.run(*module);
  if (failed)
    return failure();
  result.ptx = ptx.str().str();
  return result;
}

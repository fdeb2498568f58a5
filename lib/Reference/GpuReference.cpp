//===- GpuReference.cpp - A program in float64 on a GPU -------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Reference/GpuReference.h"

#include "Aggregates.h"
#include "ReferenceMath.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Reference/Passes.h"

#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Dialect/Arith/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/FuncBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Linalg/Transforms/AllInterfaces.h"
#include "mlir/Dialect/Linalg/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/Tensor/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/Transforms/SubsetInsertionOpInterfaceImpl.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void kiln::registerReferenceDialects(DialectRegistry &registry) {
  registry.insert<bufferization::BufferizationDialect, memref::MemRefDialect>();
  arith::registerBufferizableOpInterfaceExternalModels(registry);
  bufferization::func_ext::registerBufferizableOpInterfaceExternalModels(
      registry);
  linalg::registerAllDialectInterfaceImplementations(registry);
  tensor::registerBufferizableOpInterfaceExternalModels(registry);
  tensor::registerSubsetOpInterfaceExternalModels(registry);
  arith::registerConvertArithToLLVMInterface(registry);
  cf::registerConvertControlFlowToLLVMInterface(registry);
  registerConvertMathToLLVMInterface(registry);
  registerConvertMemRefToLLVMInterface(registry);
}

void kiln::buildGpuReferencePipeline(OpPassManager &pm, StringRef precision) {
  KilnPromoteToF64Options promotion;
  promotion.precision = precision.str();
  OpPassManager &function = pm.nest<func::FuncOp>();
  function.addPass(createConvertElementwiseToLinalgPass());
  function.addPass(createKilnPromoteToF64(promotion));
  function.addPass(createLinalgGeneralizeNamedOpsPass());
  function.addPass(createLinalgElementwiseOpFusionPass());
  function.addPass(createCanonicalizerPass());
  function.addPass(createCSEPass());
  function.addPass(createKilnReferenceDestinations());
  pm.addPass(bufferization::createEmptyTensorEliminationPass());
  pm.addPass(bufferization::createOneShotBufferizePass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createKilnLowerReference());
  OpPassManager &kernels = pm.nest<gpu::GPUModuleOp>();
  kernels.addPass(memref::createFoldMemRefAliasOpsPass());
  kernels.addPass(memref::createExpandStridedMetadataPass());
  kernels.addPass(createLowerAffinePass());
  kernels.addPass(createCanonicalizerPass());
  kernels.addPass(createCSEPass());
  kernels.addPass(arith::createArithExpandOpsPass());
  kernels.addPass(createSCFToControlFlowPass());
  ConvertGpuOpsToNVVMOpsOptions conversion;
  conversion.useBarePtrCallConv = true;
  kernels.addPass(createConvertGpuOpsToNVVMOps(conversion));
  kernels.addPass(createReconcileUnrealizedCastsPass());
  kernels.addPass(createCanonicalizerPass());
  kernels.addPass(createCSEPass());
}

namespace {
struct GpuReferenceOptions : PassPipelineOptions<GpuReferenceOptions> {
  Option<std::string> precision{
      *this, "precision",
      llvm::cl::desc("what contractions of f32 do: tf32, f32 or tf32x3"),
      llvm::cl::init("tf32")};
};
} // namespace

void kiln::registerGpuReferencePipeline() {
  PassPipelineRegistration<GpuReferenceOptions>(
      "kiln-gpu-reference",
      "a program on tensors, in float64, as plain kernels and a launch plan",
      [](OpPassManager &pm, const GpuReferenceOptions &options) {
        buildGpuReferencePipeline(pm, options.precision);
      });
}

/// The first op that has no instruction in f64; null if there is none.
static Operation *findUnsupported(func::FuncOp function) {
  Operation *found = nullptr;
  function.walk([&](Operation *op) {
    if (kiln::isSupportedInReference(op))
      return WalkResult::advance();
    found = op;
    return WalkResult::interrupt();
  });
  return found;
}

LogicalResult kiln::buildGpuReference(ModuleOp source, StringRef entry,
                                      StringRef precision,
                                      OwningOpRef<ModuleOp> &result) {
  OwningOpRef<ModuleOp> module(source.clone());
  func::FuncOp kept;
  for (auto function :
       llvm::make_early_inc_range(module->getOps<func::FuncOp>())) {
    bool isEntry = !function.isExternal() &&
                   (entry.empty() || function.getSymName() == entry);
    if (!isEntry) {
      function.erase();
      continue;
    }
    if (kept)
      return function.emitError("more than one function could be the entry; "
                                "name one of them");
    kept = function;
  }
  if (!kept)
    return source.emitError("there is no function '") << entry << "'";
  decomposeAggregates(kept);
  if (Operation *op = findUnsupported(kept))
    return op->emitWarning("no reference on a GPU: '")
           << op->getName()
           << "' has no lowering in float64; the reference on the CPU has it";
  PassManager pm(module->getContext(), ModuleOp::getOperationName());
  buildGpuReferencePipeline(pm, precision);
  if (failed(pm.run(*module)))
    return failure();
  result = std::move(module);
  return success();
}

int64_t kiln::getWorkspaceBytes(ModuleOp plan) {
  int64_t bytes = 0;
  plan.walk([&](memref::AllocOp alloc) {
    MemRefType type = alloc.getType();
    if (type.hasStaticShape() && type.getElementType().isIntOrFloat())
      bytes += type.getNumElements() *
               llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  });
  return bytes;
}

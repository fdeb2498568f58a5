//===- main.cpp - Two ways to embed Kiln ----------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// embed             compiles a module made in memory and prints its PTX
// embed --in-place  puts kernels into the module of a host and runs that
// with --remarks    also says what Kiln decided, and why
//
// Diagnostics come through a handler; nothing of Kiln can end the process. See
// docs/embedding.md.
//
//===----------------------------------------------------------------------===//

#include "Routes.h"

#include "kiln/Pipelines/Registration.h"

#include "mlir/Dialect/Arith/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/Transforms/FuncBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/MemRef/Transforms/AllocationOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"

#include <cstring>
#include <iostream>

using namespace mlir;

/// What the host itself needs beside Kiln's dialects: bufferization of what it
/// keeps, and the translation of gpu.binary.
static void registerHost(DialectRegistry &registry) {
  arith::registerBufferizableOpInterfaceExternalModels(registry);
  tensor::registerBufferizableOpInterfaceExternalModels(registry);
  bufferization::func_ext::registerBufferizableOpInterfaceExternalModels(
      registry);
  // Without it the allocation of a result stays where it is, with a copy.
  memref::registerAllocationOpInterfaceExternalModels(registry);
  gpu::registerOffloadingLLVMTranslationInterfaceExternalModels(registry);
}

kiln::CompileOptions getCompileOptions() {
  kiln::CompileOptions options;
  options.target = "rtx4090";
  options.withCubin = false; // No ptxas needed: the driver compiles the PTX.
  return options;
}

static LogicalResult enableRemarks(MLIRContext &context) {
  remark::RemarkCategories all;
  all.passed = all.missed = all.analysis = all.failed = ".*";
  return remark::enableOptimizationRemarks(
      context, nullptr, std::make_unique<remark::RemarkEmittingPolicyAll>(),
      all, /*printAsEmitRemarks=*/true);
}

int main(int argc, char **argv) {
  bool inPlace = false, remarks = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--in-place") == 0) {
      inPlace = true;
    } else if (std::strcmp(argv[i], "--remarks") == 0) {
      remarks = true;
    } else {
      std::cerr << "usage: embed [--in-place] [--remarks]\n";
      return 2;
    }
  }
  DialectRegistry registry;
  kiln::registerAllDialects(registry);
  registerHost(registry);
  MLIRContext context(registry);
  context.loadAllAvailableDialects();
  context.printOpOnDiagnostic(false);
  ScopedDiagnosticHandler handler(&context, [](Diagnostic &diagnostic) {
    std::cerr << "embed: " << diagnostic.str() << "\n";
    return success();
  });
  if (remarks && failed(enableRemarks(context)))
    return 1;
  return inPlace ? runInPlaceRoute(context) : runArtifactRoute(context);
}

//===- Embed.cpp - Kernels in the module of a host ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Pipelines/Embed.h"

#include "CompilePipelineOptions.h"
#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Embedding/Passes.h"
#include "kiln/Pipelines/Passes.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace kiln;

static StringRef getName(BinaryObject object) {
  switch (object) {
  case BinaryObject::Ptx:
    return "ptx";
  case BinaryObject::Cubin:
    return "cubin";
  case BinaryObject::Bitcode:
    return "bitcode";
  }
  llvm_unreachable("no other object");
}

void kiln::buildEmbedPipeline(OpPassManager &pm, const EmbedOptions &options) {
  FuseInPlaceOptions fuse;
  fuse.functions.assign(options.functions.begin(), options.functions.end());
  fuse.whole = options.whole;
  fuse.rounding = options.compile.rounding;
  pm.addPass(createFuseInPlace(fuse));
  pm.addPass(createIsolateKernels());

  pm.addPass(createCompileIsolated(options.compile));
  EmbedBinaryOptions binary;
  binary.select = getName(options.select).str();
  binary.cubin = options.compile.withCubin;
  binary.bitcode = options.withBitcode;
  binary.ptxas = options.compile.ptxas;
  pm.addPass(createEmbedBinary(binary));
  LaunchOnGpuOptions launch;
  launch.smCountFunction = options.smCountFunction;
  launch.unifiedMemory = options.unifiedMemory;
  launch.async = options.async;
  launch.memrefArguments = options.memrefArguments;
  pm.addPass(createLaunchOnGpu(launch));
  pm.addPass(createMergeIsolated());
}

LogicalResult kiln::embed(ModuleOp module, const EmbedOptions &options) {
  if (failed(verifyOptions(module.getContext(), options.compile)) ||
      failed(verify(module)))
    return failure();
  PassManager pm(module.getContext(), ModuleOp::getOperationName());
  TimingScope timing = options.compile.timing
                           ? options.compile.timing->nest("embed")
                           : TimingScope();
  if (options.compile.timing)
    pm.enableTiming(timing);
  if (options.compile.configure)
    options.compile.configure(pm);
  buildEmbedPipeline(pm, options);
  return pm.run(module);
}

std::vector<EmbeddedKernel> kiln::getKernels(gpu::BinaryOp binary) {
  std::vector<EmbeddedKernel> kernels;
  auto object = cast<gpu::ObjectAttr>(binary.getObjects()[0]);
  if (!object.getKernels())
    return kernels;
  for (gpu::KernelMetadataAttr entry : object.getKernels()) {
    auto role = entry.getAttr<StringAttr>("role");
    auto grid = entry.getAttr<ArrayAttr>("grid");
    auto block = entry.getAttr<DenseI64ArrayAttr>("block");
    auto shared = entry.getAttr<IntegerAttr>("shared_bytes");
    if (!role || !grid || !block || !shared)
      continue; // not Kiln's
    EmbeddedKernel kernel;
    kernel.name = entry.getName().str();
    kernel.role = role.str();
    for (auto size : grid.getAsRange<StringAttr>())
      kernel.grid.push_back(size.str());
    kernel.block = block.asArrayRef().vec();
    kernel.sharedBytes = shared.getInt();
    if (auto schedule = entry.getAttr<StringAttr>("schedule"))
      kernel.schedule = schedule.str();
    if (auto registers = entry.getAttr<IntegerAttr>("registers"))
      kernel.registers = registers.getInt();
    if (auto spills = entry.getAttr<IntegerAttr>("spill_bytes"))
      kernel.spillBytes = spills.getInt();
    kernels.push_back(std::move(kernel));
  }
  return kernels;
}

namespace {
struct EmbedPipelineOptions : CompilePipelineOptions<EmbedPipelineOptions> {
  ListOption<std::string> functions{
      *this, "functions",
      llvm::cl::desc("Functions to take, beside those marked kiln.embed")};
  Option<bool> whole{*this, "whole", llvm::cl::init(false),
                     llvm::cl::desc("Refuse functions that need the host")};
  Option<BinaryObject> select{
      *this, "select", llvm::cl::init(BinaryObject::Ptx),
      llvm::cl::desc("Object that the host's program loads"),
      llvm::cl::values(
          clEnumValN(BinaryObject::Ptx, "ptx", "PTX"),
          clEnumValN(BinaryObject::Cubin, "cubin", "machine code"),
          clEnumValN(BinaryObject::Bitcode, "bitcode", "LLVM bitcode"))};
  Option<bool> cubin{*this, "cubin", llvm::cl::init(false),
                     llvm::cl::desc("Add a cubin if ptxas is found")};
  Option<bool> bitcode{*this, "bitcode", llvm::cl::init(false),
                       llvm::cl::desc("Add LLVM bitcode")};
  Option<std::string> ptxas{*this, "ptxas",
                            llvm::cl::desc("ptxas; empty: searched for")};
  Option<std::string> smCountFunction{
      *this, "sm-count-function",
      llvm::cl::desc("Function of the host that counts multiprocessors")};
  Option<bool> unifiedMemory{
      *this, "unified-memory", llvm::cl::init(false),
      llvm::cl::desc("The card accesses the host's memory")};
  Option<bool> async{*this, "async", llvm::cl::init(true),
                     llvm::cl::desc("One chain of asynchronous ops")};
  Option<bool> memrefArguments{
      *this, "memref-arguments", llvm::cl::init(false),
      llvm::cl::desc("Launch with memrefs in place of pointers")};

  EmbedOptions get() const {
    EmbedOptions options;
    options.compile = getCompileOptions();
    options.compile.ptxas = ptxas;
    options.compile.withCubin = cubin;
    options.functions.assign(functions.begin(), functions.end());
    options.whole = whole;
    options.select = select;
    options.withBitcode = bitcode;
    options.smCountFunction = smCountFunction;
    options.unifiedMemory = unifiedMemory;
    options.async = async;
    options.memrefArguments = memrefArguments;
    return options;
  }
};
} // namespace

void kiln::registerEmbedPipeline() {
  PassPipelineRegistration<EmbedPipelineOptions>(
      "kiln-embed-pipeline",
      "Kernels of a host's module to gpu.binary and gpu.launch_func",
      [](OpPassManager &pm, const EmbedPipelineOptions &options) {
        buildEmbedPipeline(pm, options.get());
      });
}

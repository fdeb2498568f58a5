//===- Compiler.cpp - Running the stages ----------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Pipelines/Compiler.h"

#include "kiln/Target/Serialize.h"
#include "kiln/Target/Targets.h"

using namespace mlir;

LogicalResult kiln::verifyOptions(ModuleOp module,
                                  const CompileOptions &options) {
  module.getContext()->loadDialect<KilnDialect>();
  if (!lookupTarget(module.getContext(), options.target))
    return emitError(UnknownLoc::get(module.getContext()), "unknown target '")
           << options.target << "'; known are " << getTargetNames();
  if (options.precision != "tf32" && options.precision != "f32")
    return emitError(UnknownLoc::get(module.getContext()),
                     "unknown precision '")
           << options.precision << "'; known are tf32, f32";
  return success();
}

namespace {
struct Stage {
  kiln::Level from, to;
  StringRef name; ///< of the level it reaches
  void (*build)(OpPassManager &, const kiln::CompileOptions &);
};
constexpr Stage kStages[] = {
    {kiln::Level::Source, kiln::Level::Kernels, "kernels",
     kiln::buildFusionStage},
    {kiln::Level::Kernels, kiln::Level::Schedule, "schedule",
     kiln::buildScheduleStage},
    {kiln::Level::Schedule, kiln::Level::LaunchPlan, "codegen",
     kiln::buildCodegenStage},
    {kiln::Level::LaunchPlan, kiln::Level::NVVM, "nvvm",
     kiln::buildLoweringStage},
};
} // namespace

LogicalResult kiln::lowerTo(ModuleOp module, Level to,
                            const CompileOptions &options) {
  if (failed(verifyOptions(module, options)))
    return failure();
  for (const Stage &stage : kStages) {
    if (stage.from < options.from || stage.to > to)
      continue;
    PassManager pm(module.getContext(), ModuleOp::getOperationName());
    if (options.configure)
      options.configure(pm);
    stage.build(pm, options);
    if (failed(pm.run(module)))
      return failure();
    if (options.onLevel)
      options.onLevel(stage.name, module);
  }
  return success();
}

const std::string *kiln::Artifact::find(StringRef name) const {
  for (const ArtifactFile &file : files)
    if (file.name == name)
      return &file.data;
  return nullptr;
}

FailureOr<kiln::Artifact> kiln::compile(ModuleOp module,
                                        const CompileOptions &options) {
  if (failed(lowerTo(module, Level::NVVM, options)))
    return failure();
  auto kernels = module.getOps<gpu::GPUModuleOp>();
  if (!llvm::hasSingleElement(kernels))
    return module.emitError("expected one gpu.module of kernels");
  FailureOr<SerializedKernels> code =
      serializeKernels(*kernels.begin(), kArch, {.wantText = true});
  if (failed(code))
    return failure();
  Artifact artifact;
  artifact.files.push_back({"kernels.ptx", std::move(code->ptx)});
  artifact.files.push_back({"kernels.bc", std::move(code->bitcode)});
  artifact.llvmIR = std::move(code->llvmIR);
  return artifact;
}

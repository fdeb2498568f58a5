//===- Pipelines.cpp - The stages and their registration ------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Pipelines/Compiler.h"

#include "CompilePipelineOptions.h"
#include "kiln/Conversion/Passes.h"
#include "kiln/Distribution/Passes.h"
#include "kiln/Machine/Passes.h"
#include "kiln/MainLoop/Passes.h"
#include "kiln/Scheduling/Passes.h"
#include "kiln/Staging/Passes.h"
#include "kiln/Tiling/Passes.h"
#include "kiln/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void kiln::addInlining(OpPassManager &pm) {
  // The inliner would canonicalize functions first: that is kiln-normalize's
  // work, and it has to look for what upstream's patterns get wrong before.
  pm.addPass(createInlinerPass({}, [](OpPassManager &) {}));
  pm.addPass(createSymbolDCEPass());
}

void kiln::addFusion(OpPassManager &pm, StringRef rounding, bool keepCalls) {
  addInlining(pm);
  OpPassManager &functions = pm.nest<func::FuncOp>();
  KilnNormalizeOptions normalize;
  normalize.keepCalls = keepCalls;
  functions.addPass(createKilnNormalize(normalize));
  // After dead code is gone, before anything moves.
  functions.addPass(createCheckSupported());
  KilnSinkMonotoneOptions sink;
  sink.rounding = rounding.str();
  functions.addPass(createKilnSinkMonotone(sink));
  KilnSimplifyExpressionsOptions simplify;
  simplify.rounding = rounding.str();
  functions.addPass(createKilnSimplifyExpressions(simplify));
  pm.addPass(createKilnFuse());
}

void kiln::buildFusionStage(OpPassManager &pm, const CompileOptions &options) {
  SetLibdeviceOptions libdevice;
  libdevice.path = options.libdevice;
  pm.addPass(createSetLibdevice(libdevice));
  addFusion(pm, options.rounding);
  OpPassManager &fused = pm.nest<func::FuncOp>();
  fused.addPass(createKilnAnnotateArguments());
  fused.addPass(createKilnVerifyKernels());
}

void kiln::addScheduleSelection(OpPassManager &pm,
                                const CompileOptions &options) {
  if (!options.tuningDb.empty() && options.schedule.empty()) {
    ApplyTuningOptions tuning;
    tuning.database = options.tuningDb;
    tuning.precision = options.precision;
    pm.addPass(createApplyTuning(tuning));
  }
  SelectScheduleOptions schedule;
  schedule.precision = options.precision;
  schedule.schedule = options.schedule;
  pm.addPass(createSelectSchedule(schedule));
}

void kiln::buildScheduleStage(OpPassManager &pm,
                              const CompileOptions &options) {
  SetTargetOptions target;
  target.target = options.target;
  pm.addPass(createSetTarget(target));
  addScheduleSelection(pm, options);
}

void kiln::buildCodegenStage(OpPassManager &pm, const CompileOptions &options) {
  pm.addPass(createPackWeights());
  pm.addPass(createFoldPacking());
  pm.addPass(createTileToBlocks());
  pm.addPass(createTileReduction());
  pm.addPass(createOutlineKernels());
  OpPassManager &kernels = pm.nest<gpu::GPUModuleOp>();
  kernels.addPass(createStageOperands());
  kernels.addPass(createAssignLayouts());
  kernels.addPass(createUnrollTaps());
  kernels.addPass(createSplitStages());
  kernels.addPass(createPipelineMainLoop());
  kernels.addPass(createStageStores());
  kernels.addPass(createAllocateScratch());
  kernels.addPass(createPlaceShared());
  pm.addPass(createDistribute());
  // Compares what a loop carries pairwise, hundreds of registers here; LLVM
  // merges equal ones too.
  pm.addPass(createCanonicalizerPass(
      GreedyRewriteConfig(),
      /*disabledPatterns=*/{
          "(anonymous namespace)::RemoveDuplicateSuccessorInputUses"}));
  pm.addPass(createCSEPass());
}

void kiln::buildLoweringStage(OpPassManager &pm,
                              const CompileOptions &options) {
  OpPassManager &kernels = pm.nest<gpu::GPUModuleOp>();
  kernels.addPass(createCheckSupported());
  kernels.addPass(createExpandMath());
  kernels.addPass(createLowerToNVVM());
  kernels.addPass(createCheckSupported());
  kernels.addPass(createAttachLineInfo());
}

void kiln::buildCompilePipeline(OpPassManager &pm,
                                const CompileOptions &options) {
  buildFusionStage(pm, options);
  buildScheduleStage(pm, options);
  buildCodegenStage(pm, options);
  buildLoweringStage(pm, options);
}

namespace {
struct PipelineOptions : kiln::CompilePipelineOptions<PipelineOptions> {};

using Build = void (*)(OpPassManager &, const kiln::CompileOptions &);

void registerOne(StringRef name, StringRef description, Build build) {
  PassPipelineRegistration<PipelineOptions>(
      name, description,
      [build](OpPassManager &pm, const PipelineOptions &options) {
        build(pm, options.getCompileOptions());
      });
}
} // namespace

void kiln::registerPipelines() {
  registerOne("kiln-compile-pipeline",
              "From linalg on tensors to kernels in nvvm",
              buildCompilePipeline);
  registerOne("kiln-fusion-stage", "From linalg to kiln.kernel regions",
              buildFusionStage);
  registerOne("kiln-schedule-stage", "Set the target and the schedules",
              buildScheduleStage);
  registerOne("kiln-codegen-stage", "From scheduled kernels to the launch plan",
              buildCodegenStage);
  registerOne("kiln-lowering-stage", "From the launch plan to nvvm",
              buildLoweringStage);
}

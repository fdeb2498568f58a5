//===- Compiler.cpp - Running the stages ----------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Pipelines/Compiler.h"

#include "EntryFunction.h"

#include "kiln/Conversion/Passes.h"
#include "kiln/Machine/Targets.h"
#include "kiln/Reference/GpuReference.h"
#include "kiln/Scheduling/Rules.h"
#include "kiln/Target/LaunchPlan.h"
#include "kiln/Target/Ptxas.h"
#include "kiln/Target/Serialize.h"
#include "kiln/Transforms/Rounding.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/FileSystem.h"

using namespace mlir;

static TimingScope nest(TimingScope *timing, StringRef name) {
  return timing ? timing->nest(name) : TimingScope();
}

LogicalResult kiln::verifyOptions(MLIRContext *context,
                                  const CompileOptions &options) {
  context->loadDialect<KilnDialect>();
  Location loc = UnknownLoc::get(context);
  if (failed(loadKernelTarget(loc, options.target)))
    return failure();
  if (!parsePrecision(options.precision))
    return emitError(loc, "unknown precision '")
           << options.precision << "'; known are " << getKnownPrecisions();
  if (failed(verifyRounding(options.rounding, [&] { return emitError(loc); })))
    return failure();
  // Also where no pass comes to read it.
  if (!options.tuningDb.empty())
    if (std::error_code error = llvm::sys::fs::access(
            options.tuningDb, llvm::sys::fs::AccessMode::Exist))
      return emitError(loc, "cannot read the tuning database '")
             << options.tuningDb << "': " << error.message();
  if (options.schedule.empty())
    return success();
  Attribute schedule = parseAttribute(options.schedule, context);
  if (schedule && !isa<KernelSchedule>(schedule))
    return emitError(loc, "the schedule '")
           << options.schedule
           << "' is not a #kiln.schedule or #kiln.loop_schedule attribute";
  return success(schedule != nullptr); // null: diagnosed by the parser
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

/// A module made in memory may be invalid; passes take what they get as valid.
static LogicalResult verifyInput(ModuleOp module,
                                 const kiln::CompileOptions &options) {
  return success(succeeded(kiln::verifyOptions(module.getContext(), options)) &&
                 succeeded(verify(module)));
}

LogicalResult kiln::lowerTo(ModuleOp module, Level to,
                            const CompileOptions &options) {
  if (failed(verifyInput(module, options)))
    return failure();
  if (options.from == Level::Source &&
      failed(selectEntry(module, options.entry)))
    return failure();
  for (const Stage &stage : kStages) {
    if (stage.from < options.from || stage.to > to)
      continue;
    PassManager pm(module.getContext(), ModuleOp::getOperationName());
    TimingScope timing = nest(options.timing, stage.name);
    if (options.timing)
      pm.enableTiming(timing);
    if (options.configure)
      options.configure(pm);
    if (stage.from == options.from && options.from == Level::Schedule)
      addScheduleSelection(pm, options); // checks the schedules of the input
    stage.build(pm, options);
    if (failed(pm.run(module)))
      return failure();
    if (options.onLevel)
      options.onLevel(stage.name, module);
  }
  return success();
}

FailureOr<kiln::SerializedKernels>
kiln::serialize(ModuleOp module, const SerializeOptions &options,
                TimingScope *timing) {
  TimingScope scope = nest(timing, "LLVM");
  auto kernels = module.getOps<gpu::GPUModuleOp>();
  if (!llvm::hasSingleElement(kernels))
    return module.emitError("expected one gpu.module of kernels, found ")
           << std::distance(kernels.begin(), kernels.end());
  // Whoever made the module: LLVM ends the process on what it cannot select.
  PassManager check(module.getContext(), ModuleOp::getOperationName());
  check.nest<gpu::GPUModuleOp>().addPass(createCheckSupported());
  if (failed(check.run(module)))
    return failure();
  return serializeKernels(*kernels.begin(), kArch, options);
}

const std::string *kiln::Artifact::find(StringRef name) const {
  for (const ArtifactFile &file : files)
    if (file.name == name)
      return &file.data;
  return nullptr;
}

namespace {
/// The reference for a GPU; empty where the program has none.
struct GpuReference {
  std::string ptx;
  std::optional<kiln::LaunchPlan> plan;
};
} // namespace

/// What the kernels do with f32: those that walk loops multiply exactly,
/// whatever was asked for.
static StringRef getPrecision(const kiln::LaunchPlan &plan, StringRef asked) {
  auto isExact = [](const kiln::KernelInfo &kernel) {
    return isa_and_nonnull<kiln::LoopScheduleAttr>(kernel.schedule);
  };
  return llvm::all_of(plan.kernels, isExact) ? "f32" : asked;
}

static FailureOr<GpuReference>
compileReference(ModuleOp source, StringRef precision,
                 const kiln::CompileOptions &options) {
  TimingScope timing = nest(options.timing, "reference");
  // A program without a reference on a GPU is a warning and still compiles.
  bool hasErrors = false;
  OwningOpRef<ModuleOp> module;
  LogicalResult built = failure();
  {
    ScopedDiagnosticHandler errors(
        source.getContext(), [&](Diagnostic &diagnostic) {
          hasErrors |= diagnostic.getSeverity() == DiagnosticSeverity::Error;
          return failure(); // for the handlers of the caller
        });
    built = kiln::buildGpuReference(source, options.entry, precision, module);
  }
  if (hasErrors)
    return failure();
  GpuReference reference;
  if (failed(built) || !module)
    return reference;
  FailureOr<kiln::TargetAttr> target =
      kiln::loadKernelTarget(source.getLoc(), options.target);
  if (failed(target))
    return failure();
  (*module)->setAttr(kiln::KilnDialect::kTargetAttrName, *target);
  FailureOr<kiln::LaunchPlan> plan = kiln::readLaunchPlan(*module);
  if (failed(plan))
    return failure();
  FailureOr<kiln::SerializedKernels> code = kiln::serialize(*module, {});
  if (failed(code))
    return failure();
  reference.ptx = std::move(code->ptx);
  reference.plan = std::move(*plan);
  return reference;
}

FailureOr<kiln::Artifact> kiln::compile(ModuleOp module,
                                        const CompileOptions &options) {
  if (options.withReference && options.from != Level::Source)
    return module.emitError("the reference needs the source program, not a "
                            "later level");
  OwningOpRef<ModuleOp> source;
  if (options.withReference) {
    if (failed(verifyInput(module, options)) ||
        failed(selectEntry(module, options.entry)))
      return failure();
    source = module.clone();
  }
  if (failed(lowerTo(module, Level::NVVM, options)))
    return failure();
  FailureOr<LaunchPlan> plan = readLaunchPlan(module);
  if (failed(plan))
    return failure();
  StringRef precision = getPrecision(*plan, options.precision);
  // After what may be wrong with the program has been said.
  GpuReference gpuReference;
  std::string sourceText;
  if (source) {
    PassManager inlining(source->getContext(), ModuleOp::getOperationName());
    addInlining(inlining); // The references know no calls.
    if (failed(inlining.run(*source)))
      return failure();
    FailureOr<GpuReference> made =
        compileReference(*source, precision, options);
    if (failed(made))
      return failure();
    gpuReference = std::move(*made);
    llvm::raw_string_ostream stream(sourceText);
    source->print(stream);
    stream << "\n";
  }
  FailureOr<SerializedKernels> code = serialize(module, {}, options.timing);
  if (failed(code))
    return failure();

  Location loc = UnknownLoc::get(module.getContext());
  std::string cubin, missing = "not asked for";
  if (options.withCubin) {
    if (std::optional<std::string> ptxas = findPtxas(options.ptxas)) {
      TimingScope timing = nest(options.timing, "ptxas");
      FailureOr<AssembledKernels> assembled =
          assemble(module.getLoc(), *ptxas, code->ptx, kArch);
      if (failed(assembled))
        return failure();
      plan->setUsage(*assembled);
      cubin = std::move(assembled->cubin);
      missing.clear();
    } else {
      missing =
          options.ptxas.empty()
              ? "ptxas is not in CUDA_HOME, CUDA_PATH, PATH or /usr/local/cuda"
              : "there is no ptxas at " + options.ptxas;
      emitWarning(loc) << missing << "; no cubin and no resource report";
    }
  }

  Artifact artifact;
  ReferenceInfo reference;
  if (options.withReference)
    reference.sourceFile = "source.mlir";
  if (gpuReference.plan) {
    plan->appendConstants(*gpuReference.plan);
    reference.ptxFile = "reference.ptx";
    reference.plan = &*gpuReference.plan;
  }
  artifact.report = formatReport(*plan, missing);
  artifact.files.push_back(
      {"artifact.json",
       formatDescription(*plan, precision, !cubin.empty(), reference)});
  artifact.files.push_back({"kernels.ptx", std::move(code->ptx)});
  artifact.files.push_back({"kernels.bc", std::move(code->bitcode)});
  if (!cubin.empty())
    artifact.files.push_back({"kernels.cubin", std::move(cubin)});
  if (!plan->constants.empty())
    artifact.files.push_back({"constants.bin", std::move(plan->constants)});
  if (options.withReference)
    artifact.files.push_back({"source.mlir", std::move(sourceText)});
  if (gpuReference.plan)
    artifact.files.push_back({"reference.ptx", std::move(gpuReference.ptx)});
  return artifact;
}

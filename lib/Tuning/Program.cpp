//===- Program.cpp - A program whose kernel is tuned ----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tuning/Program.h"

#include "kiln/Machine/Targets.h"
#include "kiln/Pipelines/Registration.h"
#include "kiln/Runtime/GridExpression.h"
#include "kiln/Target/LaunchPlan.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/JSON.h"

#include <cmath>

using namespace mlir;
using namespace kiln;
using namespace kiln::tuning;

std::string kiln::tuning::print(KernelSchedule schedule) {
  std::string text;
  llvm::raw_string_ostream os(text);
  Attribute(schedule).print(os);
  return text;
}

int64_t kiln::tuning::getWarps(KernelSchedule schedule) {
  return llvm::divideCeil(schedule.getThreads(), 32);
}

int64_t kiln::tuning::getBlockVolume(KernelSchedule schedule) {
  ArrayRef<int64_t> tile;
  if (auto contraction = dyn_cast<ScheduleAttr>(schedule))
    tile = contraction.getTile();
  else
    tile = cast<LoopScheduleAttr>(schedule).getTile();
  return ShapedType::getNumElements(tile);
}

CompileFacts kiln::tuning::readFacts(StringRef artifactJson, int64_t smCount) {
  CompileFacts facts;
  auto parsed = llvm::json::parse(artifactJson);
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return facts;
  }
  const llvm::json::Object *description = parsed->getAsObject();
  const llvm::json::Array *kernels =
      description ? description->getArray("kernels") : nullptr;
  if (!kernels)
    return facts;
  for (const llvm::json::Value &value : *kernels) {
    const llvm::json::Object *kernel = value.getAsObject();
    if (!kernel || kernel->getString("role") != StringRef("compute"))
      continue;
    facts.threads = 1;
    if (const llvm::json::Array *block = kernel->getArray("block"))
      for (const llvm::json::Value &size : *block)
        facts.threads *= size.getAsInteger().value_or(1);
    facts.sharedBytes = kernel->getInteger("dynamic_shared_bytes").value_or(0);
    facts.flops = kernel->getInteger("flops").value_or(0);
    facts.bytes = kernel->getInteger("bytes").value_or(0);
    facts.grid = 1;
    if (const llvm::json::Array *grid = kernel->getArray("grid"))
      for (const llvm::json::Value &size : *grid) {
        auto blocks = runtime::evaluateGridExpression(
            size.getAsString().value_or("").str(), smCount);
        facts.grid *= blocks.failed() ? 0 : *blocks;
      }
    if (const llvm::json::Object *tiles = kernel->getObject("tiles"))
      facts.tiles = tiles->getInteger("count").value_or(0);
    const llvm::json::Object *report = kernel->getObject("report");
    if (!report)
      return facts;
    auto get = [&](StringRef key) {
      return report->getInteger(key).value_or(0);
    };
    facts.registers = report->getInteger("registers");
    facts.spillBytes = get("spill_stores") + get("spill_loads");
    facts.sharedBytes += get("static_shared");
    facts.blocksPerSm = get("blocks_per_sm");
    facts.occupancy = report->getNumber("occupancy").value_or(0);
    facts.limiter = report->getString("limiter").value_or("").str();
    return facts;
  }
  return facts;
}

/// Tensors that the kernel reads: one that it gets twice, or also through a
/// reshape, counts once.
static int64_t countInputs(KernelOp kernel) {
  llvm::SmallPtrSet<Value, 8> tensors;
  for (Value input : kernel.getInputs()) {
    while (Operation *op = input.getDefiningOp()) {
      if (!isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::CastOp>(
              op))
        break;
      input = op->getOperand(0);
    }
    tensors.insert(input);
  }
  return tensors.size();
}

FailureOr<std::unique_ptr<Program>>
Program::create(ModuleOp module, std::string text, std::string name,
                const CompileOptions &options) {
  std::unique_ptr<Program> program(new Program);
  program->text = std::move(text);
  program->file = std::move(name);
  program->compileOptions = options;
  OwningOpRef<ModuleOp> kernels = module.clone();
  if (failed(lowerTo(*kernels, Level::Kernels, options)))
    return failure();
  SmallVector<KernelOp> found;
  kernels->walk([&](KernelOp kernel) {
    if (kernel.getRole() == Role::Compute)
      found.push_back(kernel);
  });
  if (found.size() != 1)
    return module.emitError("one kernel can be tuned, but the program has ")
           << found.size();
  MLIRContext *context = module.getContext();
  program->kernel = found.front();
  program->name =
      program->kernel->getParentOfType<func::FuncOp>().getName().str();
  FailureOr<TargetAttr> target =
      loadKernelTarget(UnknownLoc::get(context), options.target);
  if (failed(target))
    return failure();
  program->targetAttr = *target;
  program->numInputs = countInputs(program->kernel);
  FailureOr<SearchSpace> space = SearchSpace::create(
      program->kernel, program->targetAttr,
      options.precision == "f32" ? Precision::F32 : Precision::TF32);
  if (failed(space))
    return failure();
  program->searchSpace = std::move(*space);
  program->kernels = std::move(kernels);
  program->key =
      getTuningKey(program->kernel, program->targetAttr, options.precision);
  return program;
}

KernelSchedule Program::parse(StringRef schedule) const {
  MLIRContext *context = kernels.get()->getContext();
  ScopedDiagnosticHandler quiet(context,
                                [](Diagnostic &) { return success(); });
  return dyn_cast_or_null<KernelSchedule>(parseAttribute(schedule, context));
}

CompiledCandidate Program::compile(StringRef schedule,
                                   bool withReference) const {
  CompiledCandidate result;
  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      result.failure += (result.failure.empty() ? "" : "; ") + diagnostic.str();
    return success();
  });
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(
      text, ParserConfig(&context, /*verifyAfterParse=*/false), file);
  CompileOptions settings = compileOptions;
  settings.schedule = schedule.str();
  settings.withReference = withReference;
  settings.timing = nullptr;
  if (module) {
    FailureOr<Artifact> artifact = kiln::compile(*module, settings);
    if (succeeded(artifact)) {
      for (ArtifactFile &file : artifact->files)
        result.files[file.name] = std::move(file.data);
      result.facts =
          readFacts(result.files["artifact.json"], targetAttr.getSms());
      result.failure.clear();
      return result;
    }
  }
  if (result.failure.empty())
    result.failure = "the schedule does not compile";
  return result;
}

FailureOr<std::string>
Program::printWithSchedule(KernelSchedule schedule) const {
  OwningOpRef<ModuleOp> module = kernels.get().clone();
  CompileOptions settings = compileOptions;
  settings.from = Level::Kernels;
  settings.schedule = tuning::print(schedule);
  if (failed(lowerTo(*module, Level::Schedule, settings)))
    return failure();
  std::string result;
  llvm::raw_string_ostream os(result);
  module->print(os);
  os << "\n";
  return result;
}

Facts Program::getFacts(KernelSchedule schedule,
                        const CompileFacts &compiled) const {
  Facts facts;
  facts.registers = compiled.registers;
  facts.spillBytes = compiled.spillBytes;
  facts.maxWarpsPerSm = targetAttr.getThreadsPerSm() / 32;
  facts.warpsPerSm =
      std::llround(compiled.occupancy * double(facts.maxWarpsPerSm));
  facts.limiter = compiled.limiter;
  facts.distinctInputs = numInputs;
  facts.warps = getWarps(schedule);
  if (isa<ScheduleAttr>(schedule))
    facts.stages = schedule.getNumStages();
  KernelInfo info;
  info.schedule = schedule;
  info.flops = compiled.flops;
  info.bytes = compiled.bytes;
  Roofline roofline = computeRoofline(targetAttr, info);
  facts.computeBound = roofline.computeMs > roofline.memoryMs;
  return facts;
}

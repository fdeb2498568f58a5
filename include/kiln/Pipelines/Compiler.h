//===- Compiler.h - From a linalg program to an artifact --------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// One definition of the pipeline for tools, tests and embedders. Nothing here
// has global state: threads that each have an MLIRContext compile at once.
// Every failure has been reported to the context's diagnostic handlers.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PIPELINES_COMPILER_H
#define KILN_PIPELINES_COMPILER_H

#include "kiln/Target/Serialize.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"

#include <functional>
#include <string>
#include <vector>

namespace kiln {

/// The forms that a program passes through, in this order.
enum class Level {
  Source,     ///< linalg on tensors
  Kernels,    ///< `kiln.kernel` regions
  Schedule,   ///< with `#kiln.target` and `#kiln.schedule`
  LaunchPlan, ///< `gpu.module` and `kiln.launch`
  NVVM,       ///< the kernels in llvm and nvvm
};

struct CompileOptions {
  std::string target = "rtx4090"; ///< as loadKernelTarget takes it
  std::string precision = "tf32"; ///< or "f32", "tf32x3": f32 contractions
  std::string rounding = "fused"; ///< "source": change no bit of an op
  std::string entry;              ///< function; empty: the only public one
  std::string schedule;           ///< "#kiln.schedule<...>"; empty: by rules
  std::string tuningDb;           ///< file of measured schedules; empty: none
  std::string ptxas;              ///< path; empty: searched for
  std::string libdevice;          ///< path or "none"; empty: searched for
  bool withReference = false;     ///< add the source and the f64 reference
  bool withCubin = true;          ///< run ptxas: cubin and resource report
  Level from = Level::Source;     ///< what the input module is already
  /// Called on each pass manager before it runs (printing, verification, ...).
  std::function<void(mlir::PassManager &)> configure;
  /// Where stages and the work after them count their time; may be null.
  mlir::TimingScope *timing = nullptr;
  /// Called with the module at each level, "kernels", "schedule", ....
  std::function<void(llvm::StringRef level, mlir::ModuleOp)> onLevel;
};

/// The stages, each from one level to the next.
void buildFusionStage(mlir::OpPassManager &pm, const CompileOptions &options);
void buildScheduleStage(mlir::OpPassManager &pm, const CompileOptions &options);
void buildCodegenStage(mlir::OpPassManager &pm, const CompileOptions &options);
void buildLoweringStage(mlir::OpPassManager &pm, const CompileOptions &options);
/// All of them.
void buildCompilePipeline(mlir::OpPassManager &pm,
                          const CompileOptions &options);
/// Replaces calls by what they call and erases functions that are no longer
/// used; the first part of the fusion stage.
void addInlining(mlir::OpPassManager &pm);
/// Makes kernels and leaves what joined none, with `keepCalls` also calls that
/// cannot be inlined; the fusion stage up to what only a program of one kernel
/// needs.
void addFusion(mlir::OpPassManager &pm, llvm::StringRef rounding,
               bool keepCalls = false);
/// Takes schedules from the tuning database unless one is given, selects the
/// others, and checks those that are given or stand in the module.
void addScheduleSelection(mlir::OpPassManager &pm,
                          const CompileOptions &options);
/// Makes the pipelines known to command lines as `--kiln-compile-pipeline` and
/// `--kiln-{fusion,schedule,codegen,lowering}-stage`.
void registerPipelines();

/// Checks that the options make sense by themselves.
mlir::LogicalResult verifyOptions(mlir::MLIRContext *context,
                                  const CompileOptions &options);

/// Brings `module` from `options.from` to the level `to`. A source program is
/// first reduced to its entry function, which must be one that can be compiled.
mlir::LogicalResult lowerTo(mlir::ModuleOp module, Level to,
                            const CompileOptions &options);

/// Serializes the one `gpu.module` of `module`, which must be at level NVVM.
mlir::FailureOr<SerializedKernels>
serialize(mlir::ModuleOp module, const SerializeOptions &options,
          mlir::TimingScope *timing = nullptr);

struct ArtifactFile {
  std::string name;
  std::string data;
};

/// A compiled program (docs/artifact.md) in memory.
struct Artifact {
  std::vector<ArtifactFile> files; ///< "artifact.json" first
  std::string report;              ///< registers, occupancy, bounds; text

  const std::string *find(llvm::StringRef name) const;
};

/// Compiles `module`, which it verifies first and consumes, to an artifact.
mlir::FailureOr<Artifact> compile(mlir::ModuleOp module,
                                  const CompileOptions &options);

} // namespace kiln

#endif // KILN_PIPELINES_COMPILER_H

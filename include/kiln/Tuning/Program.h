//===- Program.h - A program whose kernel is tuned --------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TUNING_PROGRAM_H
#define KILN_TUNING_PROGRAM_H

#include "kiln/Pipelines/Compiler.h"
#include "kiln/Scheduling/Model/Model.h"
#include "kiln/Scheduling/SearchSpace.h"
#include "kiln/Scheduling/TuningDatabase.h"
#include "kiln/Tuning/Rules.h"

#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/JSON.h"

#include <map>
#include <memory>

namespace kiln::tuning {

/// What the compiler and ptxas say of the compute kernel, as `artifact.json`
/// has it.
struct CompileFacts {
  std::optional<int64_t> registers; ///< nothing without ptxas
  int64_t spillBytes = 0;           ///< stored and loaded
  int64_t sharedBytes = 0;          ///< static and dynamic
  int64_t threads = 0;
  int64_t blocksPerSm = 0;
  double occupancy = 0; ///< part of the warps of a multiprocessor
  std::string limiter;
  int64_t flops = 0, bytes = 0;
  int64_t grid = 0;  ///< blocks of the launch on the target
  int64_t tiles = 0; ///< that its blocks compute; 0: not described
};

/// One schedule, compiled.
struct CompiledCandidate {
  CompileFacts facts;
  /// The files of the artifact, by name.
  std::map<std::string, std::string> files;
  std::string failure; ///< the diagnostics, where it did not compile
};

/// Reads the facts of the compute kernel out of an `artifact.json`, the grid on
/// a card of `smCount` multiprocessors. Packing kernels are not tuned.
CompileFacts readFacts(llvm::StringRef artifactJson, int64_t smCount);

/// Adds what ptxas said: the `report` of a kernel in an `artifact.json`.
void addReport(const llvm::json::Object &report, CompileFacts &facts);

/// A source program and the space of its kernel.
class Program {
public:
  /// Brings `module`, a source program whose text is `text` of file `name`, to
  /// its kernel. Failures have been reported to the handlers of its context.
  static mlir::FailureOr<std::unique_ptr<Program>>
  create(mlir::ModuleOp module, std::string text, std::string name,
         const CompileOptions &options);

  /// Compiles the program with a schedule, in an MLIRContext of its own: safe
  /// in several threads at once.
  CompiledCandidate compile(llvm::StringRef schedule, bool withReference) const;

  /// The module at level 2 with a schedule, as text for `--from=schedule`.
  mlir::FailureOr<std::string> printWithSchedule(KernelSchedule schedule) const;

  /// All that the rules ask, from what was compiled.
  Facts getFacts(KernelSchedule schedule, const CompileFacts &facts) const;
  /// The kernel as the performance model sees it, with registers and shared
  /// memory of `facts` where they are known; nothing where it cannot, or where
  /// no multiprocessor holds a block.
  std::optional<KernelDescription>
  describe(KernelSchedule schedule, const CompileFacts *facts = nullptr) const;
  /// Milliseconds that are expected of the kernel; with registers and occupancy
  /// of `facts` where they are known. Nothing for kernels of loops, which the
  /// model cannot rank.
  std::optional<double> predict(KernelSchedule schedule,
                                const CompileFacts *facts = nullptr) const;

  const SearchSpace &space() const { return *searchSpace; }
  /// The schedule that is written so; null where it is none.
  KernelSchedule parse(llvm::StringRef schedule) const;
  /// The compute kernel at level 1.
  KernelOp getKernel() const { return kernel; }
  /// The function that is compiled.
  llvm::StringRef entry() const { return name; }
  /// Of the source.
  const std::string &fileName() const { return file; }
  TargetAttr target() const { return targetAttr; }
  const CompileOptions &options() const { return compileOptions; }
  /// What the kernel's schedule depends on.
  const TuningKey &tuningKey() const { return key; }
  int64_t distinctInputs() const { return numInputs; }

private:
  Program() = default;

  std::string text, file, name;
  TuningKey key;
  CompileOptions compileOptions;
  mlir::OwningOpRef<mlir::ModuleOp> kernels; ///< level 1, with target
  KernelOp kernel;
  TargetAttr targetAttr;
  std::optional<SearchSpace> searchSpace;
  int64_t numInputs = 0;
};

/// A schedule as it is written, `#kiln.schedule<...>`.
std::string print(KernelSchedule schedule);
/// What `print` has written; null for anything else, without a diagnostic.
KernelSchedule parseSchedule(llvm::StringRef text, mlir::MLIRContext *context);
/// Warps of a block.
int64_t getWarps(KernelSchedule schedule);
/// Output elements of a block's tile.
int64_t getBlockVolume(KernelSchedule schedule);

} // namespace kiln::tuning

#endif // KILN_TUNING_PROGRAM_H

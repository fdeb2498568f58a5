//===- LaunchPlan.h - What an artifact describes ----------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TARGET_LAUNCHPLAN_H
#define KILN_TARGET_LAUNCHPLAN_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Machine/Occupancy.h"
#include "kiln/Target/Ptxas.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/BuiltinOps.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace kiln {

/// An argument or result of the entry function.
struct TensorInfo {
  std::string name;
  std::string type; ///< "f32", ...
  std::vector<int64_t> shape;
  int64_t fanIn = 1; ///< products that an element takes part in; inputs only
  std::optional<Domain> domain; ///< numbers it must be taken from; inputs only
};

struct BufferInfo {
  enum class Kind { Input, Output, Workspace, Constant };
  Kind kind = Kind::Input;
  int64_t index = 0;  ///< of the input or output
  int64_t offset = 0; ///< in the constants; bytes
  int64_t bytes = 0;
};

struct BufferArgument {
  int64_t buffer = 0; ///< in LaunchPlan::buffers
};
using KernelArgument = std::variant<BufferArgument, int32_t, int64_t, float>;

/// How a kernel cuts a buffer that it writes into tiles.
struct TiledBuffer {
  int64_t buffer = 0; ///< in LaunchPlan::buffers
  TilesAttr tiles;
};

struct KernelInfo {
  std::string name;
  Role role = Role::Compute;
  std::vector<mlir::AffineMap> grid; ///< three sizes (IR/Grid.h)
  std::vector<int64_t> block;
  int64_t dynamicSharedBytes = 0;
  std::vector<KernelArgument> arguments;
  /// Numbers of the inputs that what it writes depends on, ascending.
  std::vector<int64_t> dependsOn;
  /// The last of the arguments that are buffers; it writes them.
  int64_t numWritten = 1;
  /// Of the written buffers those in which each tile is a box.
  std::vector<TiledBuffer> tiles;
  int64_t flops = 0; ///< 0: not known
  int64_t bytes = 0; ///< of all buffers that it gets, each once
  KernelSchedule schedule;
  std::optional<KernelUsage> usage;   ///< from ptxas
  std::optional<Occupancy> occupancy; ///< needs `usage`
};

/// The entry function of a module at level 4, read once and for all writers.
struct LaunchPlan {
  std::string entry;
  TargetAttr target;
  std::vector<TensorInfo> inputs, outputs;
  std::vector<BufferInfo> buffers;
  std::vector<KernelInfo> kernels; ///< in launch order
  std::string constants;           ///< bytes of the constant buffers

  /// Takes over what ptxas found and derives the occupancy from it.
  void setUsage(const AssembledKernels &code);
  /// Puts the constants of `other` behind those of this plan and moves the
  /// offsets in `other` there: one file holds both.
  void appendConstants(LaunchPlan &other);
};

/// Reads the plan of `module`, whose only `func.func` with `kiln.num_inputs` is
/// the entry. What does not fit the form is an error at the op.
mlir::FailureOr<LaunchPlan> readLaunchPlan(mlir::ModuleOp module);

/// Least time of a kernel on the plan's target, in milliseconds.
struct Roofline {
  double computeMs = 0; ///< FLOP over the rate of its multiply instruction
  double memoryMs = 0;  ///< bytes over the bandwidth
  double boundMs() const { return std::max(computeMs, memoryMs); }
};
Roofline computeRoofline(TargetAttr target, const KernelInfo &kernel);

/// 1234567 of "FLOP" as "1.235 MFLOP".
std::string formatScaled(double value, llvm::StringRef unit);

/// Registers, spills, shared memory, occupancy, work and bound, for a reader.
/// `missing` says why there are no numbers of ptxas, where there are none.
std::string formatReport(const LaunchPlan &plan, llvm::StringRef missing);

/// The reference for a GPU inside a description (docs/artifact.md).
struct ReferenceInfo {
  std::string sourceFile; ///< empty: none
  std::string ptxFile;    ///< empty: none
  const LaunchPlan *plan = nullptr;
};

/// "artifact.json". Keys stand in the order of docs/artifact.md, so that equal
/// plans give equal bytes.
std::string formatDescription(const LaunchPlan &plan, llvm::StringRef precision,
                              bool hasCubin,
                              const ReferenceInfo &reference = {});

} // namespace kiln

#endif // KILN_TARGET_LAUNCHPLAN_H

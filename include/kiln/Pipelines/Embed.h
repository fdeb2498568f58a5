//===- Embed.h - Kernels in the module of a host ----------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The in-place route of an embedder (docs/embedding.md): kernels of a host's
// module become a `gpu.binary` and functions that launch from it, and the host
// lowers the rest. The other route, an artifact, is `kiln::compile`.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PIPELINES_EMBED_H
#define KILN_PIPELINES_EMBED_H

#include "kiln/Pipelines/Compiler.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

#include <string>
#include <vector>

namespace kiln {

/// The forms of machine code that a `gpu.binary` can hold.
enum class BinaryObject {
  Ptx,     ///< always there; the driver compiles it
  Cubin,   ///< needs ptxas
  Bitcode, ///< LLVM's, for an emulator
};

struct EmbedOptions {
  /// How kernels are compiled. What a whole program needs has no meaning here:
  /// `entry`, `withReference`, `from` and `onLevel`.
  CompileOptions compile;
  /// Functions that Kiln takes, beside those marked `kiln.embed` and the
  /// `kiln.kernel` ops that are there.
  std::vector<std::string> functions;
  /// Refuse a function in which an op joins no kernel; otherwise such ops stay
  /// for the host.
  bool whole = false;
  BinaryObject select = BinaryObject::Ptx; ///< what the host's program loads
  bool withBitcode = false;                ///< also where it is not selected
  /// Function of the host, `() -> i32`, that returns the number of
  /// multiprocessors at run time; empty: that of the target.
  std::string smCountFunction;
  /// The card reads and writes the host's memory: no copies of constants.
  bool unifiedMemory = false;
  /// Launches as one asynchronous chain; otherwise each waits.
  bool async = true;
  /// Launches take memrefs, which the host must lower to bare pointers, in
  /// place of pointers.
  bool memrefArguments = false;
};

/// The passes of the in-place route, from a host's module with linalg on
/// tensors or `kiln.kernel` ops to one with `gpu.launch_func`;
/// `--kiln-embed-pipeline` of kiln-opt.
void buildEmbedPipeline(mlir::OpPassManager &pm, const EmbedOptions &options);

/// Makes the pipeline known to command lines.
void registerEmbedPipeline();

/// Compiles the kernels of `module`, which it verifies first, and puts them
/// where they were as launches from one `gpu.binary`. Functions without kernels
/// stay as they are. Every failure has been reported at its place, and leaves
/// `module` valid, but in part rewritten: clone it first to go on without Kiln.
mlir::LogicalResult embed(mlir::ModuleOp module, const EmbedOptions &options);

/// A kernel of a `gpu.binary` that Kiln made.
struct EmbeddedKernel {
  std::string name;
  std::string role;              ///< "compute" or "pack"
  std::vector<std::string> grid; ///< three expressions over sm_count
  std::vector<int64_t> block;    ///< threads; three numbers
  int64_t sharedBytes = 0;       ///< dynamic shared memory of a block
  std::string schedule;          ///< "#kiln.schedule<...>"; of packing kernels
                                 ///< "#kiln.loop_schedule<...>"
  int64_t registers = 0;         ///< of a thread, from ptxas; 0: not known
  int64_t spillBytes = 0;
};

/// The kernels of `binary` in the order of their names; none where it is not
/// one of Kiln's.
std::vector<EmbeddedKernel> getKernels(mlir::gpu::BinaryOp binary);

} // namespace kiln

#endif // KILN_PIPELINES_EMBED_H

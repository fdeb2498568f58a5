//===- Ptxas.h - Machine code and resource usage from ptxas -----*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TARGET_PTXAS_H
#define KILN_TARGET_PTXAS_H

#include "mlir/IR/Location.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringMap.h"

#include <optional>
#include <string>
#include <vector>

namespace kiln {

/// What ptxas says about one kernel; bytes, except for the registers of a
/// thread.
struct KernelUsage {
  std::string name;
  int64_t registers = 0;
  int64_t spillStores = 0;
  int64_t spillLoads = 0;
  int64_t stack = 0;
  int64_t staticShared = 0;
};

struct AssembledKernels {
  std::string cubin;
  std::vector<KernelUsage> usage; ///< in the order of ptxas

  const KernelUsage *find(llvm::StringRef name) const;
};

/// The ptxas to use: `option` where given (a file or a directory that holds
/// it), else CUDA_HOME, CUDA_PATH, PATH, /usr/local/cuda. Nothing where there
/// is none.
std::optional<std::string> findPtxas(llvm::StringRef option);

/// Runs `ptxas` on `ptx`. A failure is an error at `loc` with the command that
/// reproduces it; the PTX file that it names is kept.
mlir::FailureOr<AssembledKernels> assemble(mlir::Location loc,
                                           llvm::StringRef ptxas,
                                           llvm::StringRef ptx,
                                           llvm::StringRef arch);

/// Reads the output of `ptxas -v`.
std::vector<KernelUsage> parsePtxasOutput(llvm::StringRef text);

} // namespace kiln

#endif // KILN_TARGET_PTXAS_H

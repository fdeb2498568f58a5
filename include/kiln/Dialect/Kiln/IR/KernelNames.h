//===- KernelNames.h - Names of kernels -------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_KILN_IR_KERNELNAMES_H
#define KILN_DIALECT_KILN_IR_KERNELNAMES_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/StringSet.h"

#include <string>

namespace kiln {

/// The shared memory of all kernels of a module, by its name in PTX.
inline constexpr llvm::StringLiteral kSharedMemoryName =
    "dynamic_shared_memory";

/// Whether PTX takes `name` for a kernel: letters, digits and `_`, no digit
/// first, and nothing that Kiln or PTX itself gives that name.
bool isKernelName(llvm::StringRef name);

/// Makes names of kernels that PTX takes and that nothing else in the module
/// has. Kernels of all functions share one name space, that of the
/// `gpu.module` in which they are outlined.
class KernelNames {
public:
  /// Knows the kernels of `module` and what lies in modules within it.
  explicit KernelNames(mlir::Operation *module);

  /// `wanted` with other characters replaced, and a number where it is taken;
  /// the name is taken from then on.
  std::string make(llvm::StringRef wanted);

private:
  llvm::StringSet<> taken;
};

} // namespace kiln

#endif // KILN_DIALECT_KILN_IR_KERNELNAMES_H

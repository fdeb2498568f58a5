//===- Serialize.h - Kernels to LLVM IR, bitcode and PTX --------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TARGET_SERIALIZE_H
#define KILN_TARGET_SERIALIZE_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Support/LLVM.h"

#include <string>

namespace kiln {

/// The PTX version that is asked for: the lowest that has sm_89, so that older
/// drivers take the kernels.
inline constexpr llvm::StringLiteral kPtxFeature = "+ptx78";
/// The only architecture so far whose instructions kernels use.
inline constexpr llvm::StringLiteral kArch = "sm_89";

/// One `gpu.module` in its serialized forms.
struct SerializedKernels {
  std::string ptx;
  std::string bitcode; ///< the optimised module that the PTX was made from
  std::string llvmIR;  ///< the same as text, when asked for
};

struct SerializeOptions {
  bool wantText = false; ///< fill `llvmIR`
  bool wantPtx = true;   ///< otherwise stop at bitcode
};

/// Translates, optimises and emits `module`, which must hold only llvm and nvvm
/// ops (the result of the lowering stage). The output depends only on the
/// input. Failures of LLVM are errors on `module`; safe in several threads as
/// long as each has its own MLIRContext.
mlir::FailureOr<SerializedKernels>
serializeKernels(mlir::gpu::GPUModuleOp module, llvm::StringRef arch,
                 const SerializeOptions &options = {});

} // namespace kiln

#endif // KILN_TARGET_SERIALIZE_H

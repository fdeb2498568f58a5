//===- GpuReference.h - A program in float64 on a GPU -----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_REFERENCE_GPUREFERENCE_H
#define KILN_REFERENCE_GPUREFERENCE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"

namespace kiln {

/// Appends the passes from a program on tensors (level 0) to its reference at
/// level 4: `gpu.module @reference` of llvm and nvvm, and the launch plan. Also
/// registered as the pipeline `kiln-gpu-reference`.
void buildGpuReferencePipeline(mlir::OpPassManager &pm,
                               llvm::StringRef precision);

/// Registers `kiln-gpu-reference`.
void registerGpuReferencePipeline();

/// Adds what upstream's bufferization and lowering passes look up.
void registerReferenceDialects(mlir::DialectRegistry &registry);

/// Makes the reference of `source`'s function `entry` (empty: the only one with
/// a body) for a `precision` of "tf32", "f32" or "tf32x3". The outputs are f64,
/// integers stay. Where float64 has no lowering without a vendor's library
/// (sin, powf, remf, ...), a warning names the op and the result is a failure:
/// the caller falls back to the reference on the CPU. Other failures are
/// errors.
mlir::LogicalResult
buildGpuReference(mlir::ModuleOp source, llvm::StringRef entry,
                  llvm::StringRef precision,
                  mlir::OwningOpRef<mlir::ModuleOp> &result);

/// Bytes that the launch plan allocates besides inputs and outputs.
int64_t getWorkspaceBytes(mlir::ModuleOp plan);

} // namespace kiln

#endif // KILN_REFERENCE_GPUREFERENCE_H

//===- Passes.td - Reference passes ---------------------------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_REFERENCE_PASSES_TD
#define KILN_REFERENCE_PASSES_TD

include "mlir/Pass/PassBase.td"

def KilnPromoteToF64 : Pass<"kiln-promote-to-f64", "::mlir::func::FuncOp"> {
  let summary = "computes a program on tensors in float64";
  let description = [{
    Needs linalg on tensors with static shapes. Every f16, bf16 and f32 tensor,
    scalar and constant becomes f64, except the function's arguments, which keep
    their type and are extended where they are read; extensions and truncations
    between them vanish. With `precision=tf32` the f32 operands of matrix
    products and convolutions (not of depthwise ones) are rounded to tf32 first,
    to nearest, ties away from zero; `f32` and `tf32x3` keep them. `tensor.pad` becomes a `linalg.generic`
    that reads inside the bounds, so that it can fuse into its reader.
    `cf.assert` is dropped: a reference computes, it does not check.

    ```mlir
    func.func @scale(%x: tensor<4xf16>) -> tensor<4xf16> {
      %e = tensor.empty() : tensor<4xf16>
      %y = linalg.negf ins(%x : tensor<4xf16>) outs(%e : tensor<4xf16>) -> tensor<4xf16>
      return %y : tensor<4xf16>
    }
    // leaves: arith.extf ... : f16 to f64
    // leaves: linalg.negf ins( ... : tensor<4xf64>)
    ```
    ```
    kiln-opt --pass-pipeline='builtin.module(func.func(kiln-promote-to-f64{precision=tf32}))'
    ```
  }];
  let options = [
    Option<"precision", "precision", "std::string", "\"tf32\"",
           "what contractions of f32 do: tf32, f32 or tf32x3">,
  ];
  let statistics = [
    Statistic<"numPromoted", "values-promoted", "values that became f64">,
    Statistic<"numRounded", "operands-rounded", "operands rounded to tf32">,
    Statistic<"numAsserts", "asserts-dropped", "cf.assert ops dropped">,
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::tensor::TensorDialect",
  ];
}

def KilnReferenceDestinations
    : Pass<"kiln-reference-destinations", "::mlir::func::FuncOp"> {
  let summary = "turns a function's tensors into buffers that the caller gives";
  let description = [{
    Arguments become memrefs, each result a further memref argument that the
    result is materialised in; `kiln.num_inputs` tells them apart. The body
    stays on tensors: bufferization is upstream's.

    ```mlir
    func.func @scale(%x: tensor<4xf16>) -> tensor<4xf16> {
      %e = tensor.empty() : tensor<4xf16>
      %y = linalg.negf ins(%x : tensor<4xf16>) outs(%e : tensor<4xf16>) -> tensor<4xf16>
      return %y : tensor<4xf16>
    }
    // leaves: func.func @scale(%arg0: memref<4xf16>, %arg1: memref<4xf16>
    // leaves: bufferization.materialize_in_destination
    ```
    ```
    kiln-opt --pass-pipeline='builtin.module(func.func(kiln-reference-destinations))'
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::memref::MemRefDialect"];
}

def KilnLowerReference : Pass<"kiln-lower-reference", "::mlir::ModuleOp"> {
  let summary = "makes one plain kernel for each linalg op on buffers";
  let description = [{
    Needs an entry function with `kiln.num_inputs` whose body is linalg on
    memrefs, views, allocations and constants. Each linalg op becomes a
    `gpu.func` of the module @reference: upstream's parallel loops collapsed to
    one dimension, a thread for each iteration, 256 threads a block, reductions
    as sequential loops; the entry function is left with allocations and a
    `kiln.launch` for each kernel. Math functions become intrinsics that have
    instructions, or polynomials: nothing is left for a vendor's library.

    ```mlir
    func.func @scale(%x: memref<300xf64>, %y: memref<300xf64>) attributes {kiln.num_inputs = 1} {
      linalg.negf ins(%x : memref<300xf64>) outs(%y : memref<300xf64>)
      return
    }
    // leaves: kiln.launch @reference::
    // gone: linalg.negf
    ```
    ```
    kiln-opt --kiln-lower-reference
    ```
  }];
  let statistics = [
    Statistic<"numKernels", "kernels", "kernels made">,
  ];
  let dependentDialects = [
    "::kiln::KilnDialect", "::mlir::arith::ArithDialect",
    "::mlir::gpu::GPUDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::affine::AffineDialect", "::mlir::LLVM::LLVMDialect",
  ];
}

#endif // KILN_REFERENCE_PASSES_TD

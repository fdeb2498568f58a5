//===- Passes.td - Conversion passes ---------------------------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CONVERSION_PASSES_TD
#define KILN_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def CheckSupported : Pass<"kiln-check-supported"> {
  let summary = "refuses scalar ops that cannot reach sm_89";
  let description = [{
    LLVM aborts the process on ops that the target cannot select ("no libcall
    available"), so every op that would get there is refused here, at its place
    and by its name. Runs on any level: on the bodies of linalg ops before
    fusion, on `gpu.module` before `kiln-lower-to-nvvm`, and on its result.
    Checks `arith`, `math`, `complex`, `llvm` and `nvvm` ops and their element
    types; other dialects are left to the passes that consume them. Leaves the
    IR as it was.

    ```mlir
    func.func @f(%x: f32) -> f32 {
      %y = math.tanh %x : f32
      return %y : f32
    }
    // leaves: math.tanh %arg0 : f32
    ```
    ```
    kiln-opt --kiln-check-supported
    ```
  }];
  let statistics = [
    Statistic<"numChecked", "ops-checked", "Number of ops checked">
  ];
}

def SetLibdevice : Pass<"kiln-set-libdevice", "::mlir::ModuleOp"> {
  let summary = "names the libdevice that kernels take functions from";
  let description = [{
    Where the module has a function that nothing else brings to sm_89 (acos,
    acosh, asin, asinh, atan, atan2, atanh, cbrt, cosh, erfc, sinh, tan, and all
    functions but exp2 and rsqrt on f64), looks for `libdevice.10.bc` of a CUDA
    toolkit in CUDA_HOME, CUDA_PATH and /usr/local/cuda, and leaves its path as
    `kiln.libdevice` of the module. `kiln-check-supported` then lets the op pass,
    `kiln-lower-to-nvvm` calls the function, and serialization links it.
    `path=FILE` takes that file, `path=none` none. How exact such a function is,
    NVIDIA says.

    ```mlir
    func.func @f(%x: f32) -> f32 {
      %y = math.atan %x : f32
      return %y : f32
    }
    // leaves: module attributes {kiln.libdevice = "/dev/null"}
    ```
    ```
    kiln-opt --kiln-set-libdevice=path=/dev/null
    ```
  }];
  let options = [
    Option<"path", "path", "std::string", [{""}],
           "The bitcode file, or none; by default that of a CUDA toolkit">
  ];
}

def ExpandMath : Pass<"kiln-expand-math"> {
  let summary = "replaces math functions by arithmetic";
  let description = [{
    There is no device library: `math` ops that the target cannot select become
    f32 arithmetic (exp, expm1, log, log2, log10, log1p, tanh, erf, sin, cos,
    powf) over all floats; denormals, infinities, NaN and signed zeros come out
    as in C. docs/numerics.md says how far each is off. f16 and bf16 operands
    are computed in f32 and rounded once. What an operand is may make it
    cheaper: an exp of what is at most 87 needs no upper bound, a log1p of an
    exp of what is at most 0 no reduction. Needs ops that `kiln-check-supported`
    accepts; leaves sqrt, fma, absf, copysign and the roundings, and on f32 exp2
    and rsqrt, which the target has. Where an argument cannot be subnormal and a
    result may be flushed, exp2 and 1 / x carry `fastmath<afn>`.

    ```mlir
    func.func @f(%x: f32) -> f32 {
      %y = math.exp %x : f32
      return %y : f32
    }
    // leaves: math.exp2 ... fastmath<afn> : f32 ... arith.mulf
    // gone: math.exp %
    ```
    ```
    kiln-opt --kiln-expand-math
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
  let statistics = [
    Statistic<"numExpanded", "math-ops-expanded", "Number of math ops expanded">
  ];
}

def LowerToNVVM : Pass<"kiln-lower-to-nvvm", "::mlir::gpu::GPUModuleOp"> {
  let summary = "lowers kernels to the llvm and nvvm dialects";
  let description = [{
    Needs a `gpu.module` whose `gpu.func`s use gpu, arith, scf, cf, vector (1-D),
    ub, llvm and nvvm ops on `!llvm.ptr` (no memrefs). Leaves `llvm.func`s with
    `nvvm.kernel`, `nvvm.maxntid` (from `known_block_size`) and `nvvm.minctasm`
    (where given on the `gpu.func`). `index` becomes i64; thread numbers carry
    the range that the block size gives them. exp2 and 1 / x of f32 with
    `fastmath<afn>` become the instructions that flush subnormal numbers
    (`ex2.approx.ftz`, `rcp.approx.ftz`), rsqrt `rsqrt.approx`.

    ```mlir
    gpu.module @kernels {
      gpu.func @f(%x: !llvm.ptr) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
        %lane = nvvm.read.ptx.sreg.tid.x : i32
        llvm.store %lane, %x : i32, !llvm.ptr
        gpu.return
      }
    }
    // leaves: llvm.func @f(%arg0: !llvm.ptr) ... nvvm.kernel, nvvm.maxntid = array<i32: 32, 1, 1>
    ```
    ```
    kiln-opt --pass-pipeline='builtin.module(gpu.module(kiln-lower-to-nvvm))'
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::NVVM::NVVMDialect",
                           "::mlir::cf::ControlFlowDialect"];
  let statistics = [
    Statistic<"numKernels", "kernels-lowered", "Number of kernels lowered">
  ];
}

def AttachLineInfo : Pass<"kiln-attach-line-info", "::mlir::gpu::GPUModuleOp"> {
  let summary = "attaches debug scopes so that `.loc` reaches PTX";
  let description = [{
    LLVM drops source locations outside of a debug scope. Gives each `llvm.func`
    with a known file a subprogram that asks for line directives only, which
    changes no instruction and no register.

    ```mlir
    gpu.module @kernels {
      llvm.func @f() {
        llvm.return
      }
    }
    // leaves: emissionKind = DebugDirectivesOnly
    // leaves: #llvm.di_subprogram< ... name = "f"
    ```
    ```
    kiln-opt --pass-pipeline='builtin.module(gpu.module(kiln-attach-line-info))' --mlir-print-debuginfo
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
  let statistics = [
    Statistic<"numScopes", "scopes-attached", "Number of functions with a scope">
  ];
}

#endif // KILN_CONVERSION_PASSES_TD

//===- Passes.td - Stages inside a host's module -----------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PIPELINES_PASSES_TD
#define KILN_PIPELINES_PASSES_TD

include "mlir/Pass/PassBase.td"

def FuseInPlace : Pass<"kiln-fuse-in-place", "::mlir::ModuleOp"> {
  let summary = "makes kernels in the functions of a host that Kiln takes";
  let description = [{
    Needs: a host's module. Kiln takes the functions that are named by
    `functions`, and those with the attribute `kiln.embed`; each has a body.

    Leaves: in these functions the kernels of the fusion stage
    (`kiln-normalize` to `kiln-fuse`, on a copy that has what they call
    inlined). What joins no kernel stays for the host, in the form that
    `kiln-normalize` gave it, and remarks (category `kiln-fuse`) say why; with
    `whole` it is an error. A function in which nothing joined is one always.
    All other functions are as they were.

    ```mlir
    func.func private @log(tensor<4xf32>)
    func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> attributes {kiln.embed} {
      %y = math.exp %x : tensor<4xf32>
      call @log(%y) : (tensor<4xf32>) -> ()
      return %y : tensor<4xf32>
    }
    func.func @g(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = math.exp %x : tensor<4xf32>
      return %y : tensor<4xf32>
    }
    // leaves: func.func @f(%arg0: tensor<4xf32>) -> tensor<4xf32> {
    // leaves: kiln.kernel "f" ... call @log( ... return
    // leaves: func.func @g(%arg0: tensor<4xf32>) -> tensor<4xf32> { %0 = math.exp
    ```
    ```
    kiln-opt --kiln-fuse-in-place
    ```
  }];
  let options = [
    ListOption<"functions", "functions", "std::string",
               "Functions that Kiln takes, beside those marked 'kiln.embed'">,
    Option<"rounding", "rounding", "std::string", [{"fused"}],
           "fused, or source: change no bit of an op">,
    Option<"whole", "whole", "bool", "false",
           "Refuse functions in which an op runs in no kernel">
  ];
  let statistics = [Statistic<"numFunctions", "functions-fused",
                              "Functions that kernels were made in">];
}

def CompileIsolated : Pass<"kiln-compile-isolated", "::mlir::ModuleOp"> {
  let summary = "compiles the kernels of a nested module kiln.isolated";
  let description = [{
    Needs: nested modules `kiln.isolated` (what `kiln-isolate-kernels` leaves).

    Leaves: their launch plans, with the kernels in llvm and nvvm: on each of
    them, and nothing else of the host, run `kiln-verify-kernels` and the stages
    `schedule`, `codegen` and `lowering`, with the options of these.

    ```mlir
    func.func private @f_launch(memref<64x32xf32>, memref<64x32xf32>)
    module attributes {kiln.isolated} {
      func.func @f_launch(%x: tensor<64x32xf32>) -> tensor<64x32xf32> {
        %y = kiln.kernel "f" (%x : tensor<64x32xf32>) -> tensor<64x32xf32> {
        ^bb0(%a: tensor<64x32xf32>):
          %e = tensor.empty() : tensor<64x32xf32>
          %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<64x32xf32>) outs(%e : tensor<64x32xf32>) {
          ^bb0(%in: f32, %out: f32):
            %t = arith.addf %in, %in : f32
            linalg.yield %t : f32
          } -> tensor<64x32xf32>
          kiln.yield %s : tensor<64x32xf32>
        }
        return %y : tensor<64x32xf32>
      }
    }
    // leaves: module attributes {gpu.container_module, kiln.isolated, kiln.target = #target}
    // leaves: gpu.module @kernels ... llvm.func @f( ... llvm.fadd
    // leaves: func.func @f_launch(%arg0: memref<64x32xf32>, %arg1: memref<64x32xf32>)
    // leaves: kiln.launch @kernels::@f(%arg0, %arg1 :
    ```
    ```
    kiln-opt --kiln-compile-isolated
    ```
  }];
  let options = [
    Option<"target", "target", "std::string", [{"rtx4090"}],
           "Card to compile for">,
    Option<"precision", "precision", "std::string", [{"tf32"}],
           "Contractions of f32: tf32, f32 or tf32x3">,
    Option<"schedule", "schedule", "std::string", [{""}],
           "#kiln.schedule<...> in place of the rules">,
    Option<"tuningDb", "tuning-db", "std::string", [{""}],
           "File of measured schedules">
  ];
  let statistics = [Statistic<"numCompiled", "modules-compiled",
                              "Nested modules compiled">];
}

#endif // KILN_PIPELINES_PASSES_TD

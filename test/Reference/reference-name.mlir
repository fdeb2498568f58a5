// RUN: kiln-opt --kiln-lower-reference %s | FileCheck %s
//
// The program's own function has the name that the module of kernels would have.

// CHECK: gpu.module @reference_0
// CHECK: func.func @reference(
// CHECK: kiln.launch @reference_0::@
func.func @reference(%x: memref<7xf64>, %y: memref<7xf64>) attributes {kiln.num_inputs = 1 : i64} {
  linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
      ins(%x : memref<7xf64>) outs(%y : memref<7xf64>) {
  ^bb0(%a: f64, %b: f64):
    %m = arith.negf %a : f64
    linalg.yield %m : f64
  }
  return
}

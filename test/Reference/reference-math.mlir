// RUN: kiln-opt --kiln-lower-reference %s | FileCheck %s

#id = affine_map<(d0) -> (d0)>

// CHECK: gpu.func @reference_functions_0
// CHECK: scf.if
// The square root of a reciprocal is a quotient.
// CHECK: %[[ROOT:.*]] = llvm.call_intrinsic "llvm.sqrt.f64"
// CHECK: arith.divf %{{.*}}, %[[ROOT]]
// 2^n is put together from its bits.
// CHECK: llvm.call_intrinsic "llvm.roundeven.f64"
// CHECK: arith.shli
// CHECK: arith.bitcast %{{.*}} : i64 to f64
// NaN comes through.
// CHECK: arith.cmpf uno
// CHECK: arith.select
// The series of erf is a loop.
// CHECK: scf.for
// CHECK-NOT: math.
// CHECK: gpu.return
func.func @functions(%x: memref<8xf64>, %y: memref<8xf64>) attributes {kiln.num_inputs = 1 : i64} {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<8xf64>) outs(%y : memref<8xf64>) {
  ^bb0(%a: f64, %o: f64):
    %0 = math.rsqrt %a : f64
    %1 = math.exp %0 : f64
    %2 = math.erf %1 : f64
    %3 = math.log1p %2 : f64
    %4 = math.tanh %3 : f64
    linalg.yield %4 : f64
  }
  return
}

// RUN: kiln-opt --kiln-lower-reference %s | FileCheck %s

#in = affine_map<(d0, d1) -> (d0, d1)>
#out = affine_map<(d0, d1) -> (d1)>

// A thread for each column; the reduction is a loop of that thread, although
// it stands first in the source.
// CHECK: module attributes {gpu.container_module}
// CHECK: gpu.module @reference
// CHECK: gpu.func @reference_columns_0(%[[X:.*]]: memref<7x300xf64> {llvm.noalias}, %[[Y:.*]]: memref<300xf64> {llvm.noalias}) kernel
// CHECK-SAME: known_block_size = array<i32: 256, 1, 1>
// CHECK: %[[BLOCK:.*]] = gpu.block_id x
// CHECK: %[[THREAD:.*]] = gpu.thread_id x
// CHECK: arith.cmpi ult, %{{.*}}, %c300
// CHECK: scf.if
// CHECK: scf.for
// CHECK: arith.maximumf
// CHECK: memref.store %{{.*}}, %[[Y]]
// CHECK: gpu.return

// A result without dimensions: one thread.
// CHECK: gpu.func @reference_columns_1
// CHECK: arith.cmpi ult, %{{.*}}, %c1
// CHECK: llvm.call_intrinsic "llvm.fabs.f64"
// CHECK: gpu.return

// CHECK-LABEL: func.func @columns(
// CHECK-SAME: %[[A:.*]]: memref<7x300xf64>, %[[B:.*]]: memref<300xf64>, %[[C:.*]]: memref<f64>)
// CHECK-NEXT: kiln.launch @reference::@reference_columns_0(%[[A]], %[[B]] : memref<7x300xf64>, memref<300xf64>) grid [2, 1, 1] block [256, 1, 1] shared 0
// CHECK-NEXT: kiln.launch @reference::@reference_columns_1({{.*}}) grid [1, 1, 1] block [256, 1, 1] shared 0
// CHECK-NEXT: return
func.func @columns(%x: memref<7x300xf64>, %y: memref<300xf64>, %z: memref<f64>) attributes {kiln.num_inputs = 1 : i64} {
  linalg.generic {indexing_maps = [#in, #out], iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<7x300xf64>) outs(%y : memref<300xf64>) {
  ^bb0(%a: f64, %b: f64):
    %m = arith.maximumf %a, %b : f64
    linalg.yield %m : f64
  }
  linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]}
      ins(%y : memref<300xf64>) outs(%z : memref<f64>) {
  ^bb0(%a: f64, %b: f64):
    %m = math.absf %a : f64
    %s = arith.addf %m, %b : f64
    linalg.yield %s : f64
  }
  return
}

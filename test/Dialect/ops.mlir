// RUN: kiln-opt %s | kiln-opt | FileCheck %s
// RUN: kiln-opt %s --mlir-print-op-generic --mlir-print-local-scope | FileCheck %s --check-prefix=GENERIC
//
// The ops of levels 1, 2 and 4: kernels as regions, and the launch plan.

#schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>

// A kernel without operands or results, and one of each; the role "compute" is
// not written.
// CHECK-LABEL: func @kernels
func.func @kernels(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: kiln.kernel "nothing" () {
  // CHECK:   kiln.yield
  // CHECK: }
  kiln.kernel "nothing" () {
    kiln.yield
  }
  // CHECK: %[[y:.+]] = kiln.kernel "negate" (%{{.+}} : tensor<4xf32>) -> tensor<4xf32> attributes {flops = 4 : i64, schedule = #schedule} {
  // CHECK: ^bb0(%[[a:.+]]: tensor<4xf32>):
  // CHECK:   %[[r:.+]] = arith.negf %[[a]]
  // CHECK:   kiln.yield %[[r]] : tensor<4xf32>
  %y = kiln.kernel "negate" (%x : tensor<4xf32>) -> tensor<4xf32> role<compute> attributes {flops = 4, schedule = #schedule} {
  ^bb0(%a: tensor<4xf32>):
    %r = arith.negf %a : tensor<4xf32>
    kiln.yield %r : tensor<4xf32>
  }
  // CHECK: kiln.kernel "pack" (%[[y]] : tensor<4xf32>) -> tensor<4xf32> role<pack> {
  %z = kiln.kernel "pack" (%y : tensor<4xf32>) -> tensor<4xf32> role<pack> {
  ^bb0(%a: tensor<4xf32>):
    kiln.yield %a : tensor<4xf32>
  }
  return %z : tensor<4xf32>
}

// A launch with everything, written arguments last: tiles are given for each of
// them. Without num_written it is one; the role "compute" is not written.
// CHECK-LABEL: func @plan
func.func @plan(%x: memref<60xf32>, %y: memref<60x4xf32>, %z: memref<f32>) {
  // CHECK: kiln.launch @kernels::@all(%{{.+}}, %{{.+}}, %{{.+}} : memref<60xf32>, memref<60x4xf32>, memref<f32>)
  // CHECK-SAME: grid [min(16, sm_count), 1, 1] block [128, 1, 1] shared 1024 role<pack>
  // CHECK-SAME: flops = 7 : i64
  // CHECK-SAME: num_written = 2 : i64
  // CHECK-SAME: schedule = #schedule
  // CHECK-SAME: tiles = [#tiles, unit]
  kiln.launch @kernels::@all(%x, %y, %z : memref<60xf32>, memref<60x4xf32>, memref<f32>)
      grid [min(16, sm_count), 1, 1] block [128, 1, 1] shared 1024 role<pack>
      attributes {flops = 7, num_written = 2, schedule = #schedule, tiles = [
        #kiln.tiles<grid = [2, 15], shape = [2, 4], output_dims = [1, 0]>, unit]}
  // CHECK: kiln.launch @kernels::@least(%{{.+}} : memref<60xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0{{$}}
  kiln.launch @kernels::@least(%x : memref<60xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0 role<compute>
  return
}

// Sizes of a grid are affine maps over the number of multiprocessors, written as
// expressions.
// CHECK-LABEL: func @grids
// GENERIC-LABEL: sym_name = "grids"
func.func @grids(%x: memref<4xf32>) {
  // CHECK: {{.*}} grid [min(2147483647, sm_count * 2), sm_count, (sm_count - 1) floordiv 3 + 1]
  // GENERIC: grid = [affine_map<()[s0] -> (2147483647, s0 * 2)>, affine_map<()[s0] -> (s0)>, affine_map<()[s0] -> ((s0 - 1) floordiv 3 + 1)>]
  kiln.launch @kernels::@k(%x : memref<4xf32>)
      grid [min(2147483647, sm_count * 2), sm_count, (sm_count - 1) floordiv 3 + 1] block [32, 1, 1] shared 0
  // CHECK: {{.*}} grid [3, 8, min(sm_count, sm_count * (0 - 1) + 8)]
  // GENERIC: grid = [affine_map<() -> (3)>, affine_map<() -> (8)>, affine_map<()[s0] -> (s0, -s0 + 8)>]
  kiln.launch @kernels::@k(%x : memref<4xf32>)
      grid [3, 2 * 4, min(sm_count, 8 - sm_count)] block [32, 1, 1] shared 0
  return
}

// A tiled kernel stores into the memory of its results and yields nothing.
// CHECK-LABEL: func @tiled
func.func @tiled(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi1>) {
  %y:2 = kiln.kernel "tiled" (%x : tensor<4xf32>) -> tensor<4xf32>, tensor<4xi1> {
  ^bb0(%a: tensor<4xf32>):
    // CHECK: kiln.output 0 : memref<4xf32>
    %out0 = kiln.output 0 : memref<4xf32>
    // CHECK-NEXT: kiln.output 1 : memref<4xi1>
    %out1 = kiln.output 1 : memref<4xi1>
    // CHECK-NEXT: kiln.yield{{$}}
    kiln.yield
  }
  return %y#0, %y#1 : tensor<4xf32>, tensor<4xi1>
}

// A schedule of any kind, also on a function.
// CHECK-LABEL: func @loop_schedule
func.func @loop_schedule(%x: tensor<64xf32>) -> tensor<64xf32> {
  // CHECK: kiln.kernel "copy" {{.*}} attributes {schedule = #loop_schedule}
  %y = kiln.kernel "copy" (%x : tensor<64xf32>) -> tensor<64xf32> attributes {schedule = #kiln.loop_schedule<tile = [64], threads = [[32:1]], vector = [2], block = 32>} {
  ^bb0(%a: tensor<64xf32>):
    kiln.yield %a : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}
gpu.module @functions {
  // CHECK: gpu.func @f{{.*}} attributes {kiln.num_written = 2 : i64, kiln.schedule = #loop_schedule}
  gpu.func @f(%x: memref<64xf32>, %y: memref<64xf32>, %z: memref<64xf32>) attributes {kiln.num_written = 2 : i64, kiln.schedule = #kiln.loop_schedule<tile = [64], threads = [[32:1]], vector = [2], block = 32>} {
    gpu.return
  }
}

// RUN: kiln-opt %s | kiln-opt | FileCheck %s
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
  // CHECK: %[[y:.+]] = kiln.kernel "negate" (%{{.+}} : tensor<4xf32>) -> tensor<4xf32> attributes {schedule = #schedule} {
  // CHECK: ^bb0(%[[a:.+]]: tensor<4xf32>):
  // CHECK:   %[[r:.+]] = arith.negf %[[a]]
  // CHECK:   kiln.yield %[[r]] : tensor<4xf32>
  %y = kiln.kernel "negate" (%x : tensor<4xf32>) -> tensor<4xf32> attributes {role = "compute", schedule = #schedule} {
  ^bb0(%a: tensor<4xf32>):
    %r = arith.negf %a : tensor<4xf32>
    kiln.yield %r : tensor<4xf32>
  }
  // CHECK: kiln.kernel "pack" (%[[y]] : tensor<4xf32>) -> tensor<4xf32> attributes {role = "pack"} {
  %z = kiln.kernel "pack" (%y : tensor<4xf32>) -> tensor<4xf32> attributes {role = "pack"} {
  ^bb0(%a: tensor<4xf32>):
    kiln.yield %a : tensor<4xf32>
  }
  return %z : tensor<4xf32>
}

// CHECK-LABEL: func @plan
func.func @plan(%x: memref<4xf32>) {
  // CHECK: kiln.launch @kernels::@negate(%{{.+}} : memref<4xf32>) grid ["min(16, sm_count)", "1", "1"] block [128, 1, 1] shared 1024
  // CHECK-SAME: flops = 7 : i64
  // CHECK-SAME: role = "pack"
  // CHECK-SAME: schedule = #schedule
  // CHECK-SAME: tiles = {count = 16 : i64}
  kiln.launch @kernels::@negate(%x : memref<4xf32>) grid ["min(16, sm_count)", "1", "1"]
      block [128, 1, 1] shared 1024
      attributes {role = "pack", schedule = #schedule, tiles = {count = 16}, flops = 7}
  // One argument is written if nothing else is said.
  // CHECK: kiln.launch @kernels::@fill(%{{.+}} : memref<4xf32>) grid ["1", "1", "1"] block [32, 1, 1] shared 0{{$}}
  kiln.launch @kernels::@fill(%x : memref<4xf32>) grid ["1", "1", "1"] block [32, 1, 1] shared 0
  // CHECK: kiln.launch @kernels::@two({{.*}}) grid ["1", "1", "1"] block [32, 1, 1] shared 0 attributes {num_written = 2 : i64}
  kiln.launch @kernels::@two(%x, %x, %x : memref<4xf32>, memref<4xf32>, memref<4xf32>) grid ["1", "1", "1"] block [32, 1, 1] shared 0 attributes {num_written = 2 : i64}
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

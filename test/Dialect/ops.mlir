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
  // CHECK: kiln.launch @kernels::@nothing() grid ["1", "1", "1"] block [32, 1, 1] shared 0
  kiln.launch @kernels::@nothing() grid ["1", "1", "1"] block [32, 1, 1] shared 0
  return
}

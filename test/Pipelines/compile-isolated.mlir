// RUN: kiln-opt %s --kiln-compile-isolated=target=h100 | FileCheck %s
// RUN: not kiln-opt %s --kiln-compile-isolated=target=toaster 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: error: unknown target 'toaster'; known are
//
// Only the module that is marked changes: the other is a host's own.

// CHECK-LABEL: module @host_module {
// CHECK-NEXT:    func.func @exp(%{{.+}}: tensor<64xf32>) -> tensor<64xf32> {
// CHECK-NEXT:      math.exp
module @host_module {
  func.func @exp(%x: tensor<64xf32>) -> tensor<64xf32> {
    %y = math.exp %x : tensor<64xf32>
    return %y : tensor<64xf32>
  }
}

// CHECK:       module attributes {gpu.container_module, kiln.isolated, kiln.target = #target}
// CHECK-NEXT:    gpu.module @kernels
// CHECK-NEXT:      llvm.func @double(
// CHECK:         func.func @double_launch(%[[X:.+]]: memref<64xf32>, %[[Y:.+]]: memref<64xf32>)
// CHECK-NEXT:      kiln.launch @kernels::@double(%[[X]], %[[Y]] :
module attributes {kiln.isolated} {
  func.func @double_launch(%x: tensor<64xf32>) -> tensor<64xf32> {
    %y = kiln.kernel "double" (%x : tensor<64xf32>) -> tensor<64xf32> {
    ^bb0(%a: tensor<64xf32>):
      %e = tensor.empty() : tensor<64xf32>
      %s = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a : tensor<64xf32>) outs(%e : tensor<64xf32>) {
      ^bb0(%in: f32, %out: f32):
        %t = arith.addf %in, %in : f32
        linalg.yield %t : f32
      } -> tensor<64xf32>
      kiln.yield %s : tensor<64xf32>
    }
    return %y : tensor<64xf32>
  }
}

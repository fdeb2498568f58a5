// RUN: kiln-opt --pass-pipeline='builtin.module(func.func(kiln-reference-destinations))' %s | FileCheck %s

// CHECK-LABEL: func.func @f(
// CHECK-SAME: %[[X:.*]]: memref<4xf32>, %[[Y:.*]]: memref<4xf64>, %[[I:.*]]: memref<4xi64>)
// CHECK-SAME: kiln.num_inputs = 1
// CHECK: bufferization.to_tensor %[[X]] restrict
// CHECK: bufferization.materialize_in_destination %{{.*}} in restrict writable %[[Y]]
// CHECK: bufferization.materialize_in_destination %{{.*}} in restrict writable %[[I]]
// CHECK: return{{$}}
func.func @f(%x: tensor<4xf32>) -> (tensor<4xf64>, tensor<4xi64>) {
  %a = arith.extf %x : tensor<4xf32> to tensor<4xf64>
  %b = arith.fptosi %x : tensor<4xf32> to tensor<4xi64>
  return %a, %b : tensor<4xf64>, tensor<4xi64>
}

// RUN: kiln-opt %s --kiln-isolate-kernels --split-input-file | FileCheck %s
//
// Kernels move to a module of their own; the host calls what they will become.
// What a kernel computes does not matter here.

// Constants move with the kernel, and so does the reshape that alone reads its
// result: the destination has the shape that the host wants.
//
// CHECK-LABEL: func.func @constant_and_reshape(
// CHECK-SAME:    %[[X:.+]]: tensor<4x8xf32>)
// CHECK-NEXT:    %[[IN:.+]] = bufferization.to_buffer %[[X]] read_only : tensor<4x8xf32> to memref<4x8xf32>
// CHECK-NEXT:    %[[EMPTY:.+]] = bufferization.alloc_tensor() : tensor<4x1x8xf32>
// CHECK-NEXT:    %[[OUT:.+]] = bufferization.to_buffer %[[EMPTY]] : tensor<4x1x8xf32> to memref<4x1x8xf32>
// CHECK-NEXT:    call @add_launch(%[[IN]], %[[OUT]]) : (memref<4x8xf32>, memref<4x1x8xf32>) -> ()
// CHECK-NEXT:    %[[Y:.+]] = bufferization.to_tensor %[[OUT]] restrict writable
// CHECK-NEXT:    return %[[Y]]
// CHECK:       func.func private @add_launch(memref<4x8xf32>, memref<4x1x8xf32>)
// CHECK:       module attributes {kiln.isolated} {
// CHECK-NEXT:    func.func @add_launch(%[[A:.+]]: tensor<4x8xf32>) -> tensor<4x1x8xf32> {
// CHECK-NEXT:      %[[C:.+]] = arith.constant dense<1.000000e+00> : tensor<32xf32>
// CHECK-NEXT:      %[[E:.+]] = tensor.expand_shape %[[C]]
// CHECK-NEXT:      %[[K:.+]] = kiln.kernel "add" (%[[A]], %[[E]] :
// CHECK:           %[[R:.+]] = tensor.expand_shape %[[K]]
// CHECK-NEXT:      return %[[R]]
func.func @constant_and_reshape(%x: tensor<4x8xf32>) -> tensor<4x1x8xf32> {
  %c = arith.constant dense<1.0> : tensor<32xf32>
  %e = tensor.expand_shape %c [[0, 1]] output_shape [4, 8] : tensor<32xf32> into tensor<4x8xf32>
  %y = kiln.kernel "add" (%x, %e : tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32> {
  ^bb0(%a: tensor<4x8xf32>, %b: tensor<4x8xf32>):
    kiln.yield %b : tensor<4x8xf32>
  }
  %r = tensor.expand_shape %y [[0, 1], [2]] output_shape [4, 1, 8] : tensor<4x8xf32> into tensor<4x1x8xf32>
  return %r : tensor<4x1x8xf32>
}

// -----

// Reshapes of operands are the host's, and so is one beside another reader. Names
// that the host has are left to it, and kernels of one name get two.
//
// CHECK-LABEL: func.func @two_kernels(
// CHECK:         %[[FLAT:.+]] = tensor.collapse_shape
// CHECK:         bufferization.to_buffer %[[FLAT]] read_only
// CHECK:         call @copy_launch_0(
// CHECK:         %[[Y:.+]] = bufferization.to_tensor
// CHECK:         tensor.expand_shape %[[Y]]
// CHECK:         scf.for
// CHECK:           call @copy_0_launch(
// CHECK:       func.func private @copy_launch()
// CHECK:       func.func private @copy_launch_0(memref<32xf32>, memref<32xf32>, memref<32xi1>)
// CHECK:       func.func private @copy_0_launch(memref<32xf32>, memref<32xf32>)
// CHECK:       module attributes {kiln.isolated}
// CHECK:         kiln.kernel "copy"
// CHECK:         kiln.kernel "copy_0"
func.func @two_kernels(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<32xf32>, tensor<32xi1>) {
  %f = tensor.collapse_shape %x [[0, 1]] : tensor<4x8xf32> into tensor<32xf32>
  %y:2 = kiln.kernel "copy" (%f : tensor<32xf32>) -> tensor<32xf32>, tensor<32xi1> {
  ^bb0(%a: tensor<32xf32>):
    %b = tensor.empty() : tensor<32xi1>
    kiln.yield %a, %b : tensor<32xf32>, tensor<32xi1>
  }
  %e = tensor.expand_shape %y#0 [[0, 1]] output_shape [4, 8] : tensor<32xf32> into tensor<4x8xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  %z = scf.for %i = %c0 to %c9 step %c1 iter_args(%t = %y#0) -> tensor<32xf32> {
    %w = kiln.kernel "copy" (%t : tensor<32xf32>) -> tensor<32xf32> {
    ^bb0(%a: tensor<32xf32>):
      kiln.yield %a : tensor<32xf32>
    }
    scf.yield %w : tensor<32xf32>
  }
  return %e, %z, %y#1 : tensor<4x8xf32>, tensor<32xf32>, tensor<32xi1>
}
func.func private @copy_launch()

// -----

// A constant that a kernel reads twice moves once; one that the host reads too
// stays as well.
//
// CHECK-LABEL: func.func @constant_twice(
// CHECK:         %[[C:.+]] = arith.constant dense<2.000000e+00>
// CHECK:         call @sum_launch(%{{.+}}) : (memref<4xf32>) -> ()
// CHECK:         return %{{.+}}, %[[C]]
// CHECK:       module attributes {kiln.isolated}
// CHECK:         %[[C:.+]] = arith.constant dense<2.000000e+00>
// CHECK-NOT:     arith.constant
// CHECK:         kiln.kernel "sum" (%[[C]], %[[C]] :
func.func @constant_twice() -> (tensor<4xf32>, tensor<4xf32>) {
  %c = arith.constant dense<2.0> : tensor<4xf32>
  %y = kiln.kernel "sum" (%c, %c : tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>):
    kiln.yield %b : tensor<4xf32>
  }
  return %y, %c : tensor<4xf32>, tensor<4xf32>
}
func.func @only_constant() -> tensor<4xf32> {
  %c = arith.constant dense<3.0> : tensor<4xf32>
  %y = kiln.kernel "sum" (%c, %c : tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>):
    kiln.yield %b : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

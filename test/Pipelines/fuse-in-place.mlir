// RUN: kiln-opt %s --kiln-fuse-in-place=functions=named | FileCheck %s
// RUN: not kiln-opt %s --kiln-fuse-in-place="functions=named whole=true" 2>&1 | FileCheck %s --check-prefix=WHOLE
//
// Kiln takes the functions that are marked or named; each may have several
// kernels, and ops of the host between them.

// CHECK-LABEL: func.func private @print(tensor<16x32xf32>) -> tensor<16x32xf32>
func.func private @print(tensor<16x32xf32>) -> tensor<16x32xf32>
func.func private @relu(%x: tensor<16x32xf32>) -> tensor<16x32xf32> {
  %zero = arith.constant dense<0.0> : tensor<16x32xf32>
  %r = arith.maximumf %x, %zero : tensor<16x32xf32>
  return %r : tensor<16x32xf32>
}

// The call of a function with a body is inlined, as in a program of its own.
//
// CHECK-LABEL: func.func @mixed(
// CHECK-SAME:    %[[A:.+]]: tensor<16x8xf32> {host.name = "a"}, %[[B:.+]]: tensor<8x32xf32>, %[[C:.+]]: tensor<32x16xf32>)
// CHECK-SAME:    attributes {host.mark} {
// CHECK-NEXT:    %[[X:.+]] = kiln.kernel "mixed{{.*}}" (%[[A]], %[[B]] :
// CHECK:           linalg.matmul
// CHECK:           arith.maximumf
// CHECK:         %[[H:.+]] = call @print(%[[X]])
// CHECK-NEXT:    %[[Y:.+]] = kiln.kernel "mixed{{.*}}" (%[[H]], %[[C]] :
// CHECK:           linalg.matmul
// CHECK:         return %[[Y]]
// WHOLE: fuse-in-place.mlir:[[#@LINE+5]]:8: error: unsupported: 'func.call' does not run in the program's kernel
func.func @mixed(%a: tensor<16x8xf32> {host.name = "a"}, %b: tensor<8x32xf32>, %c: tensor<32x16xf32>) -> tensor<16x16xf32> attributes {host.mark, kiln.embed} {
  %zero = arith.constant dense<0.0> : tensor<16x32xf32>
  %x = linalg.matmul ins(%a, %b : tensor<16x8xf32>, tensor<8x32xf32>) outs(%zero : tensor<16x32xf32>) -> tensor<16x32xf32>
  %r = call @relu(%x) : (tensor<16x32xf32>) -> tensor<16x32xf32>
  %h = call @print(%r) : (tensor<16x32xf32>) -> tensor<16x32xf32>
  %init = arith.constant dense<0.0> : tensor<16x16xf32>
  %y = linalg.matmul ins(%h, %c : tensor<16x32xf32>, tensor<32x16xf32>) outs(%init : tensor<16x16xf32>) -> tensor<16x16xf32>
  return %y : tensor<16x16xf32>
}

// CHECK-LABEL: func.func private @named(
// CHECK-NEXT:    kiln.kernel "named"
func.func private @named(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = math.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// Nothing else changes, not even what any clean-up would.
//
// CHECK-LABEL: func.func @host(
// CHECK-NEXT:    arith.addf
// CHECK-NEXT:    arith.addf
// CHECK-NEXT:    call @named
func.func @host(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = arith.addf %x, %x : tensor<4xf32>
  %1 = arith.addf %x, %x : tensor<4xf32>
  %2 = call @named(%1) : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

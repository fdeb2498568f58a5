// Programs of several functions, as JAX and torch export them: what the entry
// calls is inlined, and nothing of it is left. Also arithmetic on whole tensors,
// for both references.
// RUN: rm -rf %t && kiln-compile %s --entry=main --no-cubin --with-reference -o %t
// RUN: kiln-run %t --device=cpu --verify
// RUN: kiln-compile %s --entry=main --emit=kernels -o - | FileCheck %s

// CHECK-NOT: call
// CHECK: func.func @main
// CHECK: kiln.kernel
// CHECK-NOT: func.func

// Not used: it may be anything.
func.func private @elsewhere(tensor<?xf32>)
func.func @unused(%x: tensor<*xf32>) -> tensor<*xf32> {
  return %x : tensor<*xf32>
}

func.func @main(%x: tensor<1x8x6x6xf32>, %w: tensor<8x8x3x3xf32>) -> tensor<1x8x4x4xf32> {
  %c = call @layer(%x, %w) : (tensor<1x8x6x6xf32>, tensor<8x8x3x3xf32>) -> tensor<1x8x4x4xf32>
  %r = call @relu(%c) : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %r : tensor<1x8x4x4xf32>
}

// Public, and calls another one.
func.func @layer(%x: tensor<1x8x6x6xf32>, %w: tensor<8x8x3x3xf32>) -> tensor<1x8x4x4xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x8x4x4xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x6x6xf32>, tensor<8x8x3x3xf32>) outs(%i : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %r = call @relu(%c) : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %r : tensor<1x8x4x4xf32>
}

func.func private @relu(%c: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  %z = arith.constant dense<0.0> : tensor<1x8x4x4xf32>
  %r = arith.maximumf %c, %z : tensor<1x8x4x4xf32>
  return %r : tensor<1x8x4x4xf32>
}

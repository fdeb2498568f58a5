// RUN: kiln-opt %s --kiln-fusion-stage --split-input-file --verify-diagnostics

// Named ops have become linalg.generic by the time that they are refused. What is
// said names the op that was written.

func.func @softmax(%x: tensor<1x8x6x10xf32>, %w: tensor<4x8x1x1xf32>, %o: tensor<1x4x6x10xf32>) -> tensor<1x4x6x10xf32> {
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x6x10xf32>, tensor<4x8x1x1xf32>) outs(%o : tensor<1x4x6x10xf32>) -> tensor<1x4x6x10xf32>
  %e = tensor.empty() : tensor<1x4x6x10xf32>
  // expected-error@+1 {{unsupported: 'linalg.softmax' does not run in the program's kernel: it reduces over dimension 3 of the result of 'linalg.conv_2d_nchw_fchw'}}
  %s = linalg.softmax dimension(3) ins(%c : tensor<1x4x6x10xf32>) outs(%e : tensor<1x4x6x10xf32>) -> tensor<1x4x6x10xf32>
  return %s : tensor<1x4x6x10xf32>
}

// -----

func.func @pooling(%x: tensor<1x8x6x10xf32>, %w: tensor<4x8x1x1xf32>, %o: tensor<1x4x6x10xf32>, %p: tensor<1x4x3x5xf32>) -> tensor<1x4x3x5xf32> {
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x6x10xf32>, tensor<4x8x1x1xf32>) outs(%o : tensor<1x4x6x10xf32>) -> tensor<1x4x6x10xf32>
  %window = tensor.empty() : tensor<2x2xf32>
  // expected-error@+1 {{unsupported: 'linalg.pooling_nchw_max' does not run in the program's kernel: it reads windows of values that the kernel computes, along dimension 2; only arguments can be read through windows}}
  %m = linalg.pooling_nchw_max {strides = dense<2> : tensor<2xi64>} ins(%c, %window : tensor<1x4x6x10xf32>, tensor<2x2xf32>) outs(%p : tensor<1x4x3x5xf32>) -> tensor<1x4x3x5xf32>
  return %m : tensor<1x4x3x5xf32>
}

// -----

func.func @quotient(%x: tensor<1x8x6x10xf32>, %y: tensor<1x8x6x10xf32>, %w: tensor<4x8x1x1xf32>, %o: tensor<1x4x6x10xf32>) -> tensor<1x4x6x10xf32> {
  %e = tensor.empty() : tensor<1x8x6x10xf32>
  // expected-error@+1 {{unsupported: 'linalg.div' does not run in the program's kernel: it computes the image of 'linalg.conv_2d_nchw_fchw'}}
  %p = linalg.div ins(%x, %y : tensor<1x8x6x10xf32>, tensor<1x8x6x10xf32>) outs(%e : tensor<1x8x6x10xf32>) -> tensor<1x8x6x10xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%p, %w : tensor<1x8x6x10xf32>, tensor<4x8x1x1xf32>) outs(%o : tensor<1x4x6x10xf32>) -> tensor<1x4x6x10xf32>
  return %c : tensor<1x4x6x10xf32>
}

// -----

// Of several ops that became one it is the last.
func.func @map(%x: tensor<1x8x6x10xf32>, %w: tensor<4x8x1x1xf32>, %o: tensor<1x4x6x10xf32>) -> tensor<1x4x6x10xf32> {
  %e = tensor.empty() : tensor<1x8x6x10xf32>
  %a = linalg.log ins(%x : tensor<1x8x6x10xf32>) outs(%e : tensor<1x8x6x10xf32>) -> tensor<1x8x6x10xf32>
  // expected-error@+1 {{unsupported: 'linalg.map' does not run in the program's kernel: it computes the image of}}
  %p = linalg.map { math.absf } ins(%a : tensor<1x8x6x10xf32>) outs(%e : tensor<1x8x6x10xf32>)
  %c = linalg.conv_2d_nchw_fchw ins(%p, %w : tensor<1x8x6x10xf32>, tensor<4x8x1x1xf32>) outs(%o : tensor<1x4x6x10xf32>) -> tensor<1x4x6x10xf32>
  return %c : tensor<1x4x6x10xf32>
}

// -----

// A generic is one to the user, too.
#id = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @generic(%x: tensor<1x8x6x10xf32>, %w: tensor<4x8x1x1xf32>, %o: tensor<1x4x6x10xf32>) -> tensor<1x4x6x10xf32> {
  %e = tensor.empty() : tensor<1x8x6x10xf32>
  // expected-error@+1 {{unsupported: 'linalg.generic' does not run in the program's kernel: it computes the image of}}
  %p = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x8x6x10xf32>) outs(%e : tensor<1x8x6x10xf32>) {
  ^bb0(%a: f32, %u: f32):
    %0 = math.log %a : f32
    linalg.yield %0 : f32
  } -> tensor<1x8x6x10xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%p, %w : tensor<1x8x6x10xf32>, tensor<4x8x1x1xf32>) outs(%o : tensor<1x4x6x10xf32>) -> tensor<1x4x6x10xf32>
  return %c : tensor<1x4x6x10xf32>
}

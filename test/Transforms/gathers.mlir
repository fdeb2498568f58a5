// RUN: kiln-opt %s --kiln-normalize --kiln-fuse --kiln-verify-kernels --split-input-file --verify-diagnostics -o /dev/null
//
// A body that reads a tensor at a computed position: of an argument, or of what the
// kernel computes. Affine positions become operands before (normalize.mlir).

#id = affine_map<(d0, d1) -> (d0, d1)>
func.func @argument(%a: tensor<4x8xf32>, %r: tensor<4xf32>) -> tensor<4x8xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  %q = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%i: f32, %o: f32):
    %k = linalg.index 1 : index
    %four = arith.constant 4 : index
    %m = arith.remui %k, %four : index
    // expected-error@+1 {{unsupported: 'tensor.extract' reads a tensor at a position that is computed; positions may be sums of the loops' indices, times constants, that stay within the tensor}}
    %v = tensor.extract %r[%m] : tensor<4xf32>
    %0 = arith.addf %i, %v : f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  return %q : tensor<4x8xf32>
}

// -----

#id = affine_map<(d0, d1) -> (d0, d1)>
func.func @computed(%a: tensor<4x8xf32>, %b: tensor<4xf32>) -> tensor<4x8xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  %r = linalg.reduce { arith.addf } ins(%a : tensor<4x8xf32>) outs(%b : tensor<4xf32>) dimensions = [1]
  %q = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%i: f32, %o: f32):
    %k = linalg.index 1 : index
    %four = arith.constant 4 : index
    %m = arith.remui %k, %four : index
    // expected-error@+1 {{unsupported: 'tensor.extract' reads a tensor at a position that is computed}}
    %v = tensor.extract %r[%m] : tensor<4xf32>
    %0 = arith.addf %i, %v : f32
    linalg.yield %0 : f32
  } -> tensor<4x8xf32>
  return %q : tensor<4x8xf32>
}

// RUN: kiln-opt --kiln-gpu-reference --split-input-file --verify-diagnostics %s

#id = affine_map<(d0) -> (d0)>
func.func @tangent(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    // expected-error @below {{'math.tan' op has no lowering in float64 without a vendor's library}}
    %y = math.tan %a : f32
    linalg.yield %y : f32
  } -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

#id = affine_map<(d0) -> (d0)>
func.func @bits(%x: tensor<4xf32>) -> tensor<4xi32> {
  %e = tensor.empty() : tensor<4xi32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%e : tensor<4xi32>) {
  ^bb0(%a: f32, %o: i32):
    // expected-error @below {{on a float that becomes f64 has no meaning}}
    %y = arith.bitcast %a : f32 to i32
    linalg.yield %y : i32
  } -> tensor<4xi32>
  return %r : tensor<4xi32>
}

// -----

// expected-error @below {{takes and gives tensors of static shape, not 'f32'}}
func.func @scalar(%x: tensor<f32>, %s: f32) -> tensor<f32> {
  return %x : tensor<f32>
}

// -----

func.func @pad(%x: tensor<4xf32>, %n: index) -> tensor<6xf32> {
  %zero = arith.constant 0.0 : f32
  // expected-error @below {{needs a constant value and static sizes}}
  %p = tensor.pad %x low[%n] high[1] {
  ^bb0(%i: index):
    tensor.yield %zero : f32
  } : tensor<4xf32> to tensor<6xf32>
  return %p : tensor<6xf32>
}

// -----

// A resource of one element, where the type has four.
func.func @short_resource(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'arith.constant' op needs a dense value, or a resource with the bytes of its type, for the reference on a GPU}}
  %k = arith.constant dense_resource<weights> : tensor<4xf32>
  %r = arith.addf %x, %k : tensor<4xf32>
  return %r : tensor<4xf32>
}
{-# dialect_resources: { builtin: { weights: "0x040000000000803F" } } #-}

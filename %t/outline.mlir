// Arguments of the function become buffers.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
// expected-error@+1 {{not supported: argument 1 of type 'f32'; arguments are tensors of static shape}}
func.func @scalar(%x: tensor<1x4x2x8xf32>, %s: f32) -> tensor<1x4x2x8xf32> {
  %y = kiln.kernel "copy" (%x : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x4x2x8xf32>):
    kiln.yield %a : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}

// -----

// Two results cannot share a buffer.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @twice(%x: tensor<1x4x2x8xf32>) -> (tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>) {
  %y = kiln.kernel "copy" (%x : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x4x2x8xf32>):
    kiln.yield %a : tensor<1x4x2x8xf32>
  }
  // expected-error@+1 {{not supported: result 1 must be the result of a kernel of its own}}
  return %y, %y : tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>
}

// -----

// An argument that is a result would have to be copied.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @argument(%x: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  %y = kiln.kernel "copy" (%x : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x4x2x8xf32>):
    kiln.yield %a : tensor<1x4x2x8xf32>
  }
  // expected-error@+1 {{not supported: result 0 must be the result of a kernel of its own}}
  return %x : tensor<1x4x2x8xf32>
}

// -----

// No kernel computes this operand.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @outside(%x: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  // expected-error@+1 {{not supported: an operation outside of any kernel}}
  %n = linalg.abs ins(%x : tensor<1x4x2x8xf32>) outs(%x : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
  %y = kiln.kernel "copy" (%n : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x4x2x8xf32>):
    kiln.yield %a : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}

// -----

// A kernel writes one buffer.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @results(%x: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  // expected-error@+1 {{'kiln.kernel' op not supported: a kernel with 2 results}}
  %y:2 = kiln.kernel "copy" (%x : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x4x2x8xf32>):
    kiln.yield %a, %a : tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>
  }
  return %y#0 : tensor<1x4x2x8xf32>
}

// -----

// Only what tiling writes says how large the tile is.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @loop(%x: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  %y = kiln.kernel "copy" (%x : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x4x2x8xf32>):
    // expected-error@+1 {{'scf.forall' op must insert one cut tile}}
    %r = scf.forall (%n, %i, %j) in (1, 1, 1) shared_outs(%out = %a) -> (tensor<1x4x2x8xf32>) {
      %zero = arith.constant 0 : index
      %t = kiln.extract_tile %a[%n, %zero, %i, %j] in_bounds [true, true, true, true] : tensor<1x4x2x8xf32> -> tensor<1x4x2x8xf32>
      scf.forall.in_parallel {
        tensor.parallel_insert_slice %t into %out[%n, 0, %i, %j] [1, 4, 2, 8] [1, 1, 1, 1] : tensor<1x4x2x8xf32> into tensor<1x4x2x8xf32>
      }
    }
    kiln.yield %r : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}

// -----

// Each loop runs over a dimension of the result.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @loop(%x: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  %y = kiln.kernel "copy" (%x : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x4x2x8xf32>):
    %r = scf.forall (%n, %i, %j) in (1, 1, 1) shared_outs(%out = %a) -> (tensor<1x4x2x8xf32>) {
      %zero = arith.constant 0 : index
      %t = kiln.extract_tile %a[%n, %zero, %i, %j] in_bounds [true, true, true, true] : tensor<1x4x2x8xf32> -> tensor<1x4x2x8xf32>
      %cut = tensor.extract_slice %t[0, 0, 0, 0] [1, 4, 2, 8] [1, 1, 1, 1] : tensor<1x4x2x8xf32> to tensor<1x4x2x8xf32>
      scf.forall.in_parallel {
        // expected-error@+1 {{'tensor.parallel_insert_slice' op must place its tile by the loop's variables}}
        tensor.parallel_insert_slice %cut into %out[%n, 0, %i, 0] [1, 4, 2, 8] [1, 1, 1, 1] : tensor<1x4x2x8xf32> into tensor<1x4x2x8xf32>
      }
    }
    kiln.yield %r : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}

// -----

// The packing kernel packs.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @pack(%x: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  // expected-error@+1 {{'kiln.kernel' op of role "pack" must start with kiln.pack}}
  %y = kiln.kernel "copy" (%x : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {role = "pack"} {
  ^bb0(%a: tensor<1x4x2x8xf32>):
    kiln.yield %a : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}

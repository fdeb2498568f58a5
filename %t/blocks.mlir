// Only structured operations follow the tiles of the convolution.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @unstructured(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>) -> tensor<4x2x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>) -> tensor<4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    // expected-error@+1 {{'tensor.collapse_shape' op not supported: cannot be tiled with the convolution it uses}}
    %s = tensor.collapse_shape %r [[0, 1], [2], [3]] : tensor<1x4x2x8xf32> into tensor<4x2x8xf32>
    kiln.yield %s : tensor<4x2x8xf32>
  }
  return %y : tensor<4x2x8xf32>
}

// -----

// A row that stays the same is no tile of its own.
#first = affine_map<(d0, d1, d2, d3) -> (d0, d1, 0, d3)>
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @no_permutation(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    // expected-error@+1 {{'linalg.generic' op not supported: reads the convolution's result through affine_map<(d0, d1, d2, d3) -> (d0, d1, 0, d3)>}}
    %s = linalg.generic {indexing_maps = [#first, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r : tensor<1x4x2x8xf32>) outs(%c : tensor<1x4x2x8xf32>) {
    ^bb1(%i: f32, %j: f32):
      linalg.yield %i : f32
    } -> tensor<1x4x2x8xf32>
    kiln.yield %s : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}

// -----

// A tile of the transposed result is not in the tile of the result.
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#swapped = affine_map<(d0, d1, d2, d3) -> (d0, d1, d3, d2)>
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @transposed(%x: tensor<1x2x8x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x8x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x8x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x8x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x8x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
    // expected-error@+1 {{'linalg.generic' op not supported: combines different dimensions of the convolution's result}}
    %s = linalg.generic {indexing_maps = [#id, #swapped, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r, %r : tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>) outs(%c : tensor<1x4x8x8xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32):
      %s0 = arith.addf %i, %j : f32
      linalg.yield %s0 : f32
    } -> tensor<1x4x8x8xf32>
    kiln.yield %s : tensor<1x4x8x8xf32>
  }
  return %y : tensor<1x4x8x8xf32>
}

// -----

// A dimension that the convolution does not have belongs to no tile.
#drop = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>
#id5 = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @added(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>, %e: tensor<1x4x2x8x3xf32>) -> tensor<1x4x2x8x3xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %e : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>, tensor<1x4x2x8x3xf32>) -> tensor<1x4x2x8x3xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>, %d: tensor<1x4x2x8x3xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    // expected-error@+1 {{'linalg.generic' op not supported: adds a dimension to the convolution's result}}
    %s = linalg.generic {indexing_maps = [#drop, #id5], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%r : tensor<1x4x2x8xf32>) outs(%d : tensor<1x4x2x8x3xf32>) {
    ^bb1(%i: f32, %j: f32):
      linalg.yield %i : f32
    } -> tensor<1x4x2x8x3xf32>
    kiln.yield %s : tensor<1x4x2x8x3xf32>
  }
  return %y : tensor<1x4x2x8x3xf32>
}

// -----

// Columns are spread over blocks, which cannot sum over them.
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#drop = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @columns(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>, %e: tensor<1x4x2xf32>) -> tensor<1x4x2xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %e : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>, tensor<1x4x2xf32>) -> tensor<1x4x2xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>, %d: tensor<1x4x2xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    // expected-error@+1 {{'linalg.generic' op not supported: reduces over more than the output channels}}
    %s = linalg.generic {indexing_maps = [#id, #drop], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%r : tensor<1x4x2x8xf32>) outs(%d : tensor<1x4x2xf32>) {
    ^bb1(%i: f32, %j: f32):
      %s0 = arith.addf %i, %j : f32
      linalg.yield %s0 : f32
    } -> tensor<1x4x2xf32>
    kiln.yield %s : tensor<1x4x2xf32>
  }
  return %y : tensor<1x4x2xf32>
}

// -----

// Only one value is passed between threads.
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channels = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @two_sums(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>, %e: tensor<1x2x8xf32>) -> tensor<1x2x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %e : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>, tensor<1x2x8xf32>) -> tensor<1x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>, %d: tensor<1x2x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    // expected-error@+1 {{'linalg.generic' op not supported: a reduction with 2 results, such as one that finds an index (argmin, argmax); give every reduction one result}}
    %s:2 = linalg.generic {indexing_maps = [#id, #channels, #channels], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%r : tensor<1x4x2x8xf32>) outs(%d, %d : tensor<1x2x8xf32>, tensor<1x2x8xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32):
      %s0 = arith.addf %i, %j : f32
      %s1 = arith.mulf %i, %k : f32
      linalg.yield %s0, %s1 : f32, f32
    } -> (tensor<1x2x8xf32>, tensor<1x2x8xf32>)
    kiln.yield %s#0 : tensor<1x2x8xf32>
  }
  return %y : tensor<1x2x8xf32>
}

// -----

// The fourth channel of the tile is padding, which must not change the result: no value
// is neutral for two operations at once.
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channels = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @no_neutral(%x: tensor<1x2x2x8xf32>, %w: tensor<3x2x1x1xf32>, %o: tensor<1x3x2x8xf32>, %e: tensor<1x2x8xf32>) -> tensor<1x2x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %e : tensor<1x2x2x8xf32>, tensor<3x2x1x1xf32>, tensor<1x3x2x8xf32>, tensor<1x2x8xf32>) -> tensor<1x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<3x2x1x1xf32>, %c: tensor<1x3x2x8xf32>, %d: tensor<1x2x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<3x2x1x1xf32>) outs(%c : tensor<1x3x2x8xf32>) -> tensor<1x3x2x8xf32>
    // expected-error@+1 {{'linalg.generic' op not supported: a reduction over 3 channels, padded to the tile, needs a combiner with a neutral element}}
    %s = linalg.generic {indexing_maps = [#id, #channels], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%r : tensor<1x3x2x8xf32>) outs(%d : tensor<1x2x8xf32>) {
    ^bb1(%i: f32, %j: f32):
      %s0 = arith.addf %j, %i : f32
      %s1 = arith.mulf %s0, %i : f32
      linalg.yield %s1 : f32
    } -> tensor<1x2x8xf32>
    kiln.yield %s : tensor<1x2x8xf32>
  }
  return %y : tensor<1x2x8xf32>
}

// -----

// Like a softmax: every channel needs the sum over all of them, which is not known before
// the last tile. In one tile of all channels it is.
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channels = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
#schedule = #kiln.schedule<contraction = fma, tile = [2, 2, 8], chunk = 1, warps = [1, 1, 1]>
#whole = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @second_pass(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>, %e: tensor<1x2x8xf32>) -> (tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>) {
  %y = kiln.kernel "conv" (%x, %w, %o, %e : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>, tensor<1x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #whole} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>, %d: tensor<1x2x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    %s = linalg.reduce { arith.addf } ins(%r : tensor<1x4x2x8xf32>) outs(%d : tensor<1x2x8xf32>) dimensions = [1]
    %q = linalg.generic {indexing_maps = [#id, #channels, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r, %s : tensor<1x4x2x8xf32>, tensor<1x2x8xf32>) outs(%c : tensor<1x4x2x8xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32):
      %s0 = arith.divf %i, %j : f32
      linalg.yield %s0 : f32
    } -> tensor<1x4x2x8xf32>
    kiln.yield %q : tensor<1x4x2x8xf32>
  }
  %z = kiln.kernel "conv" (%x, %w, %o, %e : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>, tensor<1x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>, %d: tensor<1x2x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    %s = linalg.reduce { arith.addf } ins(%r : tensor<1x4x2x8xf32>) outs(%d : tensor<1x2x8xf32>) dimensions = [1]
    // expected-error@+1 {{'linalg.generic' op not supported: needs a value reduced over all 4 output channels to work on each of them, but a tile holds 2; it takes a schedule whose tile holds all channels}}
    %q = linalg.generic {indexing_maps = [#id, #channels, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r, %s : tensor<1x4x2x8xf32>, tensor<1x2x8xf32>) outs(%c : tensor<1x4x2x8xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32):
      %s0 = arith.divf %i, %j : f32
      linalg.yield %s0 : f32
    } -> tensor<1x4x2x8xf32>
    kiln.yield %q : tensor<1x4x2x8xf32>
  }
  return %y, %z : tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>
}

// -----

// A reduction that starts from what another reduction found is as bad, even behind an
// elementwise step.
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#schedule = #kiln.schedule<contraction = fma, tile = [2, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @chained(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>, %e: tensor<1x2x8xf32>) -> tensor<1x2x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %e : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>, tensor<1x2x8xf32>) -> tensor<1x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>, %d: tensor<1x2x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    %s = linalg.reduce { arith.addf } ins(%r : tensor<1x4x2x8xf32>) outs(%d : tensor<1x2x8xf32>) dimensions = [1]
    %n = linalg.negf ins(%s : tensor<1x2x8xf32>) outs(%d : tensor<1x2x8xf32>) -> tensor<1x2x8xf32>
    // expected-error@+1 {{'linalg.reduce' op not supported: needs a value reduced over all 4 output channels to work on each of them, but a tile holds 2}}
    %q = linalg.reduce { arith.maximumf } ins(%r : tensor<1x4x2x8xf32>) outs(%n : tensor<1x2x8xf32>) dimensions = [1]
    kiln.yield %q : tensor<1x2x8xf32>
  }
  return %y : tensor<1x2x8xf32>
}

// -----

// The result is written where tiles do not lie.
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#unit = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3, 0)>
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @result_map(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>, %e: tensor<1x4x2x8x1xf32>) -> tensor<1x4x2x8x1xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %e : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>, tensor<1x4x2x8x1xf32>) -> tensor<1x4x2x8x1xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>, %d: tensor<1x4x2x8x1xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    // expected-error@+1 {{'linalg.generic' op not supported: writes its result through affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3, 0)>}}
    %s = linalg.generic {indexing_maps = [#id, #unit], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r : tensor<1x4x2x8xf32>) outs(%d : tensor<1x4x2x8x1xf32>) {
    ^bb1(%i: f32, %j: f32):
      linalg.yield %i : f32
    } -> tensor<1x4x2x8x1xf32>
    kiln.yield %s : tensor<1x4x2x8x1xf32>
  }
  return %y : tensor<1x4x2x8x1xf32>
}

// -----

// A row of a matrix is no tile of it.
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#row = affine_map<(d0, d1, d2, d3) -> (0, d1)>
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @constant_index(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>, %e: tensor<2x4xf32>) -> tensor<1x4x2x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %e : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>, tensor<2x4xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>, %d: tensor<2x4xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    // expected-error@+1 {{'linalg.generic' op not supported: reads operand 1 of type 'tensor<2x4xf32>' at a constant index; slice it outside the program}}
    %s = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r, %d : tensor<1x4x2x8xf32>, tensor<2x4xf32>) outs(%c : tensor<1x4x2x8xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32):
      %s0 = arith.addf %i, %j : f32
      linalg.yield %s0 : f32
    } -> tensor<1x4x2x8xf32>
    kiln.yield %s : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}

// -----

// A sum of loop variables is no tile.
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#sum = affine_map<(d0, d1, d2, d3) -> (d2 + d3)>
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @sum_index(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>, %e: tensor<9xf32>) -> tensor<1x4x2x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %e : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>, tensor<9xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>, %d: tensor<9xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    // expected-error@+1 {{'linalg.generic' op not supported: indexes an operand by a sum}}
    %s = linalg.generic {indexing_maps = [#id, #sum, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r, %d : tensor<1x4x2x8xf32>, tensor<9xf32>) outs(%c : tensor<1x4x2x8xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32):
      %s0 = arith.addf %i, %j : f32
      linalg.yield %s0 : f32
    } -> tensor<1x4x2x8xf32>
    kiln.yield %s : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}

// -----

// The yielded value has nothing of the convolution.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @independent(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  // expected-error@+1 {{'kiln.kernel' op result does not depend on the convolution}}
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    kiln.yield %c : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}

// -----

// The image is another operation's result.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @image(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>):
    %n = linalg.abs ins(%a : tensor<1x2x2x8xf32>) outs(%a : tensor<1x2x2x8xf32>) -> tensor<1x2x2x8xf32>
    // expected-error@+1 {{'linalg.conv_2d_nchw_fchw' op not supported: the image must be an argument, padded with zeros at most}}
    %r = linalg.conv_2d_nchw_fchw ins(%n, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    kiln.yield %r : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}

// -----

// What lies outside of the image reads as zero, never as one.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @pad_value(%x: tensor<1x2x1x7xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x1x7xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x1x7xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>):
    %one = arith.constant 1.0 : f32
    %p = tensor.pad %a low[0, 0, 1, 1] high[0, 0, 0, 0] {
    ^bb1(%i: index, %j: index, %k: index, %l: index):
      tensor.yield %one : f32
    } : tensor<1x2x1x7xf32> to tensor<1x2x2x8xf32>
    // expected-error@+1 {{'linalg.conv_2d_nchw_fchw' op not supported: the image must be an argument, padded with zeros at most}}
    %r = linalg.conv_2d_nchw_fchw ins(%p, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    kiln.yield %r : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}

// -----

// The filter is another operation's result.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @filter(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>):
    %n = linalg.abs ins(%b : tensor<4x2x1x1xf32>) outs(%b : tensor<4x2x1x1xf32>) -> tensor<4x2x1x1xf32>
    // expected-error@+1 {{'linalg.conv_2d_nchw_fchw' op not supported: the filter must be an argument}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %n : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    kiln.yield %r : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}

// -----

// The init is an operation that has no tiles.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @init(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>, %e: tensor<4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %e : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>, tensor<4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>, %d: tensor<4x2x8xf32>):
    // expected-error@+1 {{'tensor.expand_shape' op not supported inside a kernel that is tiled}}
    %n = tensor.expand_shape %d [[0, 1], [2], [3]] output_shape [1, 4, 2, 8] : tensor<4x2x8xf32> into tensor<1x4x2x8xf32>
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%n : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    kiln.yield %r : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}


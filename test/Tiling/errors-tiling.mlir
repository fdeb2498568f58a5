// RUN: split-file %s %t
// RUN: kiln-opt %t/blocks.mlir --kiln-tile-to-blocks --split-input-file --verify-diagnostics
// RUN: kiln-opt %t/outline.mlir --kiln-outline-kernels --split-input-file --verify-diagnostics
//
// What cannot be computed a tile at a time, or by kernels alone, is an error at the
// operation that cannot.

//--- blocks.mlir
// Only structured operations follow the tiles of the convolution.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @unstructured(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>) -> tensor<4x2x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>) -> tensor<4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    // expected-error@+1 {{'tensor.collapse_shape' op not supported in one kernel: it reads values that the kernel computes; only linalg ops can}}
    %s = tensor.collapse_shape %r [[0, 1], [2], [3]] : tensor<1x4x2x8xf32> into tensor<4x2x8xf32>
    kiln.yield %s : tensor<4x2x8xf32>
  }
  return %y : tensor<4x2x8xf32>
}

// -----

// Padding moves values to other positions than those that threads have them at.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @padded_result(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>) -> tensor<1x4x3x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>) -> tensor<1x4x3x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>):
    %zero = arith.constant 0.0 : f32
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    // expected-error@+1 {{'tensor.pad' op not supported in one kernel: it reads values that the kernel computes; only linalg ops can}}
    %p = tensor.pad %r low[0, 0, 1, 0] high[0, 0, 0, 0] {
    ^bb1(%i: index, %j: index, %k: index, %l: index):
      tensor.yield %zero : f32
    } : tensor<1x4x2x8xf32> to tensor<1x4x3x8xf32>
    kiln.yield %p : tensor<1x4x3x8xf32>
  }
  return %y : tensor<1x4x3x8xf32>
}

// -----

// A kernel that is given need not have come through kiln-normalize, which asks
// the same: the minimum's loop over the channels is not said to reduce.
#all = affine_map<(n, f, h, w) -> (n, f, h, w)>
#position = affine_map<(n, f, h, w) -> (n, h, w)>
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @parallel_loop_reduces(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>, %i: tensor<1x2x8xf32>) -> tensor<1x2x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %i : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>, tensor<1x2x8xf32>) -> tensor<1x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>, %d: tensor<1x2x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    // expected-error@+1 {{'linalg.generic' op writes a position of its result several times in parallel loop d1, which its map does not have; make it a reduction}}
    %m = linalg.generic {indexing_maps = [#all, #position], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r : tensor<1x4x2x8xf32>) outs(%d : tensor<1x2x8xf32>) {
    ^bb1(%in: f32, %out: f32):
      %s = arith.minimumf %in, %out : f32
      linalg.yield %s : f32
    } -> tensor<1x2x8xf32>
    kiln.yield %m : tensor<1x2x8xf32>
  }
  return %y : tensor<1x2x8xf32>
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
    // expected-error@+1 {{'linalg.generic' op not supported in one kernel: it reads values that the kernel computes at position 0 of dimension 2 alone; slices of computed values are not supported}}
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
    // expected-error@+1 {{'linalg.generic' op not supported in one kernel: it combines values of the kernel from different positions}}
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
    // expected-error@+1 {{'linalg.generic' op not supported in one kernel: it spreads the kernel's values over further elements}}
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
    // expected-error@+1 {{'linalg.generic' op not supported in one kernel: it reduces over dimension 3 of the result of 'linalg.conv_2d_nchw_fchw'; only a reduction over dimension 1 stays within a thread block}}
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

// Threads reduce channels in parts, and the fourth channel of the tile is padding: no
// value is neutral for two operations at once.
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channels = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @no_neutral(%x: tensor<1x2x2x8xf32>, %w: tensor<3x2x1x1xf32>, %o: tensor<1x3x2x8xf32>, %e: tensor<1x2x8xf32>) -> tensor<1x2x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %e : tensor<1x2x2x8xf32>, tensor<3x2x1x1xf32>, tensor<1x3x2x8xf32>, tensor<1x2x8xf32>) -> tensor<1x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<3x2x1x1xf32>, %c: tensor<1x3x2x8xf32>, %d: tensor<1x2x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<3x2x1x1xf32>) outs(%c : tensor<1x3x2x8xf32>) -> tensor<1x3x2x8xf32>
    // expected-error@+1 {{'linalg.generic' op not supported in one kernel: it reduces over dimension 1 of the result of 'linalg.conv_2d_nchw_fchw', which threads do together: each result must be combined by one operation with a neutral element, or be a minimum or maximum with its index}}
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
  // expected-error@+1 {{'kiln.kernel' op a value reduced over all 4 output channels is needed on each of them, or leaves beside them, but a tile holds 2; it takes a schedule whose tile holds all channels}}
  %z = kiln.kernel "conv" (%x, %w, %o, %e : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>, tensor<1x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
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
  return %y, %z : tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>
}

// -----

// One result has its values tile by tile, the other after the last tile only: the
// convolution would run twice.
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#schedule = #kiln.schedule<contraction = fma, tile = [2, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @kept_and_reduced(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>, %e: tensor<1x2x8xf32>) -> (tensor<1x4x2x8xf32>, tensor<1x2x8xf32>) {
  // expected-error@+1 {{'kiln.kernel' op a value reduced over all 4 output channels is needed on each of them, or leaves beside them, but a tile holds 2; it takes a schedule whose tile holds all channels}}
  %y:2 = kiln.kernel "conv" (%x, %w, %o, %e : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>, tensor<1x2x8xf32>) -> tensor<1x4x2x8xf32>, tensor<1x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>, %d: tensor<1x2x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    %s = linalg.reduce { arith.addf } ins(%r : tensor<1x4x2x8xf32>) outs(%d : tensor<1x2x8xf32>) dimensions = [1]
    kiln.yield %r, %s : tensor<1x4x2x8xf32>, tensor<1x2x8xf32>
  }
  return %y#0, %y#1 : tensor<1x4x2x8xf32>, tensor<1x2x8xf32>
}

// -----

// A reduction that starts from what another reduction found is as bad, even behind an
// elementwise step.
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#schedule = #kiln.schedule<contraction = fma, tile = [2, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @chained(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>, %e: tensor<1x2x8xf32>) -> tensor<1x2x8xf32> {
  // expected-error@+1 {{'kiln.kernel' op a value reduced over all 4 output channels is needed on each of them, or leaves beside them, but a tile holds 2; it takes a schedule whose tile holds all channels}}
  %y = kiln.kernel "conv" (%x, %w, %o, %e : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>, tensor<1x2x8xf32>) -> tensor<1x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>, %d: tensor<1x2x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    %s = linalg.reduce { arith.addf } ins(%r : tensor<1x4x2x8xf32>) outs(%d : tensor<1x2x8xf32>) dimensions = [1]
    %n = linalg.negf ins(%s : tensor<1x2x8xf32>) outs(%d : tensor<1x2x8xf32>) -> tensor<1x2x8xf32>
    %q = linalg.reduce { arith.maximumf } ins(%r : tensor<1x4x2x8xf32>) outs(%n : tensor<1x2x8xf32>) dimensions = [1]
    kiln.yield %q : tensor<1x2x8xf32>
  }
  return %y : tensor<1x2x8xf32>
}

// -----

// The yielded value has nothing of the convolution.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @independent(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  // expected-error@+1 {{'kiln.kernel' op not supported in one kernel: a result does not depend on 'linalg.conv_2d_nchw_fchw'}}
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    kiln.yield %c : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}

// -----

// The image is the result of an operation that is not elementwise on arguments of one shape.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @image(%x: tensor<1x2x2x8xf32>, %s: tensor<2xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  %y = kiln.kernel "conv" (%x, %s, %w, %o : tensor<1x2x2x8xf32>, tensor<2xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %a2: tensor<2xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>):
    %n = linalg.generic {indexing_maps = [affine_map<(a, b, c, d) -> (a, b, c, d)>, affine_map<(a, b, c, d) -> (b)>, affine_map<(a, b, c, d) -> (a, b, c, d)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%a, %a2 : tensor<1x2x2x8xf32>, tensor<2xf32>) outs(%a : tensor<1x2x2x8xf32>) {
    ^bb1(%v: f32, %s1: f32, %u: f32):
      %0 = arith.mulf %v, %s1 : f32
      linalg.yield %0 : f32
    } -> tensor<1x2x2x8xf32>
    // expected-error@+1 {{'linalg.conv_2d_nchw_fchw' op not supported: the image must be an argument, computed elementwise and padded with zeros at most}}
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
    // expected-error@+1 {{'linalg.conv_2d_nchw_fchw' op not supported: the image must be an argument, computed elementwise and padded with zeros at most}}
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
func.func @init(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>, %e: tensor<1x2x2x8xf32>) -> tensor<1x4x2x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %e : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>, tensor<1x2x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>, %d: tensor<1x2x2x8xf32>):
    // expected-error@+1 {{'tensor.concat' op not supported inside a kernel that is tiled}}
    %n = tensor.concat dim(1) %d, %d : (tensor<1x2x2x8xf32>, tensor<1x2x2x8xf32>) -> tensor<1x4x2x8xf32>
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%n : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    kiln.yield %r : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}

// -----

// A loop schedule has an entry for each axis: two dimensions of the result and what is summed.
#schedule = #kiln.loop_schedule<tile = [8, 32], threads = [[8:4], [4:1]], vector = [1, 1], block = 32>
func.func @axes(%x: tensor<8x32x3xf32>, %o: tensor<8x32xf32>) -> tensor<8x32xf32> {
  // expected-error@+1 {{'kiln.kernel' op the schedule has tiles along 2 axes, the kernel has 3}}
  %y = kiln.kernel "sum" (%x, %o : tensor<8x32x3xf32>, tensor<8x32xf32>) -> tensor<8x32xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<8x32x3xf32>, %b: tensor<8x32xf32>):
    %r = linalg.reduce { arith.addf } ins(%a : tensor<8x32x3xf32>) outs(%b : tensor<8x32xf32>) dimensions = [2]
    kiln.yield %r : tensor<8x32xf32>
  }
  return %y : tensor<8x32xf32>
}

// -----

// What is beyond the last of ten columns must not count, but nothing is neutral for a
// difference.
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#schedule = #kiln.loop_schedule<tile = [4, 4], threads = [[4:8], [1:0]], vector = [1, 1], block = 32>
func.func @difference(%x: tensor<4x10xf32>, %s: tensor<4xf32>) -> tensor<4xf32> {
  %y = kiln.kernel "difference" (%x, %s : tensor<4x10xf32>, tensor<4xf32>) -> tensor<4xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<4x10xf32>, %b: tensor<4xf32>):
    // expected-error@+1 {{'linalg.generic' op not supported: a reduction over 10 elements, padded to the tile, must combine each result by one operation with a neutral element, or a value and its index}}
    %r = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<4x10xf32>) outs(%b : tensor<4xf32>) {
    ^bb1(%i: f32, %o: f32):
      %0 = arith.subf %o, %i : f32
      linalg.yield %0 : f32
    } -> tensor<4xf32>
    kiln.yield %r : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// -----

// A window of what the kernel computes would need it from its neighbours.
#window = affine_map<(d0, d1) -> (d0 + d1)>
#first = affine_map<(d0, d1) -> (d0)>
#id = affine_map<(d0, d1) -> (d0, d1)>
#schedule = #kiln.loop_schedule<tile = [32, 1, 1, 1], threads = [[32:1], [1:0], [1:0], [1:0]], vector = [1, 1, 1, 1], block = 32>
func.func @window(%x: tensor<34x8xf32>, %s: tensor<34xf32>, %o: tensor<32xf32>) -> tensor<32xf32> {
  %y = kiln.kernel "window" (%x, %s, %o : tensor<34x8xf32>, tensor<34xf32>, tensor<32xf32>) -> tensor<32xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<34x8xf32>, %b: tensor<34xf32>, %c: tensor<32xf32>):
    %w = tensor.empty() : tensor<3xf32>
    %r = linalg.reduce { arith.addf } ins(%a : tensor<34x8xf32>) outs(%b : tensor<34xf32>) dimensions = [1]
    // expected-error@+1 {{'linalg.generic' op not supported in one kernel: it reads windows of values that the kernel computes, along dimension 0; only arguments can be read through windows}}
    %m = linalg.generic {indexing_maps = [#window, affine_map<(d0, d1) -> (d1)>, #first], iterator_types = ["parallel", "reduction"]} ins(%r, %w : tensor<34xf32>, tensor<3xf32>) outs(%c : tensor<32xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32):
      %0 = arith.maximumf %k, %i : f32
      linalg.yield %0 : f32
    } -> tensor<32xf32>
    kiln.yield %m : tensor<32xf32>
  }
  return %y : tensor<32xf32>
}

//--- outline.mlir
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

// Tiles are stored into kiln.output; a loop with results is not what tiling leaves.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @loop(%x: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  // expected-error@+1 {{'kiln.kernel' op has no loop over tiles; run kiln-tile-to-blocks first}}
  %y = kiln.kernel "copy" (%x : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x4x2x8xf32>):
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

// The packing kernel is a kernel like others.
func.func @pack(%x: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  // expected-error@+1 {{'kiln.kernel' op has no schedule}}
  %y = kiln.kernel "copy" (%x : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> role<pack> {
  ^bb0(%a: tensor<1x4x2x8xf32>):
    kiln.yield %a : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}

// -----

// An operand of a kernel is a buffer.
#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
func.func @scalar_operand(%x: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  // expected-error@+1 {{not supported: a kernel operand of type 'f32'}}
  %s = arith.constant 1.0 : f32
  %y = kiln.kernel "copy" (%x, %s : tensor<1x4x2x8xf32>, f32) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x4x2x8xf32>, %b: f32):
    kiln.yield %a : tensor<1x4x2x8xf32>
  }
  return %y : tensor<1x4x2x8xf32>
}

// RUN: kiln-opt %s --split-input-file --kiln-set-target --kiln-select-schedule --verify-diagnostics -o /dev/null
//
// A given loop schedule that does not fit is refused, and the message says what
// of it.

func.func @axes(%x: tensor<64x100xf32>, %o: tensor<64xf32>) -> tensor<64xf32> {
  // expected-error @below {{the given schedule does not fit: the schedule has tiles along 1 axes, the kernel has 2}}
  %y = kiln.kernel "row_sum" (%x, %o : tensor<64x100xf32>, tensor<64xf32>) -> tensor<64xf32> attributes {schedule = #kiln.loop_schedule<tile = [64], threads = [[64:1]], vector = [1], block = 64>} {
  ^bb0(%a: tensor<64x100xf32>, %b: tensor<64xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<64x100xf32>) outs(%b : tensor<64xf32>) dimensions = [1]
    kiln.yield %r : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}

// -----

func.func @shared_threads(%x: tensor<64x100xf32>, %o: tensor<64xf32>) -> tensor<64xf32> {
  // expected-error @below {{the given schedule does not fit: axis 1 has threads 32:1 that another axis of the same op has}}
  %y = kiln.kernel "row_sum" (%x, %o : tensor<64x100xf32>, tensor<64xf32>) -> tensor<64xf32> attributes {schedule = #kiln.loop_schedule<tile = [2, 32], threads = [[2:1], [32:1]], vector = [1, 1], block = 32>} {
  ^bb0(%a: tensor<64x100xf32>, %b: tensor<64xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<64x100xf32>) outs(%b : tensor<64xf32>) dimensions = [1]
    kiln.yield %r : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}

// -----

func.func @values(%x: tensor<64x100xf32>, %o: tensor<64xf32>) -> tensor<64xf32> {
  // expected-error @below {{the given schedule does not fit: a thread has 512 values of a tile, at most 256 are supported}}
  %y = kiln.kernel "row_sum" (%x, %o : tensor<64x100xf32>, tensor<64xf32>) -> tensor<64xf32> attributes {schedule = #kiln.loop_schedule<tile = [8, 2048], threads = [[1:0], [32:1]], vector = [1, 1], block = 32>} {
  ^bb0(%a: tensor<64x100xf32>, %b: tensor<64xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<64x100xf32>) outs(%b : tensor<64xf32>) dimensions = [1]
    kiln.yield %r : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}

// -----

func.func @kind(%x: tensor<64x100xf32>, %o: tensor<64xf32>) -> tensor<64xf32> {
  // expected-error @below {{the given schedule does not fit: #kiln.schedule needs a contraction that an instruction multiplies; this kernel takes a #kiln.loop_schedule}}
  %y = kiln.kernel "row_sum" (%x, %o : tensor<64x100xf32>, tensor<64xf32>) -> tensor<64xf32> attributes {schedule = #kiln.schedule<contraction = fma, tile = [64, 2, 8], chunk = 4, warps = [1, 1, 1]>} {
  ^bb0(%a: tensor<64x100xf32>, %b: tensor<64xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<64x100xf32>) outs(%b : tensor<64xf32>) dimensions = [1]
    kiln.yield %r : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}

// -----

// What has no combiner is walked a position at a time.
#all = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
func.func @ordered(%x: tensor<64x100xf32>, %o: tensor<64xf32>) -> tensor<64xf32> {
  // expected-error @below {{the given schedule does not fit: tile 32 of axis 1: a reduction over it has no combiner with a neutral element and runs a position at a time}}
  %y = kiln.kernel "horner" (%x, %o : tensor<64x100xf32>, tensor<64xf32>) -> tensor<64xf32> attributes {schedule = #kiln.loop_schedule<tile = [8, 32], threads = [[1:0], [32:1]], vector = [1, 1], block = 32>} {
  ^bb0(%a: tensor<64x100xf32>, %b: tensor<64xf32>):
    %half = arith.constant 0.5 : f32
    %r = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<64x100xf32>) outs(%b : tensor<64xf32>) {
    ^bb1(%v: f32, %s: f32):
      %m = arith.mulf %s, %half : f32
      %t = arith.addf %m, %v : f32
      linalg.yield %t : f32
    } -> tensor<64xf32>
    kiln.yield %r : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}

// -----

// In loops a contraction is a reduction like others.
func.func @contraction(%x: tensor<1x8x66x66xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  // expected-error @below {{the given schedule does not fit: the schedule has tiles along 1 axes, the kernel has 6}}
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.loop_schedule<tile = [32], threads = [[32:1]], vector = [1], block = 32>} {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

// A row of blocks has its limit.
func.func @blocks(%x: tensor<3000000000xf32>) -> tensor<3000000000xf32> {
  // expected-error @below {{the given schedule does not fit: the tiles make 3000000000 blocks, a launch has at most 2147483647}}
  %y = kiln.kernel "negate" (%x : tensor<3000000000xf32>) -> tensor<3000000000xf32> attributes {schedule = #kiln.loop_schedule<tile = [1], threads = [[1:0]], vector = [1], block = 32>} {
  ^bb0(%a: tensor<3000000000xf32>):
    %r = linalg.negf ins(%a : tensor<3000000000xf32>) outs(%a : tensor<3000000000xf32>) -> tensor<3000000000xf32>
    kiln.yield %r : tensor<3000000000xf32>
  }
  return %y : tensor<3000000000xf32>
}

// -----

// 32 warps hold partial sums of 32 rows a lane.
func.func @scratch(%x: tensor<1024x64xf32>, %o: tensor<1024xf32>) -> tensor<1024xf32> {
  // expected-error @below {{the given schedule does not fit: the warps of a block exchange 131072 bytes of a reduction's results in shared memory, rtx4090 has 101376 a block; take smaller tiles along what the results keep, or fewer threads along what is reduced}}
  %y = kiln.kernel "row_sum" (%x, %o : tensor<1024x64xf32>, tensor<1024xf32>) -> tensor<1024xf32> attributes {schedule = #kiln.loop_schedule<tile = [1024, 32], threads = [[32:1], [32:32]], vector = [1, 1], block = 1024>} {
  ^bb0(%a: tensor<1024x64xf32>, %b: tensor<1024xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<1024x64xf32>) outs(%b : tensor<1024xf32>) dimensions = [1]
    kiln.yield %r : tensor<1024xf32>
  }
  return %y : tensor<1024xf32>
}

// RUN: kiln-opt %s --kiln-pack-weights | FileCheck %s
//
// A packed filter is written by a kernel of its own, one row for a chunk of input
// channels of a tile of output channels, and read through a view. The layout is the
// order in which the threads read it: 16 bytes of one lane, the lanes, whatever is left,
// and the taps as they are multiplied: with plain fragments down the columns of the
// kernel.
//
// CHECK-DAG: #[[TF32:.+]] = #kiln.shared_layout<[8:16, 2:1], [4:4, 2:2], [3:128], [3:384]>
// CHECK-DAG: #[[F16:.+]] = #kiln.shared_layout<[3:256], [3:768], [2:1, 4:8, 2:4], [8:32, 2:2]>
// CHECK-DAG: #[[FMA:.+]] = #kiln.shared_layout<[4:1], [2:4], [1:8], [1:8]>
//
// The kernel has a loop schedule: blocks of 256 threads, each on one element of a row.
//
// CHECK-DAG: #[[SEVERAL:.+]] = #kiln.loop_schedule<tile = [1, 256], threads = {{\[\[}}1:1], [256:1]], vector = [1, 1], block = 256>
// CHECK-DAG: #[[ONE:.+]] = #kiln.loop_schedule<tile = [256], threads = {{\[\[}}256:1]], vector = [1], block = 256>

#tf32 = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 2, 8], chunk = 8, warps = [1, 1, 1]>
#f16 = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [16, 2, 8], chunk = 16, warps = [1, 1, 1]>
#exact = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 2, warps = [1, 1, 1]>
#strided = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 2, warps = [1, 1, 1], weights = strided>

// Twelve channels in chunks of 8 are two rows of 9 taps by 16 by 8. The four words
// of a lane are filters f and f + 8, channels c and c + 4: strides 1 and 2. Rounding
// to tf32 is done here, once.
//
// CHECK-LABEL: func @nchw
// CHECK-SAME:  %[[X:.+]]: tensor<1x12x6x10xf32>, %[[W:.+]]: tensor<10x12x3x3xf32>, %[[O:.+]]: tensor<1x10x4x8xf32>
// CHECK:       %[[PACKED:.+]] = kiln.kernel "conv_pack" (%[[W]] : tensor<10x12x3x3xf32>) -> tensor<2x1152xf32> role<pack> attributes {schedule = #[[SEVERAL]]} {
// CHECK-NEXT:  ^bb0(%[[ARG:.+]]: tensor<10x12x3x3xf32>):
// CHECK-NEXT:    %[[ROWS:.+]] = kiln.pack %[[ARG]] layout #[[TF32]] tile_dims [0, 1] round_tf32 : tensor<10x12x3x3xf32> -> tensor<2x1152xf32>
// CHECK-NEXT:    kiln.yield %[[ROWS]]
// CHECK:       kiln.kernel "conv" (%[[X]], %[[PACKED]], %[[O]] : tensor<1x12x6x10xf32>, tensor<2x1152xf32>, tensor<1x10x4x8xf32>)
// CHECK-NEXT:  ^bb0(%[[IMAGE:.+]]: tensor<1x12x6x10xf32>, %[[BUFFER:.+]]: tensor<2x1152xf32>, %{{.+}}: tensor<1x10x4x8xf32>):
// CHECK-NEXT:    %[[VIEW:.+]] = kiln.unpack %[[BUFFER]] layout #[[TF32]] tile_dims [0, 1] : tensor<2x1152xf32> -> tensor<10x12x3x3xf32>
// CHECK-NEXT:    linalg.conv_2d_nchw_fchw ins(%[[IMAGE]], %[[VIEW]] :
func.func @nchw(%x: tensor<1x12x6x10xf32>, %w: tensor<10x12x3x3xf32>, %o: tensor<1x10x4x8xf32>) -> tensor<1x10x4x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x12x6x10xf32>, tensor<10x12x3x3xf32>, tensor<1x10x4x8xf32>) -> tensor<1x10x4x8xf32> attributes {schedule = #tf32} {
  ^bb0(%a: tensor<1x12x6x10xf32>, %b: tensor<10x12x3x3xf32>, %c: tensor<1x10x4x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x12x6x10xf32>, tensor<10x12x3x3xf32>) outs(%c : tensor<1x10x4x8xf32>) -> tensor<1x10x4x8xf32>
    kiln.yield %r : tensor<1x10x4x8xf32>
  }
  return %y : tensor<1x10x4x8xf32>
}

// Sixteen bits: eight elements of a lane are contiguous, and nothing is rounded. The
// chunks run along dimension 2 of the filter.
//
// CHECK-LABEL: func @nhwc
// CHECK:       kiln.kernel "conv_pack_1" {{.*}}schedule = #[[ONE]]}
// CHECK:       kiln.pack %{{.+}} layout #[[F16]] tile_dims [3, 2] : tensor<3x3x16x16xf16> -> tensor<1x2304xf16>
// CHECK:       kiln.unpack %{{.+}} layout #[[F16]] tile_dims [3, 2] : tensor<1x2304xf16> -> tensor<3x3x16x16xf16>
func.func @nhwc(%x: tensor<1x6x10x16xf16>, %w: tensor<3x3x16x16xf16>, %o: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x6x10x16xf16>, tensor<3x3x16x16xf16>, tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> attributes {schedule = #f16} {
  ^bb0(%a: tensor<1x6x10x16xf16>, %b: tensor<3x3x16x16xf16>, %c: tensor<1x4x8x16xf32>):
    %r = linalg.conv_2d_nhwc_hwcf ins(%a, %b : tensor<1x6x10x16xf16>, tensor<3x3x16x16xf16>) outs(%c : tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32>
    kiln.yield %r : tensor<1x4x8x16xf32>
  }
  return %y : tensor<1x4x8x16xf32>
}

// Exact f32 is never rounded.
//
// CHECK-LABEL: func @exact
// CHECK:       kiln.pack %{{.+}} layout #[[FMA]] tile_dims [0, 1] : tensor<4x2x1x1xf32> -> tensor<1x8xf32>
func.func @exact(%x: tensor<1x2x1x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> attributes {schedule = #exact} {
  ^bb0(%a: tensor<1x2x1x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x1x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32>
    kiln.yield %r : tensor<1x4x1x8xf32>
  }
  return %y : tensor<1x4x1x8xf32>
}

// Ten output channels are three tiles of 4, five input channels three chunks of 2:
// nine rows, the chunks of a channel tile behind one another. The layout is that of
// one tile, whatever their number.
//
// CHECK-LABEL: func @channel_tiles
// CHECK:       kiln.pack %{{.+}} layout #[[FMA]] tile_dims [0, 1] : tensor<10x5x1x1xf32> -> tensor<9x8xf32>
// CHECK:       kiln.unpack %{{.+}} layout #[[FMA]] tile_dims [0, 1] : tensor<9x8xf32> -> tensor<10x5x1x1xf32>
func.func @channel_tiles(%x: tensor<1x5x1x8xf32>, %w: tensor<10x5x1x1xf32>, %o: tensor<1x10x1x8xf32>) -> tensor<1x10x1x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x5x1x8xf32>, tensor<10x5x1x1xf32>, tensor<1x10x1x8xf32>) -> tensor<1x10x1x8xf32> attributes {schedule = #exact} {
  ^bb0(%a: tensor<1x5x1x8xf32>, %b: tensor<10x5x1x1xf32>, %c: tensor<1x10x1x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x5x1x8xf32>, tensor<10x5x1x1xf32>) outs(%c : tensor<1x10x1x8xf32>) -> tensor<1x10x1x8xf32>
    kiln.yield %r : tensor<1x10x1x8xf32>
  }
  return %y : tensor<1x10x1x8xf32>
}

// weights = strided: the filter is read as it lies in memory.
//
// CHECK-LABEL: func @strided
// CHECK-NOT:   pack
// CHECK:       return
func.func @strided(%x: tensor<1x2x1x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> attributes {schedule = #strided} {
  ^bb0(%a: tensor<1x2x1x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x1x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32>
    kiln.yield %r : tensor<1x4x1x8xf32>
  }
  return %y : tensor<1x4x1x8xf32>
}

// A filter that is computed of arguments is computed in the packing kernel, once for each
// of its elements. What only that needs is no operand of the compute kernel any more.
//
// CHECK-LABEL: func @computed
// CHECK-SAME:  %[[X:.+]]: tensor<1x2x1x8xf32>, %[[W:.+]]: tensor<4x2x1x1xf32>, %[[SCALE:.+]]: tensor<4xf32>, %[[O:.+]]: tensor<1x4x1x8xf32>
// CHECK:       %[[PACKED:.+]] = kiln.kernel "conv_pack_{{[0-9]+}}" (%[[W]], %[[SCALE]] :
// CHECK:         %[[SCALED:.+]] = linalg.generic
// CHECK:         kiln.pack %[[SCALED]]
// CHECK:       kiln.kernel "conv" (%[[X]], %[[O]], %[[PACKED]] :
// CHECK-NOT:     linalg.generic
// CHECK:         linalg.conv_2d_nchw_fchw
func.func @computed(%x: tensor<1x2x1x8xf32>, %w: tensor<4x2x1x1xf32>, %s: tensor<4xf32>, %o: tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %s, %o : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>, tensor<4xf32>, tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> attributes {schedule = #exact} {
  ^bb0(%a: tensor<1x2x1x8xf32>, %b: tensor<4x2x1x1xf32>, %d: tensor<4xf32>, %c: tensor<1x4x1x8xf32>):
    %e = tensor.empty() : tensor<4x2x1x1xf32>
    %f = linalg.generic {indexing_maps = [affine_map<(f, c, h, w) -> (f, c, h, w)>, affine_map<(f, c, h, w) -> (f)>, affine_map<(f, c, h, w) -> (f, c, h, w)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%b, %d : tensor<4x2x1x1xf32>, tensor<4xf32>) outs(%e : tensor<4x2x1x1xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32):
      %0 = arith.mulf %i, %j : f32
      linalg.yield %0 : f32
    } -> tensor<4x2x1x1xf32>
    %r = linalg.conv_2d_nchw_fchw ins(%a, %f : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32>
    kiln.yield %r : tensor<1x4x1x8xf32>
  }
  return %y : tensor<1x4x1x8xf32>
}

// A constant that the body reads and others need, too: the packing kernel has its own.
//
// CHECK-LABEL: func @computed_by_constant
// CHECK:       kiln.kernel "conv_pack_{{[0-9]+}}"
// CHECK:         %[[HALF:.+]] = arith.constant 5.000000e-01 : f32
// CHECK:         linalg.generic
// CHECK:           arith.mulf %{{.+}}, %[[HALF]]
// CHECK:       kiln.kernel "conv" (
// CHECK:         %[[OTHER:.+]] = arith.constant 5.000000e-01 : f32
// CHECK:         linalg.fill ins(%[[OTHER]]
func.func @computed_by_constant(%x: tensor<1x2x1x8xf32>, %w: tensor<4x2x1x1xf32>) -> tensor<1x4x1x8xf32> {
  %y = kiln.kernel "conv" (%x, %w : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>) -> tensor<1x4x1x8xf32> attributes {schedule = #exact} {
  ^bb0(%a: tensor<1x2x1x8xf32>, %b: tensor<4x2x1x1xf32>):
    %half = arith.constant 0.5 : f32
    %i = tensor.empty() : tensor<1x4x1x8xf32>
    %c = linalg.fill ins(%half : f32) outs(%i : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32>
    %e = tensor.empty() : tensor<4x2x1x1xf32>
    %f = linalg.generic {indexing_maps = [affine_map<(f, c, h, w) -> (f, c, h, w)>, affine_map<(f, c, h, w) -> (f, c, h, w)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%b : tensor<4x2x1x1xf32>) outs(%e : tensor<4x2x1x1xf32>) {
    ^bb1(%v: f32, %k: f32):
      %0 = arith.mulf %v, %half : f32
      linalg.yield %0 : f32
    } -> tensor<4x2x1x1xf32>
    %r = linalg.conv_2d_nchw_fchw ins(%a, %f : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32>
    kiln.yield %r : tensor<1x4x1x8xf32>
  }
  return %y : tensor<1x4x1x8xf32>
}
